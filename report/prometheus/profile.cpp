#include "report/prometheus/profile.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "models/metrics.hpp"

namespace rollcast::report {
namespace {

using models::Metric;
using models::MetricSource;

/// One name of one metric, and the profiles that use it.
struct NameRow {
    Metric metric;
    std::string_view profiles;  // "s" Strimzi, "r" its reporter, "c" Confluent, "g" Grafana
    std::string_view name;
};

// What the table leaves out is called the same everywhere: see name_in_all.
constexpr std::array name_rows{
    NameRow{Metric::under_replicated, "g", "kafka_cluster_partition_underreplicated"},
    NameRow{Metric::at_min_isr, "src", "kafka_cluster_partition_atminisr"},
    NameRow{Metric::isr_shrinks, "sg", "kafka_server_replicamanager_isrshrinks_total"},
    NameRow{Metric::isr_shrinks, "r", "kafka_server_replicamanager_isrshrinkspersec_total"},
    NameRow{Metric::isr_shrinks, "cg", "kafka_server_replicamanager_isrshrinkspersec"},
    NameRow{Metric::isr_shrinks, "g", "kafka_server_replicamanager_total_isrshrinkspersec_count"},
    NameRow{Metric::isr_expands, "sg", "kafka_server_replicamanager_isrexpands_total"},
    NameRow{Metric::isr_expands, "r", "kafka_server_replicamanager_isrexpandspersec_total"},
    NameRow{Metric::isr_expands, "cg", "kafka_server_replicamanager_isrexpandspersec"},
    NameRow{Metric::isr_expands, "g", "kafka_server_replicamanager_total_isrexpandspersec_count"},
    NameRow{Metric::bytes_in, "sg", "kafka_server_brokertopicmetrics_bytesin_total"},
    NameRow{Metric::bytes_in, "r", "kafka_server_brokertopicmetrics_bytesinpersec_total"},
    NameRow{Metric::bytes_in, "c", "kafka_server_brokertopicmetrics_bytesinpersec"},
    NameRow{Metric::bytes_out, "sg", "kafka_server_brokertopicmetrics_bytesout_total"},
    NameRow{Metric::bytes_out, "r", "kafka_server_brokertopicmetrics_bytesoutpersec_total"},
    NameRow{Metric::bytes_out, "c", "kafka_server_brokertopicmetrics_bytesoutpersec"},
    NameRow{Metric::unclean_elections,
            "sg",
            "kafka_controller_controllerstats_uncleanleaderelections_total"},
    NameRow{Metric::unclean_elections,
            "r",
            "kafka_controller_controllerstats_uncleanleaderelectionspersec_total"},
    NameRow{Metric::unclean_elections,
            "cg",
            "kafka_controller_controllerstats_uncleanleaderelectionspersec"},
    NameRow{Metric::active_controller,
            "g",
            "kafka_controller_kafkacontroller_activecontrollercount_value"},
    NameRow{Metric::offline_partitions,
            "g",
            "kafka_controller_kafkacontroller_offlinepartitionscount_value"},
    NameRow{Metric::preferred_imbalance,
            "g",
            "kafka_controller_kafkacontroller_preferredreplicaimbalancecount_value"},
};

char letter_of(Profile profile) {
    switch (profile) {
        case Profile::rollcast:
            return '-';
        case Profile::strimzi:
            return 's';
        case Profile::strimzi_reporter:
            return 'r';
        case Profile::confluent:
            return 'c';
        case Profile::grafana:
            return 'g';
    }
    return '-';
}

/// Counters have no name that every profile shares; every other metric has one.
bool named_by_table(Metric metric) {
    return metric == Metric::isr_shrinks || metric == Metric::isr_expands ||
           metric == Metric::bytes_in || metric == Metric::bytes_out ||
           metric == Metric::unclean_elections;
}

/// A name without the matchers of a query. The metric of leaders has a series a partition in real
/// exporters; what the simulation counts from it has a name of its own.
std::string_view name_in_all(Metric metric) {
    if (metric == Metric::partition_leaderless) return "rollcast_leaderless_partitions";
    const std::string_view name = models::info_of(metric).name;
    return name.substr(0, name.find('{'));
}

/// What a target is, as scrape jobs call it.
std::string_view job_of(MetricSource source) {
    switch (source) {
        case MetricSource::broker:
            return "kafka";
        case MetricSource::controller:
            return "controller";
        case MetricSource::quorum_node:
            return "quorum";
        case MetricSource::zookeeper:
            return "zookeeper";
        case MetricSource::host:
            return "node";
        case MetricSource::probe:
            return "probe";
        case MetricSource::orchestrator:
            return "orchestrator";
        case MetricSource::cluster:
            return "kafka-exporter";
        case MetricSource::group:
            return "consumers";
    }
    return "";
}

/// The pod that runs the target under Strimzi: by its place in the cluster.
std::string pod_of(const models::Fleet& fleet, const models::Target& target) {
    const models::Cluster& cluster = fleet.clusters()[target.subject.cluster];
    if (!target.subject.machine.exists()) return cluster.name + "-kafka-exporter-0";
    const models::Machine& machine = fleet.machines()[target.subject.machine];
    const bool of_quorum =
        target.source == MetricSource::quorum_node || target.source == MetricSource::zookeeper;
    if (machine.broker.exists() && !of_quorum) {
        return fmt::format(
            "{}-kafka-{}", cluster.name, machine.broker.index() - cluster.first_broker);
    }
    const bool kraft = cluster.quorum_kind == models::QuorumKind::kraft;
    return fmt::format("{}-{}-{}",
                       cluster.name,
                       kraft ? "controller" : "zookeeper",
                       machine.quorum_node.index() - cluster.first_quorum_node);
}

bool in_a_pod(MetricSource source) {
    return source != MetricSource::host && source != MetricSource::orchestrator &&
           source != MetricSource::probe;
}

void add_strimzi(const models::Fleet& fleet,
                 const models::Target& target,
                 const std::string& cluster,
                 std::vector<Label>& labels) {
    labels.push_back({"strimzi_io_cluster", cluster});
    labels.push_back({"namespace", "kafka"});
    if (!in_a_pod(target.source)) return;
    const std::string pod = pod_of(fleet, target);
    labels.push_back({"kubernetes_pod_name", pod});
    labels.push_back({"pod", pod});
    const std::string_view kind = pod.find("-zookeeper-", cluster.size()) != std::string::npos
                                      ? "-zookeeper"
                                  : target.subject.machine.exists() ? "-kafka"
                                                                    : "-kafka-exporter";
    labels.push_back({"strimzi_io_name", cluster + std::string(kind)});
}

void add_own(const models::Fleet& fleet,
             const models::Target& target,
             const std::string& cluster,
             std::vector<Label>& labels) {
    labels.push_back({"cluster", cluster});
    labels.push_back({"job", std::string(job_of(target.source))});
    if (target.subject.machine.exists()) {
        labels.push_back({"machine", fleet.machines()[target.subject.machine].name});
    }
}

}  // namespace

const std::vector<std::pair<std::string, Profile>>& profile_words() {
    static const std::vector<std::pair<std::string, Profile>> words{
        {"rollcast", Profile::rollcast},
        {"strimzi", Profile::strimzi},
        {"strimzi-reporter", Profile::strimzi_reporter},
        {"confluent", Profile::confluent},
        {"grafana", Profile::grafana}};
    return words;
}

std::vector<ExportedMetric> exported_metrics(Profile profile) {
    std::vector<ExportedMetric> all;
    for (const models::MetricInfo& info : models::all_metrics()) {
        if (profile == Profile::rollcast || !named_by_table(info.metric)) {
            all.push_back({name_in_all(info.metric), info.metric});
        }
    }
    const char letter = letter_of(profile);
    for (const NameRow& row : name_rows) {
        if (row.profiles.find(letter) != std::string_view::npos) {
            all.push_back({row.name, row.metric});
        }
    }
    std::stable_sort(all.begin(), all.end(), [](const ExportedMetric& a, const ExportedMetric& b) {
        return a.name < b.name;
    });
    return all;
}

std::vector<Label> labels_of(Profile profile,
                             const models::Fleet& fleet,
                             const models::Target& target) {
    const std::string& cluster = fleet.clusters()[target.subject.cluster].name;
    const bool on_machine = target.subject.machine.exists();
    std::vector<Label> labels;
    switch (profile) {
        case Profile::rollcast:
            add_own(fleet, target, cluster, labels);
            break;
        case Profile::strimzi:
        case Profile::strimzi_reporter:
            add_strimzi(fleet, target, cluster, labels);
            break;
        case Profile::confluent:
            labels.push_back({"env", cluster});
            break;
        case Profile::grafana:
            labels.push_back({"kafka_cluster", cluster});
            break;
    }
    if (profile != Profile::rollcast) {
        labels.push_back({"job", std::string(job_of(target.source))});
        labels.push_back(
            {"instance",
             on_machine ? fleet.machines()[target.subject.machine].name : cluster + "-exporter"});
    }
    if (on_machine) {
        const models::RackId rack = fleet.machines()[target.subject.machine].rack;
        labels.push_back({"rack", fleet.racks()[rack].name});
    }
    if (target.subject.group.exists()) {
        const std::string& group = fleet.groups()[target.subject.group].name;
        labels.push_back({profile == Profile::rollcast ? "group" : "consumergroup", group});
    }
    std::sort(labels.begin(), labels.end(), [](const Label& a, const Label& b) {
        return a.name < b.name;
    });
    return labels;
}

LabelClusters::LabelClusters(Profile profile,
                             const models::Fleet& fleet,
                             const std::vector<models::SeriesStore>& stores) {
    for (const models::SeriesStore& store : stores) {
        for (const models::Target& target : store.targets()) {
            for (Label& label : labels_of(profile, fleet, target)) {
                by_value_.emplace_back(std::move(label.value), target.subject.cluster);
            }
        }
    }
    std::sort(by_value_.begin(), by_value_.end());
    by_value_.erase(std::unique(by_value_.begin(), by_value_.end()), by_value_.end());
    // A value that more than one cluster has says nothing.
    for (std::size_t i = 1; i < by_value_.size(); ++i) {
        if (by_value_[i].first != by_value_[i - 1].first) continue;
        by_value_[i].second = models::ClusterId::none();
        by_value_[i - 1].second = models::ClusterId::none();
    }
    by_value_.erase(std::unique(by_value_.begin(), by_value_.end()), by_value_.end());
}

models::ClusterId LabelClusters::find(const std::vector<Label>& labels) const {
    models::ClusterId found = models::ClusterId::none();
    for (const Label& label : labels) {
        const auto at = std::lower_bound(
            by_value_.begin(), by_value_.end(), label.value, [](const auto& entry, const auto& v) {
                return entry.first < v;
            });
        if (at == by_value_.end() || at->first != label.value || !at->second.exists()) continue;
        if (found.exists() && found != at->second) return models::ClusterId::none();
        found = at->second;
    }
    return found;
}

}  // namespace rollcast::report
