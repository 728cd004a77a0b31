// Predictions as tables of the recorder's format, so that anyone can score them.
#pragma once

#include <string>

#include "scenarios/recorded/prediction.hpp"

namespace rollcast::scenarios {

/// Rows run, seed, t_ms (since the start of the load), topic, partition, leader, leader_epoch, isr,
/// as in transitions.tsv; with the header line where `header`.
std::string transitions_table(const std::string& run,
                              const models::Case& a_case,
                              const Prediction& prediction,
                              std::uint64_t first_seed,
                              bool header);

}  // namespace rollcast::scenarios
