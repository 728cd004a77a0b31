// A run is a pure function of case, plan and options.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "models/case.hpp"
#include "models/plan.hpp"
#include "models/scope.hpp"
#include "models/verdict.hpp"

namespace rollcast::models {

/// How the bytes move: as rates that stand still between events, or record by record.
enum class Fidelity : std::uint8_t { flow, record };

struct RunOptions {
    Fidelity fidelity = Fidelity::flow;
    std::uint64_t seed = 1;
    bool sampled = false;  // draw durations and detection delays; false: nominal ones
    sim::Duration horizon = 120 * sim::hours(24);
    /// Replication quotas as Kafka measures them, over a window of samples, instead of their mean:
    /// catch-up under a throttle comes in bursts.
    bool quota_windows = false;
    bool without_faults = false;  // those of the case do not happen
    int threads = 1;  // clusters that nothing couples run side by side; same bytes at any number
    const std::atomic<bool>* stop = nullptr;  // set to end the run early (verdict: horizon)
};

/// Runs `plan` on `a_case`. Clusters that nothing couples (no shared limit or link, no fault of one
/// that waits for a machine of another) run apart and are merged, so a plan that
/// differs in one cluster needs only that cluster again (see `simulate_cluster`). Throws
/// ContractViolation where the plan names a machine twice or one of another cluster.
Verdict simulate(const Case& a_case, const Plan& plan, const RunOptions& options);

/// What `simulate` runs apart: every cluster, or the whole fleet where something in the case or in
/// the plan (waves, a stop rule of the fleet) couples them.
std::vector<Scope> scopes_run_apart(const Case& a_case, const Plan& plan);

/// Runs one cluster of the plan alone, with the fleet-wide limits to itself. Exact where
/// `Case::clusters_coupled` is false.
Verdict simulate_cluster(const Case& a_case,
                         const Plan& plan,
                         ClusterId cluster,
                         const RunOptions& options);

/// Every machine of the case, or of cluster `only`, has to go down once: those that `plan` leaves
/// out break the rule `finished` of its verdict.
void judge_left_out(const Case& a_case,
                    const Plan& plan,
                    Verdict& verdict,
                    ClusterId only = ClusterId::none());

/// The verdict of a fleet from those of its clusters, in cluster order.
Verdict merge(const std::vector<Verdict>& clusters);

}  // namespace rollcast::models
