#include "models/load_book.hpp"

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
    const std::int64_t rate = sign * partition.write_bytes_per_s;
    const std::int64_t read = rate * readers_[partition.topic.index()];
    brokers_[leader].out += read;
    racks_[brokers_[leader].rack].up += read;
    racks_[brokers_[leader].rack].down += rate;
    if (!rooms_.empty()) {
        const RoomId room = fleet_->racks()[brokers_[leader].rack].room;
        leave_room(room, read);
        enter_room(room, rate);
    }
    for (std::size_t other = 0; other < replicas.size(); ++other) {
        if (other != static_cast<std::size_t>(slot) && brokers_[replicas[other]].live) {
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
    const std::int64_t sign = live ? +1 : -1;
    for (const HostedReplica& replica : fleet_->hosted(b)) {
        const PartitionState& state = partitions[replica.partition];
        const std::int64_t rate = sign * fleet_->partitions()[replica.partition].write_bytes_per_s;
        brokers_[b].in += rate;
        if (state.leader < 0 || state.leader == static_cast<int>(replica.slot)) continue;
        follow(
            fleet_->replicas(replica.partition)[static_cast<std::size_t>(state.leader)], b, rate);
    }
    brokers_[b].live = live;
}

}  // namespace rollcast::models
