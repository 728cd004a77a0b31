// "crews=4..24:4": a limit and the settings at which it is looked at.
#pragma once

#include <string>
#include <vector>

#include "planner/what_if.hpp"

namespace rollcast::cli {

struct Vary {
    planner::Resource resource = planner::Resource::crews;
    std::vector<double> values;  // ascending, none twice; seconds, bytes/s or machines
};

/// NAME=LEAST..MOST, NAME=LEAST..MOST:STEP or NAME=VALUE,VALUE,...; durations and rates with their
/// unit. Throws InputError that marks the place.
Vary parse_vary(const std::string& text);

/// The names that it knows, for a help text.
std::string vary_names();

}  // namespace rollcast::cli
