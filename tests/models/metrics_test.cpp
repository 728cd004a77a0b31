// Metrics against the state of a run that is watched, and a watched run against one that is not.
#include <doctest/doctest.h>

#include "models/watched_run.hpp"
#include "tests/support/fault_lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using support::at;
using support::Lab;

namespace {

std::vector<Metric> every_metric() {
    std::vector<Metric> metrics;
    for (const MetricInfo& info : all_metrics()) metrics.push_back(info.metric);
    return metrics;
}

/// A lab whose world is watched until its end, and what was scraped.
struct Watched {
    World world;
    RunWatch look;
    SeriesStore series;

    explicit Watched(Lab& lab) : world(lab.world()), look(counting(), every_metric(), {}) {
        world.watched_by(look);
        world.run();
        look.close(world.view(), world.state().now + sim::hours(1));
        series = look.take_series();
    }

    /// What was last known of `metric` of the entity at `t` seconds.
    double value(Metric metric, std::uint32_t entity, std::int64_t t) const {
        for (const Target& target : series.targets()) {
            if (target.source != info_of(metric).source || target.entity != entity) continue;
            return series.observed(target, metric, at(t));
        }
        return -1.0;
    }
    bool absent(Metric metric, std::uint32_t entity, std::int64_t t) const {
        return std::isnan(value(metric, entity, t));
    }

private:
    RunView counting() {
        world.count_metrics();
        return world.view();
    }
};

/// What the book should hold, counted anew.
void check_book(const RunState& run) {
    const MetricBook recounted(run.scope, run.partitions);
    for (const BrokerId b : run.scope.brokers()) {
        const MetricBook::Led& kept = run.metrics.led(b);
        const MetricBook::Led& counted = recounted.led(b);
        REQUIRE(kept.partitions == counted.partitions);
        REQUIRE(kept.under_replicated == counted.under_replicated);
        REQUIRE(kept.under_min_isr == counted.under_min_isr);
        REQUIRE(kept.under_min_isr_not_accepted == counted.under_min_isr_not_accepted);
        REQUIRE(kept.at_min_isr == counted.at_min_isr);
    }
    for (const ClusterId c : run.scope.clusters()) {
        REQUIRE(run.metrics.in(c).leaderless == recounted.in(c).leaderless);
        REQUIRE(run.metrics.in(c).not_preferred == recounted.in(c).not_preferred);
        REQUIRE(run.metrics.in(c).leaderless_not_accepted ==
                recounted.in(c).leaderless_not_accepted);
    }
}

Lab faulty_lab() {
    Lab lab(support::reference_cluster(true));
    lab.fault(support::crash(1, sim::seconds(500), sim::seconds(900)));
    lab.fault(support::hang(2, sim::seconds(700), sim::seconds(40)));
    lab.fault(support::power_loss(0, sim::seconds(2'500), sim::seconds(600)));
    lab.fault(support::slow_disk(4, sim::seconds(4'000), sim::seconds(1'000), 0.001));
    lab.batches(Start::barrier, {{0}, {1}, {2}});
    return lab;
}

}  // namespace

TEST_CASE("a run that is watched is the same run") {
    for (const bool sampled : {false, true}) {
        CAPTURE(sampled);
        Lab plain = faulty_lab();
        plain.options.sampled = sampled;
        Lab looked_at = faulty_lab();
        looked_at.options.sampled = sampled;
        const Verdict expected = plain.verdict();
        Watched watched(looked_at);

        const Verdict seen = watched.world.verdict();

        CHECK(seen.trace_hash == expected.trace_hash);
        CHECK(seen.events == expected.events);
        CHECK(seen.makespan == expected.makespan);
        CHECK(seen.isr_shrinks == expected.isr_shrinks);
    }
}

TEST_CASE("watching a case says what simulating it says, apart and coupled, at any thread count") {
    Lab lab = faulty_lab();
    lab.world();
    const AlertRules none{};
    for (const bool coupled : {false, true}) {
        if (coupled) lab.a_case.limits.crews = 1'000;
        for (const int threads : {1, 2}) {
            const RunOptions options{.threads = threads};
            const Verdict expected = simulate(lab.a_case, lab.plan, options);
            const WatchedRun run = watch(lab.a_case, lab.plan, options, none);
            CHECK(run.verdict.trace_hash == expected.trace_hash);
            CHECK(run.verdict.makespan == expected.makespan);
            CHECK(run.fault_starts[0] == at(500));
            const RuleResult& floor = expected.rule(Rule::min_isr);
            CHECK(loss_at(run.losses, run.end).under_floor_s ==
                  doctest::Approx(floor.seconds).epsilon(1e-9));
        }
    }
}

TEST_CASE("property: the counters of brokers and controllers are those of a recount") {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        CAPTURE(seed);
        Lab lab = faulty_lab();
        lab.options.sampled = true;
        lab.options.seed = seed;
        World world = lab.world();
        world.count_metrics();
        while (world.step()) check_book(world.state());
    }
}

TEST_CASE("a dead broker's series are gone, and the others see what it lacks once it is fenced") {
    Lab lab(support::reference_cluster(true));
    lab.fault(support::crash(1, sim::seconds(1'000), sim::seconds(1'800)));
    const Watched watched(lab);

    CHECK(watched.value(Metric::broker_up, 1, 990) == 1);
    CHECK(watched.value(Metric::under_replicated, 1, 990) == 0);
    CHECK(watched.value(Metric::broker_up, 1, 1'040) == 0);
    CHECK(watched.value(Metric::probe_success, 1, 1'040) == 0);
    CHECK(watched.absent(Metric::under_replicated, 1, 1'040));
    CHECK(watched.absent(Metric::leader_count, 1, 1'040));
    CHECK(watched.value(Metric::host_up,
                        watched.world.state().fleet().brokers()[BrokerId{1}].machine.value,
                        1'040) == 1);
    double urp = 0;
    for (std::uint32_t b = 0; b < 6; ++b) {
        if (b != 1) urp += watched.value(Metric::under_replicated, b, 1'200);
    }
    CHECK(urp == watched.world.state().fleet().hosted(BrokerId{1}).size());
    // A new process counts from 0, and its replicas rejoin.
    const double back = watched.value(Metric::broker_up, 1, 4'000);
    CHECK(back == 1);
    CHECK(watched.value(Metric::under_replicated, 1, 4'000) == 0);
    CHECK(watched.value(Metric::isr_expands, 1, 4'000) == 0);
}

TEST_CASE("a broker that hangs takes connections and answers no scrape") {
    Lab lab(support::reference_cluster(true));
    lab.fault(support::hang(1, sim::seconds(1'000), sim::seconds(600)));
    const Watched watched(lab);
    CHECK(watched.value(Metric::broker_up, 1, 1'040) == 0);
    CHECK(watched.value(Metric::probe_success, 1, 1'040) == 1);
    CHECK(watched.value(Metric::broker_up, 1, 1'700) == 1);
}

TEST_CASE("only what a leader itself takes out of an ISR counts as a shrink") {
    const auto shrinks = [](Lab& lab) {
        const Watched watched(lab);
        double all = 0;
        for (std::uint32_t b = 0; b < 6; ++b) {
            const double one = watched.value(Metric::isr_shrinks, b, 3'000);
            if (!std::isnan(one)) all += one;
        }
        CHECK(watched.world.state().counters.isr_shrinks > 0);
        return all;
    };
    Lab dies(support::reference_cluster(true));
    dies.fault(support::crash(1, sim::seconds(1'000), sim::seconds(600)));
    CHECK(shrinks(dies) == 0);
    Lab lags(support::reference_cluster(true));
    lags.fault(support::slow_disk(1, sim::seconds(1'000), sim::seconds(600), 0.0001));
    CHECK(shrinks(lags) > 0);
}

TEST_CASE("one broker is the active controller, and it alone counts what has no leader") {
    Lab lab(support::reference_cluster(true));
    for (const std::uint32_t b : {0U, 1U, 2U}) {
        lab.fault(support::crash(b, sim::seconds(1'000 + 60 * b), sim::seconds(1'800)));
    }
    const Watched watched(lab);
    double active = 0;
    for (std::uint32_t b = 0; b < 6; ++b) {
        active += watched.value(Metric::active_controller, b, 990);
        CHECK(watched.value(Metric::offline_partitions, b, 990) == 0);
    }
    CHECK(active == 1);
    CHECK(watched.value(Metric::cluster_brokers, 0, 990) == 6);
    // Broker 0 was the controller; 3 is the first of the others, and all three replicas of some
    // partitions are dead.
    CHECK(watched.value(Metric::active_controller, 3, 1'300) == 1);
    CHECK(watched.value(Metric::active_controller, 4, 1'300) == 0);
    CHECK(watched.value(Metric::offline_partitions, 3, 1'300) > 0);
    CHECK(watched.value(Metric::offline_partitions, 4, 1'300) == 0);
    CHECK(watched.value(Metric::partition_leaderless, 0, 1'300) > 0);
    CHECK(watched.value(Metric::partition_leaderless, 0, 1'300) <=
          watched.value(Metric::offline_partitions, 3, 1'300));
    CHECK(watched.value(Metric::cluster_brokers, 0, 1'300) == 6 - 3);
}

TEST_CASE("a machine in its step is known to the orchestrator, and its host is gone meanwhile") {
    Lab lab(support::reference_cluster(true));
    lab.stop_clock();
    lab.batches(Start::barrier, {{3}});
    const Watched watched(lab);
    const std::uint32_t machine = 3;
    CHECK(watched.value(Metric::machine_in_step, machine, 200) == 1);
    // 60 s preflight, drain, 5 s stop, 120 s checksum, then the re-image.
    CHECK(watched.value(Metric::host_up, machine, 600) == 0);
    CHECK(watched.value(Metric::broker_up, 3, 600) == 0);
    CHECK(watched.value(Metric::machine_in_step, machine, 5'000) == 0);
    CHECK(watched.value(Metric::host_up, machine, 5'000) == 1);
    CHECK(watched.value(Metric::broker_up, 3, 5'000) == 1);
}

TEST_CASE("a slow card says so, and slow disks need longer for the same bytes") {
    Lab lab(support::reference_cluster(true));
    lab.fault(support::slow_nic(1, sim::seconds(1'000), sim::seconds(900), 0.1));
    lab.fault(support::slow_disk(1, sim::seconds(1'000), sim::seconds(900), 0.1));
    const Watched watched(lab);
    const double card = watched.value(Metric::network_speed, 1, 990);
    CHECK(watched.value(Metric::network_speed, 1, 1'040) == doctest::Approx(card * 0.1));
    CHECK(watched.value(Metric::network_speed, 1, 2'000) == card);
    const auto per_byte = [&](std::int64_t from, std::int64_t to) {
        const auto grown = [&](Metric metric) {
            return watched.value(metric, 1, to) - watched.value(metric, 1, from);
        };
        return grown(Metric::disk_write_time) / grown(Metric::disk_written);
    };
    CHECK(per_byte(1'100, 1'800) == doctest::Approx(10 * per_byte(100, 900)));
}

TEST_CASE("while telemetry is down series are absent, and what was missed is seen afterwards") {
    Lab lab(support::reference_cluster(true));
    lab.fault(support::crash(1, sim::seconds(1'000), sim::seconds(600)));
    lab.fault(support::fault_of(FaultKind::telemetry_outage, sim::seconds(900), sim::seconds(300)));
    const Watched watched(lab);
    CHECK(watched.value(Metric::broker_up, 1, 890) == 1);
    CHECK(watched.absent(Metric::broker_up, 1, 940));
    CHECK(watched.absent(Metric::broker_up, 1, 1'190));
    CHECK(watched.value(Metric::broker_up, 1, 1'240) == 0);
    // A scrape after the outage, not after the crash.
    REQUIRE(watched.look.noticed().size() == 1);
    CHECK(watched.look.noticed().front().check == Check::broker_out_of_sync);
    CHECK(watched.look.noticed().front().at == at(1'215));
}

TEST_CASE("every metric has a name, a unit and a meaning of its own") {
    for (const MetricInfo& info : all_metrics()) {
        CAPTURE(info.name);
        CHECK(metric_called(info.name) == info.metric);
        CHECK_FALSE(info.unit.empty());
        CHECK_FALSE(info.meaning.empty());
        CHECK_FALSE(labels_of(info.source).empty());
    }
    CHECK_FALSE(metric_called("kafka_no_such_metric").has_value());
}
