#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "planner/audit_checks.hpp"
#include "planner/text.hpp"

namespace rollcast::planner::checks {

namespace {

using models::BrokerId;
using models::Case;
using models::Cluster;
using models::Fleet;
using models::QuorumNodeId;

/// What makes two hosts of one generation: number, class, size and rates of their disks.
struct Generation {
    std::uint32_t log_dirs = 0;
    models::DiskClass disk = models::DiskClass::hdd;
    std::int64_t capacity = 0;
    std::int64_t read_rate = 0;
    std::int64_t write_rate = 0;
    auto operator<=>(const Generation&) const = default;
};

Generation generation_of(const Fleet& fleet, BrokerId b) {
    const models::Broker& broker = fleet.brokers()[b];
    if (broker.log_dir_count == 0) return {};
    const models::LogDir& dir = fleet.log_dirs()[models::LogDirId{broker.first_log_dir}];
    return {broker.log_dir_count,
            dir.disk,
            dir.capacity.count(),
            dir.read_rate.count(),
            dir.write_rate.count()};
}

void disk_generations(const Fleet& fleet, const Cluster& cluster, Findings& findings) {
    std::vector<std::pair<Generation, BrokerId>> hosts;
    for (const BrokerId b : cluster.brokers()) hosts.emplace_back(generation_of(fleet, b), b);
    std::sort(hosts.begin(), hosts.end());
    std::size_t largest = 0;
    std::size_t generations = 0;
    std::vector<BrokerId> odd;  // all but the largest generation
    std::vector<std::pair<std::size_t, std::size_t>> runs;
    for (std::size_t i = 0; i < hosts.size();) {
        std::size_t j = i;
        while (j < hosts.size() && hosts[j].first == hosts[i].first) ++j;
        runs.emplace_back(i, j);
        largest = std::max(largest, j - i);
        ++generations;
        i = j;
    }
    if (generations < 2) return;
    bool skipped = false;
    for (const auto& [from, to] : runs) {
        if (!skipped && to - from == largest) {
            skipped = true;
            continue;
        }
        for (std::size_t i = from; i < to; ++i) odd.push_back(hosts[i].second);
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min<std::size_t>(5, odd.size()); ++i) {
        names.push_back(fleet.brokers()[odd[i]].host);
    }
    findings.push_back(
        {"RC3010",
         "disk_generations",
         Severity::warning,
         cluster.name,
         fmt::format("{} has hosts of {} disk generations, {} of them not of the most common one: "
                     "they catch up at another pace and pace whoever waits for them",
                     cluster.name,
                     generations,
                     odd.size()),
         "plan with the measured rates of each host, or give the slow ones batches of their own",
         "none in bytes",
         odd.size(),
         std::move(names),
         false});
}

bool is_rhel_9(std::string os) {
    std::transform(os.begin(), os.end(), os.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return os.find("rhel") != std::string::npos && os.find('9') != std::string::npos;
}

void certificates(const Fleet& fleet, const Cluster& cluster, Findings& findings) {
    if (!is_rhel_9(cluster.target.os)) return;
    Finding finding{"RC3014",
                    "sha1_certificate",
                    Severity::warning,
                    cluster.name,
                    {},
                    "issue a certificate signed with SHA-256 before the host's step",
                    "one certificate a host",
                    0,
                    {},
                    false};
    for (const BrokerId b : cluster.brokers()) {
        if (fleet.brokers()[b].certificate != models::SignatureStrength::sha1) continue;
        ++finding.count;
        if (finding.examples.size() < 5) finding.examples.push_back(fleet.brokers()[b].host);
    }
    if (finding.count == 0) return;
    finding.message = fmt::format(
        "{} of {} with a SHA-1 signed certificate: the default policy of {} refuses its handshakes "
        "after the re-image",
        counted(finding.count, "host"),
        cluster.name,
        cluster.target.os);
    findings.push_back(std::move(finding));
}

void protocol(const Cluster& cluster, Findings& findings) {
    const models::Stack& stack = cluster.stack;
    if (cluster.quorum_kind != models::QuorumKind::zookeeper) return;
    if (!stack.inter_broker_protocol.empty()) return;
    if (stack.kafka_version == cluster.target.kafka_version) return;
    findings.push_back(
        {"RC3013",
         "protocol_unpinned",
         Severity::warning,
         cluster.name,
         fmt::format("{} does not pin inter.broker.protocol.version: the first broker on {} raises "
                     "it, the old ones cannot follow and the way back is shut",
                     cluster.name,
                     cluster.target.kafka_version.empty() ? "the new version"
                                                          : cluster.target.kafka_version),
         fmt::format("pin it to {} on every broker first",
                     stack.kafka_version.empty() ? "today's version" : stack.kafka_version),
         "one rolling restart",
         cluster.broker_count,
         {},
         false});
}

void throttle(const Cluster& cluster, Findings& findings) {
    const models::ClusterConfig& config = cluster.config;
    const bool rate = config.leader_throttle != models::unlimited ||
                      config.follower_throttle != models::unlimited;
    if (!rate || config.throttle_lists) return;
    findings.push_back(
        {"RC3024",
         "throttle_without_lists",
         Severity::note,
         cluster.name,
         fmt::format("{} sets a replication throttle but no replica lists: it has no "
                     "effect",
                     cluster.name),
         "set leader. and follower.replication.throttled.replicas on the topics, or "
         "remove the rates",
         "none",
         cluster.broker_count,
         {},
         false});
}

std::string rack_counts(const Fleet& fleet,
                        const Cluster& cluster,
                        const std::vector<std::uint32_t>& nodes) {
    std::string all;
    for (std::size_t r = 0; r < nodes.size(); ++r) {
        if (nodes[r] == 0) continue;
        if (!all.empty()) all += ", ";
        const models::RackId rack{cluster.first_rack + static_cast<std::uint32_t>(r)};
        all += fmt::format("{} in {}", nodes[r], fleet.racks()[rack].name);
    }
    return all;
}

void quorum_layout(const Fleet& fleet, const Cluster& cluster, Findings& findings) {
    const std::uint32_t n = cluster.quorum_node_count;
    if (n == 0) return;
    std::vector<std::uint32_t> nodes(cluster.rack_count, 0);
    for (const QuorumNodeId q : cluster.quorum()) {
        ++nodes[fleet.quorum_nodes()[q].rack.value - cluster.first_rack];
    }
    const std::uint32_t spare = (n - 1) / 2;
    for (std::size_t r = 0; r < nodes.size(); ++r) {
        if (nodes[r] <= spare) continue;
        const models::RackId rack{cluster.first_rack + static_cast<std::uint32_t>(r)};
        findings.push_back(
            {"RC3007",
             "quorum_layout",
             Severity::warning,
             cluster.name,
             fmt::format("the {} quorum nodes of {} lie {}: losing rack {} takes the majority",
                         n,
                         cluster.name,
                         rack_counts(fleet, cluster, nodes),
                         fleet.racks()[rack].name),
             fmt::format("move {} of them to other racks", nodes[r] - spare),
             "a change of the ensemble, one node at a time",
             nodes[r],
             {},
             false});
    }
    if (n % 2 == 0) {
        findings.push_back(
            {"RC3008",
             "quorum_even",
             Severity::note,
             cluster.name,
             fmt::format("{} has {} quorum nodes: it survives no more failures than with {}",
                         cluster.name,
                         n,
                         n - 1),
             "run an odd number of nodes",
             "one node more or less",
             n,
             {},
             false});
    }
    if (spare == 0) {
        findings.push_back(
            {"RC3009",
             "quorum_no_spare",
             Severity::blocks,
             cluster.name,
             fmt::format("{} has {}: no plan can take {} down without losing the "
                         "quorum",
                         cluster.name,
                         counted(n, "quorum node"),
                         n == 1 ? "it" : "one"),
             fmt::format("grow the ensemble to 3 before the migration: add {} in "
                         "{}",
                         counted(3 - n, "node"),
                         n == 1 ? "two other racks" : "a third rack"),
             fmt::format("{} for the time of the migration", counted(3 - n, "machine")),
             n,
             {},
             false});
    }
}

}  // namespace

void quorums(const Case& a_case, Findings& findings) {
    for (const Cluster& cluster : a_case.fleet.clusters()) {
        quorum_layout(a_case.fleet, cluster, findings);
    }
}

void hosts(const Case& a_case, Findings& findings) {
    for (const Cluster& cluster : a_case.fleet.clusters()) {
        disk_generations(a_case.fleet, cluster, findings);
        certificates(a_case.fleet, cluster, findings);
        protocol(cluster, findings);
        throttle(cluster, findings);
    }
}

}  // namespace rollcast::planner::checks
