// Links between rooms: shared by racks, and by clusters.
#include <doctest/doctest.h>

#include "models/simulate.hpp"
#include "models/world.hpp"
#include "tests/support/lab.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using namespace rollcast::models;
using support::catch_up_seconds;

namespace {

constexpr ByteRate link_rate = sim::bytes_per_second(100'000'000);

/// Leader 0 and followers 1 and 2, each in a rack of its own; 10 MB/s to each replica.
support::ClusterSketch three_racks(const std::string& name) {
    support::ClusterSketch sketch;
    sketch.name = name;
    sketch.rack_of = {0, 1, 2};
    support::TopicSketch topic;
    topic.min_isr = 1;
    topic.write_bytes_per_s = 1'000'000;
    for (int p = 0; p < 10; ++p) topic.replicas.push_back({0, 1, 2});
    sketch.topics = {topic};
    return sketch;
}

/// Rooms A and B of these links; in every cluster rack 0 stands in A, racks 1 and 2 in B.
FleetTables two_rooms(const std::vector<support::ClusterSketch>& clusters, Room a, Room b) {
    FleetTables tables = support::fleet_tables(clusters);
    tables.rooms.push_back(std::move(a));
    tables.rooms.push_back(std::move(b));
    for (std::uint32_t r = 0; r < tables.racks.size(); ++r) {
        tables.racks[RackId{r}].room = RoomId{r % 3 == 0 ? 0U : 1U};
    }
    return tables;
}

Case case_of(FleetTables tables) {
    Case a_case;
    a_case.fleet = make_fleet(std::move(tables));
    return a_case;
}

/// The machines of `brokers`, all at once, each in its own cluster.
Plan at_once(const Case& a_case, const std::vector<std::uint32_t>& brokers) {
    Plan plan;
    for (const ClusterId c : Range<ClusterId>(a_case.fleet.clusters().size())) {
        ClusterPlan cluster;
        cluster.cluster = c;
        cluster.start = Start::barrier;
        cluster.batches.resize(1);
        for (const std::uint32_t b : brokers) {
            const Broker& broker = a_case.fleet.brokers()[BrokerId{b}];
            if (broker.cluster == c) cluster.batches[0].machines.push_back(broker.machine);
        }
        if (!cluster.batches[0].machines.empty()) plan.clusters.push_back(cluster);
    }
    return plan;
}

double down_seconds(const Verdict& verdict, std::uint32_t machine) {
    return sim::to_seconds(verdict.machines[machine].registered -
                           verdict.machines[machine].stopped);
}

}  // namespace

TEST_CASE("two lagging brokers of two racks share the link of their room") {
    // Live: 2 followers x 10 MB/s over the link; what 100 MB/s leave over, 80 MB/s, is halved.
    const Room open{.name = "open"};
    FleetTables tables;
    SUBCASE("what enters the followers' room") {
        tables = two_rooms({three_racks("c01")}, open, {.name = "B", .link_down = link_rate});
    }
    SUBCASE("what leaves the leader's room") {
        tables = two_rooms({three_racks("c01")}, {.name = "A", .link_up = link_rate}, open);
    }
    const Case a_case = case_of(tables);

    const Verdict both = simulate(a_case, at_once(a_case, {1, 2}), {});

    const double down = down_seconds(both, 1);
    CHECK(catch_up_seconds(both, 1) == doctest::Approx(10 * down / 40).epsilon(1e-9));
    CHECK(catch_up_seconds(both, 2) == doctest::Approx(10 * down / 40).epsilon(1e-9));
    const Verdict alone = simulate(a_case, at_once(a_case, {1}), {});
    CHECK(catch_up_seconds(alone, 1) == doctest::Approx(10 * down / 80).epsilon(1e-9));
}

TEST_CASE("what stays in a room does not cross its link; a rack without a room is another place") {
    const Room narrow{.name = "B", .link_down = link_rate};
    FleetTables tables = two_rooms({three_racks("c01")}, {.name = "A"}, narrow);
    const auto with_leader_in = [&](RoomId room) {
        tables.racks[RackId{0}].room = room;
        const Case a_case = case_of(tables);
        const Verdict verdict = simulate(a_case, at_once(a_case, {1}), {});
        return catch_up_seconds(verdict, 1) / down_seconds(verdict, 1);
    };
    // Own disk: 500 MB/s less 10 MB/s of live writes; link: 100 less 20.
    CHECK(with_leader_in(RoomId{1}) == doctest::Approx(10.0 / 490).epsilon(1e-9));
    CHECK(with_leader_in(RoomId{0}) == doctest::Approx(10.0 / 80).epsilon(1e-9));
    CHECK(with_leader_in(RoomId::none()) == doctest::Approx(10.0 / 80).epsilon(1e-9));
}

TEST_CASE("clusters that share a room link slow each other down, and others are left alone") {
    // c01 and c02 share the link into B: live 4 followers x 10 MB/s, the 60 MB/s left are halved.
    // c03 has no rooms.
    FleetTables tables = two_rooms({three_racks("c01"), three_racks("c02"), three_racks("c03")},
                                   {.name = "A"},
                                   {.name = "B", .link_down = link_rate});
    for (const std::uint32_t r : {6U, 7U, 8U}) tables.racks[RackId{r}].room = RoomId::none();
    const Case a_case = case_of(tables);
    REQUIRE(a_case.clusters_coupled());
    CHECK(a_case.fleet.link_group(ClusterId{1}) == ClusterId{0});
    CHECK(a_case.fleet.link_group(ClusterId{2}) == ClusterId{2});
    const Plan plan = at_once(a_case, {1, 4, 7});

    const Verdict all = simulate(a_case, plan, {});

    const double down = down_seconds(all, 1);
    CHECK(catch_up_seconds(all, 1) == doctest::Approx(10 * down / 30).epsilon(1e-9));
    CHECK(catch_up_seconds(all, 4) == doctest::Approx(10 * down / 30).epsilon(1e-9));
    CHECK(catch_up_seconds(all, 7) == doctest::Approx(10 * down / 490).epsilon(1e-9));
    const Verdict third = simulate_cluster(a_case, plan, ClusterId{2}, {});
    CHECK(all.clusters[2].trace_hash == third.clusters[0].trace_hash);
    const Verdict one = simulate(a_case, at_once(a_case, {1}), {});
    CHECK(catch_up_seconds(one, 1) == doctest::Approx(10 * down / 60).epsilon(1e-9));
    CHECK(simulate(a_case, plan, {.threads = 2}).trace_hash == all.trace_hash);
}

TEST_CASE("a link without a limit couples nobody and changes nothing") {
    const std::vector<support::ClusterSketch> clusters{three_racks("c01"), three_racks("c02")};
    const Case without = support::sketched_case(clusters);
    const Case with = case_of(two_rooms(clusters, {.name = "A"}, {.name = "B"}));
    CHECK_FALSE(with.clusters_coupled());
    const Plan plan = at_once(without, {1, 4});
    CHECK(simulate(with, plan, {}).trace_hash == simulate(without, plan, {}).trace_hash);
}

TEST_CASE("clusters are coupled through others that share a link with each") {
    // c01 and c03 share A, c02 and c03 share B.
    FleetTables tables = two_rooms({three_racks("c01"), three_racks("c02"), three_racks("c03")},
                                   {.name = "A", .link_up = link_rate},
                                   {.name = "B", .link_up = link_rate});
    for (const std::uint32_t r : {0U, 1U, 2U}) tables.racks[RackId{r}].room = RoomId{0};
    for (const std::uint32_t r : {3U, 4U, 5U}) tables.racks[RackId{r}].room = RoomId{1};
    const Case a_case = case_of(tables);
    for (const std::uint32_t c : {0U, 1U, 2U}) {
        CHECK(a_case.fleet.link_group(ClusterId{c}) == ClusterId{0});
    }
}

TEST_CASE("a link narrower than the live writes across it never lets a broker rejoin") {
    const Case a_case =
        case_of(two_rooms({three_racks("c01")},
                          {.name = "A"},
                          {.name = "B", .link_down = sim::bytes_per_second(19'000'000)}));
    const Verdict verdict = simulate(a_case, at_once(a_case, {1}), {});
    CHECK(verdict.unfinished == Unfinished::never_rejoins);
    // 20 MB/s of 19: over the limit from the start on.
    CHECK(verdict.rule(Rule::headroom).broken());
    CHECK(verdict.rule(Rule::headroom).first->at == sim::Instant{});
    CHECK(verdict.rule(Rule::headroom).worst == doctest::Approx(20.0 / 19));
}
