// A setting is flipped, and the cluster moves data by itself.
#include <algorithm>
#include <cmath>
#include <vector>

#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

namespace {

/// How often the balancer looks whether moves have ended (Cruise Control's
/// execution.progress.check.interval.ms).
constexpr sim::Duration looks_every = sim::seconds(10);

void balance(FaultScene& scene) {
    scene.run.balancing.insert(scene.fault().cluster);
    const ClusterState& cluster = scene.run.clusters[scene.fault().cluster];
    if (cluster.quorum_ok && cluster.reaction_at <= scene.run.now) {
        begin_moves(scene, static_cast<std::size_t>(scene.fault().value(2)));
    }
    later(scene, looks_every, 0);
}

}  // namespace

const FaultInfo self_balancing{
    .word = "self_balancing",
    .family = FaultFamily::configuration,
    .target = FaultTarget::cluster,
    .parameters = {{{.key = "of_replicas",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 0.1,
                     .meaning = "Share of the replicas in question, in partition order.",
                     .source = "assumed"},
                    {.key = "move_bytes_per_s",
                     .unit = "",
                     .least = 0.0,
                     .most = 1e12,
                     .fallback = 10'485'760.0,
                     .meaning =
                         "Throttle of what is moved, for a broker and a direction; 0 = none.",
                     .source = "assumed: that of a balancer as it comes"},
                    {.key = "at_a_time",
                     .unit = "",
                     .least = 1.0,
                     .most = 10'000.0,
                     .fallback = 10.0,
                     .meaning = "Partitions that are moved at once.",
                     .source = "assumed",
                     .whole = true}}},
    .phrase = "{target} moves {0} of its replicas by itself, {2} at a time, for {duration}",
    .effect =
        "A cluster moves the last replica of partitions to where fewer are, a few at a time, "
        "nobody having asked for it.",
    .shows =
        "`reassigning partitions`, outside any step as well; replicas out of sync, and bytes "
        "on disks and networks.",
    .over_by = "The setting is flipped back: what is under way ends, nothing new begins.",
    .source = "§4.2, KIP-455",
    .starts = balance,
    .ends = [](FaultScene& scene) { scene.run.balancing.erase(scene.fault().cluster); },
    .goes_on = [](FaultScene& scene, std::uint32_t) { balance(scene); },
    .possible = [](const Fleet& fleet,
                   const Fault& fault) { return has_room_for_moves(fleet, fault.cluster); },
    .only = "a cluster with more brokers than replicas of a partition",
    .moves =
        [](const Fleet& fleet, const Fault& fault) {
            const auto partitions = fleet.clusters()[fault.cluster].partitions();
            double replicas = 0.0;
            for (const PartitionId p : partitions) replicas += fleet.partitions()[p].rf;
            const auto wanted = static_cast<std::size_t>(std::llround(fault.value(0) * replicas));
            std::vector<HostedReplica> moved;
            for (const PartitionId p : partitions) {
                if (moved.size() == wanted) break;
                moved.push_back({p, static_cast<std::uint8_t>(fleet.partitions()[p].rf - 1)});
            }
            return moved;
        },
    .move_throttle = [](const Fault& fault) { return fault.value(1); }};

}  // namespace rollcast::models::faults
