// Whether a schedule keeps every rule that the case sets for it, swept instant by instant.
#pragma once

#include <string>
#include <vector>

#include "models/case.hpp"
#include "planner/certificate/certificate.hpp"
#include "planner/certificate/minimum_step.hpp"

namespace rollcast::planner::certificate {

/// What is wrong with the steps of `certificate`, the first of each kind; empty: nothing.
///
/// Every machine goes once; no part of a step is shorter than the case allows; of every partition
/// no more replicas are out at once than it can spare; crews, re-image slots, brokers down, quorums
/// and change windows are within their limits; conflicting brokers wait for each other at the gate;
/// the makespan is that of the last end. Out is from `stopped` to `in_sync`; under a gate per
/// partition, where a partition may be back before its broker, to `registered`.
std::vector<std::string> wrong_in_schedule(const models::Case& a_case,
                                           const std::vector<MinimumStep>& steps,
                                           const Certificate& certificate);

}  // namespace rollcast::planner::certificate
