#include "report/page/page_data.hpp"

#include <cmath>

#include "models/metrics.hpp"
#include "report/names.hpp"

namespace rollcast::report {
namespace {

using models::Fleet;
using models::Metric;

constexpr int drawn_digits = 5;  // of a value that is drawn

/// `value` to `drawn_digits`; null where it is absent.
Json drawn(double value) {
    if (!std::isfinite(value)) return nullptr;
    if (value == 0.0) return 0;
    const double size = std::floor(std::log10(std::fabs(value)));
    const double parts = std::pow(10.0, drawn_digits - 1 - size);
    const double rounded = std::round(value * parts) / parts;
    if (rounded == std::floor(rounded) && std::fabs(rounded) < 9e15) {
        return static_cast<std::int64_t>(rounded);
    }
    return rounded;
}

template <class Id>
std::int64_t index_of(Id id) {
    return id.exists() ? static_cast<std::int64_t>(id.index()) : -1;
}

Json stack_words_json(const models::Stack& stack) {
    return {{"os", stack.os},
            {"kafka", stack.kafka_version},
            {"protocol", stack.inter_broker_protocol},
            {"auth", stack.auth}};
}

Json clusters_json(const Fleet& fleet) {
    Json clusters = Json::array();
    for (const models::Cluster& cluster : fleet.clusters()) {
        Json racks = Json::array();
        for (const models::RackId r : cluster.racks()) racks.push_back(fleet.racks()[r].name);
        clusters.push_back(
            {{"name", cluster.name},
             {"control_plane",
              cluster.quorum_kind == models::QuorumKind::zookeeper ? "ZooKeeper" : "KRaft"},
             {"racks", std::move(racks)},
             {"now", stack_words_json(cluster.stack)},
             {"next", stack_words_json(cluster.target)}});
    }
    return clusters;
}

Json machines_json(const Fleet& fleet) {
    Json machines = Json::array();
    for (const models::Machine& machine : fleet.machines()) {
        const models::Cluster& cluster = fleet.clusters()[machine.cluster];
        const int kind = machine.quorum_node.exists() ? (machine.broker.exists() ? 2 : 1) : 0;
        machines.push_back(Json::array({machine.name,
                                        machine.cluster.index(),
                                        machine.rack.index() - cluster.first_rack,
                                        kind}));
    }
    return machines;
}

Json steps_json(const models::Verdict& verdict) {
    Json steps = Json::array();
    for (const models::MachineTimes& times : verdict.machines) {
        steps.push_back(Json::array({times.machine.index(),
                                     times.batch,
                                     models::to_string(times.reached),
                                     json_seconds(times.start),
                                     json_seconds(times.stopped),
                                     json_seconds(times.registered),
                                     json_seconds(times.in_sync),
                                     json_seconds(times.end)}));
    }
    return steps;
}

Json faults_json(const models::Case& a_case, const models::WatchedRun& run) {
    Json faults = Json::array();
    for (std::size_t i = 0; i < a_case.faults.size(); ++i) {
        faults.push_back({{"name", a_case.faults[i].name},
                          {"text", fault_text(a_case.fleet, a_case.faults[i])},
                          {"at_s", json_seconds(run.fault_starts[i])}});
    }
    return faults;
}

Json alert_rules_json(const models::AlertRules& rules) {
    Json all = Json::array();
    for (const models::AlertRule& rule : rules.rules) {
        all.push_back({{"name", rule.name},
                       {"severity", rule.severity},
                       {"failure", models::to_string(rule.failure)},
                       {"meaning", rule.meaning},
                       {"expression", models::expression_text(rule)}});
    }
    return all;
}

Json alerts_json(const models::WatchedRun& run) {
    Json alerts = Json::array();
    for (const models::Alert& alert : run.alerts) {
        alerts.push_back(Json::array({alert.rule,
                                      index_of(alert.subject.cluster),
                                      index_of(alert.subject.machine),
                                      index_of(alert.subject.group),
                                      json_seconds(alert.active_at),
                                      json_seconds(alert.fired_at),
                                      json_seconds(alert.resolved_at)}));
    }
    return alerts;
}

Json noticed_json(const models::WatchedRun& run) {
    Json noticed = Json::array();
    for (const models::Noticed& each : run.noticed) {
        noticed.push_back(Json::array({models::to_string(each.check),
                                       json_seconds(each.at),
                                       index_of(each.subject.cluster),
                                       index_of(each.subject.machine)}));
    }
    return noticed;
}

Json metrics_json() {
    Json metrics = Json::array();
    for (const models::MetricInfo& info : models::all_metrics()) {
        const bool counter = info.type == models::MetricType::counter;
        metrics.push_back({{"name", info.name},
                           {"unit", info.unit},
                           {"type", counter ? "counter" : "gauge"},
                           {"labels", models::labels_of(info.source)},
                           {"meaning", info.meaning}});
    }
    return metrics;
}

/// A counter of what flows: its rate says more than its sum.
bool flows(const models::MetricInfo& info) {
    return info.type == models::MetricType::counter &&
           (info.unit == "bytes" || info.unit == "seconds");
}

std::int64_t whole_seconds(sim::Instant at) {
    return static_cast<std::int64_t>(std::llround(sim::to_seconds(at.since_start())));
}

/// The points of one series; empty where it is 0 all the time.
Json points_json(const models::Series& series, bool rate) {
    Json times = Json::array();
    Json values = Json::array();
    Json slopes = Json::array();
    bool something = false;
    bool slopes_matter = false;
    std::int64_t before = 0;
    Json last;
    for (const models::Point& point : series) {
        Json value = !point.present() ? Json(nullptr) : drawn(rate ? point.per_s : point.value);
        Json slope = rate || !point.present() ? Json(0) : drawn(point.per_s);
        const bool same =
            !times.empty() && value == values.back() && slope == 0 && slopes.back() == 0;
        if (same) continue;
        const std::int64_t at = std::max<std::int64_t>(0, whole_seconds(point.at));
        times.push_back(at - before);
        before = at;
        something = something || value != 0 || slope != 0;
        slopes_matter = slopes_matter || slope != 0;
        values.push_back(std::move(value));
        slopes.push_back(std::move(slope));
    }
    if (!something) return Json::array();
    Json points = Json::array({std::move(times), std::move(values)});
    if (slopes_matter) points.push_back(std::move(slopes));
    return points;
}

/// Kind and index of who a series is about.
std::pair<int, std::int64_t> subject_of(const models::Subject& subject) {
    if (subject.group.exists()) return {2, index_of(subject.group)};
    if (subject.machine.exists()) return {1, index_of(subject.machine)};
    return {0, index_of(subject.cluster)};
}

Json series_json(const models::WatchedRun& run) {
    Json all = Json::array();
    for (const models::SeriesStore& store : run.series) {
        for (const models::Target& target : store.targets()) {
            const auto [kind, index] = subject_of(target.subject);
            for (const Metric metric : store.metrics_of(target.source)) {
                const models::Series* series = store.find(target, metric);
                const models::MetricInfo& info = models::info_of(metric);
                Json points = points_json(*series, flows(info));
                if (points.empty()) continue;
                Json row = Json::array({static_cast<int>(metric), kind, index});
                for (Json& part : points) row.push_back(std::move(part));
                all.push_back(std::move(row));
            }
        }
    }
    return all;
}

Json groups_json(const Fleet& fleet) {
    Json groups = Json::array();
    for (const models::ConsumerGroup& group : fleet.groups()) {
        groups.push_back({{"name", group.name},
                          {"cluster", group.cluster.index()},
                          {"objective_s", json_seconds(group.lag_objective)}});
    }
    return groups;
}

}  // namespace

Json page_data(const models::Case& a_case,
               const models::AlertRules& rules,
               const models::WatchedRun& run,
               Json result) {
    return {{"result", std::move(result)},
            {"end_s", json_seconds(run.end)},
            {"clock_s", json_seconds(a_case.curve.start_of_run())},
            {"clusters", clusters_json(a_case.fleet)},
            {"groups", groups_json(a_case.fleet)},
            {"machines", machines_json(a_case.fleet)},
            {"steps", steps_json(run.verdict)},
            {"faults", faults_json(a_case, run)},
            {"alert_rules", alert_rules_json(rules)},
            {"alerts", alerts_json(run)},
            {"noticed", noticed_json(run)},
            {"metrics", metrics_json()},
            {"series", series_json(run)}};
}

}  // namespace rollcast::report
