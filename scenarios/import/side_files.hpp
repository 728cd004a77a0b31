// What no dump says and a user adds by hand: racks, write rates, machines. One line a fact, `#`
// starts a comment, CLUSTER: in front binds a fact to one cluster of a fleet.
//
//   racks   [CLUSTER:]BROKER=RACK              1=a        also on one line: 1=a,2=b
//   rates   [CLUSTER:]TOPIC[/PARTITION]=RATE   orders=1.2MB/s
//   hosts   KIND KEY=VALUE ...                 disk broker=* class=ssd capacity=4TB read=500MB
//           quorum  name= rack= [broker=] [cluster=]
//           broker  id=N|* [host=] [nic_in=] [nic_out=] [page_cache=] [cluster=]
//           disk    broker=N|* [path=] [class=hdd|ssd|nvme] [capacity=] [read=] [write=] [cluster=]
//           rack    name= [uplink_up=] [uplink_down=] [cluster=]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/import/log_dirs.hpp"

namespace rollcast::scenarios {

struct RackFact {
    std::string cluster;  // empty = any
    std::int64_t broker = 0;
    std::string rack;
    std::size_t line = 0;
};

struct RateFact {
    std::string cluster;  // empty = any
    std::string topic;
    std::optional<std::int64_t> partition;  // nothing = all partitions together
    std::int64_t bytes_per_s = 0;
    std::size_t line = 0;
};

struct QuorumFact {
    std::string cluster, name, rack;
    std::optional<std::int64_t> broker;  // shares that broker's host
    std::size_t line = 0;
};

struct BrokerFact {
    std::string cluster;
    std::optional<std::int64_t> id;  // nothing = every broker
    std::string host;
    std::optional<std::int64_t> nic_in, nic_out, page_cache;  // B/s, B/s, B
    std::size_t line = 0;
};

struct DiskFact {
    std::string cluster;
    std::optional<std::int64_t> broker;                 // nothing = every broker
    std::string path;                                   // empty = every dir of the broker
    std::string disk_class;                             // empty = not said
    std::optional<std::int64_t> capacity, read, write;  // B, B/s, B/s
    std::size_t line = 0;
};

struct UplinkFact {
    std::string cluster, name;
    std::optional<std::int64_t> up, down;  // B/s
    std::size_t line = 0;
};

struct HostFacts {
    std::vector<QuorumFact> quorum;
    std::vector<BrokerFact> brokers;
    std::vector<DiskFact> disks;
    std::vector<UplinkFact> racks;
};

/// Each throws DumpError where a line cannot be read or a broker, partition or node is named twice.
std::vector<RackFact> parse_racks(std::string_view text);
std::vector<RateFact> parse_rates(std::string_view text);
HostFacts parse_hosts(std::string_view text);

/// A moment as a user types it: epoch seconds, epoch milliseconds (from 10^11 on), seconds from
/// any common start, or ISO 8601 ("2026-11-24T05:48:06.123Z", "+02:00"; no zone = UTC).
/// Milliseconds since that start; nothing where it is none of these.
std::optional<std::int64_t> moment_ms(std::string_view text);

}  // namespace rollcast::scenarios
