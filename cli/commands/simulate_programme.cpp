#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "cli/commands/simulate.hpp"
#include "cli/stop.hpp"
#include "models/programme.hpp"
#include "models/watched_run.hpp"
#include "planner/audit.hpp"
#include "planner/policies.hpp"
#include "report/diary.hpp"
#include "report/layout.hpp"
#include "report/names.hpp"
#include "report/plan.hpp"
#include "report/programme.hpp"
#include "report/words.hpp"
#include "scenarios/format/alert_reader.hpp"

namespace rollcast::cli {
namespace {

/// Many runs of a programme, and the one that is shown.
struct ProgrammeRuns {
    RunCount count;
    models::ProgrammeResult shown;
};

ProgrammeRuns run_programmes(const Session& session,
                             const models::Case& a_case,
                             const models::Plan& plan,
                             models::ClusterId only,
                             const SimulateOptions& options) {
    Progress progress(session.options.progress, "simulating " + a_case.name);
    const auto one_pass = [only](const models::Case& of_pass,
                                 const models::Plan& own,
                                 const models::RunOptions& run) {
        models::Verdict verdict = only.exists() ? models::simulate_cluster(of_pass, own, only, run)
                                                : models::simulate(of_pass, own, run);
        models::judge_left_out(of_pass, own, verdict, only);
        return verdict;
    };
    ProgrammeRuns runs;
    for (std::uint64_t i = 0; i < options.runs; ++i) {
        const std::uint64_t seed = session.options.seed + i;
        models::ProgrammeResult result =
            models::run_programme(a_case, plan, run_options(session, options, seed), one_pass);
        if (stop_requested() && i > 0) break;  // a run that was cut short is no sample
        if (runs.count.add(seed, result.safe(a_case), result.makespan)) {
            runs.shown = std::move(result);
        }
        progress.update(
            fmt::format("simulating {}: {} of {} runs", a_case.name, i + 1, options.runs));
    }
    return runs;
}

/// One run with somebody who looks on, which is the same run; `diary` tells it, pass after pass.
ProgrammeRuns watch_programme(const Session& session,
                              const models::Case& a_case,
                              const models::Plan& plan,
                              const SimulateOptions& options,
                              std::string& diary) {
    const models::AlertRules rules = scenarios::embedded_alerts();
    std::size_t pass = 0;
    const auto tell =
        [&](const models::Case& of_pass, const models::Plan& own, const models::RunOptions& run) {
            models::WatchedRun watched = models::watch(of_pass, own, run, rules);
            diary += report::heading(fmt::format("Pass {} of {}: {}",
                                                 pass + 1,
                                                 a_case.programme.size(),
                                                 report::pass_name(a_case, pass))) +
                     "\n" + report::diary_text(of_pass, own, rules, watched) + "\n";
            ++pass;
            models::judge_left_out(of_pass, own, watched.verdict);
            return std::move(watched.verdict);
        };
    const std::uint64_t seed = session.options.seed;
    ProgrammeRuns runs;
    runs.shown = models::run_programme(a_case, plan, run_options(session, options, seed), tell);
    runs.count.add(seed, runs.shown.safe(a_case), runs.shown.makespan);
    return runs;
}

void print_programme(Session& session,
                     const OpenCase& opened,
                     const models::Plan& plan,
                     const ProgrammeRuns& runs,
                     const SimulateOptions& options) {
    std::ostream& out = session.out;
    const models::Case& a_case = opened.a_case;
    out << report::wrapped(
        fmt::format("case {} ({}), programme of {}, plan {}, seed {}, {} durations",
                    a_case.name,
                    opened.from,
                    report::count_text(a_case.programme.size(), "pass", "passes"),
                    options.policy.empty() ? options.plan : options.policy,
                    session.options.seed,
                    options.sampled || options.runs > 1 ? "drawn" : "nominal"));
    for (const models::Fault& fault : a_case.faults) {
        out << report::wrapped(
            fmt::format("{}: {}", fault.name, report::fault_text(a_case.fleet, fault)),
            9,
            "  fault  ");
    }
    out << "\n";
    if (options.runs > 1) out << runs_text(runs.count);
    if (!plan.policy && !planner::gate_kept(a_case, plan)) {
        out << report::gate_not_kept_text("this plan") << "\n";
    }
    out << report::programme_text(a_case, plan, runs.shown) << "\n"
        << report::wrapped(session.provenance().reproduce, 13, "reproduce:   ");
}

}  // namespace

ExitCode simulate_programme(Session& session,
                            const OpenCase& opened,
                            const models::Plan& plan,
                            models::ClusterId only,
                            const SimulateOptions& options) {
    std::string diary;
    const ProgrammeRuns runs = options.diary
                                   ? watch_programme(session, opened.a_case, plan, options, diary)
                                   : run_programmes(session, opened.a_case, plan, only, options);
    if (session.options.json) {
        report::Json document = report::programme_document(
            opened.a_case, plan, runs.shown, planner::audit(opened.a_case), session.provenance());
        if (options.runs > 1) document["runs"] = runs_json(runs.count);
        session.print(document);
    } else {
        session.out << diary;
        print_programme(session, opened, plan, runs, options);
    }
    return runs.shown.safe(opened.a_case) ? ExitCode::good : ExitCode::bad_result;
}

}  // namespace rollcast::cli
