// What holds after every event of the record fidelity, on random clusters with random faults.
#include <algorithm>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "models/invariants/record_watch.hpp"
#include "tests/support/record_driver.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

template <class T>
T draw(T least, T most) {
    return *rc::gen::inRange<T>(least, most + 1);
}

Lab random_lab() {
    std::vector<LoadSketch> topics;
    const int brokers = draw(3, 6);
    const int count = draw(1, 3);
    for (int t = 0; t < count; ++t) {
        LoadSketch load;
        load.name = "t" + std::to_string(t);
        load.rate = draw(5, 200);
        load.size = draw(100, 6'000);
        load.acks = static_cast<Acks>(draw(0, 2));
        load.idempotent = *rc::gen::arbitrary<bool>();
        load.retries = draw(0, 3) > 0;
        load.min_isr = draw(1, 3);
        const int partitions = draw(1, 4);
        for (int p = 0; p < partitions; ++p) {
            const auto n = static_cast<std::uint32_t>(brokers);
            const auto first = static_cast<std::uint32_t>(draw(0, brokers - 1));
            load.replicas.push_back({first, (first + 1) % n, (first + 2) % n});
        }
        topics.push_back(load);
    }
    Lab lab = record_lab(topics, brokers);
    const char* versions[] = {"2.0.1", "2.8.2", "3.6.2", "3.9.1"};
    lab.tables.clusters[ClusterId{0}].stack.kafka_version = versions[draw(0, 3)];
    lab.config().flush_every_message = draw(0, 4) == 0;
    if (draw(0, 3) == 0) lab.config().replica_lag_time_max = sim::seconds(10);
    lab.a_case.record.network = sim::microseconds(draw(50, 20'000));
    lab.options.seed = static_cast<std::uint64_t>(draw(1, 1'000'000));
    lab.options.sampled = true;
    lab.options.horizon = sim::seconds(150);
    const int faults = draw(0, 5);
    for (int f = 0; f < faults; ++f) {
        const sim::Duration from = sim::milliseconds(draw(1'000, 90'000));
        const sim::Duration length = sim::milliseconds(draw(500, 60'000));
        const auto broker = static_cast<std::uint32_t>(draw(0, brokers - 1));
        switch (draw(0, 4)) {
            case 0:
                lab.fault(hang(broker, from, length));
                break;
            case 1:
                lab.fault(power_loss(broker % 3, from, length));
                break;
            case 2:
                lab.fault(slow_nic(broker, from, length, 1e-5 * draw(1, 1'000)));
                break;
            default:
                lab.fault(crash(broker, from, length));
                break;
        }
    }
    return lab;
}

}  // namespace

TEST_CASE("property: what is committed stays, in order and once, unless disks lose it") {
    const bool ok = rc::check([] {
        Lab lab = random_lab();
        World world = lab.world();
        RecordWatch watch;
        const sim::Instant end = at(150);
        for (;;) {
            const sim::Instant next = std::min(records(world).next_at(), end);
            world.run_until(next);
            const std::string wrong = watch.look(records(world).state());
            if (!wrong.empty()) RC_FAIL(wrong);
            if (next == end) break;
        }
        const Verdict verdict = world.verdict();
        const RecordState& state = records(world).state();
        std::string wrong = watch.look(state);
        if (wrong.empty()) wrong = watch.judge(state);
        if (wrong.empty()) wrong = read_in_order(state);
        if (wrong.empty()) wrong = counts_wrong(state, *verdict.records, true);
        if (!wrong.empty()) RC_FAIL(wrong);
    });
    CHECK(ok);
}
