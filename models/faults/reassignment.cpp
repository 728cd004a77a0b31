// A reassignment of somebody's own runs beside the roll.
#include <algorithm>
#include <cmath>
#include <vector>

#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

namespace {

/// All of it, once there is a controller that takes it.
void reassign(FaultScene& scene) {
    const Event again{.kind = EventKind::fault_goes_on,
                      .entity = scene.index,
                      .version = scene.book.times[scene.index]};
    const ClusterId c = scene.run.fleet().brokers()[scene.fault().broker].cluster;
    if (scene.control.can_react(c, again)) begin_moves(scene, scene.run.a_case->moves.size());
}

}  // namespace

const FaultInfo reassignment{
    .word = "reassignment",
    .family = FaultFamily::operation,
    .target = FaultTarget::broker,
    .lasts = false,
    .parameters = {{{.key = "of_replicas",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 1.0,
                     .meaning = "Share of the replicas in question, in partition order.",
                     .source = "assumed"},
                    {.key = "move_bytes_per_s",
                     .unit = "",
                     .least = 0.0,
                     .most = 1e12,
                     .fallback = 50e6,
                     .meaning =
                         "Throttle of what is moved, for a broker and a direction; 0 = none.",
                     .source = "§4.4, the budget of its example"}}},
    .phrase = "{0} of the replicas of {target} are moved away at {1} B/s",
    .effect =
        "Replicas of a broker are made on others, catch up, and are removed where they were "
        "(kafka-reassign-partitions), all at once.",
    .shows =
        "`reassigning partitions`; the new brokers are out of sync until they have caught up, "
        "and the bytes go over the disks, networks and uplinks that catch-up needs.",
    .over_by = "Every new replica is in sync; never where the throttle is below the write rate.",
    .source = "§2.1, §4.2, KIP-455",
    .starts = reassign,
    .goes_on = [](FaultScene& scene, std::uint32_t) { reassign(scene); },
    .possible =
        [](const Fleet& fleet, const Fault& fault) {
            return has_room_for_moves(fleet, fleet.brokers()[fault.broker].cluster);
        },
    .only = "a broker of a cluster with more brokers than replicas of a partition",
    .moves =
        [](const Fleet& fleet, const Fault& fault) {
            const auto hosted = fleet.hosted(fault.broker);
            const auto wanted = static_cast<std::size_t>(
                std::llround(fault.value(0) * static_cast<double>(hosted.size())));
            const auto first = hosted.first(std::min(wanted, hosted.size()));
            return std::vector<HostedReplica>(first.begin(), first.end());
        },
    .move_throttle = [](const Fault& fault) { return fault.value(1); }};

}  // namespace rollcast::models::faults
