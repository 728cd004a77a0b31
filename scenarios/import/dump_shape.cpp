#include "scenarios/import/dump_shape.hpp"

#include "scenarios/import/api_versions.hpp"
#include "scenarios/import/configs_describe.hpp"
#include "scenarios/import/consumer_groups.hpp"
#include "scenarios/import/dump_text.hpp"
#include "scenarios/import/kcat.hpp"
#include "scenarios/import/reassignment.hpp"
#include "scenarios/import/topics_describe.hpp"

namespace rollcast::scenarios {
namespace {

/// JSON is told by its members; log dirs may be cut before the first of them.
std::optional<DumpShape> recognise_json(std::string_view text) {
    if (contains(text, "\"logDirs\"") && contains(text, "\"brokers\"")) return DumpShape::log_dirs;
    if (contains(text, "\"originating_broker\"")) return DumpShape::kcat_json;
    if (contains(text, "\"brokers\"") && contains(text, "\"isrs\"")) return DumpShape::kcat_json;
    if (contains(text, "\"partitions\"") && contains(text, "\"replicas\"") &&
        contains(text, "\"partition\"")) {
        return DumpShape::assignment;
    }
    return std::nullopt;
}

}  // namespace

std::optional<DumpShape> recognise(std::string_view text) {
    for (const DumpLine& line : content_lines(text)) {
        const std::string_view content = trim(line.text);
        if (content.front() == '{') return recognise_json(text);
        if (starts_with(content, "Querying brokers for log directories") ||
            starts_with(content, "Received log directory information")) {
            return DumpShape::log_dirs;
        }
        if (starts_with(content, current_assignment_header)) return DumpShape::assignment;
        if (looks_like_topics_describe(content)) return DumpShape::topics_describe;
        if (looks_like_configs_describe(content)) return DumpShape::configs;
        if (looks_like_api_versions(content)) return DumpShape::api_versions;
        if (looks_like_kcat_text(content)) return DumpShape::kcat_text;
        if (looks_like_consumer_groups(content)) return DumpShape::consumer_groups;
    }
    return std::nullopt;
}

std::string_view shape_name(DumpShape shape) {
    switch (shape) {
        case DumpShape::topics_describe:
            return "kafka-topics --describe";
        case DumpShape::log_dirs:
            return "kafka-log-dirs --describe";
        case DumpShape::assignment:
            return "kafka-reassign-partitions --generate (or its JSON)";
        case DumpShape::configs:
            return "kafka-configs --describe";
        case DumpShape::api_versions:
            return "kafka-broker-api-versions";
        case DumpShape::consumer_groups:
            return "kafka-consumer-groups --describe";
        case DumpShape::kcat_json:
            return "kcat -L -J";
        case DumpShape::kcat_text:
            return "kcat -L";
    }
    return "";
}

}  // namespace rollcast::scenarios
