// The analytic latency of the flow fidelity against the count of the record fidelity.
#include "models/latency_model.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "tests/support/record_driver.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

/// The reference load at rates that share no period, so that topics meet in every phase: the
/// estimate takes arrivals for independent, and 150/s beside 300/s would keep in step for ever.
Lab lab_out_of_step() {
    std::vector<LoadSketch> load = reference_load();
    load[0].rate = 311;
    load[1].rate = 149;
    load[2].rate = 23;
    return record_lab(load);
}

/// Every quantile of every topic is within a tenth of the counted one.
void check_estimate(Lab& lab) {
    World world = lab.world();
    world.run();
    const Verdict verdict = world.verdict();
    for (const TopicRecords& counts : verdict.records->topics) {
        if (counts.sent == 0) continue;
        CAPTURE(counts.topic.value);
        const LatencyEstimate estimate = estimate_latency(lab.a_case, counts.topic, 1.0);
        const auto near = [](sim::Duration estimated, sim::Duration counted) {
            CAPTURE(sim::to_seconds(estimated));
            CAPTURE(sim::to_seconds(counted));
            CHECK(std::abs(sim::to_seconds(estimated) / sim::to_seconds(counted) - 1.0) <= 0.10);
        };
        near(estimate.produce_p50, counts.produce.quantile(0.5));
        near(estimate.produce_p99, counts.produce.quantile(0.99));
        near(estimate.end_to_end_p50, counts.end_to_end.quantile(0.5));
        near(estimate.end_to_end_p99, counts.end_to_end.quantile(0.99));
    }
}

}  // namespace

TEST_CASE("the estimate of latency is near the count, on the reference load") {
    Lab lab = lab_out_of_step();
    check_estimate(lab);
}

TEST_CASE("the estimate of latency is near the count, with other distances and lingers") {
    for (const std::int64_t network_us : {100, 1'000}) {
        for (const std::int64_t linger_ms : {0, 20}) {
            CAPTURE(network_us);
            CAPTURE(linger_ms);
            Lab lab = lab_out_of_step();
            lab.a_case.record.network = sim::microseconds(network_us);
            for (const TopicId t : Range<TopicId>(3)) {
                lab.tables.topics[t].producer.linger = sim::milliseconds(linger_ms);
            }
            check_estimate(lab);
        }
    }
}

TEST_CASE("the estimate of latency is near the count, with every message flushed") {
    Lab lab = lab_out_of_step();
    lab.config().flush_every_message = true;
    lab.a_case.record.flush = {sim::microseconds(1'500), {}};
    check_estimate(lab);
}

TEST_CASE("the estimate of latency is near the count, where service and flushes vary") {
    for (const bool flushes : {false, true}) {
        CAPTURE(flushes);
        Lab lab = lab_out_of_step();
        lab.options.sampled = true;
        lab.a_case.record.service = {sim::microseconds(330), sim::microseconds(840)};
        lab.config().flush_every_message = flushes;
        lab.a_case.record.flush = {sim::microseconds(100), sim::microseconds(400)};
        check_estimate(lab);
    }
}

TEST_CASE("a connection that is asked for more requests than it answers keeps five in flight") {
    struct Load {
        std::uint32_t partitions;
        double rate;
        std::int64_t linger_us;
    };
    for (const Load& of :
         {Load{1, 1'260, 0}, Load{1, 15'000, 0}, Load{6, 3'803, 0}, Load{12, 10'007, 500}}) {
        CAPTURE(of.rate);
        LoadSketch load = one_partition(of.rate, Acks::all);
        load.replicas.clear();
        for (std::uint32_t p = 0; p < of.partitions; ++p) {
            load.replicas.push_back({p % 3, (p + 1) % 3, (p + 2) % 3});
        }
        Lab lab = three_broker_lab(load);
        lab.tables.topics[TopicId{0}].producer.linger = sim::microseconds(of.linger_us);
        const TopicRecords counts = counted(lab);
        const LatencyEstimate estimate = estimate_latency(lab.a_case, TopicId{0}, 1.0);
        CHECK(sim::to_seconds(estimate.produce_p50) ==
              doctest::Approx(sim::to_seconds(counts.produce.quantile(0.5))).epsilon(0.2));
        CHECK(sim::to_seconds(estimate.produce_p99) ==
              doctest::Approx(sim::to_seconds(counts.produce.quantile(0.99))).epsilon(0.15));
    }
}

TEST_CASE("with acks=0 a record is done when it is sent") {
    Lab lab = three_broker_lab(one_partition(100, Acks::none));
    lab.tables.topics[TopicId{0}].producer.linger = sim::milliseconds(10);
    const TopicRecords counts = counted(lab);
    const LatencyEstimate estimate = estimate_latency(lab.a_case, TopicId{0}, 1.0);
    CHECK(sim::to_seconds(estimate.produce_p50) ==
          doctest::Approx(sim::to_seconds(counts.produce.quantile(0.5))).epsilon(0.1));
}

TEST_CASE("a flush of every message takes its time at the leader, and at its followers") {
    // At two records a second nobody waits for anybody.
    for (const Acks acks : {Acks::leader, Acks::all}) {
        sim::Duration median[2];
        for (const bool flushes : {false, true}) {
            Lab lab = three_broker_lab(one_partition(2, acks));
            lab.config().flush_every_message = flushes;
            lab.a_case.record.flush = {sim::milliseconds(4), {}};
            median[flushes ? 1 : 0] = counted(lab).produce.quantile(0.5);
        }
        const double flushes = acks == Acks::all ? 2 : 1;
        const double longer = sim::to_seconds(median[1] - median[0]);
        CHECK(longer == doctest::Approx(flushes * 4e-3).epsilon(0.02));
    }
}

TEST_CASE("latency is judged where the case has a limit, by either fidelity") {
    for (const Fidelity fidelity : {Fidelity::flow, Fidelity::record}) {
        for (const std::int64_t limit_ms : {3, 30}) {
            Lab lab = record_lab(reference_load());
            lab.options.fidelity = fidelity;
            lab.a_case.rules.produce_p99 = sim::milliseconds(limit_ms);
            const RuleResult result = lab.verdict().rule(Rule::latency);
            CHECK(result.answer == (limit_ms == 3 ? Answer::broken : Answer::held));
            CHECK(result.subjects == (limit_ms == 3 ? 3 : 0));
        }
    }
}

TEST_CASE(
    "where more is offered than the network takes, records wait for what their producers hold") {
    constexpr double offered = 2'000 * 1'024.0;  // bytes/s
    const auto produce_p50 = [](double nic_bytes_per_s, int producers, int buffer = 1'000'000) {
        Lab lab = three_broker_lab(one_partition(2'000, Acks::all));
        models::FleetTables& tables = lab.tables;
        tables.topics[TopicId{0}].bytes_per_message = 1'024;
        tables.topics[TopicId{0}].producer.instances = producers;
        tables.topics[TopicId{0}].producer.buffer_memory = Bytes{buffer};
        for (const BrokerId b : Range<BrokerId>(tables.brokers.size())) {
            tables.brokers[b].nic_in = ByteRate{std::llround(nic_bytes_per_s)};
        }
        const World world = lab.world();
        return sim::to_seconds(estimate_latency(lab.a_case, TopicId{0}, 1.0).produce_p50);
    };
    CHECK(produce_p50(2 * offered, 1) < 0.01);
    CHECK(produce_p50(offered, 3) == produce_p50(offered, 3, 0));  // just carried: nothing piles up
    for (const int producers : {1, 3}) {
        for (const double share : {0.9, 0.5, 0.1}) {
            CAPTURE(producers);
            CAPTURE(share);
            const double waits = producers * 1'000'000 / (share * offered);
            CHECK(produce_p50(share * offered, producers) -
                      produce_p50(share * offered, producers, 0) ==
                  doctest::Approx(waits).epsilon(1e-4));
        }
    }
}
