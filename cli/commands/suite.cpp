#include "scenarios/suite/suite.hpp"

#include <charconv>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "cli/journal_file.hpp"
#include "cli/planner_plans.hpp"
#include "cli/stop.hpp"
#include "cli/suite_database.hpp"
#include "cli/values.hpp"
#include "report/suite_machines.hpp"
#include "report/suite_text.hpp"
#include "report/words.hpp"
#include "scenarios/format/files.hpp"
#include "scenarios/suite/baseline.hpp"
#include "scenarios/suite/journal.hpp"

namespace rollcast::cli {
namespace {

struct SuiteCall {
    std::vector<std::string> paths;
    scenarios::SuiteChoice choice;
    std::string shard;
    bool controls = false;
    bool list = false;
    bool github = false;
    std::string junit;
    std::string sarif;
    std::string markdown;
    std::string database;
    std::string resume;
    std::string baseline;
    bool update_baseline = false;
};

/// "2/5" as the second of five. Throws UsageError.
void read_shard(const std::string& text, scenarios::SuiteChoice& choice) {
    if (text.empty()) return;
    const std::size_t slash = text.find('/');
    const auto number = [&](std::string_view digits, std::uint32_t& into) {
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), into);
        return error == std::errc() && end == digits.data() + digits.size();
    };
    const std::string_view view = text;
    const bool fits = slash != std::string::npos && number(view.substr(0, slash), choice.shard) &&
                      number(view.substr(slash + 1), choice.shards) && choice.shard >= 1 &&
                      choice.shard <= choice.shards;
    if (fits) return;
    throw UsageError(fmt::format("--shard takes I/N with 1 <= I <= N, not '{}'", text),
                     "--shard 1/4 is the first quarter of the cases");
}

scenarios::Suite open_suite(Session& session, SuiteCall& call) {
    read_shard(call.shard, call.choice);
    const std::vector<std::string> files = scenarios::find_scenarios(call.paths);
    scenarios::Suite suite =
        scenarios::load_suite(files, call.choice, planner_plans(), session.options.threads());
    for (const scenarios::RefusedScenario& refused : suite.refused) {
        session.err << scenarios::render(std::span(refused.problems), scenarios::others_run);
    }
    if (suite.cases.empty() && suite.refused.empty() && call.choice.shards == 1) {
        throw UsageError("no scenario has such a tag or such a name",
                         "'rollcast suite PATHS --list' shows those that there are");
    }
    return suite;
}

void write_files(const SuiteCall& call, const report::SuiteResult& result) {
    if (!call.junit.empty()) {
        scenarios::write_atomically(call.junit, report::suite_junit(result));
    }
    if (!call.sarif.empty()) {
        scenarios::write_atomically(call.sarif, report::suite_sarif(result, tool_version()));
    }
    if (!call.markdown.empty()) {
        scenarios::write_atomically(call.markdown, report::suite_markdown(result));
    }
    if (!call.database.empty()) write_database(call.database, result);
}

/// The baseline that --baseline names; none where it is to be written for the first time, and none
/// where it cannot be read: then it is refused with the scenarios of `suite` that are, and the
/// cases run. Throws UsageError where no file is named to write.
std::optional<scenarios::Baseline> open_baseline(Session& session,
                                                 const SuiteCall& call,
                                                 scenarios::Suite& suite) {
    if (call.baseline.empty()) {
        if (!call.update_baseline) return std::nullopt;
        throw UsageError("--update-baseline needs a file", "add --baseline FILE");
    }
    if (call.update_baseline && !std::filesystem::exists(call.baseline)) return std::nullopt;
    try {
        return scenarios::Baseline::read(scenarios::read_text(call.baseline), call.baseline);
    } catch (const scenarios::InputError& error) {
        std::vector<scenarios::Diagnostic> problems = error.diagnostics();
        if (!std::filesystem::exists(call.baseline) && problems.front().suggestions.empty()) {
            problems.front().help = "check the path; --update-baseline writes one";
        }
        suite.refused.push_back({call.baseline, std::move(problems)});
        session.err << scenarios::render(std::span(suite.refused.back().problems),
                                         scenarios::others_run);
        return std::nullopt;
    }
}

ExitCode suite_exit_code(const report::SuiteCounts& counts) {
    if (counts.crashed > 0) return ExitCode::internal_error;
    if (counts.refused > 0) return ExitCode::bad_input;
    return counts.ok() ? ExitCode::good : ExitCode::bad_result;
}

std::vector<scenarios::SuiteRun> run_suite_of(Session& session,
                                              const SuiteCall& call,
                                              const scenarios::Suite& suite) {
    JournalFile file(call.resume);
    const scenarios::Journal known(file.before(), call.resume, tool_version());
    const Progress progress(session.options.progress,
                            "running " + report::count_text(suite.cases.size(), "case", "cases"));
    scenarios::SuiteOptions options{
        .threads = session.options.threads(), .controls = call.controls, .stop = &stop_requested()};
    if (file.open()) {
        options.recall = [&known](const scenarios::SuiteCase& c, scenarios::SuiteRun& run) {
            return known.recall(c, run);
        };
        options.finished = [&file](const scenarios::SuiteCase& c, const scenarios::SuiteRun& run) {
            file.append(scenarios::journal_line(c, run, tool_version()));
        };
    }
    return scenarios::run_suite(suite, options);
}

ExitCode run_suite_call(Session& session, SuiteCall call) {
    scenarios::Suite suite = open_suite(session, call);
    if (call.list) {
        session.out << report::suite_list(suite);
        return suite.refused.empty() ? ExitCode::good : ExitCode::bad_input;
    }
    const std::size_t refused_scenarios = suite.refused.size();
    const std::optional<scenarios::Baseline> before = open_baseline(session, call, suite);
    const bool baseline_refused = suite.refused.size() > refused_scenarios;
    const std::vector<scenarios::SuiteRun> runs = run_suite_of(session, call, suite);
    std::optional<scenarios::BaselineComparison> comparison;
    if (before) comparison = scenarios::compare_with(*before, suite, runs);
    const report::SuiteResult result{suite, runs, comparison ? &*comparison : nullptr};
    write_files(call, result);
    if (call.update_baseline && !baseline_refused && !stop_requested()) {
        scenarios::write_atomically(
            call.baseline, scenarios::write_baseline(suite, runs, before ? &*before : nullptr));
    }
    if (session.options.json) {
        session.print(report::suite_document(result, session.provenance()));
    } else {
        session.out << report::suite_text(result);
        if (call.github) session.out << report::suite_annotations(result);
    }
    report::SuiteCounts counts = report::count(result);
    if (counts.crashed > 0) {
        session.err << "error: internal error in "
                    << report::count_text(counts.crashed, "run", "runs")
                    << ": a bug of rollcast; please report it with the scenario\n";
    }
    if (call.update_baseline) counts.worse = 0;  // shown, and accepted
    return suite_exit_code(counts);
}

void add_suite_choice(CLI::App& command, SuiteCall& call) {
    command.add_option("PATHS", call.paths, "scenario files, or folders of *.scenario.json")
        ->required()
        ->option_text(" ");
    command.add_option("--tag", call.choice.tags, "scenarios with this tag; may be given again")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->option_text("TAG");
    command
        .add_option("--case",
                    call.choice.cases,
                    "cases of this name, `*` and `?` match any; may be given again")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->option_text("ID");
    command
        .add_option("--seed",
                    call.choice.seeds,
                    "this seed instead of those of the scenarios; may be given again")
        ->transform(whole_number("--seed", 0, UINT64_MAX))
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->option_text("N");
    command.add_option("--shard", call.shard, "the I-th of N equal parts of the cases")
        ->option_text("I/N");
    command.add_flag("--list", call.list, "say what there is and what it teaches; run nothing");
}

}  // namespace

Action add_suite(CLI::App& command, Session& session) {
    const auto call = std::make_shared<SuiteCall>();
    add_suite_choice(command, *call);
    command.add_flag("--controls",
                     call->controls,
                     "hold each run without what it teaches against the expectations: they must "
                     "fail there");
    command.add_option("--junit", call->junit, "write JUnit XML to this file")
        ->check(not_empty("--junit"))
        ->option_text("FILE");
    command.add_option("--sarif", call->sarif, "write SARIF to this file")
        ->check(not_empty("--sarif"))
        ->option_text("FILE");
    command.add_option("--markdown", call->markdown, "write a summary in Markdown to this file")
        ->check(not_empty("--markdown"))
        ->option_text("FILE");
    command.add_option("--sqlite", call->database, "write a SQLite database, one row a run")
        ->check(not_empty("--sqlite"))
        ->option_text("FILE");
    command.add_flag("--github", call->github, "print annotations for GitHub Actions as well");
    command
        .add_option("--resume",
                    call->resume,
                    "append finished runs to this file, and do not run again what it holds")
        ->check(not_empty("--resume"))
        ->option_text("FILE");
    command
        .add_option("--baseline",
                    call->baseline,
                    "compare with this file, seed by seed, and fail where something is worse")
        ->check(not_empty("--baseline"))
        ->option_text("FILE");
    command.add_flag("--update-baseline",
                     call->update_baseline,
                     "show what moved, write the baseline anew, and do not fail for it");
    add_jobs(command, session.options);
    add_json(command, session.options);
    add_exit_zero(command, session.options);
    add_progress(command, session.options);
    command.footer(
        "docs/scenarios.md describes scenarios. Exits 1 where an expectation does not hold, 2 "
        "where\n"
        "a scenario could not be read; the others run all the same.");
    return [&session, call] { return run_suite_call(session, *call); };
}

}  // namespace rollcast::cli
