#include "models/load_book.hpp"

#include <algorithm>
#include <cmath>

namespace rollcast::models {

LoadBook::LoadBook(const Case& a_case, const Scope& scope, const PartitionTable& partitions)
    : fleet_(&a_case.fleet),
      brokers_(scope.brokers()),
      racks_(scope.racks()),
      rooms_(a_case.fleet.rooms().size()),
      readers_(a_case.fleet.topics().size(), 0) {
    for (const ConsumerGroup& group : fleet_->groups()) {
        for (const TopicId t : group.topics) ++readers_[t.index()];
    }
    for (const BrokerId b : scope.brokers()) {
        brokers_[b].rack = fleet_->brokers()[b].rack;
        brokers_[b].in = fleet_->hosted_write_rate(b).count();
    }
    for (const ReplicaMove& move : a_case.moves) {
        if (!scope.holds(fleet_->cluster_of(move.partition))) continue;
        std::uint8_t& slots = absent_[move.partition];
        if (((slots >> move.adds) & 1) != 0) continue;
        slots = static_cast<std::uint8_t>(slots | (1U << move.adds));
        const BrokerId to = fleet_->replicas(move.partition)[move.adds];
        brokers_[to].in -= fleet_->partitions()[move.partition].write_bytes_per_s;
    }
    for (const PartitionId p : partitions.ids()) lead(p, partitions[p].leader, +1);
}

void LoadBook::follow(BrokerId leader, BrokerId follower, std::int64_t rate) {
    BrokerLoad& from = brokers_[leader];
    BrokerLoad& to = brokers_[follower];
    from.out += rate;
    from.replication_out += rate;
    to.replication_in += rate;
    if (from.rack == to.rack) return;
    racks_[from.rack].up += rate;
    racks_[to.rack].down += rate;
    if (rooms_.empty()) return;
    const RoomId here = fleet_->racks()[from.rack].room;
    const RoomId there = fleet_->racks()[to.rack].room;
    if (here == there) return;
    leave_room(here, rate);
    enter_room(there, rate);
}

void LoadBook::lead(PartitionId p, int slot, int sign) {
    if (slot < 0) return;
    const Partition& partition = fleet_->partitions()[p];
    const auto replicas = fleet_->replicas(p);
    const BrokerId leader = replicas[static_cast<std::size_t>(slot)];
    const std::int64_t rate = sign * this->rate(p);
    const std::int64_t cold = sign * scan(partition.topic);
    const std::int64_t read = rate * readers_[partition.topic.index()] + cold;
    brokers_[leader].out += read;
    brokers_[leader].cold += cold;
    racks_[brokers_[leader].rack].up += read;
    racks_[brokers_[leader].rack].down += rate;
    if (!rooms_.empty()) {
        const RoomId room = fleet_->racks()[brokers_[leader].rack].room;
        leave_room(room, read);
        enter_room(room, rate);
    }
    for (std::size_t other = 0; other < replicas.size(); ++other) {
        if (other != static_cast<std::size_t>(slot) && takes(p, other)) {
            follow(leader, replicas[other], rate);
        }
    }
}

void LoadBook::leader_changed(PartitionId p, int from, int to) {
    lead(p, from, -1);
    lead(p, to, +1);
}

void LoadBook::set_live(BrokerId b, bool live, const PartitionTable& partitions) {
    if (brokers_[b].live == live) return;
    for (const HostedReplica& replica : fleet_->hosted(b)) {
        const bool works = this->live(fleet_->replica_dirs(replica.partition)[replica.slot]) &&
                           !absent(replica.partition, replica.slot);
        if (works) take(replica.partition, replica.slot, partitions, live ? +1 : -1);
    }
    brokers_[b].live = live;
}

std::int64_t LoadBook::rate(PartitionId p) const {
    const Partition& partition = fleet_->partitions()[p];
    if (surges_.empty()) return partition.write_bytes_per_s;
    const double times = surges_[partition.topic.index()];
    return std::llround(static_cast<double>(partition.write_bytes_per_s) * times);
}

bool LoadBook::live(LogDirId dir) const {
    return std::find(dead_dirs_.begin(), dead_dirs_.end(), dir) == dead_dirs_.end();
}

bool LoadBook::takes(PartitionId p, std::size_t slot) const {
    return brokers_[fleet_->replicas(p)[slot]].live &&
           (dead_dirs_.empty() || live(fleet_->replica_dirs(p)[slot])) && !absent(p, slot);
}

void LoadBook::take(PartitionId p, std::uint8_t slot, const PartitionTable& partitions, int sign) {
    const auto replicas = fleet_->replicas(p);
    const std::int64_t rate = sign * this->rate(p);
    const std::int8_t leader = partitions[p].leader;
    brokers_[replicas[slot]].in += rate;
    if (leader < 0 || leader == static_cast<int>(slot)) return;
    follow(replicas[static_cast<std::size_t>(leader)], replicas[slot], rate);
}

void LoadBook::set_surge(TopicId t, double times, const PartitionTable& partitions) {
    const auto count = [&](int sign) {
        for (const PartitionId p : fleet_->topics()[t].partitions()) {
            const auto replicas = fleet_->replicas(p);
            lead(p, partitions[p].leader, sign);
            for (std::size_t slot = 0; slot < replicas.size(); ++slot) {
                if (takes(p, slot)) brokers_[replicas[slot]].in += sign * rate(p);
            }
        }
    };
    count(-1);
    if (surges_.empty()) surges_.assign(fleet_->topics().size(), 1.0);
    surges_[t.index()] = times;
    count(+1);
}

void LoadBook::set_scan(TopicId t, std::int64_t rate, const PartitionTable& partitions) {
    const auto count = [&](int sign) {
        for (const PartitionId p : fleet_->topics()[t].partitions()) {
            lead(p, partitions[p].leader, sign);
        }
    };
    count(-1);
    if (scans_.empty()) scans_.assign(fleet_->topics().size(), 0);
    scans_[t.index()] = rate;
    count(+1);
}

void LoadBook::set_absent(PartitionId p,
                          std::uint8_t slot,
                          bool absent,
                          const PartitionTable& partitions) {
    const auto bit = static_cast<std::uint8_t>(1U << slot);
    std::uint8_t& slots = absent_[p];
    if (absent && takes(p, slot)) take(p, slot, partitions, -1);
    slots = static_cast<std::uint8_t>(absent ? slots | bit : slots & ~bit);
    if (!absent && takes(p, slot)) take(p, slot, partitions, +1);
}

void LoadBook::set_dir_live(LogDirId dir, bool live, const PartitionTable& partitions) {
    if (this->live(dir) == live) return;
    const BrokerId b = fleet_->log_dirs()[dir].broker;
    for (const HostedReplica& replica : fleet_->hosted(b)) {
        const bool here = fleet_->replica_dirs(replica.partition)[replica.slot] == dir &&
                          !absent(replica.partition, replica.slot);
        if (here && brokers_[b].live) {
            take(replica.partition, replica.slot, partitions, live ? +1 : -1);
        }
    }
    if (live) {
        std::erase(dead_dirs_, dir);
    } else {
        dead_dirs_.push_back(dir);
    }
}

}  // namespace rollcast::models
