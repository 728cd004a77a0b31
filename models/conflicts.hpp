// Which brokers must not be down together, from placement, current ISR and floors.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/fleet.hpp"

namespace rollcast::models {

/// Partitions with slack above 1 that share one replica set: at most `slack` of `members` may be
/// out of sync at once.
struct ConflictGroup {
    std::vector<std::uint32_t> members;  // brokers by place in their cluster, ascending
    int slack = 0;
    bool operator==(const ConflictGroup&) const = default;
};

/// Conflicts of one cluster. Brokers are named by their place in the cluster, 0 .. size()-1.
///
/// Slack of a partition = ISR size now - floor. Slack 1: any two of its in-sync replicas conflict.
/// Slack above 1: a group. Slack 0 or less: its in-sync brokers are `barred`; accepted topics
/// constrain nothing. Replicas out of the ISR are no part of it (planner §1.1).
class ClusterConflicts {
public:
    ClusterConflicts() = default;
    ClusterConflicts(const Fleet& fleet, ClusterId cluster);

    std::size_t size() const { return size_; }
    bool conflict(std::uint32_t a, std::uint32_t b) const {
        return (rows_[a * words_ + b / 64] >> (b % 64)) & 1U;
    }
    /// Bit set of the neighbours of `a`, `words()` words.
    std::span<const std::uint64_t> row(std::uint32_t a) const {
        return {rows_.data() + a * words_, words_};
    }
    std::size_t words() const { return words_; }
    const std::vector<ConflictGroup>& groups() const { return groups_; }
    /// Groups that hold a broker, by index into groups().
    std::span<const std::uint32_t> groups_of(std::uint32_t a) const { return groups_of_[a]; }
    /// Brokers that no step in place may take down: one of their partitions has no slack.
    const std::vector<bool>& barred() const { return barred_; }

private:
    /// Takes in one partition: its in-sync members and how many of them it can spare.
    void constrain(std::span<const std::uint32_t> members, int slack);
    void index_groups();

    std::size_t size_ = 0;
    std::size_t words_ = 0;
    std::vector<std::uint64_t> rows_;
    std::vector<ConflictGroup> groups_;
    std::vector<std::vector<std::uint32_t>> groups_of_;
    std::vector<bool> barred_;
};

}  // namespace rollcast::models
