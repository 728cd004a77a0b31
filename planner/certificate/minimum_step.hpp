// The shortest that a step can take, recomputed from the case alone.
#pragma once

#include <vector>

#include "models/case.hpp"
#include "models/plan.hpp"

namespace rollcast::planner::certificate {

/// Each from the step's start, at the least load that the case knows, nobody else wanting the
/// bandwidth (planner §1.2: backlog / (capacity - live writes), rounded up to the nanosecond).
struct MinimumStep {
    sim::Duration stopped{};
    sim::Duration image_end{};
    sim::Duration registered{};
    sim::Duration in_sync{};
    sim::Duration end{};
    /// For which it keeps a conflicting neighbour from starting: the whole step where the gate
    /// waits for the whole broker, else until it has registered and that is seen.
    sim::Duration separation{};
    bool converges = true;  // false: at no load of the case does its catch-up end
};

/// By machine of the fleet.
std::vector<MinimumStep> minimum_steps(const models::Case& a_case,
                                       models::Gate gate,
                                       models::DataDisk data_disk);

}  // namespace rollcast::planner::certificate
