// The best that crews can do with jobs that have tails.
#pragma once

#include <vector>

#include "planner/certificate/packing.hpp"

namespace rollcast::planner {

struct CrewBound {
    sim::Duration value{};    // no assignment takes less
    bool by_packing = false;  // more than the thresholds say: shown by packing
    bool exact = false;       // an assignment takes just as long
};

/// The bound by thresholds, and between it and the best assignment found the one by packing, to
/// 0.02 %. `nodes`: budget of every search for a packing; what it cannot answer raises nothing.
CrewBound crew_bound(const std::vector<certificate::TailedJob>& jobs,
                     int machines,
                     std::uint64_t nodes = 2'000'000);

}  // namespace rollcast::planner
