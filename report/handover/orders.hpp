// The order of a plan for those who carry it out: Ansible, kubectl, Kafka's reassignment tool.
#pragma once

#include <string>

#include "models/case.hpp"
#include "models/plan.hpp"
#include "models/verdict.hpp"

namespace rollcast::report {

/// An inventory in YAML (JSON is): a group a batch, rollcast_0001 and so on in the order of their
/// starts, and for each host its place, cluster, rack and number.
std::string ansible_inventory(const models::Case& a_case, const models::Verdict& verdict);

/// A shell script that drains the nodes in the order of the plan, one batch after the other, and
/// waits for each to be in sync again. Nodes are called as the machines, pods as Strimzi calls
/// them.
std::string drain_script(const models::Case& a_case, const models::Verdict& verdict);

/// What the plan and the case move, for kafka-reassign-partitions.sh: a document a line, in the
/// order in which they are carried out. Empty where nothing moves.
std::string reassignment_lines(const models::Case& a_case, const models::Plan& plan);

}  // namespace rollcast::report
