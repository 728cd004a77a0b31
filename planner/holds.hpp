// What kept a machine of a run from starting earlier, and what kept that: the chain of waits that
// makes a plan as long as it is.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "models/case.hpp"
#include "models/conflicts.hpp"
#include "models/plan.hpp"
#include "models/verdict.hpp"
#include "planner/steps.hpp"

namespace rollcast::planner {

/// The rules of models::Dispatcher, each as what stands against a start.
enum class HoldKind : std::uint8_t {
    conflict,     // shares a partition of slack 1 with `by`
    group,        // shares one of larger slack with `by`, who use it up
    batch,        // barrier plan: the batch before it is not done
    quorum,       // another node of its ensemble, or the one before it in the chain, is in a step
    max_down,     // as many brokers of the cluster are in a step as may
    image_slots,  // every re-image slot is taken
    crews,        // every crew is taken, or kept by a cluster for its next batch
    canary,       // the canaries of its cluster are not done, or their soak is not over
    wave,         // a cluster that goes before its own is not done, or its soak is not over
    window,       // its step does not fit into what is left of the change window
    nothing       // it started with the run, or nothing that is known stood against it
};
inline constexpr int hold_kind_count = 11;

struct Hold {
    HoldKind kind = HoldKind::nothing;
    models::MachineId machine;          // that was held
    std::vector<models::MachineId> by;  // who let it go by what they did at `until`, by id
    sim::Instant from;                  // when the first of them began to hold it
    sim::Instant until;                 // it started, or (window) could have started but for that
    sim::Duration length() const { return until - from; }
};

/// A run of a plan, asked for its waits. Ends of steps, releases and crews are those of the run; a
/// re-image slot is free when it was by the nominal lengths of what follows.
class Holds {
public:
    /// All must outlive it. `conflicts` in cluster order; the run without faults.
    Holds(const models::Case& a_case,
          const models::Plan& plan,
          const models::Verdict& verdict,
          const std::vector<models::ClusterConflicts>& conflicts);

    /// Everything that stood against a start of `machine` just before it started, in the order of
    /// HoldKind; one of kind `nothing` where it started with the run. Requires a machine that ran.
    std::vector<Hold> of(models::MachineId machine) const;

    /// From `machine` back to the start of the run: what held it, what held that one, and so on;
    /// each begins where the one after it ends. Of several holds the first of the longest wait.
    std::vector<Hold> chain(models::MachineId machine) const;

    /// The machine that ends last, the first of equals; none() where nothing ran.
    models::MachineId last() const;

    const models::MachineTimes& times(models::MachineId machine) const { return times_[machine]; }

private:
    struct Place {
        std::uint32_t batch = 0;
        std::uint32_t cluster = 0;  // by place in the plan
        bool barrier = false;
        bool canary = false;
        models::MachineId before = models::MachineId::none();  // in the chain of its quorum
    };

    std::vector<Hold> standing(models::MachineId machine, sim::Instant at) const;
    void add_brokers(models::MachineId machine, sim::Instant at, std::vector<Hold>& holds) const;
    void add_quorum(models::MachineId machine, sim::Instant at, std::vector<Hold>& holds) const;
    void add_limits(models::MachineId machine, sim::Instant at, std::vector<Hold>& holds) const;
    void add_rollout(models::MachineId machine, sim::Instant at, std::vector<Hold>& holds) const;
    bool fits(models::MachineId machine, sim::Instant at) const;
    sim::Instant released(models::MachineId machine) const;
    sim::Instant slot_free(models::MachineId machine) const;
    /// The latest instant up to `at` just before which something but a window stood against it.
    sim::Instant ready(models::MachineId machine, sim::Instant at) const;

    const models::Case* case_;
    const models::Plan* plan_;
    const std::vector<models::ClusterConflicts>* conflicts_;
    StepTable steps_;
    models::IdMap<models::MachineId, models::MachineTimes> times_;
    models::IdMap<models::MachineId, Place> places_;
    std::vector<models::MachineId> ran_;
    std::vector<sim::Instant> instants_;  // at which anything may be let go, ascending
};

std::string_view to_string(HoldKind kind);

}  // namespace rollcast::planner
