// How fast any plan with the same gate could be at most, and why.
#pragma once

#include <string>
#include <vector>

#include "models/case.hpp"
#include "models/plan.hpp"

namespace rollcast::planner {

/// A duration that no plan beats, with what forces it.
struct LowerBound {
    sim::Duration value{};
    std::string kind;     // "clique", "serial", "join", "crew_area", "slot_area", "quorum_chain", ...
    std::string reason;   // one sentence with the numbers
    models::ClusterId cluster = models::ClusterId::none();  // the one that binds, if one does
    std::vector<models::MachineId> machines;                // the clique or chain, if any
};

/// The best of all bounds for `gate` and nominal durations, sound for that gate (planner §1.5): a
/// conflict costs the whole step only where the gate waits for the whole broker.
LowerBound lower_bound(const models::Case& a_case, models::Gate gate, models::DataDisk data_disk);

}  // namespace rollcast::planner
