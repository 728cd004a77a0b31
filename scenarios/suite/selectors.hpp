// Targets by what they are: every broker, a rack of each cluster, the leader of the partition with
// the least margin.
#pragma once

#include <string>
#include <vector>

#include "models/fleet.hpp"
#include "scenarios/format/json_file.hpp"
#include "scenarios/suite/scenario_file.hpp"

namespace rollcast::scenarios {

/// Names that {"every": kind} or {"one_of_each_cluster": kind} stands for, in the order of the
/// fleet; with "cluster", of clusters that match this pattern. What is wrong with `selector` is a
/// problem at `place`.
std::vector<std::string> selected(const Json& selector,
                                  const std::string& place,
                                  const models::Fleet& fleet,
                                  ScenarioProblems& problems);

}  // namespace rollcast::scenarios
