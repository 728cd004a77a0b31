// Evaluates alert rules of Prometheus over a run, with promtool.
#pragma once

#include <string>
#include <vector>

#include "cli/promtool.hpp"
#include "models/watched_run.hpp"
#include "report/alerts/alert_report.hpp"

namespace rollcast::cli {

struct EngineOptions {
    report::Profile profile = report::Profile::strimzi;
    sim::Duration tick = sim::seconds(15);  // between evaluations
    sim::Duration window = sim::hours(3);   // evaluated by one promtool
    int jobs = 1;                           // promtools at a time
};

/// The rules, each with what keeps it from being evaluated. Throws EngineError.
std::vector<report::RuleStatus> check_rules(const Promtool& promtool,
                                            std::vector<scenarios::PrometheusRule> rules,
                                            report::Profile profile);

/// What of the `rules` that can be evaluated fires in `run`, which kept its series. A rule that
/// fails while it is evaluated is marked as broken, and the others are evaluated without it.
///
/// The run is cut into windows. Each begins early enough to bring every alert into the state that
/// it has: by how long rules look back and wait. A window in which, and so long before which,
/// nothing changes that a rule looks at is left out. Throws EngineError.
std::vector<report::FiredAlert> evaluate_rules(const Promtool& promtool,
                                               const models::Fleet& fleet,
                                               const models::WatchedRun& run,
                                               std::vector<report::RuleStatus>& rules,
                                               const EngineOptions& options);

}  // namespace rollcast::cli
