#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "models/capacity.hpp"
#include "models/nominal_step.hpp"
#include "planner/audit_checks.hpp"
#include "planner/text.hpp"

namespace rollcast::planner::checks {

namespace {

using models::BrokerId;
using models::Case;
using models::Cluster;
using models::Fleet;
using models::RackId;

std::string rate(double bytes_per_s) {
    return text(sim::Bytes{static_cast<std::int64_t>(bytes_per_s)}) + "/s";
}

bool catches_up(const Case& a_case, BrokerId b, double load) {
    const models::NominalStep step =
        models::nominal_step(a_case, a_case.fleet.brokers()[b].machine, models::DataDisk::keep);
    const sim::Duration down = step.until_registered - step.until_stopped;
    return models::uncontended_catch_up(a_case, b, down, models::DataDisk::keep, load).converges;
}

/// A broker whose live writes fill its way in never rejoins while that load lasts
/// (kafka-semantics §4.2, planner finding 5).
void broker_cliff(const Case& a_case, const Cluster& cluster, Findings& findings) {
    const Fleet& fleet = a_case.fleet;
    Finding finding{"RC3015",
                    "stability_cliff",
                    Severity::warning,
                    cluster.name,
                    {},
                    "raise or remove the throttle, or move replicas off these brokers",
                    "catch-up then takes bandwidth from clients",
                    0,
                    {},
                    false};
    double narrowest = 0.0;
    double writes = 0.0;
    for (const BrokerId b : cluster.brokers()) {
        if (catches_up(a_case, b, a_case.curve.highest())) continue;
        if (!catches_up(a_case, b, 1.0)) finding.severity = Severity::blocks;
        if (finding.count == 0) {
            narrowest = models::catch_up_capacity(fleet, b);
            writes =
                static_cast<double>(fleet.hosted_write_rate(b).count()) * a_case.curve.highest();
        }
        ++finding.count;
        if (finding.examples.size() < 5) finding.examples.push_back(fleet.brokers()[b].host);
    }
    if (finding.count == 0) return;
    finding.message = fmt::format(
        "{} of {} cannot catch up {}: {} takes in at most {} and its replicas get {} at the peak",
        counted(finding.count, "broker"),
        cluster.name,
        finding.severity == Severity::blocks ? "at mean load" : "at the peak",
        finding.examples.front(),
        rate(narrowest),
        rate(writes));
    findings.push_back(std::move(finding));
}

/// The whole rack behind its uplink: all its replicas are followers at first.
void rack_cliff(const Case& a_case, const Cluster& cluster, Findings& findings) {
    const Fleet& fleet = a_case.fleet;
    std::vector<double> writes(cluster.rack_count, 0.0);
    for (const BrokerId b : cluster.brokers()) {
        writes[fleet.brokers()[b].rack.value - cluster.first_rack] +=
            static_cast<double>(fleet.hosted_write_rate(b).count()) * a_case.curve.highest();
    }
    Finding finding{"RC3016",
                    "rack_cliff",
                    Severity::warning,
                    cluster.name,
                    {},
                    "take down fewer brokers of the rack at once (max_down), or widen the uplink",
                    "a longer plan",
                    0,
                    {},
                    false};
    for (const RackId r : cluster.racks()) {
        const double uplink = models::as_capacity(fleet.racks()[r].uplink_down);
        const double needed = writes[r.value - cluster.first_rack];
        if (needed < uplink) continue;
        if (finding.count == 0) {
            finding.message = fmt::format(
                "rack {} of {} cannot catch up as a whole at the peak: its uplink brings {} and "
                "its "
                "replicas get {}",
                fleet.racks()[r].name,
                cluster.name,
                rate(uplink),
                rate(needed));
        }
        ++finding.count;
        if (finding.examples.size() < 5) finding.examples.push_back(fleet.racks()[r].name);
    }
    if (finding.count > 0) findings.push_back(std::move(finding));
}

/// Bytes/s that brokers send at mean load, by place in the cluster; with `down` a rack is away and
/// its partitions are led by the first replica left.
std::vector<double> sent(const Case& a_case,
                         const Cluster& cluster,
                         const std::vector<std::uint32_t>& readers,
                         RackId down) {
    const Fleet& fleet = a_case.fleet;
    std::vector<double> out(cluster.broker_count, 0.0);
    for (const models::PartitionId p : cluster.partitions()) {
        const models::Partition& partition = fleet.partitions()[p];
        const auto replicas = fleet.replicas(p);
        const auto up = [&](std::size_t slot) {
            return fleet.brokers()[replicas[slot]].rack != down;
        };
        std::size_t leader = partition.leader < 0 ? 0 : static_cast<std::size_t>(partition.leader);
        std::size_t live = 0;
        for (std::size_t slot = 0; slot < replicas.size(); ++slot) live += up(slot) ? 1 : 0;
        if (!up(leader)) {
            leader = 0;
            while (leader < replicas.size() && !(up(leader) && ((partition.isr >> leader) & 1U))) {
                ++leader;
            }
            if (leader == replicas.size()) continue;
        }
        const std::size_t copies = live - 1 + readers[partition.topic.index()];
        out[replicas[leader].value - cluster.first_broker] +=
            static_cast<double>(partition.write_bytes_per_s) * static_cast<double>(copies);
    }
    return out;
}

/// The largest share of any rate of a broker that `in` and `out` take.
double busiest(const Fleet& fleet, BrokerId b, double in, double out) {
    const models::Broker& broker = fleet.brokers()[b];
    return std::max({in / models::as_capacity(broker.nic_in),
                     out / models::as_capacity(broker.nic_out),
                     in / models::disk_write_capacity(fleet, b)});
}

void headroom(const Case& a_case,
              const Cluster& cluster,
              const std::vector<std::uint32_t>& readers,
              Findings& findings) {
    const Fleet& fleet = a_case.fleet;
    const double peak = a_case.curve.highest();
    const auto look = [&](RackId down, Finding& finding, const std::string& when) {
        const std::vector<double> out = sent(a_case, cluster, readers, down);
        for (const BrokerId b : cluster.brokers()) {
            if (fleet.brokers()[b].rack == down) continue;
            const double in = static_cast<double>(fleet.hosted_write_rate(b).count()) * peak;
            const double share = busiest(fleet, b, in, out[b.value - cluster.first_broker] * peak);
            if (share <= a_case.rules.headroom_limit) continue;
            if (finding.count == 0) {
                finding.message =
                    fmt::format("{} of {} is {:.0f} % busy at the peak{}, the limit is {:.0f} %",
                                fleet.brokers()[b].host,
                                cluster.name,
                                100.0 * share,
                                when,
                                100.0 * a_case.rules.headroom_limit);
            }
            ++finding.count;
            if (finding.examples.size() < 5) finding.examples.push_back(fleet.brokers()[b].host);
        }
    };
    Finding at_rest{"RC3017",
                    "load_headroom",
                    Severity::warning,
                    cluster.name,
                    {},
                    "move partitions off these brokers, or migrate outside the peak",
                    "the replicas that move",
                    0,
                    {},
                    false};
    look(RackId::none(), at_rest, " with every broker up");
    if (at_rest.count > 0) {
        findings.push_back(std::move(at_rest));
        return;
    }
    Finding rack_down{"RC3018",
                      "rack_down_headroom",
                      Severity::warning,
                      cluster.name,
                      {},
                      "keep whole racks to the hours below the peak, or take fewer at once",
                      "a longer plan",
                      0,
                      {},
                      false};
    for (const RackId r : cluster.racks()) {
        look(r, rack_down, " while rack " + fleet.racks()[r].name + " is down");
    }
    if (rack_down.count > 0) findings.push_back(std::move(rack_down));
}

}  // namespace

void load(const Case& a_case, Findings& findings) {
    std::vector<std::uint32_t> readers(a_case.fleet.topics().size(), 0);
    for (const models::ConsumerGroup& group : a_case.fleet.groups()) {
        for (const models::TopicId t : group.topics) ++readers[t.index()];
    }
    for (const Cluster& cluster : a_case.fleet.clusters()) {
        broker_cliff(a_case, cluster, findings);
        rack_cliff(a_case, cluster, findings);
        headroom(a_case, cluster, readers, findings);
    }
    if (a_case.rates_assumed) {
        findings.push_back({"RC3026",
                            "rates_assumed",
                            Severity::note,
                            a_case.fleet.name(),
                            "no write rate was measured: catch-up and makespans are assumed",
                            "import two log-dirs dumps with their times, or --rates FILE",
                            "none",
                            a_case.fleet.brokers().size(),
                            {},
                            false});
    }
}

}  // namespace rollcast::planner::checks
