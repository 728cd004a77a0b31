// What rates let expect of latency, for people and for machines.
#pragma once

#include <string>

#include "models/case.hpp"
#include "report/numbers.hpp"

namespace rollcast::report {

/// One line a cluster: its slowest topic to produce to, at the highest load of the day, with every
/// replica in sync (`models::estimate_latency`). `only`: that cluster alone, where it exists.
std::string latency_text(const models::Case& a_case, models::ClusterId only);
/// One object a topic, in seconds to the microsecond; the load as a multiple of the mean.
Json latency_json(const models::Case& a_case, models::ClusterId only);

}  // namespace rollcast::report
