// What happened in a run that somebody looked on, day by day, as a crew on duty would write it
// down.
#pragma once

#include <string>

#include "models/alert_rules.hpp"
#include "models/case.hpp"
#include "models/plan.hpp"
#include "models/watched_run.hpp"

namespace rollcast::report {

/// One paragraph a day: clusters that began and were done, how many machines went, faults that
/// struck and what ended them, what the orchestrator and the alert rules said of them, what broke.
/// Times of day count from the case's start of runs, days from the start of its programme; from the
/// eighth day on the week is said. What one rule says of one cluster, each time within an hour of
/// the time before, is one entry. Days on which nothing happened are left out.
std::string diary_text(const models::Case& a_case,
                       const models::AlertRules& rules,
                       const models::WatchedRun& run);
/// The same, with the waves and canaries of `plan`.
std::string diary_text(const models::Case& a_case,
                       const models::Plan& plan,
                       const models::AlertRules& rules,
                       const models::WatchedRun& run);

}  // namespace rollcast::report
