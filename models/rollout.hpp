// Canaries, waves and stop rules: which part of a plan is open.
#pragma once

#include <cstdint>
#include <vector>

#include "models/fleet.hpp"
#include "models/plan.hpp"

namespace rollcast::models {

/// What the `rollout` of a plan and the `after` of its clusters let start. Nothing set: everything.
class RolloutGate {
public:
    /// The batch of a quorum node on a machine of its own.
    static constexpr std::uint32_t no_batch = 0xffff'ffffU;

    RolloutGate() = default;
    RolloutGate(const Fleet& fleet, const Plan& plan);

    /// False where the plan sets nothing: then the gate is always open.
    bool any() const { return any_; }
    /// The instant from which `m` of batch `batch` may start, as things are: not after `now` = it
    /// may; never() = not before something else is done, or not at all.
    sim::Instant opens(ClusterId c, MachineId m, std::uint32_t batch, sim::Instant now);
    void done(ClusterId c, MachineId m);
    void lost(ClusterId c, std::uint32_t batch);
    /// True where a stop rule has closed something.
    bool halted() const { return halted_; }
    /// True where a stop rule keeps what is left of batch `batch` of `c` from starting.
    bool stopped(ClusterId c, std::uint32_t batch) const {
        return halted_ && closed_by_stop_rule(clusters_[c], batch);
    }

private:
    struct Cluster {
        std::vector<ClusterId> after;
        sim::Duration after_soak{};
        std::vector<MachineId> canaries;
        std::size_t canaries_left = 0;
        std::size_t machines_left = 0;
        sim::Instant canaries_done = sim::Instant::never();
        sim::Instant all_done = sim::Instant::never();
        int lost = 0;
        std::vector<int> lost_in;  // by batch
    };

    bool closed_by_stop_rule(const Cluster& cluster, std::uint32_t batch) const;
    void note_ends(sim::Instant now);

    bool any_ = false;
    bool halted_ = false;
    bool end_unnoted_ = false;  // something has ended at the instant that is not over
    Rollout rollout_;
    int lost_ = 0;
    IdMap<ClusterId, Cluster> clusters_;
};

}  // namespace rollcast::models
