#include "models/record_plane.hpp"

#include <algorithm>
#include <limits>

#include "models/capacity.hpp"
#include "models/record_audit.hpp"
#include "models/record_consumer.hpp"
#include "models/record_draws.hpp"
#include "models/record_fetch.hpp"
#include "models/record_leader.hpp"
#include "models/record_producer.hpp"

namespace rollcast::models {

namespace {

constexpr std::int64_t unbounded = std::numeric_limits<std::int64_t>::max();

/// The operating system looks for old pages this often (dirty_writeback_centisecs; assumed).
sim::Duration write_back_period(const RecordState& state) {
    return sim::Duration{state.times().write_back.count() /
                         static_cast<std::int64_t>(RecordReplica::samples)};
}

/// Log ends of the replicas of `b` move on by one sample; what is as old as they reach is on disk.
void write_back(RecordState& state, std::uint32_t index) {
    state.schedule(state.now + write_back_period(state), RecordEventKind::write_back, index);
    if (state.brokers[index].powerless) return;
    const BrokerId b{state.first_broker + index};
    for (const HostedReplica& hosted : state.a_case->fleet.hosted(b)) {
        RecordReplica& replica = state.replica(state.partition(hosted.partition), hosted.slot);
        replica.log.flushed = std::max(replica.log.flushed, replica.written.front());
        std::copy(replica.written.begin() + 1, replica.written.end(), replica.written.begin());
        replica.written.back() = replica.log.leo;
    }
}

}  // namespace

RecordPlane::RecordPlane(const RunState& run) : state_(initial_records(run)) {
    for (const BrokerId b : run.scope.brokers()) {
        set_rates(run, b);
        throttles_change(run, b);
    }
    for (const PartitionId p : run.scope.partitions()) {
        // Who leads does so already, and comes first, so that the others find it leading.
        const std::int8_t leads = run.partitions[p].leader;
        const std::uint8_t rf = state_.partition(p).rf;
        if (leads >= 0) {
            learn_partition(state_, run, p, static_cast<std::uint8_t>(leads));
            take_over(state_, run, p, static_cast<std::uint8_t>(leads));
        }
        for (std::uint8_t slot = 0; slot < rf; ++slot) {
            if (slot != leads) learn_partition(state_, run, p, slot);
        }
    }
    for (std::uint32_t p = 0; p < state_.producers.size(); ++p) refresh_producer(state_, p, 0);
    for (std::uint32_t t = 0; t < state_.topics.size(); ++t) refresh_consumer(state_, t, 0);
}

std::unique_ptr<DataPlane> RecordPlane::clone() const {
    auto copy = std::make_unique<RecordPlane>(*this);
    copy->onlooker_ = nullptr;
    return copy;
}

void RecordPlane::assign(const DataPlane& other) {
    *this = dynamic_cast<const RecordPlane&>(other);
    onlooker_ = nullptr;
}

void RecordPlane::set_rates(const RunState& run, BrokerId b) {
    const Broker& broker = run.fleet().brokers()[b];
    const BrokerState& now = run.brokers[b];
    RecordBroker& mine = state_.broker(b);
    const double left = run.left_by_cold_reads(b);
    const double out = left_of(as_capacity(broker.nic_out), now.network_factor);
    const double scan =
        static_cast<double>(run.load.cold(b)) * run.a_case->curve.multiplier(run.now);
    mine.out_rate = out - std::min(out / 2, scan);  // as its disks
    mine.in_rate = std::min(left_of(as_capacity(broker.nic_in), now.network_factor),
                            left_of(run.disk_write_capacity[b], now.disk_factor) * left);
    mine.cold_rate = left_of(run.disk_read_capacity[b], now.disk_factor) * left;
    const auto delay = run.fetch_delay.find(b);
    mine.fetch_delay = delay == run.fetch_delay.end() ? sim::Duration{} : delay->second;
}

void RecordPlane::throttles_change(const RunState& run, BrokerId b) {
    const Throttles throttles = run.throttles(b);
    state_.broker(b).quota_out.set_limit(throttles.leader);
    state_.broker(b).quota_in.set_limit(throttles.follower);
}

void RecordPlane::partition_changed(const RunState& run,
                                    PartitionId p,
                                    const PartitionState& before) {
    const PartitionState& after = run.partitions[p];
    least_backlog_ = unbounded;
    state_.now = std::max(state_.now, run.now);
    const bool was = before.has(stalled_now) || before.has(unserved_now) || before.leader < 0;
    const bool is = after.has(stalled_now) || after.has(unserved_now) || after.leader < 0;
    RecordPartition& partition = state_.partition(p);
    partition.min_isr = static_cast<std::uint8_t>(after.min_isr());
    if (is) {
        partition.stalled_until = sim::Instant::never();
    } else if (was) {
        partition.stalled_until = run.now;
    }
    if (before.leader == after.leader && before.isr == after.isr) return;
    if (run.load.scans() && before.leader != after.leader) {
        for (const BrokerId b : run.fleet().replicas(p)) set_rates(run, b);
    }
    tell_brokers(run, p);
}

/// Each broker hears of it when it comes to it; who is to lead is told first.
void RecordPlane::tell_brokers(const RunState& run, PartitionId p) {
    const auto replicas = run.fleet().replicas(p);
    const std::int8_t leader = run.partitions[p].leader;
    const auto tell = [&](std::uint8_t slot) {
        state_.schedule(learns_at(state_, run, replicas[slot]),
                        RecordEventKind::partition_learned,
                        p.value,
                        slot);
    };
    if (leader >= 0) tell(static_cast<std::uint8_t>(leader));
    for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
        if (slot != leader) tell(slot);
    }
}

void RecordPlane::broker_stops(const RunState& run, BrokerId b, Stop how) {
    least_backlog_ = unbounded;
    state_.now = std::max(state_.now, run.now);
    RecordBroker& broker = state_.broker(b);
    const RecordBroker::Process before = broker.process;
    broker.process = how == Stop::hung ? RecordBroker::Process::hung : RecordBroker::Process::dead;
    broker.since = run.now;
    if (how == Stop::hung) {
        readers_stop(state_, b, false);
        return;
    }
    for (const RecordEvent& event : std::exchange(broker.deferred, {})) {
        // Of others, who asked while it hung: their connection breaks.
        const bool asked = event.kind == RecordEventKind::fetch_arrives &&
                           state_.fetchers[event.entity].leader == b;
        if (asked) state_.schedule(run.now, event.kind, event.entity, event.version);
    }
    fetchers_stop(state_, b);
    const ClusterConfig& config = run.fleet().clusters()[run.fleet().brokers()[b].cluster].config;
    for (const HostedReplica& hosted : run.fleet().hosted(b)) {
        const std::uint32_t index = hosted.partition.value - state_.first_partition;
        RecordReplica& replica = state_.replica(state_.partitions[index], hosted.slot);
        unfollow(state_, index, hosted.slot);
        replica.leads = false;
        replica.proposed = false;
        replica.waiting.clear();
        replica.waiting_from = 0;
        if (how == Stop::clean) replica.log.flushed = replica.log.leo;
        if (how == Stop::power_lost && !config.flush_every_message && !broker.powerless) {
            cut_replica(state_, index, hosted.slot, replica.log.flushed, LogLoss::Why::page_cache);
        }
    }
    broker.powerless = broker.powerless || how == Stop::power_lost;
    if (how == Stop::power_lost) {
        if (before == RecordBroker::Process::up) readers_stop(state_, b, false);
    } else {
        close_connections(run, b, how);
        readers_stop(state_, b, true);
    }
}

/// A process that ends itself closes them; of one that is killed the host does so after it has
/// taken back its memory.
void RecordPlane::close_connections(const RunState& run, BrokerId b, Stop how) {
    if (how != Stop::killed) return connections_break(state_, b);
    RecordBroker& broker = state_.broker(b);
    const sim::Duration lingers =
        run.draw(state_.times().closing, b.value, sim::Draw::closing, ++broker.kills);
    state_.schedule(run.now + lingers,
                    RecordEventKind::connections_close,
                    b.value - state_.first_broker,
                    broker.kills);
}

void RecordPlane::learn_hosted(const RunState& run, BrokerId b, sim::Duration after) {
    state_.broker(b).learns_at = run.now + after;
    for (const HostedReplica& hosted : run.fleet().hosted(b)) {
        state_.schedule(run.now + after,
                        RecordEventKind::partition_learned,
                        hosted.partition.value,
                        hosted.slot);
    }
}

void RecordPlane::broker_goes_on(const RunState& run, BrokerId b) {
    state_.now = std::max(state_.now, run.now);
    RecordBroker& broker = state_.broker(b);
    if (broker.process != RecordBroker::Process::hung) return;
    broker.process = RecordBroker::Process::up;
    broker.since = run.now;
    readers_return(state_, b);
    // It takes what has reached it meanwhile for what it was when it stopped.
    const std::uint32_t version = run.brokers[b].version | 1U << 31U;
    const sim::Instant reads =
        run.now + run.draw(state_.times().wake, b.value, sim::Draw::resume, version);
    for (const RecordEvent& event : std::exchange(broker.deferred, {})) {
        state_.queue.push(reads, event);
    }
    // ZooKeeper: until it has heard of the epochs that began meanwhile its fetches are refused.
    const Cluster& cluster = run.fleet().clusters()[run.fleet().brokers()[b].cluster];
    if (cluster.quorum_kind == QuorumKind::kraft || !run.brokers[b].fenced) return;
    for (const HostedReplica& hosted : run.fleet().hosted(b)) {
        unfollow(state_, hosted.partition.value - state_.first_partition, hosted.slot);
    }
}

void RecordPlane::broker_starts(const RunState& run, BrokerId b, bool wiped) {
    least_backlog_ = unbounded;
    state_.now = std::max(state_.now, run.now);
    RecordBroker& broker = state_.broker(b);
    if (broker.process == RecordBroker::Process::up) {
        const std::uint32_t version = run.brokers[b].version;
        return learn_hosted(
            run, b, run.draw(state_.times().resume, b.value, sim::Draw::resume, version));
    }
    broker.process = RecordBroker::Process::up;
    broker.powerless = false;
    broker.since = run.now;
    readers_return(state_, b);
    for (const HostedReplica& hosted : run.fleet().hosted(b)) {
        if (!wiped) continue;
        const std::uint32_t index = hosted.partition.value - state_.first_partition;
        cut_replica(state_, index, hosted.slot, 0, LogLoss::Why::wiped);
    }
    const bool kraft =
        run.fleet().clusters()[run.fleet().brokers()[b].cluster].quorum_kind == QuorumKind::kraft;
    broker.quota_in.forget();
    broker.quota_out.forget();
    broker.throttled_from = run.now;
    if (kraft) {
        broker.throttled_from = run.now + run.draw(run.a_case->reaction.unthrottled,
                                                   b.value,
                                                   sim::Draw::unthrottled,
                                                   run.brokers[b].version);
    }
    connections_return(state_, b);
    learn_hosted(run, b, state_.times().propagation.nominal);
}

void RecordPlane::rates_change(const RunState& run, BrokerId b) { set_rates(run, b); }

void RecordPlane::surge_changes(const RunState& run, TopicId t, double before) {
    state_.now = std::max(state_.now, run.now);
    surge_moves(state_, t, before / run.load.surge(t));
}

void RecordPlane::dir_stops(const RunState& run, LogDirId dir) {
    least_backlog_ = unbounded;
    state_.now = std::max(state_.now, run.now);
    const BrokerId b = run.fleet().log_dirs()[dir].broker;
    for (const HostedReplica& hosted : run.fleet().hosted(b)) {
        if (run.fleet().replica_dirs(hosted.partition)[hosted.slot] != dir) continue;
        const std::uint32_t index = hosted.partition.value - state_.first_partition;
        unfollow(state_, index, hosted.slot);
        resign(state_, index, hosted.slot);
    }
}

void RecordPlane::write_synthetic(const RunState& run, BrokerId b, SyntheticMoment moment) {
    for (const HostedReplica& replica : run.fleet().hosted(b)) {
        const std::uint32_t index = replica.partition.value - state_.first_partition;
        const RecordTopic& topic = state_.topics[state_.partitions[index].topic];
        if (topic.producer_count == 0) continue;
        const std::uint32_t source =
            state_.producers[topic.first_producer].first_source + index - topic.first_partition;
        if (handed_over(state_, state_.sources[source], state_.sources[source].next) ==
            sim::Instant::never()) {
            continue;
        }
        state_.synthetic.push_back({source, state_.sources[source].next, moment});
    }
}

void RecordPlane::dir_returns(const RunState& run, LogDirId dir, bool wiped) {
    least_backlog_ = unbounded;
    state_.now = std::max(state_.now, run.now);
    const BrokerId b = run.fleet().log_dirs()[dir].broker;
    for (const HostedReplica& hosted : run.fleet().hosted(b)) {
        if (!wiped || run.fleet().replica_dirs(hosted.partition)[hosted.slot] != dir) continue;
        const std::uint32_t index = hosted.partition.value - state_.first_partition;
        cut_replica(state_, index, hosted.slot, 0, LogLoss::Why::wiped);
    }
}

void RecordPlane::curve_changes(const RunState& run) {
    state_.now = std::max(state_.now, run.now);
    rates_move(state_, run.a_case->curve.multiplier(run.now));
    if (!run.load.scans()) return;
    for (const BrokerId b : run.scope.brokers()) set_rates(run, b);
}

void RecordPlane::collect_caught_up(const RunState& run,
                                    BrokerId b,
                                    std::uint32_t,
                                    std::vector<HostedReplica>& caught_up) {
    std::erase_if(to_expand_, [&](const HostedReplica& replica) {
        if (run.fleet().replicas(replica.partition)[replica.slot] != b) return false;
        const RecordPartition& p = state_.partition(replica.partition);
        if (state_.replica(p, replica.slot).proposed) caught_up.push_back(replica);
        return true;
    });
}

void RecordPlane::collect_lagging(const RunState&,
                                  BrokerId b,
                                  std::vector<HostedReplica>& lagging) {
    if (state_.up(b)) lagging_followers(state_, b, lagging);
}

/// Tells the control plane what has come up, by events of now.
void RecordPlane::signal(RunState& run) {
    for (const HostedReplica& replica : state_.caught_up) {
        const BrokerId b = run.fleet().replicas(replica.partition)[replica.slot];
        to_expand_.push_back(replica);
        run.schedule(state_.now, {.kind = EventKind::catch_up, .entity = b.value});
    }
    state_.caught_up.clear();
    for (const BrokerId b : state_.lagging_at) {
        run.schedule(state_.now, {.kind = EventKind::isr_check, .entity = b.value});
    }
    state_.lagging_at.clear();
}

sim::Instant RecordPlane::next_at() {
    return state_.queue.empty() ? sim::Instant::never() : state_.queue.top().at;
}

void RecordPlane::advance(RunState& run, sim::Instant until) {
    while (!state_.queue.empty() && state_.queue.top().at <= until) {
        const auto entry = state_.queue.pop();
        state_.now = entry.at;
        ++events_;
        handle(run, entry.payload);
        const bool signals = !state_.caught_up.empty() || !state_.lagging_at.empty();
        if (onlooker_ && (signals || next_at() > state_.now)) onlooker_(state_);
        if (!signals) continue;
        signal(run);
        return;
    }
}

void RecordPlane::handle(const RunState& run, const RecordEvent& event) {
    const auto producers = static_cast<std::uint32_t>(state_.producers.size());
    switch (event.kind) {
        case RecordEventKind::fetch_arrives:
            fetch_arrives(state_, event.entity, event.version);
            break;
        case RecordEventKind::fetch_ends:
            fetch_ends(state_, event.entity, event.version);
            break;
        case RecordEventKind::partition_learned:
            learn_partition(
                state_, run, PartitionId{event.entity}, static_cast<std::uint8_t>(event.version));
            break;
        case RecordEventKind::takes_over:
            take_over(
                state_, run, PartitionId{event.entity}, static_cast<std::uint8_t>(event.version));
            break;
        case RecordEventKind::connections_close:
            connections_close(event.entity, event.version);
            break;
        case RecordEventKind::isr_check:
            check_isr(state_, BrokerId{state_.first_broker + event.entity});
            break;
        case RecordEventKind::write_back:
            write_back(state_, event.entity);
            break;
        case RecordEventKind::request_arrives:
            request_arrives(state_, event.entity, event.version);
            break;
        case RecordEventKind::send:
            send_ready(state_, event.entity);
            break;
        case RecordEventKind::connection_timer:
            connection_timer(state_, event.entity);
            break;
        case RecordEventKind::refresh:
            if (event.entity < producers) {
                refresh_producer(state_, event.entity, event.version);
            } else {
                refresh_consumer(state_, event.entity - producers, event.version);
            }
            break;
        case RecordEventKind::expire:
            expire_waiting(state_, event.entity);
            break;
        case RecordEventKind::consume:
            consume(state_, event.entity);
            break;
        case RecordEventKind::reader_timer:
            reader_timer(state_, event.entity, event.version);
            break;
    }
}

void RecordPlane::connections_close(std::uint32_t index, std::uint32_t kill) {
    const RecordBroker& broker = state_.brokers[index];
    if (broker.process != RecordBroker::Process::dead || broker.kills != kill)
        return;  // it runs again
    connections_break(state_, BrokerId{state_.first_broker + index});
}

/// Records that replicas out of their ISRs still lack, of those that fetch; -1 where none is out.
std::int64_t RecordPlane::backlog(const RunState& run) const {
    std::int64_t missing = -1;
    for (const PartitionId id : run.scope.partitions()) {
        const PartitionState& state = run.partitions[id];
        if (state.leader < 0) continue;
        const RecordPartition& p = state_.partition(id);
        const RecordReplica& leader = state_.replica(p, state.leader);
        if (!state_.up(leader.broker)) continue;
        for (std::uint8_t slot = 0; slot < p.rf; ++slot) {
            const RecordReplica& replica = state_.replica(p, slot);
            if (state.in_sync(slot) || !state_.up(replica.broker)) continue;
            missing = std::max<std::int64_t>(missing, 0) +
                      std::max<std::int64_t>(leader.log.leo - replica.log.leo, 0);
        }
    }
    return missing;
}

bool RecordPlane::goes_on(const RunState& run) {
    const std::int64_t missing = backlog(run);
    if (missing < 0 || missing >= least_backlog_) return false;
    least_backlog_ = missing;
    return true;
}

bool RecordPlane::stuck(const RunState& run) const { return backlog(run) >= 0; }

/// The load ends: producers wait for what is under way, at most as long as a record may take;
/// consumers go on for a second more.
void RecordPlane::drain(RunState& run) {
    state_.now = std::max(state_.now, run.now);
    state_.load_ends = state_.now + sim::Duration{1};  // what is due now has been handed over
    sim::Duration longest{};
    for (const Producer& producer : state_.producers) {
        longest = std::max(longest, producer.delivery_timeout + producer.request_timeout);
    }
    constexpr sim::Duration consumers_go_on = sim::seconds(1);
    sim::Instant last = state_.now + longest;
    for (bool ended = false; next_at() <= last;) {
        const auto entry = state_.queue.pop();
        state_.now = entry.at;
        ++events_;
        handle(run, entry.payload);
        if (ended || !all_ended(state_)) continue;
        ended = true;
        last = state_.now + consumers_go_on;
    }
    state_.caught_up.clear();
    state_.lagging_at.clear();
}

void RecordPlane::finish(RunState& run, Verdict& verdict) {
    drain(run);
    verdict.records = count_records(state_, run);
    judge_records(state_, *verdict.records, verdict);
}

}  // namespace rollcast::models
