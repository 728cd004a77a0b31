// A replication throttle below the write rate, set for an earlier move and left behind.
#include <algorithm>

#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo throttle_set{
    .word = "throttle_set",
    .family = FaultFamily::configuration,
    .target = FaultTarget::cluster,
    .parameters = {{{.key = "of_writes",
                     .unit = "",
                     .least = 0.0,
                     .most = 1e6,
                     .fallback = 0.5,
                     .meaning = "Of what is written to a broker, on average over the cluster.",
                     .source = "assumed: below the write rate, §4.2"}}},
    .phrase =
        "brokers of {target} with a throttle of {0} times what is written to them, for {duration}",
    .effect =
        "Every broker of a cluster has a replication throttle, both ways, with its topic lists.",
    .shows =
        "Catch-up is slow, and does not converge below the write rate: the step never ends "
        "(`finished`).",
    .over_by = "The throttle is as the cluster's configuration says.",
    .source = "§4.2, §4.5",
    .starts = set_config,
    .ends = set_config,
    .sets = [](const Fleet& fleet, const Fault& fault, ClusterConfig& config) {
        const auto brokers = fleet.clusters()[fault.cluster].brokers();
        double written = 0.0;
        for (const BrokerId b : brokers)
            written += static_cast<double>(fleet.hosted_write_rate(b).count());
        const double rate = fault.value(0) * written / static_cast<double>(brokers.size());
        config.throttle_lists = true;
        config.leader_throttle = config.follower_throttle =
            ByteRate{static_cast<std::int64_t>(std::min(rate, 1e18))};
    }};

}  // namespace rollcast::models::faults
