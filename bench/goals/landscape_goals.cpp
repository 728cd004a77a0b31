#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "bench/goals/goals.hpp"
#include "bench/goals/landscape.hpp"
#include "planner/certificate/bound_check.hpp"
#include "planner/certificate/check.hpp"
#include "planner/certificate/schedule_check.hpp"
#include "planner/in_order.hpp"
#include "planner/local_search.hpp"
#include "planner/lower_bound.hpp"
#include "planner/policies.hpp"

namespace rollcast::goals {

namespace {

using planner::Policy;
using sim::Duration;

struct Outcome {
    double event_driven = 0;  // gaps, in percent
    double gap = 0;
    double cpu = 0;
    bool proved = false;
    std::string wrong;  // what the checker refuses
};

/// The plan that ends sooner when every step takes its mean: here all steps are just that.
planner::certificate::Certificate certificate_of(const Landscape& landscape,
                                                 const planner::Decoded& decoded,
                                                 const planner::LowerBound& bound) {
    planner::certificate::Certificate certificate;
    certificate.makespan = decoded.makespan;
    certificate.bound = bound.value;
    certificate.proof = bound.proof;
    for (std::uint32_t m = 0; m < landscape.minimum.size(); ++m) {
        const sim::Instant start = decoded.start[models::MachineId{m}];
        const planner::certificate::MinimumStep& step = landscape.minimum[m];
        certificate.steps.push_back({models::MachineId{m},
                                     start,
                                     start + step.stopped,
                                     start + step.registered,
                                     start + step.in_sync,
                                     start + step.end});
    }
    return certificate;
}

std::string refused(const Landscape& landscape,
                    const planner::certificate::Certificate& certificate) {
    const auto wrong =
        planner::certificate::wrong_in_schedule(landscape.a_case, landscape.minimum, certificate);
    if (!wrong.empty()) return wrong.front();
    const auto proved =
        planner::certificate::prove(landscape.a_case, landscape.minimum, certificate.proof);
    if (!proved.wrong.empty()) return proved.wrong;
    return proved.value < certificate.bound ? "the bound claims more than is proved" : "";
}

Outcome measure(const Row& row, std::uint64_t seed, double seconds) {
    const Landscape landscape = landscape_of(row, seed);
    const double begin = cpu_seconds();
    const auto gate = models::Gate::broker_in_sync;
    const auto conflicts = planner::all_conflicts(landscape.a_case.fleet);
    const planner::Decoder decoder(landscape.a_case, landscape.steps, conflicts);
    const planner::LowerBound bound =
        planner::lower_bound(landscape.a_case, gate, landscape.steps, conflicts);
    std::vector<models::Plan> starts;
    for (const Policy policy :
         {Policy::event_driven, Policy::rack_at_a_time, Policy::greedy_batches}) {
        starts.push_back(planner::policy_plan(policy, decoder, gate, models::DataDisk::keep));
    }
    planner::SearchOptions search{.cluster_target = {bound.value}, .target = bound.value};
    const planner::SearchResult found = planner::improve(decoder, starts, search);
    const auto percent_above = [&](Duration makespan) {
        return 100.0 * (sim::to_seconds(makespan) / sim::to_seconds(bound.value) - 1.0);
    };
    Outcome outcome;
    outcome.event_driven = percent_above(found.makespan);
    constexpr double moves_a_second = 8'000;
    const auto ordered =
        planner::in_order_plan(decoder,
                               found.plan,
                               {.moves = static_cast<std::uint64_t>(moves_a_second * seconds),
                                .cluster_target = {bound.value},
                                .target = bound.value});
    const planner::Decoded decoded = decoder.decode(ordered ? ordered->plan : found.plan);
    const auto certificate = certificate_of(landscape, decoded, bound);
    outcome.gap = percent_above(decoded.makespan);
    outcome.wrong = refused(landscape, certificate);
    outcome.proved = outcome.wrong.empty() && planner::certificate::proves_optimal(certificate);
    outcome.cpu = cpu_seconds() - begin;
    return outcome;
}

}  // namespace

void landscape(const Options& options) {
    fmt::print(
        "| row | clusters | proved optimal | within 2 % | mean gap | worst gap | event-driven "
        "only, "
        "mean | CPU s, mean |\n|---|---|---|---|---|---|---|---|\n");
    for (const Row& row : rows) {
        if (!options.row.empty() && options.row != row.name) continue;
        int proved = 0;
        int within = 0;
        Outcome sum;
        double worst = 0;
        for (int i = 0; i < options.seeds; ++i) {
            const int seed = options.first_seed + i;
            const Outcome one = measure(row, static_cast<std::uint64_t>(seed), options.seconds);
            if (options.details || !one.wrong.empty()) {
                fmt::print(stderr,
                           "{} {}: event-driven {:.2f} %, {:.2f} %, {:.1f} s {}\n",
                           row.name,
                           seed,
                           one.event_driven,
                           one.gap,
                           one.cpu,
                           one.wrong);
            }
            proved += one.proved ? 1 : 0;
            within += one.gap <= 2.0 ? 1 : 0;
            worst = std::max(worst, one.gap);
            sum.gap += one.gap;
            sum.event_driven += one.event_driven;
            sum.cpu += one.cpu;
        }
        const double n = options.seeds;
        fmt::print("| {} | {} | {} | {} | {:.2f} % | {:.2f} % | {:.2f} % | {:.1f} |\n",
                   row.words,
                   options.seeds,
                   proved,
                   within,
                   sum.gap / n,
                   worst,
                   sum.event_driven / n,
                   sum.cpu / n);
        std::fflush(stdout);
    }
}

}  // namespace rollcast::goals
