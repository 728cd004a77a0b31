// Why a machine of a plan does not start earlier, as sentences and as JSON.
#pragma once

#include <string>

#include "models/case.hpp"
#include "models/plan.hpp"
#include "planner/explain.hpp"
#include "report/document.hpp"
#include "report/numbers.hpp"

namespace rollcast::report {

/// When it starts, the chain of waits that holds it, and what would free it.
std::string explanation_text(const models::Case& a_case,
                             const models::Plan& plan,
                             const planner::Explanation& explanation);

/// The same with every partition of the conflicts and every link of the chain.
Json explanation_document(const models::Case& a_case,
                          const models::Plan& plan,
                          const planner::Explanation& explanation,
                          const Provenance& provenance);

}  // namespace rollcast::report
