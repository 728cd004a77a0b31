#include "scenarios/suite/shrink.hpp"

#include <memory>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "cli/planner_plans.hpp"
#include "cli/scenario_choice.hpp"
#include "cli/stop.hpp"
#include "cli/values.hpp"
#include "report/layout.hpp"
#include "report/words.hpp"
#include "scenarios/format/files.hpp"
#include "scenarios/suite/reduce.hpp"

namespace rollcast::cli {
namespace {

struct ShrinkCall {
    std::string file;
    std::string id;
    std::string out;
    std::size_t most_runs = scenarios::ShrinkOptions{}.most_runs;
};

std::optional<scenarios::Shrunk> shrink_it(Session& session,
                                           const ShrinkCall& call,
                                           const std::string& id) {
    const scenarios::PlanMaker plans = planner_plans();
    const std::optional<scenarios::Json> whole = scenarios::self_contained(call.file, id, plans);
    if (!whole) return std::nullopt;
    Progress progress(session.options.progress, "shrinking " + id);
    scenarios::ShrinkOptions options{
        .seed = session.options.seed, .most_runs = call.most_runs, .stop = &stop_requested()};
    options.progress = [&](std::size_t runs, std::size_t size) {
        progress.update(fmt::format("shrinking {}: {} runs, {} values left", id, runs, size));
    };
    return scenarios::shrink_case(*whole, call.file, plans, options);
}

ExitCode shrink(Session& session, const ShrinkCall& call) {
    const std::string id = chosen_case(call.file, call.id, planner_plans());
    std::optional<scenarios::Shrunk> shrunk = shrink_it(session, call, id);
    if (!shrunk) {
        throw UsageError(fmt::format("{} does not fail with seed {}", id, session.options.seed),
                         "'rollcast suite' says which cases fail; --seed chooses the seed");
    }
    shrunk->scenario["comment"] =
        fmt::format("Made of {} by `rollcast shrink`: fails with {}", id, shrunk->reason);
    const std::string text = scenarios::scenario_text(shrunk->scenario);
    if (call.out.empty()) {
        session.out << text;
    } else {
        scenarios::write_atomically(call.out, text);
    }
    session.err << report::wrapped(
        fmt::format("{}: {} of {} values left after {}{}; it fails with {}",
                    id,
                    report::count_text(shrunk->size_after),
                    report::count_text(shrunk->size_before),
                    report::count_text(shrunk->runs, "run", "runs"),
                    shrunk->whole ? ", and nothing more can go" : "",
                    shrunk->reason));
    return ExitCode::good;
}

}  // namespace

Action add_shrink(CLI::App& command, Session& session) {
    const auto call = std::make_shared<ShrinkCall>();
    command.add_option("SCENARIO", call->file, "a scenario that fails")
        ->required()
        ->option_text(" ");
    command.add_option("--case", call->id, "which of its cases [the only one]")->option_text("ID");
    add_out(command, call->out, "write the smaller scenario to this file [stdout]")
        ->option_text("FILE");
    command
        .add_option(
            "--runs", call->most_runs, fmt::format("runs to try at most [{}]", call->most_runs))
        ->transform(whole_number("--runs", 1, UINT64_MAX))
        ->option_text("N");
    add_seed(command, session.options);
    add_progress(command, session.options);
    command.footer(
        "What is left fails the same expectation, breaks the same rules and ends in the same way.");
    return [&session, call] { return shrink(session, *call); };
}

}  // namespace rollcast::cli
