// The JSON documents inside a dump: found between a tool's own lines, closed, not nested without
// end, and read with places in the error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace rollcast::scenarios {

/// A JSON document in a dump and the line it starts at.
struct JsonPart {
    nlohmann::json value;
    std::size_t line = 0;
    std::size_t begin = 0;  // byte of its first brace
};

/// Every document that starts with a brace at the front of a line. Throws DumpError where one is
/// not closed (the dump is cut), is nested deeper than 64, or is no JSON. O(text).
std::vector<JsonPart> json_parts(std::string_view text);

/// A member that must be there with the right type; `where` names its owner in the error. The
/// error's place is the start of the document.
const nlohmann::json& need_member(const JsonPart& part,
                                  const nlohmann::json& owner,
                                  const char* name,
                                  nlohmann::json::value_t type,
                                  const std::string& where);
/// A whole number that must be there, from `lowest` up.
std::int64_t need_whole(const JsonPart& part,
                        const nlohmann::json& owner,
                        const char* name,
                        std::int64_t lowest,
                        const std::string& where);
/// Broker ids as numbers or as objects with an `id`, distinct.
std::vector<std::int64_t> need_id_array(const JsonPart& part,
                                        const nlohmann::json& owner,
                                        const char* name,
                                        const std::string& where);

[[noreturn]] void fail_json(const JsonPart& part, const std::string& message);

}  // namespace rollcast::scenarios
