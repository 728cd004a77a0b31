// Changes of partitions, observed or predicted, each with the act that brought it about.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "models/case.hpp"
#include "models/partition_table.hpp"
#include "models/run_state.hpp"
#include "scenarios/recorded/recorded_run.hpp"

namespace rollcast::scenarios {

enum class ChangeKind : std::uint8_t {
    leave,      // a broker leaves the ISR
    join,       // a broker joins the ISR
    lead,       // a broker becomes leader
    leaderless  // nobody leads
};

/// One broker, one partition, one instant. `cause` is an action of the case; -1 = none is known.
struct Change {
    sim::Instant at;
    ChangeKind kind = ChangeKind::leave;
    models::PartitionId partition;
    models::BrokerId broker;  // leaderless: the leader that is gone
    int cause = -1;
};

/// What a partition does over time: state from `at` on.
struct Step {
    sim::Instant at;
    std::uint8_t isr = 0;
    std::int8_t leader = -1;  // slot
};
using History = std::vector<std::vector<Step>>;  // by partition; the first step is the start

/// The history that transitions make of the initial state of `a_case`. Rows of partitions or
/// brokers that the case does not have are left out.
History history_of(const models::Case& a_case, const std::vector<models::Transition>& transitions);
History history_of(const models::Case& a_case, const std::vector<RecordedTransition>& transitions);

/// Changes in order of time, without joins that are undone within 5 s and what undid them (they
/// happen in controlled shutdowns); `undone` counts those by cause.
std::vector<Change> changes_of(const models::Case& a_case,
                               const History& history,
                               std::map<int, int>& undone);

}  // namespace rollcast::scenarios
