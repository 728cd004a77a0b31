// The steps of a run in the order in which they are begun: what everything that is handed over
// goes by.
#pragma once

#include <string>
#include <vector>

#include "models/case.hpp"
#include "models/plan.hpp"
#include "models/verdict.hpp"

namespace rollcast::report {

/// Machines of one cluster that the plan names together, in the order of their starts.
struct HandoverBatch {
    models::ClusterId cluster;
    std::uint32_t number = 0;  // of the plan, from 0
    std::vector<models::MachineTimes> steps;

    sim::Instant start() const { return steps.front().start; }
};

/// Every batch with a step that was begun, by the start of its first step. Quorum nodes on machines
/// of their own are batches of one.
std::vector<HandoverBatch> batches_by_start(const models::Case& a_case,
                                            const models::Verdict& verdict);

}  // namespace rollcast::report
