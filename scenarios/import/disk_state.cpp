#include "scenarios/import/disk_state.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace rollcast::scenarios {
namespace {}  // namespace

const Sourced<LogDirsDump>* last_of(const std::vector<TimedLogDirs>& log_dirs) {
    const TimedLogDirs* last = nullptr;
    for (const TimedLogDirs& dump : log_dirs) {
        const bool later =
            last == nullptr || !last->at_ms || (dump.at_ms && *dump.at_ms > *last->at_ms);
        if (later) last = &dump;
    }
    return last == nullptr ? nullptr : last->source;
}

void check_log_dirs(const Sourced<LogDirsDump>& last,
                    const Topology& topology,
                    ImportNotes& notes,
                    std::vector<Diagnostic>& errors) {
    std::set<TopicPartition> unknown;
    std::size_t stray = 0, offline = 0;
    for (const auto& [id, broker] : last.dump.brokers) {
        for (const auto& [name, replica] : broker.replicas) {
            const auto found = topology.partitions.find(name);
            if (found == topology.partitions.end()) {
                unknown.insert(name);
            } else if (!has_id(found->second.replicas, id)) {
                ++stray;
            }
        }
        for (const DescribedLogDir& dir : broker.dirs) offline += dir.error.empty() ? 0 : 1;
    }
    if (!unknown.empty()) {
        Diagnostic diagnostic;
        diagnostic.code = code::dump_incomplete;
        diagnostic.file = last.file;
        diagnostic.message = fmt::format(
            "{} partitions lie on disk here, and no source of the topology has them: {}{}",
            unknown.size(),
            partition_text(*unknown.begin()),
            unknown.size() > 1 ? ", ..." : "");
        diagnostic.help =
            "the topology is cut, of some topics only, or of another time; take "
            "`kafka-topics --describe` again for all topics";
        errors.push_back(diagnostic);
    }
    if (stray > 0) {
        notes.warn(
            code::state_differs,
            last.file,
            fmt::format("{} replicas lie on brokers that are not among their partition's; they "
                        "are left out",
                        stray),
            "");
    }
    if (offline > 0) {
        notes.warn(
            code::log_dir_offline,
            last.file,
            fmt::format("{} log dirs are offline; they are imported as if they worked", offline),
            "mend them before any machine is taken down");
    }
}

Json dir_places(const std::vector<std::pair<TopicPartition, MergedPartition>>& partitions,
                const ImportedRacks& racks,
                const Sourced<LogDirsDump>* last) {
    const bool several = std::any_of(racks.brokers.begin(), racks.brokers.end(), [](const auto& b) {
        return b.second.dirs.size() > 1;
    });
    if (!several || last == nullptr) return nullptr;
    Json all = Json::array();
    for (const auto& [name, partition] : partitions) {
        Json places = Json::array();
        for (const std::int64_t id : partition.replicas) {
            const auto broker = last->dump.brokers.find(id);
            if (broker == last->dump.brokers.end()) return nullptr;
            const auto replica = broker->second.replicas.find(name);
            if (replica == broker->second.replicas.end()) return nullptr;
            const std::string& path = broker->second.dirs[replica->second.dir].path;
            const auto& paths = racks.brokers.at(id).dirs;
            const auto place = std::find(paths.begin(), paths.end(), path);
            if (place == paths.end()) return nullptr;
            places.push_back(place - paths.begin());
        }
        all.push_back(std::move(places));
    }
    return all;
}

}  // namespace rollcast::scenarios
