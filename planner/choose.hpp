// Which of several plans the full simulation finds safe, and of those the one that ends first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/simulate.hpp"
#include "planner/decode.hpp"

namespace rollcast::planner {

/// A plan that has been replayed, or why there is none.
struct Chosen {
    std::optional<models::Plan> plan;
    models::Verdict verdict;  // of `plan`; without one, of the first candidate
    std::string why_not;      // empty where there is a plan
};

/// The candidate (of at least one) that is safe in the full simulation and ends first; the earlier
/// one of equals. Clusters that nothing couples choose each for itself, so the choice is never
/// slower than any safe candidate. Barrier plans with a conflict in a batch are no candidates.
/// Candidates that are proved to end later than one found safe are not replayed.
Chosen choose(const Decoder& decoder,
              const std::vector<models::Plan>& candidates,
              const models::RunOptions& run);

/// One sentence on what `verdict` breaks first: rule, instant, subject, and whether any step of a
/// plan is among its causes.
std::string breach_text(const models::Case& a_case, const models::Verdict& verdict);

}  // namespace rollcast::planner
