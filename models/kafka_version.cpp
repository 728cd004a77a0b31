#include "models/kafka_version.hpp"

#include <charconv>

namespace rollcast::models {

bool at_least(std::string_view version, int major, int minor) {
    int has_major = 0;
    int has_minor = 0;
    const char* const end = version.data() + version.size();
    const auto first = std::from_chars(version.data(), end, has_major);
    if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') return false;
    const auto second = std::from_chars(first.ptr + 1, end, has_minor);
    if (second.ec != std::errc{}) return false;
    return has_major != major ? has_major > major : has_minor >= minor;
}

}  // namespace rollcast::models
