// Predictions as tables of the recorder's format, so that anyone can score them.
#pragma once

#include <string>

#include "scenarios/recorded/clients.hpp"
#include "scenarios/recorded/prediction.hpp"

namespace rollcast::scenarios {

/// Rows as in transitions.tsv, with the run and the seed before them: run, seed, t_ms (Unix time),
/// topic, partition, leader, leader_epoch, isr; with the header line where `header`.
std::string transitions_table(const RecordedSetup& setup,
                              const models::Case& a_case,
                              const Prediction& prediction,
                              std::uint64_t first_seed,
                              bool header);

/// Rows as in records.tsv, with the run and the seed before them, and after them what the tables of
/// every 100 ms show: errors by class, and the longest time without an acknowledgement and without
/// a record read, in ms.
std::string records_table(const RecordedSetup& setup,
                          const models::Case& a_case,
                          const ClientPrediction& prediction,
                          std::uint64_t first_seed,
                          bool header);

}  // namespace rollcast::scenarios
