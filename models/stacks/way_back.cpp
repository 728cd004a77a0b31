#include "models/stacks/way_back.hpp"

#include "models/kafka_version.hpp"
#include "models/stacks/links.hpp"

namespace rollcast::models {

bool goes_back(const NodeStack& from, const NodeStack& to, DataDisk data_disk) {
    const auto reaches = [](std::string_view version, std::string_view most) {
        if (version.empty() || most.empty()) return true;
        return parse_kafka_version(version) <= parse_kafka_version(most);
    };
    if (!reaches(spoken_protocol(from), spoken_protocol(to))) return false;
    if (!reaches(spoken_protocol(from), to.kafka_version)) return false;
    if (!reaches(from.message_format, to.kafka_version)) return false;
    const bool el9 = crypto_policy(from).least_key_bits > 0;
    const bool before = crypto_policy(to).least_key_bits == 0;
    return data_disk == DataDisk::keep || !el9 || !before;
}

}  // namespace rollcast::models
