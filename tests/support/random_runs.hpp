// Small clusters with everything at random: placement, dirt, quorum, plan and faults.
#pragma once

#include "models/case.hpp"
#include "models/plan.hpp"
#include "models/simulate.hpp"

namespace rollcast::support {

/// One run to be looked at event by event.
struct RandomRun {
    models::Case a_case;
    models::Plan plan;
    models::RunOptions options;
};

/// All of it drawn from `seed`: 4-8 brokers in 2-4 racks, RF 1-4, min ISR 1-3, 1-3 log dirs, some
/// rack violations, a ZooKeeper or KRaft quorum on own or shared hosts, a daily curve, consumer
/// groups; a barrier or event-driven plan of either gate, keep or wipe; up to five faults of all
/// kinds, timed or by phase; durations nominal or drawn.
RandomRun random_run(std::uint64_t seed);
/// The same with up to eight faults more, of every kind.
RandomRun random_run_of_every_fault(std::uint64_t seed);

}  // namespace rollcast::support
