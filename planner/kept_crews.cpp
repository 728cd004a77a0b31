#include "planner/kept_crews.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "planner/clique.hpp"
#include "planner/conflict_graph.hpp"
#include "planner/tabu_colouring.hpp"

namespace rollcast::planner {

namespace {

using models::ClusterPlan;
using models::MachineId;
using sim::Duration;

constexpr std::uint64_t colouring_moves = 50'000;
constexpr std::size_t most_keepers = 8;

/// One cluster: its classes, the largest first, and the time they take one after another.
struct ByClasses {
    ClusterPlan plan;
    std::vector<Duration> chain;  // by class: it and those after it
    Duration whole() const { return chain.empty() ? Duration{} : chain.front(); }
};

ByClasses by_classes(const Decoder& decoder, const ClusterPlan& pattern, std::uint64_t seed) {
    const models::Fleet& fleet = decoder.a_case().fleet;
    const models::Cluster& cluster = fleet.clusters()[pattern.cluster];
    const ConflictGraph graph = conflict_graph(decoder.conflicts()[pattern.cluster.index()]);
    const std::vector<Duration> ones(cluster.broker_count, Duration{1});
    const auto at_least = static_cast<std::uint32_t>(heaviest_clique(graph, ones).members.size());
    const Colouring colouring = few_colours(graph, at_least, {seed, colouring_moves});
    ByClasses result{pattern, {}};
    result.plan.start = models::Start::in_order;
    result.plan.batches.assign(colouring.count, {});
    for (std::uint32_t place = 0; place < cluster.broker_count; ++place) {
        const models::BrokerId b{cluster.first_broker + place};
        result.plan.batches[colouring.colour[place]].machines.push_back(fleet.brokers()[b].machine);
    }
    const auto longer = [&](MachineId a, MachineId b) {
        return decoder.steps()[a].mean() > decoder.steps()[b].mean();
    };
    for (models::Batch& batch : result.plan.batches) {
        std::stable_sort(batch.machines.begin(), batch.machines.end(), longer);
    }
    std::stable_sort(
        result.plan.batches.begin(), result.plan.batches.end(), [](const auto& a, const auto& b) {
            return a.machines.size() > b.machines.size();
        });
    Duration chain{};
    result.chain.resize(result.plan.batches.size());
    for (std::size_t k = result.chain.size(); k-- > 0;) {
        chain += decoder.steps()[result.plan.batches[k].machines.front()].mean();
        result.chain[k] = chain;
    }
    return result;
}

/// The classes of those that keep crews go first, then those with the longest chain behind them.
void prioritise(std::vector<ByClasses>& clusters) {
    std::vector<std::pair<std::size_t, std::size_t>> places;
    for (std::size_t c = 0; c < clusters.size(); ++c) {
        for (std::size_t k = 0; k < clusters[c].chain.size(); ++k) places.emplace_back(c, k);
    }
    std::stable_sort(places.begin(), places.end(), [&](const auto& a, const auto& b) {
        const ByClasses& left = clusters[a.first];
        const ByClasses& right = clusters[b.first];
        if (left.plan.keeps_crews != right.plan.keeps_crews) return left.plan.keeps_crews;
        return left.chain[a.second] > right.chain[b.second];
    });
    for (std::size_t rank = 0; rank < places.size(); ++rank) {
        clusters[places[rank].first].plan.batches[places[rank].second].priority =
            static_cast<std::int32_t>(rank);
    }
}

}  // namespace

std::optional<KeptCrews> kept_crews_plan(const Decoder& decoder,
                                         const models::Plan& pattern,
                                         std::uint64_t seed) {
    if (!decoder.a_case().limits.couple_clusters()) return std::nullopt;
    std::vector<ByClasses> clusters;
    for (const ClusterPlan& cluster : pattern.clusters) {
        clusters.push_back(by_classes(decoder, cluster, seed));
    }
    std::vector<std::size_t> longest_first(clusters.size());
    std::iota(longest_first.begin(), longest_first.end(), 0U);
    std::stable_sort(longest_first.begin(), longest_first.end(), [&](auto a, auto b) {
        return clusters[a].whole() > clusters[b].whole();
    });
    std::optional<KeptCrews> best;
    std::uint64_t evaluations = 0;
    for (std::size_t keepers = 0; keepers <= std::min(most_keepers, clusters.size()); ++keepers) {
        if (keepers > 0) clusters[longest_first[keepers - 1]].plan.keeps_crews = true;
        prioritise(clusters);
        models::Plan plan{pattern.name, pattern.gate, pattern.data_disk, {}};
        for (const ByClasses& cluster : clusters) plan.clusters.push_back(cluster.plan);
        const Decoded decoded = decoder.decode(plan);
        ++evaluations;
        if (!decoded.complete || (best && decoded.makespan >= best->makespan)) continue;
        best = KeptCrews{std::move(plan), decoded.makespan, 0};
    }
    if (best) best->evaluations = evaluations;
    return best;
}

}  // namespace rollcast::planner
