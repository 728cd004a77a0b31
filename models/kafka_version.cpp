#include "models/kafka_version.hpp"

#include <charconv>
#include <limits>

namespace rollcast::models {

KafkaVersion parse_kafka_version(std::string_view text) {
    constexpr KafkaVersion newest{std::numeric_limits<int>::max(), 0};
    const char* const end = text.data() + text.size();
    KafkaVersion version;
    const auto major = std::from_chars(text.data(), end, version.major);
    if (major.ec != std::errc{} || major.ptr == end || *major.ptr != '.') return newest;
    const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
    return minor.ec == std::errc{} ? version : newest;
}

}  // namespace rollcast::models
