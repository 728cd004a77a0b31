// A JSON file as a tree that keeps the order of keys, together with its text, so that a problem
// with any value can be shown at its place.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "scenarios/format/diagnostic.hpp"

namespace rollcast::scenarios {

using Json = nlohmann::ordered_json;

/// Brackets may be nested this deep; checked while the file is read, before anything is built.
inline constexpr int deepest_nesting = 64;

/// Well-formed JSON text without duplicate keys.
class JsonFile {
public:
    /// Throws InputError for everything in RC01xx. CRLF and a byte order mark are fine.
    static JsonFile read(const std::filesystem::path& path);
    /// `name` stands for the file in messages.
    static JsonFile parse(std::string text, std::string name);

    const Json& root() const { return root_; }
    const std::string& text() const { return text_; }
    const std::string& name() const { return name_; }

private:
    JsonFile() = default;
    std::string name_;
    std::string text_;
    Json root_;
};

/// `key` as a step of a JSON pointer: "/" and "~" escaped, with the leading "/".
std::string pointer_step(std::string_view key);
std::string pointer_step(std::size_t index);

}  // namespace rollcast::scenarios
