#include "cli/watching.hpp"

#include "cli/arguments.hpp"
#include "cli/stop.hpp"
#include "planner/planner.hpp"
#include "scenarios/format/alert_reader.hpp"

namespace rollcast::cli {

models::AlertRules open_alert_rules(Session& session, const std::string& file) {
    if (file.empty()) return scenarios::embedded_alerts();
    models::AlertRules rules = scenarios::load_alerts(file);
    note_input(session, file);
    return rules;
}

models::Plan plan_to_watch(Session& session, const std::string& file, const OpenCase& opened) {
    if (!file.empty()) return open_plan(session, file, opened);
    planner::PlanResult made = planner::make_plan(opened.a_case,
                                                  {.policy = planner::Policy::event_driven,
                                                   .seed = session.options.seed,
                                                   .threads = session.options.threads(),
                                                   .stop = &stop_requested(),
                                                   .progress = {}});
    if (made.plan.clusters.empty()) {
        throw UsageError("the case has no plan to watch: " + made.reason,
                         "name a plan, or accept breaches with --accept-breach");
    }
    return std::move(made.plan);
}

}  // namespace rollcast::cli
