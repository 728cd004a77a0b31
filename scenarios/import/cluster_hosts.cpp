#include "scenarios/import/cluster_hosts.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace rollcast::scenarios {
namespace {

/// Who names a broker, beside replica lists.
struct Sightings {
    std::set<std::int64_t> alive;  // a live source names it
    std::set<std::int64_t> all;
    std::map<std::int64_t, std::string> hosts;                          // host or host:port
    std::map<std::int64_t, std::pair<std::string, std::string>> racks;  // rack and file
    bool live_source = false;
};

Sightings look_for_brokers(const ClusterDumps& dumps, const Topology& topology) {
    Sightings seen;
    for (const auto& source : dumps.api_versions) {
        for (const BrokerApis& broker : source.dump) {
            seen.alive.insert(broker.id);
            seen.hosts.emplace(broker.id, fmt::format("{}:{}", broker.host, broker.port));
            if (broker.rack) seen.racks.emplace(broker.id, std::pair{*broker.rack, source.file});
        }
    }
    for (const auto& source : dumps.kcat) {
        for (const auto& [id, name] : source.dump.brokers) {
            seen.alive.insert(id);
            seen.hosts.emplace(id, name);
        }
    }
    seen.live_source = !seen.alive.empty();
    seen.all = seen.alive;
    for (const auto& source : dumps.log_dirs) {
        for (const auto& [id, broker] : source.dump.brokers) seen.all.insert(id);
    }
    for (const auto& source : dumps.configs) {
        for (const DescribedConfigs& configs : source.dump) {
            if (configs.owner != ConfigOwner::broker) continue;
            if (const auto id = whole_number(configs.name)) seen.all.insert(*id);
        }
    }
    for (const auto& [name, partition] : topology.partitions) {
        seen.all.insert(partition.replicas.begin(), partition.replicas.end());
    }
    return seen;
}

std::string host_part(const std::string& address) { return address.substr(0, address.rfind(':')); }

/// The host's name where it is one broker's alone, else host:port.
std::map<std::int64_t, std::string> unique_hosts(const std::map<std::int64_t, std::string>& hosts) {
    std::map<std::string, int> count;
    for (const auto& [id, address] : hosts) ++count[host_part(address)];
    std::map<std::int64_t, std::string> names;
    for (const auto& [id, address] : hosts) {
        names[id] = count[host_part(address)] == 1 ? host_part(address) : address;
    }
    return names;
}

std::vector<std::string> dirs_of(const ClusterDumps& dumps,
                                 const ClusterSettings& settings,
                                 std::int64_t id) {
    std::vector<std::string> dirs;
    if (!dumps.log_dirs.empty()) {
        const auto& brokers = dumps.log_dirs.back().dump.brokers;
        const auto found = brokers.find(id);
        if (found != brokers.end()) {
            for (const DescribedLogDir& dir : found->second.dirs) dirs.push_back(dir.path);
        }
    }
    if (!dirs.empty()) return dirs;
    std::string configured = settings.of_broker(id, "log.dirs").value_or("");
    if (configured.empty()) configured = settings.of_broker(id, "log.dir").value_or("");
    for (const std::string_view part : split_at(configured, ',')) {
        if (!trim(part).empty()) dirs.emplace_back(trim(part));
    }
    return dirs;
}

/// The rack that the dumps name, checked against each other.
std::string rack_in_dumps(std::int64_t id,
                          const Sightings& seen,
                          const ClusterSettings& settings,
                          std::vector<Diagnostic>& errors) {
    const auto found = seen.racks.find(id);
    std::string configured = settings.of_broker(id, "broker.rack").value_or("");
    if (found == seen.racks.end()) return configured;
    const auto& [rack, file] = found->second;
    if (!configured.empty() && configured != rack) {
        Diagnostic diagnostic;
        diagnostic.code = code::sources_disagree;
        diagnostic.file = file;
        diagnostic.message =
            fmt::format("broker {} is in rack `{}` here, and in `{}` by its `broker.rack`",
                        id,
                        rack,
                        configured);
        diagnostic.help = fmt::format("say which holds: --racks {}={}", id, rack);
        errors.push_back(diagnostic);
    }
    return rack;
}

void add_disk(Json& dir, const DiskFact& fact) {
    if (!fact.disk_class.empty()) dir["class"] = fact.disk_class;
    if (fact.capacity) dir["capacity_bytes"] = *fact.capacity;
    if (fact.read) dir["read_bytes_per_s"] = *fact.read;
    if (fact.write) dir["write_bytes_per_s"] = *fact.write;
}

/// Brokers whose disks or cards nobody described.
struct Undescribed {
    std::size_t disks = 0, cards = 0;
};

/// A broker's dirs, and those that the facts add.
std::vector<std::string> with_described_dirs(const std::string& cluster,
                                             std::int64_t id,
                                             std::vector<std::string> paths,
                                             const HostFacts& hosts) {
    const bool none_known = paths.empty();
    for (const DiskFact& fact : hosts.disks) {
        const bool here =
            in_scope(fact.cluster, cluster) && (fact.broker == id || (none_known && !fact.broker));
        const bool known = std::find(paths.begin(), paths.end(), fact.path) != paths.end();
        if (here && !fact.path.empty() && !known) paths.push_back(fact.path);
    }
    if (paths.empty()) paths.emplace_back("/data");
    return paths;
}

bool holds_for(const DiskFact& fact,
               const std::string& cluster,
               std::int64_t id,
               const std::string& path) {
    return in_scope(fact.cluster, cluster) && (!fact.broker || *fact.broker == id) &&
           (fact.path.empty() || fact.path == path);
}

Json log_dirs_document(const std::string& cluster,
                       std::int64_t id,
                       const std::vector<std::string>& paths,
                       const HostFacts& hosts,
                       Undescribed& undescribed) {
    Json dirs = Json::array();
    bool assumed = false;
    for (const std::string& path : with_described_dirs(cluster, id, paths, hosts)) {
        Json dir = {{"path", path},
                    {"class", "hdd"},
                    {"read_bytes_per_s", assumed_disk_bytes_per_s},
                    {"write_bytes_per_s", assumed_disk_bytes_per_s}};
        bool read = false, write = false;
        for (const DiskFact& fact : hosts.disks) {
            if (!holds_for(fact, cluster, id, path)) continue;
            add_disk(dir, fact);
            read = read || fact.read;
            write = write || fact.write;
        }
        assumed = assumed || !read || !write;
        dirs.push_back(std::move(dir));
    }
    undescribed.disks += assumed ? 1 : 0;
    return dirs;
}

void add_card(Json& group,
              const std::string& cluster,
              std::int64_t id,
              const HostFacts& hosts,
              Undescribed& undescribed) {
    group["nic_in_bytes_per_s"] = assumed_nic_bytes_per_s;
    group["nic_out_bytes_per_s"] = assumed_nic_bytes_per_s;
    bool in = false, out = false;
    for (const BrokerFact& fact : hosts.brokers) {
        if (!in_scope(fact.cluster, cluster) || (fact.id && *fact.id != id)) continue;
        if (fact.nic_in) group["nic_in_bytes_per_s"] = *fact.nic_in;
        if (fact.nic_out) group["nic_out_bytes_per_s"] = *fact.nic_out;
        if (fact.page_cache) group["page_cache_bytes"] = *fact.page_cache;
        in = in || fact.nic_in;
        out = out || fact.nic_out;
    }
    undescribed.cards += in && out ? 0 : 1;
}

/// What was given by hand wins over the dumps.
void add_facts(ImportedBroker& broker,
               std::int64_t id,
               const std::string& cluster,
               const std::vector<RackFact>& given,
               const HostFacts& hosts) {
    for (const BrokerFact& fact : hosts.brokers) {
        const bool here = in_scope(fact.cluster, cluster) && fact.id == id;
        if (here && !fact.host.empty()) broker.host = fact.host;
    }
    for (const RackFact& fact : given) {
        if (in_scope(fact.cluster, cluster) && fact.broker == id) broker.rack = fact.rack;
    }
}

/// Racks of brokers and of quorum nodes, sorted.
std::vector<std::string> rack_names(const ImportedRacks& racks,
                                    const std::string& cluster,
                                    const HostFacts& hosts) {
    std::set<std::string> names;
    for (const auto& [id, broker] : racks.brokers) names.insert(broker.rack);
    for (const QuorumFact& fact : hosts.quorum) {
        if (in_scope(fact.cluster, cluster) && !fact.rack.empty()) names.insert(fact.rack);
    }
    return {names.begin(), names.end()};
}

void warn_of_brokers(const std::string& cluster,
                     const std::vector<std::int64_t>& homeless,
                     const std::vector<std::int64_t>& silent,
                     std::size_t all,
                     ImportNotes& notes) {
    if (!homeless.empty()) {
        notes.assume(
            code::racks_unknown,
            cluster,
            fmt::format("the rack of {} is not known; each is given a rack of its own, and "
                        "rack failures are not judged",
                        homeless.size() == all ? "every broker" : "broker " + id_text(homeless)),
            "give --racks 1=a,2=b or a file, or add the output of "
            "`kafka-broker-api-versions`");
    }
    if (!silent.empty()) {
        notes.warn(
            code::broker_silent,
            "",
            fmt::format("{}: broker {} did not answer when the dumps were taken; it is imported "
                        "as a broker like the others",
                        cluster,
                        id_text(silent)),
            "bring it up and take the dumps again, or move its replicas away if it is gone");
    }
}

}  // namespace

ImportedRacks import_racks(const ClusterDumps& dumps,
                           const Topology& topology,
                           const ClusterSettings& settings,
                           const std::vector<RackFact>& given,
                           const HostFacts& hosts,
                           ImportNotes& notes,
                           std::vector<Diagnostic>& errors) {
    const Sightings seen = look_for_brokers(dumps, topology);
    const auto names = unique_hosts(seen.hosts);
    ImportedRacks result;
    std::vector<std::int64_t> homeless, silent;
    for (const std::int64_t id : seen.all) {
        ImportedBroker& broker = result.brokers[id];
        broker.dirs = dirs_of(dumps, settings, id);
        const auto host = names.find(id);
        if (host != names.end()) broker.host = host->second;
        add_facts(broker, id, dumps.name, given, hosts);
        if (broker.rack.empty()) broker.rack = rack_in_dumps(id, seen, settings, errors);
        if (broker.rack.empty()) {
            homeless.push_back(id);
            broker.rack = fmt::format("broker-{}", id);
        }
        if (seen.live_source && seen.alive.count(id) == 0) silent.push_back(id);
    }
    result.names = rack_names(result, dumps.name, hosts);
    warn_of_brokers(dumps.name, homeless, silent, result.brokers.size(), notes);
    return result;
}

Json brokers_document(const ClusterDumps& dumps,
                      const ImportedRacks& racks,
                      const HostFacts& hosts,
                      ImportNotes& notes) {
    Json groups = Json::array();
    Undescribed undescribed;
    for (const auto& [id, broker] : racks.brokers) {
        Json group = {{"numbers", {id}}, {"racks", {broker.rack}}};
        if (!broker.host.empty()) group["host"] = broker.host;
        add_card(group, dumps.name, id, hosts, undescribed);
        group["log_dirs"] = log_dirs_document(dumps.name, id, broker.dirs, hosts, undescribed);
        groups.push_back(std::move(group));
    }
    if (undescribed.disks > 0) {
        notes.assume(
            code::hardware_assumed,
            dumps.name,
            fmt::format("the disk rates of {} brokers are not known; {} MB/s for reading and "
                        "for writing stands in",
                        undescribed.disks,
                        assumed_disk_bytes_per_s / 1'000'000),
            "give `disk broker=* class=ssd capacity=4TB read=500MB write=450MB` in --hosts "
            "FILE");
    }
    if (undescribed.cards > 0) {
        notes.assume(code::hardware_assumed,
                     dumps.name,
                     fmt::format("the network rates of {} brokers are not known; {} MB/s each way "
                                 "stands in",
                                 undescribed.cards,
                                 assumed_nic_bytes_per_s / 1'000'000),
                     "give `broker id=* nic_in=1.25GB nic_out=1.25GB` in --hosts FILE");
    }
    return groups;
}

Json racks_document(const ClusterDumps& dumps, const ImportedRacks& racks, const HostFacts& hosts) {
    Json list = Json::array();
    for (const std::string& name : racks.names) {
        Json rack = {{"name", name}};
        for (const UplinkFact& fact : hosts.racks) {
            if (!in_scope(fact.cluster, dumps.name) || fact.name != name) continue;
            if (fact.up) rack["uplink_up_bytes_per_s"] = *fact.up;
            if (fact.down) rack["uplink_down_bytes_per_s"] = *fact.down;
        }
        list.push_back(std::move(rack));
    }
    return list;
}

}  // namespace rollcast::scenarios
