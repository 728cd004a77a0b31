// Sessions, fencing, controller, elections, ISR and min ISR: written once, over any data plane.
#pragma once

#include <optional>
#include <span>

#include "models/data_plane.hpp"
#include "models/run_state.hpp"

namespace rollcast::models {

/// The cluster's own reactions. Each function is one event of the control plane; all work on `run`
/// and tell `data` of what changed.
///
/// Reaction stops while the quorum is lost or a controller failover is under way: what should
/// happen then is deferred until `reaction_returns` (kafka-semantics §2.3, §5.3, §5.4).
class ControlPlane {
public:
    ControlPlane(RunState& run, DataPlane& data) : run_(run), data_(data) {}

    /// True where the controller of `c` can act now; else the event is kept and comes again.
    bool can_react(ClusterId c, const Event& event);

    /// End of a controlled shutdown: leaders move, the broker leaves every ISR in which it is not
    /// alone, whatever min ISR says (kafka-semantics §1.7).
    void leave_cleanly(BrokerId b, const Cause& reason);
    /// The process is gone without a word; its session goes on until it expires. `hung`: it will
    /// go on where it was. Where it is gone already: a hung one will not go on, caches are lost.
    void die(BrokerId b, const Cause& reason, bool hung, bool page_cache_lost);
    /// The session of a dead or hung broker is over. It expires, but if the broker was the
    /// controller, then only after another one has taken over and read everything
    /// (kafka-semantics §2.3).
    void session_ends(BrokerId b);
    /// The session of a dead or hung broker has expired: ISR without it, new leaders.
    void expire_session(BrokerId b);
    /// What waits for a broker that is dead or hung, and not fenced, waits no longer: because that
    /// is over, or because the run is.
    void count_stall(BrokerId b);
    /// The session of a dead broker would be over, but nobody can act on it: what it led has no
    /// leader until the quorum is back.
    void overdue(BrokerId b);
    /// The process is back: session, leadership of partitions that waited for it, fetching.
    /// `wiped`: its disks are empty. The same as the next two, one after the other.
    void register_broker(BrokerId b, bool wiped);
    /// ZooKeeper: a process that has slept through its session has a new one, and is told to follow
    /// (ReactionTimes::follows_anew).
    void register_anew(BrokerId b);
    /// The process is back and fetches; it joins and leads nothing before it serves.
    void start_fetching(BrokerId b, bool wiped, sim::Instant serves_at);
    /// The controller lets it join ISRs and lead (KRaft: it is unfenced).
    void serve(BrokerId b);
    /// A hung process goes on: as before where its session still stands, else it registers anew.
    void resume(BrokerId b);
    /// Replicas that have caught up join their ISRs (kafka-semantics §1.3).
    void expand(const std::vector<HostedReplica>& caught_up);
    /// Followers that have taken less than is written for the whole of an overload leave their ISRs
    /// (kafka-semantics §1.2); `overload` is its number, see DataPlane::still_overloaded.
    void evict_lagging(BrokerId b, std::uint32_t overload);
    /// Followers that their leaders have found lagging leave their ISRs (kafka-semantics §1.2).
    void shrink(const std::vector<HostedReplica>& lagging);
    /// Preferred leader election for the brokers that have come back (kafka-semantics §2.4).
    void return_leaders(ClusterId c);
    /// Preferred leader election for every partition of the cluster, by command.
    void elect_preferred(ClusterId c);

    /// SIGTERM: the controlled shutdown as the controller goes through it (kafka-semantics §1.7).
    /// Its stages come as `controlled_shutdown` events; after the last one the process is gone.
    void begin_controlled_shutdown(BrokerId b, const Cause& reason);
    void controlled_shutdown_goes_on(const Event& event);
    /// isr-expiration of `leader`: followers that died longer than replica.lag.time.max.ms ago and
    /// still have their session leave the ISRs of what it leads (kafka-semantics §1.2).
    void check_isr(const Event& event);

    /// A quorum node stops, for `reason`, or is back in sync with its ensemble.
    void quorum_node_stops(QuorumNodeId q, const Cause& reason);
    void quorum_node_returns(QuorumNodeId q);
    /// ZooKeeper: leaders for the partitions that a new controller has found without one.
    void elect_offline(ClusterId c);
    /// min.insync.replicas of `t` is `min_isr` from now on, or RF where that is less.
    void set_min_isr(TopicId t, int min_isr);
    /// Unclean elections are allowed in `c` or no longer; where they have become so, what has no
    /// leader gets one at once (kafka-semantics §2.5).
    void allow_unclean(ClusterId c, bool allowed);
    /// `b` gets the lead of `share` of what it hosts in sync, in partition order.
    void take_lead(BrokerId b, double share);

    /// A log dir fails: what lies in it cannot be read or written, its broker runs on without it,
    /// or halts where it was the last (kafka-semantics §8.1). The controller hears of it as
    /// `dir_noticed`; without KIP-858 (KRaft before 3.7) it does not, and leaders find followers
    /// that lag as `dir_lags`.
    void dir_fails(LogDirId dir, const Cause& reason);
    void dir_noticed(LogDirId dir);
    void dir_lags(LogDirId dir);
    /// The dir works again; its broker is down meanwhile. `wiped`: on an empty disk.
    void dir_returns(LogDirId dir, bool wiped);

    /// The reassignment of a partition begins: its new replica is made, empty, and fetches
    /// (KIP-455). It ends by itself when that has joined the ISR.
    void begin_move(const ReplicaMove& move);
    /// `b` becomes the last in the order of every partition that it hosts, until `restore_leaders`,
    /// and up to `most_leaders` of what it leads go to the first of the others that may lead
    /// (kafka-semantics §2.1, §2.4).
    void demote(BrokerId b, std::size_t most_leaders);
    /// The order of all partitions of `c` is as it was before any demotion, and preferred leaders
    /// are elected.
    void restore_leaders(ClusterId c);
    /// A controller is there and reacts now.
    bool reacts(ClusterId c) const;

    /// The session of a live broker is gone: it leaves its ISRs and leads nothing until it has a
    /// new one, at the event `session_renewed` (kafka-semantics §5.2, §5.3). Nothing where it has
    /// none.
    void lose_session(BrokerId b, const Cause& reason);
    /// The controller of `c` is gone, its process is not: another one takes over and reads
    /// everything (kafka-semantics §2.3).
    void controller_resigns(ClusterId c);

    /// True where a process of `b` that starts now can register; else the event is kept, and comes
    /// again when a fault on its links has ended.
    bool can_register(BrokerId b, const Event& event);
    /// `b` runs, cut off from its quorum until its session has expired: others lead what it led,
    /// and it takes itself for the leader still (kafka-semantics §5.2).
    void cut_off(BrokerId b);
    /// It reaches its quorum again, and has a new session as soon as it has asked for one.
    void found_again(BrokerId b);
    /// Links of the brokers that host `partitions` have changed: who waits for a follower that is
    /// cut off, which leaders are not told that they lead or let no clients in.
    void links_changed(std::span<const PartitionId> partitions);

    /// Quorum and controller of `c` work again: what was deferred is done.
    void reaction_returns(ClusterId c, std::uint32_t version);

private:
    void apply(PartitionId p, PartitionState after);
    void let_in_caught_up(BrokerId b);
    void leave_isr(BrokerId b, bool led_ones, bool followed_ones);
    void watch_isr(BrokerId dead);
    void schedule_expiry(BrokerId b, sim::Duration after);
    void count_undone_joins(BrokerId b);
    void restart_sessions(ClusterId c, sim::Duration after);
    void quorum_leader_moves(ClusterId c, QuorumNodeId next);
    void end_move(PartitionId p);
    void tell_preferred(PartitionId p);
    void spread_changes(PartitionId p, std::uint8_t added);
    void leave_dir(LogDirId dir, bool led_ones);
    bool waits_for_the_dead(PartitionId p, std::uint8_t isr) const;
    bool waits_for_the_cut_off(PartitionId p, const PartitionState& after) const;
    void judge_links(PartitionId p, const PartitionState& before, PartitionState& after) const;
    bool lagged(PartitionId p, const PartitionState& before, const PartitionState& after) const;
    void record_moves(PartitionId p, std::uint8_t before, std::uint8_t after);
    void explain(Breach& breach, PartitionId p);
    int elect(PartitionId p, std::uint8_t isr, int except) const;
    void choose_leader(PartitionId p, PartitionState& after, int except);
    bool unclean_allowed(PartitionId p) const;
    bool serves(PartitionId p, int slot) const;
    void remove_from_isr(BrokerId b);
    void pause_reaction(ClusterId c, sim::Duration length);
    std::optional<sim::Duration> controller_moves(BrokerId gone);
    sim::Duration elections(BrokerId dead) const;
    ClusterState& cluster_of(BrokerId b) {
        return run_.clusters[run_.fleet().brokers()[b].cluster];
    }

    RunState& run_;
    DataPlane& data_;
};

}  // namespace rollcast::models
