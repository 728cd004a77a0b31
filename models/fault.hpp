// What fails, where and when. A fault acts on the state of the world; it never writes a metric or a
// verdict. What each kind does, and what it takes, is in models/faults/, one file a kind.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "models/fleet.hpp"
#include "models/step.hpp"
#include "sim/units.hpp"

namespace rollcast::models {

/// In the order of the catalogue (models/faults/catalogue.cpp).
enum class FaultKind : std::uint8_t {
    broker_crash,
    broker_hang,
    rack_power_loss,
    slow_disk,
    nic_degraded,
    reimage_no_return,
    log_dir_fails,
    disk_full,
    data_disk_lost,
    machine_power_loss,
    slow_leader,
    straggler,
    kernel_limit,
    correlated_burst,
    quorum_node_lost,
    quorum_lost,
    session_expiry_storm,
    controller_failover,
    fast_restart,
    throttle_set,
    throttle_lists_missing,
    leader_rebalance,
    min_isr_set,
    unclean_election,
    stop_timeout,
    surge,
    topic_surge,
    leader_imbalance,
    gate_skipped,
    next_batch_early,
    wrong_host,
    network_blip,
    one_way_block,
    uplink_degraded,
    uplink_lossy,
    rack_split,
    cut_from_quorum,
    protocol_unpinned,
    protocol_unknown,
    never_rejoins,
    transactions_fail,
    controller_side,
    masked_error,
    certificate_missing,
    certificate_expired,
    wrong_issuer,
    sha1_certificate,
    short_key,
    trust_collapsed,
    principal_changed,
    orchestrator_blind,
    clients_locked_out,
    reassignment,
    self_balancing,
    lost_rack,
    quorum_leader_rolled_early,
    bit_rot,
    telemetry_outage,
    cold_consumer_scan
};
inline constexpr int fault_kind_count = 59;

/// When a fault starts, one of:
/// - at an instant;
/// - `delay` after the step of `machine` enters `phase`;
/// - `delay` after the first broker of batch `batch` (from 0) of cluster `batch_of` enters `phase`;
/// - again and again at a rate, at moments of a Poisson process, unless it still lasts from the
/// time
///   before;
/// - at the instant at which the run without faults is most exposed to the failure of the target:
///   when most partitions would fall under their floor without it, at last at the instant at which
///   most partitions are at their floor.
struct FaultTrigger {
    std::optional<sim::Instant> at;
    MachineId machine = MachineId::none();
    ClusterId batch_of = ClusterId::none();
    std::uint32_t batch = 0;
    StepPhase phase = StepPhase::preflight;
    sim::Duration delay{};
    double per_day = 0.0;
    bool worst_moment = false;
    /// Of a programme: the pass whose step it waits for. One with an instant has it from the start
    /// of the programme, and comes in whichever pass that falls into.
    std::uint32_t pass = 0;
};

inline constexpr std::size_t most_fault_parameters = 4;

struct Fault {
    std::string name;
    FaultKind kind = FaultKind::broker_crash;
    // Its target; which one a kind takes is in the catalogue.
    BrokerId broker = BrokerId::none();
    RackId rack = RackId::none();
    MachineId machine = MachineId::none();
    LogDirId log_dir = LogDirId::none();
    QuorumNodeId quorum_node = QuorumNodeId::none();
    ClusterId cluster = ClusterId::none();
    TopicId topic = TopicId::none();
    /// Its target is the broker, rack or log dir with the least margin in the run without faults:
    /// at the instant at which it starts where that is given, else at the worst of the run.
    bool worst_target = false;
    FaultTrigger trigger;
    sim::Duration duration{};  // until what ends it; 0 = for the rest of the run
    /// Parameters of its kind by their place in the catalogue, in the unit given there. What is not
    /// set has the default.
    std::array<std::optional<double>, most_fault_parameters> values{};

    /// Parameter `place` of its kind, or the default. Throws ContractViolation where the kind has
    /// none there.
    double value(std::size_t place) const;
};

/// The cluster that a fault strikes.
ClusterId struck_cluster(const Fleet& fleet, const Fault& fault);

}  // namespace rollcast::models
