// The policies of `rollcast plan`, for scenarios.
#pragma once

#include "scenarios/suite/prepare.hpp"

namespace rollcast::cli {

/// Plans of the policies one, rack, greedy, event and best. A plan that breaks a rule is a plan:
/// that is for the scenario to find.
scenarios::PlanMaker planner_plans();

}  // namespace rollcast::cli
