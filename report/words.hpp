// Quantities as people read them: rounded, with their unit, the same bytes on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/units.hpp"

namespace rollcast::report {

/// "25 h 06 min", "6 min 40 s", "12.5 s", "350 ms", "0 s": the two largest units, rounded to
/// nearest.
std::string duration_text(sim::Duration duration);

/// The same for seconds that were summed up; negative or NaN: "unknown".
std::string seconds_text(double seconds);

/// Time since the start of the run as "h:mm:ss", cut to whole seconds; "never" for never().
std::string clock_text(sim::Instant at);

/// "360,000".
std::string count_text(std::uint64_t count);

/// "1 partition", "714 partitions".
std::string count_text(std::uint64_t count, std::string_view singular, std::string_view plural);

/// "218 GB": decimal units, three digits. Negative or NaN: "unknown".
std::string bytes_text(double bytes);

/// "12.4 %" of a share; "0 %" only where the share is 0.
std::string percent_text(double share);

/// A value to at most three decimals, without trailing zeros; from 1,000 on whole and grouped.
std::string number_text(double value);

/// `word` as a shell has to be given it.
std::string shell_quoted(const std::string& word);

}  // namespace rollcast::report
