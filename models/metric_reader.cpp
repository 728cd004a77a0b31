#include "models/metric_reader.hpp"

#include <algorithm>
#include <cmath>

#include "models/capacity.hpp"
#include "models/failed_logins.hpp"

namespace rollcast::models {

namespace {

using Process = BrokerState::Process;

Reading gauge_of(double value, double per_s = 0.0) { return {value, per_s, false}; }
Reading count(std::int64_t value) { return gauge_of(static_cast<double>(value)); }
Reading flag(bool on) { return gauge_of(on ? 1.0 : 0.0); }
Reading grows(double per_s) { return {0.0, per_s, true}; }
Reading absent() { return {}; }

bool answers(const RunState& run, BrokerId b) { return run.brokers[b].process == Process::up; }

double multiplier(const RunState& run, sim::Instant at) {
    return run.a_case->curve.multiplier(std::max(at, sim::Instant{}));
}

Reading rate_of(const RunView& view, std::int64_t mean, sim::Instant at) {
    return grows(static_cast<double>(mean) * multiplier(view.run, at));
}

Reading max_lag(const RunView& view, BrokerId b, sim::Instant at) {
    const std::optional<ReplicaLag> lag = view.data.replica_lag(view.run, b, at);
    return lag ? gauge_of(lag->messages, lag->per_s) : absent();
}

std::int64_t replicas_on(const RunState& run, BrokerId b) {
    const auto hosted = run.fleet().hosted(b);
    return std::count_if(hosted.begin(), hosted.end(), [&](const HostedReplica& replica) {
        return !run.load.absent(replica.partition, replica.slot);
    });
}

std::int64_t reassigning(const RunState& run, BrokerId b) {
    std::int64_t led = 0;
    for (const auto& [p, move] : run.moves.under_way) {
        const int leader = run.partitions[p].leader;
        if (leader < 0) continue;
        if (run.fleet().replicas(p)[static_cast<std::size_t>(leader)] == b) ++led;
    }
    return led;
}

std::int64_t offline_dirs(const RunState& run, BrokerId b) {
    const std::vector<LogDirId>& dead = run.load.dead_dirs();
    return std::count_if(dead.begin(), dead.end(), [&](LogDirId dir) {
        return run.fleet().log_dirs()[dir].broker == b;
    });
}

Reading read_broker(const RunView& view, BrokerId b, Metric metric, sim::Instant at) {
    if (metric == Metric::broker_up) return flag(answers(view.run, b));
    if (!answers(view.run, b)) return absent();
    const MetricBook::Led& led = view.run.metrics.led(b);
    const LoadBook& load = view.run.load;
    switch (metric) {
        case Metric::under_replicated:
            return count(led.under_replicated);
        case Metric::under_min_isr:
            return count(led.under_min_isr);
        case Metric::at_min_isr:
            return count(led.at_min_isr);
        case Metric::partition_under_min_isr:
            return count(led.under_min_isr_not_accepted);
        case Metric::leader_count:
            return count(led.partitions);
        case Metric::partition_count:
            return count(replicas_on(view.run, b));
        case Metric::isr_shrinks:
            return count(led.isr_shrinks);
        case Metric::isr_expands:
            return count(led.isr_expands);
        case Metric::bytes_in:
            return rate_of(view, load.in(b)-load.replication_in(b), at);
        case Metric::bytes_out:
            return rate_of(view, load.out(b) - load.replication_out(b), at);
        case Metric::replica_max_lag:
            return max_lag(view, b, at);
        case Metric::reassigning_partitions:
            return count(reassigning(view.run, b));
        case Metric::offline_log_dirs:
            return count(offline_dirs(view.run, b));
        case Metric::failed_logins:
            return grows(failed_logins_per_s(view.run, b));
        default:
            return absent();
    }
}

/// Brokers that the controller knows and has fenced.
std::int64_t fenced_in(const RunState& run, ClusterId c) {
    const auto brokers = run.fleet().clusters()[c].brokers();
    std::int64_t fenced = 0;
    for (const BrokerId b : brokers) fenced += run.brokers[b].fenced ? 1 : 0;
    return fenced;
}

Reading read_controller(const RunView& view, const Target& target, Metric metric, sim::Instant at) {
    const ClusterId c = target.subject.cluster;
    const ClusterState& cluster = view.run.clusters[c];
    const bool kraft = view.run.fleet().clusters()[c].quorum_kind == QuorumKind::kraft;
    const bool reacts = cluster.quorum_ok && cluster.reaction_at <= at;
    bool up = false;
    bool active = false;
    if (kraft) {
        up = view.run.quorum_node_up[QuorumNodeId{target.entity}] != 0;
        active = reacts && cluster.quorum_leader == QuorumNodeId{target.entity};
    } else {
        up = answers(view.run, BrokerId{target.entity});
        active = cluster.controller == BrokerId{target.entity};
    }
    if (!up) return absent();
    const MetricBook::InCluster& counted = view.run.metrics.in(c);
    const bool knows = active && cluster.reaction_at <= at;
    switch (metric) {
        case Metric::active_controller:
            return flag(active);
        case Metric::offline_partitions:
            return count(knows ? counted.leaderless : 0);
        case Metric::preferred_imbalance:
            return count(knows ? counted.not_preferred : 0);
        case Metric::unclean_elections:
            return active ? count(counted.unclean_elections) : absent();
        case Metric::fenced_brokers:
            if (!kraft) return absent();
            return count(active ? fenced_in(view.run, c) : 0);
        default:
            return absent();
    }
}

Reading read_ensemble(const RunView& view, const Target& target) {
    const ClusterState& cluster = view.run.clusters[target.subject.cluster];
    const QuorumNodeId q{target.entity};
    const bool leads = cluster.quorum_ok && cluster.quorum_leader == q;
    return leads && view.run.quorum_node_up[q] != 0 ? count(cluster.quorum_up - 1) : absent();
}

Reading read_host(const RunView& view, const Target& target, Metric metric, sim::Instant at) {
    const MachineId m{target.entity};
    const bool up = view.executor.host_answers(m);
    if (metric == Metric::host_up) return flag(up);
    const BrokerId b = view.run.fleet().machines()[m].broker;
    if (!up || !b.exists()) return absent();
    const Broker& broker = view.run.fleet().brokers()[b];
    const BrokerState& state = view.run.brokers[b];
    const double written = static_cast<double>(view.run.load.in(b)) * multiplier(view.run, at);
    const double disk =
        view.run.disk_write_capacity[b] * state.disk_factor * view.run.left_by_cold_reads(b);
    switch (metric) {
        case Metric::disk_write_time:
            // More than one second a second is waiting, not writing.
            if (!std::isfinite(disk)) return absent();
            return grows(disk > 0.0 ? std::min(1.0, written / disk) : 1.0);
        case Metric::disk_written:
            return std::isfinite(disk) ? grows(std::min(written, disk)) : absent();
        case Metric::network_received:
            return rate_of(view, view.run.load.in(b), at);
        case Metric::network_sent:
            return rate_of(view, view.run.load.out(b), at);
        case Metric::network_speed: {
            const double speed = as_capacity(std::min(broker.nic_in, broker.nic_out));
            // The card says what it is at; what encryption costs is no matter of the card.
            const double left = view.run.links.network_left(broker.cluster, b);
            return std::isfinite(speed) ? gauge_of(speed * state.network_factor / left) : absent();
        }
        default:
            return absent();
    }
}

Reading read_probe(const RunView& view, BrokerId b) {
    const MachineId m = view.run.fleet().brokers()[b].machine;
    return flag(view.executor.host_answers(m) && view.run.brokers[b].process != Process::down);
}

Reading read_step(const RunView& view, MachineId m, Metric metric) {
    if (metric == Metric::step_findings) {
        const std::vector<StepFinding>& all = view.run.step_findings;
        return count(std::count_if(all.begin(), all.end(), [&](const StepFinding& finding) {
            return finding.machine == m;
        }));
    }
    const StepPhase phase = view.executor.phase(m);
    return flag(phase > StepPhase::waiting && phase < StepPhase::done);
}

bool anyone_answers(const RunState& run, ClusterId c) {
    for (const BrokerId b : run.fleet().clusters()[c].brokers()) {
        if (answers(run, b)) return true;
    }
    return false;
}

Reading read_cluster(const RunView& view, ClusterId c, Metric metric) {
    if (!anyone_answers(view.run, c)) return absent();
    if (metric == Metric::partition_leaderless) {
        return count(view.run.metrics.in(c).leaderless_not_accepted);
    }
    const auto known = static_cast<std::int64_t>(view.run.fleet().clusters()[c].broker_count);
    return count(known - fenced_in(view.run, c));
}

Reading read_group(const RunView& view, const Target& target, Metric metric, sim::Instant at) {
    if (!anyone_answers(view.run, target.subject.cluster)) return absent();
    const GroupLag lag = view.lag.lag_of(GroupId{target.entity}, at);
    if (metric == Metric::group_lag) return gauge_of(lag.messages, lag.messages_per_s);
    return gauge_of(lag.seconds, lag.seconds_per_s);
}

/// The fractions of a golden-ratio sequence: any number of targets lies evenly in the interval.
sim::Duration phase_of(std::uint32_t number, sim::Duration interval) {
    constexpr std::uint64_t golden = 0x9E3779B97F4A7C15U;
    const std::uint64_t fraction = (golden * (number + 1ULL)) >> 44U;  // of 2^20
    return sim::Duration{
        static_cast<std::int64_t>(fraction * static_cast<std::uint64_t>(interval.count() >> 20U))};
}

}  // namespace

std::vector<Target> targets_of(const RunState& run, sim::Duration interval) {
    const Fleet& fleet = run.fleet();
    std::vector<Target> targets;
    const auto add = [&](MetricSource source, std::uint32_t entity, const Subject& subject) {
        const std::uint32_t number =
            subject.machine.exists() ? subject.machine.value : 7919 * (entity + 1);
        targets.push_back({source, entity, subject, phase_of(number, interval), 0});
    };
    for (const ClusterId c : run.scope.clusters()) {
        const Cluster& cluster = fleet.clusters()[c];
        const bool kraft = cluster.quorum_kind == QuorumKind::kraft;
        for (const BrokerId b : cluster.brokers()) {
            const Subject subject{.cluster = c, .machine = fleet.brokers()[b].machine};
            add(MetricSource::broker, b.value, subject);
            add(MetricSource::probe, b.value, subject);
            if (!kraft) add(MetricSource::controller, b.value, subject);
        }
        for (const QuorumNodeId q : cluster.quorum()) {
            const Subject subject{.cluster = c, .machine = fleet.quorum_nodes()[q].machine};
            add(MetricSource::quorum_node, q.value, subject);
            add(kraft ? MetricSource::controller : MetricSource::zookeeper, q.value, subject);
        }
        for (const MachineId m : cluster.machines()) {
            add(MetricSource::host, m.value, {.cluster = c, .machine = m});
            add(MetricSource::orchestrator, m.value, {.cluster = c, .machine = m});
        }
        add(MetricSource::cluster, c.value, {.cluster = c});
    }
    for (const GroupId g : Range<GroupId>(fleet.groups().size())) {
        const ClusterId c = fleet.groups()[g].cluster;
        if (run.scope.holds(c)) add(MetricSource::group, g.value, {.cluster = c, .group = g});
    }
    std::stable_sort(targets.begin(), targets.end(), [](const Target& a, const Target& b) {
        return a.phase < b.phase;
    });
    return targets;
}

Reading read_metric(const RunView& view, const Target& target, Metric metric, sim::Instant at) {
    switch (target.source) {
        case MetricSource::broker:
            return read_broker(view, BrokerId{target.entity}, metric, at);
        case MetricSource::controller:
            return read_controller(view, target, metric, at);
        case MetricSource::quorum_node:
            return flag(view.run.quorum_node_up[QuorumNodeId{target.entity}] != 0);
        case MetricSource::zookeeper:
            return read_ensemble(view, target);
        case MetricSource::host:
            return read_host(view, target, metric, at);
        case MetricSource::probe:
            return read_probe(view, BrokerId{target.entity});
        case MetricSource::orchestrator:
            return read_step(view, MachineId{target.entity}, metric);
        case MetricSource::cluster:
            return read_cluster(view, ClusterId{target.entity}, metric);
        case MetricSource::group:
            return read_group(view, target, metric, at);
    }
    return absent();
}

}  // namespace rollcast::models
