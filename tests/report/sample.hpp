// A case of four brokers and a verdict with one of everything, written by hand: what the renderings
// are checked on.
#pragma once

#include <vector>

#include "models/case.hpp"
#include "planner/planner.hpp"

namespace rollcast::tests {

/// Cluster c01 with racks a, b, c; brokers c01-b1 .. c01-b4 (b4 in rack a), ZooKeeper node c01-z1;
/// topic orders: two partitions, RF 3. One fault: rack b loses its power.
models::Case sample_case();

/// Every machine in turn, a batch each, the ZooKeeper node beside them.
models::Plan sample_plan();

/// Of a run that finished and in which nothing broke.
models::Verdict safe_verdict();

/// min ISR broken with three causes, leaders broken without a first breach, an accepted breach,
/// a stall, an exposed rack, broker and log dir, the last machine lost.
models::Verdict broken_verdict();

/// The sample plan, feasible, with a clique as its bound.
planner::PlanResult sample_result();

/// One that blocks, one that is accepted, one warning, one note.
std::vector<planner::Finding> sample_findings();

}  // namespace rollcast::tests
