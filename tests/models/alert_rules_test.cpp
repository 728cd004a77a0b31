// Rules over series made by hand; and the evaluator that leaves evaluations out, held against one
// that makes them all.
#include "models/alert_rules.hpp"

#include <doctest/doctest.h>

#include "models/alert_state.hpp"
#include "models/fleet.hpp"
#include "sim/random.hpp"
#include "tests/support/lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using support::at;

namespace {

constexpr std::int64_t scrape_s = 30;

/// Machines 0, 1, ... of cluster 0, each a broker and a line of the orchestrator, scraped at whole
/// multiples of 30 s.
SeriesStore store_of(std::vector<Metric> metrics, std::uint32_t machines) {
    std::vector<Target> targets;
    for (std::uint32_t m = 0; m < machines; ++m) {
        const Subject subject{.cluster = ClusterId{0}, .machine = MachineId{m}};
        for (const MetricSource source :
             {MetricSource::broker, MetricSource::orchestrator, MetricSource::host}) {
            targets.push_back({source, m, subject, {}, 0});
        }
    }
    return {std::move(metrics), std::move(targets), sim::seconds(scrape_s)};
}

Series& series_of(SeriesStore& store, Metric metric, std::uint32_t machine) {
    for (const Target& target : store.targets()) {
        if (target.source != info_of(metric).source || target.entity != machine) continue;
        const Series* found = store.find(target, metric);
        return store.series(static_cast<std::size_t>(found - &store.series(0)));
    }
    FAIL("no such series");
    return store.series(0);
}

AlertRule rule_of(const AlertTerm& when, std::int64_t hold_s = 0, std::int64_t keep_s = 0) {
    AlertRule rule;
    rule.name = "rule";
    rule.when = when;
    rule.hold = sim::seconds(hold_s);
    rule.keep_firing = sim::seconds(keep_s);
    return rule;
}

constexpr std::int64_t end_s = 3'600;

std::vector<Alert> alerts_of(const AlertRule& rule, const SeriesStore& store) {
    return evaluate_alerts({rule}, store, Fleet{}, at(end_s));
}

const AlertTerm broker_down{.metric = Metric::broker_up, .is = Comparison::equal, .threshold = 0};

}  // namespace

TEST_CASE("an alert is active from the evaluation after the scrape that shows it") {
    SeriesStore store = store_of({Metric::broker_up}, 1);
    series_of(store, Metric::broker_up, 0) = {{at(0), 1}, {at(90), 0}, {at(600), 1}};
    const std::vector<Alert> alerts = alerts_of(rule_of(broker_down, 60), store);
    REQUIRE(alerts.size() == 1);
    CHECK(alerts[0].active_at == at(90));
    CHECK(alerts[0].fired_at == at(90 + 60));
    CHECK(alerts[0].resolved_at == at(600));
    CHECK(alerts[0].subject.machine == MachineId{0});
}

TEST_CASE("what lasts too short, flaps, or is kept firing") {
    SeriesStore store = store_of({Metric::broker_up}, 1);
    Series& up = series_of(store, Metric::broker_up, 0);
    up = {{at(0), 1}};
    for (std::int64_t t = 300; t < 600; t += 60) {
        up.push_back({at(t), 0});
        up.push_back({at(t + 30), 1});
    }
    CHECK(alerts_of(rule_of(broker_down, 60), store).empty());
    CHECK(alerts_of(rule_of(broker_down), store).size() == 5);
    const std::vector<Alert> kept = alerts_of(rule_of(broker_down, 0, 60), store);
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].resolved_at == at(600 - 30 + 60));
}

TEST_CASE("a series that is gone holds nothing, and only absent sees that") {
    SeriesStore store = store_of({Metric::leader_count}, 2);
    const AlertTerm leads{.metric = Metric::leader_count, .is = Comparison::above, .threshold = 0};
    series_of(store, Metric::leader_count, 0) = {{at(0), 7}, {at(300), absent_value}, {at(900), 7}};
    series_of(store, Metric::leader_count, 1) = {{at(0), absent_value}};
    // Stale at once: the next scrape says so, not five minutes later.
    const std::vector<Alert> alerts = alerts_of(rule_of(leads, 120), store);
    REQUIRE(alerts.size() == 2);
    CHECK(alerts[0].resolved_at == at(300));
    CHECK(alerts[1].active_at == at(900));

    const AlertTerm gone{.metric = Metric::leader_count, .of = Aggregate::absent};
    const std::vector<Alert> absent = alerts_of(rule_of(gone, 60), store);
    REQUIRE(absent.size() == 1);
    CHECK(absent[0].fired_at == at(300 + 60));
    CHECK(absent[0].resolved_at == at(900));
    CHECK_FALSE(absent[0].subject.machine.exists());
}

TEST_CASE("a pending alert begins anew when its series was gone in between") {
    SeriesStore store = store_of({Metric::leader_count}, 1);
    const AlertTerm few{.metric = Metric::leader_count, .is = Comparison::below, .threshold = 5};
    series_of(store, Metric::leader_count, 0) = {
        {at(0), 9}, {at(300), 1}, {at(390), absent_value}, {at(420), 1}};
    const std::vector<Alert> alerts = alerts_of(rule_of(few, 120), store);
    REQUIRE(alerts.size() == 1);
    CHECK(alerts[0].fired_at == at(420 + 120));
    CHECK(alerts[0].resolved_at == sim::Instant::never());
}

TEST_CASE("sum, max and min go over the series that are there") {
    SeriesStore store = store_of({Metric::under_replicated}, 3);
    series_of(store, Metric::under_replicated, 0) = {{at(0), 3}, {at(600), absent_value}};
    series_of(store, Metric::under_replicated, 1) = {{at(0), 4}};
    series_of(store, Metric::under_replicated, 2) = {{at(0), absent_value}};
    const auto first = [&](Aggregate of, Comparison is, double than) {
        const AlertTerm term{
            .metric = Metric::under_replicated, .of = of, .is = is, .threshold = than};
        const std::vector<Alert> alerts = alerts_of(rule_of(term), store);
        return alerts.empty() ? sim::Instant::never() : alerts[0].fired_at;
    };
    CHECK(first(Aggregate::sum, Comparison::equal, 3 + 4) == at(0));
    CHECK(first(Aggregate::sum, Comparison::equal, 4) == at(600));
    CHECK(first(Aggregate::max, Comparison::equal, 4) == at(0));
    CHECK(first(Aggregate::min, Comparison::equal, 3) == at(0));
    CHECK(first(Aggregate::min, Comparison::equal, 4) == at(600));
    CHECK(first(Aggregate::sum, Comparison::equal, 0) == sim::Instant::never());
}

TEST_CASE("an increase outlives its cause by the window, and counts on over a restart") {
    SeriesStore store = store_of({Metric::isr_shrinks}, 1);
    Series& shrinks = series_of(store, Metric::isr_shrinks, 0);
    const auto term = [](double than) {
        return AlertTerm{.metric = Metric::isr_shrinks,
                         .window = sim::seconds(300),
                         .is = Comparison::above,
                         .threshold = than};
    };
    shrinks = {{at(0), 5}, {at(600), 8}};
    const std::vector<Alert> alerts = alerts_of(rule_of(term(2)), store);
    REQUIRE(alerts.size() == 1);
    CHECK(alerts[0].fired_at == at(600));
    // At 870 s the window begins after the scrape at 570 s, the last one with the old value.
    CHECK(alerts[0].resolved_at == at(570 + 300));
    CHECK(alerts_of(rule_of(term(3)), store).empty());

    // Gone at 630 s; the new process at 720 s counts from 0, and 2 of its own.
    shrinks = {{at(0), 5}, {at(600), 8}, {at(630), absent_value}, {at(720), 0}, {at(750), 2}};
    const std::vector<Alert> over_restart = alerts_of(rule_of(term(3 + 2 - 1)), store);
    REQUIRE(over_restart.size() == 1);
    CHECK(over_restart[0].fired_at == at(750));

    // What a series begins with is no increase.
    shrinks = {{at(600), 8}};
    CHECK(alerts_of(rule_of(term(0)), store).empty());
}

TEST_CASE("a value that moves fires at the scrape that is over the threshold") {
    SeriesStore store = store_of({Metric::replica_max_lag}, 1);
    series_of(store, Metric::replica_max_lag, 0) = {{at(0), 0, 10.0}, {at(600), 6'000, -20.0}};
    const AlertTerm behind{
        .metric = Metric::replica_max_lag, .is = Comparison::above, .threshold = 1'000};
    const std::vector<Alert> alerts = alerts_of(rule_of(behind), store);
    REQUIRE(alerts.size() == 1);
    // 1,000 at 100 s: the scrape at 120 s finds more; back at 850 s: that at 870 s finds less.
    CHECK(alerts[0].fired_at == at(120));
    CHECK(alerts[0].resolved_at == at(870));
}

TEST_CASE("a ratio of two counters is one of their rates, and nothing where nothing is done") {
    SeriesStore store = store_of({Metric::disk_write_time, Metric::disk_written}, 1);
    series_of(store, Metric::disk_write_time, 0) = {{at(0), 0, 0.1}, {at(600), 60, 0.9}};
    series_of(store, Metric::disk_written, 0) = {{at(0), 0, 1e6}};
    const AlertTerm slow{.metric = Metric::disk_write_time,
                         .window = sim::seconds(60),
                         .per = Metric::disk_written,
                         .is = Comparison::above,
                         .threshold = 0.8e-6};
    const std::vector<Alert> alerts = alerts_of(rule_of(slow), store);
    REQUIRE(alerts.size() == 1);
    CHECK(alerts[0].fired_at == at(600 + 30));
    series_of(store, Metric::disk_written, 0) = {{at(0), 0}};
    CHECK(alerts_of(rule_of(slow), store).empty());
}

TEST_CASE("a second term is joined by machine, or by cluster") {
    SeriesStore store = store_of({Metric::broker_up, Metric::machine_in_step}, 2);
    for (const std::uint32_t m : {0U, 1U}) {
        series_of(store, Metric::broker_up, m) = {{at(0), 1}, {at(300), 0}};
    }
    series_of(store, Metric::machine_in_step, 0) = {{at(0), 1}, {at(900), 0}};
    series_of(store, Metric::machine_in_step, 1) = {{at(0), 0}};
    AlertRule rule = rule_of(broker_down);
    rule.also =
        AlertTerm{.metric = Metric::machine_in_step, .is = Comparison::equal, .threshold = 0};
    std::vector<Alert> alerts = alerts_of(rule, store);
    REQUIRE(alerts.size() == 2);
    CHECK(alerts[0].fired_at == at(900));
    CHECK(alerts[1].fired_at == at(300));

    rule.also->of = Aggregate::sum;
    alerts = alerts_of(rule, store);
    REQUIRE(alerts.size() == 2);
    CHECK(alerts[0].fired_at == at(900));
    CHECK(alerts[1].fired_at == at(900));
}

TEST_CASE("while nothing is scraped nothing is seen, and afterwards everything begins anew") {
    SeriesStore store = store_of({Metric::broker_up}, 1);
    series_of(store, Metric::broker_up, 0) = {
        {at(0), 1}, {at(300), 0}, {at(390), absent_value}, {at(900), 0}};
    const std::vector<Alert> alerts = alerts_of(rule_of(broker_down, 60), store);
    REQUIRE(alerts.size() == 2);
    CHECK(alerts[0].fired_at == at(360));
    CHECK(alerts[0].resolved_at == at(390));
    CHECK(alerts[1].active_at == at(900));
    CHECK(alerts[1].fired_at == at(960));
    CHECK(alerts_of(rule_of(broker_down, 120), store).size() == 1);
}

TEST_CASE("what is observed of a metric is that of the last scrape") {
    SeriesStore store = store_of({Metric::under_replicated}, 1);
    series_of(store, Metric::under_replicated, 0) = {{at(0), 0}, {at(60), 4, 2.0}};
    const Target& target = store.targets().front();
    CHECK(store.observed(target, Metric::under_replicated, at(59)) == 0);
    CHECK(store.observed(target, Metric::under_replicated, at(89)) == 4);
    CHECK(store.observed(target, Metric::under_replicated, at(95)) == 4 + 2 * 30);
    CHECK(std::isnan(store.observed(target, Metric::leader_count, at(95))));
}

namespace {

std::optional<double> naive_value(const SeriesStore& store,
                                  const AlertTerm& term,
                                  Subject subject,
                                  sim::Instant t) {
    std::optional<double> all;
    for (const Target& target : store.targets()) {
        if (target.source != info_of(term.metric).source) continue;
        if (!term.by_cluster() && target.subject != subject) continue;
        double one = store.observed(target, term.metric, t);
        if (term.window) {
            // Scrape by scrape over the window, as Prometheus does.
            std::optional<double> last;
            one = absent_value;
            for (sim::Instant s = store.last_scrape(target, t - *term.window) + store.interval();
                 s <= t;
                 s = s + store.interval()) {
                const double value = store.observed(target, term.metric, s);
                if (std::isnan(value)) continue;
                if (std::isnan(one)) one = 0.0;
                if (last) one += value >= *last ? value - *last : value;
                last = value;
            }
        }
        if (std::isnan(one)) continue;
        if (!all) {
            all = one;
        } else if (term.of == Aggregate::max) {
            all = std::max(*all, one);
        } else if (term.of == Aggregate::min) {
            all = std::min(*all, one);
        } else {
            all = *all + one;
        }
    }
    return all;
}

std::vector<Alert> naive_alerts(const AlertRule& rule,
                                const SeriesStore& store,
                                const std::vector<Subject>& subjects) {
    std::vector<Alert> alerts;
    for (const Subject& subject : subjects) {
        AlertState state(rule.hold, rule.keep_firing);
        for (std::int64_t t = 0; t < end_s; t += 15) {
            const std::optional<double> value = naive_value(store, rule.when, subject, at(t));
            const bool absent = rule.when.of == Aggregate::absent;
            const bool holds = absent ? !value : value && *value > rule.when.threshold;
            const bool fired = state.firing();
            state.evaluate(at(t), holds);
            if (state.firing() && !fired) {
                alerts.push_back({0, subject, state.active_at(), at(t)});
            }
            if (!state.firing() && fired) alerts.back().resolved_at = at(t);
        }
    }
    return alerts;
}

/// Steps at random scrapes; a counter goes up, or is gone and begins anew.
void fill(Series& series, bool counter, sim::RandomStream& random) {
    double value = static_cast<double>(random.below(5));
    series = {{at(0), value}};
    bool there = true;
    for (std::int64_t s = scrape_s; s < end_s; s += scrape_s) {
        if (random.below(6) != 0) continue;
        if (there && random.below(4) == 0) {
            series.push_back({at(s), absent_value});
            there = false;
            continue;
        }
        const double drawn = static_cast<double>(random.below(5));
        const double next = counter && there ? value + drawn : drawn;
        if (there && next == value) continue;
        value = next;
        series.push_back({at(s), value});
        there = true;
    }
}

}  // namespace

TEST_CASE("property: evaluations that are left out would have changed nothing") {
    std::size_t fired = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        sim::RandomStream random{seed, 0, sim::Draw::search, 0};
        const bool counter = seed % 2 == 0;
        const Metric metric = counter ? Metric::isr_shrinks : Metric::under_replicated;
        SeriesStore store = store_of({metric}, 3);
        for (std::uint32_t m = 0; m < 3; ++m) fill(series_of(store, metric, m), counter, random);
        AlertTerm term{.metric = metric,
                       .of = static_cast<Aggregate>(random.below(5)),
                       .is = Comparison::above,
                       .threshold = static_cast<double>(random.below(6))};
        if (counter) term.window = sim::seconds(60 + 30 * static_cast<int>(random.below(8)));
        const AlertRule rule = rule_of(term,
                                       15 * static_cast<std::int64_t>(random.below(10)),
                                       20 * static_cast<std::int64_t>(random.below(4)));
        std::vector<Subject> subjects{{.cluster = ClusterId{0}}};
        if (term.of == Aggregate::value) {
            subjects.clear();
            for (std::uint32_t m = 0; m < 3; ++m) {
                subjects.push_back({.cluster = ClusterId{0}, .machine = MachineId{m}});
            }
        }

        const std::vector<Alert> expected = naive_alerts(rule, store, subjects);
        const std::vector<Alert> alerts = alerts_of(rule, store);

        REQUIRE(alerts.size() == expected.size());
        for (std::size_t i = 0; i < alerts.size(); ++i) {
            CHECK(alerts[i].subject == expected[i].subject);
            CHECK(alerts[i].active_at == expected[i].active_at);
            CHECK(alerts[i].fired_at == expected[i].fired_at);
            CHECK(alerts[i].resolved_at == expected[i].resolved_at);
        }
        fired += alerts.size();
    }
    CHECK(fired > 500);
}

TEST_CASE("a rule reads as Prometheus would write it") {
    AlertRule rule =
        rule_of({.metric = Metric::isr_shrinks, .of = Aggregate::sum, .window = sim::seconds(600)});
    CHECK(expression_text(rule) ==
          "sum by (cluster) (increase(kafka_server_replicamanager_isrshrinks_total[600s])) > 0");
    rule = rule_of(broker_down);
    rule.also =
        AlertTerm{.metric = Metric::machine_in_step, .is = Comparison::equal, .threshold = 0};
    CHECK(expression_text(rule) ==
          "up{job=\"kafka\"} == 0 and on (cluster, machine) rollcast_machine_in_step == 0");
}
