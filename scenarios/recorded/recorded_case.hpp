// The case of a recorded run: cluster, load and everything that was done to it.
#pragma once

#include <string>
#include <vector>

#include "models/case.hpp"
#include "scenarios/recorded/recorded_run.hpp"

namespace rollcast::scenarios {

/// A recorded run as a case. Brokers, topics and partitions are in the order of the set-up; time 0
/// is the start of the load.
struct RecordedCase {
    models::Case a_case;
    std::vector<std::string> not_modelled;  // actions that the models know nothing of
};

/// Throws InputError where an action names a broker or quorum node that is not there.
RecordedCase make_recorded_case(const RecordedSetup& setup);

/// Number of the broker with this id.
models::BrokerId broker_of(const models::Fleet& fleet, std::int64_t id);

}  // namespace rollcast::scenarios
