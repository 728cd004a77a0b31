// Durations as options take them: "90", "90s", "15min", "2h30min", "500ms", "6d".
#pragma once

#include <string>

#include "sim/units.hpp"

namespace rollcast::cli {

/// The duration that `text` says, the value of `option` (as typed); a number alone is seconds.
/// Throws UsageError where it says none, or one of more than a year.
sim::Duration parse_duration(const std::string& option, const std::string& text);

}  // namespace rollcast::cli
