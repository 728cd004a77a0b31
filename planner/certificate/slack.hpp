// How many of a cluster's brokers each partition can spare, partition by partition.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/fleet.hpp"

namespace rollcast::planner::certificate {

/// What one partition, or several with the same ISR, ask of plans: at most `slack` of `members`
/// out of sync at once.
struct Spared {
    std::vector<models::BrokerId> members;  // in sync at the start, ascending
    int slack = 0;                          // ISR size less floor
};

/// Of every partition whose breaches are not accepted; each member set once, with its least slack.
std::vector<Spared> spared_sets(const models::Fleet& fleet, models::ClusterId cluster);

/// True by broker and broker (by place in the cluster) where some partition has both in sync and
/// slack 1 or less: they may not be out together.
class Exclusions {
public:
    Exclusions(const models::Fleet& fleet, models::ClusterId cluster);

    bool both(std::uint32_t a, std::uint32_t b) const { return excluded_[a * size_ + b]; }
    const std::vector<Spared>& sets() const { return sets_; }
    /// The least slack of a partition that has all of `members` in sync.
    std::optional<int> slack_of(const std::vector<models::BrokerId>& members) const;

private:
    std::size_t size_;
    std::vector<Spared> sets_;
    std::vector<bool> excluded_;
};

}  // namespace rollcast::planner::certificate
