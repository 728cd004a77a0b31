// Makes the faults of a case happen to the world.
#pragma once

#include <vector>

#include "models/control_plane.hpp"
#include "models/executor.hpp"

namespace rollcast::models {

/// Faults of the scope: those with a time are scheduled at the start, those that wait for a phase
/// when their machine enters it. A fault acts on processes, rates and machines only.
class FaultInjector {
public:
    explicit FaultInjector(const RunState& run);

    void schedule_timed(RunState& run);
    /// `machine` has entered `phase`: starts what waited for that, once.
    void phase_entered(RunState& run, MachineId machine, StepPhase phase);
    void starts(RunState& run,
                ControlPlane& control,
                DataPlane& data,
                Executor& executor,
                std::uint32_t fault);
    void ends(RunState& run,
              ControlPlane& control,
              DataPlane& data,
              Executor& executor,
              std::uint32_t fault);
    /// A process that died by a fault starts again: log recovery where its marker is missing.
    void process_starts(RunState& run, const Executor& executor, const Event& event);
    void process_registers(RunState& run,
                           ControlPlane& control,
                           Executor& executor,
                           const Event& event);

private:
    /// True while a rack has no power.
    bool dark(const RunState& run, RackId rack) const;
    bool in_scope(const RunState& run, const Fault& fault) const;
    void kill(RunState& run,
              ControlPlane& control,
              Executor& executor,
              BrokerId b,
              std::uint32_t fault,
              bool hung,
              bool power);
    void set_rates(RunState& run, DataPlane& data, BrokerId b, std::uint32_t fault);
    void rack_goes(RunState& run, ControlPlane& control, Executor& executor, std::uint32_t fault);
    void hang_ends(RunState& run, ControlPlane& control, Executor& executor, std::uint32_t fault);
    void rack_returns(RunState& run, Executor& executor, RackId rack);

    std::vector<std::uint8_t> active_;   // by fault
    std::vector<std::uint8_t> started_;  // by fault: each starts once
};

}  // namespace rollcast::models
