// The checks of the audit, one function a family. A new check is a function here and a line in
// audit.cpp; its code goes into docs/findings.md.
#pragma once

#include <vector>

#include "planner/audit.hpp"

namespace rollcast::planner::checks {

using Findings = std::vector<Finding>;

/// Floors, replication factors, producers: what the settings of topics mean for a step.
void topics(const models::Case& a_case, Findings& findings);
/// Where replicas lie, and which of them are out of sync already.
void placement(const models::Case& a_case, Findings& findings);
/// Quorums: which rack takes the majority along.
void quorums(const models::Case& a_case, Findings& findings);
/// Hosts and stacks: disk generations, certificates, pinned protocols, throttles.
void hosts(const models::Case& a_case, Findings& findings);
/// Catch-up that cannot converge, and load that leaves no headroom.
void load(const models::Case& a_case, Findings& findings);
/// Windows and time limits that no plan can keep.
void limits(const models::Case& a_case, Findings& findings);

/// Passes of a programme between whose stacks a link is refused that brokers need.
void programme(const models::Case& a_case, Findings& findings);

/// Settings that are not as the golden file has them.
void drift(const models::Case& a_case, Findings& findings);

}  // namespace rollcast::planner::checks
