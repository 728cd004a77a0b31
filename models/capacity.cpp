#include "models/capacity.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rollcast::models {

double as_capacity(ByteRate rate) {
    return rate == unlimited ? std::numeric_limits<double>::infinity()
                             : static_cast<double>(rate.count());
}

namespace {

bool any_dir(LogDirId) { return true; }

template <class Works>
double spread_capacity(
    const Fleet& fleet, BrokerId broker, ByteRate LogDir::*rate, double factor, Works works) {
    const auto dirs = fleet.brokers()[broker].log_dirs();
    std::vector<double> written(dirs.size(), 0.0);
    double total = 0.0;
    for (const HostedReplica& replica : fleet.hosted(broker)) {
        const LogDirId dir = fleet.replica_dirs(replica.partition)[replica.slot];
        if (!works(dir)) continue;
        const auto bytes =
            static_cast<double>(fleet.partitions()[replica.partition].write_bytes_per_s);
        written[dir.value - dirs.front().value] += bytes;
        total += bytes;
    }
    double capacity = std::numeric_limits<double>::infinity();
    for (const LogDirId dir : dirs) {
        if (!works(dir)) continue;
        const double share = total > 0.0 ? written[dir.value - dirs.front().value] / total
                                         : 1.0 / static_cast<double>(dirs.size());
        if (share <= 0.0) continue;
        capacity =
            std::min(capacity, left_of(as_capacity(fleet.log_dirs()[dir].*rate), factor) / share);
    }
    return capacity;
}

}  // namespace

double disk_write_capacity(const Fleet& fleet, BrokerId broker, double factor) {
    return spread_capacity(fleet, broker, &LogDir::write_rate, factor, any_dir);
}

double capacity_left(const Fleet& fleet, BrokerId broker, const std::vector<LogDirId>& dead) {
    const auto works = [&](LogDirId dir) {
        return std::find(dead.begin(), dead.end(), dir) == dead.end();
    };
    const double whole = disk_write_capacity(fleet, broker);
    const double left = spread_capacity(fleet, broker, &LogDir::write_rate, 1.0, works);
    return std::isfinite(whole) && std::isfinite(left) ? left / whole : 1.0;
}

double disk_read_capacity(const Fleet& fleet, BrokerId broker, double factor) {
    return spread_capacity(fleet, broker, &LogDir::read_rate, factor, any_dir);
}

double catch_up_capacity(const Fleet& fleet, BrokerId b) {
    const Broker& broker = fleet.brokers()[b];
    const ClusterConfig& config = fleet.clusters()[broker.cluster].config;
    const BrokerSettings* own = fleet.own_config(b);
    double capacity = std::min(as_capacity(broker.nic_in), disk_write_capacity(fleet, b));
    if (config.throttle_lists) {
        const ByteRate throttle = own != nullptr
                                      ? own->follower_throttle.value_or(config.follower_throttle)
                                      : config.follower_throttle;
        capacity = std::min(capacity, as_capacity(throttle));
    }
    return capacity;
}

}  // namespace rollcast::models
