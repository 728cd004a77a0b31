#include "scenarios/hunt/hunt.hpp"

#include <utility>

#include "scenarios/hunt/draw.hpp"
#include "scenarios/suite/reduce.hpp"
#include "sim/parallel.hpp"

namespace rollcast::scenarios {

namespace {

bool ends_now(const HuntOptions& options) {
    return options.stop != nullptr && options.stop->load();
}

/// Case `number`; a scenario that its own reader refuses is a case that breaks.
HeldCase hold_drawn(const HuntOptions& options, std::uint64_t number) {
    try {
        const DrawnCase drawn = draw_case(options.seed, number);
        models::RunOptions run = hunt_options(drawn.family, drawn.run_seed, drawn.sampled);
        run.stop = options.stop;
        return hold_invariants(drawn.family, *drawn.what, run, options.judge);
    } catch (const InputError& error) {
        HeldCase refused;
        refused.broken =
            BrokenInvariant{"draw", "refused: " + error.diagnostics().front().message, 0.0};
        return refused;
    }
}

HeldCase hold_scenario(const SuiteCase& c, std::uint64_t seed, const HuntOptions& options) {
    const HuntFamily family = family_of_case(c);
    models::RunOptions run = hunt_options(family, seed, c.sampled);
    run.stop = options.stop;
    return hold_invariants(family, *c.run, run, options.judge);
}

template <class Hold>
void hold_one(HuntedCase& into, const HuntOptions& options, Hold hold) {
    if (ends_now(options)) return;
    if (options.recall && options.recall(into)) {
        into.done = true;
        return;
    }
    into.held = hold();
    if (ends_now(options)) return;  // what was cut short is no result
    into.done = true;
    if (options.finished) options.finished(into);
}

}  // namespace

std::vector<HuntedCase> hunt(const HuntOptions& options) {
    std::vector<HuntedCase> cases(options.cases);
    sim::for_each_index(cases.size(), options.threads, [&](std::size_t i) {
        cases[i].number = options.first + i;
        hold_one(cases[i], options, [&] { return hold_drawn(options, options.first + i); });
    });
    return cases;
}

std::vector<HuntedCase> hunt_scenarios(const Suite& suite, const HuntOptions& options) {
    std::vector<std::pair<std::size_t, std::uint64_t>> runs;
    for (std::size_t c = 0; c < suite.cases.size(); ++c) {
        for (const std::uint64_t seed : suite.cases[c].seeds) runs.emplace_back(c, seed);
    }
    std::vector<HuntedCase> cases(runs.size());
    sim::for_each_index(cases.size(), options.threads, [&](std::size_t i) {
        cases[i].number = i;
        hold_one(cases[i], options, [&] {
            return hold_scenario(suite.cases[runs[i].first], runs[i].second, options);
        });
    });
    return cases;
}

ShrunkHunt shrink_hunted(const Json& scenario,
                         const BrokenInvariant& broken,
                         const PlanMaker& plans,
                         std::size_t most_runs,
                         const HuntOptions& options) {
    ShrunkHunt out;
    out.scenario = scenario;
    out.reason = broken.reason();
    out.size_before = values_in(scenario);
    const auto breaks_alike = [&](const Json& candidate) {
        try {
            const SuiteCase c = prepare_inline(candidate, "hunted.scenario.json", plans);
            const HeldCase held = hold_scenario(c, c.seeds.front(), options);
            return held.broken && held.broken->reason() == out.reason;
        } catch (const InputError&) {
            return false;
        }
    };
    const Reduction reduction =
        reduce_scenario(out.scenario, breaks_alike, {.most_runs = most_runs, .stop = options.stop});
    out.runs = reduction.runs;
    out.size_after = values_in(out.scenario);
    return out;
}

}  // namespace rollcast::scenarios
