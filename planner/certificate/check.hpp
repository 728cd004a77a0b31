// The judge of certificates. It includes nothing of the search.
#pragma once

#include <string>
#include <vector>

#include "models/case.hpp"
#include "planner/certificate/certificate.hpp"

namespace rollcast::planner::certificate {

struct Judgement {
    std::vector<std::string> differs;  // why it is refused; empty: accepted
    sim::Duration proved{};            // what the proof proves, with change windows
    bool accepted() const { return differs.empty(); }
};

/// Holds a certificate against the case: its estate, its schedule, its bound or refutation, all
/// recomputed. A bound may claim less than its proof proves, never more.
Judgement judge(const models::Case& a_case, const Certificate& certificate);

/// The same for a certificate that came with `plan`, which must be the plan that it was made for.
Judgement judge(const models::Case& a_case,
                const models::Plan& plan,
                const Certificate& certificate);

/// True where makespan and bound of a certificate agree to 0.1 %.
bool proves_optimal(const Certificate& certificate);

}  // namespace rollcast::planner::certificate
