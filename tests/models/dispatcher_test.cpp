// Who may start: every admission rule by itself.
#include "models/dispatcher.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "tests/support/lab.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

using Machines = std::vector<std::uint32_t>;

/// A dispatcher over sketched clusters; machines are named by their number in the fleet.
struct Desk {
    explicit Desk(const std::vector<ClusterSketch>& clusters) : a_case(sketched_case(clusters)) {}

    void plan_cluster(std::uint32_t cluster,
                      Start start,
                      const std::vector<Machines>& batches,
                      const Machines& quorum = {},
                      std::int32_t first_priority = 0) {
        ClusterPlan part;
        part.cluster = ClusterId{cluster};
        part.start = start;
        for (const Machines& batch : batches) {
            Batch made;
            for (const std::uint32_t m : batch) made.machines.push_back(MachineId{m});
            made.priority = first_priority + static_cast<std::int32_t>(part.batches.size());
            part.batches.push_back(made);
        }
        for (const std::uint32_t m : quorum) part.quorum.push_back(MachineId{m});
        plan.clusters.push_back(part);
    }

    Dispatcher open() {
        conflicts.clear();
        for (const ClusterId c : Range<ClusterId>(a_case.fleet.clusters().size())) {
            conflicts.emplace_back(a_case.fleet, c);
        }
        return {a_case, plan, conflicts};
    }

    Case a_case;
    Plan plan;
    std::vector<ClusterConflicts> conflicts;
};

Machines start(Dispatcher& dispatcher, sim::Instant now = {}) {
    Machines started;
    for (const MachineId m : dispatcher.start_ready(now)) started.push_back(m.value);
    return started;
}

MachineId m(std::uint32_t machine) { return MachineId{machine}; }
BrokerId b(std::uint32_t broker) { return BrokerId{broker}; }

/// One RF 4, min ISR 2 partition on brokers 0-3: slack 2.
ClusterSketch slack_two() {
    ClusterSketch cluster;
    cluster.rack_of = {0, 1, 2, 3};
    TopicSketch topic;
    topic.min_isr = 2;
    topic.replicas = {{0, 1, 2, 3}};
    cluster.topics = {topic};
    return cluster;
}

}  // namespace

TEST_CASE("a barrier opens when the whole batch before it is done") {
    Desk desk({pairs_cluster(4, {{0, 1}})});
    desk.plan_cluster(0, Start::barrier, {{0, 1}, {}, {2}, {3}});
    Dispatcher dispatcher = desk.open();

    CHECK(start(dispatcher) == Machines{0, 1});  // conflicts are not looked at
    CHECK(start(dispatcher).empty());
    dispatcher.done(m(0));
    CHECK(start(dispatcher).empty());
    dispatcher.done(m(1));
    CHECK(start(dispatcher) == Machines{2});
    dispatcher.done(m(2));
    CHECK(start(dispatcher) == Machines{3});
    CHECK(dispatcher.waiting() == 0);
    CHECK(dispatcher.running() == 1);
}

TEST_CASE("a barrier stays closed while any broker is seen out of sync, and behind a lost one") {
    Desk desk({pairs_cluster(4, {{0, 1}})});
    desk.plan_cluster(0, Start::barrier, {{0}, {1}, {2}});
    Dispatcher dispatcher = desk.open();

    CHECK(start(dispatcher) == Machines{0});
    dispatcher.seen_out_of_sync(b(3));
    dispatcher.seen_out_of_sync(b(3));
    dispatcher.done(m(0));
    CHECK(start(dispatcher).empty());
    CHECK(dispatcher.is_seen_out(b(3)));
    dispatcher.seen_in_sync(b(3));
    CHECK(!dispatcher.is_seen_out(b(3)));
    CHECK(start(dispatcher) == Machines{1});
    dispatcher.lost(m(1));
    CHECK(start(dispatcher).empty());
    CHECK(dispatcher.waiting() == 1);
    CHECK(dispatcher.running() == 0);
}

TEST_CASE("event-driven, each starts as soon as no neighbour is held") {
    Desk desk({pairs_cluster(4, {{0, 1}, {1, 2}, {2, 3}})});
    desk.plan_cluster(0, Start::event_driven, {{0, 1}, {2, 3}});
    Dispatcher dispatcher = desk.open();

    CHECK(start(dispatcher) == Machines{0, 2});
    dispatcher.done(m(2));
    CHECK(start(dispatcher) == Machines{3});  // 1 still has 0 beside it
    dispatcher.done(m(0));
    CHECK(start(dispatcher) == Machines{1});
}

TEST_CASE("in order, none goes before a neighbour that comes first, even where it might") {
    Desk desk({pairs_cluster(4, {{0, 1}, {1, 2}})});
    desk.plan_cluster(0, Start::in_order, {{0}, {1}, {2}, {3}});
    Dispatcher dispatcher = desk.open();

    CHECK(start(dispatcher) == Machines{0, 3});  // 2 waits for 1, which waits for 0
    dispatcher.done(m(3));
    CHECK(start(dispatcher).empty());
    dispatcher.done(m(0));
    CHECK(start(dispatcher) == Machines{1});
    dispatcher.done(m(1));
    CHECK(start(dispatcher) == Machines{2});
}

TEST_CASE("of a group with slack 2 two may be down, a third waits") {
    Desk desk({slack_two()});
    desk.plan_cluster(0, Start::event_driven, {{0, 1, 2, 3}});
    Dispatcher dispatcher = desk.open();

    CHECK(start(dispatcher) == Machines{0, 1});
    dispatcher.done(m(0));
    CHECK(start(dispatcher) == Machines{2});
    dispatcher.seen_out_of_sync(b(0));
    dispatcher.done(m(1));
    CHECK(start(dispatcher).empty());
    dispatcher.seen_in_sync(b(0));
    CHECK(start(dispatcher) == Machines{3});
}

TEST_CASE("a broker whose partition has no slack is barred from event-driven plans") {
    ClusterSketch cluster = slack_two();
    cluster.topics[0].min_isr = 4;
    Desk desk({cluster});
    desk.plan_cluster(0, Start::event_driven, {{0, 1, 2, 3}});
    Dispatcher dispatcher = desk.open();

    CHECK(start(dispatcher).empty());
    CHECK(dispatcher.waiting() == 4);
}

TEST_CASE("free crews go by priority, then cluster, then place in the batch") {
    ClusterSketch other = pairs_cluster(3, {});
    other.name = "c02";
    Desk desk({pairs_cluster(3, {}), other});
    desk.a_case.limits.crews = 2;
    desk.plan_cluster(1, Start::event_driven, {{4, 3}, {5}}, {}, 0);
    desk.plan_cluster(0, Start::event_driven, {{2, 0}, {1}}, {}, 0);
    Dispatcher dispatcher = desk.open();

    CHECK(start(dispatcher) == Machines{2, 0});
    dispatcher.crew_free(m(2));
    dispatcher.crew_free(m(2));  // once only
    CHECK(start(dispatcher) == Machines{4});
    dispatcher.done(m(0));
    dispatcher.lost(m(4));
    CHECK(start(dispatcher) == Machines{3, 1});
    dispatcher.done(m(2));  // its crew had gone before
    CHECK(start(dispatcher).empty());
    dispatcher.crew_free(m(3));
    CHECK(start(dispatcher) == Machines{5});
}

/// Brokers 0 and 1 conflict, 2 goes with 0, then 1; 3-5 are another cluster's; two crews.
Desk keeping_desk(bool keeps) {
    ClusterSketch other = pairs_cluster(3, {});
    other.name = "c02";
    Desk desk({pairs_cluster(3, {{0, 1}}), other});
    desk.a_case.limits.crews = 2;
    desk.plan_cluster(0, Start::in_order, {{0, 2}, {1}}, {}, 0);
    desk.plan.clusters.back().keeps_crews = keeps;
    desk.plan_cluster(1, Start::in_order, {{3, 4, 5}}, {}, 2);
    return desk;
}

TEST_CASE("a cluster keeps freed crews for its next batch, and no more than that needs") {
    for (const bool keeps : {false, true}) {
        CAPTURE(keeps);
        Desk desk = keeping_desk(keeps);
        Dispatcher dispatcher = desk.open();

        CHECK(start(dispatcher) == Machines{0, 2});
        dispatcher.slot_free(m(0));
        dispatcher.crew_free(m(0));
        CHECK(start(dispatcher) == (keeps ? Machines{} : Machines{3}));
        dispatcher.slot_free(m(2));
        dispatcher.crew_free(m(2));
        CHECK(start(dispatcher) == (keeps ? Machines{3} : Machines{4}));
        dispatcher.done(m(0));
        CHECK(start(dispatcher) == (keeps ? Machines{1} : Machines{}));
        dispatcher.done(m(2));
        dispatcher.crew_free(m(3));
        CHECK(start(dispatcher) == (keeps ? Machines{4} : Machines{1}));
        dispatcher.crew_free(m(1));  // nothing of the cluster waits any more
        CHECK(start(dispatcher) == Machines{5});
    }
}

TEST_CASE("what a cluster keeps goes to others when no broker of it is in a step") {
    Desk desk = keeping_desk(true);
    Dispatcher dispatcher = desk.open();

    CHECK(start(dispatcher) == Machines{0, 2});
    dispatcher.done(m(2));
    CHECK(start(dispatcher).empty());  // its crew waits for broker 1
    dispatcher.lost(m(0));             // which now never goes
    CHECK(start(dispatcher) == Machines{3, 4});
}

TEST_CASE("a quorum node's own machine does not take what its cluster keeps for brokers") {
    ClusterSketch cluster = pairs_cluster(2, {{0, 1}});
    cluster.quorum = {{0, false}, {0, true}};
    Desk desk({cluster});
    desk.a_case.limits.crews = 1;
    desk.plan_cluster(0, Start::in_order, {{0}, {1}}, {2, 3}, 0);
    desk.plan.clusters.back().keeps_crews = true;
    desk.plan.clusters.back().quorum_priority = 9;
    Dispatcher dispatcher = desk.open();

    CHECK(start(dispatcher) == Machines{0});
    dispatcher.crew_free(m(0));
    CHECK(start(dispatcher).empty());
    dispatcher.done(m(0));
    CHECK(start(dispatcher) == Machines{1});
    dispatcher.crew_free(m(1));
    CHECK(start(dispatcher) == Machines{2});
}

TEST_CASE("a re-image slot that is kept stands for the next batch, too") {
    Desk desk = keeping_desk(true);
    desk.a_case.limits.crews = 6;
    desk.a_case.limits.image_slots = 2;
    Dispatcher dispatcher = desk.open();

    CHECK(start(dispatcher) == Machines{0, 2});
    dispatcher.slot_free(m(0));
    CHECK(start(dispatcher).empty());
    dispatcher.slot_free(m(2));
    CHECK(start(dispatcher) == Machines{3});
    dispatcher.done(m(0));
    CHECK(start(dispatcher) == Machines{1});
}

TEST_CASE("a re-image slot is held until its own end, a crew until its own") {
    Desk desk({pairs_cluster(4, {})});
    desk.a_case.limits.image_slots = 1;
    desk.a_case.limits.crews = 3;
    desk.plan_cluster(0, Start::event_driven, {{0, 1, 2, 3}});
    Dispatcher dispatcher = desk.open();

    CHECK(start(dispatcher) == Machines{0});
    dispatcher.slot_free(m(0));
    CHECK(start(dispatcher) == Machines{1});
    dispatcher.slot_free(m(1));
    CHECK(start(dispatcher) == Machines{2});
    dispatcher.slot_free(m(2));
    CHECK(start(dispatcher).empty());  // three crews at work
    dispatcher.crew_free(m(1));
    CHECK(start(dispatcher) == Machines{3});
}

TEST_CASE("max_down holds for each cluster, in barrier plans too, and not for quorum machines") {
    for (const Start how : {Start::barrier, Start::event_driven}) {
        CAPTURE(to_string(how));
        ClusterSketch first = pairs_cluster(3, {});
        first.quorum = {{.rack = 0}, {.rack = 1}};
        ClusterSketch other = pairs_cluster(2, {});
        other.name = "c02";
        Desk desk({first, other});
        desk.a_case.limits.max_down = 1;
        desk.plan_cluster(0, how, {{0, 1, 2}}, {3, 4});
        desk.plan_cluster(1, how, {{5, 6}});
        Dispatcher dispatcher = desk.open();

        Machines first_ones = start(dispatcher);
        std::sort(first_ones.begin(), first_ones.end());
        CHECK(first_ones == Machines{0, 3, 5});
        dispatcher.done(m(0));
        CHECK(start(dispatcher) == Machines{1});
        dispatcher.lost(m(1));  // no longer in a step
        CHECK(start(dispatcher) == Machines{2});
    }
}

TEST_CASE("quorum machines go one at a time, in order, and none after a lost one") {
    ClusterSketch cluster = pairs_cluster(1, {});
    cluster.quorum = {{}, {}, {}};
    Desk desk({cluster});
    desk.plan_cluster(0, Start::event_driven, {{0}}, {2, 1, 3});
    Dispatcher dispatcher = desk.open();

    Machines first_ones = start(dispatcher);
    std::sort(first_ones.begin(), first_ones.end());
    CHECK(first_ones == Machines{0, 2});
    dispatcher.done(m(0));
    CHECK(start(dispatcher).empty());
    dispatcher.done(m(2));
    CHECK(start(dispatcher) == Machines{1});
    dispatcher.lost(m(1));
    CHECK(start(dispatcher).empty());
}

TEST_CASE("no two hosts that carry quorum nodes are in a step at once in an event-driven plan") {
    ClusterSketch cluster = pairs_cluster(3, {});
    cluster.quorum = {{.shared_with = 0}, {.shared_with = 1}, {.rack = 2}};
    Desk desk({cluster});
    desk.plan_cluster(0, Start::event_driven, {{0, 1, 2}}, {3});
    Dispatcher dispatcher = desk.open();

    const Machines first_ones = start(dispatcher);
    CHECK(first_ones.size() == 2);
    CHECK(std::count(first_ones.begin(), first_ones.end(), 2U) == 1);
    const std::uint32_t node = first_ones[first_ones[0] == 2 ? 1 : 0];
    dispatcher.done(m(2));
    CHECK(start(dispatcher).empty());
    dispatcher.done(m(node));
    CHECK(start(dispatcher).size() == 1);
}

TEST_CASE("a quorum node on a broker's host cannot be listed among the quorum's own machines") {
    ClusterSketch cluster = pairs_cluster(2, {});
    cluster.quorum = {{.shared_with = 0}};
    Desk desk({cluster});
    desk.plan_cluster(0, Start::event_driven, {{1}}, {0});
    CHECK_THROWS_AS(desk.open(), sim::ContractViolation);
}

TEST_CASE("a plan that names a machine twice or one of another cluster is refused") {
    ClusterSketch other = pairs_cluster(2, {});
    other.name = "c02";
    for (const std::vector<Machines>& batches :
         {std::vector<Machines>{{0}, {0}}, std::vector<Machines>{{2}}}) {
        Desk desk({pairs_cluster(2, {}), other});
        desk.plan_cluster(0, Start::barrier, batches);
        CHECK_THROWS_AS(desk.open(), sim::ContractViolation);
    }
    Desk twice({pairs_cluster(2, {})});
    twice.plan_cluster(0, Start::barrier, {{0}});
    twice.plan_cluster(0, Start::barrier, {{1}});
    CHECK_THROWS_AS(twice.open(), sim::ContractViolation);
}

TEST_CASE("with the gate per shared partition a neighbour starts when its pair is released") {
    Desk desk({pairs_cluster(3, {{0, 1}, {0, 2}})});
    desk.plan.gate = Gate::shared_partitions;
    desk.plan_cluster(0, Start::event_driven, {{0}, {1}, {2}});
    Dispatcher dispatcher = desk.open();

    CHECK(start(dispatcher) == Machines{0});
    dispatcher.released_towards(m(0), b(2));
    CHECK(start(dispatcher) == Machines{2});

    SUBCASE("the other pair waits for its own release") {
        dispatcher.released_towards(m(0), b(1));
        CHECK(start(dispatcher) == Machines{1});
    }
    SUBCASE("what is seen out of sync again closes its pairs") {
        dispatcher.released_towards(m(0), b(1));
        dispatcher.seen_out_of_sync(b(0));
        CHECK(start(dispatcher).empty());
        dispatcher.seen_in_sync(b(0));
        CHECK(start(dispatcher).empty());  // its step goes on, its pairs are closed
        dispatcher.done(m(0));
        CHECK(start(dispatcher) == Machines{1});
    }
    SUBCASE("a broker that is done and then seen out of sync holds its neighbours") {
        dispatcher.released_towards(m(0), b(1));
        dispatcher.done(m(0));
        dispatcher.seen_out_of_sync(b(0));
        CHECK(start(dispatcher).empty());
        dispatcher.seen_in_sync(b(0));
        CHECK(start(dispatcher) == Machines{1});
    }
}

TEST_CASE("with the gate per broker a release of pairs changes nothing") {
    Desk desk({pairs_cluster(2, {{0, 1}})});
    desk.plan_cluster(0, Start::event_driven, {{0}, {1}});
    Dispatcher dispatcher = desk.open();

    CHECK(start(dispatcher) == Machines{0});
    dispatcher.released_towards(m(0), b(1));
    CHECK(start(dispatcher).empty());
}

TEST_CASE("a broker that is seen out of sync does not start, nor do its neighbours") {
    Desk desk({pairs_cluster(3, {{0, 1}})});
    desk.plan_cluster(0, Start::event_driven, {{0, 1, 2}});
    Dispatcher dispatcher = desk.open();
    dispatcher.seen_out_of_sync(b(0));

    CHECK(start(dispatcher) == Machines{2});
    dispatcher.seen_in_sync(b(0));
    CHECK(start(dispatcher) == Machines{0});
}

TEST_CASE("a lost machine frees crew and slot and holds its neighbours for good") {
    Desk desk({pairs_cluster(3, {{0, 1}})});
    desk.a_case.limits.crews = 1;
    desk.a_case.limits.image_slots = 1;
    desk.plan_cluster(0, Start::event_driven, {{0}, {1}, {2}});
    Dispatcher dispatcher = desk.open();

    CHECK(start(dispatcher) == Machines{0});
    dispatcher.lost(m(0));
    CHECK(start(dispatcher) == Machines{2});
    dispatcher.done(m(2));
    CHECK(start(dispatcher).empty());
    CHECK(dispatcher.waiting() == 1);
}

TEST_CASE("a step starts only where its nominal length fits the window, and the next one is told") {
    Desk desk({pairs_cluster(2, {{0, 1}})});
    desk.a_case.step.post_flight = {sim::hours(2), {}};
    const sim::Duration six = sim::hours(6);
    desk.a_case.limits.windows = Windows(sim::hours(20), sim::hours(2), sim::hours(12), {});
    desk.plan_cluster(0, Start::event_driven, {{0}, {1}});
    Dispatcher dispatcher = desk.open();

    CHECK(start(dispatcher).empty());
    CHECK(dispatcher.wake_at() == sim::Instant{sim::hours(8)});
    CHECK(start(dispatcher, sim::Instant{sim::hours(8)}) == Machines{0});
    CHECK(dispatcher.wake_at() == sim::Instant::never());  // 1 waits for 0, not for a window
    dispatcher.done(m(0));
    CHECK(start(dispatcher, sim::Instant{sim::hours(8) + six - sim::minutes(1)}).empty());
    CHECK(dispatcher.wake_at() == sim::Instant{sim::hours(32)});
    CHECK(start(dispatcher, dispatcher.wake_at()) == Machines{1});
    CHECK(!dispatcher.window_too_short());
}

TEST_CASE("a step that is longer than every window is said to be") {
    Desk desk({pairs_cluster(1, {})});
    desk.a_case.limits.windows = Windows(sim::hours(2), sim::minutes(140), {}, {});
    desk.plan_cluster(0, Start::barrier, {{0}});
    Dispatcher dispatcher = desk.open();

    CHECK(start(dispatcher, at(0)).empty());
    CHECK(dispatcher.window_too_short());
    CHECK(dispatcher.wake_at() == sim::Instant::never());
}
