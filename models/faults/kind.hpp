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
enum class FaultTarget : std::uint8_t { broker, rack, machine };
inline constexpr int fault_target_count = 3;

/// What must be there for a fault to do anything.
enum class FaultNeeds : std::uint8_t {
    nothing,
    process,       // a process that no step holds down
    disk_rate,     // a disk of the broker with a rate
    network_rate,  // a network card of the broker with a rate
    reimage        // a re-image that is still to come
};

/// A number that a kind takes. `unit`: "" = a plain number, "share" (0..1), "s".
struct FaultParameter {
    std::string_view key;  // in files, its unit included
    std::string_view unit;
    double least = 0.0;
    double most = 0.0;
    double fallback = 0.0;
    std::string_view meaning;
    std::string_view source;  // of the default: a section of kafka-semantics, or "assumed"
};

/// What is known of the faults of a run while it goes on.
struct FaultBook {
    std::vector<std::uint8_t> active;   // by fault
    std::vector<std::uint8_t> started;  // by fault: each starts once
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
    /// The shares of the rates of its broker that it leaves while it lasts; none: it slows nothing.
    void (*slows)(const Fault&, double& disks, double& network) = nullptr;

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
}  // namespace faults

}  // namespace rollcast::models
