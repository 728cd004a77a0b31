// What the planner says of a random case, held against the independent checker and the simulation.
#pragma once

#include "scenarios/hunt/hold.hpp"

namespace rollcast::cli {

/// Plans the case with the gate and the data disks of its own plan. Wrong is: a plan that breaks a
/// rule in the full simulation or does not run at the times that are certified; a certificate that
/// the checker refuses; a bound above the makespan of the planner's plan, or of the case's own
/// where that is safe; a refutation of all plans where the case's own is safe.
scenarios::PlanJudge planner_judge();

}  // namespace rollcast::cli
