// The flow fidelity: bytes are fluid, rates stand still between events.
#pragma once

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "models/data_plane.hpp"
#include "models/loss_estimate.hpp"
#include "models/replication_quota.hpp"
#include "sim/fair_share.hpp"

namespace rollcast::models {

/// Catch-up as flows, one a (leader, follower) connection, since a connection is what Kafka's
/// fetchers share (kafka-semantics §4.1).
///
/// Live writes come first: NICs, disks, uplinks, room links and throttles carry them as a base
/// load, and what they leave over is shared max-min by the connections. Inside a connection every
/// replica gets its live writes and an equal part of the rest, so replicas rejoin in the order of
/// their backlogs, at instants in closed form. A replica rejoins when its backlog is gone: in a
/// fluid the HW of the leader is where the in-sync followers are, its log end (kafka-semantics
/// §1.3). Of one broker alone the last rejoin is B / (c - w) after the start (§4.5).
///
/// State: 8 bytes a replica (where it stands) and 9 bytes a partition (writes withheld, losses
/// seen).
class FlowPlane final : public DataPlane {
public:
    explicit FlowPlane(const RunState& run);

    std::unique_ptr<DataPlane> clone() const override;
    void assign(const DataPlane& other) override;

    void partition_changed(const RunState& run,
                           PartitionId p,
                           const PartitionState& before) override;
    void broker_stops(const RunState& run, BrokerId b, Stop how) override;
    void broker_goes_on(const RunState& run, BrokerId b) override;
    void broker_starts(const RunState& run, BrokerId b, bool wiped) override;
    void rates_change(const RunState& run, BrokerId b) override;
    void throttles_change(const RunState& run, BrokerId b) override;
    void surge_changes(const RunState& run, TopicId t, double before) override;
    void dir_stops(const RunState& run, LogDirId dir) override;
    void dir_returns(const RunState& run, LogDirId dir, bool wiped) override;
    void links_change(const RunState& run,
                      ClusterId c,
                      std::span<const PartitionId> partitions) override;
    void uplink_changes(const RunState& run, RackId r) override;
    void replica_added(const RunState& run, PartitionId p, std::uint8_t slot) override;
    void replica_removed(const RunState& run, PartitionId p, std::uint8_t slot) override;
    void curve_changes(const RunState& run) override;
    void followers_evicted(const RunState& run, BrokerId b) override;
    void collect_caught_up(const RunState& run,
                           BrokerId b,
                           std::uint32_t version,
                           std::vector<HostedReplica>& caught_up) override;
    void quotas_due(RunState& run, ClusterId c) override;
    void settle(RunState& run) override;
    /// Everything that happens in a fluid is an event of the run.
    void advance(RunState&, sim::Instant) override {}
    bool goes_on(const RunState&) override { return false; }
    /// Only a leader that holds up fetches has followers that lag though they could follow.
    void collect_lagging(const RunState& run,
                         BrokerId b,
                         std::vector<HostedReplica>& lagging) override;
    /// Estimates losses and duplicates, and judges latency by an estimate where the case has a
    /// limit for it.
    void finish(RunState& run, Verdict& verdict) override;
    bool still_overloaded(BrokerId b, std::uint32_t overload) const override;
    double catch_up_bytes() const override { return catch_up_bytes_; }
    std::optional<ReplicaLag> replica_lag(const RunState& run,
                                          BrokerId b,
                                          sim::Instant at) const override;
    bool stuck(const RunState& run) const override;

private:
    /// How often quotas are looked at while somebody catches up under a throttle.
    static constexpr sim::Duration quotas_measured_every = sim::milliseconds(100);

    /// A replica that is behind, seen from its connection.
    struct Item {
        double backlog;  // bytes, when the connection was made
        PartitionId partition;
        std::uint8_t slot;
        std::uint16_t turn = 0;  // of the fetch that reached it last
    };
    struct Connection {
        BrokerId leader;
        sim::FlowId flow;
        std::uint32_t next = 0;  // first item still behind
        std::uint32_t end = 0;
        std::uint32_t served = 0;  // one past the last item that is fetched now; the rest waits
        double rate = 0.0;         // bytes/s above the live writes, all its replicas together
        double drained = 0.0;      // bytes of backlog gone from each replica still behind
        sim::Instant drained_at;
        sim::Instant counted_at;  // its bytes are in the quotas up to here
        sim::Instant next_at;     // when `next` has caught up
        sim::Instant soon;        // what one fetch makes up for joins from then on,
        sim::Instant later;       // the rest from then on
        std::uint16_t turn = 0;   // of its last fetch
        // Where quotas are measured:
        bool closed = false;     // nothing is asked for: its items stand where `positions_` says
        double granted = 0.0;    // bytes that were asked for and are not there yet
        sim::Instant asks_at{};  // when it looks again whether it may
    };
    struct Node {
        double disk_write = 0.0;  // bytes/s, whole
        double disk_read = 0.0;
        double disk_factor = 1.0;
        double network_factor = 1.0;
        Throttles throttles;
        double stopped_effective = 0.0;  // effective seconds when it stopped to fetch
        sim::Instant counted_from;       // what it fetches counts for its quota,
        sim::Instant throttled_from;     // which holds from then on
        sim::Instant overloaded_since = sim::Instant::never();
        double residual_in = 0.0;  // what live writes leave over; negative = they do not fit
        sim::ResourceId in, out, read;
        RackId rack;
        std::uint32_t version = 0;
        std::uint32_t overloads = 0;  // so far: the occurrence of the next draw
        sim::Instant scheduled = sim::Instant::never();
        bool live = true;
        bool cold = false;   // what it lacks is past the leaders' page caches
        bool dirty = false;  // its connections must be made anew
        bool touched = false;
        std::vector<Item> items;
        std::vector<Connection> connections;
        bool active() const { return !connections.empty(); }
    };
    struct LinkNode {
        sim::ResourceId up, down;
    };
    /// What the throttle of moves leaves a broker, as a leader and as a follower.
    struct MoveNode {
        sim::ResourceId out, in;
    };
    /// Replication quotas of a broker while they are measured.
    struct Quotas {
        ReplicationQuota in, out;
    };
    /// A leader that holds up fetches so long that its followers lag.
    struct Holding {
        BrokerId leader;
        sim::Instant since;
        sim::Duration delay;
        bool check_due = false;  // its isr_check is scheduled
        std::uint32_t checks = 0;
    };
    /// A replica in sync that cannot fetch from its leader.
    struct CutOff {
        double effective = 0.0;  // effective seconds up to which it was written
        sim::Instant since;      // its present leader has not heard of it since
    };
    using Replica = std::pair<PartitionId, std::uint8_t>;  // partition, slot
    struct StoppedDir {
        LogDirId dir;
        double effective = 0.0;  // effective seconds when it failed
    };
    struct FlowOwner {
        BrokerId follower;
        std::uint32_t connection = 0;
    };
    /// What one cluster shares. Apart for each, so that no cluster's roundings hang on another's;
    /// clusters that share room links keep theirs together in the first of them (decision 9).
    struct ClusterFlows {
        ClusterId first;                 // whose share, owners and followers stand for this one's
        std::vector<ClusterId> members;  // in the first: the clusters it stands for
        sim::FairShare share;
        std::vector<FlowOwner> owner;                    // by flow
        std::vector<BrokerId> active;                    // followers with connections, ascending
        sim::Instant quotas_at = sim::Instant::never();  // last measured, where they are watched
        bool hw_freezes = false;  // under min ISR, by the version of the brokers
        bool load_moved = true;   // capacities are to be set anew before the next solve
        bool due = false;         // in due_
    };

    static double write_factor(const Topic& topic, const PartitionState& state);
    double log_end(const RunState& run, PartitionId p, double effective) const;
    double& position(PartitionId p, std::uint8_t slot);
    double behind(const RunState& run, PartitionId p, const PartitionState& before);
    void save_positions(const RunState& run, BrokerId b);
    void mark_dirty(BrokerId b);
    void rebuild(const RunState& run, BrokerId b);
    void connect(const RunState& run, BrokerId b);
    void add_connection(const RunState& run,
                        BrokerId b,
                        BrokerId leader,
                        std::uint32_t from,
                        std::uint32_t to,
                        bool moves);
    void refresh_moves(const RunState& run, ClusterId c);
    void drop_connections(BrokerId b);
    void move_to(Connection& connection, double rate, sim::Instant now, const Node& node);
    void refresh_capacities(const RunState& run, ClusterId c);
    void refresh_rooms(const RunState& run, ClusterFlows& flows);
    /// True where the links of `room` are a limit.
    bool limits(RoomId room) const { return room.exists() && case_->fleet.rooms()[room].limited(); }
    void solve(const RunState& run, ClusterId c);
    void fall_behind(const RunState& run, ClusterId c);
    void apply_rate(const RunState& run, BrokerId b, Connection& connection);
    sim::Instant joins_at(const Connection& connection, const Item& item) const;
    void close(const RunState& run, BrokerId b, Connection& connection);
    void open(const RunState& run, BrokerId b, Connection& connection);
    void sort_items(Node& node, std::uint32_t from, std::uint32_t to);
    double response_bytes(BrokerId b, const Connection& connection) const;
    sim::Duration asks_every(const RunState& run, BrokerId b, BrokerId leader) const;
    void ask(const RunState& run, BrokerId b, Connection& connection);
    void ask_all(const RunState& run, BrokerId b);
    void open_all(const RunState& run, BrokerId b);
    void set_limits(const RunState& run, ClusterId c);
    std::vector<BrokerId> brokers_of(ClusterId c) const;
    double live_rate(const RunState& run,
                     const Node& node,
                     std::uint32_t from,
                     std::uint32_t to) const;
    double emptied(const RunState& run, PartitionId p, double effective) const;
    double stopped_effective(PartitionId p, std::uint8_t slot, bool frozen) const;
    void refetch_from(BrokerId leader);
    bool fetchable(const RunState& run, PartitionId p, std::size_t leader_slot) const;
    void hold_fetches(const RunState& run, BrokerId b);
    void release_fetches(const RunState& run, const Holding& holding);
    void watch_followers(RunState& run);
    void in_sync_followers(const RunState& run,
                           BrokerId leader,
                           std::vector<HostedReplica>& followers) const;
    void judge_links(const RunState& run, PartitionId p, bool leader_changed);
    void watch_cut_off(RunState& run);
    void collect_cut_off(const RunState& run, BrokerId b, std::vector<HostedReplica>& lagging);
    bool shut_out(const RunState& run) const;
    void count_fetched(const RunState& run, BrokerId b, Connection& connection);
    void choose_served(BrokerId b, Connection& connection);
    bool throttled(ClusterId c) const;
    void start_quotas(const RunState& run, BrokerId b);
    void watch_quotas(RunState& run, ClusterId c);
    void record_quotas(const RunState& run, ClusterId c, sim::Instant from);
    void scan_moves(const RunState& run, PartitionId p, const PartitionState& before);
    void load_moved(ClusterId c);
    void flows_moved(ClusterId c);
    ClusterFlows& flows_of(ClusterId c) { return clusters_[clusters_[c].first]; }
    ClusterFlows& flows_of(BrokerId b) { return flows_of(case_->fleet.brokers()[b].cluster); }
    double deficit(const RunState& run, BrokerId b) const;
    void watch_overload(RunState& run);
    void touch(BrokerId b);
    bool served_from_cache(const RunState& run, BrokerId follower) const;

    const Case* case_ = nullptr;
    std::uint32_t first_replica_ = 0;
    std::vector<double> positions_;           // bytes; of replicas out of sync
    ScopeMap<PartitionId, double> withheld_;  // effective seconds, see log_end
    ScopeMap<BrokerId, Node> nodes_;
    ScopeMap<BrokerId, Quotas> quotas_;  // empty until somebody catches up under a throttle
    ScopeMap<RackId, LinkNode> racks_;
    IdMap<RoomId, LinkNode> rooms_;       // of limited links
    ScopeMap<BrokerId, MoveNode> moves_;  // empty unless the case throttles moves
    ScopeMap<ClusterId, ClusterFlows> clusters_;
    std::vector<BrokerId> dirty_;
    std::vector<BrokerId> touched_;
    std::vector<BrokerId> watched_;
    std::vector<Holding> holding_;
    std::vector<StoppedDir> stopped_dirs_;
    std::map<Replica, CutOff> cut_off_;
    std::map<BrokerId, std::uint32_t> cut_checks_;  // by leader: how often it has looked for them
    std::vector<BrokerId> cut_checks_due_;          // leaders that will
    std::vector<ClusterId>
        due_;  // first clusters with flows or loads that moved since the last settle
    LossEstimate losses_;
    double catch_up_bytes_ = 0.0;
    double effective_now_ = 0.0;
    sim::Instant effective_at_ = sim::Instant::never();
    double multiplier_ = 1.0;
};

}  // namespace rollcast::models
