// Kafka's loss and availability table (kafka-semantics §2.7): RF 3, no unclean election, no ELR.
// One partition on brokers 0, 1, 2, each in a rack of its own, 1,000 records/s.
#include <doctest/doctest.h>

#include "tests/support/record_driver.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

constexpr double rate = 1'000;

/// A lab whose hosts are 5 ms apart, so that a leader is always ahead of its followers.
Lab table_lab(Acks acks, int min_isr) {
    Lab lab = three_broker_lab(one_partition(rate, acks, min_isr));
    lab.a_case.record.network = sim::milliseconds(5);
    lab.options.horizon = sim::seconds(200);
    return lab;
}

std::uint64_t of(const TopicRecords& counts, SendError error) {
    return counts.failed[static_cast<std::size_t>(error)];
}

constexpr auto long_time = sim::seconds(10'000);

}  // namespace

TEST_CASE("a: one broker stops cleanly: available, nothing replicated is lost") {
    for (const int min_isr : {1, 2}) {
        for (const Acks acks : {Acks::all, Acks::leader}) {
            CAPTURE(min_isr);
            Lab lab = table_lab(acks, min_isr);
            lab.batches(Start::barrier, {{0}});
            lab.options.horizon = sim::seconds(400);
            const Verdict verdict = lab.verdict();
            const TopicRecords& counts = verdict.records->topics[0];
            CHECK(verdict.leader_moves >= 1);
            CHECK(counts.producer_stall.longest < sim::seconds(1));
            CHECK(counts.failures() == 0);
            if (acks == Acks::all) CHECK(counts.acked_lost == 0);
            // The suffix in flight at the leader's move: at most what a fetch takes to come round.
            CHECK(counts.acked_lost <= 30);
        }
    }
}

TEST_CASE("b: the leader is killed: a gap of 7-10 s; acks=1 loses what was not yet fetched") {
    for (const int min_isr : {1, 2}) {
        CAPTURE(min_isr);
        Lab lab = table_lab(Acks::all, min_isr);
        lab.fault(crash(0, sim::seconds(60), sim::seconds(60)));
        const TopicRecords all = counted(lab);
        CHECK(all.acked_lost == 0);
        CHECK(all.duplicates == 0);
        CHECK(all.failures() == 0);
        CHECK(all.producer_stall.longest > sim::seconds(7));
        CHECK(all.producer_stall.longest <
              sim::seconds(11));  // and up to 1 s until the client asks again

        Lab lossy = table_lab(Acks::leader, min_isr);
        lossy.fault(crash(0, sim::seconds(60), sim::seconds(60)));
        const TopicRecords one = counted(lossy);
        CHECK(one.acked_lost > 0);
        CHECK(one.acked_lost <= 30);  // rate x (fetch and answer, 2 x 5 ms each, and service)
    }
}

TEST_CASE("c: the leader loses power, two followers are fine: it truncates when it is back") {
    Lab lab = table_lab(Acks::all, 2);
    lab.fault(power_loss(0, sim::seconds(60), sim::seconds(60)));
    World world = lab.world();
    world.run();
    const Verdict verdict = world.verdict();
    CHECK(verdict.records->topics[0].acked_lost == 0);
    CHECK(in_sync(world, 0) == Places{0, 1, 2});
    const RecordState& state = records(world).state();
    REQUIRE(!state.losses.empty());
    CHECK(state.losses.front().why == LogLoss::Why::page_cache);
    CHECK(state.losses.front().slot == 0);

    Lab lossy = table_lab(Acks::leader, 2);
    lossy.fault(power_loss(0, sim::seconds(60), sim::seconds(60)));
    CHECK(counted(lossy).acked_lost > 0);
}

TEST_CASE("d: two of three are killed: min ISR 2 refuses, min ISR 1 goes on with one copy") {
    const auto run = [](Acks acks, int min_isr, const char* version) {
        Lab lab = table_lab(acks, min_isr);
        lab.tables.clusters[ClusterId{0}].stack.kafka_version = version;
        lab.tables.topics[TopicId{0}].producer.delivery_timeout = sim::seconds(30);
        lab.fault(crash(1, sim::seconds(60), long_time));
        lab.fault(crash(2, sim::seconds(60), long_time));
        return counted(lab);
    };
    const TopicRecords refused = run(Acks::all, 2, "3.9.1");
    // From the fencing at 68 s on nothing is taken: all but the records of the last moment fail.
    CHECK(of(refused, SendError::timeout) > 120 * rate);
    CHECK(refused.acked < 70 * rate);
    CHECK(refused.acked_lost == 0);

    const TopicRecords taken = run(Acks::all, 1, "3.9.1");
    CHECK(taken.failures() == 0);
    CHECK(taken.acked == taken.sent);
    CHECK(taken.read == taken.sent);

    // acks=1 is taken in any case; it is readable before 3.7, and not from then on.
    const TopicRecords frozen = run(Acks::leader, 2, "3.9.1");
    CHECK(frozen.acked == frozen.sent);
    CHECK(frozen.consumed < 70 * rate);
    const TopicRecords flows = run(Acks::leader, 2, "3.6.2");
    CHECK(flows.acked == flows.sent);
    CHECK(flows.consumed == flows.sent);
}

TEST_CASE("e: all three lose power: what the first leader back had not flushed is lost") {
    struct Row {
        Acks acks;
        int min_isr;
    };
    for (const Row row : {Row{Acks::all, 2}, Row{Acks::all, 1}, Row{Acks::leader, 2}}) {
        const Acks acks = row.acks;
        const int min_isr = row.min_isr;
        CAPTURE(min_isr);
        Lab lab = table_lab(acks, min_isr);
        for (std::uint32_t rack = 0; rack < 3; ++rack) {
            lab.fault(power_loss(rack, sim::seconds(100), sim::seconds(30)));
        }
        World world = lab.world();
        world.run();
        const Verdict verdict = world.verdict();
        const TopicRecords& counts = verdict.records->topics[0];
        // Pages of the last 30 s, and of up to 5 s more until the next write-back.
        CHECK(counts.acked_lost > 29 * rate);
        CHECK(counts.acked_lost < 36 * rate);
        CHECK(verdict.rule(Rule::acked_loss).broken());

        Lab flushed = table_lab(acks, min_isr);
        flushed.config().flush_every_message = true;
        for (std::uint32_t rack = 0; rack < 3; ++rack) {
            flushed.fault(power_loss(rack, sim::seconds(100), sim::seconds(30)));
        }
        // Flushed one by one: only what was never fetched can be missing, and only with acks=1.
        CHECK(counted(flushed).acked_lost <= (acks == Acks::all ? 0 : 30));
    }
}

TEST_CASE("e: what another replica had flushed goes as well, where the first back had not") {
    Lab lab = table_lab(Acks::all, 2);
    RecordDriver driver(lab);
    driver.until(at(100));
    driver.stop(1, Stop::clean);  // flushes all that it has, 100 s x 1,000 records
    driver.lead(0, 0, 0b101);
    driver.stop(0, Stop::power_lost);
    driver.stop(2, Stop::power_lost);
    const Offset first_back = driver.log(0, 0).leo;
    CHECK(driver.log(0, 1).leo > first_back + 29 * 1'000);
    driver.until(at(110));
    driver.start(0);
    driver.lead(0, -1, 0b001);
    driver.lead(0, 0, 0b001);
    driver.until(at(111));
    driver.start(1);
    driver.until(at(130));

    CHECK(driver.isr(0) == 0b011);
    const auto& losses = driver.records().losses;
    CHECK(losses.back().why == LogLoss::Why::follows);
    CHECK(losses.back().slot == 1);
    CHECK(losses.back().from == first_back);
}

TEST_CASE("f: the last replica of an ISR loses power and comes back as the leader (KIP-966)") {
    const auto run = [](int min_isr) {
        Lab lab = table_lab(Acks::all, min_isr);
        lab.fault(crash(1, sim::seconds(100), long_time));
        lab.fault(crash(2, sim::seconds(100), long_time));
        lab.fault(power_loss(0, sim::seconds(120), sim::seconds(30)));
        return counted(lab);
    };
    // min ISR 2: acknowledged before the ISR shrank, and not flushed at 120 s: those since 85-90 s.
    const TopicRecords strict = run(2);
    CHECK(strict.acked_lost > 9 * rate);
    CHECK(strict.acked_lost < 16 * rate);
    // min ISR 1: and everything acknowledged by the last one alone.
    const TopicRecords lax = run(1);
    CHECK(lax.acked_lost > 29 * rate);
    CHECK(lax.acked_lost < 36 * rate);
}

TEST_CASE("g: the disk of the last replica is destroyed: offline, until somebody elects by hand") {
    const auto run = [](int min_isr, bool elected) {
        Lab lab = table_lab(Acks::all, min_isr);
        RecordDriver driver(lab);
        driver.until(at(60));
        driver.stop(1, Stop::killed);
        driver.lead(0, 0, 0b101);
        driver.until(at(80));
        driver.stop(2, Stop::killed);
        driver.lead(0, 0, 0b001);
        driver.until(at(100));
        driver.stop(0, Stop::power_lost);
        driver.start(1);
        driver.lead(0, -1, 0b001);
        driver.until(at(110));
        if (elected) driver.lead(0, 1, 0b010);
        driver.until(at(150));
        return driver.finish().topics[0];
    };
    const TopicRecords offline = run(2, false);
    CHECK(offline.acked_lost == 0);
    CHECK(offline.unreadable == offline.acked);
    // Above the elected replica's log end at 60 s: 20 s of min ISR 2, and 20 s more of min ISR 1.
    const TopicRecords strict = run(2, true);
    CHECK(static_cast<double>(strict.acked_lost) == doctest::Approx(20 * rate).epsilon(0.02));
    const TopicRecords lax = run(1, true);
    CHECK(static_cast<double>(lax.acked_lost) == doctest::Approx(40 * rate).epsilon(0.02));
}

TEST_CASE("h: a leader that hangs past its session is a zombie when it goes on") {
    const auto run = [](Acks acks) {
        Lab lab = table_lab(acks, 2);
        lab.fault(hang(0, sim::seconds(60), sim::seconds(20)));
        return counted(lab);
    };
    // Until it learns of the new leader, 0.1 s later, it takes what comes: five requests of 16
    // records for each round trip of 10 ms, out of what has piled up at the producer.
    const TopicRecords one = run(Acks::leader);
    CHECK(one.acked_lost > 5 * 16);
    CHECK(one.acked_lost <= 5 * 16 * 11);
    const TopicRecords all = run(Acks::all);
    CHECK(all.acked_lost == 0);
    CHECK(all.duplicates == 0);
    CHECK(all.failures() == 0);
}
