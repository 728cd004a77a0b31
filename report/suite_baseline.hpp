// What of a suite is worse or better than its baseline.
#pragma once

#include <string>

#include "report/suite_result.hpp"

namespace rollcast::report {

/// "makespan 5.3 h, was 5.18 h (+2.3 %), every one of 10 seeds alike".
std::string movement_text(const scenarios::Movement& movement);

/// Counts, what is worse, what is better; empty where there is no baseline.
std::string baseline_text(const SuiteResult& result);

/// Null where there is no baseline.
Json baseline_json(const SuiteResult& result);

/// The movements for the worse; none where there is no baseline.
std::vector<scenarios::Movement> regressions_of(const SuiteResult& result);

}  // namespace rollcast::report
