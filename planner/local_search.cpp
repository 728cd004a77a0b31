#include "planner/local_search.hpp"

#include <algorithm>
#include <array>

#include "planner/chain.hpp"
#include "sim/parallel.hpp"

namespace rollcast::planner {

namespace {

using models::ClusterId;
using sim::Duration;

constexpr std::size_t chain_count = 2;
constexpr int rounds = 8;
/// What a chain accepts at first, as a share of the first cost; it falls to 0 over the rounds. From
/// bold to careful: which serves best differs by graph.
constexpr std::array<double, chain_count> first_threshold{0.01, 0.003};

/// Within 0.1 % of what cannot be beaten.
Duration close_to(Duration target) { return target + Duration{target.count() / 1'000}; }

bool stopped(const SearchOptions& options) { return options.stop != nullptr && *options.stop; }

/// Runs the chains side by side; nothing they share changes, so threads change nothing.
void run_round(std::vector<Chain>& chains,
               std::uint64_t evaluations,
               int round,
               Duration good_enough,
               const SearchOptions& options) {
    const auto run = [&](std::size_t i) {
        const double from = first_threshold[i] * (rounds - round) / rounds;
        const double to = first_threshold[i] * (rounds - round - 1) / rounds;
        chains[i].run(evaluations, from, to, good_enough, options.stop);
    };
    sim::for_each_index(chains.size(), options.threads, run);
}

/// Clusters that are searched together, with the budget they get.
struct Scope {
    std::vector<ClusterId> clusters;
    std::uint64_t effort = 0;
    Duration target{};
};

struct ScopeResult {
    Order order;
    Duration makespan{};
    std::uint64_t evaluations = 0;
};

ScopeResult search_scope(const Decoder& decoder,
                         const std::vector<models::Plan>& starts,
                         const Scope& scope,
                         const SearchOptions& options,
                         const std::function<void(std::uint64_t, Duration)>& report) {
    std::vector<Chain> chains;
    chains.reserve(chain_count);
    for (std::size_t i = 0; i < chain_count; ++i) {
        const models::Plan& start = starts[i % starts.size()];
        chains.emplace_back(decoder,
                            starts.front(),
                            scope.clusters,
                            order_of(decoder, start, scope.clusters),
                            options.seed,
                            static_cast<std::uint32_t>(i));
    }
    const auto better = [](const Chain& a, const Chain& b) {
        return a.best_cost() < b.best_cost();
    };
    const auto best = [&] { return std::min_element(chains.begin(), chains.end(), better); };
    const auto evaluations = [&] {
        std::uint64_t sum = 0;
        for (const Chain& chain : chains) sum += chain.evaluations();
        return sum;
    };
    for (Chain& chain : chains) {
        if (&chain != &*best() && chain.best_cost() > best()->best_cost()) chain.adopt(*best());
    }
    const std::uint64_t each = scope.effort / (chain_count * rounds);
    for (int round = 0; round < rounds && each > 0 && !stopped(options); ++round) {
        if (best()->best_makespan() <= close_to(scope.target)) break;
        run_round(chains, each, round, close_to(scope.target), options);
        const auto worst = std::max_element(chains.begin(), chains.end(), better);
        if (worst->best_cost() > best()->best_cost()) worst->adopt(*best());
        report(evaluations(), best()->best_makespan());
    }
    return {best()->best(), best()->best_makespan(), evaluations()};
}

SearchResult search_fleet(const Decoder& decoder,
                          const std::vector<models::Plan>& starts,
                          const SearchOptions& options) {
    Scope scope{{}, options.effort, options.target};
    for (const models::ClusterPlan& cluster : starts.front().clusters) {
        scope.clusters.push_back(cluster.cluster);
    }
    const ScopeResult found =
        search_scope(decoder, starts, scope, options, [&](std::uint64_t n, Duration best) {
            if (options.progress) options.progress(n, best);
        });
    return {plan_of(decoder, starts.front(), scope.clusters, found.order),
            found.makespan,
            found.evaluations};
}

/// Nothing couples the clusters: the fleet ends with its longest cluster. Clusters that can end
/// after the fleet's target get ten times the share of the others.
SearchResult search_clusters(const Decoder& decoder,
                             const std::vector<models::Plan>& starts,
                             const SearchOptions& options) {
    struct Share {
        Scope scope;
        Duration first{};  // makespan of the first start
        std::uint64_t weight = 0;
    };
    const models::Plan& pattern = starts.front();
    const Decoded first = decoder.decode(pattern);
    std::vector<Share> shares;
    std::uint64_t weights = 0;
    for (const models::ClusterPlan& cluster : pattern.clusters) {
        const std::size_t c = cluster.cluster.index();
        Share share{{{cluster.cluster}, 0, options.cluster_target[c]}, first.span[c], 0};
        share.weight = decoder.a_case().fleet.clusters()[cluster.cluster].machine_count + 1U;
        if (first.span[c] > close_to(options.target)) share.weight *= 10;
        weights += share.weight;
        shares.push_back(std::move(share));
    }
    std::stable_sort(shares.begin(), shares.end(), [](const Share& a, const Share& b) {
        return a.first > b.first;
    });
    std::uint64_t left = options.effort;
    Duration fleet{};
    SearchResult result{{pattern.name, pattern.gate, pattern.data_disk, {}}, {}, 0};
    for (Share& share : shares) {
        share.scope.effort = left * share.weight / weights;
        const ScopeResult found = search_scope(
            decoder, starts, share.scope, options, [&](std::uint64_t n, Duration best) {
                if (options.progress)
                    options.progress(result.evaluations + n, std::max(fleet, best));
            });
        fleet = std::max(fleet, found.makespan);
        result.evaluations += found.evaluations;
        left -= std::min(left, found.evaluations);
        weights -= share.weight;
        const models::Plan own = plan_of(decoder, pattern, share.scope.clusters, found.order);
        result.plan.clusters.push_back(own.clusters.front());
    }
    std::sort(result.plan.clusters.begin(),
              result.plan.clusters.end(),
              [](const auto& a, const auto& b) { return a.cluster < b.cluster; });
    result.makespan = fleet;
    return result;
}

}  // namespace

SearchResult improve(const Decoder& decoder,
                     const std::vector<models::Plan>& starts,
                     const SearchOptions& options) {
    sim::ensure(!starts.empty(), "a search starts from a plan");
    if (starts.front().clusters.empty()) return {starts.front(), {}, 0};
    SearchResult result = decoder.a_case().limits.couple_clusters()
                              ? search_fleet(decoder, starts, options)
                              : search_clusters(decoder, starts, options);
    result.plan = by_start(decoder, result.plan);
    return result;
}

}  // namespace rollcast::planner
