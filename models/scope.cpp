#include "models/scope.hpp"

namespace rollcast::models {

Range<PartitionId> Scope::partitions() const {
    // A cluster without topics has no first partition: look at those that have some.
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    for (const ClusterId c : clusters()) {
        const Cluster& cluster = fleet->clusters()[c];
        if (cluster.partition_count == 0) continue;
        if (to == from) from = cluster.first_partition;
        to = cluster.first_partition + cluster.partition_count;
    }
    return {from, to};
}

Range<LogDirId> Scope::log_dirs() const {
    if (brokers().empty()) return {0, 0};
    const Broker& last_broker =
        fleet->brokers()[BrokerId{back().first_broker + back().broker_count - 1}];
    return {fleet->brokers()[brokers().front()].first_log_dir,
            last_broker.first_log_dir + last_broker.log_dir_count};
}

}  // namespace rollcast::models
