// Kinds of fault that act inside the data plane, record by record: what is counted follows.
#include <doctest/doctest.h>

#include "tests/support/fault_lab.hpp"
#include "tests/support/record_lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

/// One topic on a ring of six; the run ends after 300 s.
Lab ring_lab(Acks acks = Acks::all) {
    LoadSketch load;
    load.acks = acks;
    load.rate = 60;
    load.size = 1'000;
    for (std::uint32_t i = 0; i < 6; ++i) {
        load.replicas.push_back({i, (i + 1) % 6, (i + 2) % 6});
    }
    Lab lab = record_lab({load});
    lab.options.horizon = sim::seconds(300);
    return lab;
}

}  // namespace

TEST_CASE("records: a log dir that fails loses nothing that is acknowledged, and is rebuilt") {
    for (const bool wiped : {true, false}) {
        CAPTURE(wiped);
        Lab lab = ring_lab();
        two_log_dirs(lab);
        // Broker 1: partitions 0 and 5 on its first dir, 1, which it leads, on its second.
        for (const std::uint32_t dir : {2U, 3U}) {
            Fault fault = fault_of(wiped ? FaultKind::log_dir_fails : FaultKind::disk_full,
                                   sim::seconds(dir == 2 ? 50 : 150),
                                   sim::seconds(60));
            fault.log_dir = LogDirId{dir};
            lab.fault(fault);
        }
        World world = lab.world();
        world.run_until(at(52));
        CHECK(runs(world, 1));
        CHECK(in_sync(world, 0) == Places{0, 2});
        CHECK(in_sync(world, 1) == Places{1, 2, 3});
        world.run_until(at(145));
        CHECK(in_sync(world, 0) == Places{0, 1, 2});
        world.run_until(at(155));
        CHECK(leader(world, 1) == 2);
        CHECK(in_sync(world, 1) == Places{2, 3});
        world.run();
        CHECK(in_sync(world, 1) == Places{1, 2, 3});
        const Verdict verdict = world.verdict();
        const TopicRecords& counts = verdict.records->topics[0];
        CHECK(counts.sent == 60 * 300 + 1);  // the first at 0 s
        CHECK(counts.acked == counts.sent);
        CHECK(counts.acked_lost == 0);
        CHECK(counts.duplicates == 0);
        bool lost_disk = false;
        for (const LogLoss& loss : records(world).state().losses) {
            lost_disk = lost_disk || loss.why == LogLoss::Why::wiped;
        }
        CHECK(lost_disk == wiped);
    }
}

TEST_CASE("records: acks=all waits while min ISR is above the ISR, acks=1 does not") {
    for (const Acks acks : {Acks::all, Acks::leader}) {
        CAPTURE(acks == Acks::all);
        Lab lab = ring_lab(acks);
        lab.fault(fault_of(FaultKind::min_isr_set, sim::seconds(50), sim::seconds(80)));
        lab.fault(crash(1, sim::seconds(60), sim::seconds(150)));
        const TopicRecords counts = counted(lab);
        CHECK(counts.sent == 60 * 300 + 1);  // the first at 0 s
        // From the end of its session until the setting is undone at 130 s.
        if (acks == Acks::all) {
            CHECK(counts.produce.longest() > sim::seconds(60));
        } else {
            CHECK(counts.produce.longest() < sim::seconds(20));
        }
    }
}

TEST_CASE("records: a surge is as many records as it says, for as long") {
    Lab lab = ring_lab();
    lab.fault(fault_at(FaultKind::surge, 3.0, sim::seconds(100), sim::seconds(50)));
    const TopicRecords counts = counted(lab);
    // 60 a second for 250 s, 180 for 50 s; a partition's next record may come a moment later.
    CHECK(static_cast<double>(counts.sent) == doctest::Approx(60 * 250 + 180 * 50).epsilon(1e-3));
    CHECK(counts.acked == counts.sent);
}
