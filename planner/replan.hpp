// A new plan from the middle of a migration: what is done stays done, what runs runs on.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "models/case.hpp"
#include "models/plan.hpp"

namespace rollcast::planner {

enum class StepState : std::uint8_t { waiting, running, done, lost };

/// How far one machine has come.
struct MachineState {
    models::MachineId machine;
    StepState state = StepState::waiting;
    /// running: since its step began. done: how long its step took, 0 = not known.
    sim::Duration time{};
    /// lost: back in sync so long from now; 0 = nobody knows when.
    sim::Duration back_in{};
};

/// A migration that is under way. Machines that are not named wait.
struct Midway {
    sim::Duration now{};  // since the run began
    std::vector<MachineState> machines;
};

/// How steps have turned out longer than nominal (above 1) or shorter.
struct Pace {
    double factor = 1.0;
    std::uint64_t steps = 0;  // whose time is known
};

/// The median of measured over nominal step lengths, by cluster: of its own steps where there are
/// three, else of all steps of the fleet where there are three, else 1.
models::IdMap<models::ClusterId, Pace> paces(const models::Case& a_case,
                                             models::DataDisk data_disk,
                                             const Midway& midway);

/// A machine that no plan may take down as things are, with a partition that forbids it.
struct Blocked {
    models::MachineId machine;
    models::PartitionId partition;
    std::uint64_t partitions = 0;  // that forbid it
};

struct Replanned {
    models::Plan plan;          // of every machine that waits; blocked ones come last
    sim::Duration remaining{};  // from now until the last is done, blocked ones left out
    sim::Duration going_on{};   // the same by the order of the old plan
    std::vector<Blocked> blocked;
    models::IdMap<models::ClusterId, Pace> pace;
    std::uint64_t waiting = 0;
    std::uint64_t running = 0;
    std::uint64_t done = 0;
    std::uint64_t lost = 0;
    std::uint64_t evaluations = 0;
};

struct ReplanOptions {
    std::uint64_t seed = 1;
    std::uint64_t effort = 300;  // evaluations
    const std::atomic<bool>* stop = nullptr;
};

/// Plans what is left of `old`, warm-started by its order, for the partitions as `a_case` has them
/// now. Steps take their nominal time by the pace of their cluster; a step that runs takes what is
/// left of that, at least one look of the orchestrator. A broker that is lost for good, or out of
/// sync without a step of its own, takes its share of what its partitions can spare.
///
/// `remaining` is never above `going_on`. Both are of schedules by the admission rules of the
/// executor, in which nothing contends; the full simulation cannot begin in the middle of a step.
/// Requires machines of the fleet, each named once.
Replanned replan(const models::Case& a_case,
                 const models::Plan& old,
                 const Midway& midway,
                 const ReplanOptions& options);

}  // namespace rollcast::planner
