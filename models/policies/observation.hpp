// What a tool sees of one cluster when it looks: what brokers and metadata answer, and how far the
// machines are that it has restarted. Never what only the simulator knows.
#pragma once

#include <cstdint>
#include <vector>

#include "models/run_state.hpp"

namespace rollcast::models {

/// A machine as the tool that restarts it sees it.
enum class Sight : std::uint8_t {
    untouched,
    asked,     // it has asked for the restart; the process does not start yet
    starting,  // the command that starts the process has returned
    started,   // the process has registered since
    lost       // given up: it did not come back in time
};

/// One look at one cluster, at the instant of the run.
class Observation {
public:
    /// `listed`: brokers of the plan, in its order.
    Observation(const RunState& run,
                ClusterId cluster,
                const std::vector<BrokerId>& listed,
                const ScopeMap<MachineId, Sight>& machines,
                bool quorum_left)
        : run_(run),
          cluster_(cluster),
          listed_(listed),
          machines_(machines),
          quorum_left_(quorum_left) {}

    sim::Instant now() const { return run_.now; }
    /// Changes with whatever may be news.
    std::uint64_t changes() const { return run_.changes; }
    const Fleet& fleet() const { return run_.fleet(); }
    const Cluster& cluster() const { return fleet().clusters()[cluster_]; }
    const std::vector<BrokerId>& listed() const { return listed_; }
    /// A quorum node on a machine of its own is still to be done.
    bool quorum_left() const { return quorum_left_; }

    Sight sight(BrokerId b) const { return machines_[fleet().brokers()[b].machine]; }
    bool untouched(BrokerId b) const { return sight(b) == Sight::untouched; }
    /// Brokers of the plan that have not been restarted, in its order.
    std::vector<BrokerId> left() const;
    /// Its process runs and answers, whatever its replicas do.
    bool answers(BrokerId b) const { return run_.brokers[b].process == BrokerState::Process::up; }
    /// A pod that is Ready: its process runs, and no restart of it is under way.
    bool ready(BrokerId b) const {
        return answers(b) && (sight(b) == Sight::untouched || sight(b) == Sight::started);
    }
    bool all_ready(const std::vector<BrokerId>& brokers) const;

    /// By metadata: ISR and leader of a partition.
    const PartitionState& partition(PartitionId p) const { return run_.partitions[p]; }
    /// By metadata: every replica on `b` is in its ISR.
    bool in_sync(BrokerId b) const { return run_.brokers[b].out_of_isr == 0; }
    /// By metadata: every replica of the cluster is in its ISR.
    bool all_in_sync() const;
    /// By JMX: partitions under-replicated as their leaders report it, of those brokers of
    /// `polled` that answer (kafka-semantics §1.9).
    std::uint32_t under_replicated_led_by(const std::vector<BrokerId>& polled) const;
    /// By metadata: replicas on `b`, one that is still being made included.
    std::vector<HostedReplica> replicas_on(BrokerId b) const;
    /// By metadata: slot `slot` of `p` holds a replica.
    bool holds(PartitionId p, std::size_t slot) const { return !run_.load.absent(p, slot); }
    /// Replicas that were on `b` at the start and are elsewhere now.
    std::vector<HostedReplica> moved_off(BrokerId b) const;
    /// By metadata: reassignments of the cluster that are under way.
    std::vector<ReplicaMove> reassignments() const;
    /// By metadata: the reassignment of `p` is under way.
    bool reassigned(PartitionId p) const { return run_.moves.under_way.contains(p); }
    /// The broker to which `replica` can go, or back to; none() where there is none.
    BrokerId place_for(const HostedReplica& replica) const;
    /// By metadata: the broker that leads `p`; none() where there is none.
    BrokerId leader(PartitionId p) const;
    /// By metadata: partitions that `b` leads and another replica in sync could lead.
    std::size_t leaders_to_move(BrokerId b) const;
    /// The active controller where a broker is it (ZooKeeper mode).
    BrokerId controller() const { return run_.clusters[cluster_].controller; }

private:
    const RunState& run_;
    ClusterId cluster_;
    const std::vector<BrokerId>& listed_;
    const ScopeMap<MachineId, Sight>& machines_;
    bool quorum_left_;
};

/// True where every partition on `b` can spare it by Strimzi's rule: its ISR is above min ISR, or
/// at it and without `b`; partitions with RF <= min ISR are let pass where `exempt_rf` says so.
bool can_spare(const Observation& seen, BrokerId b, bool exempt_rf);

}  // namespace rollcast::models
