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

void add_run_options(CLI::App& command, Session& session, RunChoice& choice) {
    command.add_option("PLAN", choice.plan, "the plan that is carried out [the event-driven one]")
        ->option_text(" ");
    add_case_options(command, choice.choice);
    command
        .add_option("-s,--scenario",
                    choice.faults,
                    "a file of faults that strike during the run; may be given again")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->option_text("FAULTS");
    command.add_flag("--sampled",
                     choice.sampled,
                     "draw durations and delays by the seed; else they are nominal");
    add_seed(command, session.options);
}

void add_own_rules(CLI::App& command, RunChoice& choice) {
    command
        .add_option(
            "--rules", choice.rules, "a file of alert rules [those that come with the program]")
        ->option_text("ALERTS");
}

OpenRun open_run(Session& session, const RunChoice& choice) {
    OpenCase opened = open_case(session, choice.choice);
    for (const std::string& file : choice.faults) add_faults(session, file, opened.a_case);
    take_longest_pass(session, opened);
    models::Plan plan = plan_to_watch(session, choice.plan, opened);
    return {std::move(opened), std::move(plan)};
}

models::RunOptions options_to_watch(const Session& session, const RunChoice& choice) {
    return {.seed = session.options.seed,
            .sampled = choice.sampled,
            .threads = session.options.threads(),
            .stop = &stop_requested()};
}

}  // namespace rollcast::cli
