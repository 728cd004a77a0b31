// All that changes in a run besides the data plane and the orchestrator: plain values, so that a
// copy is a snapshot.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "models/case.hpp"
#include "models/data_signature.hpp"
#include "models/event.hpp"
#include "models/load_book.hpp"
#include "models/margin_book.hpp"
#include "models/metric_book.hpp"
#include "models/partition_table.hpp"
#include "models/safety_book.hpp"
#include "models/simulate.hpp"
#include "models/stacks/link_book.hpp"
#include "sim/event_queue.hpp"
#include "sim/random.hpp"
#include "sim/trace.hpp"

namespace rollcast::models {

/// A broker's process as the cluster meets it.
struct BrokerState {
    enum class Process : std::uint8_t { up, down, hung };
    Process process = Process::up;
    bool fenced = false;           // the controller knows that it is gone
    bool page_cache_lost = false;  // power loss since the last start
    bool clean_stop = true;        // the last stop left the clean marker
    std::uint32_t version = 0;     // of its process: what was scheduled for an older one is void
    std::uint32_t out_of_isr = 0;  // hosted replicas out of their ISR
    std::uint32_t detections = 0;  // so far: the occurrence of the next draw
    bool rack_lost = false;        // it runs without its broker.rack
    bool leaving = false;          // in controlled shutdown: leads and joins nothing
    bool controlled = false;       // dead, and the controller of the cluster until then (ZooKeeper)
    sim::Instant heartbeat_at = sim::Instant::never();  // of one that is known (KRaft)
    double disk_factor = 1.0;                           // share of its rates that faults leave
    double network_factor = 1.0;
    sim::Instant since;                                          // of the last change of `process`
    Cause reason{.kind = Cause::Kind::initial_state, .at = {}};  // why it is gone
    sim::Instant fenced_at;
    sim::Instant serves_at;       // it joins no ISR before
    SpreadDuration join_queue{};  // of its start, where known: Action::join_queue
    sim::Instant left_isr_at;
};

/// Replication throttles of one broker, B/s (kafka-semantics §4.2).
struct Throttles {
    ByteRate leader = unlimited;
    ByteRate follower = unlimited;
};

/// The configuration that is in force, why the reaction of a cluster's control plane is held up,
/// and what waits for it.
struct ClusterState {
    ClusterConfig config;
    int quorum_up = 0;
    bool quorum_ok = true;
    sim::Instant reaction_at;                // elections and ISR changes wait until then
    BrokerId controller = BrokerId::none();  // ZooKeeper mode
    QuorumNodeId quorum_leader = QuorumNodeId::none();
    std::uint32_t version = 0;  // of the reaction: a later pause voids an earlier return
    bool leaders_return_scheduled = false;
    /// Since when some partition is not led by its preferred leader, as the timer counts (KRaft).
    sim::Instant imbalanced_at = sim::Instant::never();
    std::vector<Event> deferred;
    std::vector<HostedReplica> deferred_expands;
    std::vector<HostedReplica> expands_of_fenced;  // caught up before their brokers serve
    std::vector<BrokerId> returned;                // brokers whose leadership is to come back
};

/// Counts of what happened.
struct RunCounters {
    std::uint64_t isr_shrinks = 0;
    std::uint64_t isr_expands = 0;
    std::uint64_t leader_moves = 0;
    std::uint64_t unclean_elections = 0;
    /// Joins that a controlled shutdown undoes (see ControlPlane), by the action that asked for it.
    std::map<std::uint32_t, std::uint64_t> undone_joins;
    std::uint64_t events = 0;
    double stall_partition_seconds = 0.0;
    sim::Duration longest_stall{};
};

/// A replica that left or joined its ISR.
struct IsrMove {
    PartitionId partition;
    std::uint8_t slot = 0;
    bool joined = false;
};

/// Replicas that move, by partition: those under way, and those that are done.
struct ReplicaMoves {
    std::map<PartitionId, ReplicaMove> under_way;
    std::map<PartitionId, ReplicaMove> done;  // and not undone by a move back
    HostedReplica going{PartitionId::none(),
                        0};      // gives its place to another in the event under way
    std::vector<BrokerId> left;  // brokers that have lost a replica in the event under way

    bool adds(PartitionId p, std::size_t slot) const {
        if (under_way.empty()) return false;
        const auto found = under_way.find(p);
        return found != under_way.end() && found->second.adds == slot;
    }
    /// The slot that is `place`-th in the order of assignment: a new replica stands where the old
    /// one stood.
    int slot_at(PartitionId p, int place) const {
        if (done.empty()) return place;
        const auto found = done.find(p);
        if (found == done.end()) return place;
        if (place == found->second.removes) return found->second.adds;
        return place == found->second.adds ? found->second.removes : place;
    }
    /// True where the replica in `slot` has given its place to another.
    bool moved_away(PartitionId p, std::size_t slot) const {
        if (going.partition == p && going.slot == slot) return true;
        if (done.empty()) return false;
        const auto found = done.find(p);
        return found != done.end() && found->second.removes == slot;
    }
};

/// A change of leader or ISR, as the cluster's own metadata log would hold it.
struct Transition {
    sim::Instant at;
    PartitionId partition;
    std::uint32_t epoch = 0;
    std::uint8_t isr = 0;
    std::int8_t leader = -1;
};

struct RunState {
    RunState(const Case& the_case, const Scope& the_scope, const RunOptions& the_options);

    const Case* a_case;
    Scope scope;
    RunOptions options;

    sim::Instant now;
    sim::EventQueue<Event> queue;
    std::size_t working_events = 0;  // scheduled ones that are not idle
    std::uint64_t changes = 0;       // events so far that may be news to a policy

    ScopeMap<BrokerId, double> disk_write_capacity;  // bytes/s, whole disks
    ScopeMap<BrokerId, double> disk_read_capacity;
    PartitionTable partitions;
    ScopeMap<BrokerId, BrokerState> brokers;
    ScopeMap<QuorumNodeId, std::uint8_t> quorum_node_up;
    /// Raised by every stop: a start that was scheduled before it is void.
    ScopeMap<QuorumNodeId, std::uint32_t> quorum_node_version;
    ScopeMap<ClusterId, ClusterState> clusters;
    SafetyBook safety;
    MarginBook margin;
    LoadBook load;
    ScopeMap<ClusterId, sim::TraceHash> trace;
    std::uint32_t dead_unfenced = 0;  // brokers that are gone and still have their session
    RunCounters counters;
    bool record_isr_moves = false;   // the orchestrator's gate looks at single partitions
    std::vector<IsrMove> isr_moves;  // of the event under way
    bool record_transitions = false;
    std::vector<Transition> transitions;  // so far, where they are recorded
    bool record_metrics = false;          // somebody watches
    MetricBook metrics;                   // empty where nobody does

    ReplicaMoves moves;
    /// Brokers that are demoted: the last in the order of every partition that they host. Few.
    std::vector<BrokerId> demoted;
    std::set<ClusterId> balancing;  // clusters that move data by themselves
    /// Share of the time of their disks that checksums beside the traffic leave brokers.
    std::map<BrokerId, double> left_by_scans;
    DataSignatures signatures;
    std::vector<StepFinding> step_findings;  // so far

    /// Throttles that were set apart from the configuration, by broker.
    std::map<BrokerId, Throttles> throttles_set;
    /// How long brokers hold up the fetches of followers; the others answer at once.
    std::map<BrokerId, sim::Duration> fetch_delay;
    LinkBook links;  // empty where nothing can refuse one
    /// How many of their brokers, in order, clusters have that nobody scrapes; those not in it have
    /// none.
    std::map<ClusterId, std::uint32_t> unscraped;

    const Fleet& fleet() const { return a_case->fleet; }

    /// The configuration of a cluster as it is now; at the start it is that of the fleet.
    const ClusterConfig& config(ClusterId c) const { return clusters[c].config; }
    const ClusterConfig& config(BrokerId b) const { return config(fleet().brokers()[b].cluster); }
    /// How long the supervisor of `b` waits for its stop; nothing: as long as it takes.
    std::optional<sim::Duration> stop_timeout(BrokerId b) const {
        const BrokerSettings* own = fleet().own_config(b);
        return own != nullptr && own->stop_timeout ? own->stop_timeout : config(b).stop_timeout;
    }
    /// The throttles that have an effect on `b`: none without topic lists (kafka-semantics §4.2).
    Throttles throttles(BrokerId b) const;
    /// True where the replica of `p` in `slot` lies on a log dir that has failed.
    bool dir_failed(PartitionId p, std::size_t slot) const {
        return !load.dead_dirs().empty() && !load.live(fleet().replica_dirs(p)[slot]);
    }

    /// What is left of `rate`, one way of the uplinks of `r`, bytes/s; infinity where it is no
    /// limit.
    double uplink_capacity(RackId r, ByteRate rate) const;
    /// True where the replica of `p` in `slot` neither takes writes nor may lead, though its broker
    /// may live: its log dir has failed, or there is none.
    bool out_of_use(PartitionId p, std::size_t slot) const {
        return dir_failed(p, slot) || load.absent(p, slot);
    }
    /// The slot of the preferred leader.
    int preferred(PartitionId p) const {
        return demoted.empty() ? moves.slot_at(p, 0) : preferred_of_others(p);
    }
    /// The move by which a policy takes `replica` away, or back to where it was at the start;
    /// nothing where there is none.
    std::optional<ReplicaMove> policy_move(const HostedReplica& replica) const;
    bool is_demoted(BrokerId b) const {
        return std::find(demoted.begin(), demoted.end(), b) != demoted.end();
    }

    /// True where somebody scrapes what runs on `m`. A machine without a broker is scraped as long
    /// as any broker of its cluster is.
    bool scraped(MachineId m) const;
    /// True where somebody scrapes any broker of `c`.
    bool scraped(ClusterId c) const;
    /// Share of the rates of its disks that `b` has for its traffic.
    double disks_left(BrokerId b) const {
        const auto scan = left_by_scans.find(b);
        const double left = scan == left_by_scans.end() ? 1.0 : scan->second;
        return brokers[b].disk_factor * left * left_by_cold_reads(b);
    }
    /// Share of the time of the disks of `b` that consumers who read old records leave: a disk
    /// serves reads and appends alike (kafka-semantics §4.4), so that half is left at least
    /// (assumed).
    double left_by_cold_reads(BrokerId b) const;
    /// Partitions that `b` leads, served or not.
    std::int64_t led_by(BrokerId b) const;
    /// The first in the order of `p` that is on no demoted broker, where there is one.
    int preferred_of_others(PartitionId p) const;

    void schedule(sim::Instant at, Event event);
    void schedule(sim::Duration after, Event event) { schedule(now + after, event); }

    /// The nominal duration, or a draw for (entity, purpose, occurrence) where durations are drawn.
    sim::Duration draw(const SpreadDuration& duration,
                       std::uint32_t entity,
                       sim::Draw purpose,
                       std::uint32_t occurrence) const;
    /// `least` plus a uniform share of `width`; its middle where durations are nominal.
    sim::Duration spread(sim::Duration least,
                         sim::Duration width,
                         std::uint32_t entity,
                         sim::Draw purpose,
                         std::uint32_t occurrence) const;
};

}  // namespace rollcast::models
