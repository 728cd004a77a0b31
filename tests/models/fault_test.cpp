// What each kind of fault does to brokers, machines and the step under way.
#include <algorithm>

#include <doctest/doctest.h>

#include "models/detection.hpp"
#include "models/nominal_step.hpp"
#include "tests/support/fault_lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

sim::Instant joins_again(World& world, std::uint32_t partition, const Places& places) {
    return support::run_until(world,
                              [&](const World& w) { return in_sync(w, partition) == places; });
}

}  // namespace

TEST_CASE("a hang shorter than the session leaves ISR and leaders as they are") {
    Lab lab(ring_of_six());
    lab.fault(hang(1, sim::seconds(100), sim::seconds(10)));
    World world = lab.world();

    world.run_until(at(105));
    CHECK(!served(world, 1));
    world.run_until(at(200));
    CHECK(served(world, 1));
    CHECK(leader(world, 1) == 1);
    CHECK(world.state().counters.isr_shrinks == 0);
    CHECK(world.state().counters.leader_moves == 0);
}

TEST_CASE("what waits for a hung broker is counted, whether it goes on or the run is over first") {
    for (const bool goes_on : {true, false}) {
        CAPTURE(goes_on);
        Lab lab(ring_of_six());
        lab.fault(hang(1, sim::seconds(100), goes_on ? sim::seconds(5) : sim::Duration{}));
        World world = lab.world();
        world.run_until(at(goes_on ? 200 : 104));
        const Verdict verdict = world.verdict();
        // Three partitions, one of which it leads; nobody has noticed yet.
        const double waited = goes_on ? 5.0 : sim::to_seconds(world.state().now - at(100));
        CHECK(verdict.isr_shrinks == 0);
        CHECK(verdict.stall_partition_seconds == doctest::Approx(3 * waited));
        CHECK(sim::to_seconds(verdict.longest_stall) == doctest::Approx(waited));
    }
}

TEST_CASE("a follower goes on catching up when the leader it fetches from hangs for a moment") {
    ClusterSketch sketch;
    sketch.rack_of = {0, 1};
    TopicSketch topic;
    topic.min_isr = 1;
    topic.replicas = {{0, 1}};
    topic.write_bytes_per_s = 50'000'000;
    topic.stored_bytes = 0;
    sketch.topics = {topic};
    sketch.disk_bytes_per_s = 100'000'000;
    Lab lab(sketch);
    lab.a_case.step.start = {sim::seconds(1), {}};
    lab.fault(crash(1, sim::seconds(100), sim::seconds(99)));  // back at 200 s, 5 GB behind
    lab.fault(hang(0, sim::seconds(250), sim::seconds(10)));   // nothing is written meanwhile
    World world = lab.world();

    CHECK(sim::to_seconds(joins_again(world, 0, {0})) < 121);
    // 5 GB at 50 MB/s above the live writes: 100 s, and the 10 s in which nobody serves.
    CHECK(sim::to_seconds(joins_again(world, 0, {0, 1})) == doctest::Approx(310.0).epsilon(1e-6));
}

TEST_CASE("a hang longer than the session fences the broker, then it catches up") {
    Lab lab(ring_of_six());
    lab.fault(hang(1, sim::seconds(100), sim::seconds(300)));
    World world = lab.world();

    const sim::Instant fenced = joins_again(world, 0, {0, 2});
    CHECK(fenced >= at(112));
    CHECK(fenced < at(121));
    world.run_until(at(399));
    CHECK(!runs(world, 1));
    const sim::Instant back = joins_again(world, 0, {0, 1, 2});
    CHECK(back > at(401));
    CHECK(back < at(404));  // a new session after 1.5 s, then 0.9 GB at almost 500 MB/s
    CHECK(leader(world, 1) == 2);
}

TEST_CASE("a rack without power takes its brokers and its quorum nodes with it") {
    ClusterSketch sketch = ring_of_six();
    sketch.quorum = {{.rack = 0}, {.rack = 0}, {.rack = 1}};
    Lab lab(sketch);
    lab.fault(power_loss(0, sim::seconds(100), sim::seconds(200)));
    World world = lab.world();

    world.run_until(at(100));
    for (const std::uint32_t b : {0U, 3U}) {
        CHECK(!runs(world, b));
        CHECK(world.state().brokers[BrokerId{b}].page_cache_lost);
    }
    CHECK(runs(world, 1));
    CHECK(!world.state().clusters[ClusterId{0}].quorum_ok);
    world.run_until(at(300));
    CHECK(!runs(world, 0));
    support::run_until(world, [](const World& w) { return runs(w, 0) && runs(w, 3); });
    CHECK(world.state().now > at(300));
    CHECK(world.state().clusters[ClusterId{0}].quorum_ok);
}

TEST_CASE("no process starts in a rack without power") {
    Lab lab(ring_of_six());
    lab.a_case.step.start = {sim::seconds(30), {}};
    SUBCASE("though a crash before it is over") {
        lab.fault(crash(0, sim::seconds(100), sim::seconds(100)));
        lab.fault(power_loss(0, sim::seconds(150), sim::seconds(1'000)));
    }
    SUBCASE("though it was starting") {
        lab.fault(crash(0, sim::seconds(100), sim::seconds(100)));
        lab.fault(power_loss(0, sim::seconds(201), sim::seconds(949)));
    }
    SUBCASE("though a hang before it is over") {
        lab.fault(hang(0, sim::seconds(100), sim::seconds(100)));
        lab.fault(power_loss(0, sim::seconds(150), sim::seconds(1'000)));
    }
    SUBCASE("though one of two losses of power is over") {
        lab.fault(power_loss(0, sim::seconds(100), sim::seconds(100)));
        lab.fault(power_loss(0, sim::seconds(150), sim::seconds(1'000)));
    }
    World world = lab.world();

    world.run_until(at(149));
    do {
        REQUIRE((world.state().now < at(110) || !runs(world, 0)));
    } while (world.step() && world.state().now < at(1'150));
    CHECK(sim::to_seconds(support::run_until(world, [](const World& w) { return runs(w, 0); })) >
          1'150);
    CHECK(joins_again(world, 0, {0, 1, 2}) != sim::Instant::never());
}

TEST_CASE("a machine's step stands still while its rack has no power") {
    for (const StepPhase struck : {StepPhase::preflight,
                                   StepPhase::leader_drain,
                                   StepPhase::shutdown,
                                   StepPhase::reimage,
                                   StepPhase::start}) {
        CAPTURE(to_string(struck));
        Lab lab(ring_of_six());
        lab.batches(Start::event_driven, {{0}});
        lab.fault(in_phase(power_loss(0, {}, sim::hours(1)), 0, struck, sim::seconds(1)));
        World world = lab.world();

        support::run_until(world, [&](const World& w) { return phase(w, 0) == struck; });
        const sim::Instant entered = world.state().now;
        world.run_until(entered + sim::seconds(3'600));
        CHECK(phase(world, 0) == struck);
        CHECK(!runs(world, 0));
        support::run_until(world, [](const World& w) { return phase(w, 0) == StepPhase::soak; });
        CHECK(phase(world, 0) == StepPhase::soak);
        CHECK(in_sync(world, 0) == Places{0, 1, 2});
    }
}

TEST_CASE("a process that did not stop cleanly reads its unflushed logs before it registers") {
    ClusterSketch sketch = ring_of_six();
    sketch.topics[0].stored_bytes = 100'000'000'000;
    Lab lab(sketch);
    lab.a_case.step.start = {sim::seconds(30), {}};
    lab.fault(crash(1, sim::seconds(100), sim::seconds(50)));
    World world = lab.world();

    support::run_until(world, [](const World& w) { return !runs(w, 1); });
    support::run_until(world, [](const World& w) { return runs(w, 1); });

    // Three replicas, half a GiB each, 42 MiB/s: 36.6 s.
    const double recovery = 3 * 512.0 / 42.0;
    CHECK(sim::to_seconds(log_recovery_time(lab.a_case.fleet, BrokerId{1})) ==
          doctest::Approx(recovery));
    CHECK(sim::to_seconds(world.state().now) == doctest::Approx(150 + 30 + recovery));
}

TEST_CASE("log dirs are recovered side by side, each by its own threads and disk") {
    ClusterSketch sketch = ring_of_six();
    sketch.topics[0].stored_bytes = 100'000'000'000;
    Lab lab(sketch);
    lab.config().recovery_threads_per_dir = 2;
    SUBCASE("threads are the limit") {
        lab.world();
        CHECK(sim::to_seconds(log_recovery_time(lab.a_case.fleet, BrokerId{1})) ==
              doctest::Approx(3 * 512.0 / 84.0));
    }
    SUBCASE("the disk is the limit") {
        lab.tables.log_dirs[LogDirId{1}].read_rate = sim::bytes_per_second(10 * 1'048'576);
        lab.world();
        CHECK(sim::to_seconds(log_recovery_time(lab.a_case.fleet, BrokerId{1})) ==
              doctest::Approx(3 * 512.0 / 10.0));
    }
}

TEST_CASE("a broker that dies in catch-up goes on with it later and does not hold up the rest") {
    for (const Start start : {Start::barrier, Start::event_driven}) {
        for (const Gate gate : {Gate::broker_in_sync, Gate::shared_partitions}) {
            CAPTURE(to_string(start));
            CAPTURE(to_string(gate));
            Lab lab(ring_of_six(20'000'000));
            lab.stop_clock();
            lab.plan.gate = gate;
            lab.batches(start, {{0}, {1}, {2}});
            lab.fault(in_phase(
                crash(0, {}, sim::seconds(120)), 0, StepPhase::catch_up, sim::seconds(10)));

            const Verdict verdict = lab.verdict();

            CHECK(verdict.unfinished == Unfinished::no);
            CHECK(verdict.safe());
            CHECK(verdict.machines[0].in_sync > verdict.machines[0].registered + sim::seconds(120));
            CHECK(verdict.machines[1].start >= verdict.machines[0].in_sync);
        }
    }
}

TEST_CASE("nobody starts beside a broker that has died after its step") {
    for (const Gate gate : {Gate::broker_in_sync, Gate::shared_partitions}) {
        for (const bool barrier : {false, true}) {
            CAPTURE(to_string(gate));
            CAPTURE(barrier);
            Lab lab(ring_of_six());
            lab.stop_clock();
            lab.plan.gate = gate;
            lab.batches(barrier ? Start::barrier : Start::event_driven, {{0}, {5}, {1}});
            // Broker 0 is done and broker 5 at work when 0 dies for three hours.
            lab.fault(in_phase(crash(0, {}, sim::hours(3)), 5, StepPhase::reimage));

            const Verdict verdict = lab.verdict();

            CHECK(verdict.unfinished == Unfinished::no);
            const sim::Instant died = verdict.machines[5].stopped;
            CHECK(verdict.machines[1].start > died + sim::hours(3));
        }
    }
}

TEST_CASE("nobody starts beside a broker whose slow disk has thrown it out of its ISRs") {
    for (const bool barrier : {false, true}) {
        CAPTURE(barrier);
        Lab lab(ring_of_six());
        lab.stop_clock();
        lab.batches(barrier ? Start::barrier : Start::event_driven, {{3}, {1}});
        // From 100 s on, while 3 is at work; evicted by 145 s.
        lab.fault(slow_disk(2, sim::seconds(100), sim::hours(5), 0.001));

        const Verdict verdict = lab.verdict();

        CHECK(verdict.unfinished == Unfinished::no);
        CHECK(verdict.machines[1].start > at(5 * 3'600));
    }
}

TEST_CASE("a re-image that never returns is lost after its time-out and holds its neighbours") {
    for (const bool by_phase : {false, true}) {
        CAPTURE(by_phase);
        Lab lab(ring_of_six());
        lab.stop_clock();
        lab.a_case.limits.crews = 1;
        lab.a_case.limits.image_slots = 1;
        lab.batches(Start::event_driven, {{0}, {1}, {3}});
        Fault fault;
        fault.kind = FaultKind::reimage_no_return;
        fault.machine = MachineId{0};
        fault.trigger.at = at(0);
        if (by_phase) fault = in_phase(fault, 0, StepPhase::reimage, sim::seconds(5));
        lab.fault(fault);

        const Verdict verdict = lab.verdict();

        CHECK(verdict.machines[0].reached == StepPhase::lost);
        CHECK(verdict.machines[1].reached == StepPhase::waiting);
        CHECK(verdict.machines[3].reached == StepPhase::done);
        CHECK(verdict.unfinished == Unfinished::machine_lost);
        CHECK(verdict.rule(Rule::finished).subjects == 2);
        const NominalStep nominal = nominal_step(lab.a_case, MachineId{0}, DataDisk::keep);
        CHECK(verdict.machines[3].start ==
              sim::Instant{lab.a_case.step_timeout + 2 * nominal.catch_up_mean});
    }
}

TEST_CASE("a disk below the write rate: out between L and 1.5 L, back when it has caught up") {
    // Three replicas of 10 MB/s; the disk takes 100 MB/s, a fifth of it while it is slow.
    ClusterSketch sketch = ring_of_six(10'000'000);
    sketch.disk_bytes_per_s = 100'000'000;
    for (const bool others_catch_up : {false, true}) {
        CAPTURE(others_catch_up);
        Lab lab(sketch);
        lab.fault(slow_disk(1, sim::seconds(100), sim::seconds(600), 0.2));
        if (others_catch_up) lab.fault(crash(4, sim::seconds(60), sim::seconds(5)));
        World world = lab.world();

        const sim::Instant out = joins_again(world, 0, {0, 2});
        CHECK(out > at(130));
        CHECK(out <= at(145));
        world.run_until(at(699));
        CHECK(in_sync(world, 0) == Places{0, 2});
        // Of 30 MB/s 20 fit, and producers come first: the two partitions that it follows lack
        // 10 MB/s together for 600 s. Afterwards the disk has 70 MB/s left over.
        const sim::Instant back = joins_again(world, 0, {0, 1, 2});
        const double missing = 600 * 10e6;
        CHECK(sim::to_seconds(back) == doctest::Approx(700 + missing / 70e6).epsilon(1e-6));
    }
}

TEST_CASE("an overload shorter than L evicts nobody, however often it comes") {
    ClusterSketch sketch = ring_of_six(10'000'000);
    sketch.disk_bytes_per_s = 100'000'000;
    Lab lab(sketch);
    for (std::int64_t i = 0; i < 20; ++i) {
        lab.fault(slow_disk(1, sim::seconds(100 + 35 * i), sim::seconds(25), 0.2));
    }
    World world = lab.world();

    world.run_until(at(1'000));

    CHECK(world.state().counters.isr_shrinks == 0);
}

TEST_CASE("a network card at k % slows catch-up by the closed form") {
    for (const double k : {1.0, 0.5, 0.1}) {
        CAPTURE(k);
        ClusterSketch sketch = ring_of_six(1'000'000);
        sketch.nic_bytes_per_s = 100'000'000;
        Lab lab(sketch);
        lab.batches(Start::barrier, {{0}});
        lab.fault(slow_nic(0, {}, sim::hours(3), k));

        const Verdict verdict = lab.verdict();

        const MachineTimes& times = verdict.machines[0];
        const double backlog = 3e6 * sim::to_seconds(times.registered - times.stopped);
        CHECK(sim::to_seconds(times.in_sync - times.registered) ==
              doctest::Approx(backlog / (100e6 * k - 3e6)).epsilon(1e-6));
    }
}

TEST_CASE("nothing is left of a network card or a disk at 0 %, also where neither has a limit") {
    for (const bool card : {true, false}) {
        CAPTURE(card);
        Lab lab(ring_of_six(1'000'000));
        const auto from = sim::seconds(100), length = sim::seconds(200);
        lab.fault(card ? slow_nic(1, from, length, 0.0) : slow_disk(1, from, length, 0.0));
        World world = lab.world();

        world.run_until(at(250));

        CHECK(world.state().brokers[BrokerId{1}].out_of_isr > 0);
        world.run_until(at(1'000));
        CHECK(world.state().brokers[BrokerId{1}].out_of_isr == 0);
    }
}

TEST_CASE("a hung broker whose machine is stopped does not come back in the middle of a re-image") {
    Lab lab(ring_of_six());
    lab.batches(Start::barrier, {{0}});
    lab.fault(
        in_phase(hang(0, {}, sim::seconds(300)), 0, StepPhase::leader_drain, sim::seconds(1)));
    World world = lab.world();

    support::run_until(world, [](const World& w) { return phase(w, 0) == StepPhase::reimage; });
    support::run_until(
        world, [](const World& w) { return runs(w, 0) || phase(w, 0) == StepPhase::catch_up; });
    CHECK(phase(world, 0) == StepPhase::catch_up);
}

TEST_CASE("a quorum node on a broker's host starts without the quorum and brings it back") {
    ClusterSketch sketch = ring_of_six();
    sketch.quorum = {{.shared_with = 0}, {.rack = 3}, {.rack = 1}};
    Lab lab(sketch);
    lab.stop_clock();
    lab.batches(Start::barrier, {{0}});
    lab.fault(in_phase(power_loss(3, {}, sim::hours(20)), 0, StepPhase::reimage));

    const Verdict verdict = lab.verdict();

    CHECK(verdict.unfinished == Unfinished::no);
    CHECK(verdict.machines[0].reached == StepPhase::done);
    CHECK(verdict.rule(Rule::quorum).broken());
}

TEST_CASE("a quorum node whose rack loses power in its step goes on with it when power is back") {
    // Five nodes, so that two of them can be gone; node 0 sits alone in rack 3, machine 6.
    ClusterSketch sketch = ring_of_six();
    sketch.quorum = {{.rack = 3}, {.rack = 0}, {.rack = 1}, {.rack = 2}, {.rack = 1}};
    for (const StepPhase struck : {StepPhase::preflight,
                                   StepPhase::shutdown,
                                   StepPhase::reimage,
                                   StepPhase::install,
                                   StepPhase::start,
                                   StepPhase::catch_up,
                                   StepPhase::observe,
                                   StepPhase::post_flight}) {
        for (const int dark_s : {1, 20, 70, 600}) {
            CAPTURE(to_string(struck));
            CAPTURE(dark_s);
            Lab lab(sketch);
            lab.stop_clock();
            models::ClusterPlan cluster;
            cluster.cluster = ClusterId{0};
            cluster.quorum = {MachineId{6}};
            lab.plan.clusters = {cluster};
            lab.fault(in_phase(
                power_loss(3, {}, sim::seconds(dark_s)), 6, struck, sim::milliseconds(500)));
            World world = lab.world();

            const auto up = [](const World& w) {
                return w.state().quorum_node_up[QuorumNodeId{0}] != 0;
            };
            do {
                const StepPhase now = phase(world, 6);
                REQUIRE((!up(world) || now <= StepPhase::shutdown || now >= StepPhase::catch_up));
                if (now == StepPhase::observe) REQUIRE(up(world));
            } while (world.step());
            CHECK(up(world));
            const Verdict verdict = world.verdict();
            CHECK(verdict.machines[6].reached == StepPhase::done);
            CHECK(verdict.unfinished == Unfinished::no);
            // It starts and syncs once more where it had come back already, or the phase is begun
            // anew; never faster than that.
            const sim::Duration least = sim::seconds(dark_s) + lab.a_case.step.quorum_sync.nominal;
            CHECK(verdict.machines[6].end >= sim::Instant{least});
        }
    }
}

TEST_CASE("a quorum node that lost power just before its step is not up in its re-image") {
    ClusterSketch sketch = ring_of_six();
    sketch.quorum = {{.rack = 0}, {.rack = 3}, {.rack = 1}};
    Lab lab(sketch);
    lab.stop_clock();
    models::ClusterPlan cluster;
    cluster.cluster = ClusterId{0};
    cluster.quorum = {MachineId{7}, MachineId{6}};
    lab.plan.clusters = {cluster};
    // Back at 70 s at the earliest, and then start and sync; its step begins when 7 is done.
    lab.fault(
        in_phase(power_loss(0, {}, sim::seconds(20)), 7, StepPhase::post_flight, sim::seconds(30)));
    World world = lab.world();

    do {
        const StepPhase now = phase(world, 6);
        const bool held = now > StepPhase::shutdown && now < StepPhase::catch_up;
        REQUIRE((!held || world.state().quorum_node_up[QuorumNodeId{0}] == 0));
    } while (world.step());
    CHECK(world.verdict().machines[6].reached == StepPhase::done);
}

TEST_CASE("a crash under the session time still costs the broker its place in the ISRs") {
    ClusterSketch sketch = ring_of_six();
    sketch.topics[0].stored_bytes = 0;
    Lab lab(sketch);
    lab.a_case.step.start = {sim::seconds(1), {}};
    lab.fault(crash(1, sim::seconds(100), sim::seconds(5)));
    World world = lab.world();

    support::run_until(world, [](const World& w) { return w.state().counters.isr_shrinks > 0; });
    CHECK(world.state().now == at(106));
    CHECK(joins_again(world, 0, {0, 1, 2}) < at(107));
}
