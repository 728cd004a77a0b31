// Today's rules, each as a plan: how the first orders are made.
#pragma once

#include "models/plan.hpp"
#include "planner/decode.hpp"
#include "planner/planner.hpp"

namespace rollcast::planner {

/// Quorum nodes on machines of their own, followers first, the leader last (kafka-semantics §5.2).
std::vector<models::MachineId> quorum_order(const models::Fleet& fleet, models::ClusterId cluster);

/// The plan of `policy`, which is none of `best`. Barrier batches hold at most max_down brokers.
///
/// one_at_a_time: one broker a batch, by id. rack_at_a_time: the brokers of a rack, racks by id.
/// greedy_batches: P4 of the baseline policies as fixed: cells by first fit so that no two brokers
/// of a cell host the same partition, the largest cell first (then the one with the lowest id),
/// cells made anew for what is left. event_driven: the classes of a DSATUR colouring, the class
/// with the longest chain behind it first over the whole fleet, the longest step first within.
models::Plan policy_plan(Policy policy,
                         const Decoder& decoder,
                         models::Gate gate,
                         models::DataDisk data_disk);

/// True where some barrier batch holds two brokers in conflict or more members of a group than its
/// slack: then the gate does not stand between them, only the length of their steps does.
bool conflict_within_batch(const models::Fleet& fleet,
                           const models::Plan& plan,
                           const std::vector<models::ClusterConflicts>& conflicts);

/// True where no batch of `plan` is such. A run of a plan that does not keep its gate can be safe
/// and shorter than any bound on plans with the gate.
bool gate_kept(const models::Case& a_case, const models::Plan& plan);

}  // namespace rollcast::planner
