// How a programme of passes went: the whole, each pass, and how long each cluster was on its way.
#pragma once

#include <string>

#include "models/case.hpp"
#include "models/plan.hpp"
#include "models/programme.hpp"
#include "models/verdict.hpp"
#include "report/numbers.hpp"

namespace rollcast::report {

/// "SAFE" or what is broken, the whole makespan, a line a pass, a line a cluster with how long it
/// was mixed and from which pass on there is no way back; then what broke in each pass, with its
/// causes. `plan` is the one that every pass was run by.
std::string programme_text(const models::Case& a_case,
                           const models::Plan& plan,
                           const models::ProgrammeResult& result);

/// The same: `passes`, each with rules, breaches, totals and margin, those that were not begun with
/// null; `clusters`; `makespan_s`, `safe`. Instants of a pass count from its start.
Json programme_json(const models::Case& a_case,
                    const models::Plan& plan,
                    const models::ProgrammeResult& result);

/// "re-image", or "the only pass" of a case without a programme.
std::string pass_name(const models::Case& a_case, std::size_t pass);

}  // namespace rollcast::report
