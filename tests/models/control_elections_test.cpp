// Who is elected when: what the controller knows is sessions, not processes.
#include <doctest/doctest.h>

#include "models/detection.hpp"
#include "tests/support/lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

/// Brokers 0, 1, 2 in racks of their own with one partition that 0 leads.
ClusterSketch one_partition_on_three(int min_isr = 1) {
    ClusterSketch cluster;
    cluster.rack_of = {0, 1, 2};
    TopicSketch topic;
    topic.min_isr = min_isr;
    topic.replicas = {{0, 1, 2}};
    cluster.topics = {topic};
    return cluster;
}

}  // namespace

TEST_CASE("a broker that has died a moment ago may be elected; nobody is served meanwhile") {
    Lab lab(one_partition_on_three());
    lab.kraft();
    lab.fault(crash(0, sim::seconds(100), sim::minutes(10)));
    lab.fault(crash(1, sim::seconds(104), sim::minutes(10)));
    World world = lab.world();
    // Noticed 8 s later each (the middle of 7-9 s).
    world.run_until(at(109));
    CHECK(leader(world, 0) == 1);
    CHECK(!served(world, 0));
    CHECK(in_sync(world, 0) == Places{1, 2});
    world.run_until(at(113));
    CHECK(leader(world, 0) == 2);
    CHECK(served(world, 0));
    CHECK(in_sync(world, 0) == Places{2});
}

TEST_CASE("without a live member of the ISR, unclean election takes the first replica that lives") {
    for (const bool allowed : {false, true}) {
        CAPTURE(allowed);
        Lab lab(one_partition_on_three());
        lab.kraft();
        lab.config().unclean_leader_election = allowed;
        lab.fault(crash(1, sim::seconds(50), sim::seconds(250)));  // back at 300 s
        lab.fault(crash(2, sim::seconds(60), sim::minutes(60)));
        lab.fault(crash(0, sim::seconds(100), sim::seconds(500)));  // the last of the ISR
        lab.a_case.step.start = {sim::seconds(1), {}};
        World world = lab.world();
        world.run_until(at(290));
        CHECK(leader(world, 0) == -1);
        CHECK(in_sync(world, 0) == Places{0});
        world.run_until(at(400));
        CHECK(leader(world, 0) == (allowed ? 1 : -1));
        CHECK(in_sync(world, 0) == (allowed ? Places{1} : Places{0}));
        CHECK(world.state().counters.unclean_elections == (allowed ? 1 : 0));
        world.run_until(at(700));  // broker 0 is back, as the leader or as a follower
        CHECK(in_sync(world, 0) == Places{0, 1});
        CHECK(leader(world, 0) == (allowed ? 1 : 0));
        CHECK(world.state().brokers[BrokerId{0}].out_of_isr == 0);
        CHECK(world.state().brokers[BrokerId{1}].out_of_isr == 0);
    }
}

TEST_CASE("what is known of a heartbeat makes a KRaft session end at a known time") {
    Lab lab(one_partition_on_three());
    lab.kraft();
    lab.tables.brokers[BrokerId{0}].heartbeat_before = sim::seconds(1);
    lab.a_case.reaction.heartbeat_answer = {sim::milliseconds(50), {}};
    lab.options.sampled = true;
    World world = lab.world();
    RunState run = world.state();
    run.now = at(10);
    // Heartbeats come 2.05 s after each other from -1 s on: the last one at 9.25 s.
    CHECK(detection_delay(run, BrokerId{0}) == sim::milliseconds(9'000 - 750));
    // One that is on its way still counts.
    run.now = sim::Instant{sim::milliseconds(11'300 - 20)};
    CHECK(detection_delay(run, BrokerId{0}) == sim::milliseconds(9'000 + 20));
    // Nobody knows of broker 1: anywhere between 7 and 9 s.
    bool differs = false;
    for (std::uint32_t draw = 0; draw < 20; ++draw) {
        run.brokers[BrokerId{1}].detections = draw;
        const sim::Duration delay = detection_delay(run, BrokerId{1});
        CHECK(delay > sim::seconds(7) - sim::milliseconds(1));
        CHECK(delay <= sim::seconds(9));
        differs = differs || delay != sim::milliseconds(8'250);
    }
    CHECK(differs);
}

TEST_CASE("KRaft's leader timer counts from the first leader that moved") {
    Lab lab(one_partition_on_three());
    lab.kraft();
    lab.config().leader_imbalance_check = sim::seconds(60);
    lab.options.sampled = true;
    lab.fault(crash(0, sim::seconds(100), sim::seconds(40)));
    lab.a_case.step.start = {sim::seconds(1), {}};
    World world = lab.world();
    const sim::Instant moved =
        support::run_until(world, [](const World& w) { return leader(w, 0) == 1; });
    const sim::Instant back =
        support::run_until(world, [](const World& w) { return leader(w, 0) == 0; });
    CHECK(back == moved + sim::seconds(60));
}

TEST_CASE("a new ZooKeeper controller takes the dead one's leaders away before it elects") {
    Lab lab(one_partition_on_three());
    lab.tables.clusters[ClusterId{0}].controller_at_start = BrokerId{0};
    lab.fault(crash(0, sim::seconds(100), sim::minutes(10)));
    World world = lab.world();
    const sim::Instant gone =
        support::run_until(world, [](const World& w) { return leader(w, 0) == -1; });
    CHECK(in_sync(world, 0) == Places{1, 2});
    const sim::Instant elected =
        support::run_until(world, [](const World& w) { return leader(w, 0) == 1; });
    const sim::Duration between = elected - gone;
    CHECK(between >= lab.a_case.reaction.offline_elected);
    CHECK(between < lab.a_case.reaction.offline_elected + sim::milliseconds(100));
}
