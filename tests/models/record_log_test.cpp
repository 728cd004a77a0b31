// Logs by epoch and offset: truncation to a leader, limits of a fetch, what a reader finds.
#include "models/record_log.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "models/latency_histogram.hpp"
#include "tests/support/lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using support::at;

namespace {

ReplicaLog log_of(const std::vector<EpochStart>& history, Offset end) {
    ReplicaLog log;
    log.history = history;
    log.leo = end;
    return log;
}

RecordBatch batch(Offset base, std::uint64_t first, std::uint32_t count) {
    RecordBatch records;
    records.base = base;
    records.first = first;
    records.count = count;
    return records;
}

/// Numbers of the records that a reader of `log` finds, in order.
std::vector<std::uint64_t> read(const PartitionRecords& records, const ReplicaLog& log) {
    std::vector<std::uint64_t> numbers;
    records.for_each(log, 0, log.leo, [&](const RecordBatch& b, std::uint32_t count) {
        for (std::uint32_t i = 0; i < count; ++i) numbers.push_back(b.first + i);
    });
    return numbers;
}

}  // namespace

TEST_CASE("a follower keeps what it shares with the leader, found by epochs") {
    const ReplicaLog leader = log_of({{0, 0}, {2, 10}, {5, 20}}, 30);
    // The same epochs, shorter or longer in the last one.
    CHECK(PartitionRecords::common_prefix(log_of({{0, 0}, {2, 10}}, 15), leader) == 15);
    CHECK(PartitionRecords::common_prefix(log_of({{0, 0}, {2, 10}}, 25), leader) == 20);
    CHECK(PartitionRecords::common_prefix(log_of({{0, 0}}, 12), leader) == 10);
    // An epoch that the leader never had: its records go, and those before it are compared.
    CHECK(PartitionRecords::common_prefix(log_of({{0, 0}, {2, 10}, {3, 18}}, 40), leader) == 18);
    CHECK(PartitionRecords::common_prefix(log_of({{0, 0}, {1, 14}}, 16), leader) == 10);
    CHECK(PartitionRecords::common_prefix(log_of({}, 0), leader) == 0);
    CHECK(PartitionRecords::common_prefix(leader, log_of({}, 0)) == 0);
}

TEST_CASE("a truncated log forgets the epochs that began beyond its end") {
    ReplicaLog log = log_of({{0, 0}, {2, 10}, {5, 20}}, 30);
    log.high_watermark = 25;
    log.flushed = 28;
    log.truncate(20);
    CHECK(log.leo == 20);
    CHECK(log.high_watermark == 20);
    CHECK(log.flushed == 20);
    CHECK(log.history.size() == 2);
    log.append(7, 4);
    CHECK(log.history.back().epoch == 7);
    CHECK(log.history.back().start == 20);
    CHECK(log.leo == 24);
}

TEST_CASE("what arrives late is what the leader had when it sent it") {
    ReplicaLog late = log_of({{0, 0}}, 2);
    // The leader lost its log and leads another epoch; the two share nothing.
    const ReplicaLog begun_again = log_of({{2, 0}}, 50);
    late.copy(begun_again, 3, 0);
    CHECK(late.leo == 3);
    REQUIRE(late.history.size() == 1);
    CHECK(PartitionRecords::common_prefix(late, begun_again) == 0);
    // Nothing has changed: its epochs come along.
    ReplicaLog behind = log_of({{0, 0}}, 2);
    behind.copy(log_of({{0, 0}, {2, 10}}, 50), 20, 2);
    REQUIRE(behind.history.size() == 2);
    CHECK(behind.history.back().start == 10);
}

TEST_CASE("two leaders' records of the same offsets are told apart by their epochs") {
    PartitionRecords records;
    ReplicaLog old_leader;
    records.append(0, batch(0, 0, 10));
    old_leader.append(0, 10);
    ReplicaLog follower;
    follower.copy(old_leader, 10, 0);
    records.append(0, batch(10, 10, 5));  // nobody fetches these
    old_leader.append(0, 5);
    records.begin_epoch(1, 10);
    records.append(1, batch(10, 15, 3));
    follower.append(1, 3);

    CHECK(read(records, old_leader) ==
          std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14});
    CHECK(read(records, follower) ==
          std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17});

    old_leader.truncate(PartitionRecords::common_prefix(old_leader, follower));
    CHECK(old_leader.leo == 10);
    old_leader.copy(follower, 13, 1);
    CHECK(read(records, old_leader) == read(records, follower));
    std::vector<std::uint64_t> back;
    records.for_each_back(old_leader, [&](const RecordBatch& b) {
        back.push_back(b.first);
        return true;
    });
    CHECK(back == std::vector<std::uint64_t>{15, 0});
}

TEST_CASE("a fetch takes whole batches up to its limit, and at least one") {
    PartitionRecords records(100);  // 100 records of before the run
    ReplicaLog log;
    log.append(0, 100);
    for (std::uint32_t i = 0; i < 4; ++i) {
        records.append(0, batch(100 + 10 * i, 10 * i, 10));
        log.append(0, 10);
    }
    CHECK(records.cut(log, 0, 30) == 30);
    CHECK(records.cut(log, 95, 115) == 100);
    CHECK(records.cut(log, 100, 125) == 120);
    CHECK(records.cut(log, 100, 104) == 110);
    CHECK(records.cut(log, 100, 1'000) == 140);
}

TEST_CASE("a quantile of the latency histogram is at most 0.8 % off") {
    LatencyHistogram latencies;
    for (std::int64_t us = 1; us <= 100'000; ++us) latencies.add(sim::microseconds(us));
    CHECK(latencies.count() == 100'000);
    CHECK(latencies.longest() == sim::milliseconds(100));
    for (const double share : {0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
        CAPTURE(share);
        const double ratio = sim::to_seconds(latencies.quantile(share)) / (share * 0.1);
        CHECK(std::abs(ratio - 1.0) <= 1.0 / 128.0);
    }
    CHECK(LatencyHistogram{}.quantile(0.5) == sim::Duration{});
}
