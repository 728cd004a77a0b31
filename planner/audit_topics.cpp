#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "planner/audit_checks.hpp"
#include "planner/text.hpp"

namespace rollcast::planner::checks {

namespace {

using models::Case;
using models::Fleet;
using models::Partition;
using models::PartitionId;
using models::Topic;
using models::TopicId;

std::string name_of(const Fleet& fleet, const Topic& topic) {
    return fleet.clusters()[topic.cluster].name + "/" + topic.name;
}

sim::Bytes stored_once(const Fleet& fleet, const Topic& topic) {
    sim::Bytes stored{};
    for (const PartitionId p : topic.partitions()) {
        stored += sim::Bytes{fleet.partitions()[p].stored_bytes};
    }
    return stored;
}

/// Partitions of a topic whose ISR has no replica to spare above the floor.
struct ZeroSlack {
    std::uint64_t count = 0;
    std::uint64_t out_of_sync = 0;  // of these: some replica is out of the ISR
    sim::Bytes stored{};            // of one replica of each
    std::vector<std::string> examples;
    int isr = 0;    // of the first
    int floor = 0;  // of the first
};

ZeroSlack zero_slack_of(const Fleet& fleet, const Topic& topic) {
    ZeroSlack found;
    for (const PartitionId p : topic.partitions()) {
        const Partition& partition = fleet.partitions()[p];
        const int isr = models::isr_size(partition.isr);
        if (isr > partition.floor) continue;
        if (found.count == 0) {
            found.isr = isr;
            found.floor = partition.floor;
        }
        ++found.count;
        if (isr < partition.rf) ++found.out_of_sync;
        found.stored += sim::Bytes{partition.stored_bytes};
        if (found.examples.size() < 5) found.examples.push_back(fleet.partition_name(p));
    }
    return found;
}

std::string zero_slack_fix(const Topic& topic, const ZeroSlack& found) {
    std::string fix;
    if (found.out_of_sync > 0) fix = "bring the replicas that are out of sync back first; ";
    fix += fmt::format(
        "raise RF to {} while the migration runs, or move each replica off its "
        "broker before that broker's step",
        topic.rf + 1);
    if (topic.min_isr > 1) fix += fmt::format(", or lower min ISR to {}", topic.min_isr - 1);
    return fix + ", or accept the breach";
}

std::string zero_slack_cost(const Topic& topic, const ZeroSlack& found) {
    std::string cost = fmt::format("one more replica: {}; moving every replica once: {}",
                                   text(found.stored),
                                   text(found.stored * topic.rf));
    if (topic.min_isr > 1) {
        cost +=
            fmt::format("; a lower min ISR: acks=all waits for {} copies only", topic.min_isr - 1);
    }
    return cost + "; accepting: counted and timed apart, never as safe";
}

void zero_slack_finding(const Fleet& fleet, const Topic& topic, Findings& findings) {
    ZeroSlack found = zero_slack_of(fleet, topic);
    if (found.count == 0) return;
    Finding finding;
    finding.code = "RC3001";
    finding.kind = "zero_slack";
    finding.severity = topic.accepted ? Severity::note : Severity::blocks;
    finding.subject = name_of(fleet, topic);
    finding.message = fmt::format(
        "{} of {} with {} in sync and a floor of {}: any step of their brokers takes them below "
        "it, so no plan in place protects them",
        counted(found.count, "partition"),
        finding.subject,
        counted(static_cast<std::uint64_t>(found.isr), "replica"),
        found.floor);
    finding.fix = zero_slack_fix(topic, found);
    finding.cost = zero_slack_cost(topic, found);
    finding.count = found.count;
    finding.examples = std::move(found.examples);
    finding.accepted = topic.accepted;
    findings.push_back(std::move(finding));
}

void replication_findings(const Fleet& fleet, const Topic& topic, Findings& findings) {
    const std::string name = name_of(fleet, topic);
    const std::string one_more =
        fmt::format("one more replica: {}", text(stored_once(fleet, topic)));
    const auto add = [&](const char* code,
                         const char* kind,
                         Severity severity,
                         std::string message,
                         std::string fix,
                         std::string cost) {
        findings.push_back({code,
                            kind,
                            severity,
                            name,
                            std::move(message),
                            std::move(fix),
                            std::move(cost),
                            topic.partition_count,
                            {},
                            topic.accepted});
    };
    if (topic.rf == 1) {
        add("RC3003",
            "rf_one",
            Severity::warning,
            fmt::format("{} keeps one replica: it is away whenever its broker is", name),
            "raise RF to 3",
            fmt::format("two more replicas: {}", text(stored_once(fleet, topic) * 2)));
    } else if (topic.rf == 2) {
        add("RC3004",
            "rf_two",
            Severity::warning,
            fmt::format("{} keeps two replicas: during a step one copy is left", name),
            "raise RF to 3",
            one_more);
    }
    if (topic.rf >= 2 && topic.min_isr >= topic.rf) {
        add("RC3005",
            "min_isr_equals_rf",
            Severity::warning,
            fmt::format("{} has min ISR {} and RF {}: acks=all producers stop whenever one replica "
                        "is out of sync",
                        name,
                        topic.min_isr,
                        topic.rf),
            fmt::format("lower min ISR to {} or raise RF to {}", topic.rf - 1, topic.rf + 1),
            one_more);
    }
}

/// One finding for all topics of a cluster for which `concerns` holds; accepted where `accepts`
/// holds for each of them.
template <class Concerns, class Accepts>
void cluster_finding(const Case& a_case,
                     Findings& findings,
                     const Finding& pattern,
                     const std::string& what,
                     Concerns concerns,
                     Accepts accepts) {
    const Fleet& fleet = a_case.fleet;
    for (const models::Cluster& cluster : fleet.clusters()) {
        Finding finding = pattern;
        finding.subject = cluster.name;
        finding.accepted = true;
        for (const TopicId t : cluster.topics()) {
            if (!concerns(fleet.topics()[t])) continue;
            ++finding.count;
            finding.accepted = finding.accepted && accepts(fleet.topics()[t]);
            if (finding.examples.size() < 5) {
                finding.examples.push_back(name_of(fleet, fleet.topics()[t]));
            }
        }
        if (finding.count == 0) continue;
        finding.message =
            fmt::format("{} of {} {}", counted(finding.count, "topic"), cluster.name, what);
        findings.push_back(std::move(finding));
    }
}

Finding pattern(
    const char* code, const char* kind, Severity severity, const char* fix, const char* cost) {
    Finding finding;
    finding.code = code;
    finding.kind = kind;
    finding.severity = severity;
    finding.fix = fix;
    finding.cost = cost;
    return finding;
}

}  // namespace

void topics(const Case& a_case, Findings& findings) {
    const auto wholly_accepted = [](const Topic& t) { return t.accepted; };
    for (const Topic& topic : a_case.fleet.topics()) {
        zero_slack_finding(a_case.fleet, topic, findings);
        replication_findings(a_case.fleet, topic, findings);
    }
    cluster_finding(
        a_case,
        findings,
        pattern("RC3006",
                "min_isr_one",
                Severity::note,
                "set min ISR to 2",
                "none in bytes; acks=all then fails where one copy is left"),
        "with RF 3 or more have min ISR 1, so acks=all may mean one copy; a floor of 2 "
        "stands in for it here",
        [](const Topic& t) { return t.rf >= 3 && t.min_isr <= 1 && t.isr_floor == 0; },
        wholly_accepted);
    cluster_finding(
        a_case,
        findings,
        pattern("RC3011",
                "acks_one",
                Severity::warning,
                "set acks=all in these producers before their brokers are touched",
                "a round trip to the followers on every batch"),
        "get writes with acks=1 or 0: what the leader has not replicated is lost when "
        "it fails",
        [](const Topic& t) { return t.acks_all < 1.0; },
        wholly_accepted);
    cluster_finding(
        a_case,
        findings,
        pattern("RC3012",
                "no_retries",
                Severity::warning,
                "set retries and delivery.timeout.ms in these producers",
                "none in bytes; a restart of the producers"),
        "have producers without retries: every leader move reaches the application as "
        "an error",
        [](const Topic& t) { return !t.retries; },
        [](const Topic& t) { return t.accepted || t.errors_accepted; });
}

}  // namespace rollcast::planner::checks
