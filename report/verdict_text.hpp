// A verdict for a terminal.
#pragma once

#include <string>

#include "models/case.hpp"
#include "models/verdict.hpp"

namespace rollcast::report {

/// "SAFE" or what is broken, the makespan, every rule with its answer, each first breach with its
/// chain of causes, what is estimated, accepted breaches apart, totals and the N-1 margin.
std::string verdict_text(const models::Case& a_case, const models::Verdict& verdict);

/// One line a rule: answer, title, and its promise, how many broke it or how many are expected to.
std::string rules_text(const models::Verdict& verdict);

/// Each broken rule with its totals, its first breach and the causes. Empty where none is broken.
std::string breaches_text(const models::Case& a_case,
                          const std::vector<models::RuleResult>& results);

/// What broke, as "3,204 partitions for 40 h 10 min of partition time, first at 1:12:20".
std::string broken_text(models::Rule rule, const models::RuleResult& result);

/// What an estimate says, as "about 12 at 30 partitions"; "none" where nothing is expected.
std::string expected_text(models::Rule rule, const models::RuleResult& result);

/// The N-1 margin: how many domains were exposed, and the worst of each kind.
std::string margin_text(const models::Fleet& fleet, const models::Margin& margin);

}  // namespace rollcast::report
