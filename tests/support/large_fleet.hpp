// Estates of any size for benchmarks: clusters alike, clean rack-aware striping.
#pragma once

#include "models/case.hpp"
#include "models/plan.hpp"

namespace rollcast::support {

struct LargeShape {
    std::uint32_t clusters = 12;
    std::uint32_t brokers = 58;  // a cluster; a multiple of `racks` makes the striping even
    std::uint32_t racks = 3;
    std::uint32_t partitions = 10'000;       // a cluster, RF 3, min ISR 2
    std::int64_t write_bytes_per_s = 1'447;  // mean of a partition: 15 TB a day over 120,000
};

/// No limits, no curve, no quorum machines; write rates spread a little by partition number.
models::Case large_case(const LargeShape& shape);

/// One broker of a cluster at a time, clusters side by side: every broker once.
models::Plan one_at_a_time(const models::Case& a_case);

/// Rack after rack, clusters side by side.
models::Plan rack_at_a_time(const models::Case& a_case);

}  // namespace rollcast::support
