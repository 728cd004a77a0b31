// What counting records showed: the result of the record fidelity.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/ids.hpp"
#include "models/latency_histogram.hpp"
#include "sim/units.hpp"

namespace rollcast::models {

/// How a record ended for the application that sent it, with the Java client's names.
enum class SendError : std::uint8_t {
    none,
    timeout,                  // TimeoutException: request or delivery timed out
    network,                  // NetworkException: the connection broke
    not_leader,               // NotLeaderOrFollowerException
    not_enough_replicas,      // NotEnoughReplicasException
    not_enough_after_append,  // NotEnoughReplicasAfterAppendException
    out_of_order              // OutOfOrderSequenceException
};
inline constexpr std::size_t send_error_count = 7;

std::string_view to_string(SendError error);

/// Acknowledged records of one partition that nobody can read any more.
struct PartitionLoss {
    PartitionId partition;
    std::uint64_t records = 0;
};

/// The longest time in which nothing came.
struct Stall {
    static constexpr sim::Duration row = sim::milliseconds(100);

    sim::Duration longest{};
    /// The longest stretch of rows without anything in a table with a row every 100 ms, as the
    /// recorder of the reference runs writes them: up to two rows less than the time itself.
    sim::Duration in_rows{};

    void note(sim::Instant last, sim::Instant at) {
        longest = std::max(longest, at - last);
        if (at - last <= row) return;
        const std::int64_t rows = at.count() / row.count() - last.count() / row.count() - 1;
        in_rows = std::max(in_rows, row * rows);
    }
};

/// Counts of one topic's records. Read, distinct, lost and duplicates are counted from what a
/// consumer reads from the first offset to the last when the run is over.
struct TopicRecords {
    TopicId topic;
    std::uint64_t sent = 0;
    std::uint64_t acked = 0;
    std::array<std::uint64_t, send_error_count> failed{};  // by SendError
    std::uint64_t read = 0;
    std::uint64_t distinct = 0;
    std::uint64_t acked_lost = 0;  // acknowledged, and not in the log of who leads at the end
    std::uint64_t duplicates = 0;
    std::uint64_t present_unacked = 0;
    std::uint64_t unreadable = 0;  // acknowledged, in a partition that has no leader at the end
    std::uint64_t consumed = 0;    // by the live consumer group
    std::uint64_t stalled = 0;     // acknowledged ones that waited for a dead broker to be fenced
    sim::Duration longest_stalled{};
    Stall producer_stall;  // between two acknowledgements
    Stall consumer_stall;  // between two reads
    sim::Instant first_failure = sim::Instant::never();
    LatencyHistogram produce;     // send to acknowledgement
    LatencyHistogram end_to_end;  // send to the live consumer
    std::vector<PartitionLoss> lost;

    std::uint64_t failures() const {
        std::uint64_t all = 0;
        for (const std::uint64_t n : failed) all += n;
        return all;
    }
};

/// When a step writes records of its own.
enum class SyntheticMoment : std::uint8_t { before, during, after };
inline constexpr std::size_t synthetic_moment_count = 3;

std::string_view to_string(SyntheticMoment moment);

/// What became of the records that steps wrote at one of those moments.
struct SyntheticRecords {
    std::uint64_t written = 0;
    std::uint64_t once = 0;     // there, exactly once
    std::uint64_t failed = 0;   // told to the writer
    std::uint64_t missing = 0;  // acknowledged, and nobody can read them
    std::uint64_t twice = 0;    // there more than once
};

struct RecordResult {
    std::vector<TopicRecords> topics;  // in topic order
    /// By SyntheticMoment; nothing where the plan asks for none.
    std::array<SyntheticRecords, synthetic_moment_count> synthetic{};
};

}  // namespace rollcast::models
