#include "planner/order.hpp"

#include <algorithm>

namespace rollcast::planner {

namespace {

using models::Batch;
using models::ClusterId;
using models::ClusterPlan;
using models::MachineId;

bool holds(const std::vector<ClusterId>& clusters, ClusterId cluster) {
    return std::find(clusters.begin(), clusters.end(), cluster) != clusters.end();
}

sim::Duration longest(const StepTable& steps, const Batch& batch) {
    sim::Duration length{};
    for (const MachineId m : batch.machines) length = std::max(length, steps[m].mean());
    return length;
}

}  // namespace

Order order_of(const Decoder& decoder,
               const models::Plan& plan,
               const std::vector<ClusterId>& clusters) {
    struct Place {
        sim::Duration chain;
        const Batch* batch;
    };
    std::vector<Place> places;
    for (const ClusterPlan& cluster : plan.clusters) {
        if (!holds(clusters, cluster.cluster)) continue;
        sim::Duration chain{};
        std::vector<Place> own;
        for (std::size_t b = cluster.batches.size(); b-- > 0;) {
            chain += longest(decoder.steps(), cluster.batches[b]);
            own.push_back({chain, &cluster.batches[b]});
        }
        places.insert(places.end(), own.rbegin(), own.rend());
    }
    std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
        return a.chain > b.chain;
    });
    Order order;
    for (const Place& place : places) {
        order.insert(order.end(), place.batch->machines.begin(), place.batch->machines.end());
    }
    return order;
}

models::Plan plan_of(const Decoder& decoder,
                     const models::Plan& pattern,
                     const std::vector<ClusterId>& clusters,
                     const Order& order) {
    models::Plan plan{pattern.name, pattern.gate, pattern.data_disk, {}};
    models::IdMap<ClusterId, std::size_t> place(decoder.a_case().fleet.clusters().size(), 0);
    for (const ClusterPlan& cluster : pattern.clusters) {
        if (!holds(clusters, cluster.cluster)) continue;
        place[cluster.cluster] = plan.clusters.size();
        plan.clusters.push_back({cluster.cluster,
                                 models::Start::event_driven,
                                 {},
                                 cluster.quorum,
                                 cluster.quorum_priority});
    }
    ClusterId before = ClusterId::none();
    std::int32_t run = -1;
    for (const MachineId m : order) {
        const ClusterId cluster = decoder.a_case().fleet.machines()[m].cluster;
        ClusterPlan& own = plan.clusters[place[cluster]];
        if (cluster != before) own.batches.push_back({{}, ++run});
        own.batches.back().machines.push_back(m);
        before = cluster;
    }
    return plan;
}

models::Plan by_start(const Decoder& decoder, const models::Plan& plan) {
    const Decoded decoded = decoder.decode(plan);
    if (!decoded.complete) return plan;
    std::vector<sim::Instant> starts;
    for (const ClusterPlan& cluster : plan.clusters) {
        if (cluster.start != models::Start::event_driven) return plan;
        for (const Batch& batch : cluster.batches) {
            for (const MachineId m : batch.machines) starts.push_back(decoded.start[m]);
        }
    }
    std::sort(starts.begin(), starts.end());
    starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
    models::Plan grouped = plan;
    for (ClusterPlan& cluster : grouped.clusters) {
        std::vector<MachineId> machines;
        for (const Batch& batch : cluster.batches) {
            machines.insert(machines.end(), batch.machines.begin(), batch.machines.end());
        }
        std::stable_sort(machines.begin(), machines.end(), [&](MachineId a, MachineId b) {
            return decoded.start[a] < decoded.start[b];
        });
        cluster.batches.clear();
        for (const MachineId m : machines) {
            const auto rank = static_cast<std::int32_t>(
                std::lower_bound(starts.begin(), starts.end(), decoded.start[m]) - starts.begin());
            if (cluster.batches.empty() || cluster.batches.back().priority != rank) {
                cluster.batches.push_back({{}, rank});
            }
            cluster.batches.back().machines.push_back(m);
        }
    }
    const Decoded again = decoder.decode(grouped);
    return again.complete && again.makespan <= decoded.makespan ? grouped : plan;
}

}  // namespace rollcast::planner
