// The simulation against what can be worked out by hand (planner §0.4, §1.2, kafka-semantics §4).
#include <doctest/doctest.h>

#include "models/nominal_step.hpp"
#include "models/simulate.hpp"
#include "models/world.hpp"
#include "tests/support/lab.hpp"
#include "tests/support/large_fleet.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using namespace rollcast::models;
using support::catch_up_seconds;

namespace {

/// Two brokers that share every partition, one write rate; the first is the preferred leader.
support::ClusterSketch pair_of_brokers(std::int64_t write_bytes_per_s, int partitions) {
    support::ClusterSketch cluster;
    cluster.rack_of = {0, 1, 2};
    support::TopicSketch topic;
    topic.min_isr = 1;
    topic.write_bytes_per_s = write_bytes_per_s;
    for (int p = 0; p < partitions; ++p) topic.replicas.push_back({0, 1, 2});
    cluster.topics = {topic};
    return cluster;
}

Plan only(const Case& a_case, std::vector<std::uint32_t> places) {
    Plan plan;
    ClusterPlan cluster;
    cluster.cluster = ClusterId{0};
    cluster.start = Start::barrier;
    Batch batch;
    for (const std::uint32_t place : places) {
        batch.machines.push_back(a_case.fleet.brokers()[BrokerId{place}].machine);
    }
    cluster.batches.push_back(batch);
    plan.clusters.push_back(cluster);
    return plan;
}

}  // namespace

TEST_CASE("one broker's outage and catch-up are those of the formula") {
    // 10 partitions x 2 MB/s; the disk takes 100 MB/s: B/(c - w) = 20 x T_down / (100 - 20).
    support::ClusterSketch sketch = pair_of_brokers(2'000'000, 10);
    sketch.disk_bytes_per_s = 100'000'000;
    const Case a_case = support::sketched_case({sketch});

    const Verdict verdict = simulate(a_case, only(a_case, {1}), {});

    const MachineTimes& times = verdict.machines[1];
    const StepTimes& step = a_case.step;
    CHECK(times.stopped - times.start == step.preflight.nominal + step.drain_base);
    const double down = sim::to_seconds(times.registered - times.stopped);
    CHECK(down == doctest::Approx(5 + 120 + 35 * 60 + 5 * 60 + 120 + 30));
    CHECK(catch_up_seconds(verdict, 1) == doctest::Approx(20 * down / (100 - 20)).epsilon(1e-9));
    CHECK(verdict.catch_up_bytes == doctest::Approx(20e6 * down));
    CHECK(times.end - times.in_sync == step.observe_delay + step.post_flight.nominal);
    const NominalStep nominal = nominal_step(a_case, times.machine, DataDisk::keep);
    CHECK(sim::to_seconds(nominal.mean()) ==
          doctest::Approx(sim::to_seconds(times.end - times.start)).epsilon(1e-9));
    CHECK(sim::to_seconds(nominal.least()) <= sim::to_seconds(nominal.mean()));
}

TEST_CASE("a wiped disk is rebuilt from everything stored") {
    // 10 replicas of 10 GB at 100 MB/s less 20 MB/s of live writes.
    support::ClusterSketch sketch = pair_of_brokers(2'000'000, 10);
    sketch.disk_bytes_per_s = 100'000'000;
    sketch.topics[0].stored_bytes = 10'000'000'000;
    const Case a_case = support::sketched_case({sketch});
    Plan plan = only(a_case, {1});
    plan.data_disk = DataDisk::wipe;

    const Verdict verdict = simulate(a_case, plan, {});

    CHECK(catch_up_seconds(verdict, 1) == doctest::Approx(100e9 / 80e6).epsilon(1e-9));
}

TEST_CASE("two lagging brokers of one rack share its uplink") {
    // Followers 1 and 2 in one rack, leader 0 in another. Live: 2 followers x 10 MB/s over the
    // uplink; what 100 MB/s leave over, 80 MB/s, is halved.
    support::ClusterSketch sketch;
    sketch.rack_of = {0, 1, 1};
    support::TopicSketch topic;
    topic.min_isr = 1;
    topic.write_bytes_per_s = 1'000'000;
    for (int p = 0; p < 10; ++p) topic.replicas.push_back({0, 1, 2});
    sketch.topics = {topic};
    FleetTables tables = support::fleet_tables({sketch});
    tables.racks[RackId{1}].uplink_down = sim::bytes_per_second(100'000'000);
    Case a_case;
    a_case.fleet = make_fleet(std::move(tables));

    const Verdict verdict = simulate(a_case, only(a_case, {1, 2}), {});

    const double down =
        sim::to_seconds(verdict.machines[1].registered - verdict.machines[1].stopped);
    CHECK(catch_up_seconds(verdict, 1) == doctest::Approx(10 * down / 40).epsilon(1e-9));
    CHECK(catch_up_seconds(verdict, 2) == doctest::Approx(10 * down / 40).epsilon(1e-9));

    const Verdict alone = simulate(a_case, only(a_case, {1}), {});
    CHECK(catch_up_seconds(alone, 1) == doctest::Approx(10 * down / 80).epsilon(1e-9));
}

TEST_CASE("a throttle below the write rate never lets a broker rejoin, just above it does") {
    support::ClusterSketch sketch = pair_of_brokers(2'000'000, 10);
    for (const auto& [throttle, finishes] : {std::pair{19'000'000, false}, {21'000'000, true}}) {
        FleetTables tables = support::fleet_tables({sketch});
        tables.clusters[ClusterId{0}].config.follower_throttle = sim::bytes_per_second(throttle);
        Case a_case;
        a_case.fleet = make_fleet(std::move(tables));
        a_case.step_timeout = sim::hours(24);
        const int rate = throttle;
        CAPTURE(rate);

        const Verdict verdict = simulate(a_case, only(a_case, {1}), {});

        CHECK((verdict.unfinished == Unfinished::no) == finishes);
        CHECK(verdict.rule(Rule::finished).broken() == !finishes);
        if (!finishes) CHECK(verdict.unfinished == Unfinished::never_rejoins);
        const CatchUp formula =
            uncontended_catch_up(a_case, BrokerId{1}, sim::seconds(2'675), DataDisk::keep, 1.0);
        CHECK(formula.converges == finishes);
        if (finishes) {
            CHECK(catch_up_seconds(verdict, 1) ==
                  doctest::Approx(sim::to_seconds(formula.duration)).epsilon(1e-6));
        }
    }
}

TEST_CASE("without topic lists a throttle has no effect") {
    support::ClusterSketch sketch = pair_of_brokers(2'000'000, 10);
    FleetTables tables = support::fleet_tables({sketch});
    tables.clusters[ClusterId{0}].config.follower_throttle = sim::bytes_per_second(1'000'000);
    tables.clusters[ClusterId{0}].config.throttle_lists = false;
    Case a_case;
    a_case.fleet = make_fleet(std::move(tables));

    CHECK(simulate(a_case, only(a_case, {1}), {}).unfinished == Unfinished::no);
}

TEST_CASE("partition-hours at the floor are the same however machines are batched") {
    // Exposure conservation: the sum over brokers of partitions x time out, planner §0.4. Idle
    // partitions, so that no backlog couples the brokers.
    const Case a_case = support::large_case(
        {.clusters = 1, .brokers = 12, .racks = 3, .partitions = 300, .write_bytes_per_s = 0});

    const Verdict serial = simulate(a_case, support::one_at_a_time(a_case), {});
    const Verdict racks = simulate(a_case, support::rack_at_a_time(a_case), {});

    double expected = 0.0;
    for (const MachineTimes& times : serial.machines) {
        const BrokerId b = a_case.fleet.machines()[times.machine].broker;
        expected += static_cast<double>(a_case.fleet.hosted(b).size()) *
                    sim::to_seconds(times.in_sync - times.stopped);
    }
    CHECK(serial.at_floor_partition_seconds == doctest::Approx(expected).epsilon(1e-12));
    // Rack-mates are out for as long each; only the drain differs, by 150 us a leader.
    CHECK(racks.at_floor_partition_seconds == doctest::Approx(expected).epsilon(1e-5));
    CHECK(racks.peak_at_floor == 300);
    CHECK(serial.peak_at_floor < 100);
    CHECK(serial.safe());
    CHECK(racks.safe());
}

TEST_CASE("replicas rejoin one by one, the smallest backlog first") {
    support::ClusterSketch sketch = pair_of_brokers(1'000'000, 1);
    sketch.disk_bytes_per_s = 50'000'000;
    support::TopicSketch big = sketch.topics[0];
    big.name = "big";
    big.write_bytes_per_s = 9'000'000;
    sketch.topics.push_back(big);
    const Case a_case = support::sketched_case({sketch});
    World world(a_case, only(a_case, {1}), Scope::whole(a_case.fleet), {});

    std::vector<sim::Instant> joined(2, sim::Instant::never());
    while (world.step()) {
        for (std::uint32_t p = 0; p < 2; ++p) {
            const bool back = world.state().partitions[PartitionId{p}].isr == 0b111;
            const bool left = world.executor().phase(MachineId{1}) == StepPhase::catch_up;
            if (back && left && joined[p] == sim::Instant::never()) joined[p] = world.state().now;
        }
    }
    const Verdict verdict = world.verdict();

    // 40 MB/s over the live 10 MB/s, halved while both are behind: 1 MB/s x T_down / 20 MB/s.
    const MachineTimes& times = verdict.machines[1];
    const double down = sim::to_seconds(times.registered - times.stopped);
    CHECK(sim::to_seconds(joined[0] - times.registered) ==
          doctest::Approx(down / 20).epsilon(1e-9));
    CHECK(sim::to_seconds(times.in_sync - times.registered) ==
          doctest::Approx(10 * down / 40).epsilon(1e-9));
}

TEST_CASE("missed bytes follow the daily curve") {
    support::ClusterSketch sketch = pair_of_brokers(2'000'000, 10);
    sketch.disk_bytes_per_s = 100'000'000;
    Case a_case = support::sketched_case({sketch});
    // Half load in the first hour, double afterwards.
    a_case.curve = DailyCurve(
        {{.from = {}, .multiplier = 0.5}, {.from = sim::hours(1), .multiplier = 2.0}}, {});
    Plan plan = only(a_case, {1});

    const Verdict verdict = simulate(a_case, plan, {});

    const MachineTimes& times = verdict.machines[1];
    const double down = sim::to_seconds(times.registered - times.stopped);
    CHECK(times.in_sync.since_start() < sim::hours(1));
    CHECK(catch_up_seconds(verdict, 1) == doctest::Approx(10 * down / 90).epsilon(1e-9));
}
