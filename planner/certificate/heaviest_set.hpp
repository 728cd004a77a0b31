// The heaviest set of brokers that may be down together: what a fractional bound is checked by.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace rollcast::planner::certificate {

/// At most `most` of `members` (by place) may be in the set.
struct SetLimit {
    std::vector<std::uint32_t> members;
    int most = 0;
};

/// Which sets are allowed. Vectors have one entry an element.
struct SetProblem {
    std::vector<std::int64_t> weight;                            // >= 0, their sum below 2^62
    std::vector<std::pair<std::uint32_t, std::uint32_t>> apart;  // never both
    std::optional<int> most = {};                                // size of the set
    std::vector<SetLimit> limits = {};
};

struct HeaviestSet {
    std::int64_t weight = 0;
    std::vector<std::uint32_t> members;  // ascending
    bool exact = true;                   // false: the node budget ran out; a heavier set may exist
    std::uint64_t nodes = 0;             // looked at
};

inline constexpr std::size_t largest_set_problem = 256;

/// Branch and bound; what is left is bounded by a weighted cover with cliques of `apart` (as Held,
/// Cook and Sewell 2012 do). More than `largest_set_problem` elements: never exact.
HeaviestSet heaviest_set(const SetProblem& problem, std::uint64_t node_budget = 2'000'000);

}  // namespace rollcast::planner::certificate
