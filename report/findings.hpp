// What is wrong with an estate: the audit's findings as text and as JSON.
#pragma once

#include <string>
#include <vector>

#include "planner/audit.hpp"
#include "report/numbers.hpp"

namespace rollcast::report {

/// Each finding with what mends it and what that costs, worst first, at most `most` of them.
std::string findings_text(const std::vector<planner::Finding>& findings, std::size_t most = 20);

/// The message with its subject in front, unless the message names it already.
std::string finding_sentence(const planner::Finding& finding);

/// "3 that block, 5 warnings, 2 notes".
std::string findings_count(const std::vector<planner::Finding>& findings);

Json findings_json(const std::vector<planner::Finding>& findings);

/// True where a finding blocks every plan in place and is not accepted.
bool blocks(const planner::Finding& finding);

}  // namespace rollcast::report
