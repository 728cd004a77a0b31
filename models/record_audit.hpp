// The count at the end: everything is read back, as a consumer would.
#pragma once

#include "models/record_state.hpp"
#include "models/verdict.hpp"

namespace rollcast::models {

/// True where every record that was handed to a producer has been acknowledged or has failed.
bool all_ended(const RecordState& state);

/// Counts of every topic: what its consumers would read from its leaders below their high
/// watermarks, beside what its producers were told.
RecordResult count_records(RecordState& state, const RunState& run);

/// Answers the rules that only a count can answer: acknowledged records lost, duplicates, client
/// errors; and latency, where the case has a limit for it.
void judge_records(const RecordState& state, const RecordResult& records, Verdict& verdict);

}  // namespace rollcast::models
