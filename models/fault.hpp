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
    reimage_no_return
};
inline constexpr int fault_kind_count = 6;

/// When a fault starts: at an instant, or `delay` after a machine's step enters a phase.
struct FaultTrigger {
    std::optional<sim::Instant> at;
    MachineId machine = MachineId::none();
    StepPhase phase = StepPhase::preflight;
    sim::Duration delay{};
};

inline constexpr std::size_t most_fault_parameters = 4;

struct Fault {
    std::string name;
    FaultKind kind = FaultKind::broker_crash;
    // Its target; which one a kind takes is in the catalogue.
    BrokerId broker = BrokerId::none();
    RackId rack = RackId::none();
    MachineId machine = MachineId::none();
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
