// What limits the bytes that enter or leave a broker when it fetches.
#pragma once

#include "models/fleet.hpp"

namespace rollcast::models {

/// Bytes/s at which the log dirs of a broker take writes spread as its replicas' write rates are:
/// a fetcher thread appends to all dirs in turn, so the slowest dir for its share paces all of
/// them: min over dirs of rate / share. `factor` scales the dirs' rates.
double disk_write_capacity(const Fleet& fleet, BrokerId broker, double factor = 1.0);

/// Share of `disk_write_capacity` that is there without the dirs in `dead`; 1 where disks are no
/// limit.
double capacity_left(const Fleet& fleet, BrokerId broker, const std::vector<LogDirId>& dead);

/// As `disk_write_capacity`, for reads of what lies on disk.
double disk_read_capacity(const Fleet& fleet, BrokerId broker, double factor = 1.0);

/// Bytes/s of replication that a broker can take in: the least of NIC, disks and its own
/// follower.replication.throttled.rate, where lists put the throttle in force.
double catch_up_capacity(const Fleet& fleet, BrokerId broker);

/// A rate as a floating number; infinity for `unlimited`.
double as_capacity(ByteRate rate);

/// What a share `factor` (0 or more) leaves of `capacity`; nothing of an unlimited one at 0.
inline double left_of(double capacity, double factor) {
    return factor == 0.0 ? 0.0 : capacity * factor;
}

}  // namespace rollcast::models
