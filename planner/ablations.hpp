// The planner's plan with one ingredient left out at a time: what each of them gives.
#pragma once

#include <string>
#include <vector>

#include "models/case.hpp"
#include "models/plan.hpp"
#include "planner/planner.hpp"

namespace rollcast::planner {

struct Ablation {
    std::string name;  // "without search"
    std::string what;  // what is done instead, as a phrase
    models::Plan plan;
};

/// Plans of `a_case` (its faults aside) for the gate and data disk of `options`: without the search
/// over orders, without conflict classes (event-driven starts by broker id), without event-driven
/// starts (the largest sets without a conflict, one after the other), a rack at a time, one at a
/// time. None where the audit finds that no plan in place is safe.
std::vector<Ablation> ablations(const models::Case& a_case, const PlanOptions& options);

}  // namespace rollcast::planner
