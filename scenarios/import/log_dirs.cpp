#include "scenarios/import/log_dirs.hpp"

#include <optional>

#include "scenarios/import/dump_text.hpp"
#include "scenarios/import/json_text.hpp"

namespace rollcast::scenarios {
namespace {

using nlohmann::json;

/// Topic names may hold '-', so the last one separates the number.
std::optional<TopicPartition> split_partition(const std::string& name) {
    const std::size_t dash = name.rfind('-');
    if (dash == std::string::npos) return std::nullopt;
    const auto number = whole_number(std::string_view(name).substr(dash + 1));
    const std::string topic = name.substr(0, dash);
    if (!number || *number < 0 || !is_topic_name(topic)) return std::nullopt;
    return TopicPartition{topic, *number};
}

void read_replica(const JsonPart& part,
                  const json& entry,
                  std::size_t dir,
                  BrokerLogDirs& broker,
                  const std::string& where) {
    const std::string name =
        need_member(part, entry, "partition", json::value_t::string, where).get<std::string>();
    const std::optional<TopicPartition> partition = split_partition(name);
    if (!partition) fail_json(part, where + ": `" + name + "` is not TOPIC-NUMBER");
    const std::int64_t bytes = need_whole(part, entry, "size", 0, where + " `" + name + "`");
    const auto future = entry.find("isFuture");
    if (future != entry.end() && future->is_boolean() && future->get<bool>()) return;
    if (!broker.replicas.emplace(*partition, BrokerLogDirs::Replica{bytes, dir}).second) {
        fail_json(part, where + ": `" + name + "` is listed twice");
    }
}

void read_dir(const JsonPart& part,
              const json& entry,
              BrokerLogDirs& broker,
              const std::string& where) {
    DescribedLogDir dir;
    dir.path = need_member(part, entry, "logDir", json::value_t::string, where).get<std::string>();
    const auto error = entry.find("error");
    if (error != entry.end() && error->is_string()) dir.error = error->get<std::string>();
    const std::size_t index = broker.dirs.size();
    broker.dirs.push_back(dir);
    for (const json& replica :
         need_member(part, entry, "partitions", json::value_t::array, where + " " + dir.path)) {
        read_replica(part, replica, index, broker, where + " " + dir.path);
    }
}

}  // namespace

std::string partition_text(const TopicPartition& partition) {
    return partition.topic + "-" + std::to_string(partition.number);
}

LogDirsDump parse_log_dirs(std::string_view text) {
    const std::vector<JsonPart> parts = json_parts(text);
    if (parts.size() != 1) {
        const std::vector<DumpLine> lines = content_lines(text);
        const DumpLine last =
            lines.empty() ? DumpLine{text.substr(0, 0), 1, 0, false} : lines.back();
        if (parts.empty()) fail_truncated(last, "the JSON line of `kafka-log-dirs` is missing");
        fail_json(parts[1], "a second JSON document: two dumps in one file? Keep them apart");
    }
    LogDirsDump dump;
    for (const json& entry :
         need_member(parts[0], parts[0].value, "brokers", json::value_t::array, "log dirs")) {
        const std::int64_t id = need_whole(parts[0], entry, "broker", 0, "log dirs");
        const std::string where = "broker " + std::to_string(id);
        if (dump.brokers.count(id) != 0) fail_json(parts[0], where + " is listed twice");
        BrokerLogDirs& broker = dump.brokers[id];
        for (const json& dir :
             need_member(parts[0], entry, "logDirs", json::value_t::array, where)) {
            read_dir(parts[0], dir, broker, where);
        }
    }
    if (dump.brokers.empty()) fail_json(parts[0], "log dirs of no broker");
    return dump;
}

}  // namespace rollcast::scenarios
