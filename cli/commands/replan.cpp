#include "planner/replan.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "cli/files.hpp"
#include "cli/stop.hpp"
#include "cli/values.hpp"
#include "report/layout.hpp"
#include "report/replan.hpp"
#include "scenarios/format/files.hpp"
#include "scenarios/format/names.hpp"
#include "scenarios/format/plan_file.hpp"
#include "scenarios/format/suggest.hpp"
#include "scenarios/import/current_state.hpp"
#include "scenarios/import/steps_taken.hpp"

namespace rollcast::cli {
namespace {

struct ReplanOptions {
    CaseChoice choice;
    std::string plan;
    std::string steps;
    std::vector<std::string> state;
    std::string cluster;
    std::string now;
    std::string out;
    std::uint64_t effort = planner::ReplanOptions{}.effort;
};

/// The cluster whose state is given. Throws UsageError where that is not clear.
models::ClusterId state_cluster(const models::Fleet& fleet, const std::string& name) {
    const std::vector<std::string> names = scenarios::cluster_names(fleet);
    if (name.empty() && names.size() == 1) return models::ClusterId{0};
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) {
        return models::ClusterId{static_cast<std::uint32_t>(found - names.begin())};
    }
    const std::vector<std::string> near = scenarios::nearest(name, names);
    throw UsageError(name.empty() ? "--state is of which cluster?"
                                  : fmt::format("--cluster: no cluster is called '{}'",
                                                scenarios::printable(name)),
                     near.empty() ? "add --cluster NAME; clusters: " + scenarios::name_list(names)
                                  : fmt::format("did you mean '{}'?", near.front()));
}

void take_state(Session& session, OpenCase& opened, const ReplanOptions& options) {
    if (options.state.empty()) return;
    const std::vector<std::filesystem::path> files(options.state.begin(), options.state.end());
    scenarios::CurrentState now = scenarios::with_current_state(
        opened.a_case, state_cluster(opened.a_case.fleet, options.cluster), files);
    if (!now.warnings.empty()) {
        session.err << scenarios::render(std::span<const scenarios::Diagnostic>(now.warnings));
    }
    for (const std::string& file : now.files) note_input(session, file);
    opened.a_case = std::move(now.a_case);
}

/// The latest time that the steps know, or what --now says.
sim::Duration now_of(const std::vector<scenarios::StepTaken>& steps, const std::string& now) {
    if (!now.empty()) {
        const auto time = scenarios::clock_time(now);
        if (!time) {
            throw UsageError(fmt::format("--now takes a time, not '{}'", scenarios::printable(now)),
                             "write h:mm:ss or seconds since the migration began");
        }
        return *time;
    }
    sim::Duration latest{};
    for (const scenarios::StepTaken& step : steps) {
        latest = std::max(
            {latest, step.start.value_or(sim::Duration{}), step.end.value_or(sim::Duration{})});
    }
    return latest;
}

planner::Midway midway_of(const std::vector<scenarios::StepTaken>& steps, sim::Duration now) {
    planner::Midway midway{now, {}};
    for (const scenarios::StepTaken& step : steps) {
        planner::MachineState state{.machine = step.machine};
        switch (step.state) {
            case scenarios::StepTaken::State::running:
                state.state = planner::StepState::running;
                state.time = std::max(now - *step.start, sim::Duration{});
                break;
            case scenarios::StepTaken::State::done:
                state.state = planner::StepState::done;
                if (step.end) state.time = *step.end - *step.start;
                break;
            case scenarios::StepTaken::State::lost:
                state.state = planner::StepState::lost;
                state.back_in = step.back.value_or(sim::Duration{});
                break;
        }
        midway.machines.push_back(state);
    }
    return midway;
}

void save_replanned(const Session& session,
                    const ReplanOptions& options,
                    const OpenCase& opened,
                    const models::Plan& plan) {
    scenarios::PlanFileMeta meta;
    meta.case_file = opened.from;
    meta.case_sha256 = opened.sha256;
    meta.seed = session.options.seed;
    scenarios::write_atomically(options.out, scenarios::write_plan(opened.a_case, plan, meta));
}

ExitCode replan(Session& session, const ReplanOptions& options) {
    OpenCase opened = open_case(session, options.choice);
    const models::Plan old = open_plan(session, options.plan, opened);
    if (old.policy) {
        throw UsageError(
            "the plan leaves what starts when to a tool, so there is no order to go on",
            "replan a plan with an order of its own");
    }
    take_longest_pass(session, opened);
    take_state(session, opened, options);
    std::vector<scenarios::StepTaken> steps;
    if (!options.steps.empty()) {
        steps = scenarios::read_steps_taken(options.steps, opened.a_case.fleet);
        note_input(session, options.steps);
    }
    const planner::Replanned replanned = planner::replan(
        opened.a_case,
        old,
        midway_of(steps, now_of(steps, options.now)),
        {.seed = session.options.seed, .effort = options.effort, .stop = &stop_requested()});
    if (!options.out.empty()) save_replanned(session, options, opened, replanned.plan);
    if (session.options.json) {
        session.print(report::replan_document(opened.a_case, replanned, session.provenance()));
    } else {
        session.out << report::replan_text(opened.a_case, replanned) << "\n";
        if (!options.out.empty()) {
            session.out << "plan of what is left written to " << options.out << "\n";
        }
        session.out << report::wrapped(session.provenance().reproduce, 13, "reproduce:   ");
    }
    return replanned.blocked.empty() ? ExitCode::good : ExitCode::bad_result;
}

}  // namespace

Action add_replan(CLI::App& command, Session& session) {
    const auto options = std::make_shared<ReplanOptions>();
    command.add_option("PLAN", options->plan, "the plan that is being carried out")
        ->required()
        ->option_text(" ");
    add_case_options(command, options->choice);
    command
        .add_option(
            "--steps",
            options->steps,
            "what is done, what runs and what is lost: a line a machine, MACHINE START END, "
            "MACHINE START, MACHINE, or MACHINE lost [BACK-IN]; times as h:mm:ss since the "
            "migration began")
        ->check(not_empty("--steps"))
        ->option_text("FILE");
    command
        .add_option("--state",
                    options->state,
                    "what `kafka-topics --describe` or `kcat -L` prints now for all topics of a "
                    "cluster: its ISRs and leaders take the place of the case's; repeatable")
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->check(not_empty("--state"))
        ->option_text("DUMP");
    command.add_option("--cluster", options->cluster, "the cluster that --state is of")
        ->option_text("NAME");
    command
        .add_option("--now", options->now, "time since the migration began [the latest in --steps]")
        ->option_text("H:MM:SS");
    add_out(command, options->out, "write the plan of what is left to this file")
        ->option_text("PLAN");
    command
        .add_option("--effort",
                    options->effort,
                    fmt::format("schedules that are evaluated [{}]", options->effort))
        ->transform(whole_number("--effort", 0, UINT64_MAX))
        ->option_text("N");
    add_seed(command, session.options);
    add_json(command, session.options);
    add_exit_zero(command, session.options);
    command.footer(
        "Exit code 0: every machine that waits has its place. 1: some may not go down while "
        "others\n"
        "are out of sync; they come last, and the partitions that forbid it are named.");
    return [&session, options] { return replan(session, *options); };
}

}  // namespace rollcast::cli
