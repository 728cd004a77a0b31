// Makes the faults of a case happen to the world.
#pragma once

#include "models/faults/kind.hpp"

namespace rollcast::models {

/// Faults of the scope: those with a time are scheduled at the start, those that wait for a phase
/// when their machine enters it. What they do is in models/faults/.
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
    bool in_scope(const RunState& run, const Fault& fault) const {
        return run.scope.holds(struck_cluster(run.fleet(), fault));
    }

    FaultBook book_;
};

}  // namespace rollcast::models
