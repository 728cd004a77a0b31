// What must hold of every kind of fault, whatever its strength: who else is in the fleet, and how
// often it is said, makes no difference.
#include <doctest/doctest.h>

#include "tests/support/stack_lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

/// The ring of six with stacks, uplinks, two log dirs a broker and three steps, beside a cluster of
/// one broker whose step takes as long.
Lab struck_beside_another() {
    ClusterSketch sketch = ring_of_six();
    sketch.quorum = {{.rack = 0}, {.rack = 1}, {.rack = 2}};
    Lab lab(sketch);
    Cluster& cluster = lab.tables.clusters[ClusterId{0}];
    cluster.stacks.now = lab.tables.stacks.push_back(old_stack());
    cluster.stacks.next = lab.tables.stacks.push_back(new_stack());
    for (Rack& rack : lab.tables.racks) {
        rack.uplink_up = rack.uplink_down = sim::bytes_per_second(1'000'000'000);
    }
    two_log_dirs(lab);
    lab.batches(Start::event_driven, {{0}, {1}, {2}});
    return lab;
}

/// A fault of `kind` at its default in the first cluster, a quarter of an hour in.
Fault struck_early(FaultKind kind) {
    Fault fault = fault_of(kind, sim::minutes(15), sim::minutes(20));
    if (kind == FaultKind::uplink_lossy) fault.values[0] = 0.05;
    return fault;
}

Verdict struck_by(Lab lab, const std::vector<Fault>& faults) {
    for (const Fault& fault : faults) lab.fault(fault);
    return lab.verdict();
}

std::uint64_t hash_of_cluster(const Verdict& verdict, std::uint32_t cluster) {
    for (const ClusterTimes& times : verdict.clusters) {
        if (times.cluster == ClusterId{cluster}) return times.trace_hash;
    }
    return 0;
}

}  // namespace

TEST_CASE("whatever strikes one cluster, another runs as it does without it, to the hash") {
    const Lab lab = struck_beside_another();
    const Verdict quiet = struck_by(lab, {});
    REQUIRE(hash_of_cluster(quiet, 1) != 0);
    int moved = 0;
    for (int k = 0; k < fault_kind_count; ++k) {
        const auto kind = static_cast<FaultKind>(k);
        CAPTURE(fault_info(kind).word);
        const Verdict verdict = struck_by(lab, {struck_early(kind)});
        CHECK(hash_of_cluster(verdict, 1) == hash_of_cluster(quiet, 1));
        moved += hash_of_cluster(verdict, 0) != hash_of_cluster(quiet, 0) ? 1 : 0;
    }
    // And many of them do something where they strike, so early, with what the cluster has.
    CHECK(moved > fault_kind_count / 3);
}

TEST_CASE(
    "a fault that is said twice is the fault said once, but where it counts what it strikes") {
    const Lab lab = struck_beside_another();
    for (int k = 0; k < fault_kind_count; ++k) {
        const auto kind = static_cast<FaultKind>(k);
        // Each draws or takes something of its own: machines, bytes, moves, load, a batch.
        if (kind == FaultKind::correlated_burst || kind == FaultKind::bit_rot ||
            kind == FaultKind::reassignment || kind == FaultKind::self_balancing ||
            kind == FaultKind::surge || kind == FaultKind::topic_surge ||
            kind == FaultKind::slow_disk || kind == FaultKind::nic_degraded ||
            kind == FaultKind::uplink_degraded || kind == FaultKind::uplink_lossy ||
            kind == FaultKind::next_batch_early || kind == FaultKind::cold_consumer_scan ||
            kind == FaultKind::slow_leader) {
            continue;
        }
        CAPTURE(fault_info(kind).word);
        Fault again = struck_early(kind);
        again.name += " again";
        const Verdict once = struck_by(lab, {struck_early(kind)});
        const Verdict twice = struck_by(lab, {struck_early(kind), again});
        CHECK(twice.makespan == once.makespan);
        CHECK(twice.isr_shrinks == once.isr_shrinks);
        CHECK(twice.leader_moves == once.leader_moves);
        CHECK(twice.catch_up_bytes == doctest::Approx(once.catch_up_bytes));
        CHECK(twice.unfinished == once.unfinished);
        for (int r = 0; r < rule_count; ++r) {
            const auto rule = static_cast<Rule>(r);
            CAPTURE(to_string(rule));
            CHECK(twice.rule(rule).answer == once.rule(rule).answer);
            CHECK(twice.rule(rule).subjects == once.rule(rule).subjects);
        }
    }
}
