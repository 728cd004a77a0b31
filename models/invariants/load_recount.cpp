#include "models/invariants/load_recount.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace rollcast::models {

namespace {

class LoadRecount {
public:
    explicit LoadRecount(const RunState& run)
        : run_(run), fleet_(run.fleet()), groups_(fleet_.topics().size(), 0) {
        counts_.brokers.resize(fleet_.brokers().size());
        counts_.racks.resize(fleet_.racks().size());
        counts_.rooms.resize(fleet_.rooms().size());
        for (const ConsumerGroup& group : fleet_.groups()) {
            for (const TopicId topic : group.topics) ++groups_[topic.index()];
        }
        for (const PartitionId p : run.scope.partitions()) count(p);
    }

    LoadCounts take() { return std::move(counts_); }

private:
    bool takes(PartitionId p, std::size_t slot) const {
        const BrokerId b = fleet_.replicas(p)[slot];
        return run_.brokers[b].process == BrokerState::Process::up && !run_.out_of_use(p, slot);
    }
    void cross(RoomId from, RoomId to, std::int64_t rate) {
        if (from == to) return;
        if (from.exists()) counts_.rooms[from.index()].up += rate;
        if (to.exists()) counts_.rooms[to.index()].down += rate;
    }
    void count(PartitionId p);
    void count_clients(const Partition& partition, BrokerId leader, std::int64_t rate);
    void count_follower(BrokerId leader, BrokerId follower, std::int64_t rate);

    const RunState& run_;
    const Fleet& fleet_;
    std::vector<std::int64_t> groups_;  // that read it, by topic
    LoadCounts counts_;
};

void LoadRecount::count(PartitionId p) {
    const Partition& partition = fleet_.partitions()[p];
    const auto rate = static_cast<std::int64_t>(std::llround(
        static_cast<double>(partition.write_bytes_per_s) * run_.load.surge(partition.topic)));
    const std::int8_t leading = run_.partitions[p].leader;
    for (std::size_t slot = 0; slot < partition.rf; ++slot) {
        if (!takes(p, slot)) continue;
        const BrokerId b = fleet_.replicas(p)[slot];
        counts_.brokers[b.index()].in += rate;
        if (leading >= 0 && static_cast<std::size_t>(leading) != slot) {
            count_follower(fleet_.replicas(p)[static_cast<std::size_t>(leading)], b, rate);
        }
    }
    if (leading < 0) return;
    count_clients(partition, fleet_.replicas(p)[static_cast<std::size_t>(leading)], rate);
}

void LoadRecount::count_clients(const Partition& partition, BrokerId leader, std::int64_t rate) {
    const RackId home = fleet_.brokers()[leader].rack;
    const std::int64_t cold = run_.load.scan(partition.topic);
    const std::int64_t read = groups_[partition.topic.index()] * rate + cold;
    counts_.brokers[leader.index()].out += read;
    counts_.brokers[leader.index()].cold += cold;
    counts_.racks[home.index()].up += read;
    counts_.racks[home.index()].down += rate;
    cross(fleet_.racks()[home].room, RoomId::none(), read);
    cross(RoomId::none(), fleet_.racks()[home].room, rate);
}

void LoadRecount::count_follower(BrokerId leader, BrokerId follower, std::int64_t rate) {
    const RackId from = fleet_.brokers()[leader].rack;
    const RackId to = fleet_.brokers()[follower].rack;
    counts_.brokers[leader.index()].out += rate;
    counts_.brokers[leader.index()].replication_out += rate;
    if (from == to) return;
    counts_.racks[from.index()].up += rate;
    counts_.racks[to.index()].down += rate;
    cross(fleet_.racks()[from].room, fleet_.racks()[to].room, rate);
}

}  // namespace

LoadCounts count_load(const RunState& run) { return LoadRecount(run).take(); }

}  // namespace rollcast::models
