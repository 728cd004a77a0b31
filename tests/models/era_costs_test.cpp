// Which version's costs hold when.
#include "models/era_costs.hpp"

#include <doctest/doctest.h>

#include "models/kafka_version.hpp"
#include "models/nominal_step.hpp"
#include "tests/support/lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

/// Broker 1 leads nothing, follows in 100 empty partitions; the cluster goes from `from` to `to`.
Lab cluster_of_versions(const std::string& from, const std::string& to) {
    ClusterSketch sketch;
    sketch.rack_of = {0, 1};
    TopicSketch topic;
    topic.min_isr = 1;
    topic.write_bytes_per_s = 0;
    topic.stored_bytes = 0;
    topic.replicas.assign(100, {0, 1});
    sketch.topics = {topic};
    Lab lab(sketch, 12);
    lab.tables.clusters[ClusterId{0}].stack.kafka_version = from;
    lab.tables.clusters[ClusterId{0}].target.kafka_version = to;
    return lab;
}

constexpr sim::Duration start_time = sim::seconds(30);
constexpr sim::Duration checks = 100 * sim::milliseconds(42);

}  // namespace

TEST_CASE("a version that cannot be read counts as newer than any") {
    CHECK(before("1.0.2", 1, 1));
    CHECK_FALSE(before("1.1.0", 1, 1));
    CHECK_FALSE(before("10.0", 2, 3));
    for (const std::string_view version : {"", "new", "3", "3.x"}) {
        CHECK_FALSE(before(version, 99, 0));
        CHECK(high_watermark_freezes(parse_kafka_version(version)));
    }
}

TEST_CASE("a leader costs what the case says, else what the version and the quorum kind say") {
    Cluster cluster;
    cluster.stack.kafka_version = "1.0.0";
    const EraCosts early = era_costs(cluster);
    CHECK(early.drain_per_leader > early.election_per_leader);
    cluster.stack.kafka_version = "2.8.2";
    const EraCosts late = era_costs(cluster);
    CHECK(late.drain_per_leader < early.election_per_leader);
    cluster.stack.kafka_version = "";
    CHECK(era_costs(cluster).failover_per_partition == late.failover_per_partition);
    cluster.quorum_kind = QuorumKind::kraft;
    CHECK(era_costs(cluster).failover_per_partition == sim::Duration{});
    CHECK(era_costs(cluster).election_per_leader < late.election_per_leader);

    Lab lab = cluster_of_versions("1.0.0", "2.8.2");
    lab.world();
    CHECK(drain_per_leader(lab.a_case, ClusterId{0}) == early.drain_per_leader);
    CHECK(election_per_leader(lab.a_case, ClusterId{0}) == early.election_per_leader);
    lab.a_case.step.drain_per_leader = sim::milliseconds(1);
    CHECK(drain_per_leader(lab.a_case, ClusterId{0}) == sim::milliseconds(1));
    CHECK(election_per_leader(lab.a_case, ClusterId{0}) == sim::milliseconds(1));
}

TEST_CASE("indexes are checked by the version that a step ends with") {
    for (const auto& [from, to, expected] : {std::tuple{"2.2.0", "2.2.1", checks},
                                             {"2.2.0", "2.8.2", sim::Duration{}},
                                             {"2.2.0", "", checks},
                                             {"", "", sim::Duration{}}}) {
        const std::string versions = std::string(from) + " to " + to;
        CAPTURE(versions);
        Lab lab = cluster_of_versions(from, to);
        lab.stop_clock();
        lab.batches(Start::barrier, {{1}});
        const Verdict verdict = lab.verdict();

        const MachineTimes& times = verdict.machines[1];
        const NominalStep nominal = nominal_step(lab.a_case, times.machine, DataDisk::keep);
        CHECK(times.registered - times.start == nominal.until_registered);
        const StepTimes& step = lab.a_case.step;
        CHECK(nominal.until_registered - nominal.until_image_end ==
              step.install.nominal + step.verify_checksum.nominal + start_time + expected);
    }
}

TEST_CASE("a crashed broker checks its indexes before its step, with 2.3 or later not after it") {
    Lab lab = cluster_of_versions("2.2.0", "2.8.2");
    lab.batches(Start::barrier, {{1}});
    lab.a_case.step.preflight = {sim::minutes(10), {}};
    lab.fault(crash(1, sim::seconds(1), sim::minutes(1)));
    lab.fault(crash(1, sim::hours(2), sim::minutes(1)));
    World world = lab.world();
    const auto up = [](const World& w) { return runs(w, 1); };

    world.run_until(at(30));
    CHECK(phase(world, 1) == StepPhase::preflight);
    CHECK(!runs(world, 1));
    const sim::Instant first = support::run_until(world, up);
    CHECK(first == at(61) + start_time + checks);

    world.run_until(at(7'230));
    CHECK(phase(world, 1) == StepPhase::catch_up);
    CHECK(!runs(world, 1));
    const sim::Instant second = support::run_until(world, up);
    CHECK(second == at(7'260) + start_time);
}
