// How long the steps of Kafka's reaction take where no document says so: measured over the recorded
// runs in tests/reference, each with its spread (docs/validation.md).
#pragma once

#include "models/step.hpp"

namespace rollcast::models {

struct ReactionTimes {
    /// KRaft: beyond the heartbeat interval until a broker sends the next one, since it counts from
    /// the answer to the last: 19-54 ms over 13 brokers on the recorder's busy machine, mean of
    /// some 30 heartbeats each; assumed here.
    SpreadDuration heartbeat_answer{sim::milliseconds(10), sim::milliseconds(15)};
    /// From the signal until the controller has moved the leaders, apart from what each of many
    /// takes: 17-242 ms over 14 controlled shutdowns, KRaft and ZooKeeper alike.
    SpreadDuration first_answer{sim::milliseconds(61), sim::milliseconds(231)};
    /// ZooKeeper: followed partitions leave one by one after the leaders, the last 62-384 ms later
    /// in the six shutdowns of r11.
    SpreadDuration followers_after{sim::milliseconds(182), sim::milliseconds(637)};
    /// ZooKeeper: from the signal until the session is closed: 1.4-2.7 s over six shutdowns.
    sim::Duration session_closes = sim::milliseconds(1'384);
    sim::Duration closing_spread = sim::milliseconds(1'319);
    /// ZooKeeper, AlterIsr from 2.7 on: a leader that has not heard of the shutdown lets a follower
    /// in once more; share of leaders that do. 17 of 156 followed partitions in r11, in bunches.
    double rejoins = 0.11;
    /// KRaft: from unfencing until leaders begin to let partitions in; the first one joins up to a
    /// fetch later, 57-601 ms over 20 starts.
    SpreadDuration first_join{sim::milliseconds(118), sim::milliseconds(621)};
    /// Until all leaders have let theirs in, where nothing is throttled: 0.17-1.9 s from the first
    /// partition to the last over 27 starts.
    SpreadDuration join_queue{sim::milliseconds(827), sim::milliseconds(2'372)};
    /// KRaft: a broker that starts fetches before its dynamic configuration is applied, so for so
    /// long without the throttle of a follower; what it fetches is counted from somewhere in
    /// between. 6, 22 and 30 MB passed so in r13, r06 and r10.
    SpreadDuration unthrottled{sim::milliseconds(250), sim::milliseconds(600)};
    /// ZooKeeper: a new controller takes the dead one's leaders away first and elects so much later
    /// (one case, r17).
    sim::Duration offline_elected = sim::milliseconds(200);
};

}  // namespace rollcast::models
