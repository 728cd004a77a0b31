// Clusters of planner §4.0: Kafka's own placement, re-image times by lot.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/case.hpp"
#include "planner/certificate/minimum_step.hpp"
#include "planner/steps.hpp"

namespace rollcast::goals {

struct Row {
    std::string_view name;
    std::string_view words;
    std::uint32_t racks = 0;  // 0: placed without racks
    std::uint32_t partitions = 0;
};

inline constexpr std::array<Row, 5> rows{Row{"10-1k", "10 racks, 1,000 partitions", 10, 1'000},
                                         Row{"20-1k", "20 racks, 1,000 partitions", 20, 1'000},
                                         Row{"20-300", "20 racks, 300 partitions", 20, 300},
                                         Row{"none-1k", "no racks, 1,000 partitions", 0, 1'000},
                                         Row{"none-300", "no racks, 300 partitions", 0, 300}};

/// A cluster of 60 brokers and what their steps take: re-image normal, mean 45 min, deviation 10,
/// within 25 and 75; 5 min of boot; then what was written meanwhile at 250 MB/s less live writes.
struct Landscape {
    models::Case a_case;
    planner::StepTable steps;
    std::vector<planner::certificate::MinimumStep> minimum;  // the same, as the checker reads it
};

Landscape landscape_of(const Row& row, std::uint64_t seed);

}  // namespace rollcast::goals
