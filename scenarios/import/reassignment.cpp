#include "scenarios/import/reassignment.hpp"

#include "scenarios/import/dump_text.hpp"
#include "scenarios/import/json_text.hpp"

namespace rollcast::scenarios {
namespace {

using nlohmann::json;

/// What `--execute` prints behind the current assignment.
constexpr std::string_view rollback_advice = "Save this to use as";

/// The document after the header of the current assignment and before that of the proposal.
const JsonPart& current_part(std::string_view text, const std::vector<JsonPart>& parts) {
    const std::size_t current = text.find(current_assignment_header);
    const std::size_t proposed = text.find(proposed_assignment_header);
    for (const JsonPart& part : parts) {
        const bool after_current = current == std::string_view::npos || part.begin > current;
        if (after_current && part.begin < proposed) return part;
    }
    const std::vector<DumpLine> lines = content_lines(text);
    fail_truncated(lines.empty() ? DumpLine{text.substr(0, 0), 1, 0, false} : lines.back(),
                   "the JSON of the current assignment is missing");
}

/// Behind the current assignment `--generate` prints a proposal, `--execute` how to go back; where
/// neither follows, the dump is cut. A plain JSON has no header and nothing behind it.
void check_whole(std::string_view text, const JsonPart& current, const JsonPart& last) {
    if (text.find(current_assignment_header) == std::string_view::npos) return;
    const std::string_view rest = text.substr(current.begin);
    const std::size_t proposed = rest.find(proposed_assignment_header);
    const bool proposal =
        proposed != std::string_view::npos && last.begin > current.begin + proposed;
    if (proposal || rest.find(rollback_advice) != std::string_view::npos) return;
    fail_truncated(content_lines(text).back(),
                   "the proposed assignment is missing behind the current one");
}

void check_numbers(const JsonPart& part, const AssignmentDump& dump) {
    std::string topic;
    std::int64_t expected = 0;
    for (const auto& [partition, replicas] : dump.replicas) {
        if (partition.topic != topic) {
            topic = partition.topic;
            expected = 0;
        }
        if (partition.number != expected) {
            fail_json(part,
                      "partition " + std::to_string(expected) + " of `" + topic +
                          "` is missing, though " + std::to_string(partition.number) +
                          " is listed");
        }
        ++expected;
    }
}

}  // namespace

AssignmentDump parse_assignment(std::string_view text) {
    const std::vector<JsonPart> parts = json_parts(text);
    const JsonPart& part = current_part(text, parts);
    check_whole(text, part, parts.back());
    AssignmentDump dump;
    dump.plain = text.find(current_assignment_header) == std::string_view::npos;
    for (const json& entry :
         need_member(part, part.value, "partitions", json::value_t::array, "assignment")) {
        const TopicPartition partition{
            need_member(part, entry, "topic", json::value_t::string, "assignment")
                .get<std::string>(),
            need_whole(part, entry, "partition", 0, "assignment")};
        const std::string where = "`" + partition_text(partition) + "`";
        if (!is_topic_name(partition.topic)) fail_json(part, where + " is not a partition's name");
        const auto replicas = need_id_array(part, entry, "replicas", where);
        if (replicas.empty()) fail_json(part, where + " has no replicas");
        if (!dump.replicas.emplace(partition, replicas).second) {
            fail_json(part, where + " is listed twice");
        }
    }
    if (dump.replicas.empty()) fail_json(part, "an assignment of no partition");
    check_numbers(part, dump);
    return dump;
}

}  // namespace rollcast::scenarios
