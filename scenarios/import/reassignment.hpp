// Reads partition assignments: what `kafka-reassign-partitions --generate` prints (the current one
// is taken, the proposed one ignored), or a plain reassignment JSON.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "scenarios/import/log_dirs.hpp"

namespace rollcast::scenarios {

struct AssignmentDump {
    std::map<TopicPartition, std::vector<std::int64_t>> replicas;  // assignment order
    /// True where no header says that this is the current assignment: a plain JSON file may as
    /// well be a proposal.
    bool plain = false;
};

/// Throws DumpError where the JSON is missing, cut (also: nothing behind the current assignment,
/// where a proposal belongs), lists a partition twice, or leaves out a number
/// below a topic's highest.
AssignmentDump parse_assignment(std::string_view text);

/// The header that `--generate` prints before the current assignment.
inline constexpr std::string_view current_assignment_header =
    "Current partition replica assignment";
/// The header that `--generate` prints before the proposal.
inline constexpr std::string_view proposed_assignment_header =
    "Proposed partition reassignment configuration";

}  // namespace rollcast::scenarios
