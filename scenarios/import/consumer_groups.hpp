// Reads what `kafka-consumer-groups --describe` prints: which group reads which partitions, and how
// far behind it is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/import/log_dirs.hpp"

namespace rollcast::scenarios {

struct GroupOffset {
    std::optional<std::int64_t> lag;  // messages; nothing where the tool prints '-'
    std::optional<std::int64_t> log_end_offset;
};

struct DescribedGroup {
    std::string name;
    bool active = false;  // a member reads at least one partition
    std::map<TopicPartition, GroupOffset> partitions;
};

/// Groups in the order of the dump. Throws DumpError where a row does not fit its header.
std::vector<DescribedGroup> parse_consumer_groups(std::string_view text);

bool looks_like_consumer_groups(std::string_view line);

}  // namespace rollcast::scenarios
