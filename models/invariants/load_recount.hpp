// The live load of a run, counted anew from who leads and follows what.
#pragma once

#include <cstdint>
#include <vector>

#include "models/run_state.hpp"

namespace rollcast::models {

/// Mean bytes/s, by id of the whole fleet; 0 for what is outside the scope of the run.
struct LoadCounts {
    struct OfBroker {
        std::int64_t in = 0;
        std::int64_t out = 0;
        std::int64_t cold = 0;  // of `out`, read from disk
        std::int64_t replication_out = 0;
    };
    struct OfLink {
        std::int64_t up = 0;
        std::int64_t down = 0;
    };
    std::vector<OfBroker> brokers;
    std::vector<OfLink> racks;
    std::vector<OfLink> rooms;
};

/// Counts the load of every broker, rack and room. O(replicas).
LoadCounts count_load(const RunState& run);

}  // namespace rollcast::models
