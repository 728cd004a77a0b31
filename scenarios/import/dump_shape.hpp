// What a file is, told by its content and never by its name.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rollcast::scenarios {

enum class DumpShape : std::uint8_t {
    topics_describe,
    log_dirs,
    assignment,
    configs,
    api_versions,
    consumer_groups,
    kcat_json,
    kcat_text,
};

/// What a text is, judged by its content alone; nothing where no known tool prints such a text.
std::optional<DumpShape> recognise(std::string_view text);
/// The command that prints it: "kafka-topics --describe".
std::string_view shape_name(DumpShape shape);

}  // namespace rollcast::scenarios
