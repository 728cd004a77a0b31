// How fast any plan with the same gate could be at most, and why.
#pragma once

#include <string>
#include <vector>

#include "models/case.hpp"
#include "models/conflicts.hpp"
#include "models/plan.hpp"
#include "planner/certificate/certificate.hpp"
#include "planner/steps.hpp"

namespace rollcast::planner {

/// A duration that no plan beats, with what forces it.
struct LowerBound {
    sim::Duration value{};
    std::string kind;  // "clique", "serial", "join", "crew_area", "slot_area", "quorum_chain", ...
    std::string reason;                                     // one sentence with the numbers
    models::ClusterId cluster = models::ClusterId::none();  // the one that binds, if one does
    std::vector<models::MachineId> machines;                // the clique or chain, if any
    certificate::Proof proof = {};                          // what an independent checker needs
};

/// The best of all bounds for `gate` and nominal durations, sound for that gate (planner §1.5): a
/// conflict costs the whole step only where the gate waits for the whole broker.
///
/// It holds for every plan whose conflicting brokers wait for each other at the gate, so for all
/// event-driven plans and for barrier plans without a conflict or more than max_down brokers in a
/// batch. With change windows it is the earliest instant by which that much open time has passed.
LowerBound lower_bound(const models::Case& a_case, models::Gate gate, models::DataDisk data_disk);

/// The same from what a search has at hand: `conflicts` in cluster order.
LowerBound lower_bound(const models::Case& a_case,
                       models::Gate gate,
                       const StepTable& steps,
                       const std::vector<models::ClusterConflicts>& conflicts);

/// The bound of one cluster with all crews and slots to itself, in open time: what its steps and
/// quorum chain need between the first start and the last end.
LowerBound cluster_lower_bound(const models::Case& a_case,
                               models::ClusterId cluster,
                               models::Gate gate,
                               const StepTable& steps,
                               const models::ClusterConflicts& conflicts);

std::vector<models::ClusterConflicts> all_conflicts(const models::Fleet& fleet);

}  // namespace rollcast::planner
