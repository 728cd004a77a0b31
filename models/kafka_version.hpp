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

/// True where `version` is earlier than `major`.`minor`.
inline bool before(std::string_view version, int major, int minor) {
    return parse_kafka_version(version) < KafkaVersion{major, minor};
}

/// From 3.7 on the high watermark stands still while the ISR is smaller than min ISR
/// (KAFKA-15583, kafka-semantics §1.4).
inline bool high_watermark_freezes(KafkaVersion version) { return version >= KafkaVersion{3, 7}; }

}  // namespace rollcast::models
