// What faults on links and stacks have in common.
#pragma once

#include <cstdint>
#include <vector>

#include "models/fault.hpp"
#include "models/fleet.hpp"

namespace rollcast::models::faults {

/// The place of `b` in its cluster.
std::uint32_t place_of(const Fleet& fleet, BrokerId b);
/// The first `share` of `brokers` places, rounded.
std::vector<std::uint32_t> of_all(std::uint32_t brokers, double share);
/// The first `share` of the places beside `place`, rounded.
std::vector<std::uint32_t> of_others(std::uint32_t brokers, std::uint32_t place, double share);
/// True where `b` is in the first `share` of its cluster.
bool first_share(const Fleet& fleet, BrokerId b, double share);

/// The cluster names the stacks of its brokers.
bool names_stacks(const Fleet& fleet, const Fault& fault);
/// And their listeners speak TLS.
bool shows_certificates(const Fleet& fleet, const Fault& fault);

}  // namespace rollcast::models::faults
