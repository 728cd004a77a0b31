// Relations that hold whatever the numbers are: longer or stronger is never less, sooner or later
// is the same, a whole is its parts, and what is random in one fault is nobody else's.
#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "tests/support/fault_rows.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support::fault_rows;
using rollcast::support::Lab;

namespace {

using Kind = FaultKind;

/// What `faults` make of `bench`.
Verdict after(Lab bench, const std::vector<Fault>& faults) {
    for (const Fault& fault : faults) bench.fault(fault);
    return bench.verdict();
}

std::uint64_t hash_after(const Lab& bench, const std::vector<Fault>& faults) {
    return after(bench, faults).trace_hash;
}

Fault of_machine(std::uint32_t m) {
    Fault fault = support::fault_of(Kind::machine_power_loss);
    fault.machine = MachineId{m};
    fault.name += std::to_string(m);
    return fault;
}

/// From the start of the run to its end.
Fault from_the_start(Kind kind) { return support::fault_of(kind, {}, {}); }

/// The fault from 600 s on, ten minutes long where it lasts.
Verdict at_rest(Lab lab, const Fault& fault, sim::Duration later) {
    lab.fault(fault);
    lab.a_case.faults.back().trigger.at = support::at(600) + later;
    return lab.verdict();
}

}  // namespace

TEST_CASE("all families: the later a fault ends, the more of its harm there is") {
    const std::vector<sim::Duration> ends{
        sim::minutes(10), sim::minutes(30), sim::hours(1), sim::minutes(90), {}};
    for (const auto& family : {machine_rows(), link_rows(), operation_rows()}) {
        for (const FaultRow& row : family) {
            if (!fault_info(row.kind).lasts) continue;
            CAPTURE(fault_info(row.kind).word);
            Lab bench = row.bench();
            bench.fault(support::fault_of(row.kind, sim::seconds(100), {}));
            if (row.strike) row.strike(bench);
            double before = 0.0;
            for (const sim::Duration end : ends) {
                CAPTURE(sim::to_seconds(end));
                Lab lab = bench;
                lab.a_case.faults.back().duration = end;
                Lab calm = bench;
                calm.a_case.faults.pop_back();
                const double harm = std::abs(row.cure.harm.read(run_over(lab)) -
                                             row.cure.harm.read(run_over(calm)));
                CHECK(harm >= before * (1.0 - 1e-9));
                before = harm;
            }
        }
    }
}

TEST_CASE("all families: at rest a fault does the same an hour later") {
    for (int k = 0; k < fault_kind_count; ++k) {
        const auto kind = static_cast<Kind>(k);
        CAPTURE(fault_info(kind).word);
        // By a draw of the moment itself, or nothing happens without a step.
        if (kind == Kind::bit_rot || kind == Kind::uplink_degraded) continue;
        Lab lab = support::migrating_lab();
        lab.plan.clusters.clear();
        lab.options.horizon = sim::hours(3);
        const Verdict soon = at_rest(lab, support::fault_of(kind), {});
        const Verdict late = at_rest(lab, support::fault_of(kind), sim::hours(1));
        CHECK(soon.isr_shrinks == late.isr_shrinks);
        CHECK(soon.leader_moves == late.leader_moves);
        CHECK(soon.catch_up_bytes == doctest::Approx(late.catch_up_bytes));
        CHECK(soon.stall_partition_seconds == doctest::Approx(late.stall_partition_seconds));
        CHECK(soon.at_floor_partition_seconds == doctest::Approx(late.at_floor_partition_seconds));
    }
}

TEST_CASE("disk: the slower, the longer it is away; two failed dirs are the broker") {
    double before = -1.0;
    for (const double left : {1.0, 0.5, 0.29, 0.2, 0.1, 0.0}) {
        CAPTURE(left);
        const double harm =
            after(busy(), {support::fault_at(Kind::slow_disk, left)}).at_floor_partition_seconds;
        CHECK(harm >= before);
        before = harm;
    }
    Lab lab = resting();
    support::two_log_dirs(lab);
    Fault second = support::fault_of(Kind::log_dir_fails);
    second.log_dir = LogDirId{1};
    const Verdict one = after(lab, {support::fault_of(Kind::log_dir_fails)});
    const Verdict both = after(lab, {support::fault_of(Kind::log_dir_fails), second});
    CHECK(both.at_floor_partition_seconds > one.at_floor_partition_seconds);
    CHECK(both.catch_up_bytes > one.catch_up_bytes);
}

TEST_CASE("network: the less is left of a card, the longer it is away") {
    double before = -1.0;
    for (const double left : {1.0, 0.5, 0.29, 0.2, 0.1, 0.0}) {
        CAPTURE(left);
        const double harm =
            after(busy(), {support::fault_at(Kind::nic_degraded, left)}).at_floor_partition_seconds;
        CHECK(harm >= before);
        before = harm;
    }
}

TEST_CASE("network: the more of the others a broker is cut off from, the more replicas are out") {
    for (const Kind kind : {Kind::one_way_block, Kind::network_blip}) {
        CAPTURE(fault_info(kind).word);
        std::uint64_t before = 0;
        for (const double share : {0.0, 0.2, 0.4, 0.6, 0.8, 1.0}) {
            CAPTURE(share);
            Lab lab = resting();
            lab.fault(support::fault_at(kind, share));
            World world = lab.world();
            world.run_until(support::at(650));
            std::uint64_t out = 0;
            for (const BrokerId b : world.state().fleet().clusters()[ClusterId{0}].brokers()) {
                out += world.state().brokers[b].out_of_isr;
            }
            CHECK(out >= before);
            before = out;
        }
        CHECK(before > 0);
    }
}

TEST_CASE("version and auth: whatever keeps one new broker out does the same to the hash") {
    // The way in which its fetches fail is not what decides: that they fail from its start on is.
    const Lab lab = support::migrating_lab();
    const std::uint64_t out = hash_after(lab, {from_the_start(Kind::never_rejoins)});
    for (const Kind kind : {Kind::protocol_unpinned,
                            Kind::wrong_issuer,
                            Kind::sha1_certificate,
                            Kind::short_key,
                            Kind::certificate_expired,
                            Kind::trust_collapsed}) {
        CAPTURE(fault_info(kind).word);
        CHECK(hash_after(lab, {from_the_start(kind)}) == out);
    }
}

TEST_CASE("rack: a rack without power is all its machines without power") {
    const Lab lab = resting();
    const Verdict rack = after(lab, {support::power_loss(0, sim::seconds(100), sim::seconds(600))});
    // Of brokers 0 and 3 and of the first quorum node.
    const std::vector<Fault> machines{of_machine(0), of_machine(3), of_machine(6)};
    const Verdict each = after(lab, machines);
    CHECK(each.stall_partition_seconds == doctest::Approx(rack.stall_partition_seconds));
    CHECK(each.at_floor_partition_seconds == doctest::Approx(rack.at_floor_partition_seconds));
    CHECK(each.isr_shrinks == rack.isr_shrinks);
    CHECK(each.leader_moves == rack.leader_moves);
    CHECK(each.catch_up_bytes == doctest::Approx(rack.catch_up_bytes));
}

TEST_CASE("rack: a burst of every machine within no time is every machine without power") {
    const Lab lab = resting();
    Fault burst = support::fault_at(Kind::correlated_burst, 6.0);
    burst.values[1] = 0.0;
    std::vector<Fault> machines;
    for (std::uint32_t m = 0; m < 6; ++m) machines.push_back(of_machine(m));
    const Verdict all = after(lab, {burst});
    const Verdict each = after(lab, machines);
    CHECK(all.stall_partition_seconds == doctest::Approx(each.stall_partition_seconds));
    CHECK(all.rule(Rule::min_isr).seconds == doctest::Approx(each.rule(Rule::min_isr).seconds));
}

TEST_CASE("machine: without power is never better than a crash, a crash never than a hang") {
    const Lab lab = resting();
    const Verdict hang = after(lab, {support::fault_of(Kind::broker_hang)});
    const Verdict crash = after(lab, {support::fault_of(Kind::broker_crash)});
    const Verdict power = after(lab, {support::fault_of(Kind::machine_power_loss)});
    // Logs are recovered after a kill, and what was not yet on the disks is fetched again.
    CHECK(crash.at_floor_partition_seconds >= hang.at_floor_partition_seconds);
    CHECK(power.at_floor_partition_seconds >= crash.at_floor_partition_seconds);
    CHECK(power.catch_up_bytes >= crash.catch_up_bytes);
}

TEST_CASE("quorum: a share that is lost is its nodes lost one by one") {
    for (const int nodes : {1, 2, 3}) {
        CAPTURE(nodes);
        std::vector<Fault> each;
        for (int q = 0; q < nodes; ++q) {
            Fault node = support::fault_of(Kind::quorum_node_lost);
            node.quorum_node = QuorumNodeId{static_cast<std::uint32_t>(q)};
            node.name += std::to_string(q);
            each.push_back(node);
        }
        const Fault share = support::fault_at(Kind::quorum_lost, nodes / 3.0);
        const Verdict whole = after(resting(), {share});
        const Verdict parts = after(resting(), each);
        CHECK(whole.rule(Rule::quorum).seconds ==
              doctest::Approx(parts.rule(Rule::quorum).seconds));
        CHECK(whole.rule(Rule::quorum).broken() == (nodes > 1));
    }
}

TEST_CASE("configuration: what a fault sets from the start on is that setting, to the hash") {
    const Lab lab = migrating();
    const auto same = [&](const Fault& fault, const Change& set) {
        Lab configured = lab;
        set(configured);
        CAPTURE(fault.name);
        CHECK(hash_after(lab, {fault}) == hash_after(configured, {}));
        CHECK(hash_after(lab, {fault}) != hash_after(lab, {}));
    };
    same(from_the_start(Kind::stop_timeout),
         [](Lab& other) { other.config().stop_timeout = sim::seconds(5); });
    same(from_the_start(Kind::throttle_set), [](Lab& other) {
        // Half of the 3 MB/s that are written to each.
        other.config().leader_throttle = other.config().follower_throttle =
            sim::bytes_per_second(1'500'000);
    });
}

TEST_CASE("configuration: a rebalance that a fault switches off is one that is off") {
    Lab off = resting();
    off.config().auto_leader_rebalance = false;
    const Fault dies = support::crash(1, sim::seconds(100), sim::seconds(60));
    const Verdict set = after(resting(), {from_the_start(Kind::leader_rebalance), dies});
    const Verdict configured = after(off, {dies});
    CHECK(set.leader_moves == configured.leader_moves);
    CHECK(set.leader_moves < after(resting(), {dies}).leader_moves);
    CHECK(set.at_floor_partition_seconds == configured.at_floor_partition_seconds);
}

TEST_CASE("configuration: the tighter a throttle, the longer a broker is out") {
    double before = 1e18;
    for (const double of_writes : {1.5, 2.0, 4.0, 16.0}) {
        CAPTURE(of_writes);
        Fault throttle = support::fault_at(Kind::throttle_set, of_writes, {}, {});
        const double harm = after(migrating(), {throttle}).at_floor_partition_seconds;
        CHECK(harm < before);
        before = harm;
    }
}

TEST_CASE("load: twice twofold is fourfold, and every topic is the cluster, to the hash") {
    const Lab lab = migrating();
    Fault again = support::fault_at(Kind::surge, 2.0);
    again.name += " again";
    const std::uint64_t fourfold = hash_after(lab, {support::fault_at(Kind::surge, 4.0)});
    CHECK(hash_after(lab, {support::fault_at(Kind::surge, 2.0), again}) == fourfold);
    CHECK(hash_after(lab, {support::fault_at(Kind::topic_surge, 4.0)}) == fourfold);
    CHECK(hash_after(lab,
                     {support::fault_at(Kind::surge, 2.0),
                      support::fault_at(Kind::topic_surge, 2.0)}) == fourfold);
}

TEST_CASE("operation: the longer a gate waits, the less is under its floor") {
    double before = 1e18;
    for (const double patience : {0.0, 600.0, 1'800.0, 3'600.0, 20'000.0}) {
        CAPTURE(patience);
        Lab lab = migrating();
        lab.plan.data_disk = DataDisk::wipe;
        lab.tables.log_dirs[LogDirId{0}].write_rate = sim::bytes_per_second(5'000'000);
        const double harm = after(lab, {support::fault_at(Kind::gate_skipped, patience, {}, {})})
                                .rule(Rule::min_isr)
                                .seconds;
        CHECK(harm <= before);
        before = harm;
    }
    CHECK(before == 0.0);
}

TEST_CASE("what is random in a fault is drawn from its own stream, whatever else is random") {
    const auto own = [](std::string name, Kind kind, sim::Duration from) {
        Fault fault = support::fault_of(kind, from);
        fault.name = std::move(name);
        return fault;
    };
    const Fault rot = own("rot", Kind::bit_rot, sim::seconds(50));
    const Fault burst = own("burst", Kind::correlated_burst, sim::seconds(7'000));
    Fault at_a_rate = own("now and then", Kind::quorum_node_lost, {});
    at_a_rate.trigger.at.reset();
    at_a_rate.trigger.per_day = 40.0;
    at_a_rate.duration = sim::seconds(30);
    const auto drawn = [](const std::vector<Fault>& faults) {
        Lab lab = resting();
        for (const Fault& fault : faults) lab.fault(fault);
        World world = lab.world();
        std::vector<double> moments;  // of the node's losses
        bool up = true;
        while (world.step()) {
            const bool now = world.state().quorum_node_up[QuorumNodeId{0}] != 0;
            if (up && !now) moments.push_back(sim::to_seconds(world.state().now.since_start()));
            up = now;
        }
        std::vector<double> all;
        for (const auto& byte : world.state().signatures.rotten) all.push_back(byte.at_byte);
        all.insert(all.end(), moments.begin(), moments.end());
        return all;
    };
    const std::vector<double> bytes = drawn({rot});
    const std::vector<double> moments = drawn({at_a_rate});
    REQUIRE(bytes.size() == 1);
    REQUIRE(moments.size() > 1);
    std::vector<double> both = bytes;
    both.insert(both.end(), moments.begin(), moments.end());
    // In any order in the case, and with a third that draws machines.
    CHECK(drawn({rot, at_a_rate}) == both);
    CHECK(drawn({at_a_rate, rot}) == both);
    CHECK(drawn({burst, at_a_rate, rot}) == both);
}
