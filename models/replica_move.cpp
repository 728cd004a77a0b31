#include "models/replica_move.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>

#include "models/case.hpp"
#include "models/faults/catalogue.hpp"

namespace rollcast::models {

namespace {

/// Finds room for replicas, one after the other.
class Mover {
public:
    explicit Mover(const Fleet& fleet)
        : fleet_(fleet),
          hosted_(fleet.brokers().size(), 0U),
          in_dir_(fleet.log_dirs().size(), 0U),
          moves_(fleet.partitions().size(), std::uint8_t{0}) {
        for (const BrokerId b : Range<BrokerId>(fleet.brokers().size())) {
            hosted_[b] = static_cast<std::uint32_t>(fleet.hosted(b).size());
        }
        for (const LogDirId dir : fleet.tables().replica_dir) ++in_dir_[dir];
    }

    struct Room {
        BrokerId broker;
        LogDirId dir;
    };

    /// A place for the replica of `p` in `slot`; nothing where `p` moves already or every broker
    /// holds it.
    std::optional<Room> room_for(PartitionId p, std::uint8_t slot, bool by_racks) {
        if (moves_[p] != 0) return std::nullopt;
        const auto replicas = fleet_.replicas(p);
        if (replicas.size() >= static_cast<std::size_t>(max_replication_factor)) {
            return std::nullopt;
        }
        const BrokerId from = replicas[slot];
        const Cluster& cluster = fleet_.clusters()[fleet_.brokers()[from].cluster];
        const auto rank = [&](BrokerId b) {
            if (!by_racks) return std::tuple(0U, false, hosted_[b], b.value);
            const RackId rack = fleet_.brokers()[b].rack;
            std::uint32_t beside = 0;
            for (const BrokerId other : replicas) {
                if (other != from && fleet_.brokers()[other].rack == rack) ++beside;
            }
            const bool elsewhere = rack != fleet_.brokers()[from].rack;
            return std::tuple(beside, elsewhere, hosted_[b], b.value);
        };
        BrokerId best = BrokerId::none();
        for (const BrokerId b : cluster.brokers()) {
            if (std::find(replicas.begin(), replicas.end(), b) != replicas.end()) continue;
            if (!best.exists() || rank(b) < rank(best)) best = b;
        }
        if (!best.exists()) return std::nullopt;
        const auto dirs = fleet_.brokers()[best].log_dirs();
        LogDirId least = dirs.front();
        for (const LogDirId dir : dirs) {
            if (in_dir_[dir] < in_dir_[least]) least = dir;
        }
        moves_[p] = 1;
        ++hosted_[best];
        --hosted_[from];
        ++in_dir_[least];
        return Room{best, least};
    }

    std::uint32_t hosted(BrokerId b) const { return hosted_[b]; }

private:
    const Fleet& fleet_;
    IdMap<BrokerId, std::uint32_t> hosted_;
    IdMap<LogDirId, std::uint32_t> in_dir_;
    IdMap<PartitionId, std::uint8_t> moves_;
};

struct PlannedMove {
    ReplicaMove move;
    Mover::Room to;
};

/// False where a broker of the cluster of `move` has lost its rack by the time at which that
/// starts: Kafka places by racks where all brokers say theirs (kafka-semantics §7).
bool by_racks(const Case& a_case, const Fault& move) {
    const ClusterId c = struck_cluster(a_case.fleet, move);
    return std::none_of(a_case.faults.begin(), a_case.faults.end(), [&](const Fault& other) {
        if (other.kind != FaultKind::lost_rack || struck_cluster(a_case.fleet, other) != c) {
            return false;
        }
        if (!other.trigger.at || !move.trigger.at) return true;
        const sim::Instant from = *other.trigger.at;
        const bool over = other.duration.count() > 0 && from + other.duration <= *move.trigger.at;
        return from <= *move.trigger.at && !over;
    });
}

/// The tables with the new replicas behind those that are there.
FleetTables with_slots(const Fleet& fleet, const std::vector<PlannedMove>& moves) {
    FleetTables tables = fleet.tables();
    tables.replica_broker.clear();
    tables.replica_dir.clear();
    auto next = moves.begin();
    for (const PartitionId p : Range<PartitionId>(tables.partitions.size())) {
        Partition& partition = tables.partitions[p];
        const auto first = static_cast<std::uint32_t>(tables.replica_broker.size());
        const auto replicas = fleet.replicas(p);
        const auto dirs = fleet.replica_dirs(p);
        tables.replica_broker.insert(tables.replica_broker.end(), replicas.begin(), replicas.end());
        tables.replica_dir.insert(tables.replica_dir.end(), dirs.begin(), dirs.end());
        partition.first_replica = first;
        if (next == moves.end() || next->move.partition != p) continue;
        tables.replica_broker.push_back(next->to.broker);
        tables.replica_dir.push_back(next->to.dir);
        ++partition.rf;
        ++partition.to_come;
        ++next;
    }
    return tables;
}

}  // namespace

bool has_room_for_moves(const Fleet& fleet, ClusterId c) {
    const Cluster& cluster = fleet.clusters()[c];
    for (const PartitionId p : cluster.partitions()) {
        const std::uint32_t rf = fleet.partitions()[p].rf;
        if (rf < cluster.broker_count && rf < max_replication_factor) return true;
    }
    return false;
}

std::shared_ptr<const Case> with_room_for_moves(const Case& a_case) {
    std::vector<PlannedMove> planned;
    std::optional<Mover> mover;
    for (std::uint32_t f = 0; f < a_case.faults.size(); ++f) {
        const Fault& fault = a_case.faults[f];
        const FaultInfo& info = fault_info(fault.kind);
        if (info.moves == nullptr) continue;
        if (!mover) mover.emplace(a_case.fleet);
        for (const HostedReplica& replica : info.moves(a_case.fleet, fault)) {
            const auto room =
                mover->room_for(replica.partition, replica.slot, by_racks(a_case, fault));
            if (!room) continue;
            planned.push_back({{.partition = replica.partition,
                                .adds = a_case.fleet.partitions()[replica.partition].rf,
                                .removes = replica.slot,
                                .fault = f,
                                .throttle = info.move_throttle(fault)},
                               *room});
        }
    }
    if (planned.empty()) return nullptr;
    std::sort(planned.begin(), planned.end(), [](const PlannedMove& a, const PlannedMove& b) {
        return a.move.partition < b.move.partition;
    });
    auto made = std::make_shared<Case>(a_case);
    made->fleet = make_fleet(with_slots(a_case.fleet, planned));
    for (const PlannedMove& move : planned) made->moves.push_back(move.move);
    return made;
}

}  // namespace rollcast::models
