#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "cli/files.hpp"
#include "cli/stop.hpp"
#include "models/policies/catalogue.hpp"
#include "models/simulate.hpp"
#include "planner/planner.hpp"
#include "planner/policies.hpp"
#include "report/comparison.hpp"
#include "report/layout.hpp"
#include "report/tools.hpp"
#include "scenarios/format/json_file.hpp"

namespace rollcast::cli {
namespace {

struct CompareOptions {
    CaseChoice choice;
    std::vector<std::string> names;
    std::vector<std::string> faults;
    bool policies = false;
    bool tools = false;
};

/// The case that plans are run on; read only when the first plan turns up.
class Runner {
public:
    Runner(Session& session, const CompareOptions& options)
        : session_(session), options_(options) {}

    report::Compared plan_file(const std::string& file) {
        const models::Plan plan = open_plan(session_, file, opened());
        return run(file, plan);
    }

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

    /// True where a tool moves every replica away and back, and there are so many that its roll
    /// would take minutes to simulate; says so.
    bool leaves_out(models::PolicyKind kind) {
        constexpr std::size_t most_replicas = 50'000;
        const models::PolicyInfo& info = models::policy_info(kind);
        const std::size_t replicas = a_case().fleet.replica_count();
        if (info.move_throttle == nullptr || replicas <= most_replicas) return false;
        fmt::print(session_.err,
                   "note: {0} is left out, for it moves {1} replicas twice; 'rollcast simulate "
                   "--policy {0}' runs it\n",
                   info.word,
                   replicas);
        return true;
    }

    /// The roll of one of today's tools, for both tables.
    std::pair<report::Compared, report::ToolRun> tool(models::PolicyKind kind) {
        const models::Plan plan = models::policy_plan(a_case().fleet, {.kind = kind});
        const models::Verdict verdict = simulated(plan);
        return {report::compared(plan.name, verdict, std::nullopt),
                report::tool_run(a_case(), plan, verdict)};
    }

private:
    const models::Case& a_case() { return opened().a_case; }

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
};

Collected collect(Session& session, const CompareOptions& options) {
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
    return collected;
}

/// True where a later result breaks a rule that the first one holds.
bool regressed(const std::vector<report::Compared>& results) {
    const std::vector<std::string>& before = results.front().broken;
    return std::any_of(results.begin() + 1, results.end(), [&](const report::Compared& result) {
        return std::any_of(result.broken.begin(), result.broken.end(), [&](const std::string& r) {
            return std::find(before.begin(), before.end(), r) == before.end();
        });
    });
}

ExitCode compare(Session& session, const CompareOptions& options) {
    const Collected collected = [&] {
        const Progress progress(session.options.progress, "comparing");
        return collect(session, options);
    }();
    const std::vector<report::Compared>& results = collected.results;
    if (results.size() < 2) {
        throw UsageError("there is nothing to compare with",
                         "name two plans or results, or add --policies or --tools");
    }
    const bool ok = !regressed(results);
    if (session.options.json) {
        report::Json document = report::comparison_document(results, ok, session.provenance());
        if (options.tools) document["tools"] = report::tools_json(collected.tools);
        session.print(document);
    } else {
        session.out << report::comparison_text(results) << "\n";
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
                     "add the plans of one-at-a-time, rack-at-a-time, greedy and event-driven");
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
    command.footer("Exits 1 where a later result breaks a rule that the first one does not break.");
    return [&session, options] { return compare(session, *options); };
}

}  // namespace rollcast::cli
