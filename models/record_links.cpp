// What links that are cut or refused do to the record plane: the fetches of followers. What becomes
// of the clients of a leader that is cut off is not modelled, see World::verdict.
#include <algorithm>
#include <cstdint>
#include <limits>

#include "models/record_fetch.hpp"
#include "models/record_plane.hpp"

namespace rollcast::models {

void RecordPlane::links_change(const RunState& run,
                               ClusterId c,
                               std::span<const PartitionId> /*partitions*/) {
    least_backlog_ = std::numeric_limits<std::int64_t>::max();
    state_.now = std::max(state_.now, run.now);
    const auto before = state_.cut;
    const Cluster& cluster = run.fleet().clusters()[c];
    state_.cut.clear();
    for (const BrokerId follower : cluster.brokers()) {
        for (const BrokerId leader : cluster.brokers()) {
            const bool both = state_.up(follower) && state_.up(leader);
            if (!both || run.links.fetches(c, follower, leader)) continue;
            state_.cut.emplace_back(follower, leader);
        }
    }
    for (const auto& [follower, leader] : state_.cut) {
        for (const HostedReplica& hosted : run.fleet().hosted(follower)) {
            const std::uint32_t index = hosted.partition.value - state_.first_partition;
            const RecordReplica& replica = state_.replica(state_.partitions[index], hosted.slot);
            const bool asks =
                replica.fetcher != no_index && state_.fetchers[replica.fetcher].leader == leader;
            if (asks) unfollow(state_, index, hosted.slot);
        }
    }
    for (const auto& [follower, leader] : before) {
        if (!state_.is_cut(follower, leader) && state_.up(follower)) {
            learn_hosted(run, follower, state_.times().propagation.nominal);
        }
    }
}

/// Between the racks of a recorded run nothing is a limit but the brokers' own cards.
void RecordPlane::uplink_changes(const RunState&, RackId) {}

}  // namespace rollcast::models
