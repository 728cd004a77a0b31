#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "planner/audit_checks.hpp"
#include "planner/text.hpp"

namespace rollcast::planner::checks {

namespace {

using models::Case;
using models::Cluster;
using models::Fleet;
using models::Partition;
using models::PartitionId;

void example(Finding& finding, const Fleet& fleet, PartitionId p) {
    ++finding.count;
    if (finding.examples.size() < 5) finding.examples.push_back(fleet.partition_name(p));
}

/// Replicas that would have to move so that a partition spans as many racks as it can.
int misplaced(const Fleet& fleet, const Cluster& cluster, PartitionId p) {
    std::vector<models::RackId> racks;
    for (const models::BrokerId b : fleet.replicas(p)) racks.push_back(fleet.brokers()[b].rack);
    std::sort(racks.begin(), racks.end());
    const auto distinct = std::unique(racks.begin(), racks.end()) - racks.begin();
    const auto possible = std::min<std::ptrdiff_t>(fleet.partitions()[p].rf, cluster.rack_count);
    return static_cast<int>(possible - distinct);
}

void rack_violations(const Fleet& fleet, const Cluster& cluster, Findings& findings) {
    Finding finding;
    finding.code = "RC3002";
    finding.kind = "rack_violation";
    finding.severity = Severity::warning;
    finding.subject = cluster.name;
    std::uint64_t moves = 0;
    sim::Bytes bytes{};
    for (const PartitionId p : cluster.partitions()) {
        const int wrong = misplaced(fleet, cluster, p);
        if (wrong <= 0) continue;
        example(finding, fleet, p);
        moves += static_cast<std::uint64_t>(wrong);
        bytes += sim::Bytes{fleet.partitions()[p].stored_bytes} * wrong;
    }
    if (finding.count == 0) return;
    finding.message = fmt::format(
        "{} of {} ({:.2f} %) put two replicas into one rack: taking that rack down at once takes "
        "both",
        counted(finding.count, "partition"),
        cluster.name,
        100.0 * static_cast<double>(finding.count) / cluster.partition_count);
    finding.fix = fmt::format("move {} into racks of their own, then a whole rack may go at once",
                              counted(moves, "replica"));
    finding.cost = fmt::format("{} moved", text(bytes));
    findings.push_back(std::move(finding));
}

void few_racks(const Fleet& fleet, const Cluster& cluster, Findings& findings) {
    int most = 0;
    for (const models::TopicId t : cluster.topics()) most = std::max(most, fleet.topics()[t].rf);
    if (static_cast<int>(cluster.rack_count) >= most) return;
    findings.push_back({"RC3025",
                        "few_racks",
                        Severity::note,
                        cluster.name,
                        fmt::format("{} has {} for RF {}: some rack holds two replicas of a "
                                    "partition, so no whole rack may go at once",
                                    cluster.name,
                                    counted(cluster.rack_count, "rack"),
                                    most),
                        "name the racks if they are not known, or spread the brokers over more",
                        "none where only the names are missing",
                        cluster.rack_count,
                        {},
                        false});
}

/// One finding a cluster for the partitions for which `concerns` holds.
template <class Concerns>
void partition_finding(const Fleet& fleet,
                       const Cluster& cluster,
                       Finding finding,
                       const char* what,
                       Findings& findings,
                       Concerns concerns) {
    for (const PartitionId p : cluster.partitions()) {
        if (concerns(fleet.partitions()[p])) example(finding, fleet, p);
    }
    if (finding.count == 0) return;
    finding.subject = cluster.name;
    finding.message =
        fmt::format("{} of {} {}", counted(finding.count, "partition"), cluster.name, what);
    findings.push_back(std::move(finding));
}

void out_of_sync(const Fleet& fleet, const Cluster& cluster, Findings& findings) {
    const auto accepted = [&](const Partition& p) { return fleet.topics()[p.topic].accepted; };
    Finding under{"RC3019",
                  "under_replicated",
                  Severity::warning,
                  {},
                  {},
                  "let the replicas catch up, or repair their brokers, before the first step",
                  "hours of catch-up",
                  0,
                  {},
                  false};
    partition_finding(fleet,
                      cluster,
                      under,
                      "have a replica out of sync at the start: its slack is gone until it is back",
                      findings,
                      [](const Partition& p) { return models::isr_size(p.isr) < p.rf; });
    Finding below{"RC3022",
                  "isr_below_floor",
                  Severity::blocks,
                  {},
                  {},
                  "repair these before anything else; no plan makes them safe",
                  "hours of catch-up",
                  0,
                  {},
                  false};
    partition_finding(
        fleet,
        cluster,
        below,
        "are below their ISR floor already, before any step",
        findings,
        [&](const Partition& p) { return !accepted(p) && models::isr_size(p.isr) < p.floor; });
    Finding offline{"RC3023",
                    "no_leader",
                    Severity::blocks,
                    {},
                    {},
                    "bring a replica of the last ISR back",
                    "repair of its broker",
                    0,
                    {},
                    false};
    partition_finding(
        fleet, cluster, offline, "have no leader at the start", findings, [&](const Partition& p) {
            return !accepted(p) && p.leader < 0;
        });
}

}  // namespace

void placement(const Case& a_case, Findings& findings) {
    for (const Cluster& cluster : a_case.fleet.clusters()) {
        rack_violations(a_case.fleet, cluster, findings);
        few_racks(a_case.fleet, cluster, findings);
        out_of_sync(a_case.fleet, cluster, findings);
    }
}

}  // namespace rollcast::planner::checks
