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

/// The defaults are measured over the recorder's runs (two cores for six brokers, everything on
/// loopback).
struct MeasuredTimes {
    MeasuredTimes() {
        // 2,019-2,054 ms from heartbeat to heartbeat: 13 brokers, mean of some 30 each.
        reaction.heartbeat_answer = {sim::milliseconds(32), sim::milliseconds(47)};
    }

    models::ReactionTimes reaction;
    /// With acks=1 producers wait 5 ms (linger.ms) and 5-21 ms more under KRaft (median of ten runs
    /// 11), 2-8 ms under ZooKeeper (four runs, 3); the slowest of 15 takes 2.5 times the median.
    RequestTimes kraft{
        sim::microseconds(500), {sim::milliseconds(11), sim::milliseconds(26)}, 1.87};
    RequestTimes zookeeper{
        sim::microseconds(250), {sim::microseconds(2'500), sim::microseconds(7'500)}, 2.7};
    /// From a decision to the brokers' own log lines, in two rolls, KRaft and ZooKeeper alike: the
    /// old leader resigns after 28-181 ms (6 cases), the others hear of it within some 20 ms of
    /// that; a new leader leads its first partition 0-236 ms later and its last one 35-410 ms after
    /// that (14 cases).
    models::SpreadDuration propagation{sim::milliseconds(50), sim::milliseconds(180)};
    models::SpreadDuration hearing{sim::milliseconds(5), sim::milliseconds(25)};
    models::SpreadDuration takeover{sim::milliseconds(25), sim::milliseconds(200)};
    models::SpreadDuration succession{sim::milliseconds(125), sim::milliseconds(350)};
    /// Connections to a killed broker end 0-200 ms later, by the records that failed on them after
    /// 16 kills.
    models::SpreadDuration closing{sim::milliseconds(58), sim::milliseconds(145)};
    /// Fetching without a throttle: 30-45 MB/s in the seconds of pure catch-up of r04, r06 and r13.
    sim::ByteRate catch_up_rate = sim::bytes_per_second(45'000'000);
    /// ZooKeeper: from the registration of a broker until it fetches, as a share of the time that
    /// its start took, ten starts (a slow machine is slow in both).
    double serves_share = 0.185;
    double serves_share_p95 = 0.262;
    /// Start of a quorum node until it is back in its ensemble (one case, r09).
    sim::Duration quorum_node_start = sim::milliseconds(1'800);
    /// The recorder's tools start a Java process first: four alterations took 7.7-8.9 s, and what
    /// they changed showed at the end; an election 5.7 s (one case).
    models::SpreadDuration alter_tool{sim::milliseconds(8'300), sim::milliseconds(9'200)};
    models::SpreadDuration election_tool{sim::milliseconds(5'500), sim::milliseconds(7'000)};
};

/// Takes over what stands in `file`, a JSON object of durations in ms: "first_answer_ms",
/// "followers_after_ms", "first_join_ms", "join_queue_ms", "heartbeat_answer_ms", "unthrottled_ms",
/// "kraft_service_ms", "zookeeper_service_ms", "propagation_ms", "hearing_ms", "takeover_ms",
/// "succession_ms", "closing_ms", "alter_tool_ms", "election_tool_ms" as [median, 95th percentile];
/// "session_closes_ms" as [least, most]; "offline_elected_ms", "quorum_node_start_ms";
/// "kraft_slowness_p95", "zookeeper_slowness_p95"; "serves_share" as [median, 95th percentile].
/// Throws InputError for anything else.
MeasuredTimes read_measured_times(const std::filesystem::path& file);

}  // namespace rollcast::scenarios
