#include "models/latency_model.hpp"

#include <algorithm>
#include <cmath>

#include "models/load_share.hpp"

namespace rollcast::models {

namespace {

/// A wait that is `fixed`, plus up to `width` more, uniform, with probability `share`; it is
/// `width` itself with probability `all`.
struct Wait {
    double share = 0.0;
    double all = 0.0;
    double width = 0.0;

    /// P(wait <= t).
    double below(double t) const {
        if (t < 0.0) return 0.0;
        if (t >= width) return 1.0;
        return (1.0 - share - all) + share * t / width;
    }
};

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

/// A fetcher or consumer that is woken `rate` times a second and takes `round` for each: how long
/// what arrives waits for the round under way (a round follows at once where something came in).
Wait residual(double rate, double round) {
    const double busy = rate * round * std::exp(rate * round);
    return {.share = busy / (1.0 + busy), .all = 0.0, .width = round};
}

/// A wait cut into `steps` parts of equal share, each at its middle, and the lump that is left.
struct Part {
    double at = 0.0;
    double share = 0.0;
};
std::vector<Part> parts_of(const Wait& wait) {
    constexpr int steps = 200;
    std::vector<Part> parts;
    for (int i = 0; i < steps && wait.share > 0.0; ++i) {
        parts.push_back({wait.width * (i + 0.5) / steps, wait.share / steps});
    }
    parts.push_back({wait.width, wait.all});
    parts.push_back({0.0, 1.0 - wait.share - wait.all});
    return parts;
}

/// The t with P(a + (the largest of `n` of b) + c <= t) = share, by bisection.
double quantile(double share, const Wait& a, const Wait& b, int n, const Wait& c) {
    std::vector<Part> sums;
    for (const Part& x : parts_of(a)) {
        for (const Part& y : parts_of(c)) sums.push_back({x.at + y.at, x.share * y.share});
    }
    const auto below = [&](double t) {
        double sum = 0.0;
        for (const Part& part : sums) {
            if (part.at <= t) sum += part.share * std::pow(b.below(t - part.at), n);
        }
        return sum;
    };
    double low = 0.0;
    double high = a.width + b.width + c.width;
    for (int i = 0; i < 24; ++i) {
        const double middle = 0.5 * (low + high);
        (below(middle) < share ? low : high) = middle;
    }
    return high;
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
    const double network = sim::to_seconds(a_case.record.network);
    const double service = sim::to_seconds(a_case.record.service.nominal);
    const double append =
        service +
        (cluster.config.flush_every_message ? sim::to_seconds(a_case.record.flush.nominal) : 0.0);
    const double round = 2.0 * network + append;  // of a follower
    const Sending sent = sending_of(a_case, topic, multiplier);
    if (sent.requests <= 0.0) return {};
    // One producer's requests come evenly: they meet each other's rounds only where they are closer
    // than a round takes.
    const bool apart = sent.requests * round < 1.0;
    const double wakes =
        wakes_per_fetcher(a_case, cluster, apart ? id : TopicId::none(), multiplier);
    const Wait fetch = residual(wakes, round);
    const Wait none{};
    const int followers = topic.rf - 1;
    const double appended = network + append;                           // from send
    const double committed = appended + (followers > 0 ? round : 0.0);  // to the high watermark
    const bool waits = topic.acks_all > 0.0;
    const double buffered = full_buffers(a_case, topic, multiplier);
    const auto produce = [&](double share) {
        return buffered + (waits ? committed : appended) + network +
               quantile(share, sent.wait, fetch, waits ? followers : 0, none);
    };
    const Wait consumer = residual(apart ? 0.0 : sent.requests, 2.0 * network + service);
    const auto end_to_end = [&](double share) {
        return buffered + committed + service + network +
               quantile(share, sent.wait, fetch, followers, consumer);
    };
    return {.produce_p50 = sim::ceil_seconds(produce(0.5)),
            .produce_p99 = sim::ceil_seconds(produce(0.99)),
            .end_to_end_p50 = sim::ceil_seconds(end_to_end(0.5)),
            .end_to_end_p99 = sim::ceil_seconds(end_to_end(0.99))};
}

}  // namespace rollcast::models
