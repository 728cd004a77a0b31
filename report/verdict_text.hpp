// A verdict for a terminal.
#pragma once

#include <string>

#include "models/case.hpp"
#include "models/verdict.hpp"

namespace rollcast::report {

/// "SAFE" or what is broken, the makespan, every rule with its answer, each first breach with its
/// chain of causes, accepted breaches apart, totals and the N-1 margin.
std::string verdict_text(const models::Case& a_case, const models::Verdict& verdict);

/// One line a rule: answer, title, and its promise or how many broke it.
std::string rules_text(const models::Verdict& verdict);

/// Each broken rule with its totals, its first breach and the causes. Empty where none is broken.
std::string breaches_text(const models::Case& a_case,
                          const std::vector<models::RuleResult>& results);

/// What broke, as "3,204 partitions for 40 h 10 min of partition time, first at 1:12:20".
std::string broken_text(models::Rule rule, const models::RuleResult& result);

/// The N-1 margin: how many domains were exposed, and the worst of each kind.
std::string margin_text(const models::Fleet& fleet, const models::Margin& margin);

}  // namespace rollcast::report
