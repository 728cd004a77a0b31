// How fast one cluster can go at most: its conflicts taken apart, part by part.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/case.hpp"
#include "planner/certificate/certificate.hpp"
#include "planner/conflict_graph.hpp"
#include "planner/steps.hpp"

namespace rollcast::planner {

/// A cluster as its bound sees it. Vectors have one entry a vertex of `graph`.
struct BoundProblem {
    ConflictGraph graph;
    std::vector<models::MachineId> machine;
    std::vector<models::ConflictGroup> groups;
    std::vector<sim::Duration> weight;  // for which a broker keeps its neighbours out
    std::vector<sim::Duration> crew;    // first part of `weight`: holds a crew
    std::vector<sim::Duration> slot;    // first part of `weight`: holds a re-image slot
    models::Limits limits;              // crews, image_slots, max_down; the rest is not looked at
};

/// What forces the bound of a part.
struct PartBound {
    sim::Duration value{};
    std::string kind;  // "longest_step", "clique", "join", "fractional", "colours", "crew_area",
                       // "packing", "slot_area", "max_down", "group"
    Vertices members;  // of the clique, group or part at work
    certificate::Proof proof = {};
    std::size_t parts = 1;  // kind "join": how many parts add up
};

/// No schedule in which conflicting brokers keep each other out for their whole weight, and the
/// limits hold, takes less. Exact on cographs without limits.
///
/// Parts that exclude each other add up (planner §1.5.4), parts without an edge between them run
/// side by side; what neither splits is bounded by its heaviest clique and by the fractional bound.
/// At every level the limits bound the part as jobs on identical machines, crews exactly where that
/// is within reach.
PartBound conflict_bound(const BoundProblem& problem);

BoundProblem bound_problem(const models::Case& a_case,
                           models::ClusterId cluster,
                           const models::ClusterConflicts& conflicts,
                           const StepTable& steps,
                           models::Gate gate);

}  // namespace rollcast::planner
