// By which a certificate knows its estate and its plan.
#pragma once

#include <cstdint>

#include "models/case.hpp"
#include "models/plan.hpp"

namespace rollcast::planner::certificate {

/// 64 bits over all that a check looks at: machines, placement, ISRs and floors, rates, step times
/// and limits. Not cryptographic: it tells estates apart, what holds is checked by itself. Faults
/// of the case are no part of it: plans are made without them.
std::uint64_t estate_fingerprint(const models::Case& a_case);

/// Over gate, data disk and every order of the plan; its name is no part of it.
std::uint64_t plan_fingerprint(const models::Plan& plan);

}  // namespace rollcast::planner::certificate
