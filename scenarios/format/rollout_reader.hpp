// How far a plan rolls before somebody looks: `rollout`, `checks`, and `after` of its clusters.
#pragma once

#include <string>

#include "models/plan.hpp"
#include "scenarios/format/names.hpp"
#include "scenarios/format/reader.hpp"

namespace rollcast::scenarios {

/// Reads them of the root of a plan whose clusters are read. Adds a problem for every cluster that
/// waits for one that is unknown or not planned, and for clusters that wait for each other.
void read_rollout(const Reader& root, const Names& names, models::Plan& plan, Problems& problems);

/// The fields of the plan and of a cluster that say more than the defaults, each line with its
/// comma; empty where none does.
std::string write_rollout(const models::Plan& plan);
std::string write_after(const models::Fleet& fleet, const models::ClusterPlan& cluster);

}  // namespace rollcast::scenarios
