// Client errors, consumer lag and headroom, worked out by hand.
#include <doctest/doctest.h>

#include "tests/support/lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

/// Two brokers, one partition of min ISR 2 under acks=all: no writes while one of them is out.
ClusterSketch pair_without_slack(std::int64_t write_bytes_per_s = 1'000'000) {
    ClusterSketch cluster;
    cluster.rack_of = {0, 1};
    TopicSketch topic;
    topic.min_isr = 2;
    topic.replicas = {{0, 1}};
    topic.write_bytes_per_s = write_bytes_per_s;
    topic.stored_bytes = 0;
    cluster.topics = {topic};
    return cluster;
}

/// An outage of exactly `seconds`: the leader hangs, and its session would last longer.
Lab lab_with_outage(const ClusterSketch& sketch, std::int64_t seconds) {
    Lab lab(sketch);
    lab.config().session_timeout = sim::hours(1);
    lab.config().zookeeper_tick = sim::minutes(10);
    lab.fault(hang(0, sim::seconds(100), sim::seconds(seconds)));
    return lab;
}

}  // namespace

TEST_CASE("an outage shorter than the delivery time-out costs latency, no error") {
    Lab lab = lab_with_outage(pair_without_slack(), 100);
    const Verdict verdict = lab.verdict();
    CHECK(!verdict.rule(Rule::client_errors).broken());
    CHECK(verdict.rule(Rule::client_errors).worst == 0.0);
}

TEST_CASE("an outage of 130 s costs the messages of 10 s") {
    Lab lab = lab_with_outage(pair_without_slack(), 130);
    lab.tables.topics[TopicId{0}].bytes_per_message = 500.0;
    const Verdict verdict = lab.verdict();
    const RuleResult& rule = verdict.rule(Rule::client_errors);
    CHECK(rule.broken());
    CHECK(rule.first->at == at(220));
    CHECK(rule.subjects == 1);
    CHECK(rule.seconds == doctest::Approx(10.0));
    CHECK(rule.worst == doctest::Approx(10.0 * 1'000'000 / 500));
}

TEST_CASE("without retries an outage costs every message of it, from its start") {
    Lab lab = lab_with_outage(pair_without_slack(), 10);
    lab.tables.topics[TopicId{0}].retries = false;
    lab.tables.topics[TopicId{0}].bytes_per_message = 500.0;
    const RuleResult rule = lab.verdict().rule(Rule::client_errors);
    CHECK(rule.first->at == at(100));
    CHECK(rule.worst == doctest::Approx(10.0 * 1'000'000 / 500));
}

TEST_CASE("without retries every leader move is an error at least") {
    ClusterSketch sketch = pair_without_slack();
    sketch.topics[0].min_isr = 1;
    Lab lab(sketch);
    lab.stop_clock();
    lab.tables.topics[TopicId{0}].retries = false;
    lab.batches(Start::barrier, {{0}});
    World world = lab.world();

    support::run_until(world, [](const World& w) { return leader(w, 0) == 1; });
    CHECK(world.state().safety.tally(Rule::client_errors).worst == 1.0);
    world.run();
    CHECK(leader(world, 0) == 0);
    CHECK(world.verdict().rule(Rule::client_errors).worst == 2.0);
}

TEST_CASE("acks=1 goes on below min ISR, acks=all does not") {
    for (const double acks_all : {0.0, 1.0}) {
        CAPTURE(acks_all);
        Lab lab(pair_without_slack());
        lab.stop_clock();
        lab.tables.topics[TopicId{0}].acks_all = acks_all;
        lab.batches(Start::barrier, {{1}});
        const Verdict verdict = lab.verdict();
        CHECK(verdict.rule(Rule::min_isr).broken());
        CHECK(verdict.rule(Rule::client_errors).broken() == (acks_all > 0.0));
    }
}

TEST_CASE(
    "acks=all waits for a dead member of the ISR until its session is over, acks=1 does not") {
    for (const double acks_all : {0.0, 1.0}) {
        CAPTURE(acks_all);
        ClusterSketch sketch = pair_without_slack();
        sketch.topics[0].min_isr = 1;
        Lab lab(sketch);
        lab.tables.topics[TopicId{0}].acks_all = acks_all;
        lab.tables.topics[TopicId{0}].retries = false;
        lab.fault(crash(1, sim::seconds(100), sim::minutes(10)));
        World world = lab.world();

        const auto stalled = [](const World& w) {
            return w.state().partitions[PartitionId{0}].has(stalled_now);
        };
        world.run_until(at(100));
        CHECK(stalled(world));
        CHECK(served(world, 0));
        const sim::Instant fenced =
            support::run_until(world, [&](const World& w) { return !stalled(w); });
        CHECK(fenced == at(100 + 18 - 3 + 1));
        CHECK(in_sync(world, 0) == Places{0});
        world.run();
        // Without retries every message of the stall is an error.
        const RuleResult rule = world.verdict().rule(Rule::client_errors);
        CHECK(rule.broken() == (acks_all > 0.0));
        CHECK(rule.seconds == doctest::Approx(acks_all * 16.0));
    }
}

TEST_CASE("an idle partition has no client errors") {
    Lab lab = lab_with_outage(pair_without_slack(0), 1'000);
    CHECK(!lab.verdict().rule(Rule::client_errors).broken());
}

TEST_CASE("what was held back in an outage arrives at once and drains with the spare capacity") {
    // 60 s x 1 MB/s are held; the group reads 1.5 MB/s: 60 MB / 0.5 MB/s = 120 s.
    for (const bool slow_group : {false, true}) {
        CAPTURE(slow_group);
        Lab lab = lab_with_outage(pair_without_slack(), 60);
        ConsumerGroup group{.name = "g", .cluster = ClusterId{0}, .topics = {TopicId{0}}};
        group.capacity = sim::bytes_per_second(1'500'000);
        group.lag_objective = sim::seconds(slow_group ? 30 : 60);
        lab.tables.groups.push_back(group);
        // A second, short outage while the first one's lag is still there: 30 MB left after 60 s,
        // 5 s held meanwhile.
        lab.fault(hang(0, sim::seconds(215), sim::seconds(5)));
        const Verdict verdict = lab.verdict();
        const RuleResult& rule = verdict.rule(Rule::consumer_lag);
        CHECK(rule.worst == doctest::Approx(60.0));
        CHECK(rule.worst_at == at(160));
        CHECK(rule.broken() == slow_group);
        if (slow_group) {
            CHECK(rule.subjects == 1);
            CHECK(rule.first->at == at(160));
        }
    }
}

TEST_CASE("leaders that concentrate on the survivors break headroom, by the share they carry") {
    // Three brokers, a leader each: 30 MB/s to each of 2 followers and 10 groups of consumers.
    ClusterSketch sketch;
    sketch.rack_of = {0, 1, 2};
    TopicSketch topic;
    topic.min_isr = 1;
    topic.replicas = {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}};
    topic.write_bytes_per_s = 10'000'000;
    topic.stored_bytes = 0;
    sketch.topics = {topic};
    sketch.nic_bytes_per_s = 250'000'000;
    for (const bool crashed : {false, true}) {
        CAPTURE(crashed);
        Lab lab(sketch);
        lab.a_case.rules.headroom_limit = 0.8;
        for (int g = 0; g < 10; ++g) {
            ConsumerGroup group{.name = "g", .cluster = ClusterId{0}, .topics = {TopicId{0}}};
            lab.tables.groups.push_back(group);
        }
        if (crashed) {
            lab.fault(crash(1, sim::seconds(100), sim::minutes(30)));
        } else {
            lab.batches(Start::barrier, {{1}});
        }
        World world = lab.world();

        const Tally& tally = world.state().safety.tally(Rule::headroom);
        CHECK(tally.open.count() == 0);
        CHECK(tally.worst == doctest::Approx(120.0 / 250));
        support::run_until(world, [](const World& w) { return leader(w, 1) == 2; });
        const sim::Instant moved = world.state().now;
        // Broker 2 leads two: 2 x (10 groups + 1 follower) x 10 MB/s = 220 MB/s of 250.
        CHECK(tally.open.count() == 1);
        CHECK(tally.worst == doctest::Approx(220.0 / 250));
        CHECK(tally.first->at == moved);
        CHECK(tally.first->broker == BrokerId{2});
        CHECK(tally.first->brokers == std::vector{BrokerId{1}});
        support::run_until(world, [](const World& w) { return leader(w, 1) == 1; });
        CHECK(tally.open.count() == 0);
    }
}

TEST_CASE("a slow disk breaks headroom while it is slow") {
    ClusterSketch sketch = pair_without_slack(10'000'000);
    sketch.disk_bytes_per_s = 100'000'000;
    Lab lab(sketch);
    lab.fault(slow_disk(1, sim::seconds(100), sim::seconds(50), 0.105));
    World world = lab.world();
    world.run_until(at(120));
    CHECK(world.state().safety.tally(Rule::headroom).open.count() == 1);
    world.run_until(at(151));
    CHECK(world.state().safety.tally(Rule::headroom).open.count() == 0);
    CHECK(world.verdict().rule(Rule::headroom).seconds == doctest::Approx(50.0));
}
