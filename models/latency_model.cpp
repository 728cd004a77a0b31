#include "models/latency_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "models/capacity.hpp"
#include "models/delay_grid.hpp"
#include "models/load_share.hpp"

namespace rollcast::models {

namespace {

constexpr int requests_in_flight = 5;  // max.in.flight.requests.per.connection, §3.1
constexpr double usual_steps = 500;    // of the waits that most records have, together

/// A wait of up to `width`, uniform, with probability `share`; `width` itself with probability
/// `all`; else none.
struct Wait {
    double share = 0.0;
    double all = 0.0;
    double width = 0.0;
};

DelayGrid grid_of(double step, const Wait& wait) {
    const DelayGrid none(step);
    const DelayGrid uniform(
        step, wait.width, [&](double t) { return std::min(1.0, t / wait.width); });
    const double some = wait.share + wait.all;
    if (some <= 0.0) return none;
    return none.mixed(some, uniform.mixed(wait.all / some, none.shifted(wait.width)));
}

/// Requests per second of a connection over which `rate` records/s go, and what its records wait.
struct Sending {
    double requests = 0.0;
    Wait wait;
};
Sending sending(double rate, double linger, double fills_after) {
    const double held = std::min(linger, fills_after);
    // The first record of a request waits for all of it, those that come meanwhile for the rest.
    const double first = 1.0 / (1.0 + rate * held);
    return {rate * first, {.share = 1.0 - first, .all = first, .width = held}};
}

/// What one leader of a topic sends and is sent, on average.
struct LeaderLoad {
    double rate = 0.0;       // records/s of the topic's producer to one leader
    double partition = 0.0;  // records/s of one partition
};
LeaderLoad leader_load(const Fleet& fleet, const Topic& topic, double multiplier) {
    double all = 0.0;
    std::vector<BrokerId> leaders;
    for (const PartitionId p : topic.partitions()) {
        all += multiplier * record_rate(fleet, p);
        leaders.push_back(fleet.replicas(p).front());
    }
    std::sort(leaders.begin(), leaders.end());
    leaders.erase(std::unique(leaders.begin(), leaders.end()), leaders.end());
    if (leaders.empty()) return {};
    return {all / static_cast<double>(leaders.size()), all / topic.partition_count};
}

Sending sending_of(const Case& a_case, const Topic& topic, double multiplier) {
    const LeaderLoad load = leader_load(a_case.fleet, topic, multiplier);
    if (load.partition <= 0.0) return {};
    const double per_batch = std::max(
        1.0,
        std::floor(static_cast<double>(topic.producer.batch_size.count()) / record_bytes(topic)));
    return sending(
        load.rate, sim::to_seconds(topic.producer.linger), (per_batch - 1.0) / load.partition);
}

/// Times a second that a fetcher of `cluster` is woken by topics other than `except`: an even share
/// of the requests to one leader for each of its followers.
double wakes_per_fetcher(const Case& a_case,
                         const Cluster& cluster,
                         TopicId except,
                         double multiplier) {
    double appends = 0.0;  // requests x followers, over the cluster
    for (const TopicId t : cluster.topics()) {
        if (t == except) continue;
        const Topic& topic = a_case.fleet.topics()[t];
        const Sending sent = sending_of(a_case, topic, multiplier);
        const LeaderLoad load = leader_load(a_case.fleet, topic, multiplier);
        if (load.rate <= 0.0) continue;
        double all = 0.0;
        for (const PartitionId p : topic.partitions())
            all += multiplier * record_rate(a_case.fleet, p);
        appends += all / load.rate * sent.requests * (topic.rf - 1);
    }
    std::vector<std::uint64_t> pairs;
    for (const PartitionId p : cluster.partitions()) {
        const auto replicas = a_case.fleet.replicas(p);
        for (std::size_t i = 1; i < replicas.size(); ++i) {
            pairs.push_back(std::uint64_t{replicas[0].value} << 32U | replicas[i].value);
        }
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    return pairs.empty() ? 0.0 : appends / static_cast<double>(pairs.size());
}

/// Seconds that a fetch's response takes on the slowest way from a leader of the topic to a
/// follower, with the `bytes` of one request to one leader. A producer's requests leave for all
/// leaders together, so that a NIC or a disk is shared with what else the topic sends: on average
/// by half of it, for the first goes alone.
double transfer(const Case& a_case, const Topic& topic, double bytes) {
    const Fleet& fleet = a_case.fleet;
    std::set<std::pair<BrokerId, BrokerId>> ways;
    for (const PartitionId p : topic.partitions()) {
        const auto replicas = fleet.replicas(p);
        for (std::size_t i = 1; i < replicas.size(); ++i) ways.emplace(replicas[0], replicas[i]);
    }
    std::map<BrokerId, int> sends;
    std::map<BrokerId, int> receives;
    for (const auto& [leader, follower] : ways) {
        ++sends[leader];
        ++receives[follower];
    }
    const auto shared = [](double rate, int ways_of) { return rate / (0.5 + 0.5 * ways_of); };
    double slowest = std::numeric_limits<double>::infinity();
    for (const auto& [leader, ways_of] : sends) {
        slowest = std::min(slowest, shared(as_capacity(fleet.brokers()[leader].nic_out), ways_of));
    }
    for (const auto& [follower, ways_of] : receives) {
        const double takes = std::min(as_capacity(fleet.brokers()[follower].nic_in),
                                      disk_write_capacity(fleet, follower));
        slowest = std::min(slowest, shared(takes, ways_of));
    }
    return bytes / slowest;
}

/// The share of a request's records that are not in the first of its partitions. A consumer that is
/// woken for that one reads the others a round later.
double share_of_the_others(const Fleet& fleet, const Topic& topic, double records) {
    std::vector<BrokerId> leaders;
    for (const PartitionId p : topic.partitions()) leaders.push_back(fleet.replicas(p).front());
    std::sort(leaders.begin(), leaders.end());
    leaders.erase(std::unique(leaders.begin(), leaders.end()), leaders.end());
    const double led = static_cast<double>(topic.partition_count) /
                       static_cast<double>(std::max<std::size_t>(1, leaders.size()));
    const double written = led * (1.0 - std::pow(1.0 - 1.0 / std::max(1.0, led), records));
    return 1.0 - 1.0 / std::max(1.0, written);
}

/// Seconds that a record waits for what its producers hold, where more is offered than is carried.
double full_buffers(const Case& a_case, const Topic& topic, double multiplier) {
    const double share = busiest_share(a_case, topic.cluster, multiplier);
    if (share <= 1.0) return 0.0;
    double offered = 0.0;  // bytes/s
    for (const PartitionId p : topic.partitions()) {
        offered += multiplier * static_cast<double>(a_case.fleet.partitions()[p].write_bytes_per_s);
    }
    const double held =
        static_cast<double>(topic.producer.buffer_memory.count()) * topic.producer.instances;
    return held * share / offered;
}

}  // namespace

LatencyEstimate estimate_latency(const Case& a_case, TopicId id, double multiplier) {
    const Topic& topic = a_case.fleet.topics()[id];
    const Cluster& cluster = a_case.fleet.clusters()[topic.cluster];
    const RecordTimes& times = a_case.record;
    const double network = sim::to_seconds(times.network);
    const double service = sim::to_seconds(times.service.nominal);
    const Sending sent = sending_of(a_case, topic, multiplier);
    if (sent.requests <= 0.0) return {};

    const bool flushes = cluster.config.flush_every_message;
    const double usual_append =
        sim::to_seconds(times.service.p95 + times.service.nominal) +
        (flushes ? sim::to_seconds(times.flush.p95 + times.flush.nominal) : 0.0);
    const double step =
        std::max(1e-9, (sent.wait.width + 3.0 * usual_append + 6.0 * network) / usual_steps);
    DelayGrid append = spread_grid(step, times.service);
    if (flushes) append = append + spread_grid(step, times.flush);
    const double records = leader_load(a_case.fleet, topic, multiplier).rate / sent.requests;
    const double way = transfer(a_case, topic, records * record_bytes(topic));
    const DelayGrid round = append.shifted(2.0 * network + way);  // of a follower

    // One producer's requests come evenly; where they are closer than a round takes they meet each
    // other's rounds as if they came at random.
    const bool apart = sent.requests * round.mean() < 1.0;
    const double wakes =
        wakes_per_fetcher(a_case, cluster, apart ? id : TopicId::none(), multiplier);
    const DelayGrid one_follower =
        wait_at_random(wakes, apart ? append.shifted(2.0 * network) : round) + round;
    DelayGrid committed(step);  // from the append on
    for (int follower = 1; follower < topic.rf; ++follower) {
        committed = longer(committed, one_follower);
    }
    const bool waits = topic.acks_all > 0.0;
    const DelayGrid answered = waits ? committed : DelayGrid(step);
    // A broker reads the next request of a connection when it has answered the one before.
    const DelayGrid appended =
        apart ? begin_in_step(1.0 / sent.requests, append, answered, requests_in_flight) : append;
    const DelayGrid sending = grid_of(step, sent.wait) + appended;
    const DelayGrid consumer_round = DelayGrid(step).shifted(2.0 * network + service);
    const DelayGrid consumer =
        wait_at_random(apart ? 0.0 : sent.requests, consumer_round)
            .mixed(share_of_the_others(a_case.fleet, topic, records), consumer_round);

    const double buffered = full_buffers(a_case, topic, multiplier);
    const DelayGrid produce = sending + answered;
    const DelayGrid end_to_end = sending + committed + consumer;
    const auto produced = [&](double share) {
        return sim::ceil_seconds(buffered + 2.0 * network + produce.quantile(share));
    };
    const auto read = [&](double share) {
        return sim::ceil_seconds(buffered + 2.0 * network + service + end_to_end.quantile(share));
    };
    return {.produce_p50 = produced(0.5),
            .produce_p99 = produced(0.99),
            .end_to_end_p50 = read(0.5),
            .end_to_end_p99 = read(0.99)};
}

}  // namespace rollcast::models
