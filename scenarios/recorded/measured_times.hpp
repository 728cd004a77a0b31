// What is measured over recorded runs and not documented: the recorder's machine, and steps of
// Kafka's reaction. scripts/measure.py measures it again.
#pragma once

#include <filesystem>

#include "models/reaction_times.hpp"
#include "models/record_times.hpp"

namespace rollcast::scenarios {

/// What a request takes on a recorder's machine, one way and while it is handled.
struct RequestTimes {
    sim::Duration network;
    models::SpreadDuration service;  // within a run
    double slowness_p95;             // over runs, times the usual
};

/// A time that grows with what the start of its broker took, since a slow machine is slow in both.
struct ShareOfStart {
    double median;
    double p95;
};

/// The defaults are measured over the recorder's runs (two cores for six brokers, everything on
/// loopback).
struct MeasuredTimes {
    MeasuredTimes() {
        // 2,010-2,054 ms from heartbeat to heartbeat: 18 brokers, mean of some 30 each.
        reaction.heartbeat_answer = {sim::milliseconds(30), sim::milliseconds(56)};
        // 0.19-0.66 s from a new controller's election to its first act: six failovers (1.1 s in
        // r20, whose ensemble was back for a moment only).
        reaction.failover = {sim::milliseconds(530), sim::milliseconds(660)};
    }

    models::ReactionTimes reaction;
    /// With acks=1 producers wait 5 ms (linger.ms) and 1-21 ms more under KRaft (20 topics, median
    /// 11), 1-8 ms under ZooKeeper (13, median 2); the slowest of 15 takes 2.5 times the median.
    RequestTimes kraft{sim::microseconds(500), {sim::milliseconds(10), sim::milliseconds(24)}, 4.6};
    RequestTimes zookeeper{
        sim::microseconds(250), {sim::microseconds(1'500), sim::microseconds(3'750)}, 2.7};
    /// From a decision to the brokers' own log lines, in two rolls, KRaft and ZooKeeper alike: the
    /// old leader resigns after 28-181 ms (6 cases), the others hear of it within some 20 ms of
    /// that; a new leader leads its first partition 0-236 ms later and its last one 35-410 ms after
    /// that (14 cases). In r28, r29 and r31, recorded later and not used for these, a new leader
    /// leads its first partition 22-394 ms after the decision (17 cases, here 50 + 5 + 25 and up to
    /// 180 + 25 + 200), its last one 16-171 ms after that.
    models::SpreadDuration propagation{sim::milliseconds(50), sim::milliseconds(180)};
    models::SpreadDuration hearing{sim::milliseconds(5), sim::milliseconds(25)};
    models::SpreadDuration takeover{sim::milliseconds(25), sim::milliseconds(200)};
    models::SpreadDuration succession{sim::milliseconds(125), sim::milliseconds(350)};
    /// Connections to a killed broker end 0-200 ms later, by the records that failed on them after
    /// 21 kills.
    models::SpreadDuration closing{sim::milliseconds(51), sim::milliseconds(129)};
    models::SpreadDuration wake = models::RecordTimes{}.wake;
    /// Fetching without a throttle: 30-45 MB/s in the seconds of pure catch-up of r04, r06 and r13.
    sim::ByteRate catch_up_rate = sim::bytes_per_second(45'000'000);
    /// ZooKeeper: from the registration of a broker until it fetches, 20 starts.
    ShareOfStart serves{0.165, 0.240};
    /// From the first leader that may let a started broker in to the last one: 26 and 20 starts.
    ShareOfStart kraft_queue{0.055, 0.163};
    ShareOfStart zookeeper_queue{0.220, 0.404};
    /// From the end of its session until a process that was asked to stop has ended: 17 and 13.
    models::SpreadDuration kraft_exit{sim::milliseconds(904), sim::milliseconds(1'886)};
    models::SpreadDuration zookeeper_exit{sim::milliseconds(2'892), sim::milliseconds(5'025)};
    /// Start of ZooKeeper servers until they elect: 0.7-2.5 s in three cases, 3.3 and 5.3 s in two
    /// beside other work.
    models::SpreadDuration quorum_node_start{sim::milliseconds(2'500), sim::milliseconds(5'270)};
    /// The recorder's tools start a Java process first: five alterations took 3.8-8.9 s, and what
    /// they changed showed at the end; five elections 1.3-2.5 s.
    models::SpreadDuration alter_tool{sim::milliseconds(8'480), sim::milliseconds(14'900)};
    models::SpreadDuration election_tool{sim::milliseconds(1'680), sim::milliseconds(2'730)};
};

/// Takes over what stands in `file`, a JSON object: durations in ms as [median, 95th percentile]
/// under "first_answer_ms", "followers_after_ms", "first_join_ms", "join_queue_ms",
/// "heartbeat_answer_ms", "follows_anew_ms", "unthrottled_ms", "kraft_service_ms",
/// "zookeeper_service_ms", "propagation_ms", "hearing_ms", "takeover_ms", "succession_ms",
/// "closing_ms", "alter_tool_ms", "election_tool_ms", "quorum_node_start_ms", "failover_ms",
/// "kraft_exit_ms", "zookeeper_exit_ms"; as [least, most] "session_closes_ms" and "new_session_ms";
/// alone "offline_elected_ms"; ratios "kraft_slowness_p95", "zookeeper_slowness_p95"; shares of a
/// start as [median, 95th percentile] "serves_share", "kraft_queue_share", "zookeeper_queue_share".
/// Throws InputError for anything else.
MeasuredTimes read_measured_times(const std::filesystem::path& file);

}  // namespace rollcast::scenarios
