// Which Kafka a broker runs, where its behaviour hangs on it.
#pragma once

#include <compare>
#include <string_view>

namespace rollcast::models {

struct KafkaVersion {
    int major = 0;
    int minor = 0;
    auto operator<=>(const KafkaVersion&) const = default;
};

/// "3.9.1" as 3.9. What does not begin with two numbers counts as newer than any, since rules
/// change from a version on and an unnamed version is assumed to be a current one.
KafkaVersion parse_kafka_version(std::string_view text);

}  // namespace rollcast::models
