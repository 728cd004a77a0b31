// Several results side by side.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/verdict.hpp"
#include "report/numbers.hpp"

namespace rollcast::report {

/// What a comparison shows of one result. A figure that the result does not hold is nothing.
struct Compared {
    std::string name;
    bool safe = false;
    std::vector<std::string> broken{};  // rules
    std::optional<bool> gate_kept{};    // false: only step lengths keep conflicting brokers apart
    std::optional<double> makespan_s{};
    double below_floor_partitions = 0;  // distinct partitions under their ISR floor
    double below_floor_partition_s = 0;
    double peak_at_floor = 0;
    double at_floor_partition_s = 0;
    double peak_exposed_domains = 0;  // N-1 margin: most domains at once
    double leader_moves = 0;
    double catch_up_bytes = 0;
};

/// `gate_kept`: whether the plan's own batches keep its gate (planner::gate_kept); nothing where it
/// has no batches of its own.
Compared compared(std::string name, const models::Verdict& verdict, std::optional<bool> gate_kept);

/// The same from a document that `--json` printed; nothing where `document` is none.
std::optional<Compared> compared(std::string name, const Json& document);

/// One column a result, one row a figure. Two results: also the difference, and whether the one
/// dominates the other. More than four: one row a result.
std::string comparison_text(const std::vector<Compared>& results);

Json comparison_json(const std::vector<Compared>& results);

/// "B dominates A: no figure is worse", or which figures go which way. Of two results.
std::string dominance_text(const Compared& a, const Compared& b);

}  // namespace rollcast::report
