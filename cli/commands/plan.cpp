#include "report/plan.hpp"

#include <memory>
#include <optional>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/plan_vary.hpp"
#include "cli/commands/simulate.hpp"
#include "cli/files.hpp"
#include "cli/stop.hpp"
#include "cli/values.hpp"
#include "cli/vary.hpp"
#include "models/programme.hpp"
#include "models/simulate.hpp"
#include "planner/planner.hpp"
#include "report/findings.hpp"
#include "report/layout.hpp"
#include "report/programme.hpp"
#include "report/verdict_text.hpp"
#include "report/words.hpp"

namespace rollcast::cli {
namespace {

using planner::PlanResult;
using planner::PlanStatus;

struct PlanOptions {
    CaseChoice choice;
    std::string out;
    planner::PlanOptions plan;
    double time_limit_s = 0;
    std::uint64_t runs = 0;  // of the plan, with drawn durations
    VaryOptions vary;
};

bool safe_to_use(const PlanResult& result) {
    return result.status != PlanStatus::infeasible && result.status != PlanStatus::unsafe &&
           result.status != PlanStatus::none_found && !result.plan.clusters.empty() &&
           result.verdict.safe();
}

std::optional<std::chrono::milliseconds> time_limit_of(const PlanOptions& options) {
    if (options.time_limit_s <= 0) return std::nullopt;
    return std::chrono::milliseconds(static_cast<std::int64_t>(options.time_limit_s * 1e3));
}

PlanResult search(const Session& session, const models::Case& a_case, PlanOptions& options) {
    const TimeLimit time_limit(time_limit_of(options));
    Progress progress(session.options.progress, "planning " + a_case.name);
    planner::PlanOptions& plan = options.plan;
    plan.progress = [&](std::uint64_t done, sim::Duration best, sim::Duration bound) {
        progress.update(fmt::format("planning {}: {} of {} schedules, best {}, bound {}",
                                    a_case.name,
                                    report::count_text(done),
                                    report::count_text(plan.effort),
                                    report::duration_text(best),
                                    report::duration_text(bound)));
    };
    return planner::make_plan(a_case, plan);
}

/// A plan that is safe in the pass that it was made for, run through the whole programme without
/// its faults; nothing where the case has none, or the plan is not safe.
std::optional<models::ProgrammeResult> whole_programme(const Session& session,
                                                       const models::Case& whole,
                                                       const PlanResult& result) {
    if (whole.programme.empty() || !safe_to_use(result)) return std::nullopt;
    models::Case nominal = whole;
    nominal.faults.clear();
    return models::run_programme(nominal,
                                 result.plan,
                                 {.seed = session.options.seed,
                                  .threads = session.options.threads(),
                                  .stop = &stop_requested()});
}

/// The plan with drawn durations, without the faults of its case: what its makespan comes to.
std::optional<RunCount> drawn_runs(const Session& session,
                                   const models::Case& a_case,
                                   const PlanResult& result,
                                   std::uint64_t runs) {
    if (runs == 0 || result.plan.clusters.empty()) return std::nullopt;
    Progress progress(session.options.progress, "running the plan of " + a_case.name);
    RunCount count;
    for (std::uint64_t i = 0; i < runs && !stop_requested(); ++i) {
        const std::uint64_t seed = session.options.seed + i;
        const models::Verdict verdict = models::simulate(a_case,
                                                         result.plan,
                                                         {.seed = seed,
                                                          .sampled = true,
                                                          .without_faults = true,
                                                          .threads = session.options.threads(),
                                                          .stop = &stop_requested()});
        if (stop_requested()) break;  // a run that was cut short is no sample
        count.add(seed, verdict.safe(), verdict.makespan);
        progress.update(fmt::format("{} of {} runs", i + 1, runs));
    }
    return count.makespans.empty() ? std::nullopt : std::optional(count);
}

std::string drawn_text(const RunCount& runs) {
    return report::wrapped(fmt::format("p50 {}, p95 {} of {} with drawn durations, {} of them safe",
                                       report::duration_text(runs.quantile(0.5)),
                                       report::duration_text(runs.quantile(0.95)),
                                       report::count_text(runs.makespans.size(), "run", "runs"),
                                       report::count_text(runs.safe)),
                           15,
                           "  drawn        ");
}

void print_text(Session& session,
                const OpenCase& opened,
                const PlanResult& result,
                const std::optional<RunCount>& drawn,
                bool usable,
                const PlanOptions& options) {
    std::ostream& out = session.out;
    out << fmt::format("case {} ({}), policy {}, seed {}\n\n",
                       opened.a_case.name,
                       opened.from,
                       planner::to_string(options.plan.policy),
                       session.options.seed);
    out << report::plan_text(opened.a_case, result);
    if (drawn) out << "\n" << drawn_text(*drawn);
    if (!safe_to_use(result)) {
        std::vector<planner::Finding> blocking;
        for (const planner::Finding& f : result.findings) {
            if (report::blocks(f)) blocking.push_back(f);
        }
        if (!blocking.empty()) out << "\nwhat blocks it\n" << report::findings_text(blocking);
    }
    if (!result.plan.clusters.empty()) {
        const std::string broken = report::breaches_text(opened.a_case, result.verdict.rules);
        if (!broken.empty()) out << "\nwhat breaks, and why\n" << broken;
        const std::string accepted = report::breaches_text(opened.a_case, result.verdict.accepted);
        if (!accepted.empty()) out << "\naccepted breaches, never counted as safe\n" << accepted;
        out << "\nN-1 margin\n" << report::margin_text(opened.a_case.fleet, result.verdict.margin);
    }
    out << "\n";
    if (!options.out.empty()) {
        out << (usable ? "plan written to " : "no safe plan: nothing written to ") << options.out
            << "\n";
    }
    out << report::wrapped(session.provenance().reproduce, 13, "reproduce:   ");
}

/// Throws UsageError where options of one plan and of many settings meet.
void check_vary(const PlanOptions& options, bool json) {
    const VaryOptions& vary = options.vary;
    if (vary.settings.empty() && vary.csv) {
        throw UsageError("--csv is a table of settings, and there is one plan",
                         "add --vary, or leave it out");
    }
    if (vary.csv && json) {
        throw UsageError("--csv and --json both want the output", "leave one of them out");
    }
    if (!vary.settings.empty() && options.runs > 0) {
        throw UsageError("--vary compares nominal durations, and --runs draws them",
                         "leave one of them out");
    }
    if (vary.settings.empty() || options.out.empty()) return;
    throw UsageError("--vary plans many settings, and --out takes one plan",
                     "leave --out out, or set the limit in the case");
}

ExitCode plan(Session& session, PlanOptions& options) {
    check_vary(options, session.options.json);
    OpenCase opened = open_case(session, options.choice);
    const models::Case whole = opened.a_case;
    take_longest_pass(session, opened);
    options.plan.seed = session.options.seed;
    options.plan.threads = session.options.threads();
    options.plan.stop = &stop_requested();
    if (!options.vary.settings.empty()) {
        const TimeLimit time_limit(time_limit_of(options));
        return plan_vary(session, opened, options.plan, options.vary);
    }
    const PlanResult result = search(session, opened.a_case, options);
    const std::optional<models::ProgrammeResult> programme =
        whole_programme(session, whole, result);
    const std::optional<RunCount> drawn = drawn_runs(session, opened.a_case, result, options.runs);
    const bool usable = safe_to_use(result) && (!programme || programme->safe(whole));
    if (!options.out.empty() && usable) save_plan(session, options.out, opened, result);
    if (session.options.json) {
        report::Json document = report::plan_document(opened.a_case, result, session.provenance());
        if (drawn) document["runs"] = runs_json(*drawn);
        if (programme) {
            document["programme"] = report::programme_json(whole, result.plan, *programme);
            document["summary"]["ok"] = usable;
        }
        session.print(document);
    } else {
        if (programme) {
            session.out << "the plan in every pass of the programme\n"
                        << report::programme_text(whole, result.plan, *programme) << "\n";
        }
        print_text(session, opened, result, drawn, usable, options);
    }
    return usable ? ExitCode::good : ExitCode::no_plan;
}

}  // namespace

Action add_plan(CLI::App& command, Session& session) {
    const auto options = std::make_shared<PlanOptions>();
    add_case_options(command, options->choice);
    add_out(command, options->out, "write the plan to this file")->option_text("PLAN");
    add_choice<planner::Policy>(
        command,
        "--policy",
        options->plan.policy,
        {{"one", planner::Policy::one_at_a_time},
         {"rack", planner::Policy::rack_at_a_time},
         {"greedy", planner::Policy::greedy_batches},
         {"event", planner::Policy::event_driven},
         {"best", planner::Policy::best}},
        "how the order is made [best]: the best of all, improved by search");
    add_choice<models::Gate>(
        command,
        "--gate",
        options->plan.gate,
        {{"broker", models::Gate::broker_in_sync}, {"partition", models::Gate::shared_partitions}},
        "when a machine stops blocking others [broker]: all of it is back in "
        "sync, or each shared partition by itself");
    add_choice<models::DataDisk>(
        command,
        "--data-disk",
        options->plan.data_disk,
        {{"keep", models::DataDisk::keep}, {"wipe", models::DataDisk::wipe}},
        "whether the data disks survive the re-image [keep]");
    command
        .add_option("--effort",
                    options->plan.effort,
                    fmt::format("schedules the search evaluates [{}]", options->plan.effort))
        ->transform(whole_number("--effort", 0, UINT64_MAX))
        ->option_text("N");
    command
        .add_option("--time-limit",
                    options->time_limit_s,
                    "stop after so many seconds with the best so far; not repeatable")
        ->check(decimal("--time-limit", 0.001, 1e6))
        ->option_text("SECONDS");
    command
        .add_option(
            "--runs",
            options->runs,
            "also run the plan so often with drawn durations, seeds from --seed on, and say "
            "the p50 and p95 of its makespan")
        ->transform(whole_number("--runs", 1, 1'000'000))
        ->option_text("N");
    command
        .add_option("--vary",
                    options->vary.settings,
                    fmt::format("plan at each of these settings of one limit and say what more of "
                                "it saves; NAME is one of {}; crews=4..24, crews=4..24:4, "
                                "window=4h,6h,8h",
                                vary_names()))
        ->check(not_empty("--vary"))
        ->option_text("NAME=...");
    command.add_flag("--csv", options->vary.csv, "with --vary: print the settings as CSV");
    add_seed(command, session.options);
    add_jobs(command, session.options);
    add_json(command, session.options);
    add_exit_zero(command, session.options);
    add_progress(command, session.options);
    return [&session, options] { return plan(session, *options); };
}

}  // namespace rollcast::cli
