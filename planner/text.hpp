// Durations, sizes and names as the sentences of findings and bounds show them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/case.hpp"

namespace rollcast::planner {

/// "4 h 07 min" (to the nearest minute), "50 min 30 s", "12 s".
std::string text(sim::Duration duration);
/// Decimal units: "1.3 TB", "210 GB", "0 B".
std::string text(sim::Bytes bytes);
/// "1 partition", "3 partitions".
std::string counted(std::uint64_t count, const std::string& what);
/// Up to `most` names with commas, then "and 4 more".
std::string listed(const std::vector<std::string>& names, std::size_t most = 5);

std::vector<std::string> machine_names(const models::Fleet& fleet,
                                       const std::vector<models::MachineId>& machines);

}  // namespace rollcast::planner
