// Whether the live traffic leaves the headroom that the rules ask for.
#pragma once

#include "models/run_state.hpp"

namespace rollcast::models {

/// Judges disks, NICs, rack uplinks and room links, as one cluster at a time moves them, against
/// SafetyRules::headroom_limit. Catch-up takes only what live traffic leaves, so it never counts.
class HeadroomWatch {
public:
    explicit HeadroomWatch(const RunState& run);

    /// Call whenever the base load of `c` may have moved. O(brokers of the cluster).
    void judge(RunState& run, ClusterId c);

private:
    double busiest(const RunState& run, BrokerId b) const;
    void note(RunState& run, double share, std::uint8_t& over, ClusterId c, BrokerId b);

    ScopeMap<BrokerId, std::uint8_t> broker_over_;
    ScopeMap<RackId, std::uint8_t> rack_over_;
    IdMap<RoomId, std::uint8_t> room_over_;
};

}  // namespace rollcast::models
