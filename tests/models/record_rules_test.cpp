// Rules that a simulator most often gets wrong (kafka-semantics §11), by number.
#include <doctest/doctest.h>

#include "tests/support/record_driver.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

sim::Instant left_isr_at(RecordDriver& driver, std::uint8_t slot, sim::Instant until) {
    for (sim::Instant t = at(100); t < until; t = t + sim::milliseconds(100)) {
        driver.until(t);
        if (((driver.isr(0) >> slot) & 1) == 0) return t;
    }
    return sim::Instant::never();
}

}  // namespace

TEST_CASE("1: being in sync is a matter of time, not of bytes") {
    // Hosts 2 s apart: followers are thousands of records behind, always, and reach where the
    // leader was at the fetch before.
    Lab far = three_broker_lab(one_partition(1'000, Acks::leader));
    far.tables.topics[TopicId{0}].producer.batch_size = Bytes{10'000'000};
    far.a_case.record.network = sim::seconds(2);
    RecordDriver behind(far);
    behind.until(at(200));
    const Offset missing = behind.log(0, 0).leo - behind.log(0, 1).leo;
    CHECK(missing > 2'000);
    CHECK(behind.isr(0) == 0b111);

    // One that stands still is out between L and 1.5 L, though it lacks next to nothing.
    Lab near = three_broker_lab(one_partition(1));
    RecordDriver stalled(near);
    stalled.until(at(100));
    stalled.stop(1, Stop::hung);
    const sim::Instant out = left_isr_at(stalled, 1, at(200));
    CHECK(out > at(129));
    CHECK(out <= at(146));
    CHECK(stalled.isr(0) == 0b101);
}

TEST_CASE("3: an idle partition never shrinks by lag from 2.1 on, and did before") {
    for (const char* version : {"3.9.1", "2.1.0", "2.0.1"}) {
        CAPTURE(version);
        Lab lab = three_broker_lab(one_partition(0));
        lab.tables.clusters[ClusterId{0}].stack.kafka_version = version;
        RecordDriver driver(lab);
        driver.until(at(100));
        driver.stop(1, Stop::hung);
        driver.until(at(200));
        CHECK(driver.isr(0) == (std::string(version) == "2.0.1" ? 0b101 : 0b111));
    }
}

TEST_CASE("4: acks=all waits for every member of the ISR, not for min ISR of them") {
    const auto latency = [](bool slow_member) {
        Lab lab = three_broker_lab(one_partition(2));
        // 1 kB at 5 kB/s: the response to follower 2 takes 0.2 s.
        lab.fault(slow_nic(2, sim::seconds(1), sim::seconds(10'000), 4e-6));
        if (!slow_member) lab.fault(crash(2, sim::seconds(2), sim::seconds(10'000)));
        lab.options.horizon = sim::seconds(200);
        return counted(lab).produce.quantile(0.5);
    };
    CHECK(latency(true) > sim::milliseconds(200));
    CHECK(latency(true) < sim::milliseconds(220));
    CHECK(latency(false) < sim::milliseconds(10));
}

TEST_CASE("5: min ISR is checked before the append, and for acks=all alone") {
    const auto run = [](Acks acks) {
        Lab lab = three_broker_lab(one_partition(100, acks));
        lab.tables.topics[TopicId{0}].retries = false;
        RecordDriver driver(lab);
        driver.follows_isr = false;
        driver.until(at(10));
        driver.lead(0, 0, 0b001);
        driver.until(at(11));
        const Offset before = driver.log(0, 0).leo;
        driver.until(at(20));
        const Offset appended = driver.log(0, 0).leo - before;
        return std::pair{appended, driver.finish().topics[0]};
    };
    const auto [appended, counts] = run(Acks::leader);
    CHECK(appended == 900);
    CHECK(counts.failures() == 0);

    const auto [nothing, refused] = run(Acks::all);
    CHECK(nothing == 0);
    const auto errors = refused.failed[static_cast<std::size_t>(SendError::not_enough_replicas)];
    CHECK(errors >= 990);  // ten seconds but for the 20 ms until the leader hears of its ISR
    CHECK(errors == refused.failures());
}

TEST_CASE("a refusal that comes after delivery.timeout.ms ends a record, not a time-out") {
    // Sent again 100 ms after each answer, which is 40 ms on its way: of those 140 ms an answer is
    // on its way back for 20, in which the time may be over. Two records a second are all sent.
    Lab lab = three_broker_lab(one_partition(2));
    lab.tables.topics[TopicId{0}].producer.delivery_timeout = sim::seconds(2);
    lab.a_case.record.network = sim::milliseconds(20);
    RecordDriver driver(lab);
    driver.follows_isr = false;
    driver.until(at(10));
    driver.lead(0, 0, 0b001);
    driver.until(at(230));
    const TopicRecords counts = driver.finish().topics[0];
    const auto of = [&](SendError error) {
        return static_cast<double>(counts.failed[static_cast<std::size_t>(error)]);
    };
    CHECK(of(SendError::not_enough_replicas) > 0.05 * static_cast<double>(counts.failures()));
    CHECK(of(SendError::not_enough_replicas) < 0.30 * static_cast<double>(counts.failures()));
    CHECK(of(SendError::timeout) + of(SendError::not_enough_replicas) ==
          static_cast<double>(counts.failures()));
}

TEST_CASE("6: under min ISR the high watermark stands from 3.7 on") {
    for (const char* version : {"3.6.2", "3.7.0"}) {
        CAPTURE(version);
        Lab lab = three_broker_lab(one_partition(100, Acks::leader));
        lab.tables.clusters[ClusterId{0}].stack.kafka_version = version;
        RecordDriver driver(lab);
        driver.until(at(10));
        driver.stop(1, Stop::killed);
        driver.stop(2, Stop::killed);
        driver.lead(0, 0, 0b001);
        driver.until(at(11));
        const Offset before = driver.log(0, 0).high_watermark;
        driver.until(at(20));
        const Offset seen = driver.log(0, 0).high_watermark - before;
        CHECK(driver.log(0, 0).leo > 1'990);
        CHECK(seen == (std::string(version) == "3.7.0" ? 0 : 900));
        driver.start(1);
        driver.until(at(25));
        CHECK(driver.isr(0) == 0b011);
        CHECK(driver.log(0, 0).high_watermark > 2'490);
    }
}

TEST_CASE("7: a returning follower is let in at the high watermark, still behind the log end") {
    Lab lab = three_broker_lab(one_partition(100'000, Acks::leader));
    lab.tables.topics[TopicId{0}].producer.batch_size = Bytes{10'000'000};
    lab.a_case.record.network = sim::milliseconds(20);
    RecordDriver driver(lab);
    driver.until(at(5));
    driver.stop(1, Stop::killed);
    driver.lead(0, 0, 0b101);
    driver.until(at(8));
    driver.start(1);
    for (sim::Instant t = at(8); driver.expanded.empty() && t < at(60);) {
        driver.until(t = t + sim::milliseconds(1));
    }
    REQUIRE(driver.expanded.size() == 1);
    CHECK(driver.log(0, 1).leo >= driver.log(0, 0).high_watermark);
    CHECK(driver.log(0, 0).leo - driver.log(0, 1).leo > 1'000);
}

TEST_CASE("8: a controlled shutdown goes under min ISR, and acks=all is refused then") {
    Lab lab = three_broker_lab(one_partition(100));
    lab.tables.topics[TopicId{0}].retries = false;
    lab.tables.partitions[PartitionId{0}].isr = 0b011;
    lab.fault(crash(2, sim::seconds(1), sim::seconds(10'000)));
    lab.batches(Start::barrier, {{1}});
    lab.options.horizon = sim::seconds(200);
    World world = lab.world();
    world.run();
    CHECK(in_sync(world, 0) == Places{0});
    const Verdict verdict = world.verdict();
    CHECK(verdict.records->topics[0]
              .failed[static_cast<std::size_t>(SendError::not_enough_replicas)] > 0);
    CHECK(verdict.rule(Rule::client_errors).broken());
}

TEST_CASE("10: killed processes keep their page caches, hosts without power do not") {
    const auto run = [](bool power) {
        Lab lab = three_broker_lab(one_partition(1'000));
        for (std::uint32_t b = 0; b < 3; ++b) {
            lab.fault(power ? power_loss(b, sim::seconds(100), sim::seconds(30))
                            : crash(b, sim::seconds(100), sim::seconds(30)));
        }
        return counted(lab);
    };
    const TopicRecords killed = run(false);
    CHECK(killed.acked_lost == 0);
    CHECK(killed.duplicates == 0);
    CHECK(run(true).acked_lost > 29'000);
}

TEST_CASE("11: the last replica standing loses acknowledged data with min ISR 2, clean elections") {
    Lab lab = three_broker_lab(one_partition(1'000));
    lab.fault(crash(1, sim::seconds(100), sim::seconds(60)));
    lab.fault(crash(2, sim::seconds(104), sim::seconds(60)));
    lab.fault(power_loss(0, sim::seconds(120), sim::seconds(30)));
    const TopicRecords counts = counted(lab);
    CHECK(counts.acked_lost > 0);
    CHECK(counts.acked_lost < 30'000);
}

TEST_CASE("20: three generations of clients on one leader's death") {
    const auto run = [](Acks acks, bool retries, bool idempotent) {
        LoadSketch load = one_partition(1'000, acks);
        load.retries = retries;
        load.idempotent = idempotent;
        Lab lab = three_broker_lab(load);
        lab.a_case.record.network = sim::milliseconds(5);
        lab.fault(crash(0, sim::seconds(60), sim::seconds(60)));
        return counted(lab);
    };
    const TopicRecords old = run(Acks::leader, false, false);
    CHECK(old.failed[static_cast<std::size_t>(SendError::network)] > 0);
    CHECK(old.duplicates == 0);
    const TopicRecords plain = run(Acks::all, true, false);
    CHECK(plain.failures() == 0);
    CHECK(plain.acked_lost == 0);
    const TopicRecords exact = run(Acks::all, true, true);
    CHECK(exact.failures() == 0);
    CHECK(exact.duplicates == 0);
    CHECK(exact.acked_lost == 0);
    CHECK(exact.produce.longest() > sim::seconds(7));
}

TEST_CASE("a lost acknowledgement makes a duplicate, but for idempotent producers") {
    // Both followers stand still for longer than a request may take: what the leader has appended
    // is sent again when they are back.
    const auto run = [](bool idempotent) {
        LoadSketch load = one_partition(100);
        load.idempotent = idempotent;
        Lab lab = three_broker_lab(load);
        RecordDriver driver(lab);
        driver.follows_isr = false;
        driver.until(at(60));
        driver.stop(1, Stop::hung);
        driver.stop(2, Stop::hung);
        driver.until(at(95));
        driver.start(1);
        driver.start(2);
        driver.until(at(130));
        return driver.finish().topics[0];
    };
    const TopicRecords plain = run(false);
    CHECK(plain.duplicates > 0);
    CHECK(plain.duplicates <= 16);  // the one batch that had been appended
    CHECK(plain.acked == plain.sent);
    const TopicRecords exact = run(true);
    CHECK(exact.duplicates == 0);
    CHECK(exact.acked == exact.sent);
    CHECK(exact.acked_lost == 0);
}

TEST_CASE("an unclean election loses what the elected replica lacks; without it nobody can read") {
    for (const bool allowed : {false, true}) {
        CAPTURE(allowed);
        LoadSketch load;
        load.min_isr = 1;
        load.rate = 50;
        load.replicas = {{0, 1, 2}};
        Lab lab = record_lab({load}, 3);
        lab.config().unclean_leader_election = allowed;
        lab.fault(crash(1, sim::seconds(20), sim::seconds(40)));
        lab.fault(crash(2, sim::seconds(20), sim::minutes(10)));
        lab.fault(crash(0, sim::seconds(40), sim::minutes(10)));  // alone in the ISR since 28 s
        lab.options.horizon = sim::seconds(150);
        const TopicRecords counts = counted(lab);
        // Acknowledged between 28 s and 40 s, or a little more, by 50 records a second.
        const std::uint64_t gone = allowed ? counts.acked_lost : counts.unreadable;
        CHECK(gone > 500);
        CHECK((allowed ? counts.unreadable : counts.acked_lost) == 0);
        if (allowed) CHECK(counts.acked_lost < 1'200);
    }
}
