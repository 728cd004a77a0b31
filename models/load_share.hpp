// How much of each resource the live load takes.
#pragma once

#include "models/load_book.hpp"

namespace rollcast::models {

/// What is left of a broker's own resources.
struct BrokerRates {
    double network_factor = 1.0;
    double disk_write_capacity = 0.0;  // bytes/s
};

/// Bytes/s of a link, both ways; infinity where it is no limit.
struct LinkRates {
    double up = 0.0;
    double down = 0.0;
};

/// The share of its NIC or its disks, whichever is busier, that `b` needs for the live load at
/// `multiplier` times the mean rates; 1 = all of it, more = it cannot keep up.
double broker_share(
    const Fleet& fleet, const LoadBook& load, BrokerId b, double multiplier, BrokerRates left);
/// The same for the uplink of a rack, and for the link of a room, of which `left` is left.
double link_share(const LoadBook& load, RackId r, double multiplier, LinkRates left);
double link_share(const LoadBook& load, RoomId r, double multiplier, LinkRates left);

/// The largest of them in cluster `c` with every broker up and leaders as the case has them. Room
/// links count with what `c` alone sends.
double busiest_share(const Case& a_case, ClusterId c, double multiplier);

}  // namespace rollcast::models
