#include "scenarios/hunt/hunt.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <span>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "cli/hunt_judge.hpp"
#include "cli/journal_file.hpp"
#include "cli/planner_plans.hpp"
#include "cli/stop.hpp"
#include "cli/values.hpp"
#include "report/hunt.hpp"
#include "report/words.hpp"
#include "scenarios/format/files.hpp"
#include "scenarios/hunt/draw.hpp"
#include "scenarios/hunt/hunt_journal.hpp"
#include "scenarios/suite/reduce.hpp"

namespace rollcast::cli {
namespace {

using scenarios::HuntedCase;
using scenarios::HuntOptions;

struct HuntCall {
    std::vector<std::string> paths;
    std::uint64_t cases = 1'000;
    std::uint64_t from = 0;
    std::optional<std::uint64_t> only;
    bool show = false;
    std::string resume;
    std::string out;
    std::size_t shrink_runs = 2'000;
    double time_limit_s = 0;
};

/// Where a case of the campaign comes from: a draw, or a run of a scenario.
class HuntSource {
public:
    HuntSource(std::uint64_t seed, const scenarios::Suite* suite) : seed_(seed), suite_(suite) {
        if (suite == nullptr) return;
        for (const scenarios::SuiteCase& c : suite->cases) {
            for (const std::uint64_t s : c.seeds) runs_.emplace_back(&c, s);
        }
    }

    std::string name(const HuntedCase& hunted) const {
        if (suite_ == nullptr) return fmt::format("case {}", hunted.number);
        const auto& [c, seed] = runs_[hunted.number];
        return fmt::format("{}, seed {}", c->id, seed);
    }

    std::string reproduce(const HuntedCase& hunted) const {
        if (suite_ == nullptr) {
            return fmt::format("rollcast hunt --seed {} --case {}", seed_, hunted.number);
        }
        return "rollcast hunt " + report::shell_quoted(runs_[hunted.number].first->file);
    }

    /// The scenario that refers to nothing, with the seed of the run.
    scenarios::Json scenario(const HuntedCase& hunted) const {
        if (suite_ == nullptr) return scenarios::draw_case(seed_, hunted.number).scenario;
        const auto& [c, seed] = runs_[hunted.number];
        scenarios::Json whole =
            scenarios::self_contained(c->file, c->id, planner_plans()).value_or(c->tree);
        whole["seeds"] = scenarios::Json::array({seed});
        return whole;
    }

    std::string file_name(const HuntedCase& hunted) const {
        return suite_ == nullptr ? fmt::format("hunt-{}-{}.scenario.json", seed_, hunted.number)
                                 : fmt::format("hunt-of-scenarios-{}.scenario.json", hunted.number);
    }

private:
    std::uint64_t seed_;
    const scenarios::Suite* suite_;
    std::vector<std::pair<const scenarios::SuiteCase*, std::uint64_t>> runs_;
};

/// Makes a finding small and writes it; only the first of each reason is.
void shrink_finding(const HuntCall& call,
                    const HuntSource& source,
                    const HuntOptions& options,
                    const HuntedCase& hunted,
                    report::HuntFinding& finding) {
    if (hunted.held.broken->invariant == "draw") return;  // it cannot be read
    scenarios::ShrunkHunt small = scenarios::shrink_hunted(
        source.scenario(hunted), *hunted.held.broken, planner_plans(), call.shrink_runs, options);
    const std::filesystem::path file = std::filesystem::path(call.out) / source.file_name(hunted);
    small.scenario["comment"] =
        fmt::format("Made of {} by `{}`: breaks {}", finding.name, finding.reproduce, small.reason);
    scenarios::write_atomically(file, scenarios::scenario_text(small.scenario));
    finding.file = file.generic_string();
    finding.size_before = small.size_before;
    finding.size_after = small.size_after;
}

std::vector<report::HuntFinding> findings_of(Session& session,
                                             const HuntCall& call,
                                             const HuntSource& source,
                                             const HuntOptions& options,
                                             const std::vector<HuntedCase>& cases) {
    if (!call.out.empty()) std::filesystem::create_directories(call.out);
    std::set<std::string> reasons;
    std::vector<report::HuntFinding> findings;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        if (!cases[i].done || !cases[i].held.broken) continue;
        report::HuntFinding finding{
            .index = i, .name = source.name(cases[i]), .reproduce = source.reproduce(cases[i])};
        const bool fresh = reasons.insert(cases[i].held.broken->reason()).second;
        if (fresh && !call.out.empty()) {
            const Progress progress(session.options.progress, "shrinking " + finding.name);
            shrink_finding(call, source, options, cases[i], finding);
        }
        findings.push_back(std::move(finding));
    }
    return findings;
}

/// What `hunt` runs: drawn cases, remembered where --resume says so.
std::vector<HuntedCase> run_hunt(const HuntCall& call, HuntOptions options, Progress& progress) {
    JournalFile file(call.resume);
    const scenarios::HuntJournal known(file.before(), call.resume, options.seed, tool_version());
    std::atomic<std::uint64_t> finished{0};
    const bool keeps = file.open();
    if (keeps) options.recall = [&known](HuntedCase& hunted) { return known.recall(hunted); };
    options.finished = [&](const HuntedCase& hunted) {
        if (keeps) file.append(scenarios::hunt_line(hunted, options.seed, tool_version()));
        const std::uint64_t n = ++finished;
        if (n % 100 == 0) progress.update(fmt::format("hunting: {} cases", n));
    };
    return scenarios::hunt(options);
}

scenarios::Suite suite_of(Session& session, const HuntCall& call) {
    if (!call.resume.empty()) {
        throw UsageError("--resume is for drawn cases, not for scenarios",
                         "leave out --resume, or the scenarios");
    }
    scenarios::Suite suite = scenarios::load_suite(
        scenarios::find_scenarios(call.paths), {}, planner_plans(), session.options.threads());
    for (const scenarios::RefusedScenario& refused : suite.refused) {
        session.err << scenarios::render(std::span(refused.problems), scenarios::others_run);
    }
    return suite;
}

ExitCode hunt_exit_code(const report::HuntReport& hunted, bool refused) {
    if (refused) return ExitCode::bad_input;
    return hunted.findings.empty() ? ExitCode::good : ExitCode::bad_result;
}

ExitCode run_hunt_call(Session& session, const HuntCall& call) {
    if (call.show) {
        const std::uint64_t number = call.only.value_or(call.from);
        session.out << scenarios::scenario_text(
            scenarios::draw_case(session.options.seed, number).scenario);
        return ExitCode::good;
    }
    std::optional<std::chrono::milliseconds> limit;
    if (call.time_limit_s > 0) {
        limit = std::chrono::milliseconds(static_cast<std::int64_t>(call.time_limit_s * 1e3));
    }
    std::optional<scenarios::Suite> suite;
    if (!call.paths.empty()) suite = suite_of(session, call);
    const HuntOptions options{.seed = session.options.seed,
                              .first = call.only.value_or(call.from),
                              .cases = call.only ? 1 : call.cases,
                              .threads = session.options.threads(),
                              .stop = &stop_requested(),
                              .judge = planner_judge()};
    std::vector<HuntedCase> cases;
    {
        const TimeLimit time_limit(limit);
        Progress progress(session.options.progress, "hunting");
        cases =
            suite ? scenarios::hunt_scenarios(*suite, options) : run_hunt(call, options, progress);
    }
    const HuntSource source(session.options.seed, suite ? &*suite : nullptr);
    HuntOptions shrinking = options;
    if (signal_received() == 0) shrinking.stop = nullptr;  // a time limit ends the hunt alone
    const report::HuntReport hunted{cases, findings_of(session, call, source, shrinking, cases)};
    if (session.options.json) {
        session.print(report::hunt_document(hunted, session.provenance()));
    } else {
        session.out << report::hunt_text(hunted);
    }
    return hunt_exit_code(hunted, suite && !suite->refused.empty());
}

}  // namespace

Action add_hunt(CLI::App& command, Session& session) {
    const auto call = std::make_shared<HuntCall>();
    command
        .add_option("PATHS",
                    call->paths,
                    "hold these scenarios, or folders of them, to the invariants instead of "
                    "drawing cases")
        ->option_text(" ");
    command.add_option("--cases", call->cases, fmt::format("how many to draw [{}]", call->cases))
        ->transform(whole_number("--cases", 1, 100'000'000))
        ->option_text("N");
    command.add_option("--from", call->from, "number of the first case [0]")
        ->transform(whole_number("--from", 0, UINT64_MAX / 2))
        ->option_text("N");
    command.add_option("--case", call->only, "this case alone")
        ->transform(whole_number("--case", 0, UINT64_MAX / 2))
        ->option_text("N");
    command.add_flag("--show", call->show, "print the case as a scenario and run nothing");
    command
        .add_option("--resume",
                    call->resume,
                    "append finished cases to this file, and do not run again what it holds")
        ->check(not_empty("--resume"))
        ->option_text("FILE");
    add_out(command, call->out, "write what breaks to this folder, made small, as scenarios")
        ->option_text("DIR");
    command
        .add_option("--shrink-runs",
                    call->shrink_runs,
                    fmt::format("runs to try at most for each [{}]", call->shrink_runs))
        ->transform(whole_number("--shrink-runs", 1, UINT64_MAX))
        ->option_text("N");
    command
        .add_option("--time-limit",
                    call->time_limit_s,
                    "end the hunt after so many seconds; not repeatable")
        ->check(decimal("--time-limit", 0.001, 1e6))
        ->option_text("SECONDS");
    add_seed(command, session.options);
    add_jobs(command, session.options);
    add_json(command, session.options);
    add_exit_zero(command, session.options);
    add_progress(command, session.options);
    command.footer(
        "docs/hunt.md says what is held. Exits 1 where an invariant broke: that is a bug of\n"
        "rollcast, not of a plan.");
    return [&session, call] { return run_hunt_call(session, *call); };
}

}  // namespace rollcast::cli
