// Min ISR totals as anybody could add them up from the states between events.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/run_state.hpp"
#include "models/verdict.hpp"

namespace rollcast::models {

/// Integrates how many partitions lie under their floor over a run that it is shown event by event.
class FloorTotals {
public:
    /// Those of accepted topics, or those of all others.
    explicit FloorTotals(bool accepted) : accepted_(accepted) {}

    /// The state after an event, in which `under_floor` of them lie under their floor; in the order
    /// of time.
    void look(const RunState& run, std::uint64_t under_floor);
    /// How `verdict` differs from what was seen: whether and when the rule broke first, for how
    /// many partition-seconds and partitions. Empty = not at all.
    std::string differs(const Verdict& verdict) const;

private:
    bool accepted_ = false;
    double seconds_ = 0.0;
    sim::Instant first_ = sim::Instant::never();
    std::vector<bool> ever_;  // by partition
    std::uint64_t open_ = 0;
    sim::Instant since_;
};

}  // namespace rollcast::models
