// How far consumer groups fall behind.
#pragma once

#include <array>
#include <vector>

#include "models/run_state.hpp"

namespace rollcast::models {

/// What a consumer group has not read yet, and how that moves.
struct GroupLag {
    double messages = 0.0;
    double messages_per_s = 0.0;
    double seconds = 0.0;  // age of the oldest of them
    double seconds_per_s = 0.0;
};

/// Lag of every consumer group of a scope, fluid: it grows while what its topics take in exceeds
/// the group's capacity, and by what producers held back during an outage and send after it; it
/// drains with the spare capacity (kafka-semantics §3.4). A record's age is at least the outage of
/// its partition. Producers without retries hold nothing back.
class LagWatch {
public:
    explicit LagWatch(const RunState& run);

    /// An outage has ended: what was held back arrives at once. The wait for it is an accepted
    /// breach where the topic's are.
    void outage_ended(RunState& run, const Outage& outage);
    /// The load of the day changes at `run.now`; `multiplier` holds from here on.
    void load_changes(RunState& run, double multiplier);
    /// Surges of topics have come or gone at `run.now`.
    void surges_change(RunState& run);
    /// The lag of `g`, one of the scope, at `at`, to which everything stands as it does now. What
    /// producers hold back during an outage is not written yet, so no lag.
    GroupLag lag_of(GroupId g, sim::Instant at) const;
    /// Brings every group to the end of the run.
    void close(RunState& run) { load_changes(run, multiplier_); }

private:
    struct Group {
        GroupId id;
        double inflow = 0.0;                          // bytes/s at mean load
        double records_per_byte = 0.0;                // of it, without surges
        double capacity = 0.0;                        // bytes/s
        double lag = 0.0;                             // bytes
        std::array<bool, 2> behind_ever{};            // [1]: by accepted breaches
        std::array<sim::Instant, 2> counted_until{};  // time behind before this is in the tally
    };
    void advance(RunState& run, Group& group);
    void note(RunState& run, Group& group, double seconds, bool accepted);
    void count_behind(
        RunState& run, Group& group, sim::Instant from, sim::Instant to, bool accepted);
    sim::Duration objective(const RunState& run, const Group& group) const;

    std::vector<Group> groups_;
    std::vector<std::vector<std::uint32_t>> readers_;  // of each topic: indices into groups_
    sim::Instant at_;
    double multiplier_ = 1.0;
};

}  // namespace rollcast::models
