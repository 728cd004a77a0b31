// What is done to a cluster from outside, one act at an instant: the script of an experiment, or
// the record of what somebody did.
#pragma once

#include <cstdint>
#include <optional>

#include "models/ids.hpp"
#include "models/step.hpp"
#include "sim/units.hpp"

namespace rollcast::models {

enum class ActionKind : std::uint8_t {
    kill,       // SIGKILL: the process is gone at once, page cache kept
    shut_down,  // SIGTERM: controlled shutdown
    hang,       // SIGSTOP: the process stands still, host and connections stay
    go_on,      // SIGCONT
    start,      // the process is started
    wipe,       // log dirs deleted while the process is down
    throttle,   // replication throttles of a broker set
    elect       // preferred leader election asked for, for all partitions of the cluster
};

/// One act. Its target is `broker` or `quorum_node`; of `elect` the cluster alone.
struct Action {
    ActionKind kind = ActionKind::kill;
    sim::Instant at;
    ClusterId cluster;
    BrokerId broker = BrokerId::none();
    QuorumNodeId quorum_node = QuorumNodeId::none();
    /// From the act to what it brings about: of `start` the registration (of a quorum node: that it
    /// is back in its ensemble), of `throttle` and `elect` that the cluster has heard of it.
    SpreadDuration takes{};
    /// start of a broker: from its registration until it serves and fetches (KRaft: is unfenced).
    SpreadDuration serves_after{};
    /// start of a broker: until all leaders have let it in, where that is known better than by
    /// ReactionTimes::join_queue.
    SpreadDuration join_queue{};
    bool comes_back = true;  // start: false where the process never registers
    bool upgrades = false;   // start: on the stack of after the migration
    /// throttle: bytes/s of replication out of and into the broker; nothing = left as it is.
    std::optional<sim::ByteRate> leader_rate{};
    std::optional<sim::ByteRate> follower_rate{};
};

}  // namespace rollcast::models
