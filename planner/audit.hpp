// What is wrong with an estate before anything is planned: each finding with its fix and its cost.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/case.hpp"

namespace rollcast::planner {

enum class Severity : std::uint8_t { note, warning, blocks };

/// One thing that an operator should know. `blocks`: no plan in place is safe while it stands and
/// is not accepted.
struct Finding {
    std::string code;  // "RC3001": stable, explained by the documentation
    std::string kind;  // "zero_slack", "rack_violation", "quorum_layout", ...
    Severity severity = Severity::note;
    std::string subject;                // "c03/orders", "c05", "c07-b12"
    std::string message;                // one sentence
    std::string fix;                    // what mends it
    std::string cost;                   // of the fix: bytes moved, hours, guarantees given up
    std::uint64_t count = 0;            // partitions, brokers or nodes concerned
    std::vector<std::string> examples;  // up to 5
    bool accepted = false;              // the case accepts its breaches
};

/// Looks at `a_case` alone, no simulation. Findings by severity, then code, then subject.
std::vector<Finding> audit(const models::Case& a_case);

/// Partitions whose ISR is at or below their floor before any step, so that no schedule in place
/// protects them; accepted topics are left out.
std::vector<models::PartitionId> zero_slack(const models::Case& a_case);

std::string_view to_string(Severity severity);

}  // namespace rollcast::planner
