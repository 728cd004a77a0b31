// Oracles by exhaustion, for fleets of a few machines.
#pragma once

#include <vector>

#include "planner/decode.hpp"

namespace rollcast::tests {

/// A job of the oracle: it keeps its neighbours out for `separation` from its start, holds a crew
/// for `crew` and a slot for `slot`, and ends after `length`.
struct OracleJob {
    sim::Duration length{};
    sim::Duration separation{};
    sim::Duration crew{};
    sim::Duration slot{};
};

struct Oracle {
    std::vector<OracleJob> jobs;
    std::vector<std::vector<bool>> conflict;
    std::vector<models::ConflictGroup> groups;
    int crews = 1 << 20;
    int slots = 1 << 20;
    int max_down = 1 << 20;
};

/// The shortest makespan of any schedule, deliberate waits among them: the best over all orders of
/// placing each job at the earliest start that the jobs placed before it leave (all active
/// schedules). n! placements.
sim::Duration optimum(const Oracle& oracle);

/// The oracle of one cluster of a case, without its quorum.
Oracle oracle_of(const models::Case& a_case,
                 const planner::StepTable& steps,
                 models::Gate gate,
                 bool least);

/// The shortest decoded makespan over all orders of the brokers of cluster 0, event-driven.
sim::Duration best_event_driven(const planner::Decoder& decoder, models::Gate gate);

}  // namespace rollcast::tests
