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
    const double some = wait.share + wait.all;
    if (some <= 0.0) return DelayGrid(step);
    const DelayGrid none(step);
    const DelayGrid uniform(
        step, wait.width, [&](double t) { return std::min(1.0, t / wait.width); });
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

/// What the leaders of a topic are sent, records/s.
struct LeaderLoad {
    double mean = 0.0;
    double busiest = 0.0;
    double leaders = 0.0;     // how many
    double partition = 0.0;   // to one partition
    double partitions = 0.0;  // of the leader that has most
};
LeaderLoad leader_load(const Fleet& fleet, const Topic& topic, double multiplier) {
    std::map<BrokerId, std::pair<double, double>> sent;  // records/s, partitions
    double all = 0.0;
    for (const PartitionId p : topic.partitions()) {
        const double rate = multiplier * record_rate(fleet, p);
        auto& [records, partitions] = sent[fleet.replicas(p).front()];
        records += rate;
        partitions += 1.0;
        all += rate;
    }
    LeaderLoad load;
    if (sent.empty()) return load;
    for (const auto& [leader, of] : sent) {
        load.busiest = std::max(load.busiest, of.first);
        load.partitions = std::max(load.partitions, of.second);
    }
    load.leaders = static_cast<double>(sent.size());
    load.mean = all / load.leaders;
    load.partition = all / topic.partition_count;
    return load;
}

double records_per_batch(const Topic& topic) {
    return std::max(
        1.0,
        std::floor(static_cast<double>(topic.producer.batch_size.count()) / record_bytes(topic)));
}

/// Over the connection to a leader that is sent `rate` records/s.
Sending sending_of(const Topic& topic, const LeaderLoad& load, double rate) {
    if (load.partition <= 0.0) return {};
    return sending(rate,
                   sim::to_seconds(topic.producer.linger),
                   (records_per_batch(topic) - 1.0) / load.partition);
}

/// Times a second that followers are woken by `topic`, over its cluster.
double wakes_of(const Fleet& fleet, const Topic& topic, double multiplier) {
    const LeaderLoad load = leader_load(fleet, topic, multiplier);
    return load.leaders * sending_of(topic, load, load.mean).requests * (topic.rf - 1);
}

/// The ways from a leader to a follower that records of `cluster` take.
double fetchers_of(const Fleet& fleet, const Cluster& cluster) {
    std::vector<std::uint64_t> pairs;
    for (const PartitionId p : cluster.partitions()) {
        const auto replicas = fleet.replicas(p);
        for (std::size_t i = 1; i < replicas.size(); ++i) {
            pairs.push_back(std::uint64_t{replicas[0].value} << 32U | replicas[i].value);
        }
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    return static_cast<double>(pairs.size());
}

/// What the topics of a cluster have in common.
struct ClusterWakes {
    double all = 0.0;       // times a second, over the cluster
    double fetchers = 0.0;  // an even share each
    double busiest = 0.0;   // share of a NIC, a disk or a link

    double per_fetcher(double but) const {
        return fetchers > 0.0 ? std::max(0.0, all - but) / fetchers : 0.0;
    }
};
ClusterWakes wakes_in(const Case& a_case, ClusterId c, double multiplier) {
    const Cluster& cluster = a_case.fleet.clusters()[c];
    ClusterWakes wakes;
    for (const TopicId t : cluster.topics()) {
        wakes.all += wakes_of(a_case.fleet, a_case.fleet.topics()[t], multiplier);
    }
    wakes.fetchers = fetchers_of(a_case.fleet, cluster);
    wakes.busiest = busiest_share(a_case, c, multiplier);
    return wakes;
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
double share_of_the_others(double partitions, double records) {
    const double written = partitions * (1.0 - std::pow(1.0 - 1.0 / partitions, records));
    return 1.0 - 1.0 / std::max(1.0, written);
}

/// Seconds that a record waits for what its producers hold, where `share` times more is offered
/// than is carried.
double full_buffers(const Case& a_case, const Topic& topic, double multiplier, double share) {
    if (share <= 1.0) return 0.0;
    double offered = 0.0;  // bytes/s
    for (const PartitionId p : topic.partitions()) {
        offered += multiplier * static_cast<double>(a_case.fleet.partitions()[p].write_bytes_per_s);
    }
    const double held =
        static_cast<double>(topic.producer.buffer_memory.count()) * topic.producer.instances;
    return held * share / offered;
}

LatencyEstimate estimate(const Case& a_case,
                         const Topic& topic,
                         double multiplier,
                         const ClusterWakes& cluster) {
    const RecordTimes& times = a_case.record;
    const double network = sim::to_seconds(times.network);
    const double service = sim::to_seconds(times.service.nominal);
    const LeaderLoad load = leader_load(a_case.fleet, topic, multiplier);
    const Sending sent = sending_of(topic, load, load.busiest);
    if (sent.requests <= 0.0) return {};

    const bool flushes = a_case.fleet.clusters()[topic.cluster].config.flush_every_message;
    const double usual_append =
        sim::to_seconds(times.service.p95 + times.service.nominal) +
        (flushes ? sim::to_seconds(times.flush.p95 + times.flush.nominal) : 0.0);
    const double step =
        std::max(1e-9, (sent.wait.width + 3.0 * usual_append + 6.0 * network) / usual_steps);
    DelayGrid append = spread_grid(step, times.service);
    if (flushes) append = append + spread_grid(step, times.flush);
    const double records = load.busiest / sent.requests;
    const double way = transfer(a_case, topic, records * record_bytes(topic));
    const DelayGrid round = append.shifted(2.0 * network + way);  // of a follower

    // With acks=all a request follows when the one before it is committed, so that none meets a
    // round of its own topic. Else one producer's requests come evenly; where they are closer than
    // a round takes they meet each other's rounds as if they came at random.
    const bool waits = topic.acks_all > 0.0;
    const bool meets_own = !waits && sent.requests * round.mean() >= 1.0;
    const double own = wakes_of(a_case.fleet, topic, multiplier);
    const DelayGrid busy = wait_at_random(cluster.per_fetcher(meets_own ? 0.0 : own),
                                          meets_own ? round : append.shifted(2.0 * network));
    const DelayGrid one_follower = busy + round;
    DelayGrid committed(step);  // from the append on
    for (int follower = 1; follower < topic.rf; ++follower) {
        committed = longer(committed, one_follower);
    }
    const DelayGrid answered = waits ? committed : DelayGrid(step);
    const DelayGrid appended =
        begin_in_step(1.0 / sent.requests, append, answered, requests_in_flight);
    const DelayGrid held = grid_of(step, sent.wait);
    const DelayGrid sending = held + appended;
    const DelayGrid consumer_round = DelayGrid(step).shifted(2.0 * network + service);
    const DelayGrid consumer =
        wait_at_random(meets_own ? sent.requests : 0.0, consumer_round)
            .mixed(share_of_the_others(load.partitions, records), consumer_round);

    // A connection carries a batch of each partition for every answer.
    const double carried = load.partitions * records_per_batch(topic);
    const double buffered =
        full_buffers(a_case,
                     topic,
                     multiplier,
                     std::max(cluster.busiest, load.busiest * answered.mean() / carried));
    const DelayGrid produce = sending + answered;
    const DelayGrid end_to_end = sending + committed + consumer;
    const auto produced = [&](double share) {
        if (topic.acks_none >= 1.0) return sim::ceil_seconds(buffered + held.quantile(share));
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

}  // namespace

LatencyEstimate estimate_latency(const Case& a_case, TopicId id, double multiplier) {
    const Topic& topic = a_case.fleet.topics()[id];
    return estimate(a_case, topic, multiplier, wakes_in(a_case, topic.cluster, multiplier));
}

std::vector<LatencyEstimate> estimate_latencies(const Case& a_case,
                                                ClusterId c,
                                                double multiplier) {
    const ClusterWakes wakes = wakes_in(a_case, c, multiplier);
    std::vector<LatencyEstimate> estimates;
    for (const TopicId t : a_case.fleet.clusters()[c].topics()) {
        estimates.push_back(estimate(a_case, a_case.fleet.topics()[t], multiplier, wakes));
    }
    return estimates;
}

}  // namespace rollcast::models
