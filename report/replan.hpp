// A plan that was made anew in the middle of a migration, as text and as JSON.
#pragma once

#include <string>

#include "models/case.hpp"
#include "planner/replan.hpp"
#include "report/document.hpp"
#include "report/numbers.hpp"

namespace rollcast::report {

/// How far the migration is, what is left by the new order and by the old one, the pace, and what
/// is blocked.
std::string replan_text(const models::Case& a_case, const planner::Replanned& replanned);

Json replan_document(const models::Case& a_case,
                     const planner::Replanned& replanned,
                     const Provenance& provenance);

}  // namespace rollcast::report
