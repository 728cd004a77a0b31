// The estate at rest: invariants, floors, conflicts, nominal steps, the daily curve.
#include "models/fleet.hpp"

#include <functional>

#include <doctest/doctest.h>

#include "models/conflicts.hpp"
#include "models/nominal_step.hpp"
#include "sim/random.hpp"
#include "tests/support/planner_fleets.hpp"
#include "tests/support/random_runs.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

FleetTables good_tables() {
    ClusterSketch first = pairs_cluster(3, {{0, 1}, {1, 2}});
    first.quorum = {{.rack = 0}, {.shared_with = 1}};
    ClusterSketch second = pairs_cluster(2, {{0, 1}});
    second.name = "c02";
    return fleet_tables({first, second});
}

}  // namespace

TEST_CASE("a fleet that breaks an invariant is not made") {
    using Break = std::function<void(FleetTables&)>;
    const std::vector<std::pair<const char*, Break>> breaks{
        {"brokers out of cluster order",
         [](FleetTables& t) { t.brokers[BrokerId{0}].cluster = ClusterId{1}; }},
        {"racks out of cluster order",
         [](FleetTables& t) { t.racks[RackId{0}].cluster = ClusterId{1}; }},
        {"a topic of no cluster",
         [](FleetTables& t) { t.topics[TopicId{0}].cluster = ClusterId{7}; }},
        {"log dirs out of broker order",
         [](FleetTables& t) { t.log_dirs[LogDirId{0}].broker = BrokerId{1}; }},
        {"a quorum node on a host of another cluster",
         [](FleetTables& t) { t.quorum_nodes[QuorumNodeId{1}].shared_with = BrokerId{4}; }},
        {"partitions out of topic order",
         [](FleetTables& t) { t.partitions[PartitionId{0}].topic = TopicId{1}; }},
        {"RF 0", [](FleetTables& t) { t.partitions[PartitionId{0}].rf = 0; }},
        {"RF 9", [](FleetTables& t) { t.partitions[PartitionId{0}].rf = 9; }},
        {"more replicas than brokers listed", [](FleetTables& t) { t.replica_broker.pop_back(); }},
        {"an ISR beyond the replicas",
         [](FleetTables& t) { t.partitions[PartitionId{0}].isr = 0b111; }},
        {"a leader that is no replica",
         [](FleetTables& t) { t.partitions[PartitionId{0}].leader = 2; }},
        {"a replica in another cluster", [](FleetTables& t) { t.replica_broker[0] = BrokerId{4}; }},
        {"a replica on a broker that does not exist",
         [](FleetTables& t) { t.replica_broker[0] = BrokerId{99}; }},
        {"two replicas on one broker",
         [](FleetTables& t) { t.replica_broker[1] = t.replica_broker[0]; }},
        {"log dirs for some replicas only",
         [](FleetTables& t) { t.replica_dir.push_back(LogDirId{0}); }},
    };
    CHECK_NOTHROW(make_fleet(good_tables()));
    for (const auto& each : breaks) {
        CAPTURE(each.first);
        FleetTables tables = good_tables();
        each.second(tables);
        CHECK_THROWS_AS(make_fleet(std::move(tables)), sim::ContractViolation);
    }
}

TEST_CASE("a machine is the host of a broker, of a quorum node, or of both") {
    const Fleet fleet = make_fleet(good_tables());
    CHECK(fleet.machines().size() == 6);
    const Machine& both = fleet.machines()[fleet.brokers()[BrokerId{1}].machine];
    CHECK(both.quorum_node == QuorumNodeId{1});
    CHECK(fleet.quorum_nodes()[QuorumNodeId{1}].rack == both.rack);
    const Machine& own = fleet.machines()[fleet.quorum_nodes()[QuorumNodeId{0}].machine];
    CHECK(!own.broker.exists());
}

TEST_CASE("the floor of a topic: the explicit choice, else two where RF allows, never above RF") {
    struct Row {
        int rf, min_isr, chosen, floor;
    };
    for (const Row& row : {Row{1, 1, 0, 1},
                           {2, 1, 0, 1},
                           {2, 2, 0, 2},
                           {3, 1, 0, 2},
                           {3, 2, 0, 2},
                           {3, 3, 0, 3},
                           {4, 1, 0, 2},
                           {4, 3, 0, 3},
                           {1, 3, 0, 1},
                           {2, 3, 0, 2},
                           {3, 2, 1, 1},
                           {3, 1, 3, 3},
                           {3, 1, 5, 3}}) {
        CAPTURE(row.rf);
        CAPTURE(row.min_isr);
        CAPTURE(row.chosen);
        Topic topic;
        topic.rf = row.rf;
        topic.min_isr = row.min_isr;
        topic.isr_floor = row.chosen;
        CHECK(effective_floor(topic) == row.floor);
    }
}

TEST_CASE("property: conflicts, groups and bars equal a look at every partition") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        const RandomRun run = random_run(seed);
        const Fleet& fleet = run.a_case.fleet;
        const ClusterConflicts conflicts(fleet, ClusterId{0});
        const auto slack = [&](PartitionId p) {
            return isr_size(fleet.partitions()[p].isr) - fleet.partitions()[p].floor;
        };
        const auto in_isr = [&](PartitionId p, BrokerId b) {
            for (std::size_t slot = 0; slot < fleet.partitions()[p].rf; ++slot) {
                if (fleet.replicas(p)[slot] == b)
                    return ((fleet.partitions()[p].isr >> slot) & 1) != 0;
            }
            return false;
        };
        for (std::uint32_t a = 0; a < conflicts.size(); ++a) {
            bool barred = false;
            for (std::uint32_t b = 0; b < conflicts.size(); ++b) {
                bool conflict = false;
                for (const PartitionId p : Range<PartitionId>(fleet.partitions().size())) {
                    if (fleet.topics()[fleet.partitions()[p].topic].accepted) continue;
                    const bool both = in_isr(p, BrokerId{a}) && in_isr(p, BrokerId{b});
                    conflict = conflict || (both && a != b && slack(p) == 1);
                    barred = barred || (in_isr(p, BrokerId{a}) && slack(p) <= 0);
                }
                CHECK(conflicts.conflict(a, b) == conflict);
            }
            CHECK(conflicts.barred()[a] == barred);
        }
        // Any set of brokers: the groups refuse it exactly where a partition with slack > 1 would.
        for (std::uint32_t set = 0; set < (1U << conflicts.size()); ++set) {
            bool refused = false;
            for (const ConflictGroup& group : conflicts.groups()) {
                int down = 0;
                for (const std::uint32_t m : group.members) down += (set >> m) & 1;
                refused = refused || down > group.slack;
            }
            bool breaks = false;
            for (const PartitionId p : Range<PartitionId>(fleet.partitions().size())) {
                if (fleet.topics()[fleet.partitions()[p].topic].accepted || slack(p) <= 1) continue;
                int down = 0;
                for (std::uint32_t m = 0; m < conflicts.size(); ++m) {
                    down += ((set >> m) & 1) != 0 && in_isr(p, BrokerId{m}) ? 1 : 0;
                }
                breaks = breaks || down > slack(p);
            }
            REQUIRE(refused == breaks);
        }
    }
}

TEST_CASE("a nominal step is the sum of its phases, with and without a broker") {
    ClusterSketch sketch = pairs_cluster(2, {{0, 1}});
    sketch.quorum = {{.rack = 0}, {.shared_with = 1}};
    Case a_case = sketched_case({sketch});
    a_case.step.soak = sim::seconds(7);
    const StepTimes& t = a_case.step;

    const NominalStep broker = nominal_step(a_case, MachineId{0}, DataDisk::keep);
    CHECK(broker.until_stopped == t.preflight.nominal + t.drain_base);
    CHECK(broker.until_image_end == broker.until_stopped + t.shutdown.nominal +
                                        t.baseline_checksum.nominal + t.reimage.nominal);
    CHECK(broker.until_registered ==
          broker.until_image_end + t.install.nominal + t.verify_checksum.nominal + t.start.nominal);
    CHECK(broker.after_sync == t.observe_delay + t.post_flight.nominal + t.soak);
    CHECK(broker.mean() == broker.until_registered + broker.catch_up_mean + broker.after_sync);

    const NominalStep node = nominal_step(a_case, MachineId{2}, DataDisk::keep);
    CHECK(node.until_stopped == t.preflight.nominal);
    CHECK(node.until_image_end == t.preflight.nominal + t.shutdown.nominal + t.reimage.nominal);
    CHECK(node.until_registered == node.until_image_end + t.install.nominal + t.start.nominal);
    CHECK(node.catch_up_mean == t.quorum_sync.nominal);

    const NominalStep both = nominal_step(a_case, MachineId{1}, DataDisk::keep);
    CHECK(both.until_registered == broker.until_registered);
    CHECK(both.catch_up_mean == std::max(broker.catch_up_mean, t.quorum_sync.nominal));
}

TEST_CASE("property: effective time is the integral of the curve, from any time of day") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        sim::RandomStream random(seed, 9, sim::Draw::rates, 0);
        std::vector<CurveStep> steps{{{}, 0.1 * static_cast<double>(random.below(20))}};
        std::int64_t minute = 0;
        while ((minute += 1 + static_cast<std::int64_t>(random.below(400))) < 1'440) {
            steps.push_back(
                {sim::minutes(minute), 0.1 * static_cast<double>(1 + random.below(20))});
        }
        const auto start = static_cast<std::int64_t>(random.below(1'440));
        const DailyCurve curve(steps, sim::minutes(start));
        double sum = 0.0;
        for (std::int64_t m = 0; m < 3 * 1'440; ++m) {
            const sim::Instant now{sim::minutes(m)};
            REQUIRE(curve.effective_seconds(now) == doctest::Approx(sum).epsilon(1e-9));
            double expected = 0.0;
            std::int64_t next = 1'440;
            const std::int64_t of_day = (m + start) % 1'440;
            for (const CurveStep& step : steps) {
                if (step.from <= sim::minutes(of_day)) expected = step.multiplier;
                if (step.from > sim::minutes(of_day)) {
                    next = std::min(next, step.from.count() / sim::minutes(1).count());
                }
            }
            REQUIRE(curve.multiplier(now) == expected);
            REQUIRE(
                curve.next_change(now) ==
                (steps.size() == 1 ? sim::Instant::never() : now + sim::minutes(next - of_day)));
            sum += 60.0 * expected;
        }
    }
}

TEST_CASE("a curve that breaks an invariant is refused") {
    using Steps = std::vector<CurveStep>;
    CHECK_THROWS_AS(DailyCurve(Steps{}, {}), sim::ContractViolation);
    CHECK_THROWS_AS(DailyCurve(Steps{{sim::hours(1), 1.0}}, {}), sim::ContractViolation);
    CHECK_THROWS_AS(DailyCurve(Steps{{{}, -1.0}}, {}), sim::ContractViolation);
    CHECK_THROWS_AS(DailyCurve(Steps{{{}, 1.0}, {sim::hours(25), 1.0}}, {}),
                    sim::ContractViolation);
    CHECK_THROWS_AS(DailyCurve(Steps{{{}, 1.0}, {sim::hours(3), 1.0}, {sim::hours(2), 1.0}}, {}),
                    sim::ContractViolation);
    CHECK_THROWS_AS(DailyCurve(Steps{{{}, 1.0}}, sim::hours(24)), sim::ContractViolation);
    CHECK_THROWS_AS(DailyCurve(Steps{{{}, 1.0}}, -sim::hours(1)), sim::ContractViolation);
}
