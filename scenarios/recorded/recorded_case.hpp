// The case of a recorded run: cluster, load and everything that was done to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/case.hpp"
#include "scenarios/recorded/measured_times.hpp"
#include "scenarios/recorded/recorded_run.hpp"

namespace rollcast::scenarios {

/// A recorded run as a case. Brokers, topics and partitions are in the order of the set-up; time 0
/// is the start of the load.
struct RecordedCase {
    models::Case a_case;
    std::vector<std::string> not_modelled;  // actions that the models know nothing of
};

/// How long the start of one broker took.
struct RecordedStart {
    models::SpreadDuration takes;
    models::SpreadDuration serves_after;
    models::SpreadDuration join_queue;
};

/// A roll of the script with what the machine needed for each start, and when each group was
/// signalled.
struct RecordedRoll {
    std::vector<std::vector<std::int64_t>> groups;  // brokers by id
    std::vector<std::vector<RecordedStart>> starts;
    std::vector<std::int64_t> signals_ms;  // only the first may be used for a prediction
    std::size_t scripted = 0;  // groups of the script; those after the last one here were cut off
    std::optional<std::int64_t> cut_at_ms{};  // signal of the first that was cut off
    sim::Duration down{};
    sim::Duration quiet{};
};

/// The rolls of the script, each up to the last group that came back while the run was recorded;
/// nothing of a roll whose first did not.
std::vector<RecordedRoll> recorded_rolls(const RecordedSetup& setup,
                                         const MeasuredTimes& times = {});

/// Throws InputError where an action names a broker or quorum node that is not there.
RecordedCase make_recorded_case(const RecordedSetup& setup, const MeasuredTimes& times = {});

/// Number of the broker with this id.
models::BrokerId broker_of(const models::Fleet& fleet, std::int64_t id);

}  // namespace rollcast::scenarios
