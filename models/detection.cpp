#include "models/detection.hpp"

#include <algorithm>
#include <optional>

#include "models/capacity.hpp"

namespace rollcast::models {

namespace {

/// Session time-out as the cluster negotiates it: ZooKeeper clamps it to 2-20 ticks.
std::int64_t session_of(const Cluster& cluster) {
    const std::int64_t session = cluster.config.session_timeout.count();
    if (cluster.quorum_kind == QuorumKind::kraft) return session;
    const std::int64_t tick = cluster.config.zookeeper_tick.count();
    return std::clamp(session, 2 * tick, 20 * tick);
}

/// From the last heartbeat until now, where one is known from which to count: they come at
/// heartbeat_interval and the time of an answer after each other. Nothing where durations are
/// nominal: the middle is asked for then.
std::optional<sim::Duration> since_heartbeat(const RunState& run,
                                             BrokerId b,
                                             const ClusterConfig& config) {
    const BrokerState& broker = run.brokers[b];
    if (!run.options.sampled || broker.heartbeat_at == sim::Instant::never()) return {};
    // A controller that is being elected counts from its activation.
    if (broker.heartbeat_at > run.now) return run.now - broker.heartbeat_at;
    const sim::Duration answer = run.draw(
        run.a_case->reaction.heartbeat_answer, b.value, sim::Draw::heartbeat, broker.detections);
    const std::int64_t period = (config.heartbeat_interval + answer).count();
    if (period <= 0) return {};
    // One that is on its way still counts.
    const std::int64_t way = answer.count() / 2;
    const std::int64_t counted = (run.now - broker.heartbeat_at).count();
    return sim::Duration{(counted + way) % period - way};
}

}  // namespace

sim::Duration detection_delay(const RunState& run, BrokerId broker) {
    const Cluster& cluster = run.fleet().clusters()[run.fleet().brokers()[broker].cluster];
    const ClusterConfig& config = cluster.config;
    const std::int64_t interval = config.heartbeat_interval.count();
    sim::RandomStream random{
        run.options.seed, broker.value, sim::Draw::detection, run.brokers[broker].detections};
    const auto spread = [&](std::int64_t width) {
        if (width <= 0) return std::int64_t{0};
        return run.options.sampled
                   ? static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(width)))
                   : width / 2;
    };
    const std::int64_t session = session_of(cluster);
    if (cluster.quorum_kind == QuorumKind::kraft) {
        const std::optional<sim::Duration> since = since_heartbeat(run, broker, config);
        return sim::Duration{session - (since ? since->count() : spread(interval))};
    }
    const std::int64_t since_ping = spread(std::min(interval, session));
    return sim::Duration{session - since_ping + spread(config.zookeeper_tick.count())};
}

sim::Duration renewed_session(const RunState& run, BrokerId broker) {
    const Cluster& cluster = run.fleet().clusters()[run.fleet().brokers()[broker].cluster];
    const sim::Duration session{session_of(cluster)};
    if (cluster.quorum_kind == QuorumKind::kraft) return session;
    return run.spread(session,
                      cluster.config.zookeeper_tick,
                      broker.value,
                      sim::Draw::new_session,
                      run.brokers[broker].detections);
}

sim::Duration new_session_after(const RunState& run, BrokerId broker) {
    const ReactionTimes& times = run.a_case->reaction;
    return run.spread(times.new_session,
                      times.new_session_spread,
                      broker.value,
                      sim::Draw::new_session,
                      run.brokers[broker].detections | 1U << 30U);
}

sim::Duration log_recovery_time(const Fleet& fleet, BrokerId broker) {
    constexpr double half_segment = 0.5 * 1024.0 * 1024.0 * 1024.0;
    constexpr double thread_rate = 42.0 * 1024.0 * 1024.0;
    const Broker& the_broker = fleet.brokers()[broker];
    const BrokerSettings* own = fleet.own_config(broker);
    const int threads = with_own(fleet.clusters()[the_broker.cluster].config,
                                 own != nullptr ? *own : BrokerSettings{})
                            .recovery_threads_per_dir;
    const auto dirs = the_broker.log_dirs();
    std::vector<double> unflushed(dirs.size(), 0.0);
    for (const HostedReplica& replica : fleet.hosted(broker)) {
        const LogDirId dir = fleet.replica_dirs(replica.partition)[replica.slot];
        unflushed[dir.value - dirs.front().value] += std::min(
            half_segment, static_cast<double>(fleet.partitions()[replica.partition].stored_bytes));
    }
    double longest = 0.0;
    for (const LogDirId dir : dirs) {
        const double rate =
            std::min(threads * thread_rate, as_capacity(fleet.log_dirs()[dir].read_rate));
        longest = std::max(longest, unflushed[dir.value - dirs.front().value] / rate);
    }
    return sim::ceil_seconds(longest);
}

}  // namespace rollcast::models
