// What a kind of fault is made of: a row of the catalogue, and what it does at its start and end.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "models/control_plane.hpp"
#include "models/executor.hpp"

namespace rollcast::models {

/// Families of architecture §5.
enum class FaultFamily : std::uint8_t {
    disk,
    network,
    version,
    auth,
    rack,
    machine,
    quorum,
    configuration,
    load,
    operation
};
inline constexpr int fault_family_count = 10;

/// What a kind strikes; files name it by a field of that name.
enum class FaultTarget : std::uint8_t {
    broker,
    rack,
    machine,
    log_dir,
    quorum_node,
    cluster,
    topic
};
inline constexpr int fault_target_count = 7;

/// What must be there for a fault to do anything.
enum class FaultNeeds : std::uint8_t {
    nothing,
    process,       // a process that no step holds down
    disk_rate,     // a disk of the broker with a rate
    network_rate,  // a network card of the broker with a rate
    reimage,       // a re-image that is still to come
    step           // a step that has not begun
};

/// A number that a kind takes. `unit`: "" = a plain number, "share" (0..1), "s", "B/s".
struct FaultParameter {
    std::string_view key;  // in files, its unit included
    std::string_view unit;
    double least = 0.0;
    double most = 0.0;
    double fallback = 0.0;
    std::string_view meaning;
    std::string_view source;  // of the default: a section of kafka-semantics, or "assumed"
    bool whole = false;       // a whole number
};

/// What is known of the faults of a run while it goes on.
struct FaultBook {
    std::vector<std::uint8_t> active;   // by fault
    std::vector<std::uint8_t> started;  // by fault: waits for nothing any more
    std::vector<std::uint32_t> times;   // by fault: how often it has started
    /// Losses of power that hold; nothing where the case has no faults.
    ScopeMap<MachineId, std::uint8_t> dark;

    bool has_power(MachineId m) const { return dark.size() == 0 || dark[m] == 0; }
};

/// A fault, and what it may act on.
struct FaultScene {
    RunState& run;
    ControlPlane& control;
    DataPlane& data;
    Executor& executor;
    FaultBook& book;
    std::uint32_t index = 0;  // of the fault in the case

    const Fault& fault() const { return run.a_case->faults[index]; }
    bool active() const { return book.active[index] != 0; }
};

using FaultAct = void (*)(FaultScene&);

struct FaultInfo {
    std::string_view word;  // in files and results
    FaultFamily family;
    FaultTarget target;
    /// Takes a duration; else what it brings about stays for the rest of the run.
    bool lasts = true;
    bool needs_trigger = true;  // else it starts with the run where nothing is said
    std::array<FaultParameter, most_fault_parameters> parameters{};  // those without a key are none
    std::string_view phrase;   // with {target}, {duration} and {0}, {1}, ... for the parameters
    std::string_view effect;   // what it does to the world, a sentence
    std::string_view shows;    // what shows it downstream, a sentence
    std::string_view over_by;  // what ends it, a sentence
    std::string_view source;   // of its effect
    FaultNeeds needs = FaultNeeds::nothing;
    FaultAct starts = nullptr;
    FaultAct ends = nullptr;  // none: nothing is undone
    /// Part `part` of it is due, as it has scheduled with `goes_on`.
    void (*goes_on)(FaultScene&, std::uint32_t part) = nullptr;
    /// A process of broker `b` is about to register while the fault lasts; true where that fails
    /// (and what follows is scheduled).
    bool (*refuses)(FaultScene&, BrokerId b) = nullptr;
    /// A process of broker `b` has started while the fault lasts.
    void (*process_started)(FaultScene&, BrokerId b) = nullptr;
    /// False where there is no such thing in the case, so that it could never do anything; then
    /// `only` says where there is.
    bool (*possible)(const Fleet&, const Fault&) = nullptr;
    std::string_view only = "";
    /// The shares of the rates of its broker that it leaves while it lasts; none: it slows nothing.
    void (*slows)(const Fault&, double& disks, double& network) = nullptr;
    /// The links of its cluster that it cuts or refuses while it lasts; none: it touches no links.
    void (*links)(const Fleet&, const Fault&, LinkRules&) = nullptr;
    /// What it makes of the uplinks of its rack while it lasts.
    void (*uplinks)(const Fleet&, const Fault&, UplinkLeft&) = nullptr;
    /// What it makes of the stack of broker `b` while it lasts; `migrated`: of that after its step.
    /// A process has it from its next start on, or at once where `alters_at_once`.
    void (*alters)(const Fleet&, const Fault&, BrokerId b, bool migrated, NodeStack&) = nullptr;
    bool alters_at_once = false;
    /// The settings of its cluster that it changes while it lasts; none: it changes no settings.
    void (*sets)(const Fleet&, const Fault&, ClusterConfig&) = nullptr;

    /// The replicas that it moves to other brokers; none: it moves nothing. A run makes room for
    /// them at its start (`with_room_for_moves`).
    std::vector<HostedReplica> (*moves)(const Fleet&, const Fault&) = nullptr;
    /// With `moves`: bytes/s that a broker gives or takes of what is moved; 0 = all it can.
    double (*move_throttle)(const Fault&) = nullptr;

    std::size_t parameter_count() const;
};

/// The kinds, one a file.
namespace faults {
extern const FaultInfo broker_crash;
extern const FaultInfo broker_hang;
extern const FaultInfo rack_power_loss;
extern const FaultInfo slow_disk;
extern const FaultInfo nic_degraded;
extern const FaultInfo reimage_no_return;
extern const FaultInfo log_dir_fails;
extern const FaultInfo disk_full;
extern const FaultInfo data_disk_lost;
extern const FaultInfo machine_power_loss;
extern const FaultInfo slow_leader;
extern const FaultInfo straggler;
extern const FaultInfo kernel_limit;
extern const FaultInfo correlated_burst;
extern const FaultInfo quorum_node_lost;
extern const FaultInfo quorum_lost;
extern const FaultInfo session_expiry_storm;
extern const FaultInfo controller_failover;
extern const FaultInfo fast_restart;
extern const FaultInfo throttle_set;
extern const FaultInfo throttle_lists_missing;
extern const FaultInfo leader_rebalance;
extern const FaultInfo min_isr_set;
extern const FaultInfo unclean_election;
extern const FaultInfo stop_timeout;
extern const FaultInfo surge;
extern const FaultInfo topic_surge;
extern const FaultInfo leader_imbalance;
extern const FaultInfo gate_skipped;
extern const FaultInfo next_batch_early;
extern const FaultInfo wrong_host;
extern const FaultInfo network_blip;
extern const FaultInfo one_way_block;
extern const FaultInfo uplink_degraded;
extern const FaultInfo uplink_lossy;
extern const FaultInfo rack_split;
extern const FaultInfo cut_from_quorum;
extern const FaultInfo protocol_unpinned;
extern const FaultInfo protocol_unknown;
extern const FaultInfo never_rejoins;
extern const FaultInfo transactions_fail;
extern const FaultInfo controller_side;
extern const FaultInfo masked_error;
extern const FaultInfo certificate_missing;
extern const FaultInfo certificate_expired;
extern const FaultInfo wrong_issuer;
extern const FaultInfo sha1_certificate;
extern const FaultInfo short_key;
extern const FaultInfo trust_collapsed;
extern const FaultInfo principal_changed;
extern const FaultInfo orchestrator_blind;
extern const FaultInfo clients_locked_out;
extern const FaultInfo reassignment;
extern const FaultInfo self_balancing;
extern const FaultInfo lost_rack;
extern const FaultInfo quorum_leader_rolled_early;
extern const FaultInfo bit_rot;
extern const FaultInfo telemetry_outage;
extern const FaultInfo cold_consumer_scan;
}  // namespace faults

}  // namespace rollcast::models
