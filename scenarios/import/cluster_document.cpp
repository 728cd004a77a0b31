#include "scenarios/import/cluster_document.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "models/fleet.hpp"
#include "scenarios/import/cluster_hosts.hpp"
#include "scenarios/import/cluster_settings.hpp"
#include "scenarios/import/disk_state.hpp"

namespace rollcast::scenarios {
namespace {

class ClusterImport {
public:
    ClusterImport(const ClusterDumps& dumps,
                  const std::vector<TimedLogDirs>& log_dirs,
                  ImportNotes& notes,
                  std::vector<Diagnostic>& errors)
        : dumps_(dumps),
          log_dirs_(log_dirs),
          notes_(notes),
          errors_(errors),
          last_(last_of(log_dirs)),
          topology_(merge_topology(dumps, notes, errors)),
          settings_(dumps, notes) {}

    ImportedCluster run(const SideFacts& facts) {
        if (last_ != nullptr) check_log_dirs(*last_, topology_, notes_, errors_);
        const QuorumGuess quorum = quorum_kind_of(settings_, dumps_);
        const ImportedRacks racks =
            import_racks(dumps_, topology_, settings_, facts.racks, facts.hosts, notes_, errors_);
        const WriteRates rates =
            measure_write_rates(dumps_, topology_, log_dirs_, facts.rates, retentions(), notes_);
        Json cluster = {{"name", dumps_.name}};
        cluster["stack"] = stack_document(settings_, dumps_, quorum, notes_);
        cluster["config"] = config_document(settings_, topology_, quorum);
        cluster["racks"] = racks_document(dumps_, racks, facts.hosts);
        cluster["brokers"] = brokers_document(dumps_, racks, facts.hosts, notes_);
        cluster["quorum"] = quorum_document(dumps_, racks, settings_, quorum, facts.hosts, notes_);
        cluster["topics"] = topics_document(racks, rates);
        cluster["consumer_groups"] = groups_document();
        return finish(std::move(cluster), racks, rates);
    }

private:
    std::map<std::string, std::int64_t> retentions() const {
        std::map<std::string, std::int64_t> seconds;
        for (const std::string& topic : topology_.topics) {
            seconds[topic] = retention_of(settings_, topic);
        }
        return seconds;
    }

    std::vector<std::pair<TopicPartition, MergedPartition>> partitions_of(
        const std::string& topic) const {
        std::vector<std::pair<TopicPartition, MergedPartition>> list;
        for (auto at = topology_.partitions.lower_bound({topic, 0});
             at != topology_.partitions.end() && at->first.topic == topic;
             ++at) {
            list.emplace_back(*at);
        }
        return list;
    }

    Json topics_document(const ImportedRacks& racks, const WriteRates& rates) {
        Json topics = Json::array();
        std::vector<std::string> defaulted;
        for (const std::string& name : topology_.topics) {
            bool assumed = false;
            Json topic = {{"name", name}};
            const auto partitions = partitions_of(name);
            topic["partitions"] = partitions.size();
            topic["rf"] = checked_rf(name, partitions.front().second.replicas.size());
            topic["min_isr"] = min_isr_of(settings_, name, assumed);
            if (assumed) defaulted.push_back(name);
            const std::int64_t retention = retention_of(settings_, name);
            if (retention > 0) topic["retention_s"] = retention;
            add_loads(topic, partitions, rates);
            topic["placement"] = placement(partitions, racks);
            topics.push_back(std::move(topic));
        }
        tell(defaulted);
        return topics;
    }

    std::size_t checked_rf(const std::string& topic, std::size_t rf) {
        if (rf > models::max_replication_factor) {
            Diagnostic diagnostic;
            diagnostic.code = code::dump_malformed;
            diagnostic.message = fmt::format(
                "topic `{}` of {} has {} replicas a partition; at most {} "
                "can be held",
                topic,
                dumps_.name,
                rf,
                models::max_replication_factor);
            diagnostic.help = "leave the topic out, or lower its replication factor first";
            errors_.push_back(diagnostic);
        }
        return rf;
    }

    static void add_loads(Json& topic,
                          const std::vector<std::pair<TopicPartition, MergedPartition>>& partitions,
                          const WriteRates& rates) {
        Json written = Json::array(), stored = Json::array();
        for (const auto& [name, partition] : partitions) {
            const PartitionLoad& load = rates.partitions.at(name);
            written.push_back(load.write_bytes_per_s);
            stored.push_back(load.stored_bytes);
        }
        topic["partition_write_bytes_per_s"] = std::move(written);
        topic["partition_stored_bytes"] = std::move(stored);
    }

    Json placement(const std::vector<std::pair<TopicPartition, MergedPartition>>& partitions,
                   const ImportedRacks& racks) {
        Json placement = {{"kind", "explicit"}};
        Json replicas = Json::array(), isr = Json::array(), leaders = Json::array();
        for (const auto& [name, partition] : partitions) {
            replicas.push_back(partition.replicas);
            isr.push_back(partition.isr);
            const bool leads = partition.leader && has_id(partition.isr, *partition.leader);
            leaders.push_back(leads ? *partition.leader : -1);
            leaderless_ += leads ? 0 : 1;
            under_replicated_ += partition.isr.size() < partition.replicas.size() ? 1 : 0;
        }
        placement["replicas"] = std::move(replicas);
        placement["isr"] = std::move(isr);
        placement["leaders"] = std::move(leaders);
        Json places = dir_places(partitions, racks, last_);
        if (!places.is_null()) placement["log_dirs"] = std::move(places);
        return placement;
    }

    void tell(const std::vector<std::string>& defaulted) {
        if (!defaulted.empty()) {
            notes_.assume(
                code::min_isr_assumed,
                dumps_.name,
                fmt::format("min ISR of {} topics is not known; the brokers' value, or Kafka's "
                            "default of 1, stands in ({}{})",
                            defaulted.size(),
                            defaulted.front(),
                            defaulted.size() > 1 ? ", ..." : ""),
                "add `kafka-topics --describe`, and the brokers' `kafka-configs --describe "
                "--all`");
        }
        notes_.assume(
            code::producers_assumed,
            dumps_.name,
            "no dump says how producers write; acks=all with idempotence and retries stands "
            "in for every topic",
            "write `acks_all`, `idempotent` and `retries` into the topics of the case");
    }

    Json groups_document() {
        Json groups = Json::array();
        std::set<std::string> seen;
        for (const auto& source : dumps_.groups) {
            for (const DescribedGroup& group : source.dump) {
                const std::set<std::string> topics = topics_of(group, source.file);
                if (topics.empty() || !seen.insert(group.name).second) continue;
                groups.push_back({{"name", group.name}, {"topics", topics}});
            }
        }
        return groups;
    }

    /// The topics of the topology that a group reads; odd lists are told.
    std::set<std::string> topics_of(const DescribedGroup& group, const std::string& file) {
        std::map<std::string, std::size_t> read;
        bool unknown = group.partitions.empty();
        for (const auto& [name, offset] : group.partitions) {
            const bool known = topology_.partitions.count(name) != 0;
            if (known) ++read[name.topic];
            unknown = unknown || !known;
        }
        if (unknown) {
            notes_.warn(code::group_skipped,
                        file,
                        "group `" + group.name +
                            "` reads nothing, or partitions that no source of the "
                            "topology has; these are left out",
                        "");
        }
        std::set<std::string> topics;
        for (const auto& [topic, count] : read) {
            topics.insert(topic);
            const std::size_t all = partitions_of(topic).size();
            if (count == all) continue;
            notes_.warn(
                code::group_skipped,
                file,
                fmt::format("group `{}` is listed with {} of the {} partitions of `{}`; it is "
                            "imported as a reader of all",
                            group.name,
                            count,
                            all,
                            topic),
                "");
        }
        return topics;
    }

    ImportedCluster finish(Json cluster, const ImportedRacks& racks, const WriteRates& rates) {
        ImportedCluster imported;
        std::int64_t stored = 0, written = 0;
        for (const auto& [name, load] : rates.partitions) {
            const auto replicas = topology_.partitions.at(name).replicas.size();
            stored += load.stored_bytes * static_cast<std::int64_t>(replicas);
            written += load.write_bytes_per_s;
        }
        imported.summary = fmt::format(
            "{}: {} brokers, {} racks, {} topics, {} partitions, {:.3f} GB on disk, {:.3f} MB/s "
            "written{}; {} partitions under-replicated, {} without leader",
            dumps_.name,
            racks.brokers.size(),
            racks.names.size(),
            topology_.topics.size(),
            topology_.partitions.size(),
            static_cast<double>(stored) / 1e9,
            static_cast<double>(written) / 1e6,
            rates.assumed ? " (assumed)" : "",
            under_replicated_,
            leaderless_);
        imported.document = std::move(cluster);
        imported.rates_assumed = rates.assumed;
        for (const auto& [id, broker] : racks.brokers) imported.brokers.push_back(id);
        imported.topology = std::move(topology_);
        return imported;
    }

    const ClusterDumps& dumps_;
    const std::vector<TimedLogDirs>& log_dirs_;
    ImportNotes& notes_;
    std::vector<Diagnostic>& errors_;
    const Sourced<LogDirsDump>* last_;
    Topology topology_;
    ClusterSettings settings_;
    std::size_t leaderless_ = 0, under_replicated_ = 0;
};

}  // namespace

ImportedCluster import_cluster(const ClusterDumps& dumps,
                               const SideFacts& facts,
                               const std::vector<TimedLogDirs>& log_dirs,
                               ImportNotes& notes,
                               std::vector<Diagnostic>& errors) {
    return ClusterImport(dumps, log_dirs, notes, errors).run(facts);
}

}  // namespace rollcast::scenarios
