#include "scenarios/import/dump_text.hpp"
#include "scenarios/import/json_text.hpp"
#include "scenarios/import/kcat.hpp"

namespace rollcast::scenarios {
namespace {

using nlohmann::json;

std::optional<std::int64_t> read_id(const json& owner, const char* name, std::int64_t lowest) {
    const auto found = owner.find(name);
    if (found == owner.end() || !found->is_number_integer()) return std::nullopt;
    const auto id = found->get<std::int64_t>();
    return id >= lowest ? std::optional<std::int64_t>(id) : std::nullopt;
}

void read_brokers(const JsonPart& part, KcatDump& dump) {
    for (const json& entry :
         need_member(part, part.value, "brokers", json::value_t::array, "kcat")) {
        const std::int64_t id = need_whole(part, entry, "id", 0, "kcat `brokers`");
        const auto& name =
            need_member(part, entry, "name", json::value_t::string, "kcat `brokers`");
        if (!dump.brokers.emplace(id, name.get<std::string>()).second) {
            fail_json(part, "broker " + std::to_string(id) + " is listed twice");
        }
    }
}

void read_topic(const JsonPart& part, const json& entry, KcatDump& dump) {
    const auto topic =
        need_member(part, entry, "topic", json::value_t::string, "kcat").get<std::string>();
    if (!is_topic_name(topic)) fail_json(part, "`" + topic + "` is not a topic name");
    const json& partitions =
        need_member(part, entry, "partitions", json::value_t::array, "topic `" + topic + "`");
    for (const json& listed : partitions) {
        const std::int64_t number =
            need_whole(part, listed, "partition", 0, "topic `" + topic + "`");
        const TopicPartition name{topic, number};
        const std::string where = "`" + partition_text(name) + "`";
        KcatPartition partition;
        partition.leader = read_id(listed, "leader", 0);
        partition.replicas = need_id_array(part, listed, "replicas", where);
        partition.isr = need_id_array(part, listed, "isrs", where);
        if (partition.replicas.empty()) fail_json(part, where + " has no replicas");
        if (number >= static_cast<std::int64_t>(partitions.size())) {
            fail_json(part, where + " is listed, but a lower number of the topic is missing");
        }
        if (!dump.partitions.emplace(name, std::move(partition)).second) {
            fail_json(part, where + " is listed twice");
        }
    }
}

}  // namespace

KcatDump parse_kcat_json(std::string_view text) {
    const std::vector<JsonPart> parts = json_parts(text);
    if (parts.empty()) {
        fail_truncated({text.substr(0, 0), 1, 0, false}, "the JSON of `kcat -L -J` is missing");
    }
    const JsonPart& part = parts.front();
    if (parts.size() > 1) fail_json(parts[1], "a second JSON document: two dumps in one file?");
    KcatDump dump;
    read_brokers(part, dump);
    dump.controller = read_id(part.value, "controllerid", 1);
    const auto query = part.value.find("query");
    if (query != part.value.end() && query->is_object() && query->contains("topic")) {
        dump.all_topics = (*query)["topic"] == "*";
    }
    for (const json& topic :
         need_member(part, part.value, "topics", json::value_t::array, "kcat")) {
        read_topic(part, topic, dump);
    }
    return dump;
}

}  // namespace rollcast::scenarios
