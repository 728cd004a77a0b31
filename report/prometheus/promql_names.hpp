// Which series an expression of PromQL asks for, as far as its names tell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/units.hpp"

namespace rollcast::report {

/// The metrics that `expression` names, sorted, each once: in front of braces, or as the value of
/// `__name__ = "..."` within them. What is no PromQL may give anything.
std::vector<std::string> metrics_in(std::string_view expression);

/// The longest way that `expression` looks back: its largest range, subquery or offset, summed
/// where they may add up.
sim::Duration look_back_of(std::string_view expression);

/// True where `expression` asks for the time itself, so that its value may change though no series
/// does.
bool asks_for_time(std::string_view expression);

/// "1h30m" as Prometheus writes durations; nothing of `text` else is taken. 0 where it is none.
sim::Duration prometheus_duration(std::string_view text);

}  // namespace rollcast::report
