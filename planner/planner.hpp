// The way in: from a case to a safe plan, with a bound on how much faster any plan could be.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/case.hpp"
#include "models/plan.hpp"
#include "models/simulate.hpp"
#include "planner/audit.hpp"
#include "planner/certificate/certificate.hpp"
#include "planner/lower_bound.hpp"

namespace rollcast::planner {

/// How the first order is made; `best` takes the best of all of them and improves it.
enum class Policy : std::uint8_t {
    one_at_a_time,   // (a) one broker of a cluster at a time, until in sync
    rack_at_a_time,  // (b) every broker of a rack, rack after rack
    greedy_batches,  // (c) P4 of the baseline policies: largest set without a shared partition
    event_driven,    // (d) DSATUR colours as order, each broker as soon as it may
    best
};

struct PlanOptions {
    Policy policy = Policy::best;
    models::Gate gate = models::Gate::broker_in_sync;
    models::DataDisk data_disk = models::DataDisk::keep;
    std::uint64_t seed = 1;
    std::uint64_t effort = 20'000;            // evaluations of the search
    int threads = 1;                          // same result at any number
    const std::atomic<bool>* stop = nullptr;  // set: return the best so far
    /// Called now and then with evaluations done, best makespan and bound; may be empty.
    std::function<void(std::uint64_t, sim::Duration, sim::Duration)> progress = {};
};

/// `optimal` and `infeasible` are only ever said with a certificate that the independent checker
/// accepted.
enum class PlanStatus : std::uint8_t {
    optimal,      // safe, and within 0.1 % of the bound
    feasible,     // safe; the gap says how far from the bound
    infeasible,   // no plan in place is safe; `reason` and the audit say why
    unsafe,       // asked-for policy breaks a rule in the full simulation
    interrupted,  // stopped early; the plan is safe all the same
    none_found    // no plan tried is safe, or a finding blocks; not proved that there is none
};

struct PlanResult {
    PlanStatus status = PlanStatus::none_found;
    std::string reason;  // one sentence: what binds, or why there is no plan
    models::Plan plan;
    models::Verdict verdict;  // of the plan, by the full simulation, nominal durations
    LowerBound bound;
    /// (makespan - bound) / bound. A claim only where there is a certificate.
    double gap = 0.0;
    std::uint64_t evaluations = 0;
    std::vector<Finding> findings;
    /// Of the plan and its bound, or of why there is none; accepted by the independent checker.
    std::optional<certificate::Certificate> certificate = {};
};

/// Plans `a_case` without its faults: nominal durations, nothing fails. A result with status
/// optimal, feasible or interrupted has been replayed by the full simulation and broke no rule
/// there. `infeasible`: the certificate's refutation rules out every plan in place.
PlanResult make_plan(const models::Case& a_case, const PlanOptions& options);

std::string_view to_string(Policy policy);
std::string_view to_string(PlanStatus status);

}  // namespace rollcast::planner
