// Makes the faults of a case happen to the world.
#pragma once

#include "models/faults/kind.hpp"
#include "models/verdict.hpp"

namespace rollcast::models {

/// Faults of the scope: those with a time are scheduled at the start, those that wait for a phase
/// when their machine enters it. What they do is in models/faults/. The moments of a fault that
/// comes at a rate hang on the seed and on its name alone.
class FaultInjector {
public:
    explicit FaultInjector(const RunState& run);

    void schedule_timed(RunState& run);
    /// True where a fault of the scope waits for the worst moment.
    bool wait_for_worst(const RunState& run) const;
    /// Schedules those, with the verdict of the run without faults.
    void schedule_worst(RunState& run, const Verdict& calm);
    /// `machine` has entered `phase`: starts what waited for that, once.
    void phase_entered(RunState& run, const Executor& executor, MachineId machine, StepPhase phase);
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
    /// A part of a fault is due.
    void goes_on(RunState& run,
                 ControlPlane& control,
                 DataPlane& data,
                 Executor& executor,
                 const Event& event);
    /// The broker of `machine` has started in its step.
    void step_started(RunState& run,
                      ControlPlane& control,
                      DataPlane& data,
                      Executor& executor,
                      MachineId machine);
    /// A process that died by a fault starts again: log recovery where its marker is missing.
    void process_starts(RunState& run, const Executor& executor, const Event& event);
    void process_registers(RunState& run,
                           ControlPlane& control,
                           DataPlane& data,
                           Executor& executor,
                           const Event& event);

private:
    void schedule_next(RunState& run, std::uint32_t fault);
    bool refused(FaultScene scene, BrokerId b);
    void process_started(FaultScene scene, BrokerId b);
    bool in_scope(const RunState& run, const Fault& fault) const {
        return run.scope.holds(struck_cluster(run.fleet(), fault));
    }

    FaultBook book_;
};

}  // namespace rollcast::models
