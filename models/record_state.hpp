// All that changes in the record fidelity: replicas, fetchers, producers, consumers, and what is
// due next among them. Plain values, so that a copy is a snapshot.
#pragma once

#include <array>
#include <vector>

#include "models/kafka_version.hpp"
#include "models/record_log.hpp"
#include "models/record_result.hpp"
#include "models/replication_quota.hpp"
#include "models/run_state.hpp"

namespace rollcast::models {

inline constexpr std::uint32_t no_index = 0xffff'ffffU;

/// What is due inside the data plane; `entity` is an index of the kind named.
enum class RecordEventKind : std::uint16_t {
    fetch_arrives,      // fetcher: its request is at the leader
    fetch_ends,         // fetcher: parked long enough, it comes again
    partition_learned,  // partition: the broker of slot `version` hears of its leader and ISR
    takes_over,         // partition: the broker of slot `version` is ready to lead it
    connections_close,  // broker: its process is gone, and so are the connections to it
    isr_check,          // broker: looks for followers that lag
    write_back,         // broker: the operating system writes old pages
    request_arrives,    // request
    send,               // connection: something is ready to be sent
    connection_timer,   // connection: its oldest request may be overdue
    refresh,            // client: asks for metadata
    expire,             // producer: delivery.timeout.ms of what waits may be over
    consume,            // reader: the next fetch of a consumer is at the broker
    reader_timer        // reader: its fetch may be overdue
};

struct RecordEvent {
    RecordEventKind kind = RecordEventKind::fetch_arrives;
    std::uint32_t entity = 0;
    std::uint32_t version = 0;
};

/// An acks=all batch that waits for the high watermark.
struct Waiting {
    Offset end = 0;
    std::uint32_t request = 0;
    std::uint32_t version = 0;
    std::uint32_t batch = 0;
};

/// One replica with its own log, and what the present leader knows of it.
struct RecordReplica {
    static constexpr std::size_t samples = 6;  // of the log end, one each sixth of the write-back

    ReplicaLog log;
    BrokerId broker;
    std::uint32_t fetcher = no_index;
    std::uint32_t epoch = 0;          // the last that its broker has heard of
    std::uint32_t checked_epoch = 0;  // of the leader that its log was last compared with
    bool leads = false;
    bool proposed = false;  // its leader has asked for it to be let into the ISR
    std::uint8_t isr = 0;   // a leader's view
    Offset arriving = -1;   // log end once the response under way is there; -1 = none
    Offset arriving_high_watermark = 0;
    Offset known_leo = -1;  // as the leader knows from its last fetch; -1 = not yet
    Offset leader_leo = 0;  // the leader's log end at that fetch
    sim::Instant fetched_at;
    sim::Instant caught_up_at;
    std::array<Offset, samples> written{};  // log ends at the last write-backs, oldest first
    std::vector<Waiting> waiting;           // for its high watermark while it leads
    std::uint32_t waiting_from = 0;
};

struct RecordPartition {
    PartitionId id;
    std::uint32_t topic = 0;  // index of RecordState::topics
    std::uint32_t first_replica = 0;
    std::uint8_t rf = 0;
    std::uint8_t min_isr = 0;
    bool freezes = false;         // the high watermark stands while the ISR is below min ISR (3.7+)
    bool equality_counts = true;  // a follower at the leader's log end never lags (2.1+)
    std::int8_t leader = -1;      // slot; as brokers and clients have heard
    std::uint32_t epoch = 0;
    Offset epoch_start = 0;
    std::int64_t record_bytes = 1;
    sim::Duration lag_time_max{};
    sim::Instant stalled_until;  // the last wait for a dead broker ended; never() = it goes on
    PartitionRecords records;
    std::uint32_t position = no_index;  // of the live consumer
};

struct FetchMember {
    std::uint32_t partition = 0;
    std::uint8_t slot = 0;
};

/// The one fetcher thread of a follower for one leader (num.replica.fetchers = 1, §4.1).
struct Fetcher {
    enum class State : std::uint8_t { idle, under_way, parked };
    BrokerId follower;
    BrokerId leader;
    State state = State::idle;
    bool transfers = false;  // its response is under way and takes part of the rates
    bool ends_scheduled = false;
    bool failed = false;  // its leader was gone when it asked
    std::uint32_t version = 0;
    std::uint32_t first = 0;  // member that is served first: they take turns
    sim::Instant since;       // of `state`
    sim::Instant sent_at;     // when the response under way leaves the leader
    sim::Instant append_at;   // and when it is appended
    std::vector<FetchMember> members;
};

struct RecordBroker {
    enum class Process : std::uint8_t { up, hung, dead };
    Process process = Process::up;
    bool powerless = false;  // its host is off
    sim::Instant since;
    double out_rate = 0.0;        // bytes/s: NIC
    double in_rate = 0.0;         // bytes/s: NIC and disks
    double cold_rate = 0.0;       // bytes/s: reads that miss the page cache
    sim::Duration fetch_delay{};  // that it holds up the fetches of followers
    int sending = 0;              // fetch responses under way
    int receiving = 0;
    ReplicationQuota quota_out;
    ReplicationQuota quota_in;
    sim::Instant throttled_from;  // a process that has just started takes what it gets
    std::uint32_t kills = 0;      // so far
    std::uint32_t decisions = 0;  // that it was told of so far
    sim::Instant learns_at;       // of the last of them
    std::uint32_t pauses = 0;     // drawn so far; the last one begins and ends at
    sim::Instant pause_begins;
    sim::Instant pause_ends;
    std::vector<RecordEvent> deferred;  // what reached a hung process
};

/// A batch on its way to the log.
struct SendBatch {
    RecordBatch records;
    std::uint32_t source = 0;
    std::uint32_t attempts = 0;
    bool sequenced = false;
    SendError error = SendError::none;
    sim::Instant not_before;  // backs off until then
};

struct Request {
    std::uint32_t connection = no_index;
    std::uint32_t version = 0;
    std::uint32_t pending = 0;  // batches that wait for the high watermark
    bool arrived = false;
    bool orphan = false;  // the client has given up
    std::int64_t bytes = 0;
    sim::Instant sent_at;
    sim::Instant deadline;
    std::vector<std::uint32_t> batches;
};

/// A producer's connection to one broker. The broker handles one request of it after another.
struct Connection {
    std::uint32_t producer = 0;
    BrokerId broker;
    bool serving = false;    // its first request waits for the high watermark
    std::uint32_t sent = 0;  // requests so far
    bool blocked = false;    // something waits for max.in.flight, or for room in the sockets
    bool broken = false;     // the client knows that its broker is gone
    sim::Instant send_at = sim::Instant::never();
    sim::Instant timer_at = sim::Instant::never();
    std::int64_t unread_bytes = 0;         // of requests that the broker has not handled
    std::vector<std::uint32_t> in_flight;  // requests, oldest first
    std::vector<std::uint32_t> sources;
};

/// Records between two numbers that ended alike.
struct Outcome {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    SendError error = SendError::none;
};

/// One producer's records for one partition. Record k is handed over at `base` + (k + phase) x
/// `interval`; those below `next` have been put into batches.
struct Source {
    std::uint32_t producer = 0;
    std::uint32_t partition = 0;
    std::uint32_t connection = no_index;
    double mean_interval = 0.0;  // ns at the mean rate; 0 = no records
    double interval = 0.0;       // ns now
    double phase = 0.0;          // share of an interval
    sim::Instant base;
    std::uint64_t base_number = 0;
    std::uint64_t next = 0;
    std::uint32_t next_sequence = 0;
    std::uint32_t producer_epoch = 0;
    std::uint32_t unresolved = 0;  // batches that are sent and not yet ended
    bool gap = false;  // one with a sequence number came to nothing: what follows may not fit
    std::vector<std::uint32_t> queue;  // batches that are to be sent again, first first
    std::vector<Outcome> outcomes;
};

enum class Acks : std::uint8_t { none, leader, all };

/// Who asks for metadata: a producer or the consumers of a topic.
struct Client {
    bool refreshing = false;
    std::uint32_t attempts = 0;
    std::uint32_t version = 0;
};

struct Producer {
    std::uint32_t topic = 0;
    Acks acks = Acks::all;
    bool idempotent = false;
    bool retries = true;
    bool finds_leaders = false;   // errors name the new leader (KIP-951, 3.7+)
    std::uint32_t per_batch = 1;  // records that fill a batch
    sim::Duration linger{};
    sim::Duration request_timeout{};
    sim::Duration delivery_timeout{};
    std::uint32_t first_source = 0, source_count = 0;
    std::uint32_t first_connection = 0;
    sim::Instant expire_at = sim::Instant::never();
    Client client;
};

/// Where a topic's live consumer stands in one partition.
struct ReaderPosition {
    std::uint32_t partition = 0;
    std::uint32_t reader = no_index;
    Offset next = 0;
    bool waits = false;  // in Reader::dirty
};

/// A topic's live consumer at one broker.
struct Reader {
    std::uint32_t topic = 0;
    BrokerId broker;
    bool scheduled = false;
    sim::Instant ready_at;
    std::uint32_t version = 0;
    std::vector<std::uint32_t> dirty;  // positions with something to read
};

struct RecordTopic {
    TopicId id;
    BrokerId first_broker;
    std::uint32_t broker_count = 0;
    std::uint32_t first_partition = 0, partition_count = 0;
    std::uint32_t first_producer = 0, producer_count = 0;
    std::uint32_t first_reader = 0;
    std::uint32_t first_position = 0;
    Client consumer;
    TopicRecords counts;
    sim::Instant last_ack = sim::Instant::never();
    sim::Instant last_read = sim::Instant::never();
};

/// A replica that lost records, and why; what tests judge acknowledged records by.
struct LogLoss {
    enum class Why : std::uint8_t { page_cache, wiped, follows };
    std::uint32_t partition = 0;
    std::uint8_t slot = 0;
    Why why = Why::follows;
    Offset from = 0;
    ReplicaLog before;  // what it held
    sim::Instant at;
};

/// A record of a step: the next that the first producer of a partition is handed stands for it, so
/// that it goes the way of all others and moves none of them (assumed).
struct SyntheticMark {
    std::uint32_t source = 0;
    std::uint64_t number = 0;
    SyntheticMoment moment = SyntheticMoment::before;
};

struct RecordState {
    const Case* a_case = nullptr;
    std::uint64_t seed = 1;
    sim::Instant now;
    sim::Instant load_ends = sim::Instant::never();
    double multiplier = 1.0;
    bool sampled = true;
    double slowness = 1.0;  // of all machines in this run, times the usual
    sim::EventQueue<RecordEvent> queue;

    std::uint32_t first_partition = 0;
    std::uint32_t first_broker = 0;
    std::vector<RecordPartition> partitions;
    std::vector<RecordReplica> replicas;
    std::vector<RecordBroker> brokers;
    std::vector<Fetcher> fetchers;
    std::vector<std::uint32_t> first_fetcher;  // by broker as a follower
    std::vector<std::uint32_t> cluster_first;  // by broker: first broker of its cluster
    std::vector<RecordTopic> topics;
    std::vector<Producer> producers;
    std::vector<Source> sources;
    std::vector<Connection> connections;
    std::vector<Request> requests;
    std::vector<std::uint32_t> free_requests;
    std::vector<SendBatch> batches;
    std::vector<std::uint32_t> free_batches;
    std::vector<Reader> readers;
    std::vector<ReaderPosition> positions;
    std::vector<LogLoss> losses;
    std::vector<SyntheticMark> synthetic;

    // What concerns the control plane; taken out by it.
    std::vector<HostedReplica> caught_up;
    std::vector<BrokerId> lagging_at;  // leaders whose check found followers that lag

    /// Followers that cannot fetch from a leader: (follower, leader), ascending.
    std::vector<std::pair<BrokerId, BrokerId>> cut;
    bool is_cut(BrokerId follower, BrokerId leader) const {
        return !cut.empty() &&
               std::binary_search(cut.begin(), cut.end(), std::pair(follower, leader));
    }

    double catch_up_bytes = 0.0;
    std::vector<std::uint32_t> woken;  // scratch: fetchers that an append wakes

    const RecordTimes& times() const { return a_case->record; }
    RecordBroker& broker(BrokerId b) { return brokers[b.value - first_broker]; }
    const RecordBroker& broker(BrokerId b) const { return brokers[b.value - first_broker]; }
    bool up(BrokerId b) const { return broker(b).process == RecordBroker::Process::up; }
    RecordReplica& replica(const RecordPartition& p, int slot) {
        return replicas[p.first_replica + static_cast<std::uint32_t>(slot)];
    }
    const RecordReplica& replica(const RecordPartition& p, int slot) const {
        return replicas[p.first_replica + static_cast<std::uint32_t>(slot)];
    }
    RecordPartition& partition(PartitionId p) { return partitions[p.value - first_partition]; }
    const RecordPartition& partition(PartitionId p) const {
        return partitions[p.value - first_partition];
    }
    std::uint32_t fetcher_of(BrokerId follower, BrokerId leader) const {
        const std::uint32_t f = follower.value - first_broker;
        return first_fetcher[f] + leader.value - cluster_first[f];
    }
    void schedule(sim::Instant at,
                  RecordEventKind kind,
                  std::uint32_t entity,
                  std::uint32_t version = 0) {
        queue.push(at, {.kind = kind, .entity = entity, .version = version});
    }
};

/// The state of the data plane before anything happens, with the first events of every part.
RecordState initial_records(const RunState& run);

}  // namespace rollcast::models
