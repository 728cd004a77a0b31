// Random cases as scenarios: the same from the same seed and number, whatever else is drawn.
#pragma once

#include <cstdint>
#include <memory>

#include "scenarios/format/json_file.hpp"
#include "scenarios/hunt/family.hpp"
#include "scenarios/suite/prepare.hpp"

namespace rollcast::scenarios {

/// One random case: what to run, and the scenario that says so in a file of its own.
struct DrawnCase {
    HuntFamily family = HuntFamily::flow;
    std::uint64_t run_seed = 1;
    bool sampled = false;
    std::shared_ptr<const CaseAndPlan> what;
    Json scenario;
};

/// Case `number` of the campaign with `seed`: one or two clusters of 3 to 8 brokers in 2 to 4
/// racks, ZooKeeper or KRaft, RF 1 to 4, placements with and without rack violations, links, rooms,
/// throttles, stacks, limits and windows; a plan or a tool; up to ten faults of any kind.
///
/// Throws InputError where what was drawn is no good scenario: that is a bug here.
DrawnCase draw_case(std::uint64_t seed, std::uint64_t number);

}  // namespace rollcast::scenarios
