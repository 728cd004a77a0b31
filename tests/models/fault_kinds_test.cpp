// What kinds of fault do beyond what their rows say (fault_rows.hpp): how much, when, and to whom.
#include <algorithm>

#include <doctest/doctest.h>

#include "models/detection.hpp"
#include "tests/support/fault_lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

/// A rolling restart of three brokers, one after the other, with two groups of quorum nodes about.
Lab rolling_lab(std::int64_t write_bytes_per_s = 1'000'000) {
    ClusterSketch sketch = ring_of_six(write_bytes_per_s);
    sketch.quorum = {{.rack = 0}, {.rack = 1}, {.rack = 2}};
    Lab lab(sketch);
    lab.stop_clock();
    lab.batches(Start::event_driven, {{0}, {1}, {2}});
    return lab;
}

Verdict rolled(Lab lab, const Fault& fault) {
    lab.fault(fault);
    return lab.verdict();
}

std::uint64_t quiet_hash(Lab lab) { return lab.verdict().trace_hash; }

bool all_in_sync(const World& world) {
    for (const BrokerId b : world.state().fleet().clusters()[ClusterId{0}].brokers()) {
        if (world.state().brokers[b].out_of_isr > 0) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("strengths that are not 0, and stay below what anybody notices, change nothing") {
    const Lab quiet = rolling_lab();
    const std::uint64_t hash = quiet_hash(quiet);
    for (const Fault& fault : {fault_at(FaultKind::slow_leader, 15.0),       // twice that is L
                               fault_at(FaultKind::kernel_limit, 700.0),     // longer than it lasts
                               fault_of(FaultKind::throttle_lists_missing),  // nothing is throttled
                               fault_at(FaultKind::stop_timeout, 60.0)}) {
        CAPTURE(fault.name);
        CHECK(rolled(quiet, fault).trace_hash == hash);
    }
}

TEST_CASE("a failed log dir takes its replicas out, the broker runs on, then they are rebuilt") {
    // Of broker 1: partitions 0 and 5 on its first dir, 1, which it leads, on its second.
    Lab lab(ring_of_six());
    two_log_dirs(lab);
    Fault first = fault_of(FaultKind::log_dir_fails);
    first.log_dir = LogDirId{2};
    Fault second = first;
    second.log_dir = LogDirId{3};
    second.trigger.at = at(300);
    SUBCASE("one of two, that follows") {
        lab.fault(first);
        World world = lab.world();
        world.run_until(at(101));
        CHECK(runs(world, 1));
        CHECK(in_sync(world, 0) == Places{0, 2});
        CHECK(in_sync(world, 5) == Places{0, 5});
        CHECK(in_sync(world, 1) == Places{1, 2, 3});
        CHECK(leader(world, 1) == 1);
        // Two partitions of 1 MB/s are no longer written to it.
        CHECK(disk_load(world, 1) == 1e6);
        world.run_until(at(699));
        CHECK(in_sync(world, 0) == Places{0, 2});
        support::run_until(world, all_in_sync);
        CHECK(world.state().now > at(700));
        CHECK(disk_load(world, 1) == 3e6);
        // 10 GB each are built anew.
        CHECK(world.data().catch_up_bytes() > 2 * 10e9);
    }
    SUBCASE("one of two, that leads") {
        lab.fault(second);
        World world = lab.world();
        world.run_until(at(301));
        CHECK(runs(world, 1));
        CHECK(leader(world, 1) == 2);
        CHECK(in_sync(world, 1) == Places{2, 3});
    }
    SUBCASE("both: the broker halts") {
        lab.fault(first);
        lab.fault(second);
        World world = lab.world();
        world.run_until(at(299));
        CHECK(runs(world, 1));
        world.run_until(at(301));
        CHECK(!runs(world, 1));
        // The first is replaced at 700 s; it is the second whose failure has ended the process.
        world.run_until(at(899));
        CHECK(!runs(world, 1));
        support::run_until(world, all_in_sync);
        CHECK(runs(world, 1));
    }
    SUBCASE("KRaft before 3.7 does not hear of it: leaders evict, what it led waits") {
        lab.kraft();
        lab.tables.clusters[ClusterId{0}].stack.kafka_version = "3.6.0";
        SUBCASE("that follows") {
            lab.fault(first);
            World world = lab.world();
            world.run_until(at(129));
            CHECK(in_sync(world, 0) == Places{0, 1, 2});
            world.run_until(at(146));
            CHECK(in_sync(world, 0) == Places{0, 2});
        }
        SUBCASE("that leads") {
            lab.fault(second);
            World world = lab.world();
            world.run_until(at(899));
            CHECK(runs(world, 1));
            CHECK(leader(world, 1) == 1);
            CHECK(!served(world, 1));
            world.run_until(at(901));  // stopped for its new disk
            CHECK(leader(world, 1) == 2);
            CHECK(served(world, 1));
            support::run_until(world, all_in_sync);
            CHECK(in_sync(world, 1) == Places{1, 2, 3});
        }
    }
}

TEST_CASE("the disk of the last one in sync is lost: so is all that was stored") {
    for (const FaultKind kind : {FaultKind::log_dir_fails, FaultKind::disk_full}) {
        CAPTURE(fault_info(kind).word);
        Lab lab(ring_of_six());
        two_log_dirs(lab);
        // Partition 0 on 0, 1, 2: the others die before, and are back later.
        lab.fault(crash(0, sim::seconds(100), sim::seconds(5'000)));
        lab.fault(crash(2, sim::seconds(100), sim::seconds(5'000)));
        Fault fails = fault_of(kind, sim::seconds(200), sim::seconds(600));
        fails.log_dir = LogDirId{2};
        lab.fault(fails);
        World world = lab.world();
        world.run_until(at(300));
        CHECK(in_sync(world, 0) == Places{1});
        CHECK(leader(world, 0) == -1);
        world.run_until(at(1'000));
        CHECK(leader(world, 0) == 1);
        // All of partition 0; partition 5 is led by 5, which lives.
        const double lost = world.verdict().rule(Rule::acked_loss).worst;
        const double stored = 10e9 / record_bytes(lab.a_case.fleet.topics()[TopicId{0}]);
        if (kind == FaultKind::log_dir_fails) {
            CHECK(lost == doctest::Approx(stored).epsilon(0.01));
        } else {
            CHECK(lost < 0.1 * stored);
        }
    }
}

TEST_CASE("a full disk is a failed dir, whose logs are there when there is room again") {
    Lab lab(ring_of_six());
    two_log_dirs(lab);
    Fault full = fault_of(FaultKind::disk_full);
    full.log_dir = LogDirId{2};
    lab.fault(full);
    World world = lab.world();
    world.run_until(at(101));
    CHECK(in_sync(world, 0) == Places{0, 2});
    support::run_until(world, all_in_sync);
    CHECK(world.state().now > at(700));
    CHECK(world.data().catch_up_bytes() < 5e9);
}

TEST_CASE("a disk is full when its logs and what else is there need all of it") {
    for (const bool room : {true, false}) {
        CAPTURE(room);
        Lab lab(ring_of_six());
        two_log_dirs(lab);
        // Two replicas of 10 GB on 100 GB; 0.8 of it is 80 GB.
        for (LogDir& dir : lab.tables.log_dirs) dir.capacity = sim::Bytes{100'000'000'000};
        Fault full = fault_at(FaultKind::disk_full, room ? 0.79 : 0.8);
        full.log_dir = LogDirId{2};
        lab.fault(full);
        World world = lab.world();
        world.run_until(at(101));
        CHECK((in_sync(world, 0) == Places{0, 1, 2}) == room);
    }
}

TEST_CASE("disks lost in a re-image make a rebuild of a step that was to keep them") {
    const Lab quiet = rolling_lab();
    const double kept = Lab(quiet).verdict().catch_up_bytes;
    const Verdict lost = rolled(quiet, fault_of(FaultKind::data_disk_lost, {}));
    // Three replicas of 10 GB, instead of a third of what the three missed.
    CHECK(lost.catch_up_bytes == doctest::Approx(kept - kept / 3 + 3 * 10e9).epsilon(0.01));
    CHECK(lost.makespan > Lab(quiet).verdict().makespan);
}

TEST_CASE("a machine without power is a rack without power, where it is alone in it") {
    ClusterSketch sketch = ring_of_six();
    sketch.rack_of = {0, 1, 2, 3, 4, 5};
    sketch.quorum = {{.shared_with = 0}, {.rack = 1}, {.rack = 2}};
    Lab machine(sketch);
    Lab rack = machine;
    machine.fault(fault_of(FaultKind::machine_power_loss));
    rack.fault(power_loss(0, sim::seconds(100), sim::seconds(600)));
    World world = machine.world();
    world.run_until(at(101));
    CHECK(world.state().brokers[BrokerId{0}].page_cache_lost);
    CHECK(world.state().quorum_node_up[QuorumNodeId{0}] == 0);
    CHECK(machine.verdict().trace_hash == rack.verdict().trace_hash);
}

TEST_CASE("a leader that holds up fetches evicts healthy followers, until it answers again") {
    for (const Fidelity fidelity : {Fidelity::flow, Fidelity::record}) {
        CAPTURE(fidelity == Fidelity::record);
        Lab lab(ring_of_six(20'000), fidelity == Fidelity::record ? 1 : 3);
        if (fidelity == Fidelity::record) {
            lab.tables.topics[TopicId{0}].bytes_per_message = 1'000.0;
        }
        lab.options.fidelity = fidelity;
        Fault slow = fault_of(FaultKind::slow_leader, sim::seconds(100), sim::seconds(300));
        slow.broker = BrokerId{1};
        lab.fault(slow);
        World world = lab.world();
        world.run_until(at(129));
        CHECK(in_sync(world, 1) == Places{1, 2, 3});
        const sim::Instant alone =
            support::run_until(world, [](const World& w) { return in_sync(w, 1) == Places{1}; });
        // Between L and 2 L after the last fetch that was answered at once (§1.2).
        CHECK(alone > at(130));
        CHECK(alone < at(165));
        CHECK(in_sync(world, 0) == Places{0, 1, 2});  // it follows as ever
        CHECK(world.state().safety.tally(Rule::min_isr).first.has_value());
        world.run_until(at(399));
        CHECK(in_sync(world, 1) == Places{1});
        const sim::Instant healed = support::run_until(world, all_in_sync);
        CHECK(healed >= at(400));  // nothing is written while it is alone
        CHECK(healed < at(500));
    }
}

TEST_CASE("on a straggler every phase of work takes k times as long") {
    const Lab quiet = rolling_lab();
    const Verdict usual = Lab(quiet).verdict();
    const Verdict slow = rolled(quiet, fault_at(FaultKind::straggler, 2.0, {}));
    const auto away = [](const Verdict& v) {
        return v.machines[0].registered - v.machines[0].stopped;
    };
    CHECK(sim::to_seconds(away(slow)) == doctest::Approx(2 * sim::to_seconds(away(usual))));
    CHECK(slow.makespan > usual.makespan);
    CHECK(slow.machines[1].registered - slow.machines[1].stopped ==
          usual.machines[1].registered - usual.machines[1].stopped);
}

TEST_CASE("a process without its kernel limit dies hours after each start, until that is mended") {
    Lab lab(ring_of_six());
    lab.a_case.step.start = {sim::seconds(1), {}};
    Fault limit = fault_at(FaultKind::kernel_limit, 1'800.0, sim::seconds(100), sim::hours(2));
    limit.broker = BrokerId{1};
    lab.fault(limit);
    World world = lab.world();
    std::vector<double> deaths;
    bool ran = true;
    do {
        const bool up = runs(world, 1);
        if (ran && !up) deaths.push_back(sim::to_seconds(world.state().now.since_start()));
        ran = up;
    } while (world.step());
    // 1,800 s after 100 s, then as long after each start, which takes a second and the recovery.
    const double start = 1.0 + sim::to_seconds(log_recovery_time(lab.a_case.fleet, BrokerId{1}));
    REQUIRE(deaths.size() == 3);
    CHECK(deaths[0] == doctest::Approx(1'900.0));
    CHECK(deaths[1] == doctest::Approx(deaths[0] + start + 1'800.0));
    CHECK(deaths[2] == doctest::Approx(deaths[1] + start + 1'800.0));
    CHECK(runs(world, 1));
}

TEST_CASE("a burst takes as many machines as it says within its stretch, all come back") {
    Lab lab(ring_of_six());
    lab.fault(fault_at(FaultKind::correlated_burst, 3.0));
    World world = lab.world();
    const auto down = [](const World& w) {
        int count = 0;
        for (std::uint32_t b = 0; b < 6; ++b) count += runs(w, b) ? 0 : 1;
        return count;
    };
    world.run_until(at(100));
    CHECK(down(world) == 1);
    world.run_until(at(220));
    CHECK(down(world) == 3);
    support::run_until(world, [&](const World& w) { return down(w) == 0; });
    CHECK(world.state().now >= at(700));
    CHECK(world.verdict().rule(Rule::min_isr).broken());
}

TEST_CASE("another fault beside it moves no machine of a burst") {
    const auto victims = [](bool beside) {
        Lab lab(ring_of_six());
        if (beside) lab.fault(fault_of(FaultKind::correlated_burst, sim::hours(2)));
        Fault burst = fault_at(FaultKind::correlated_burst, 2.0);
        burst.name = "the burst";
        lab.fault(burst);
        World world = lab.world();
        world.run_until(at(221));
        Places places;
        for (std::uint32_t b = 0; b < 6; ++b) {
            if (!runs(world, b)) places.push_back(b);
        }
        return places;
    };
    CHECK(victims(false).size() == 2);
    CHECK(victims(false) == victims(true));
}

TEST_CASE("a lost quorum node leaves one failure less to spare, a lost majority stops reaction") {
    ClusterSketch sketch = ring_of_six();
    sketch.quorum = {{.rack = 0}, {.rack = 1}, {.rack = 2}};
    for (const bool all : {false, true}) {
        CAPTURE(all);
        Lab lab(sketch);
        lab.fault(fault_of(all ? FaultKind::quorum_lost : FaultKind::quorum_node_lost));
        lab.fault(crash(1, sim::seconds(200), sim::seconds(2'000)));
        World world = lab.world();
        world.run_until(at(150));
        CHECK(world.state().clusters[ClusterId{0}].quorum_up == (all ? 1 : 2));
        CHECK(world.state().clusters[ClusterId{0}].quorum_ok == !all);
        world.run_until(at(690));
        CHECK(leader(world, 1) == (all ? 1 : 2));  // nobody replaces the dead leader
        world.run_until(at(900));
        CHECK(leader(world, 1) == 2);
        CHECK(world.state().clusters[ClusterId{0}].quorum_up == 3);
        CHECK(world.verdict().rule(Rule::quorum).broken() == all);
    }
}

TEST_CASE("when all sessions expire leaders move until none is left, then all come back") {
    Lab lab(ring_of_six());
    lab.fault(fault_of(FaultKind::session_expiry_storm));
    World world = lab.world();
    world.run_until(at(100));
    CHECK(world.state().counters.isr_shrinks == 6 * 2);  // the last of each ISR stays
    for (std::uint32_t p = 0; p < 6; ++p) CHECK(leader(world, p) == -1);
    const sim::Instant healed = support::run_until(world, all_in_sync);
    CHECK(healed > at(101));
    CHECK(healed < at(104));
    CHECK(world.verdict().rule(Rule::leaderless).broken());
}

TEST_CASE("who dies while the controller fails over stalls for longer") {
    ClusterSketch sketch = ring_of_six();
    sketch.quorum = {{.rack = 0, .leader = true}, {.rack = 1}, {.rack = 2}};
    Lab quiet(sketch);
    quiet.kraft();
    quiet.fault(crash(1, sim::seconds(92), sim::seconds(600)));
    Lab lab = quiet;
    lab.fault(fault_of(FaultKind::controller_failover));
    World world = lab.world();
    world.run_until(at(100));
    CHECK(world.state().clusters[ClusterId{0}].quorum_leader == QuorumNodeId{1});
    CHECK(lab.verdict().longest_stall > quiet.verdict().longest_stall + sim::seconds(2));
}

TEST_CASE("a restart inside the session fails until that is over") {
    Lab lab(ring_of_six());
    lab.a_case.step.start = {sim::seconds(1), {}};
    SUBCASE("it is away for the session, not for the second that a restart takes") {
        lab.fault(fault_of(FaultKind::fast_restart));
        World world = lab.world();
        world.run_until(at(100));
        CHECK(!runs(world, 0));
        const sim::Instant back =
            support::run_until(world, [](const World& w) { return runs(w, 0); });
        // The session ends between 12 and 20 s after it died (§1.6).
        CHECK(back > at(112));
        CHECK(world.state().brokers[BrokerId{0}].out_of_isr == 3);
    }
    SUBCASE("after it, it is a crash like any other") {
        Lab crashed = lab;
        lab.fault(fault_at(FaultKind::fast_restart, 120.0));
        crashed.fault(crash(0, sim::seconds(100), sim::seconds(120)));
        CHECK(lab.verdict().trace_hash == crashed.verdict().trace_hash);
    }
}

TEST_CASE("a throttle below the write rate: catch-up does not converge until it is taken away") {
    for (const bool left_behind : {true, false}) {
        CAPTURE(left_behind);
        const Lab quiet = rolling_lab();
        Fault throttle = fault_of(FaultKind::throttle_set, {}, sim::hours(1));
        if (left_behind) throttle.duration = {};
        const Verdict verdict = rolled(quiet, throttle);
        CHECK((verdict.unfinished == Unfinished::never_rejoins) == left_behind);
        CHECK((verdict.machines[0].reached == StepPhase::done) == !left_behind);
        if (!left_behind) CHECK(verdict.machines[0].in_sync >= at(3'600));
    }
}

TEST_CASE("a throttle that is set already is no fault") {
    Lab quiet = rolling_lab();
    // 3 MB/s are written to each of the six.
    quiet.config().leader_throttle = quiet.config().follower_throttle =
        sim::bytes_per_second(6'000'000);
    CHECK(rolled(quiet, fault_at(FaultKind::throttle_set, 2.0)).trace_hash == quiet_hash(quiet));
}

TEST_CASE("throttles without topic lists throttle nothing") {
    Lab quiet = rolling_lab();
    quiet.config().follower_throttle = sim::bytes_per_second(6'000'000);
    const Verdict throttled = Lab(quiet).verdict();
    const Verdict verdict =
        rolled(quiet, fault_of(FaultKind::throttle_lists_missing, {}, sim::hours(24)));
    const auto caught_up_in = [](const Verdict& v) {
        return v.machines[0].in_sync - v.machines[0].registered;
    };
    CHECK(caught_up_in(verdict) < caught_up_in(throttled));
    quiet.config().follower_throttle = unlimited;
    CHECK(caught_up_in(verdict) == caught_up_in(Lab(quiet).verdict()));
}

TEST_CASE("without leader rebalance leaders stay where they went, until it is on again") {
    for (const bool mended : {false, true}) {
        CAPTURE(mended);
        Lab lab(ring_of_six());
        lab.fault(crash(1, sim::seconds(100), sim::seconds(60)));
        lab.fault(
            fault_of(FaultKind::leader_rebalance, {}, mended ? sim::hours(1) : sim::Duration{}));
        World world = lab.world();
        world.run_until(at(3'599));
        CHECK(in_sync(world, 1) == Places{1, 2, 3});
        CHECK(leader(world, 1) == 2);
        world.run_until(at(4'000));
        CHECK(leader(world, 1) == (mended ? 1 : 2));
    }
}

TEST_CASE("min ISR raised to RF: every broker that is away stops acks=all, until it is set back") {
    const Lab quiet = rolling_lab();
    CHECK(!Lab(quiet).verdict().rule(Rule::client_errors).broken());
    const Verdict raised = rolled(quiet, fault_of(FaultKind::min_isr_set, {}, sim::hours(24)));
    CHECK(raised.rule(Rule::client_errors).broken());
    CHECK(raised.rule(Rule::client_errors).first->at > raised.machines[0].stopped);
    // The floor of the case is no setting: it is kept as before.
    CHECK(!raised.rule(Rule::min_isr).broken());

    Lab lab(ring_of_six());
    lab.fault(fault_of(FaultKind::min_isr_set));
    World world = lab.world();
    world.run_until(at(101));
    CHECK(world.state().partitions[PartitionId{0}].min_isr() == 3);
    world.run_until(at(701));
    CHECK(world.state().partitions[PartitionId{0}].min_isr() == 2);
}

TEST_CASE("an unclean election at once, where nobody of the ISR lives: a leader, and losses") {
    for (const bool allowed : {false, true}) {
        CAPTURE(allowed);
        Lab lab(ring_of_six());
        // Partition 1 on 1, 2, 3: 2 and 3 die long before 1, then come back while 1 is away.
        lab.fault(crash(2, sim::seconds(100), sim::seconds(3'000)));
        lab.fault(crash(3, sim::seconds(100), sim::seconds(3'000)));
        lab.fault(crash(1, sim::seconds(2'000), sim::seconds(7'000)));
        lab.fault(fault_at(FaultKind::unclean_election, allowed ? 1.0 : 0.0, sim::seconds(4'000)));
        World world = lab.world();
        world.run_until(at(3'999));
        CHECK(leader(world, 1) == -1);
        world.run_until(at(4'001));
        CHECK(leader(world, 1) == (allowed ? 2 : -1));
        CHECK(world.state().counters.unclean_elections == (allowed ? 1 : 0));
        // 1 MB/s from 100 s to 2,000 s are missing, of records of an assumed size.
        CHECK((world.verdict().rule(Rule::acked_loss).worst > 1'000.0) == allowed);
    }
}

TEST_CASE("a supervisor that kills too early: logs are recovered, and what it led stalls") {
    const Lab quiet = rolling_lab();
    const Verdict usual = Lab(quiet).verdict();
    const auto away = [](const Verdict& v) {
        return sim::to_seconds(v.machines[0].registered - v.machines[0].stopped);
    };
    Lab made = quiet;
    made.world();
    const double recovery = sim::to_seconds(log_recovery_time(made.a_case.fleet, BrokerId{0}));
    // Drained after 3 s, killed at 5 s of the 8 s that it takes to stop.
    const Verdict flushing = rolled(quiet, fault_of(FaultKind::stop_timeout, {}, sim::hours(24)));
    CHECK(away(flushing) == doctest::Approx(away(usual) - 3.0 + recovery).epsilon(1e-3));
    CHECK(flushing.longest_stall == usual.longest_stall);
    const Verdict draining =
        rolled(quiet, fault_at(FaultKind::stop_timeout, 1.0, {}, sim::hours(24)));
    CHECK(draining.longest_stall >= sim::seconds(12));
    CHECK(usual.longest_stall == sim::Duration{});
}

TEST_CASE("a surge moves headroom and lag, and is gone when it is over") {
    for (const FaultKind kind : {FaultKind::surge, FaultKind::topic_surge}) {
        CAPTURE(fault_info(kind).word);
        ClusterSketch sketch = ring_of_six(10'000'000);
        sketch.disk_bytes_per_s = 90'000'000;  // 30 MB/s are written to each
        Lab lab(sketch);
        ConsumerGroup group{.name = "g", .cluster = ClusterId{0}, .topics = {TopicId{0}}};
        group.capacity = sim::bytes_per_second(100'000'000);
        lab.tables.groups.push_back(group);
        const Verdict usual = Lab(lab).verdict();
        lab.fault(fault_of(kind));
        World world = lab.world();
        world.run_until(at(101));
        CHECK(disk_load(world, 0) == 90e6);
        world.run_until(at(701));
        CHECK(disk_load(world, 0) == 30e6);
        world.run();
        const Verdict verdict = world.verdict();
        CHECK(!usual.rule(Rule::headroom).broken());
        CHECK(verdict.rule(Rule::headroom).worst ==
              doctest::Approx(3 * usual.rule(Rule::headroom).worst));
        // 180 MB/s come in, 100 are read.
        CHECK(!usual.rule(Rule::consumer_lag).broken());
        CHECK(verdict.rule(Rule::consumer_lag).broken());
    }
}

TEST_CASE("a surge is caught up with as the writes that it is") {
    Lab lab(ring_of_six(1'000'000));
    lab.a_case.step.start = {sim::seconds(1), {}};
    lab.fault(crash(0, sim::seconds(100), sim::seconds(600)));
    const double usual = Lab(lab).verdict().catch_up_bytes;
    lab.fault(fault_at(FaultKind::surge, 5.0, sim::seconds(200), sim::seconds(300)));
    // Three replicas miss 4 MB/s more for 300 s.
    CHECK(lab.verdict().catch_up_bytes == doctest::Approx(usual + 3 * 4e6 * 300).epsilon(1e-3));
}

TEST_CASE("leaders heaped upon one broker load it, until the next preferred election") {
    Lab lab(ring_of_six());
    lab.fault(fault_of(FaultKind::leader_imbalance));
    World world = lab.world();
    const std::int64_t before = world.state().load.out(BrokerId{0});
    world.run_until(at(101));
    CHECK(world.state().led_by(BrokerId{0}) == 3);
    CHECK(world.state().load.out(BrokerId{0}) == 3 * before);
    world.run_until(at(401));
    CHECK(world.state().led_by(BrokerId{0}) == 1);
    for (std::uint32_t p = 0; p < 6; ++p) CHECK(leader(world, p) == static_cast<int>(p));
}

TEST_CASE("a gate that is skipped lets the next one start beside a broker out of sync") {
    Lab quiet = rolling_lab();
    quiet.plan.data_disk = DataDisk::wipe;
    quiet.tables.log_dirs[LogDirId{0}].write_rate = sim::bytes_per_second(5'000'000);
    const Verdict usual = Lab(quiet).verdict();
    const Verdict skipped = rolled(quiet, fault_of(FaultKind::gate_skipped, {}));
    CHECK(usual.safe());
    CHECK(usual.machines[1].start >= usual.machines[0].in_sync);
    CHECK(skipped.machines[1].start < usual.machines[0].in_sync);
    CHECK(skipped.rule(Rule::min_isr).broken());
}

TEST_CASE("a batch started early, or the wrong host, is away beside one that it shares with") {
    const Lab quiet = rolling_lab();
    CHECK(Lab(quiet).verdict().safe());
    for (const FaultKind kind : {FaultKind::next_batch_early, FaultKind::wrong_host}) {
        CAPTURE(fault_info(kind).word);
        Fault fault = in_phase(fault_of(kind), 0, StepPhase::reimage);
        if (kind == FaultKind::wrong_host) fault.machine = MachineId{1};
        const Verdict verdict = rolled(quiet, fault);
        CHECK(verdict.machines[1].start < verdict.machines[0].registered);
        CHECK(verdict.rule(Rule::min_isr).broken());
        CHECK(verdict.unfinished == Unfinished::no);
    }
}

TEST_CASE("a step that nobody sees stays where it is until telemetry is back and has scraped") {
    Lab quiet = rolling_lab();
    for (const Gate gate : {Gate::broker_in_sync, Gate::shared_partitions}) {
        CAPTURE(gate == Gate::shared_partitions);
        quiet.plan.gate = gate;
        const Verdict usual = Lab(quiet).verdict();
        // Preflight and post-flight take 60 s, catch-up less than 600, the next scrape 15.
        for (const auto& [phase, later] :
             {std::pair{StepPhase::preflight, 600.0 + 15.0 - 60.0},
              std::pair{StepPhase::observe, 600.0},
              std::pair{StepPhase::post_flight, 600.0 + 15.0 - 60.0}}) {
            const std::string name{to_string(phase)};
            CAPTURE(name);
            const Verdict unseen =
                rolled(quiet, in_phase(fault_of(FaultKind::telemetry_outage), 0, phase));
            CHECK(sim::to_seconds(unseen.machines[0].end - usual.machines[0].end) ==
                  doctest::Approx(later));
            CHECK(unseen.unfinished == Unfinished::no);
        }
        const Verdict unseen =
            rolled(quiet, in_phase(fault_of(FaultKind::telemetry_outage), 0, StepPhase::catch_up));
        CHECK(catch_up_seconds(usual, 0) < 600.0);
        CHECK(catch_up_seconds(unseen, 0) == doctest::Approx(600.0));
        const auto next = [](const Verdict& v) {
            return std::min(v.machines[1].start, v.machines[2].start) - v.machines[0].registered;
        };
        CHECK(next(usual) < sim::seconds(600));
        CHECK(next(unseen) >= sim::seconds(600 + 15));
        CHECK(unseen.makespan > usual.makespan);
    }
}

TEST_CASE("of what is not scraped only the steps wait, and as long as any outage holds") {
    const Lab quiet = rolling_lab();
    const Verdict usual = Lab(quiet).verdict();
    // Broker 0 alone, while the next one is checked.
    Fault one = in_phase(fault_of(FaultKind::telemetry_outage), 1, StepPhase::preflight);
    one.values[0] = 1.0 / 6.0;
    CHECK(rolled(quiet, one).trace_hash == usual.trace_hash);

    Lab lab = quiet;
    lab.fault(fault_of(FaultKind::telemetry_outage, {}, sim::seconds(600)));
    lab.fault(fault_of(FaultKind::telemetry_outage, sim::seconds(300), sim::seconds(900)));
    CHECK(lab.verdict().machines[0].stopped - usual.machines[0].stopped ==
          sim::seconds(1'200 + 15 - 60));
}

TEST_CASE("where telemetry stays down no gate opens, and steps are given up") {
    const Verdict verdict =
        rolled(rolling_lab(), fault_of(FaultKind::telemetry_outage, sim::seconds(100), {}));
    CHECK(verdict.machines[0].registered != sim::Instant::never());
    CHECK(verdict.machines[0].in_sync == sim::Instant::never());
    CHECK(verdict.machines[1].stopped == sim::Instant::never());
    CHECK(verdict.rule(Rule::finished).broken());
}

TEST_CASE("old records that consumers read take disks and NICs of those who lead, while they do") {
    ClusterSketch sketch = ring_of_six(10'000'000);
    sketch.disk_bytes_per_s = 100'000'000;  // 30 MB/s are written to each
    sketch.nic_bytes_per_s = 200'000'000;   // 20 MB/s go to followers
    Lab lab(sketch);
    lab.fault(crash(0, sim::seconds(200), sim::seconds(100)));
    const Verdict usual = Lab(lab).verdict();
    CHECK(usual.rule(Rule::headroom).worst == doctest::Approx(0.3));
    lab.fault(fault_at(FaultKind::cold_consumer_scan, 240e6));
    World world = lab.world();
    const auto left = [&](std::uint32_t b) { return world.state().disks_left(BrokerId{b}); };
    const std::int64_t before = world.state().load.out(BrokerId{1});
    world.run_until(at(101));
    // Six leaders share 240 MB/s.
    CHECK(left(1) == doctest::Approx(1.0 - 0.4));
    CHECK(world.state().load.out(BrokerId{1}) == before + 40'000'000);
    // What 0 led is led, and read, by 1: 80 MB/s, and half of the disk is left at least.
    support::run_until(world, [](const World& w) { return leader(w, 0) == 1; });
    CHECK(world.state().load.cold(BrokerId{0}) == 0);
    CHECK(left(0) == 1.0);
    CHECK(left(1) == doctest::Approx(0.5));
    world.run_until(at(701));
    CHECK(left(1) == 1.0);
    CHECK(world.state().load.out(BrokerId{1}) >= before);
    world.run();
    CHECK(world.state().load.cold(BrokerId{1}) == 0);
    CHECK(world.verdict().rule(Rule::headroom).worst == doctest::Approx(0.3 / 0.5));
}

TEST_CASE("a rebuild beside a scan of old records takes longer, and not once that is over") {
    Lab quiet = rolling_lab();
    quiet.plan.data_disk = DataDisk::wipe;
    // 10 GB come from each of three leaders, of which each is read at 42 MB/s, or would be.
    for (LogDir& dir : quiet.tables.log_dirs) dir.read_rate = sim::bytes_per_second(30'000'000);
    const Verdict usual = Lab(quiet).verdict();
    const Verdict scanned =
        rolled(quiet, fault_of(FaultKind::cold_consumer_scan, {}, sim::hours(48)));
    CHECK(catch_up_seconds(scanned, 0) ==
          doctest::Approx(2 * catch_up_seconds(usual, 0)).epsilon(0.05));
    CHECK(scanned.makespan > usual.makespan);
    // Over before the first is back.
    const Verdict over = rolled(quiet, fault_of(FaultKind::cold_consumer_scan, {}));
    CHECK(over.machines[0].in_sync == usual.machines[0].in_sync);
}

TEST_CASE("a scan beside which appends do not fit any more puts brokers out of their ISRs") {
    Lab lab(ring_of_six(20'000'000));
    for (LogDir& dir : lab.tables.log_dirs) {
        dir.read_rate = dir.write_rate = sim::bytes_per_second(100'000'000);
    }
    CHECK(Lab(lab).verdict().isr_shrinks == 0);
    lab.fault(fault_at(FaultKind::cold_consumer_scan, 1e9));
    World world = lab.world();
    world.run();
    CHECK(world.verdict().isr_shrinks > 0);  // 60 MB/s of 100, of which 50 are left
    CHECK(all_in_sync(world));
}

TEST_CASE("a disk that is replaced beside a scan is filled half as fast, in both fidelities") {
    for (const Fidelity fidelity : {Fidelity::flow, Fidelity::record}) {
        CAPTURE(fidelity == Fidelity::record);
        const auto fills_for = [&](bool scanned) {
            Lab lab(ring_of_six(20'000), 1);
            lab.tables.topics[TopicId{0}].bytes_per_message = 1'000.0;
            for (LogDir& dir : lab.tables.log_dirs) {
                dir.read_rate = sim::bytes_per_second(30'000'000);
            }
            lab.options.fidelity = fidelity;
            lab.fault(fault_of(FaultKind::log_dir_fails, sim::seconds(100), sim::seconds(60)));
            if (scanned) lab.fault(fault_of(FaultKind::cold_consumer_scan, {}, sim::hours(1)));
            World world = lab.world();
            world.run_until(at(150));
            const sim::Instant begins =
                support::run_until(world, [](const World& w) { return runs(w, 0); });
            return sim::to_seconds(support::run_until(world, all_in_sync) - begins);
        };
        const double usual = fills_for(false);
        // 10 GB from each of three leaders, who read 30 MB/s.
        CHECK(usual == doctest::Approx(10e9 / 30e6).epsilon(0.1));
        CHECK(fills_for(true) == doctest::Approx(2 * usual).epsilon(0.1));
    }
}
