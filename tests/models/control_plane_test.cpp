// Sessions, fencing, elections and ISR as kafka-semantics §1, §2 and §11 have them.
#include <algorithm>

#include <doctest/doctest.h>

#include "models/detection.hpp"
#include "tests/support/lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

/// Brokers 0, 1, 2 in racks of their own, each partition on all three, led by its first.
ClusterSketch three_brokers(int min_isr = 2) {
    ClusterSketch cluster;
    cluster.rack_of = {0, 1, 2};
    TopicSketch topic;
    topic.min_isr = min_isr;
    topic.replicas = {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}};
    cluster.topics = {topic};
    return cluster;
}

/// One partition on brokers 0 and 1.
ClusterSketch pair_of_brokers() {
    ClusterSketch cluster;
    cluster.rack_of = {0, 1};
    TopicSketch topic;
    topic.min_isr = 1;
    topic.replicas = {{0, 1}};
    cluster.topics = {topic};
    return cluster;
}

struct Support {
    double least = 1e9;
    double most = 0.0;
};

Support detection_support(Lab& lab) {
    lab.options.sampled = true;
    World world = lab.world();
    RunState run = world.state();
    Support support;
    for (std::uint32_t draw = 0; draw < 10'000; ++draw) {
        run.brokers[BrokerId{0}].detections = draw;
        const double delay = sim::to_seconds(detection_delay(run, BrokerId{0}));
        support.least = std::min(support.least, delay);
        support.most = std::max(support.most, delay);
    }
    return support;
}

}  // namespace

TEST_CASE("a dead broker is noticed after 12-20 s with ZooKeeper and 7-9 s with KRaft") {
    Lab zookeeper(three_brokers());
    const Support slow = detection_support(zookeeper);
    CHECK(slow.least >= 12.0);
    CHECK(slow.least < 12.2);
    CHECK(slow.most <= 20.0);
    CHECK(slow.most > 19.8);

    Lab kraft(three_brokers());
    kraft.kraft();
    const Support fast = detection_support(kraft);
    CHECK(fast.least >= 7.0);
    CHECK(fast.least < 7.01);
    CHECK(fast.most <= 9.0);
    CHECK(fast.most > 8.99);
}

TEST_CASE("a session time-out outside 2 to 20 ticks is clamped") {
    Lab lab(three_brokers());
    lab.config().session_timeout = sim::seconds(1);
    lab.config().heartbeat_interval = {};
    CHECK(detection_support(lab).least >= 4.0);
}

TEST_CASE("a crashed broker leaves its ISRs and its leadership when its session expires") {
    for (const bool kraft : {false, true}) {
        CAPTURE(kraft);
        Lab lab(three_brokers());
        if (kraft) lab.kraft();
        // Broker 0 would be the controller: that has a test of its own.
        lab.fault(crash(1, sim::seconds(100), sim::minutes(10)));
        World world = lab.world();

        world.run_until(at(100));
        CHECK(!served(world, 1));
        CHECK(in_sync(world, 0) == Places{0, 1, 2});

        const sim::Instant out = support::run_until(world, [](const World& w) {
            return in_sync(w, 0) == Places{0, 2};
        });
        CHECK(out >= at(kraft ? 107 : 112));
        CHECK(out < at(kraft ? 110 : 121));
        CHECK(leader(world, 1) == 2);  // the first of {1, 2, 0} that is in sync and up
        CHECK(served(world, 1));
    }
}

TEST_CASE("an idle partition does not shrink by lag, a written one between L and 1.5 L") {
    ClusterSketch sketch = three_brokers();
    TopicSketch idle = sketch.topics[0];
    idle.name = "idle";
    idle.write_bytes_per_s = 0;
    sketch.topics.push_back(idle);
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        CAPTURE(seed);
        Lab lab(sketch);
        lab.options = {.seed = seed, .sampled = true};
        lab.fault(slow_disk(2, sim::seconds(100), sim::minutes(20), 0.0001));
        World world = lab.world();

        const sim::Instant out = support::run_until(world, [](const World& w) {
            return in_sync(w, 0) == Places{0, 1};
        });
        CHECK(out > at(130));
        CHECK(out <= at(145));
        CHECK(in_sync(world, 3) == Places{0, 1, 2});
        CHECK(leader(world, 2) == 2);  // a slow leader keeps its partitions
        world.run_until(at(1'200));
        CHECK(in_sync(world, 3) == Places{0, 1, 2});
        CHECK(in_sync(world, 0) == Places{0, 1});
    }
}

TEST_CASE("a controlled shutdown ignores min ISR") {
    ClusterSketch sketch = three_brokers(2);
    Lab lab(sketch);
    for (Partition& partition : lab.tables.partitions) {
        const auto first = lab.tables.replica_broker.begin() + partition.first_replica;
        const auto slot = std::find(first, first + 3, BrokerId{2}) - first;
        partition.isr = static_cast<std::uint8_t>(0b111 & ~(1 << slot));
        if (slot == 0) partition.leader = 1;
    }
    lab.batches(Start::barrier, {{0}});
    World world = lab.world();
    CHECK(in_sync(world, 0) == Places{0, 1});

    const sim::Instant stopped = support::run_until(
        world, [](const World& w) { return phase(w, 0) == StepPhase::shutdown; });

    CHECK(in_sync(world, 0) == Places{1});
    CHECK(leader(world, 0) == 1);
    CHECK(served(world, 0));
    CHECK(world.state().safety.tally(Rule::min_isr).first->at == stopped);
    CHECK(world.state().safety.tally(Rule::min_isr).first->brokers ==
          std::vector{BrokerId{0}, BrokerId{2}});
}

TEST_CASE("the last of an ISR that leaves stays its only member until it is back") {
    for (const bool kraft : {false, true}) {
        CAPTURE(kraft);
        Lab lab(pair_of_brokers());
        if (kraft) lab.kraft();
        lab.tables.partitions[PartitionId{0}].isr = 0b10;  // broker 1 alone
        lab.tables.partitions[PartitionId{0}].leader = 1;
        lab.fault(crash(0, sim::seconds(50), sim::seconds(60)));  // restarts while 1 is away
        lab.batches(Start::barrier, {{1}});
        World world = lab.world();

        support::run_until(world,
                           [](const World& w) { return phase(w, 1) == StepPhase::shutdown; });
        CHECK(in_sync(world, 0) == Places{1});
        CHECK(leader(world, 0) == -1);

        support::run_until(world, [](const World& w) { return phase(w, 1) == StepPhase::start; });
        CHECK(runs(world, 0));
        CHECK(in_sync(world, 0) == Places{1});
        CHECK(leader(world, 0) == -1);

        support::run_until(world, [](const World& w) { return runs(w, 1); });
        CHECK(leader(world, 0) == 1);
        CHECK(served(world, 0));
        const sim::Instant joined = support::run_until(world, [](const World& w) {
            return in_sync(w, 0) == Places{0, 1};
        });
        CHECK(joined != sim::Instant::never());  // the other follows as soon as there is a leader
    }
}

TEST_CASE("leadership comes back at the next check, every 300 s") {
    Lab lab(three_brokers());
    lab.fault(crash(1, sim::seconds(100), sim::seconds(60)));
    World world = lab.world();

    support::run_until(world, [](const World& w) { return leader(w, 1) == 2; });
    const sim::Instant back =
        support::run_until(world, [](const World& w) { return leader(w, 1) == 1; });

    CHECK(back == at(300));
}

TEST_CASE("leadership of a broker that is still catching up at a check comes back at a later one") {
    // Broker 2 is back in sync well before the check at 900 s, broker 1 is not.
    ClusterSketch sketch = three_brokers();
    sketch.topics[0].write_bytes_per_s = 20'000'000;
    sketch.topics[0].stored_bytes = 0;  // nothing to recover
    Lab lab(sketch);
    lab.a_case.step.start = {sim::seconds(1), {}};
    lab.fault(crash(2, sim::seconds(100), sim::seconds(500)));
    lab.fault(crash(1, sim::seconds(100), sim::seconds(780)));
    lab.fault(slow_disk(1, sim::seconds(881), sim::seconds(400), 0.25));
    World world = lab.world();

    world.run_until(at(901));
    CHECK(leader(world, 2) == 2);
    CHECK(leader(world, 1) != 1);
    CHECK(in_sync(world, 1) == Places{0, 2});
    const sim::Instant joined = support::run_until(world, [](const World& w) {
        return in_sync(w, 1) == Places{0, 1, 2};
    });
    REQUIRE(joined != sim::Instant::never());
    const sim::Instant back =
        support::run_until(world, [](const World& w) { return leader(w, 1) == 1; });
    REQUIRE(back != sim::Instant::never());
    CHECK(back.count() % sim::seconds(300).count() == 0);
    CHECK(back - joined <= sim::seconds(300));
}

TEST_CASE("a preferred leader that takes over from a dead one serves at once") {
    // Broker 1 is back and in sync; broker 2, which leads its partition, dies just before the
    // check.
    Lab lab(three_brokers());
    lab.fault(crash(1, sim::seconds(100), sim::seconds(60)));
    lab.fault(crash(2, sim::seconds(295), sim::seconds(600)));
    World world = lab.world();

    world.run_until(at(299));
    CHECK(leader(world, 1) == 2);
    CHECK(!served(world, 1));
    world.run_until(at(301));
    CHECK(leader(world, 1) == 1);
    CHECK(served(world, 1));
}

TEST_CASE("without automatic rebalance leadership comes back when a step ends") {
    Lab lab(three_brokers());
    lab.config().auto_leader_rebalance = false;
    lab.a_case.step.soak = sim::seconds(10);
    lab.batches(Start::barrier, {{1}});
    lab.plan.clusters.erase(lab.plan.clusters.begin());
    World world = lab.world();

    support::run_until(world, [](const World& w) { return phase(w, 1) == StepPhase::soak; });
    CHECK(leader(world, 1) == 2);
    support::run_until(world, [](const World& w) { return phase(w, 1) == StepPhase::done; });
    CHECK(leader(world, 1) == 1);
}

namespace {

/// Brokers as in three_brokers; two of three quorum nodes sit in rack 3, where nothing else is.
ClusterSketch cluster_with_fragile_quorum() {
    ClusterSketch sketch = three_brokers();
    sketch.quorum = {{.rack = 0, .leader = true}, {.rack = 3}, {.rack = 3}};
    return sketch;
}

}  // namespace

TEST_CASE("a lost quorum stops no traffic, only the reaction to what happens meanwhile") {
    for (const std::uint32_t victim : {0U, 1U}) {  // broker 0 is the controller
        CAPTURE(victim);
        Lab lab(cluster_with_fragile_quorum());
        lab.a_case.step.start = {sim::seconds(30), {}};
        lab.fault(power_loss(3, sim::seconds(100), sim::seconds(1'000)));
        lab.fault(crash(victim, sim::seconds(200), sim::seconds(100)));
        World world = lab.world();

        world.run_until(at(199));
        for (const std::uint32_t p : {0U, 1U, 2U}) {
            CHECK(served(world, p));
            CHECK(in_sync(world, p) == Places{0, 1, 2});
        }
        CHECK(world.state().safety.tally(Rule::quorum).first->at == at(100));

        world.run_until(at(1'100));
        CHECK(!served(world, victim));
        CHECK(leader(world, victim) == static_cast<int>(victim));
        CHECK(!world.state().brokers[BrokerId{victim}].fenced);
        CHECK(in_sync(world, 0) == Places{0, 1, 2});
        CHECK(!runs(world, victim));  // restarted, but nobody to register with

        const sim::Instant quorum = support::run_until(
            world, [](const World& w) { return w.state().clusters[ClusterId{0}].quorum_ok; });
        CHECK(quorum == at(1'190));  // start and sync of a node
        // An election of 0.3 s, and 1.5 s until the brokers have found the ensemble again.
        support::run_until(world, [&](const World& w) { return served(w, victim); });
        CHECK(world.state().now - quorum < sim::seconds(4));
        support::run_until(world, [&](const World& w) { return runs(w, victim); });
        CHECK(world.state().now - quorum < sim::seconds(4));
    }
}

TEST_CASE("a partition whose leader dies without a quorum is leaderless once its session is over") {
    const auto leaderless = [](const World& w) {
        return w.state().partitions[PartitionId{1}].leaderless();
    };
    for (const bool comes_back_first : {false, true}) {
        CAPTURE(comes_back_first);
        Lab lab(cluster_with_fragile_quorum());
        lab.fault(power_loss(3, sim::seconds(100), sim::seconds(1'000)));
        // Noticed 18 - 3 + 1 s after its death, and the election of one leader; nobody can elect.
        const sim::Instant over = at(200 + 16) + sim::microseconds(150);
        lab.fault(comes_back_first ? hang(1, sim::seconds(200), sim::seconds(100))
                                   : crash(1, sim::seconds(200), sim::hours(2)));
        World world = lab.world();

        world.run_until(over - sim::nanoseconds(1));
        CHECK(!served(world, 1));
        CHECK(!leaderless(world));
        world.run_until(over);
        CHECK(leaderless(world));
        CHECK(leader(world, 1) == 1);  // the controller knows of nothing
        CHECK(world.state().safety.tally(Rule::leaderless).first->at == over);
        CHECK(world.state().safety.tally(Rule::leaderless).open.count() == 1);

        const sim::Instant again =
            support::run_until(world, [&](const World& w) { return !leaderless(w); });
        CHECK(served(world, 1));
        CHECK(leader(world, 1) == (comes_back_first ? 1 : 2));
        if (comes_back_first) CHECK(again == at(300));
        if (!comes_back_first) CHECK(again > at(1'100));
        CHECK(world.state().safety.tally(Rule::leaderless).open.count() == 0);
    }
}

TEST_CASE("a hung broker that was fenced cannot come back while the quorum is lost") {
    Lab lab(cluster_with_fragile_quorum());
    lab.fault(hang(1, sim::seconds(100), sim::seconds(100)));
    lab.fault(power_loss(3, sim::seconds(150), sim::seconds(600)));
    World world = lab.world();

    world.run_until(at(700));
    CHECK(!runs(world, 1));
    CHECK(in_sync(world, 0) == Places{0, 2});
    const sim::Instant joined = support::run_until(world, [](const World& w) {
        return in_sync(w, 0) == Places{0, 1, 2};
    });
    CHECK(joined >= at(840));
    CHECK(joined < at(900));
}

TEST_CASE("the death of the controller delays every reaction until its own session has expired") {
    Lab lab(three_brokers(1));
    lab.fault(crash(0, sim::seconds(100), sim::minutes(10)));
    lab.fault(crash(1, sim::seconds(98), sim::minutes(10)));
    World world = lab.world();

    // Broker 1 would be noticed at 114 s, the controller at 116 s.
    world.run_until(at(115));
    CHECK(!world.state().brokers[BrokerId{1}].fenced);
    world.run_until(at(117));
    CHECK(world.state().brokers[BrokerId{0}].fenced);
    CHECK(world.state().brokers[BrokerId{1}].fenced);
    CHECK(in_sync(world, 0) == Places{2});
    CHECK(leader(world, 0) == 2);
    CHECK(world.state().clusters[ClusterId{0}].controller == BrokerId{2});
}

TEST_CASE("what a dead controller led waits until its successor has read every partition") {
    ClusterSketch sketch = three_brokers();
    TopicSketch many;
    many.name = "many";
    many.min_isr = 1;
    many.replicas.assign(9'997, {2});
    sketch.topics.push_back(many);
    for (const bool controls : {true, false}) {
        CAPTURE(controls);
        Lab lab(sketch);
        lab.tables.clusters[ClusterId{0}].stack.kafka_version = "1.0.2";
        lab.tables.clusters[ClusterId{0}].controller_at_start = BrokerId{controls ? 0U : 1U};
        lab.fault(crash(0, sim::seconds(100), sim::minutes(10)));
        World world = lab.world();

        const sim::Instant again =
            support::run_until(world, [](const World& w) { return leader(w, 0) == 1; });
        // 10,000 partitions at 0.63 ms, then 0.2 s between the old leaders and the new ones; and
        // one election of 5 ms.
        const sim::Duration failover =
            controls ? 10'000 * sim::microseconds(630) + lab.a_case.reaction.offline_elected
                     : sim::Duration{};
        CHECK(again == at(116) + failover + sim::milliseconds(5));
        CHECK(served(world, 0));
    }
}

TEST_CASE("any broker that is up may succeed the controller; nominally it is the first") {
    const auto successor = [](const RunOptions& options) {
        Lab lab(three_brokers());
        lab.options = options;
        lab.fault(crash(0, sim::seconds(100), sim::minutes(10)));
        World world = lab.world();
        const ClusterState& cluster = world.state().clusters[ClusterId{0}];
        support::run_until(world, [&](const World&) { return cluster.controller != BrokerId{0}; });
        return cluster.controller;
    };
    int second = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        CHECK(successor({.seed = seed}) == BrokerId{1});
        if (successor({.seed = seed, .sampled = true}) == BrokerId{2}) ++second;
    }
    CHECK(second > 70);
    CHECK(second < 130);
}

TEST_CASE("KRaft brokers need no controller among themselves") {
    Lab lab(three_brokers(1));
    lab.kraft();
    lab.fault(crash(0, sim::seconds(100), sim::minutes(10)));
    lab.fault(crash(1, sim::seconds(99), sim::minutes(10)));
    World world = lab.world();

    // 8 s and one election after its death; a ZooKeeper controller would be missed until 108 s.
    world.run_until(at(107) + sim::milliseconds(1));
    CHECK(world.state().brokers[BrokerId{1}].fenced);
    CHECK(!world.state().brokers[BrokerId{0}].fenced);
}
