#include "scenarios/suite/shrink.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <variant>

#include <fmt/format.h>

#include "scenarios/suite/reduce.hpp"

namespace rollcast::scenarios {

namespace {

/// Why a run fails: what has to stay so while the case gets smaller.
struct Reason {
    std::size_t expectation = 0;
    std::set<std::string> broken;  // rules
    MetricValue unfinished;
    std::string crashed;  // then nothing else is known
    bool operator==(const Reason&) const = default;
};

std::optional<Reason> reason_of(const SuiteRun& run) {
    if (!run.crashed.empty()) {
        Reason out;
        out.crashed = run.crashed;
        return out;
    }
    const auto failed =
        std::find_if(run.judged.begin(), run.judged.end(), [](const Judged& j) { return !j.held; });
    if (!run.done || failed == run.judged.end()) return std::nullopt;
    Reason out;
    out.expectation = static_cast<std::size_t>(failed - run.judged.begin());
    const auto& metrics = result_metrics();
    for (std::size_t m = 0; m < metrics.size(); ++m) {
        const bool broken = run.metrics[m] == MetricValue{std::string("broken")};
        if (metrics[m].name.ends_with(".answer") && broken) out.broken.insert(metrics[m].name);
    }
    out.unfinished = run.metrics[*result_metric_called("unfinished")];
    return out;
}

/// The scenario with one seed and nothing but the expectation that fails.
Json narrowed(const Json& scenario, std::size_t expectation, std::uint64_t seed) {
    Json out = scenario;
    out["seeds"] = Json::array({seed});
    out["expect"] = Json::array({scenario.at("expect").at(expectation)});
    return out;
}

}  // namespace

std::optional<Shrunk> shrink_case(const Json& scenario,
                                  const std::filesystem::path& path,
                                  const PlanMaker& plans,
                                  const ShrinkOptions& options) {
    const SuiteCase whole = prepare_inline(scenario, path, plans);
    const SuiteRun first = run_case(whole, options.seed, {.stop = options.stop});
    std::optional<Reason> reason = reason_of(first);
    if (!reason) return std::nullopt;
    Shrunk out;
    out.reason = reason->crashed;
    if (out.reason.empty()) {
        const Expectation& failed = whole.expectations[reason->expectation];
        out.reason = fmt::format(
            "{}: was {}",
            expectation_text(failed),
            metric_text(result_metrics()[failed.metric], first.judged[reason->expectation].actual));
    }
    out.scenario = narrowed(scenario, reason->expectation, options.seed);
    out.size_before = values_in(out.scenario);
    reason->expectation = 0;
    const auto fails_as_before = [&](const Json& candidate) {
        try {
            const SuiteCase c = prepare_inline(candidate, path, plans);
            const std::optional<Reason> now =
                reason_of(run_case(c, options.seed, {.stop = options.stop}));
            return now && *now == *reason;
        } catch (const InputError&) {
            return false;
        }
    };
    const Reduction reduction = reduce_scenario(
        out.scenario,
        fails_as_before,
        {.most_runs = options.most_runs, .stop = options.stop, .progress = options.progress});
    out.whole = reduction.whole;
    out.runs = reduction.runs;
    out.size_after = values_in(out.scenario);
    return out;
}

}  // namespace rollcast::scenarios
