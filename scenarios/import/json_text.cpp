#include "scenarios/import/json_text.hpp"

#include <algorithm>

#include "scenarios/import/dump_text.hpp"

namespace rollcast::scenarios {
namespace {

using nlohmann::json;

constexpr int deepest = 64;
constexpr const char* take_json_again = "take the dump again and copy all of it";

struct TextPlace {
    std::size_t line = 1;
    std::size_t column = 1;
};

TextPlace place_of(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
    const std::size_t newline = before.rfind('\n');
    const std::string_view rest =
        newline == std::string_view::npos ? before : before.substr(newline + 1);
    return {line, column_at({rest, line, 0, true}, rest.size())};
}

[[noreturn]] void fail_offset(std::string_view text,
                              std::size_t offset,
                              DumpError::Kind kind,
                              const std::string& message) {
    const TextPlace place = place_of(text, offset);
    throw DumpError{kind, place.line, place.column, message, take_json_again};
}

/// Finds the brace that closes the one at `begin`; strings are skipped.
std::size_t closing_brace(std::string_view text, std::size_t begin) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t at = begin; at < text.size(); ++at) {
        const char c = text[at];
        if (in_string) {
            if (c == '\\') ++at;
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > deepest) {
                fail_offset(text,
                            at,
                            DumpError::Kind::malformed,
                            "nested deeper than " + std::to_string(deepest) + " levels");
            }
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return at;
        }
    }
    fail_offset(text,
                text.size(),
                DumpError::Kind::truncated,
                "the JSON that starts in line " + std::to_string(place_of(text, begin).line) +
                    " is not closed");
}

/// First byte of the line after `at`, the size of `text` where there is none.
std::size_t next_line(std::string_view text, std::size_t at) {
    const std::size_t end = text.find('\n', at);
    return end == std::string_view::npos ? text.size() : end + 1;
}

}  // namespace

std::vector<JsonPart> json_parts(std::string_view text) {
    std::vector<JsonPart> parts;
    std::size_t at = starts_with(text, "\xEF\xBB\xBF") ? 3 : 0;
    while (at < text.size()) {
        const std::size_t first = text.find_first_not_of(" \t", at);
        if (first == std::string_view::npos) break;
        if (text[first] != '{') {
            at = next_line(text, first);
            continue;
        }
        const std::size_t end = closing_brace(text, first);
        JsonPart part{{}, place_of(text, first).line, first};
        try {
            part.value = json::parse(text.begin() + static_cast<std::ptrdiff_t>(first),
                                     text.begin() + static_cast<std::ptrdiff_t>(end + 1));
        } catch (const json::exception& error) {
            const auto* parse = dynamic_cast<const json::parse_error*>(&error);
            const std::size_t byte = parse != nullptr && parse->byte > 0 ? parse->byte - 1 : 0;
            fail_offset(text, first + byte, DumpError::Kind::malformed, "this is not JSON");
        }
        parts.push_back(std::move(part));
        at = end + 1;
    }
    return parts;
}

void fail_json(const JsonPart& part, const std::string& message) {
    throw DumpError{DumpError::Kind::malformed, part.line, 1, message, take_json_again};
}

const json& need_member(const JsonPart& part,
                        const json& owner,
                        const char* name,
                        json::value_t type,
                        const std::string& where) {
    const auto found = owner.is_object() ? owner.find(name) : owner.end();
    if (!owner.is_object() || found == owner.end()) {
        fail_json(part, where + ": `" + name + "` is missing");
    }
    if (found->type() != type) {
        fail_json(part, where + ": `" + name + "` has the wrong type (" + found->type_name() + ")");
    }
    return *found;
}

std::int64_t need_whole(const JsonPart& part,
                        const json& owner,
                        const char* name,
                        std::int64_t lowest,
                        const std::string& where) {
    const auto found = owner.is_object() ? owner.find(name) : owner.end();
    if (!owner.is_object() || found == owner.end() || !found->is_number_integer()) {
        fail_json(part, where + ": `" + name + "` must be a whole number");
    }
    const bool fits = !found->is_number_unsigned() || found->get<std::uint64_t>() <= INT64_MAX;
    const std::int64_t value = fits ? found->get<std::int64_t>() : -1;
    if (!fits || value < lowest) {
        fail_json(part, where + ": `" + name + "` must be at least " + std::to_string(lowest));
    }
    return value;
}

std::vector<std::int64_t> need_id_array(const JsonPart& part,
                                        const json& owner,
                                        const char* name,
                                        const std::string& where) {
    std::vector<std::int64_t> ids;
    for (const json& entry : need_member(part, owner, name, json::value_t::array, where)) {
        const json holder = entry.is_object() ? entry : json{{"id", entry}};
        ids.push_back(need_whole(part, holder, "id", 0, where + " `" + name + "`"));
        if (std::count(ids.begin(), ids.end(), ids.back()) > 1) {
            fail_json(
                part,
                where + ": `" + name + "` holds broker " + std::to_string(ids.back()) + " twice");
        }
    }
    return ids;
}

}  // namespace rollcast::scenarios
