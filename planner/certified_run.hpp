// A certificate held against the plan itself, run in full.
#pragma once

#include <cstdint>
#include <string>

#include "models/case.hpp"
#include "models/plan.hpp"
#include "planner/certificate/certificate.hpp"

namespace rollcast::planner {

/// Where `plan`, run in full on `a_case` without its faults, does not do what its certificate says;
/// empty: it does.
std::string differs_in_run(const models::Case& a_case,
                           const models::Plan& plan,
                           std::uint64_t seed,
                           int threads,
                           const certificate::Certificate& certificate);

}  // namespace rollcast::planner
