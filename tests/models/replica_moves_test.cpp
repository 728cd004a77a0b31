// Replicas that move while a run goes on: added, caught up, and the old ones removed.
#include <doctest/doctest.h>

#include "models/replica_move.hpp"
#include "tests/support/fault_lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

/// Partitions 0, 4 and 5 lie on broker 0; broker 3 is in its rack and holds none of them.
Fault moves_away(double throttle, sim::Duration from = sim::seconds(100)) {
    Fault fault = fault_of(FaultKind::reassignment, from);
    fault.values[1] = throttle;
    return fault;
}

std::size_t under_way(const World& world) { return world.state().moves.under_way.size(); }
std::size_t done(const World& world) { return world.state().moves.done.size(); }

sim::Instant all_done(World& world, std::size_t count) {
    return support::run_until(world, [&](const World& w) { return done(w) == count; });
}

}  // namespace

TEST_CASE("replicas are made elsewhere, catch up, and are removed where they were") {
    Lab lab(ring_of_six());
    lab.fault(moves_away(50e6));
    World world = lab.world();
    CHECK(disk_load(world, 3) == 3e6);
    world.run_until(at(101));
    CHECK(under_way(world) == 3);
    CHECK(in_sync(world, 0) == Places{0, 1, 2});
    CHECK(leader(world, 0) == 0);
    // Live writes go to the new replicas as well, before those are in sync.
    CHECK(disk_load(world, 3) == 6e6);
    CHECK(disk_load(world, 0) == 3e6);
    CHECK(world.state().brokers[BrokerId{3}].out_of_isr == 3);

    // 30 GB at what the throttle leaves of 3 MB/s of live writes.
    const sim::Instant last = all_done(world, 3);
    CHECK(sim::to_seconds(last.since_start()) ==
          doctest::Approx(100.0 + 30e9 / 47e6).epsilon(1e-6));
    CHECK(in_sync(world, 0) == Places{1, 2, 3});
    CHECK(in_sync(world, 4) == Places{3, 4, 5});
    CHECK(in_sync(world, 5) == Places{1, 3, 5});
    // The new replica stands where the old one stood: it is preferred, and leads.
    CHECK(leader(world, 0) == 3);
    CHECK(leader(world, 5) == 5);
    CHECK(world.state().preferred(PartitionId{0}) == 3);
    CHECK(world.state().preferred(PartitionId{5}) == 0);
    CHECK(disk_load(world, 0) == 0.0);
    CHECK(disk_load(world, 3) == 6e6);
    CHECK(world.data().catch_up_bytes() == doctest::Approx(30e9));
    for (const std::uint32_t b : {0U, 3U})
        CHECK(world.state().brokers[BrokerId{b}].out_of_isr == 0);
    // What was moved away takes part in nothing any more.
    world.run();
    CHECK(world.verdict().safe());
}

TEST_CASE("moved bytes share disks and networks with those that catch up") {
    const auto last_move = [](double throttle, std::int64_t card) {
        ClusterSketch sketch = ring_of_six();
        sketch.nic_bytes_per_s = card;
        Lab lab(sketch);
        lab.fault(moves_away(throttle));
        World world = lab.world();
        return sim::to_seconds(all_done(world, 3).since_start()) - 100.0;
    };
    // Without a throttle the disk of the one that takes them is the limit: 500 MB/s less 6 of
    // writes.
    CHECK(last_move(0.0, 1'250'000'000) == doctest::Approx(30e9 / 494e6).epsilon(1e-6));
    // A slow card: 100 MB/s less those writes.
    CHECK(last_move(0.0, 100'000'000) == doctest::Approx(30e9 / 94e6).epsilon(1e-6));
    CHECK(last_move(50e6, 100'000'000) == doctest::Approx(30e9 / 47e6).epsilon(1e-6));

    const auto back = [](bool moves) {
        Lab lab(ring_of_six());
        lab.stop_clock();
        lab.plan.data_disk = DataDisk::wipe;
        lab.batches(Start::event_driven, {{3}});
        if (moves) lab.fault(moves_away(0.0, sim::seconds(2'745)));
        World world = lab.world();
        world.run();
        return world.verdict();
    };
    const Verdict alone = back(false);
    const Verdict beside = back(true);
    CHECK(beside.machines[3].in_sync > alone.machines[3].in_sync + sim::seconds(30));
}

TEST_CASE("a throttle below the write rate never lets a new replica in") {
    Lab lab(ring_of_six());
    lab.fault(moves_away(3e6));
    World world = lab.world();
    world.run();
    CHECK(under_way(world) == 3);
    CHECK(done(world) == 0);
    CHECK(world.data().stuck(world.state()));
    CHECK(in_sync(world, 0) == Places{0, 1, 2});
}

TEST_CASE("a share of 0 moves nothing, and changes nothing") {
    for (const FaultKind kind : {FaultKind::reassignment, FaultKind::self_balancing}) {
        Lab quiet(ring_of_six());
        Lab lab = quiet;
        lab.fault(fault_at(kind, 0.0));
        const Verdict without = quiet.verdict();
        const Verdict with = lab.verdict();
        CHECK(with.trace_hash == without.trace_hash);
        CHECK(with.catch_up_bytes == 0.0);
    }
}

TEST_CASE("a copy of a run that moves replicas goes on as the run does") {
    Lab lab(ring_of_six());
    lab.fault(moves_away(50e6));
    World world = lab.world();
    world.run_until(at(300));
    World copy = world;
    world.run();
    copy.run();
    CHECK(done(copy) == 3);
    CHECK(copy.verdict().trace_hash == world.verdict().trace_hash);
}

TEST_CASE("who dies in the middle of a move goes on with it when he is back") {
    Lab lab(ring_of_six());
    lab.fault(moves_away(50e6));
    SUBCASE("the one that takes the replicas") {
        lab.fault(crash(3, sim::seconds(200), sim::seconds(300)));
        World world = lab.world();
        world.run_until(at(400));
        CHECK(done(world) == 0);
        CHECK(in_sync(world, 0) == Places{0, 1, 2});
        CHECK(all_done(world, 3) > at(900));
        CHECK(in_sync(world, 0) == Places{1, 2, 3});
    }
    SUBCASE("the one that is to lose them: another leads meanwhile") {
        lab.fault(crash(0, sim::seconds(200), sim::hours(1)));
        World world = lab.world();
        all_done(world, 3);
        CHECK_FALSE(runs(world, 0));
        CHECK(in_sync(world, 0) == Places{1, 2, 3});
        // Its replicas are gone: nothing of them is out of sync.
        CHECK(world.state().brokers[BrokerId{0}].out_of_isr == 0);
        world.run();
        CHECK(disk_load(world, 0) == 0.0);
    }
}

TEST_CASE("the gates see the one that takes replicas out of sync: its neighbours wait") {
    const auto ended = [](bool moves) {
        Lab lab(ring_of_six());
        lab.stop_clock();
        lab.batches(Start::event_driven, {{1}, {2}});
        if (moves) lab.fault(moves_away(5e6, sim::minutes(40)));
        return lab.verdict();
    };
    const Verdict quiet = ended(false);
    const Verdict busy = ended(true);
    CHECK(quiet.rule(Rule::finished).answer == Answer::held);
    CHECK(busy.makespan > quiet.makespan + sim::hours(1));
}

TEST_CASE("a cluster that balances itself moves a few at a time, until the setting is back") {
    Lab lab(ring_of_six());
    Fault fault = fault_at(FaultKind::self_balancing, 0.3, sim::seconds(100), sim::seconds(300));
    fault.values[1] = 100e6;
    fault.values[2] = 1.0;
    lab.fault(fault);
    World world = lab.world();
    std::size_t most = 0;
    while (world.step()) most = std::max(most, under_way(world));
    CHECK(most == 1);
    // About 100 s each and a look every 10 s; of five, the third was under way when it was over.
    CHECK(done(world) == 3);
    CHECK(world.state().counters.isr_shrinks == 3);
    CHECK(world.state().balancing.empty());
}

TEST_CASE("a broker without its rack lets replicas be placed two in one rack") {
    const auto peak_of_racks = [](bool lost) {
        ClusterSketch sketch = ring_of_six();
        // A seventh broker, empty, in rack 1: where racks do not count everything goes there.
        sketch.rack_of.push_back(1);
        Lab lab(sketch);
        if (lost) lab.fault(fault_of(FaultKind::lost_rack, sim::seconds(1), sim::hours(1)));
        lab.fault(moves_away(0.0));
        World world = lab.world();
        world.run();
        std::uint32_t peak = 0;
        for (const DomainExposure& exposure : world.verdict().margin.domains) {
            if (exposure.domain.kind == DomainKind::rack) {
                peak = std::max(peak, exposure.peak_partitions);
            }
        }
        return peak;
    };
    CHECK(peak_of_racks(false) == 0);
    CHECK(peak_of_racks(true) > 0);
}

TEST_CASE("a run that counts records moves nothing and says that it cannot answer") {
    Lab lab(ring_of_six(1'000));
    lab.stop_clock();
    lab.batches(Start::event_driven, {{1}});
    lab.a_case.step.reimage = {sim::seconds(20), {}};
    lab.options.fidelity = Fidelity::record;
    const Verdict without = lab.verdict();
    CHECK(without.rule(Rule::min_isr).answer == Answer::held);
    Lab moving = lab;
    moving.fault(moves_away(50e6));
    const Verdict with = moving.verdict();
    CHECK(with.rule(Rule::min_isr).answer == Answer::not_answered);
    CHECK(with.rule(Rule::acked_loss).answer == Answer::not_answered);
}
