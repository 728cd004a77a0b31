// A verdict as JSON: rules, breaches with their causes, margin, totals.
#pragma once

#include "models/case.hpp"
#include "models/verdict.hpp"
#include "report/numbers.hpp"

namespace rollcast::report {

/// One object a rule, in the order of the rules: its answer and its totals.
Json rules_json(const models::Verdict& verdict);

/// The broken ones of `results` (a verdict's rules, or its accepted breaches), each with its first
/// breach and the chain of causes.
Json breaches_json(const models::Case& a_case, const std::vector<models::RuleResult>& results);

/// The estimated ones of `results`: how much is expected of how many subjects, and where first.
Json estimates_json(const models::Case& a_case, const std::vector<models::RuleResult>& results);

/// The N-1 margin: how many domains were exposed, and the `most` worst of each kind.
Json margin_json(const models::Fleet& fleet, const models::Margin& margin, std::size_t most = 10);

/// What the run moved and how far it went; the trace hash as 16 hexadecimal digits.
Json totals_json(const models::Verdict& verdict);

std::string hash_text(std::uint64_t hash);

}  // namespace rollcast::report
