// A plan and what the planner found out about it, as text and as JSON.
#pragma once

#include <string>

#include "models/case.hpp"
#include "planner/planner.hpp"
#include "report/numbers.hpp"

namespace rollcast::report {

/// Status and reason, makespan against its bound, one line a cluster.
std::string plan_text(const models::Case& a_case, const planner::PlanResult& result);

/// One line a cluster: machines, batches, when it starts and ends in `verdict`.
std::string schedule_text(const models::Case& a_case,
                          const models::Plan& plan,
                          const models::Verdict& verdict);

/// "24 h 10 min (clique): ..." or "none".
std::string bound_text(const planner::LowerBound& bound);

/// `plan` as it ran: `status` and `reason` null, no bound.
Json plan_json(const models::Case& a_case,
               const models::Plan& plan,
               const models::Verdict& verdict);
/// The same with status, reason, bound and gap.
Json plan_json(const models::Case& a_case, const planner::PlanResult& result);

/// A note that a batch of `plan` ("this plan", a file's name) holds brokers which only the lengths
/// of their steps keep apart.
std::string gate_not_kept_text(const std::string& plan);

}  // namespace rollcast::report
