// Reads what `kafka-topics --describe` prints, of every version: TopicId or none, tabs or blanks,
// "Topic:X" or "Topic: X", with or without ELR, leader -1 or none.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcast::scenarios {

struct DescribedPartition {
    std::int64_t number = 0;
    std::optional<std::int64_t> leader;  // nothing = none or -1
    std::vector<std::int64_t> replicas;  // assignment order
    std::vector<std::int64_t> isr;
    std::vector<std::int64_t> adding, removing;  // a reassignment that runs
    std::size_t line = 0;
};

struct DescribedTopic {
    std::string name;
    std::int64_t partition_count = 0;
    std::int64_t replication_factor = 0;
    std::map<std::string, std::string> configs;  // topic-level overrides only
    bool marked_for_deletion = false;
    std::vector<DescribedPartition> partitions;  // by number, 0 .. partition_count - 1
    std::size_t line = 0;
};

struct TopicsDescribe {
    std::vector<DescribedTopic> topics;  // order of the dump
    /// True where the dump has partition lines only, as --under-replicated-partitions prints them:
    /// it then lists a selection and cannot define a topology; `topics` holds what was listed.
    bool selection_only = false;
};

/// Throws DumpError where a line cannot be read, a topic is described twice, replicas do not match
/// the replication factor, or partitions are missing (the dump is cut).
TopicsDescribe parse_topics_describe(std::string_view text);

/// True for a line that only this dump has.
bool looks_like_topics_describe(std::string_view line);

/// Splits "k=v,k=v" where values may hold commas and '=': a part starts a new setting only where a
/// setting's name and '=' stand at its front.
std::map<std::string, std::string> parse_config_list(std::string_view text);

}  // namespace rollcast::scenarios
