// What a study varies: values of a place in a scenario, as a list or a range.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/format/json_file.hpp"
#include "scenarios/suite/result_metrics.hpp"

namespace rollcast::scenarios {

/// One parameter: every value is put at all of `pointers` at once.
struct StudyAxis {
    std::string text;  // as typed: "crews=1..6:1"
    std::string name;  // what stands before "="
    Dimension dimension = Dimension::number;
    std::vector<std::string> pointers;
    std::vector<std::string> instead_of;  // what is taken away for it, where it is there
    std::vector<Json> values;
    std::vector<double> numbers;  // the same as numbers, in s or bytes; empty where one is a word

    /// "2 h", "3", "event".
    std::string label(std::size_t value) const;
};

/// A parameter that is known by a short name.
struct StudyShortHand {
    std::string_view name;
    Dimension dimension;
    std::string_view meaning;
};
const std::vector<StudyShortHand>& study_short_hands();

/// Reads "NAME=VALUES" for `scenario`, which refers to nothing. NAME is a short hand or a JSON
/// pointer; VALUES a list "a,b,c", a range "A..B:STEP" or N values "A..B/N" from A to B. Times and
/// sizes of short hands need their unit. `fault-time` alone is 25 instants over the migration,
/// which takes `makespan_s()`. Throws InputError that shows the place in `text`.
StudyAxis read_axis(const std::string& text,
                    const Json& scenario,
                    const std::function<double()>& makespan_s);

}  // namespace rollcast::scenarios
