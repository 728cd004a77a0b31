// What an order comes to when every step takes its nominal time: the planner's fast evaluation.
#pragma once

#include <vector>

#include "models/case.hpp"
#include "models/conflicts.hpp"
#include "models/plan.hpp"
#include "planner/steps.hpp"

namespace rollcast::planner {

/// A schedule with fixed durations. `start` has an entry a machine of the fleet, never() where it
/// is not planned or was never admitted.
struct Decoded {
    sim::Duration makespan{};
    std::vector<sim::Duration> span;  // by cluster, first start to last end; 0 where nothing ran
    models::IdMap<models::MachineId, sim::Instant> start;
    bool complete = true;  // false: some machine is never admitted
};

/// Plays plans through models::Dispatcher, so the admission rules are those of the executor; the
/// durations are StepTable means, nothing contends and nothing fails.
class Decoder {
public:
    /// All three must outlive the decoder. `conflicts` in cluster order.
    Decoder(const models::Case& a_case,
            const StepTable& steps,
            const std::vector<models::ClusterConflicts>& conflicts)
        : case_(&a_case), steps_(&steps), conflicts_(&conflicts) {}

    /// O(machines x waiting machines looked at per event).
    Decoded decode(const models::Plan& plan) const;

    const models::Case& a_case() const { return *case_; }
    const StepTable& steps() const { return *steps_; }
    const std::vector<models::ClusterConflicts>& conflicts() const { return *conflicts_; }

private:
    const models::Case* case_;
    const StepTable* steps_;
    const std::vector<models::ClusterConflicts>* conflicts_;
};

}  // namespace rollcast::planner
