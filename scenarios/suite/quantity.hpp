// A number with its unit, as text: "2 h", "12.5 GB", "5 %".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/suite/result_metrics.hpp"

namespace rollcast::scenarios {

struct Quantity {
    double value = 0.0;  // in seconds, bytes, or as it is; of "%" a share
    bool share = false;  // given in %
};

/// A number and a unit of `dimension`, or "%". Nothing where it is no number, its unit is missing
/// or is none of this dimension.
std::optional<Quantity> parse_quantity(Dimension dimension, std::string_view text);

/// Units of a dimension, smallest first; none of what is counted.
std::vector<std::string> units_of(Dimension dimension);

/// The value in the largest unit of which there is at least one, to four digits: "1.5 h", "120 s".
std::string quantity_text(Dimension dimension, double value);

}  // namespace rollcast::scenarios
