#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/compare_policies.hpp"
#include "cli/files.hpp"
#include "cli/stop.hpp"
#include "cli/values.hpp"
#include "models/policies/catalogue.hpp"
#include "models/simulate.hpp"
#include "planner/planner.hpp"
#include "planner/policies.hpp"
#include "report/comparison.hpp"
#include "report/layout.hpp"
#include "report/policies.hpp"
#include "report/tools.hpp"
#include "report/words.hpp"
#include "scenarios/format/json_file.hpp"

namespace rollcast::cli {
namespace {

struct CompareOptions {
    CaseChoice choice;
    std::vector<std::string> names;
    std::vector<std::string> faults;
    bool policies = false;
    bool tools = false;
    bool markdown = false;
    std::uint64_t runs = 0;  // with drawn durations, of each policy
};

/// The case that plans are run on; read only when the first plan turns up.
class Runner {
public:
    Runner(Session& session, const CompareOptions& options)
        : session_(session), options_(options) {}

    report::Compared plan_file(const std::string& file) {
        plans_.emplace_back(file, open_plan(session_, file, opened()));
        return run(file, plans_.back().second);
    }

    /// Everything that `--policies` sets beside the plans read so far.
    report::PolicyTable policies(const std::function<void(std::size_t, std::size_t)>& progress) {
        return policy_table(session_, a_case(), plans_, options_.runs, progress);
    }

    const models::Case& a_case() { return opened().a_case; }

    /// A policy's plan; nothing where it has none on this case.
    std::optional<report::Compared> policy(planner::Policy policy) {
        const planner::PlanResult made = planner::make_plan(a_case(),
                                                            {.policy = policy,
                                                             .seed = session_.options.seed,
                                                             .threads = session_.options.threads(),
                                                             .stop = &stop_requested(),
                                                             .progress = {}});
        if (made.plan.clusters.empty()) return std::nullopt;
        return run(std::string(planner::to_string(policy)), made.plan);
    }

    /// True where a tool is left out of the table; says so.
    bool leaves_out(models::PolicyKind kind) {
        const std::string why = left_out(a_case(), kind);
        if (!why.empty()) fmt::print(session_.err, "note: left out: {}\n", why);
        return !why.empty();
    }

    /// The roll of one of today's tools, for both tables.
    std::pair<report::Compared, report::ToolRun> tool(models::PolicyKind kind) {
        const models::Plan plan = models::policy_plan(a_case().fleet, {.kind = kind});
        const models::Verdict verdict = simulated(plan);
        return {report::compared(plan.name, verdict, std::nullopt),
                report::tool_run(a_case(), plan, verdict)};
    }

private:
    const OpenCase& opened() {
        if (!opened_) {
            opened_ = open_case(session_, options_.choice);
            for (const std::string& file : options_.faults) {
                add_faults(session_, file, opened_->a_case);
            }
            take_longest_pass(session_, *opened_);
        }
        return *opened_;
    }

    models::Verdict simulated(const models::Plan& plan) {
        models::Verdict verdict = models::simulate(a_case(),
                                                   plan,
                                                   {.seed = session_.options.seed,
                                                    .threads = session_.options.threads(),
                                                    .stop = &stop_requested()});
        models::judge_left_out(a_case(), plan, verdict);
        return verdict;
    }

    report::Compared run(const std::string& name, const models::Plan& plan) {
        std::optional<bool> gate_kept;
        if (!plan.policy) gate_kept = planner::gate_kept(a_case(), plan);
        return report::compared(name, simulated(plan), gate_kept);
    }

    Session& session_;
    const CompareOptions& options_;
    std::optional<OpenCase> opened_;
    std::vector<std::pair<std::string, models::Plan>> plans_;  // that were read, by file
};

report::Compared open_result(Session& session, Runner& runner, const std::string& file) {
    const scenarios::JsonFile read = scenarios::JsonFile::read(file);
    if (std::optional<report::Compared> result = report::compared(file, read.root())) {
        note_input(session, file);
        return *result;
    }
    return runner.plan_file(file);
}

struct Collected {
    std::vector<report::Compared> results;
    std::vector<report::ToolRun> tools;
    std::optional<report::PolicyTable> policies;
    std::string page;  // with --markdown
};

Collected collect(Session& session, const CompareOptions& options, Progress& progress) {
    Runner runner(session, options);
    Collected collected;
    std::vector<report::Compared>& results = collected.results;
    for (const std::string& file : options.names) {
        results.push_back(open_result(session, runner, file));
    }
    if (options.policies) {
        for (const auto policy : {planner::Policy::one_at_a_time,
                                  planner::Policy::rack_at_a_time,
                                  planner::Policy::greedy_batches,
                                  planner::Policy::event_driven}) {
            if (std::optional<report::Compared> result = runner.policy(policy)) {
                results.push_back(*result);
            }
        }
    }
    for (int k = 0; options.tools && k < models::policy_kind_count; ++k) {
        const auto kind = static_cast<models::PolicyKind>(k);
        if (runner.leaves_out(kind)) continue;
        auto [result, tool] = runner.tool(kind);
        results.push_back(std::move(result));
        collected.tools.push_back(std::move(tool));
    }
    if (options.policies) {
        collected.policies = runner.policies([&](std::size_t done, std::size_t all) {
            progress.update(fmt::format("comparing: {} of {} runs", done, all));
        });
    }
    if (options.markdown && collected.policies && !collected.policies->rows.empty()) {
        collected.page = report::policies_page(
            runner.a_case(), *collected.policies, session.provenance().reproduce);
    }
    return collected;
}

/// True where one of the first `count` results breaks a rule that the very first one holds.
bool regressed(const std::vector<report::Compared>& results, std::size_t count) {
    const std::vector<std::string>& before = results.front().broken;
    const auto breaks_more = [&](const report::Compared& result) {
        return std::any_of(result.broken.begin(), result.broken.end(), [&](const std::string& r) {
            return std::find(before.begin(), before.end(), r) == before.end();
        });
    };
    return std::any_of(
        results.begin(), results.begin() + static_cast<std::ptrdiff_t>(count), breaks_more);
}

/// Throws UsageError where an option needs --policies.
void check_policies(const CompareOptions& options, bool json) {
    if (!options.policies && (options.markdown || options.runs > 0)) {
        throw UsageError(fmt::format("{} is of the table of policies",
                                     options.markdown ? "--markdown" : "--runs"),
                         "add --policies, or leave it out");
    }
    if (options.markdown && json) {
        throw UsageError("--markdown and --json both want the output", "leave one of them out");
    }
}

/// The exit code where there is a table of policies: none of them may be ahead of ours.
bool matched(const Collected& collected) {
    return !collected.policies || collected.policies->rows.empty() ||
           report::all_matched(*collected.policies);
}

ExitCode compare(Session& session, const CompareOptions& options) {
    check_policies(options, session.options.json);
    const Collected collected = [&] {
        Progress progress(session.options.progress, "comparing");
        return collect(session, options, progress);
    }();
    const std::vector<report::Compared>& results = collected.results;
    if (results.size() < 2) {
        throw UsageError("there is nothing to compare with",
                         "name two plans or results, or add --policies or --tools");
    }
    // Simple orders and tools are there to be beaten; what they break is no regression.
    const std::size_t judged = options.policies ? options.names.size() : results.size();
    const bool ok = !regressed(results, judged) && matched(collected);
    if (options.markdown) {
        session.out << collected.page;
    } else if (session.options.json) {
        report::Json document = report::comparison_document(results, ok, session.provenance());
        if (options.tools) document["tools"] = report::tools_json(collected.tools);
        if (collected.policies && !collected.policies->rows.empty()) {
            document["policies"] = report::policies_json(*collected.policies);
        }
        session.print(document);
    } else {
        session.out << report::comparison_text(results) << "\n";
        if (collected.policies && !collected.policies->rows.empty()) {
            session.out << report::policies_text(*collected.policies) << "\n";
        }
        if (options.tools) session.out << report::tools_text(collected.tools) << "\n";
        session.out << report::wrapped(session.provenance().reproduce, 13, "reproduce:   ");
    }
    return ok ? ExitCode::good : ExitCode::bad_result;
}

}  // namespace

Action add_compare(CLI::App& command, Session& session) {
    const auto options = std::make_shared<CompareOptions>();
    command
        .add_option("RESULT",
                    options->names,
                    "plan files, or documents that --json printed; the first is the baseline")
        ->option_text("...");
    command.add_flag("--policies",
                     options->policies,
                     "add the plans of one-at-a-time, rack-at-a-time, greedy and event-driven, and "
                     "a table of today's tools, ours (the plans that are named, else a searched "
                     "one) and ours with one ingredient left out");
    command
        .add_option("--runs",
                    options->runs,
                    "with --policies: also so many runs of each with drawn durations, seeds from "
                    "--seed on, for the p50 and p95 of the makespan")
        ->transform(whole_number("--runs", 1, 100'000))
        ->option_text("N");
    command.add_flag("--markdown",
                     options->markdown,
                     "with --policies: print the table as a Markdown page and nothing else");
    command.add_flag("--tools",
                     options->tools,
                     "add the rolls of today's tools, with their defaults: see docs/policies.md");
    add_case_options(command, options->choice);
    command
        .add_option("-s,--scenario",
                    options->faults,
                    "a file of faults that strike each plan; may be given again")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->option_text("FAULTS");
    add_seed(command, session.options);
    add_jobs(command, session.options);
    add_json(command, session.options);
    add_exit_zero(command, session.options);
    add_progress(command, session.options);
    command.footer(
        "Exits 1 where a later result breaks a rule that the first one does not break; with\n"
        "--policies where one of them is faster than ours and as safe.");
    return [&session, options] { return compare(session, *options); };
}

}  // namespace rollcast::cli
