// Reads what `kafka-broker-api-versions` prints: each broker's address, id and rack, and the
// requests it knows, from which some Kafka releases can be told for certain.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcast::scenarios {

struct ApiRange {
    std::int64_t lowest = 0;
    std::int64_t highest = 0;
};

struct BrokerApis {
    std::int64_t id = 0;
    std::string host;
    std::int64_t port = 0;
    std::optional<std::string> rack;        // nothing = null, the broker has none
    std::map<std::int64_t, ApiRange> apis;  // by api key; unsupported ones are left out
    std::size_t line = 0;
};

/// Throws DumpError where a block is not closed (the dump is cut), a line cannot be read, or a
/// broker is listed twice.
std::vector<BrokerApis> parse_api_versions(std::string_view text);

bool looks_like_api_versions(std::string_view line);

/// The release where the requests leave no doubt ("2.8", "3.9", "4"); empty where they do.
/// Clues: DescribeCluster(60) came with 2.8 (KIP-700), DescribeTransactions(65) with 3.0 (KIP-664),
/// AddRaftVoter(80) with 3.9 (KIP-853); 4.0 dropped Produce 0-2 (KIP-896).
std::string kafka_release(const BrokerApis& broker);

}  // namespace rollcast::scenarios
