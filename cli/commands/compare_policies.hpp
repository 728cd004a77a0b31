// `compare --policies`: today's tools, ours, and ours with less.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "cli/session.hpp"
#include "models/case.hpp"
#include "models/plan.hpp"
#include "report/policies.hpp"

namespace rollcast::cli {

/// Rolls `a_case` by the plans of `own` (name and plan; none: a plan is searched), by the planner's
/// plans with less, and by today's tools: once by nominal durations, and `runs` times with drawn
/// ones, all with the same seeds. `progress` takes the number of runs done and of all.
report::PolicyTable policy_table(const Session& session,
                                 const models::Case& a_case,
                                 const std::vector<std::pair<std::string, models::Plan>>& own,
                                 std::uint64_t runs,
                                 const std::function<void(std::size_t, std::size_t)>& progress);

/// Why a tool is left out of tables of `a_case`; empty where it is not: one that moves every
/// replica away and back would take minutes to simulate on a large estate.
std::string left_out(const models::Case& a_case, models::PolicyKind kind);

}  // namespace rollcast::cli
