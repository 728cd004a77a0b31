// Nominal steps of all machines of a fleet, computed once for a search.
#pragma once

#include "models/nominal_step.hpp"
#include "models/plan.hpp"

namespace rollcast::planner {

using StepTable = models::IdMap<models::MachineId, models::NominalStep>;

inline StepTable step_table(const models::Case& a_case, models::DataDisk data_disk) {
    StepTable steps;
    for (std::uint32_t m = 0; m < a_case.fleet.machines().size(); ++m) {
        steps.push_back(models::nominal_step(a_case, models::MachineId{m}, data_disk));
    }
    return steps;
}

/// The time for which a machine that starts first keeps a conflicting neighbour from starting, at
/// least: its whole step, or under a gate per partition until it has registered and that is seen
/// (planner §1.5, first paragraph: charge the shortest separation, never more).
inline sim::Duration least_separation(const models::NominalStep& step,
                                      const models::Case& a_case,
                                      models::Gate gate) {
    return gate == models::Gate::broker_in_sync ? step.least()
                                                : step.until_registered + a_case.step.observe_delay;
}

}  // namespace rollcast::planner
