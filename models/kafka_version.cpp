#include "models/kafka_version.hpp"

#include <charconv>
#include <optional>
#include <utility>

namespace rollcast::models {

namespace {

/// Major and minor number; nothing where `version` does not begin with them.
std::optional<std::pair<int, int>> parsed(std::string_view version) {
    std::pair<int, int> numbers;
    const char* const end = version.data() + version.size();
    const auto first = std::from_chars(version.data(), end, numbers.first);
    if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') return std::nullopt;
    const auto second = std::from_chars(first.ptr + 1, end, numbers.second);
    if (second.ec != std::errc{}) return std::nullopt;
    return numbers;
}

}  // namespace

bool at_least(std::string_view version, int major, int minor) {
    const auto numbers = parsed(version);
    return numbers && *numbers >= std::pair(major, minor);
}

bool before(std::string_view version, int major, int minor) {
    const auto numbers = parsed(version);
    return numbers && *numbers < std::pair(major, minor);
}

}  // namespace rollcast::models
