#include "report/prometheus/own_rules.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/numbers.hpp"
#include "scenarios/format/diagnostic.hpp"

namespace rollcast::report {
namespace {

using models::AlertRule;
using models::AlertTerm;
using models::Fleet;
using models::MetricSource;

/// A string that JSON, YAML and PromQL read in the same way.
std::string json_quoted(std::string_view text) {
    return Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
    return text;
}

bool waits_for_absence(const AlertRule& rule) {
    return rule.when.of == models::Aggregate::absent ||
           (rule.also && rule.also->of == models::Aggregate::absent);
}

/// Whether `cluster` has targets of `source`.
bool has_source(const Fleet& fleet, models::ClusterId c, MetricSource source) {
    const models::Cluster& cluster = fleet.clusters()[c];
    if (source == MetricSource::zookeeper) {
        return cluster.quorum_kind == models::QuorumKind::zookeeper &&
               cluster.quorum_node_count > 0;
    }
    if (source == MetricSource::quorum_node) return cluster.quorum_node_count > 0;
    if (source != MetricSource::group) return true;
    return std::any_of(fleet.groups().begin(), fleet.groups().end(), [c](const auto& group) {
        return group.cluster == c;
    });
}

/// `absent(x) by (cluster)` stands in texts for what PromQL says cluster by cluster.
std::string absent_in(std::string text, const std::string& cluster) {
    constexpr std::string_view before = "absent(";
    constexpr std::string_view after = ") by (cluster)";
    const std::size_t begin = text.find(before);
    const std::size_t end = text.find(after, begin);
    if (begin == std::string::npos || end == std::string::npos) return text;
    std::string inside = text.substr(begin + before.size(), end - begin - before.size());
    const std::string matcher = fmt::format("cluster={}", json_quoted(cluster));
    if (inside.ends_with('}')) {
        inside.insert(inside.size() - 1, "," + matcher);
    } else {
        inside += "{" + matcher + "}";
    }
    return text.replace(begin, end + after.size() - begin, fmt::format("absent({})", inside));
}

void take_interval_off(AlertTerm& term, sim::Duration interval) {
    if (term.window) term.window = std::max(interval, *term.window - interval);
}

std::string seconds_text_of(sim::Duration d) {
    return fmt::format("{}s", d.count() / 1'000'000'000);
}

scenarios::PrometheusRule prometheus_rule(const AlertRule& rule, std::string expression) {
    scenarios::PrometheusRule out;
    out.group = "rollcast";
    out.alert = rule.name;
    out.expression = std::move(expression);
    if (rule.hold > sim::Duration{}) out.hold = seconds_text_of(rule.hold);
    if (rule.keep_firing > sim::Duration{}) out.keep_firing = seconds_text_of(rule.keep_firing);
    out.labels = {{"severity", rule.severity}};
    // What is in braces would be a template.
    out.annotations = {{"summary", replaced(rule.meaning, "{{", "{ {")}};
    return out;
}

std::string rule_yaml(const scenarios::PrometheusRule& rule) {
    std::string text = fmt::format("      - {}: {}\n        expr: {}\n",
                                   rule.alert.empty() ? "record" : "alert",
                                   json_quoted(rule.name()),
                                   json_quoted(rule.expression));
    if (!rule.hold.empty()) text += fmt::format("        for: {}\n", rule.hold);
    if (!rule.keep_firing.empty()) {
        text += fmt::format("        keep_firing_for: {}\n", rule.keep_firing);
    }
    const auto add = [&](const char* key, const auto& pairs) {
        for (const auto& [name, value] : pairs) {
            text +=
                fmt::format("        {}: {{{}: {}}}\n", key, json_quoted(name), json_quoted(value));
        }
    };
    add("labels", rule.labels);
    add("annotations", rule.annotations);
    return text;
}

constexpr const char* own_rules_head =
    R"(# The alert rules of rollcast, for a Prometheus of version 2.42 or later.
#
# They look at what the JMX exporter with Strimzi's rules, node_exporter, blackbox_exporter,
# kafka_exporter, kafka-lag-exporter and ZooKeeper's own exporter give. By relabelling, every series
# needs the label `cluster`, those of a machine the label `machine`, and the scrape jobs are called
# kafka, quorum (ZooKeeper servers or KRaft controllers), node, probe and so on: docs/export.md has
# the list. rollcast_machine_in_step and rollcast_step_findings_total come from whatever takes the
# machines down; without the first no rule that waits for it fires.
groups:
  - name: rollcast-from-exporters
    interval: 15s
    rules:
)";

/// kafka_exporter has the leader of every partition; the rules look at how many have none.
scenarios::PrometheusRule leaderless_record() {
    scenarios::PrometheusRule record;
    record.record = "rollcast_leaderless_partitions";
    record.expression =
        "count by (cluster) (kafka_topic_partition_leader == -1) or "
        "0 * count by (cluster) (kafka_topic_partition_leader)";
    return record;
}

}  // namespace

std::vector<scenarios::PrometheusRule> own_rules(const models::AlertRules& rules,
                                                 const Fleet& fleet,
                                                 RangeForm form) {
    std::vector<scenarios::PrometheusRule> out;
    for (AlertRule rule : rules.rules) {
        if (form == RangeForm::between_scrapes) {
            take_interval_off(rule.when, rules.scrape_interval);
            if (rule.also) take_interval_off(*rule.also, rules.scrape_interval);
        }
        const std::string text = replaced(models::expression_text(rule),
                                          "kafka_topic_partition_leader",
                                          "rollcast_leaderless_partitions");
        if (!waits_for_absence(rule)) {
            out.push_back(prometheus_rule(rule, text));
            continue;
        }
        const MetricSource source = models::info_of(rule.when.metric).source;
        for (const models::ClusterId c :
             models::Range<models::ClusterId>(fleet.clusters().size())) {
            if (!has_source(fleet, c, source)) continue;
            out.push_back(prometheus_rule(rule, absent_in(text, fleet.clusters()[c].name)));
        }
    }
    return out;
}

std::string own_rule_file(const models::AlertRules& rules, const Fleet& fleet) {
    std::string text = own_rules_head + rule_yaml(leaderless_record());
    text += "  - name: rollcast\n    interval: 15s\n    rules:\n";
    for (const scenarios::PrometheusRule& rule : own_rules(rules, fleet, RangeForm::as_meant)) {
        text += rule_yaml(rule);
    }
    return text;
}

}  // namespace rollcast::report
