// A recorded run of a real cluster, as the recorder's folder holds it (tests/reference/README.md):
// what a prediction may know, and apart from it what happened.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/format/json_file.hpp"

namespace rollcast::scenarios {

/// All times in ms since the start of the load.
struct RecordedAction {
    std::int64_t at_ms = 0;
    std::string what;    // kill, term, stop, cont, start, wipe, alter, elect, shell
    std::string target;  // "3", "q2", or what was altered
    int line = 0;
    /// start of a broker: until its first registration and, in KRaft, from there until unfenced.
    std::optional<std::int64_t> registered_after_ms;
    std::optional<std::int64_t> unfenced_after_ms;
};

struct RecordedTopic {
    std::string name;
    double rate_per_s = 0.0;
    std::int64_t record_bytes = 0;
    std::string acks;
    bool idempotent = false;
    bool retries = true;
    std::map<std::string, std::string> config;
    std::vector<std::vector<std::int64_t>> replicas;  // by partition, in assignment order
};

/// State of one partition.
struct RecordedState {
    std::int64_t leader = -1;  // broker, -1 = none
    std::vector<std::int64_t> isr;
};

/// A roll of the script: one group after another is signalled, waited for, left down, started, and
/// followed by quiet once nothing is under-replicated.
struct ScriptedRoll {
    std::vector<std::vector<std::int64_t>> groups;
    double down_s = 0.0;
    double quiet_s = 0.0;
    std::string version;   // of the processes that it starts; empty: as before
    std::string protocol;  // inter.broker.protocol.version of these, where they have one
};

/// What a prediction may know: the set-up, what was done to the cluster, how long started processes
/// took to register, and the state before the load began.
struct RecordedSetup {
    std::string name;
    std::string file;  // run.json, as the user typed it
    bool kraft = false;
    std::string version;
    std::map<std::int64_t, std::string> racks;  // by broker
    int quorum_nodes = 1;
    std::int64_t seconds = 0;
    std::int64_t delivery_timeout_ms = 120'000;
    std::int64_t t0_ms = 0;  // start of the load, Unix time
    std::map<std::string, std::string> broker_config;
    std::map<std::string, std::string> controller_config;
    std::vector<RecordedTopic> topics;
    std::vector<RecordedAction> actions;
    std::vector<ScriptedRoll> rolls;
    std::map<std::pair<std::string, int>, RecordedState> initial;
    std::optional<std::int64_t> first_controller;          // ZooKeeper
    std::map<std::int64_t, std::int64_t> heartbeat_at_ms;  // KRaft: unfenced before the load
};

/// A row of transitions.tsv.
struct RecordedTransition {
    std::int64_t at_ms = 0;
    std::string topic;
    int partition = 0;
    RecordedState state;
};

/// What clients of one topic saw, from records.tsv and the 100 ms tables.
struct RecordedClients {
    std::string topic;
    std::int64_t sent = 0;
    std::int64_t acked = 0;
    std::int64_t failed = 0;
    std::int64_t acked_lost = 0;
    std::int64_t duplicates = 0;
    std::map<std::string, std::int64_t> errors;  // by class
    std::int64_t producer_stall_ms = 0;          // longest stretch without an acknowledgement
    std::int64_t consumer_stall_ms = 0;          // longest stretch without a record
};

/// What happened. Nothing of it may reach a prediction.
struct RecordedTruth {
    std::vector<RecordedTransition> transitions;  // after the start of the load, in order of time
    std::vector<RecordedClients> clients;         // in the order of the topics
};

/// Both throw InputError with file and line where a table is missing, cut or out of order.
RecordedSetup read_recorded_setup(const std::filesystem::path& folder);
RecordedTruth read_recorded_truth(const std::filesystem::path& folder, const RecordedSetup& setup);

}  // namespace rollcast::scenarios
