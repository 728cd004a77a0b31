// Certificates of what the planner claims, for the independent checker to judge.
#pragma once

#include <optional>

#include "models/case.hpp"
#include "models/plan.hpp"
#include "models/verdict.hpp"
#include "planner/certificate/certificate.hpp"
#include "planner/lower_bound.hpp"

namespace rollcast::planner {

/// The schedule of `plan` as the full simulation ran it, with `bound`. Requires a run in which
/// every machine came through its step.
certificate::Certificate certificate_of(const models::Case& a_case,
                                        const models::Plan& plan,
                                        const models::Verdict& verdict,
                                        const LowerBound& bound);

/// What rules out every plan in place with `data_disk`, or nothing where that cannot be shown from
/// the case alone.
std::optional<certificate::Certificate> refute(const models::Case& a_case,
                                               models::DataDisk data_disk);

}  // namespace rollcast::planner
