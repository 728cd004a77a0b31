#include "planner/policies.hpp"

#include <algorithm>
#include <numeric>

#include "planner/conflict_graph.hpp"

namespace rollcast::planner {

namespace {

using models::Batch;
using models::ClusterId;
using models::ClusterPlan;
using models::Fleet;
using models::MachineId;
using Places = std::vector<std::uint32_t>;

MachineId machine_at(const Fleet& fleet, ClusterId cluster, std::uint32_t place) {
    const models::BrokerId b{fleet.clusters()[cluster].first_broker + place};
    return fleet.brokers()[b].machine;
}

/// One batch a set, cut into chunks of at most `limits.max_down`; priorities count up.
std::vector<Batch> batches_of(const models::Case& a_case,
                              ClusterId cluster,
                              const std::vector<Places>& sets) {
    const auto most =
        static_cast<std::size_t>(std::max(1, a_case.limits.max_down.value_or(1 << 30)));
    std::vector<Batch> batches;
    for (const Places& set : sets) {
        for (std::size_t i = 0; i < set.size(); ++i) {
            if (i % most == 0) {
                batches.push_back({{}, static_cast<std::int32_t>(batches.size())});
            }
            batches.back().machines.push_back(machine_at(a_case.fleet, cluster, set[i]));
        }
    }
    return batches;
}

std::vector<Places> one_at_a_time(const models::Cluster& cluster) {
    std::vector<Places> sets;
    for (std::uint32_t place = 0; place < cluster.broker_count; ++place) sets.push_back({place});
    return sets;
}

std::vector<Places> rack_at_a_time(const Fleet& fleet, const models::Cluster& cluster) {
    std::vector<Places> sets(cluster.rack_count);
    for (const models::BrokerId b : cluster.brokers()) {
        sets[fleet.brokers()[b].rack.value - cluster.first_rack].push_back(b.value -
                                                                           cluster.first_broker);
    }
    return sets;
}

/// Edges of P4: two brokers that host the same partition, whatever its ISR and floor.
std::vector<std::vector<bool>> sharing(const Fleet& fleet, const models::Cluster& cluster) {
    std::vector<std::vector<bool>> shares(cluster.broker_count,
                                          std::vector<bool>(cluster.broker_count, false));
    for (const models::PartitionId p : cluster.partitions()) {
        for (const models::BrokerId a : fleet.replicas(p)) {
            for (const models::BrokerId b : fleet.replicas(p)) {
                if (a != b)
                    shares[a.value - cluster.first_broker][b.value - cluster.first_broker] = true;
            }
        }
    }
    return shares;
}

std::vector<Places> first_fit(const Places& brokers, const std::vector<std::vector<bool>>& shares) {
    std::vector<Places> cells;
    for (const std::uint32_t b : brokers) {
        const auto cell = std::find_if(cells.begin(), cells.end(), [&](const Places& members) {
            return std::none_of(
                members.begin(), members.end(), [&](auto m) { return shares[b][m]; });
        });
        if (cell == cells.end()) {
            cells.push_back({b});
        } else {
            cell->push_back(b);
        }
    }
    return cells;
}

std::vector<Places> greedy_batches(const Fleet& fleet, const models::Cluster& cluster) {
    const auto shares = sharing(fleet, cluster);
    Places left(cluster.broker_count);
    std::iota(left.begin(), left.end(), 0U);
    std::vector<Places> sets;
    while (!left.empty()) {
        const std::vector<Places> cells = first_fit(left, shares);
        const auto largest =
            std::max_element(cells.begin(), cells.end(), [](const Places& a, const Places& b) {
                return a.size() < b.size();
            });
        sets.push_back(*largest);
        Places rest;
        std::set_difference(left.begin(),
                            left.end(),
                            sets.back().begin(),
                            sets.back().end(),
                            std::back_inserter(rest));
        left = std::move(rest);
    }
    return sets;
}

/// DSATUR classes with, for each, the time that it and those after it need one after another.
struct Classes {
    std::vector<Places> sets;
    std::vector<sim::Duration> chain;
};

Classes colour_classes(const Decoder& decoder, ClusterId cluster_id) {
    const Fleet& fleet = decoder.a_case().fleet;
    const models::Cluster& cluster = fleet.clusters()[cluster_id];
    std::vector<sim::Duration> length;
    for (std::uint32_t place = 0; place < cluster.broker_count; ++place) {
        length.push_back(decoder.steps()[machine_at(fleet, cluster_id, place)].mean());
    }
    const Colouring colouring =
        colour_dsatur(conflict_graph(decoder.conflicts()[cluster_id.index()]), length);
    Classes classes{std::vector<Places>(colouring.count), {}};
    for (std::uint32_t place = 0; place < cluster.broker_count; ++place) {
        classes.sets[colouring.colour[place]].push_back(place);
    }
    const auto longer = [&](std::uint32_t a, std::uint32_t b) {
        return length[a] != length[b] ? length[a] > length[b] : a < b;
    };
    for (Places& set : classes.sets) std::sort(set.begin(), set.end(), longer);
    std::stable_sort(classes.sets.begin(), classes.sets.end(), [&](const auto& a, const auto& b) {
        return length[a.front()] > length[b.front()];
    });
    classes.chain.assign(classes.sets.size(), sim::Duration{});
    sim::Duration chain{};
    for (std::size_t k = classes.sets.size(); k-- > 0;) {
        chain += length[classes.sets[k].front()];
        classes.chain[k] = chain;
    }
    return classes;
}

/// Priorities over the fleet: the batch with the longest chain behind it first, so the cluster that
/// takes longest gets the first crews.
void prioritise(models::Plan& plan, const std::vector<std::vector<sim::Duration>>& chains) {
    struct Place {
        sim::Duration chain;
        std::size_t cluster;
        std::size_t batch;
    };
    std::vector<Place> places;
    for (std::size_t c = 0; c < chains.size(); ++c) {
        for (std::size_t b = 0; b < chains[c].size(); ++b) places.push_back({chains[c][b], c, b});
    }
    std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
        return a.chain > b.chain;
    });
    for (std::size_t rank = 0; rank < places.size(); ++rank) {
        plan.clusters[places[rank].cluster].batches[places[rank].batch].priority =
            static_cast<std::int32_t>(rank);
    }
}

models::Plan event_driven(const Decoder& decoder, models::Plan plan) {
    std::vector<std::vector<sim::Duration>> chains;
    for (ClusterPlan& cluster : plan.clusters) {
        Classes classes = colour_classes(decoder, cluster.cluster);
        cluster.start = models::Start::event_driven;
        for (const Places& set : classes.sets) {
            Batch batch;
            for (const std::uint32_t place : set) {
                batch.machines.push_back(
                    machine_at(decoder.a_case().fleet, cluster.cluster, place));
            }
            cluster.batches.push_back(std::move(batch));
        }
        chains.push_back(std::move(classes.chain));
    }
    prioritise(plan, chains);
    return plan;
}

bool breaks_a_group(const models::ClusterConflicts& conflicts, const Places& places) {
    return std::any_of(
        conflicts.groups().begin(), conflicts.groups().end(), [&](const auto& group) {
            const auto inside = std::count_if(places.begin(), places.end(), [&](std::uint32_t p) {
                return std::binary_search(group.members.begin(), group.members.end(), p);
            });
            return inside > group.slack;
        });
}

bool holds_a_conflict(const models::ClusterConflicts& conflicts, const Places& places) {
    for (std::size_t i = 0; i < places.size(); ++i) {
        for (std::size_t j = i + 1; j < places.size(); ++j) {
            if (conflicts.conflict(places[i], places[j])) return true;
        }
    }
    return breaks_a_group(conflicts, places);
}

}  // namespace

std::vector<MachineId> quorum_order(const Fleet& fleet, ClusterId cluster) {
    std::vector<MachineId> order;
    std::vector<MachineId> leaders;
    for (const models::QuorumNodeId q : fleet.clusters()[cluster].quorum()) {
        const models::QuorumNode& node = fleet.quorum_nodes()[q];
        if (node.shared_with.exists()) continue;
        (node.leader_at_start ? leaders : order).push_back(node.machine);
    }
    order.insert(order.end(), leaders.begin(), leaders.end());
    return order;
}

models::Plan policy_plan(Policy policy,
                         const Decoder& decoder,
                         models::Gate gate,
                         models::DataDisk data_disk) {
    sim::ensure(policy != Policy::best, "a single policy is asked for");
    const models::Case& a_case = decoder.a_case();
    models::Plan plan{std::string(to_string(policy)), gate, data_disk, {}};
    for (std::uint32_t c = 0; c < a_case.fleet.clusters().size(); ++c) {
        ClusterPlan cluster;
        cluster.cluster = ClusterId{c};
        cluster.start = models::Start::barrier;
        cluster.quorum = quorum_order(a_case.fleet, cluster.cluster);
        cluster.quorum_priority = -1;  // a chain that cannot be cut starts first
        plan.clusters.push_back(std::move(cluster));
    }
    if (policy == Policy::event_driven) return event_driven(decoder, std::move(plan));
    for (ClusterPlan& cluster : plan.clusters) {
        const models::Cluster& c = a_case.fleet.clusters()[cluster.cluster];
        const std::vector<Places> sets = policy == Policy::one_at_a_time ? one_at_a_time(c)
                                         : policy == Policy::rack_at_a_time
                                             ? rack_at_a_time(a_case.fleet, c)
                                             : greedy_batches(a_case.fleet, c);
        cluster.batches = batches_of(a_case, cluster.cluster, sets);
    }
    return plan;
}

bool conflict_within_batch(const Fleet& fleet,
                           const models::Plan& plan,
                           const std::vector<models::ClusterConflicts>& conflicts) {
    for (const ClusterPlan& cluster : plan.clusters) {
        if (cluster.start != models::Start::barrier) continue;
        const std::uint32_t first = fleet.clusters()[cluster.cluster].first_broker;
        for (const Batch& batch : cluster.batches) {
            Places places;
            for (const MachineId m : batch.machines) {
                const models::BrokerId b = fleet.machines()[m].broker;
                if (b.exists()) places.push_back(b.value - first);
            }
            if (holds_a_conflict(conflicts[cluster.cluster.index()], places)) return true;
        }
    }
    return false;
}

bool gate_kept(const models::Case& a_case, const models::Plan& plan) {
    return !conflict_within_batch(a_case.fleet, plan, all_conflicts(a_case.fleet));
}

}  // namespace rollcast::planner
