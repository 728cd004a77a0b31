// The record fidelity: batches of records as events, counted to the last one.
#pragma once

#include <functional>
#include <span>
#include <utility>

#include "models/data_plane.hpp"
#include "models/record_state.hpp"

namespace rollcast::models {

/// The second implementation of the data plane. Producers, leaders, followers and consumers act on
/// single batches (record_producer.hpp, record_leader.hpp, record_fetch.hpp, record_consumer.hpp),
/// in an event queue of their own, inside the time between two events of the run.
///
/// Left out: compaction, transactions, buffer.memory and max.block.ms (producers never block),
/// segment rolls (pages reach the disk by write-back alone), uplinks of racks.
class RecordPlane final : public DataPlane {
public:
    explicit RecordPlane(const RunState& run);

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
    void write_synthetic(const RunState& run, BrokerId b, SyntheticMoment moment) override;
    /// No run that counts records moves replicas: `with_room_for_moves` is for the flow fidelity.
    void replica_added(const RunState&, PartitionId, std::uint8_t) override {}
    void replica_removed(const RunState&, PartitionId, std::uint8_t) override {}
    void curve_changes(const RunState& run) override;
    /// Only rates can be overloaded: here the leaders' own checks find who lags.
    void followers_evicted(const RunState&, BrokerId) override {}
    bool still_overloaded(BrokerId, std::uint32_t) const override { return false; }
    void collect_caught_up(const RunState& run,
                           BrokerId b,
                           std::uint32_t version,
                           std::vector<HostedReplica>& caught_up) override;
    void collect_lagging(const RunState& run,
                         BrokerId b,
                         std::vector<HostedReplica>& lagging) override;
    void settle(RunState&) override {}
    /// Every fetch asks its quotas by itself.
    void quotas_due(RunState&, ClusterId) override {}
    void advance(RunState& run, sim::Instant until) override;
    bool goes_on(const RunState& run) override;
    void finish(RunState& run, Verdict& verdict) override;
    double catch_up_bytes() const override { return state_.catch_up_bytes; }
    std::optional<ReplicaLag> replica_lag(const RunState&, BrokerId, sim::Instant) const override {
        return {};
    }
    bool stuck(const RunState& run) const override;

    /// For tests: all that there is, and when the next thing happens; never() if nothing will.
    const RecordState& state() const { return state_; }
    sim::Instant next_at();
    std::uint64_t events() const { return events_; }
    /// Lets `onlooker` see the records after every instant at which something happens to them while
    /// the run goes on. It is no part of the run, so that copies have none.
    void watched_by(std::function<void(const RecordState&)> onlooker) {
        onlooker_ = std::move(onlooker);
    }

private:
    void handle(const RunState& run, const RecordEvent& event);
    void signal(RunState& run);
    void drain(RunState& run);
    void tell_brokers(const RunState& run, PartitionId p);
    void close_connections(const RunState& run, BrokerId b, Stop how);
    void connections_close(std::uint32_t broker, std::uint32_t kill);
    void learn_hosted(const RunState& run, BrokerId b, sim::Duration after);
    void set_rates(const RunState& run, BrokerId b);
    std::int64_t backlog(const RunState& run) const;

    RecordState state_;
    std::vector<HostedReplica> to_expand_;  // told to the control plane, not yet collected
    std::int64_t least_backlog_ = 0;        // records, since the control plane last did something
    std::uint64_t events_ = 0;
    std::function<void(const RecordState&)> onlooker_;
};

}  // namespace rollcast::models
