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
    /// takes: 8-242 ms over 30 controlled shutdowns, KRaft and ZooKeeper alike.
    SpreadDuration first_answer{sim::milliseconds(61), sim::milliseconds(216)};
    /// ZooKeeper: followed partitions leave one by one after the leaders, the last 62-384 ms later
    /// over 13 shutdowns.
    SpreadDuration followers_after{sim::milliseconds(193), sim::milliseconds(503)};
    /// ZooKeeper: from the signal until the session is closed: 1.2-2.7 s over 13 shutdowns.
    sim::Duration session_closes = sim::milliseconds(1'163);
    sim::Duration closing_spread = sim::milliseconds(1'540);
    /// ZooKeeper, AlterIsr from 2.7 on: a leader that has not heard of the shutdown lets a follower
    /// in once more; share of leaders that do. 39 of 287 followed partitions over 15 shutdowns of
    /// r11, r21, r26 and b2, in bunches.
    double rejoins = 0.14;
    /// KRaft: from unfencing until leaders begin to let partitions in; the first one joins up to a
    /// fetch later, 44-601 ms over 31 starts.
    SpreadDuration first_join{sim::milliseconds(50), sim::milliseconds(283)};
    /// Until all leaders have let theirs in, where nothing is throttled: 0.17-1.9 s from the first
    /// partition to the last over 46 starts.
    SpreadDuration join_queue{sim::milliseconds(680), sim::milliseconds(2'532)};
    /// KRaft: a broker that starts fetches before its dynamic configuration is applied, so for so
    /// long without the throttle of a follower; what it fetches is counted from somewhere in
    /// between. 6, 22 and 30 MB passed so in r13, r06 and r10.
    SpreadDuration unthrottled{sim::milliseconds(250), sim::milliseconds(600)};
    /// ZooKeeper: until a new controller acts, beyond what each partition takes (era_costs);
    /// nothing where that says all.
    SpreadDuration failover{};
    /// ZooKeeper: a new controller takes the dead one's leaders away first and elects so much
    /// later: 95-382 ms over four failovers.
    sim::Duration offline_elected = sim::milliseconds(160);
    /// ZooKeeper: a process that has slept through its session has a new one between so much and so
    /// much more after it goes on: its client waits up to 1 s before it connects again (1.2-2.1 s
    /// over five hangs of r22, r28 and r30).
    sim::Duration new_session = sim::milliseconds(1'000);
    sim::Duration new_session_spread = sim::milliseconds(1'140);
    /// ZooKeeper: from there until it fetches what it follows, which its controller tells it to:
    /// 0.15-0.64 s over the same five.
    SpreadDuration follows_anew{sim::milliseconds(380), sim::milliseconds(970)};
};

}  // namespace rollcast::models
