// Signatures of log dirs: what they cover, what they find, and what they cost.
#include <doctest/doctest.h>

#include "models/sightings.hpp"
#include "tests/support/fault_lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

/// Broker 0 is migrated: 30 GB on one disk of 500 MB/s, hashed at 100 MB/s.
Lab migrated(Checksums checksums) {
    Lab lab(ring_of_six());
    lab.stop_clock();
    lab.batches(Start::event_driven, {{0}});
    lab.plan.checksums = checksums;
    lab.a_case.step.checksum_rate = sim::bytes_per_second(100'000'000);
    return lab;
}

/// Many bytes flip, so that all but the newest segments are hit.
Fault rot(StepPhase phase, sim::Duration delay = sim::seconds(1)) {
    Fault fault = fault_at(FaultKind::bit_rot, 200.0);
    return in_phase(fault, 0, phase, delay);
}

std::uint64_t mismatches(Lab lab, const Fault& fault) {
    lab.fault(fault);
    World world = lab.world();
    world.run();
    CHECK(world.state().signatures.flipped == 200);
    return world.state().signatures.mismatches;
}

Answer answer(Lab lab, const Fault& fault) {
    lab.fault(fault);
    return lab.verdict().rule(Rule::data_signature).answer;
}

double seconds(const Verdict& verdict) { return sim::to_seconds(verdict.makespan); }

}  // namespace

TEST_CASE(
    "a log is made of sealed segments and one that is written, and retention keeps it level") {
    Lab lab(ring_of_six());
    World world = lab.world();
    const Case& a_case = *world.state().a_case;
    const LogSpan before = log_span(a_case, PartitionId{0}, at(0));
    const LogSpan after = log_span(a_case, PartitionId{0}, at(1000));
    CHECK(before.end - before.start == 10e9);
    CHECK(after.end - after.start == 10e9);
    CHECK(after.end - before.end == 1e9);
    CHECK(after.start - before.start == 1e9);
    // 1 GiB a segment: the newest is not full.
    CHECK(before.active < before.end);
    CHECK(before.end - before.active < 1'073'741'824.0);
    CHECK(after.active - before.active == 1'073'741'824.0);
    CHECK(before.rewritten == after.rewritten);
}

TEST_CASE("checksums take stored bytes over the rate, in phases of the step") {
    const Lab none = migrated(Checksums::none);
    Lab fixed = none;
    const double base = seconds(fixed.verdict());
    Lab stopped = migrated(Checksums::all_after_stop);
    Lab online = migrated(Checksums::sealed_online);
    const double after_stop = seconds(stopped.verdict());
    const double sealed = seconds(online.verdict());
    // 300 s before and 300 s after, in the place of two and two minutes.
    CHECK(after_stop - base == doctest::Approx(600.0 - 240.0).epsilon(0.02));
    // Online the stop is the shorter by the sealed segments; the step is not.
    CHECK(sealed == doctest::Approx(after_stop).epsilon(0.01));
    const auto away = [](Lab lab) {
        const Verdict verdict = lab.verdict();
        return sim::to_seconds(verdict.machines[0].registered - verdict.machines[0].stopped);
    };
    CHECK(away(migrated(Checksums::all_after_stop)) - away(migrated(Checksums::sealed_online)) >
          250.0);
}

TEST_CASE("a scan beside the traffic takes its share of the disk") {
    Lab lab = migrated(Checksums::sealed_online);
    World world = lab.world();
    const auto scans = [&] { return world.state().disks_left(BrokerId{0}); };
    world.run_until(at(30));
    CHECK(scans() == doctest::Approx(0.8));
    support::run_until(world, [](const World& w) { return phase(w, 0) == StepPhase::shutdown; });
    CHECK(scans() == 1.0);
}

TEST_CASE("bit rot is found where the bytes were signed before they flipped, else it is missed") {
    const Lab stopped = migrated(Checksums::all_after_stop);
    const Lab online = migrated(Checksums::sealed_online);
    SUBCASE("during the re-image: both find it, and the node is rebuilt from its leaders") {
        const Fault fault = rot(StepPhase::reimage);
        CHECK(mismatches(stopped, fault) == 1);
        CHECK(mismatches(online, fault) == 1);
        CHECK(answer(stopped, fault) == Answer::held);
        Lab lab = stopped;
        lab.fault(fault);
        CHECK(lab.verdict().catch_up_bytes > 25e9);
    }
    SUBCASE("before the stop: only what was signed online is found") {
        const Fault fault = rot(StepPhase::leader_drain);
        CHECK(mismatches(stopped, fault) == 0);
        CHECK(answer(stopped, fault) == Answer::broken);
        CHECK(mismatches(online, fault) == 1);
        CHECK(answer(online, fault) == Answer::held);
    }
    SUBCASE("before anything is signed: nobody finds it") {
        const Fault fault = rot(StepPhase::preflight);
        CHECK(mismatches(online, fault) == 0);
        CHECK(answer(online, fault) == Answer::broken);
    }
    SUBCASE("after it was verified: nobody looks") {
        const Fault fault = rot(StepPhase::start);
        CHECK(mismatches(stopped, fault) == 0);
        CHECK(answer(stopped, fault) == Answer::broken);
    }
    SUBCASE("without checksums it is there, and nobody knows") {
        CHECK(mismatches(migrated(Checksums::none), rot(StepPhase::reimage)) == 0);
        CHECK(answer(migrated(Checksums::none), rot(StepPhase::reimage)) == Answer::broken);
    }
    SUBCASE("a disk that is wiped has none of it") {
        Lab wiped = stopped;
        wiped.plan.data_disk = DataDisk::wipe;
        CHECK(answer(wiped, rot(StepPhase::reimage)) == Answer::held);
    }
}

TEST_CASE("what retention has deleted or the cleaner rewritten is no mismatch") {
    // Some five minutes of writes before the stop: all that is kept.
    Lab lab = migrated(Checksums::sealed_online);
    for (Partition& partition : lab.tables.partitions) {
        partition.stored_bytes = 2'000'000'000;
        partition.write_bytes_per_s = 1'000'000;
    }
    Fault fault = rot(StepPhase::leader_drain);
    SUBCASE("deleted by the end of the run: nothing is left of it") {
        lab.a_case.step.soak = sim::hours(2);
        CHECK(answer(lab, rot(StepPhase::start)) == Answer::held);
    }
    SUBCASE("rewritten between the two") {
        CHECK(mismatches(lab, fault) == 1);
        for (Topic& topic : lab.tables.topics) topic.compacted = true;
        lab.a_case.step.drain_base = sim::seconds(3'000);
        CHECK(mismatches(lab, fault) == 0);
    }
}

TEST_CASE("without rot every signature holds, and a plan without checksums says nothing") {
    CHECK(migrated(Checksums::none).verdict().rule(Rule::data_signature).answer ==
          Answer::not_answered);
    CHECK(migrated(Checksums::sealed_online).verdict().rule(Rule::data_signature).answer ==
          Answer::held);
    CHECK(migrated(Checksums::all_after_stop).verdict().rule(Rule::data_signature).answer ==
          Answer::held);
}

namespace {

Lab wiped(Checksums checksums) {
    Lab lab = migrated(checksums);
    lab.plan.data_disk = DataDisk::wipe;
    return lab;
}

/// Bytes flip on the disk of broker `b` when broker 0 enters `phase`.
Fault rot_of(std::uint32_t b, StepPhase phase, sim::Duration delay = sim::seconds(1)) {
    Fault fault = rot(phase, delay);
    fault.log_dir = LogDirId{b};
    return fault;
}

}  // namespace

TEST_CASE(
    "nothing is signed of a disk that is wiped: what it has copied is compared, and that takes "
    "time") {
    const double base = seconds(wiped(Checksums::none).verdict());
    for (const Checksums checksums : {Checksums::all_after_stop, Checksums::sealed_online}) {
        const Verdict verdict = wiped(checksums).verdict();
        // 30 GB at 100 MB/s after the catch-up, in the place of two and two minutes before it.
        CHECK(seconds(verdict) - base == doctest::Approx(300.0 - 240.0).epsilon(0.05));
        CHECK(verdict.rule(Rule::data_signature).answer == Answer::held);
    }
    Lab lab = wiped(Checksums::all_after_stop);
    World world = lab.world();
    const auto left = [&] { return world.state().disks_left(BrokerId{0}); };
    support::run_until(world, [](const World& w) { return phase(w, 0) == StepPhase::post_flight; });
    CHECK(left() == doctest::Approx(0.8));
    support::run_until(world, [](const World& w) { return phase(w, 0) == StepPhase::soak; });
    CHECK(left() == 1.0);
}

TEST_CASE("what flips on either side after the copying is found by comparing, and mended") {
    SUBCASE("on its own disk") {
        const Fault fault = rot_of(0, StepPhase::post_flight);
        CHECK(mismatches(wiped(Checksums::none), fault) == 0);
        CHECK(answer(wiped(Checksums::none), fault) == Answer::broken);
        CHECK(mismatches(wiped(Checksums::all_after_stop), fault) == 1);
        CHECK(answer(wiped(Checksums::all_after_stop), fault) == Answer::held);
    }
    SUBCASE("on a leader's disk: of what the two share, and not of what they do not") {
        const Fault fault = rot_of(5, StepPhase::post_flight);
        Lab lab = wiped(Checksums::all_after_stop);
        lab.fault(fault);
        World world = lab.world();
        world.run();
        CHECK(world.state().signatures.mismatches == 1);
        // Broker 5 leads partition 5 for broker 0, follows in partitions 3 and 4.
        for (const RottenByte& byte : world.state().signatures.rotten) {
            // But for what retention had deleted by then.
            const LogSpan kept = log_span(*world.state().a_case, byte.partition, byte.since);
            const bool shared = byte.partition == PartitionId{5} && byte.at_byte > kept.start + 1e9;
            CHECK_FALSE(shared);
        }
        CHECK(!world.state().signatures.rotten.empty());
        CHECK(world.verdict().rule(Rule::data_signature).answer == Answer::broken);
    }
    SUBCASE("the replica that is spoilt is fetched anew, and that is waited for") {
        Lab calm = wiped(Checksums::all_after_stop);
        Lab lab = calm;
        lab.fault(rot_of(0, StepPhase::post_flight));
        const double usual = seconds(calm.verdict());
        CHECK(seconds(lab.verdict()) > usual + 10.0);
    }
    SUBCASE("after it was compared: nobody looks") {
        Lab lab = wiped(Checksums::all_after_stop);
        lab.a_case.step.soak = sim::hours(1);
        CHECK(mismatches(lab, rot_of(0, StepPhase::soak)) == 0);
        CHECK(answer(lab, rot_of(0, StepPhase::soak)) == Answer::broken);
    }
}

TEST_CASE("what had flipped on a leader before the copying ends the copy: it is not passed on") {
    // 200 bytes over the three partitions of broker 5, of which it leads one that broker 0 copies.
    const Fault before = rot_of(5, StepPhase::reimage);
    SUBCASE(
        "the copy of that partition alone does not come to its end, with or without checksums") {
        for (const Checksums checksums : {Checksums::none, Checksums::all_after_stop}) {
            Lab lab = wiped(checksums);
            lab.a_case.step_timeout = sim::hours(1);  // in four retention has deleted it
            lab.fault(before);
            World world = lab.world();
            world.run();
            CHECK(world.verdict().unfinished == Unfinished::never_rejoins);
            CHECK(world.state().brokers[BrokerId{0}].out_of_isr == 1);
            CHECK(in_sync(world, 0) == Places{0, 1, 2});
            CHECK(in_sync(world, 4) == Places{0, 4, 5});
            CHECK(in_sync(world, 5) == Places{1, 5});
        }
    }
    SUBCASE("another leader that has it whole lets it end") {
        Lab calm = wiped(Checksums::none);
        const sim::Instant synced = calm.verdict().machines[0].in_sync;
        Lab lab = wiped(Checksums::none);
        lab.config().auto_leader_rebalance = false;
        lab.fault(before);
        lab.fault(crash(5, synced.since_start() + sim::minutes(10), sim::minutes(20)));
        const Verdict verdict = lab.verdict();
        CHECK(verdict.unfinished == Unfinished::no);
        CHECK(verdict.machines[0].in_sync > synced + sim::minutes(10));
    }
    SUBCASE("a disk that is kept copies nothing of it") {
        Lab lab = migrated(Checksums::none);
        lab.fault(before);
        CHECK(lab.verdict().unfinished == Unfinished::no);
    }
    SUBCASE("with follower's bytes alone spoilt it does not matter") {
        Lab lab = wiped(Checksums::none);
        lab.fault(rot_of(3, StepPhase::reimage));  // shares nothing with broker 0
        CHECK(lab.verdict().unfinished == Unfinished::no);
    }
}

TEST_CASE("a scan beside the traffic leaves followers what the writes of the peak need") {
    // A disk that reads and writes 100 MB/s, of which three replicas take 3: half is the most.
    Lab slow = migrated(Checksums::sealed_online);
    for (LogDir& dir : slow.tables.log_dirs) {
        dir.read_rate = dir.write_rate = sim::bytes_per_second(100'000'000);
    }
    slow.a_case.step.checksum_rate = sim::bytes_per_second(200'000'000);
    World world = slow.world();
    world.run_until(at(30));
    CHECK(world.state().disks_left(BrokerId{0}) == doctest::Approx(0.5));
    // 3 of 4 MB/s are written: a quarter is left.
    Lab full = migrated(Checksums::sealed_online);
    for (LogDir& dir : full.tables.log_dirs) {
        dir.read_rate = dir.write_rate = sim::bytes_per_second(4'000'000);
    }
    World narrow = full.world();
    narrow.run_until(at(30));
    CHECK(narrow.state().disks_left(BrokerId{0}) == doctest::Approx(0.75));
    CHECK(in_sync(narrow, 0) == Places{0, 1, 2});
}

TEST_CASE("a step with checksums fits its window or waits for one that it fits") {
    // With checksums a step takes 54 minutes instead of 48.
    for (const Checksums checksums : {Checksums::none, Checksums::all_after_stop}) {
        CAPTURE(to_string(checksums));
        Lab lab = migrated(checksums);
        const Verdict free = Lab(lab).verdict();
        const sim::Duration length = free.machines[0].end - free.machines[0].start;
        lab.a_case.limits.windows = Windows({}, length - sim::minutes(2), {}, {});
        const Verdict verdict = lab.verdict();
        CHECK(verdict.unfinished == Unfinished::no_window);
        CHECK(!verdict.rule(Rule::windows).broken());
    }
}

TEST_CASE(
    "who sees bytes that flip beside a copy: the comparison; who sees a copy that ends: the step") {
    const auto seen = [](const Fault& fault) {
        Lab lab = wiped(Checksums::all_after_stop);
        lab.a_case.step_timeout = sim::hours(1);
        lab.fault(fault);
        (void)lab.world();
        return find_sightings(lab.a_case, lab.plan, lab.options, {});
    };
    const Sightings compared = seen(rot_of(0, StepPhase::post_flight));
    REQUIRE(compared.faults[0].first() != nullptr);
    CHECK(observer_name({}, compared.faults[0].first()->by) == "data_checksum");
    // Without that check nobody would.
    const Observer check = compared.faults[0].first()->by;
    CHECK(without(compared, check).faults[0].first() == nullptr);
    const Sightings ended = seen(rot_of(5, StepPhase::reimage));
    REQUIRE(ended.faults[0].first() != nullptr);
    CHECK(observer_name({}, ended.faults[0].first()->by) == "step_given_up");
}
