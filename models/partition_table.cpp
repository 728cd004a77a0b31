#include "models/partition_table.hpp"

namespace rollcast::models {

PartitionTable initial_partitions(const Scope& scope) {
    const Fleet& fleet = *scope.fleet;
    PartitionTable table(scope.partitions());
    for (const PartitionId p : scope.partitions()) {
        const Partition& partition = fleet.partitions()[p];
        PartitionState& state = table[p];
        state.isr = partition.isr;
        state.leader = partition.leader;
        state.set_min_isr(partition.min_isr);
        state.set(breach_accepted, fleet.topics()[partition.topic].accepted);
        bool clean = true;
        const auto replicas = fleet.replicas(p);
        for (std::size_t i = 0; i < static_cast<std::size_t>(partition.assigned()); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                clean =
                    clean && fleet.brokers()[replicas[i]].rack != fleet.brokers()[replicas[j]].rack;
            }
        }
        state.set(spread_clean, clean);
    }
    return table;
}

}  // namespace rollcast::models
