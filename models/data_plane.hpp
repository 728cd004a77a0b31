// What the control plane needs from whatever moves the bytes. Two fidelities can stand behind it;
// sessions, elections, ISR and min ISR are written once, above it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "models/run_state.hpp"

namespace rollcast::models {

/// How a broker stops.
enum class Stop : std::uint8_t {
    clean,      // flushed, connections closed
    killed,     // the process alone: its page cache stays, its host closes the connections
    hung,       // stands still: its host keeps the connections
    power_lost  // the host: the page cache is gone, nobody closes a connection
};

/// How far a broker's replica that is furthest behind lags its leader, and how that moves.
struct ReplicaLag {
    double messages = 0.0;
    double per_s = 0.0;
};

/// Moves records between leaders and followers.
///
/// It is told of every change of a partition and of every broker that stops or starts to fetch, and
/// answers when a replica has caught up. Changes are taken in at once and take effect at
/// `settle`, which the world calls after each event.
class DataPlane {
public:
    DataPlane() = default;
    virtual ~DataPlane() = default;
    virtual std::unique_ptr<DataPlane> clone() const = 0;
    /// Takes over the state of `other`, of the same kind, into the storage that is there.
    virtual void assign(const DataPlane& other) = 0;

    /// Leader or ISR of `p` changed; `run` holds the new state.
    virtual void partition_changed(const RunState& run,
                                   PartitionId p,
                                   const PartitionState& before) = 0;
    /// `b` stops to fetch and to serve. Its in-sync replicas end where they are now. One that has
    /// stopped already may stop for worse: a hung one is killed, a dead one loses its power.
    virtual void broker_stops(const RunState& run, BrokerId b, Stop how) = 0;
    /// A hung `b` goes on where it was, whatever happened meanwhile: it has not heard of it, and
    /// takes itself for the leader of what it led.
    virtual void broker_goes_on(const RunState& run, BrokerId b) = 0;
    /// `b` fetches again from the leaders of its replicas; `wiped`: its disks are empty. One that
    /// hung has gone on before, and hears of what it has missed from now on.
    virtual void broker_starts(const RunState& run, BrokerId b, bool wiped) = 0;
    /// Disks or network of `b` run at other shares of their rates, or it answers fetches later or
    /// sooner: `run` holds how.
    virtual void rates_change(const RunState& run, BrokerId b) = 0;
    /// The replication throttles of `b` are those of `run` from now on.
    virtual void throttles_change(const RunState& run, BrokerId b) = 0;
    /// Writes to topic `t` are at the surge that `run` holds; they were at `before` until now.
    virtual void surge_changes(const RunState& run, TopicId t, double before) = 0;
    /// The replicas in `dir` cannot be read or written any more, though their broker runs.
    virtual void dir_stops(const RunState& run, LogDirId dir) = 0;
    /// They can again, as soon as their broker has started anew; `wiped`: the disk is empty.
    virtual void dir_returns(const RunState& run, LogDirId dir, bool wiped) = 0;
    /// Some brokers of `c` can fetch from others no longer, or can again: `run` holds which.
    /// `partitions`: those with a replica at one of them, ascending.
    virtual void links_change(const RunState& run,
                              ClusterId c,
                              std::span<const PartitionId> partitions) = 0;
    /// What is left of the uplinks of `r` is as `run` holds it.
    virtual void uplink_changes(const RunState& run, RackId r) = 0;
    /// A new replica of `p` in `slot`, empty, begins to fetch; or one is deleted.
    virtual void replica_added(const RunState& run, PartitionId p, std::uint8_t slot) = 0;
    virtual void replica_removed(const RunState& run, PartitionId p, std::uint8_t slot) = 0;
    /// A step on `b` writes one record into each partition that `b` hosts. Where records are not
    /// counted there is nothing to write.
    virtual void write_synthetic(const RunState& run, BrokerId b, SyntheticMoment moment) {
        (void)run;
        (void)b;
        (void)moment;
    }
    /// The load of every broker moved with the daily curve.
    virtual void curve_changes(const RunState& run) = 0;
    /// Replicas of `b`, which goes on fetching, have left their ISRs: it was overloaded too long,
    /// or has lost its session.
    virtual void followers_evicted(const RunState& run, BrokerId b) = 0;

    /// Runs what happens inside the data plane up to `until`, at most; returns early, with an event
    /// of now in `run`'s queue, where something concerns the control plane. Events of `run` come
    /// after those inside of the same instant.
    virtual void advance(RunState& run, sim::Instant until) = 0;
    /// Where no event of `run` is left: true while the data plane alone still gets somewhere, such
    /// as a replica into its ISR.
    virtual bool goes_on(const RunState& run) = 0;
    /// The leader on `b` has found followers that lag: appends them (kafka-semantics §1.2).
    virtual void collect_lagging(const RunState& run,
                                 BrokerId b,
                                 std::vector<HostedReplica>& lagging) = 0;
    /// The run is over. Writes what this fidelity can say into `verdict`.
    virtual void finish(RunState& run, Verdict& verdict) = 0;

    /// A `catch_up` event of broker `b` is due: appends the replicas that have caught up by now.
    virtual void collect_caught_up(const RunState& run,
                                   BrokerId b,
                                   std::uint32_t version,
                                   std::vector<HostedReplica>& caught_up) = 0;
    /// Time to measure the replication quotas of `c` anew.
    virtual void quotas_due(RunState& run, ClusterId c) = 0;
    /// Re-solves what moved and schedules what is due next.
    virtual void settle(RunState& run) = 0;

    /// True where `b` has taken less than is written to it ever since its overload number
    /// `overload` began, which the version of its `follower_lags` event tells.
    virtual bool still_overloaded(BrokerId b, std::uint32_t overload) const = 0;
    /// Bytes fetched so far by replicas out of their ISR.
    virtual double catch_up_bytes() const = 0;
    /// The lag of `b` at `at`, to which everything stands as it does now; nothing where this
    /// fidelity does not tell it between events.
    virtual std::optional<ReplicaLag> replica_lag(const RunState& run,
                                                  BrokerId b,
                                                  sim::Instant at) const = 0;
    /// True where some replica that fetches can never catch up at the rates of now.
    virtual bool stuck(const RunState& run) const = 0;

protected:
    DataPlane(const DataPlane&) = default;
    DataPlane& operator=(const DataPlane&) = default;
};

}  // namespace rollcast::models
