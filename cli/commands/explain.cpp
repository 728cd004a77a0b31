#include "planner/explain.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "cli/files.hpp"
#include "cli/stop.hpp"
#include "cli/values.hpp"
#include "report/explain.hpp"
#include "report/layout.hpp"
#include "report/names.hpp"
#include "scenarios/format/codes.hpp"
#include "scenarios/format/diagnostic.hpp"
#include "scenarios/format/names.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::cli {
namespace {

struct ExplainOptions {
    CaseChoice choice;
    std::vector<std::string> words;  // what is to be explained
    std::uint64_t effort = planner::ExplainOptions{}.effort;
};

/// The machine that `name` means: as files call it, or its host.
models::MachineId machine_called(const models::Fleet& fleet, const std::string& name) {
    if (const auto known = scenarios::Names(fleet).machine(name)) return *known;
    std::vector<std::string> names;
    for (std::uint32_t m = 0; m < fleet.machines().size(); ++m) {
        const models::MachineId machine{m};
        if (report::machine_name(fleet, machine) == name) return machine;
        names.push_back(scenarios::machine_name(fleet, machine));
    }
    const std::vector<std::string> near = scenarios::nearest(name, names);
    throw UsageError(fmt::format("no machine is called '{}'", scenarios::printable(name)),
                     near.empty() ? "machines: " + scenarios::name_list(names)
                                  : fmt::format("did you mean '{}'?", near.front()));
}

/// Throws UsageError where the plan leaves the machine out.
void require_planned(const models::Plan& plan, models::MachineId machine, const std::string& name) {
    const auto holds = [&](const std::vector<models::MachineId>& machines) {
        return std::find(machines.begin(), machines.end(), machine) != machines.end();
    };
    for (const models::ClusterPlan& cluster : plan.clusters) {
        if (holds(cluster.quorum)) return;
        for (const models::Batch& batch : cluster.batches) {
            if (holds(batch.machines)) return;
        }
    }
    throw UsageError(fmt::format("the plan leaves '{}' out", scenarios::printable(name)),
                     "name a machine that the plan takes down");
}

ExitCode explain_start(Session& session, const ExplainOptions& options) {
    const std::string& name = options.words[1];
    OpenCase opened = open_case(session, options.choice);
    const models::Plan plan = open_plan(session, options.words[0], opened);
    take_longest_pass(session, opened);
    if (plan.policy) {
        throw UsageError("the plan leaves what starts when to a tool, which has its own reasons",
                         "explain a plan with an order of its own");
    }
    const models::MachineId machine = machine_called(opened.a_case.fleet, name);
    require_planned(plan, machine, name);
    const planner::Explanation explanation = [&] {
        const Progress progress(session.options.progress, "explaining " + name);
        return planner::explain_start(opened.a_case,
                                      plan,
                                      machine,
                                      {.seed = session.options.seed,
                                       .effort = options.effort,
                                       .threads = session.options.threads(),
                                       .stop = &stop_requested()});
    }();
    if (session.options.json) {
        session.print(
            report::explanation_document(opened.a_case, plan, explanation, session.provenance()));
    } else {
        session.out << report::explanation_text(opened.a_case, plan, explanation) << "\n"
                    << report::wrapped(session.provenance().reproduce, 13, "reproduce:   ");
    }
    return ExitCode::good;
}

/// What a code of a message means, or nothing.
const scenarios::CodeInfo* code_called(const std::string& word) {
    const auto codes = scenarios::all_codes();
    const auto found = std::find_if(codes.begin(), codes.end(), [&](const auto& info) {
        return scenarios::lower_case(info.code) == scenarios::lower_case(word);
    });
    return found == codes.end() ? nullptr : &*found;
}

ExitCode explain_code(Session& session, const scenarios::CodeInfo& info) {
    if (session.options.json) {
        report::Json document{{"summary", {{"ok", true}, {"status", "complete"}}},
                              {"schema_version", report::schema_version},
                              {"code", info.code},
                              {"title", info.title},
                              {"meaning", info.meaning},
                              {"remedy", info.remedy}};
        document.update(report::provenance_json(session.provenance()));
        session.print(document);
    } else {
        session.out << fmt::format("{}: {}\n\n", info.code, info.title)
                    << report::wrapped(info.meaning) << report::wrapped(info.remedy, 8, "remedy: ");
    }
    return ExitCode::good;
}

ExitCode explain(Session& session, const ExplainOptions& options) {
    if (options.words.size() == 1) {
        if (const auto* info = code_called(options.words[0])) return explain_code(session, *info);
        if (std::filesystem::exists(options.words[0])) {
            throw UsageError("of a plan, which machine is to be explained?",
                             fmt::format("write 'rollcast explain {} BROKER'", options.words[0]));
        }
    }
    if (options.words.size() == 2) return explain_start(session, options);
    throw UsageError(
        fmt::format("nothing is known of '{}'", scenarios::printable(options.words[0])),
        "explain a machine of a plan (PLAN BROKER), or the code of a message (RC0101)");
}

}  // namespace

Action add_explain(CLI::App& command, Session& session) {
    const auto options = std::make_shared<ExplainOptions>();
    command
        .add_option("WHAT",
                    options->words,
                    "PLAN BROKER: why that machine of the plan does not start earlier; or the code "
                    "of a message, such as RC0101")
        ->required()
        ->expected(1, 2)
        ->option_text("...");
    add_case_options(command, options->choice);
    command
        .add_option("--effort",
                    options->effort,
                    fmt::format("schedules that each new plan of a changed estate evaluates [{}]",
                                options->effort))
        ->transform(whole_number("--effort", 0, UINT64_MAX))
        ->option_text("N");
    add_seed(command, session.options);
    add_jobs(command, session.options);
    add_json(command, session.options);
    add_progress(command, session.options);
    command.footer(
        "Every move that is offered has been tried: the plan is run again on the changed estate,\n"
        "and the estate is planned anew.");
    return [&session, options] { return explain(session, *options); };
}

}  // namespace rollcast::cli
