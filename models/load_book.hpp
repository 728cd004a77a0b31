// Live traffic at mean load: what every broker, rack uplink and room link carries apart from
// catch-up. Whole bytes/s, so that adding and removing leaves no residue.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "models/case.hpp"
#include "models/partition_table.hpp"

namespace rollcast::models {

/// Live rates of a scope, in mean bytes/s; the daily curve scales them all.
///
/// A live replica takes its partition's writes in, from producers (leader) or from the leader
/// (follower). A leader sends them to each live follower and to each consumer group of the topic,
/// and what consumers ask for of old records.
/// Clients sit outside the racks and rooms, so their bytes cross the leader's uplink and its room's
/// link (assumed).
class LoadBook {
public:
    LoadBook() = default;
    LoadBook(const Case& a_case, const Scope& scope, const PartitionTable& partitions);

    std::int64_t in(BrokerId b) const { return brokers_[b].in; }
    std::int64_t out(BrokerId b) const { return brokers_[b].out; }
    /// Of `out`: what consumers read of old records, which is on disk and in no page cache.
    std::int64_t cold(BrokerId b) const { return brokers_[b].cold; }
    std::int64_t replication_in(BrokerId b) const { return brokers_[b].replication_in; }
    std::int64_t replication_out(BrokerId b) const { return brokers_[b].replication_out; }
    std::int64_t up(RackId r) const { return racks_[r].up; }
    std::int64_t down(RackId r) const { return racks_[r].down; }
    std::int64_t up(RoomId r) const { return rooms_[r].up; }
    std::int64_t down(RoomId r) const { return rooms_[r].down; }
    bool live(BrokerId b) const { return brokers_[b].live; }

    /// Bytes/s written to `p`, mean over the day, times the surge of its topic.
    std::int64_t rate(PartitionId p) const;
    /// 1 unless a surge holds.
    double surge(TopicId t) const { return surges_.empty() ? 1.0 : surges_[t.index()]; }
    bool surges() const { return !surges_.empty(); }
    /// Writes to `t` are `times` their usual rate from now on.
    void set_surge(TopicId t, double times, const PartitionTable& partitions);

    /// True once consumers have read old records.
    bool scans() const { return !scans_.empty(); }
    /// Bytes/s that they read of each partition of `t`, mean over the day.
    std::int64_t scan(TopicId t) const { return scans_.empty() ? 0 : scans_[t.index()]; }
    /// They read `rate` of each partition of `t` from now on, at its leader.
    void set_scan(TopicId t, std::int64_t rate, const PartitionTable& partitions);

    /// The replicas of `dir` take no writes, or do so again.
    void set_dir_live(LogDirId dir, bool live, const PartitionTable& partitions);
    bool live(LogDirId dir) const;
    const std::vector<LogDirId>& dead_dirs() const { return dead_dirs_; }

    /// True where slot `slot` of `p` holds no replica: one that is still to come, or was moved
    /// away.
    bool absent(PartitionId p, std::size_t slot) const {
        if (absent_.empty()) return false;
        const auto found = absent_.find(p);
        return found != absent_.end() && ((found->second >> slot) & 1) != 0;
    }
    /// A replica of `p` is made in `slot`, or goes; it does not lead.
    void set_absent(PartitionId p,
                    std::uint8_t slot,
                    bool absent,
                    const PartitionTable& partitions);

    /// Leadership of `p` goes from slot `from` to slot `to` (-1 = none) while the set of live
    /// brokers stands.
    void leader_changed(PartitionId p, int from, int to);
    /// All replicas of `b` stop or start to take writes; leaders are as in `partitions`.
    void set_live(BrokerId b, bool live, const PartitionTable& partitions);

private:
    struct BrokerLoad {
        std::int64_t in = 0;
        std::int64_t out = 0;
        std::int64_t cold = 0;
        std::int64_t replication_in = 0;
        std::int64_t replication_out = 0;
        RackId rack;
        bool live = true;
    };
    struct LinkLoad {
        std::int64_t up = 0;
        std::int64_t down = 0;
    };
    void lead(PartitionId p, int slot, int sign);
    /// The replica of `p` in `slot`, on a live broker, starts (+1) or stops (-1) to take writes.
    void take(PartitionId p, std::uint8_t slot, const PartitionTable& partitions, int sign);
    bool takes(PartitionId p, std::size_t slot) const;
    void follow(BrokerId leader, BrokerId follower, std::int64_t rate);
    void leave_room(RoomId room, std::int64_t rate) {
        if (room.exists()) rooms_[room].up += rate;
    }
    void enter_room(RoomId room, std::int64_t rate) {
        if (room.exists()) rooms_[room].down += rate;
    }

    const Fleet* fleet_ = nullptr;
    ScopeMap<BrokerId, BrokerLoad> brokers_;
    ScopeMap<RackId, LinkLoad> racks_;
    IdMap<RoomId, LinkLoad> rooms_;
    std::vector<std::int64_t> readers_;           // consumer groups, by topic
    std::vector<double> surges_;                  // by topic; empty until the first
    std::vector<std::int64_t> scans_;             // by topic; empty until the first
    std::vector<LogDirId> dead_dirs_;             // few
    std::map<PartitionId, std::uint8_t> absent_;  // slots, of partitions that move
};

}  // namespace rollcast::models
