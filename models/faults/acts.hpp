// What several kinds of fault do to the world.
#pragma once

#include "models/faults/kind.hpp"

namespace rollcast::models {

/// The fault as the cause of what befalls `b`.
Cause cause_of(const FaultScene& scene, BrokerId b);

/// The process of `b` is gone without a word, see ControlPlane::die.
void kill_process(FaultScene& scene, BrokerId b, bool hung, bool power);
/// The process of `b` begins to start by itself.
void start_process(FaultScene& scene, BrokerId b);

/// `m` loses its power, with all that runs on it, or has it back.
void cut_power(FaultScene& scene, MachineId m);
void restore_power(FaultScene& scene, MachineId m);

/// Disks and network of `b` run at what the faults that hold leave of them.
void set_rates(FaultScene& scene, BrokerId b);

}  // namespace rollcast::models
