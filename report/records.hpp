// What counting records showed, for people and for machines.
#pragma once

#include <string>

#include "models/fleet.hpp"
#include "models/record_result.hpp"
#include "report/numbers.hpp"

namespace rollcast::report {

/// One block of all topics: counts, errors by class, latencies, losses by partition.
std::string records_text(const models::Fleet& fleet, const models::RecordResult& records);
/// One object a topic; latencies in seconds, quantiles within 0.8 %.
Json records_json(const models::Fleet& fleet, const models::RecordResult& records);
/// What became of the records that steps wrote, by moment.
Json synthetic_json(const models::RecordResult& records);

}  // namespace rollcast::report
