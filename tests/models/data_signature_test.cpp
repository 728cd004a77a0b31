// Signatures of log dirs: what they cover, what they find, and what they cost.
#include <doctest/doctest.h>

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
