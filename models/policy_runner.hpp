// The policies of a plan while it runs: one a cluster, woken at the instants that it has named.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "models/policies/policy.hpp"
#include "models/verdict.hpp"

namespace rollcast::models {

/// A policy that is copied with what holds it.
class PolicyBox {
public:
    PolicyBox() = default;
    explicit PolicyBox(std::unique_ptr<Policy> policy) : policy_(std::move(policy)) {}
    PolicyBox(const PolicyBox& other) : policy_(other.policy_ ? other.policy_->clone() : nullptr) {}
    PolicyBox& operator=(const PolicyBox& other) {
        if (this != &other) policy_ = other.policy_ ? other.policy_->clone() : nullptr;
        return *this;
    }
    PolicyBox(PolicyBox&&) = default;
    PolicyBox& operator=(PolicyBox&&) = default;
    ~PolicyBox() = default;

    Policy& operator*() const { return *policy_; }
    explicit operator bool() const { return policy_ != nullptr; }

private:
    std::unique_ptr<Policy> policy_;
};

/// What a look brings about.
struct Asked {
    std::vector<MachineId> start;
    bool elect_preferred = false;
    std::vector<ReplicaMove> moves{};
    Demotion demotion{};
    bool restore_leaders = false;

    bool changes_placement() const {
        return !moves.empty() || demotion.broker.exists() || restore_leaders;
    }
};

class PolicyRunner {
public:
    PolicyRunner(const RunState& run, const Plan& plan);

    /// False where the plan names no policy: then it does nothing.
    bool any() const { return clusters_.size() > 0; }
    /// True where its policies move the replicas of brokers away.
    bool empties() const { return empties_; }
    /// When the policy of `c` was done with replicas and leaders that it has moved; the end of the
    /// run where it was not, never() where it has moved none.
    sim::Instant moved_until(ClusterId c, sim::Instant end) const;
    /// Every policy looks at once.
    void begin(RunState& run);
    Asked look(RunState& run, ClusterId c);
    /// The step of `m` has entered `phase`.
    void entered(RunState& run, MachineId m, StepPhase phase);

    /// Looks that are due of policies that say the same until something else changes, where nothing
    /// has since they said so.
    std::size_t patient(const RunState& run) const;
    /// How often the policy of its cluster had started something before it asked for `m`.
    std::uint32_t batch_of(MachineId m) const { return batch_[m]; }

    /// Policies that gave up, or wait and would wait for ever.
    void close(const RunState& run, Verdict& verdict) const;

private:
    struct Cluster {
        PolicyBox policy;
        std::vector<BrokerId> listed;
        std::uint32_t quorum_left = 0;  // nodes on machines of their own that are not done
        std::uint32_t batches = 0;
        std::size_t awaited = 0;  // machines that it waits for until they start
        sim::Duration pause{};    // and for so long after that
        bool any_lost = false;    // of those
        bool patient = false;
        std::uint64_t patient_at = 0;  // RunState::changes
        bool moved = false;            // replicas or leaders
        bool finished = false;
        sim::Instant finished_at;
        bool gave_up = false;
        std::string_view reason{};
        sim::Instant gave_up_at;
    };

    /// Its policy waits for `m` no longer.
    void came(RunState& run, MachineId m);

    ScopeMap<ClusterId, Cluster> clusters_;
    ScopeMap<MachineId, Sight> sights_;
    ScopeMap<MachineId, std::uint8_t> awaited_;
    ScopeMap<MachineId, std::uint32_t> batch_;
    std::size_t patient_ = 0;
    bool empties_ = false;
};

}  // namespace rollcast::models
