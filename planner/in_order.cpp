#include "planner/in_order.hpp"

#include <algorithm>
#include <numeric>

namespace rollcast::planner {

namespace {

using models::ClusterId;
using models::MachineId;
using sim::Duration;
using sim::Instant;

/// Plan and bound agree within 0.1 %.
Duration near_enough(Duration target) { return target + Duration{target.count() / 1'000}; }

MachineId machine_of(const models::Fleet& fleet, ClusterId cluster, std::uint32_t place) {
    return fleet.brokers()[models::BrokerId{fleet.clusters()[cluster].first_broker + place}]
        .machine;
}

/// The order in which the brokers of a cluster start in a decoded plan.
JobOrder order_by_start(const ConflictJobs& jobs,
                        const Decoded& decoded,
                        const std::vector<MachineId>& machines) {
    JobOrder result;
    result.order.resize(machines.size());
    std::iota(result.order.begin(), result.order.end(), 0U);
    std::stable_sort(result.order.begin(), result.order.end(), [&](auto a, auto b) {
        return decoded.start[machines[a]] < decoded.start[machines[b]];
    });
    result.makespan = makespan_of(jobs, result.order);
    return result;
}

/// Machines that start together are one batch.
std::vector<models::Batch> batches_by_start(const ConflictJobs& jobs,
                                            const std::vector<std::uint32_t>& order,
                                            const std::vector<MachineId>& machines) {
    std::vector<Duration> start(machines.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            if ((jobs.apart[order[i]] >> order[k] & 1U) == 0) continue;
            start[order[i]] = std::max(start[order[i]], start[order[k]] + jobs.length[order[k]]);
        }
    }
    std::vector<std::uint32_t> sorted = order;
    std::stable_sort(
        sorted.begin(), sorted.end(), [&](auto a, auto b) { return start[a] < start[b]; });
    std::vector<models::Batch> batches;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        if (i == 0 || start[sorted[i]] != start[sorted[i - 1]]) {
            batches.push_back({{}, static_cast<std::int32_t>(batches.size())});
        }
        batches.back().machines.push_back(machines[sorted[i]]);
    }
    return batches;
}

}  // namespace

std::optional<ConflictJobs> conflict_jobs(const Decoder& decoder,
                                          ClusterId cluster,
                                          models::Gate gate) {
    const models::Case& a_case = decoder.a_case();
    const models::ClusterConflicts& conflicts = decoder.conflicts()[cluster.index()];
    const models::Limits& limits = a_case.limits;
    if (conflicts.size() == 0 || conflicts.size() > 64 || !conflicts.groups().empty() ||
        limits.couple_clusters() || limits.max_down || !limits.windows.always_open()) {
        return std::nullopt;
    }
    ConflictJobs jobs;
    std::uint64_t with_quorum = 0;
    for (std::uint32_t place = 0; place < conflicts.size(); ++place) {
        const MachineId m = machine_of(a_case.fleet, cluster, place);
        const models::NominalStep& step = decoder.steps()[m];
        jobs.length.push_back(gate == models::Gate::broker_in_sync
                                  ? step.mean()
                                  : step.until_registered + step.catch_up_mean +
                                        a_case.step.observe_delay);
        jobs.apart.push_back(conflicts.row(place)[0]);
        if (a_case.fleet.machines()[m].quorum_node.exists()) {
            with_quorum |= std::uint64_t{1} << place;
        }
    }
    for (std::uint32_t place = 0; place < conflicts.size(); ++place) {
        const std::uint64_t own = std::uint64_t{1} << place;
        if ((with_quorum & own) != 0) jobs.apart[place] |= with_quorum & ~own;
    }
    return jobs;
}

JobOrder shortest_order(const ConflictJobs& jobs,
                        JobOrder start,
                        Duration target,
                        std::uint64_t seed,
                        std::uint64_t& moves) {
    const std::uint64_t budget = moves;
    moves = 0;
    JobOrder best = std::move(start);
    const Duration enough = near_enough(target);
    std::int64_t percent = 100;  // of the way from the best to the target
    while (moves < budget && best.makespan > enough) {
        const Duration way = best.makespan - target;
        const Duration deadline =
            std::max(enough, best.makespan - Duration{way.count() / 100 * percent});
        const std::uint64_t share =
            std::min(budget - moves, std::max<std::uint64_t>(200, budget / 8));
        const std::optional<JobOrder> found = order_within(jobs, deadline, {++seed, share});
        moves += share;
        if (found) best = *found;
        percent = found ? std::min<std::int64_t>(70, percent + percent / 4) : percent / 2;
        if (percent < 2) percent = 30;
    }
    return best;
}

std::optional<InOrderResult> in_order_plan(const Decoder& decoder,
                                           const models::Plan& start,
                                           const InOrderOptions& options) {
    const Decoded decoded = decoder.decode(start);
    if (!decoded.complete) return std::nullopt;
    InOrderResult result{start, 0};
    bool faster = false;
    for (models::ClusterPlan& cluster : result.plan.clusters) {
        const std::size_t c = cluster.cluster.index();
        if (decoded.span[c] <= near_enough(std::max(options.target, options.cluster_target[c]))) {
            continue;
        }
        if (options.stop != nullptr && *options.stop) break;
        const std::optional<ConflictJobs> jobs =
            conflict_jobs(decoder, cluster.cluster, start.gate);
        if (!jobs) continue;
        std::vector<MachineId> machines;
        for (std::uint32_t place = 0; place < jobs->length.size(); ++place) {
            machines.push_back(machine_of(decoder.a_case().fleet, cluster.cluster, place));
        }
        std::uint64_t moves = options.moves;
        const JobOrder found = shortest_order(*jobs,
                                              order_by_start(*jobs, decoded, machines),
                                              options.cluster_target[c],
                                              options.seed,
                                              moves);
        result.moves += moves;
        models::Plan own{start.name, start.gate, start.data_disk, {cluster}};
        own.clusters.front().start = models::Start::in_order;
        own.clusters.front().batches = batches_by_start(*jobs, found.order, machines);
        const Decoded again = decoder.decode(own);
        if (!again.complete || again.span[c] >= decoded.span[c]) continue;
        cluster = std::move(own.clusters.front());
        faster = true;
    }
    if (!faster) return std::nullopt;
    return result;
}

}  // namespace rollcast::planner
