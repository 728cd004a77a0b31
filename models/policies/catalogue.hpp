// The policies that there are: one table for running them, for files, schemas and documentation.
#pragma once

#include <optional>

#include "models/case.hpp"
#include "models/policies/policy.hpp"

namespace rollcast::models {

const PolicyInfo& policy_info(PolicyKind kind);

/// The policy whose word is `word`.
std::optional<PolicyKind> policy_kind(std::string_view word);

/// A plan that lets `choice` roll every machine of `fleet`: brokers in order of their id, quorum
/// nodes followers first.
Plan policy_plan(const Fleet& fleet, const PolicyChoice& choice);

/// Every machine of a cluster, in that order.
ClusterPlan whole_cluster(const Fleet& fleet, ClusterId cluster);

}  // namespace rollcast::models
