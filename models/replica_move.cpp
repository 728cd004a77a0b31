#include "models/replica_move.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
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
        moves_[p] = 1;
        ++hosted_[best];
        --hosted_[from];
        return Room{best, emptiest_dir(best)};
    }

    /// A place for the replica of `p` in `slot` while its broker is emptied. `extra`: brokers for
    /// which `p` has slots beside its own. `taken`: bytes that brokers take from it.
    std::optional<BrokerId> place_for(PartitionId p,
                                      std::uint8_t slot,
                                      const std::vector<BrokerId>& extra,
                                      IdMap<BrokerId, std::int64_t>& taken) const {
        if (moves_[p] != 0) return std::nullopt;
        const auto replicas = fleet_.replicas(p);
        const Cluster& cluster = fleet_.clusters()[fleet_.brokers()[replicas[slot]].cluster];
        const std::int64_t size = fleet_.partitions()[p].stored_bytes;
        const auto stores = [&](BrokerId b) { return fleet_.hosted_bytes(b).count() + taken[b]; };
        const bool full =
            replicas.size() + extra.size() >= static_cast<std::size_t>(max_replication_factor);
        BrokerId best = BrokerId::none();
        for (const BrokerId b : cluster.brokers()) {
            if (shares_rack(replicas, slot, b) || stores(b) + size > may_store(b)) continue;
            if (full && std::find(extra.begin(), extra.end(), b) == extra.end()) continue;
            if (!best.exists() || stores(b) < stores(best)) best = b;
        }
        if (!best.exists()) return std::nullopt;
        taken[best] += size;
        return best;
    }

    /// Of `b`, with the fewest replicas; one more from now on.
    LogDirId emptiest_dir(BrokerId b) {
        const auto dirs = fleet_.brokers()[b].log_dirs();
        LogDirId least = dirs.front();
        for (const LogDirId dir : dirs) {
            if (in_dir_[dir] < in_dir_[least]) least = dir;
        }
        ++in_dir_[least];
        return least;
    }

private:
    /// True where `b` holds a replica, or one other than that in `slot` is in its rack.
    bool shares_rack(std::span<const BrokerId> replicas, std::uint8_t slot, BrokerId b) const {
        for (std::size_t other = 0; other < replicas.size(); ++other) {
            if (replicas[other] == b) return true;
            const bool beside = fleet_.brokers()[replicas[other]].rack == fleet_.brokers()[b].rack;
            if (other != slot && beside) return true;
        }
        return false;
    }

    /// Bytes that may lie on `b`; without limit where the capacity of its disks is not known.
    std::int64_t may_store(BrokerId b) const {
        constexpr double threshold = 0.8;
        std::int64_t capacity = 0;
        for (const LogDirId dir : fleet_.brokers()[b].log_dirs()) {
            const std::int64_t of_dir = fleet_.log_dirs()[dir].capacity.count();
            if (of_dir == 0) return std::numeric_limits<std::int64_t>::max();
            capacity += of_dir;
        }
        return static_cast<std::int64_t>(threshold * static_cast<double>(capacity));
    }

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
        for (; next != moves.end() && next->move.partition == p; ++next) {
            if (next->move.adds < partition.rf) continue;  // it shares the slot of another move
            tables.replica_broker.push_back(next->to.broker);
            tables.replica_dir.push_back(next->to.dir);
            ++partition.rf;
            ++partition.to_come;
        }
    }
    return tables;
}

void plan_fault_moves(const Case& a_case, Mover& mover, std::vector<PlannedMove>& planned) {
    for (std::uint32_t f = 0; f < a_case.faults.size(); ++f) {
        const Fault& fault = a_case.faults[f];
        const FaultInfo& info = fault_info(fault.kind);
        if (info.moves == nullptr) continue;
        for (const HostedReplica& replica : info.moves(a_case.fleet, fault)) {
            const auto room =
                mover.room_for(replica.partition, replica.slot, by_racks(a_case, fault));
            if (!room) continue;
            planned.push_back({{.partition = replica.partition,
                                .adds = a_case.fleet.partitions()[replica.partition].rf,
                                .removes = replica.slot,
                                .fault = f,
                                .throttle = info.move_throttle(fault)},
                               *room});
        }
    }
}

/// Each broker with all others as they are at the start: they have their own back by then.
void plan_policy_moves(const Fleet& fleet,
                       const Movers& movers,
                       Mover& mover,
                       std::vector<PlannedMove>& planned) {
    IdMap<PartitionId, std::vector<BrokerId>> extra(fleet.partitions().size());
    IdMap<BrokerId, std::int64_t> taken(fleet.brokers().size(), std::int64_t{0});
    for (const BrokerId from : movers.emptied) {
        for (const BrokerId b : fleet.clusters()[fleet.brokers()[from].cluster].brokers()) {
            taken[b] = 0;
        }
        for (const HostedReplica& replica : fleet.hosted(from)) {
            const PartitionId p = replica.partition;
            const auto to = mover.place_for(p, replica.slot, extra[p], taken);
            if (!to) continue;
            const auto place = std::find(extra[p].begin(), extra[p].end(), *to) - extra[p].begin();
            const bool made = static_cast<std::size_t>(place) == extra[p].size();
            if (made) extra[p].push_back(*to);
            planned.push_back({{.partition = p,
                                .adds = static_cast<std::uint8_t>(fleet.partitions()[p].rf + place),
                                .removes = replica.slot,
                                .fault = ReplicaMove::no_fault,
                                .throttle = movers.throttle},
                               {*to, made ? mover.emptiest_dir(*to) : LogDirId::none()}});
        }
    }
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

std::shared_ptr<const Case> with_room_for_moves(const Case& a_case, const Movers& movers) {
    const bool moving_faults =
        movers.faults && std::any_of(a_case.faults.begin(), a_case.faults.end(), [](const auto& f) {
            return fault_info(f.kind).moves != nullptr;
        });
    if (!moving_faults && movers.emptied.empty()) return nullptr;
    std::vector<PlannedMove> planned;
    Mover mover(a_case.fleet);
    if (moving_faults) plan_fault_moves(a_case, mover, planned);
    plan_policy_moves(a_case.fleet, movers, mover, planned);
    if (planned.empty()) return nullptr;
    std::stable_sort(
        planned.begin(), planned.end(), [](const PlannedMove& a, const PlannedMove& b) {
            return std::tie(a.move.partition, a.move.adds) <
                   std::tie(b.move.partition, b.move.adds);
        });
    auto made = std::make_shared<Case>(a_case);
    made->fleet = make_fleet(with_slots(a_case.fleet, planned));
    for (const PlannedMove& move : planned) made->moves.push_back(move.move);
    return made;
}

std::optional<ReplicaMove> policy_move(const Case& a_case, const HostedReplica& replica) {
    auto move = std::lower_bound(
        a_case.moves.begin(),
        a_case.moves.end(),
        replica.partition,
        [](const ReplicaMove& other, PartitionId p) { return other.partition < p; });
    for (; move != a_case.moves.end() && move->partition == replica.partition; ++move) {
        const bool by_policy = move->fault == ReplicaMove::no_fault;
        if (by_policy && move->removes == replica.slot) return *move;
    }
    return std::nullopt;
}

}  // namespace rollcast::models
