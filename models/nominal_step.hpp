// How long a machine's step takes when nothing fails and nobody else wants its bandwidth.
#pragma once

#include "models/case.hpp"

namespace rollcast::models {

/// Nominal lengths of the parts of one machine's step, each from the step's start.
struct NominalStep {
    sim::Duration until_stopped{};     // replicas leave their ISRs
    sim::Duration until_image_end{};   // the re-image slot is free again
    sim::Duration until_registered{};  // the crew is free again, catch-up begins
    sim::Duration catch_up_least{};    // no run of the case catches up faster
    sim::Duration catch_up_mean{};     // at mean load, uncontended: B/(c - w), planner §1.2
    sim::Duration after_sync{};        // observation delay, post-flight, soak

    /// No step of the machine is shorter, in any plan of the case.
    sim::Duration least() const { return until_registered + catch_up_least + after_sync; }
    /// What a schedule with fixed durations assumes.
    sim::Duration mean() const { return until_registered + catch_up_mean + after_sync; }
};

/// `converges` false: the live writes alone fill the narrowest way in, so it never ends
/// (kafka-semantics §4.2, planner finding 5).
struct CatchUp {
    sim::Duration duration{};
    bool converges = true;
};

/// Closed form of one broker's uncontended catch-up after being down for `down`, at `load` times
/// the mean write rates: backlog / (capacity - live writes), capacity = the least of NIC, disks and
/// throttle (kafka-semantics §4.5).
CatchUp uncontended_catch_up(
    const Case& a_case, BrokerId broker, sim::Duration down, DataDisk data_disk, double load);

/// `checksums`: what the plan signs; without it a step takes no time that a plan could ask for.
NominalStep nominal_step(const Case& a_case,
                         MachineId machine,
                         DataDisk data_disk,
                         Checksums checksums = Checksums::none);

}  // namespace rollcast::models
