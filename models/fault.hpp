// What fails, where and when. A fault acts on the state of the world; it never writes a metric or a
// verdict.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/ids.hpp"
#include "models/step.hpp"
#include "sim/units.hpp"

namespace rollcast::models {

enum class FaultKind : std::uint8_t {
    broker_crash,      // process dies, page cache kept; back after `duration`
    broker_hang,       // process stops for `duration`, host and connections stay
    rack_power_loss,   // every machine of the rack is off for `duration`; page cache gone
    slow_disk,         // the log dirs of a broker at `factor` of their rates for `duration`
    nic_degraded,      // the network card of a broker at `factor` of its rate for `duration`
    reimage_no_return  // the machine's next re-image never ends
};

/// When a fault starts: at an instant, or `delay` after a machine's step enters a phase.
struct FaultTrigger {
    std::optional<sim::Instant> at;
    MachineId machine = MachineId::none();
    StepPhase phase = StepPhase::preflight;
    sim::Duration delay{};
};

struct Fault {
    std::string name;
    FaultKind kind = FaultKind::broker_crash;
    BrokerId broker = BrokerId::none();     // crash, hang, disk, NIC
    RackId rack = RackId::none();           // power loss
    MachineId machine = MachineId::none();  // re-image
    FaultTrigger trigger;
    sim::Duration duration{};  // until the broker restarts or the resource is whole again
    double factor = 1.0;       // slow_disk, nic_degraded: share of the rate that is left, 0..1
};

}  // namespace rollcast::models
