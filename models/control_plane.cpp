#include "models/control_plane.hpp"

#include <algorithm>
#include <utility>

#include "models/detection.hpp"
#include "models/era_costs.hpp"

namespace rollcast::models {

namespace {

using Process = BrokerState::Process;

constexpr std::uint32_t trace_partition = 100;

}  // namespace

void ControlPlane::apply(PartitionId p, PartitionState after) {
    PartitionState& state = run_.partitions[p];
    const PartitionState before = state;
    const ClusterId c = run_.fleet().cluster_of(p);
    if (run_.dead_unfenced > 0 || before.has(stalled_now)) {
        after.set(stalled_now, waits_for_the_dead(p, after.isr));
    }
    if (run_.links.watches()) judge_links(p, before, after);
    if (before.isr != after.isr) {
        const int change = isr_size(after.isr) - isr_size(before.isr);
        (change < 0 ? run_.counters.isr_shrinks : run_.counters.isr_expands) +=
            static_cast<std::uint64_t>(std::abs(change));
        run_.margin.isr_changed(p, before, before.isr, after.isr, run_.now);
        if (run_.record_isr_moves) record_moves(p, before.isr, after.isr);
    }
    if (run_.record_metrics) {
        run_.metrics.partition_changed(p, before, after, lagged(p, before, after));
    }
    if (before.leader != after.leader) {
        ++after.epoch;
        ++run_.counters.leader_moves;
        sim::Instant& imbalanced_at = run_.clusters[c].imbalanced_at;
        const bool elsewhere = after.leader >= 0 && after.leader != run_.preferred(p);
        if (elsewhere && imbalanced_at == sim::Instant::never()) imbalanced_at = run_.now;
        run_.load.leader_changed(p, before.leader, after.leader);
    }
    Breach* breach = run_.safety.partition_changed(p, before, after, run_.now);
    state = after;
    if (breach != nullptr) explain(*breach, p);
    if (before.leader != after.leader && before.leader >= 0 && after.leader >= 0) {
        breach = run_.safety.leader_moved(p, after, run_.now);
        if (breach != nullptr) explain(*breach, p);
    }
    run_.trace[c].fold(run_.now,
                       trace_partition,
                       p.value,
                       std::uint64_t{after.isr} << 8U | static_cast<std::uint8_t>(after.leader));
    data_.partition_changed(run_, p, before);
    if (run_.record_transitions && (before.isr != after.isr || before.leader != after.leader)) {
        run_.transitions.push_back({run_.now, p, after.epoch, after.isr, after.leader});
    }
}

/// True where a member of `isr` is gone and its session not yet over, so that acks=all waits.
bool ControlPlane::waits_for_the_dead(PartitionId p, std::uint8_t isr) const {
    const auto replicas = run_.fleet().replicas(p);
    for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
        const BrokerState& broker = run_.brokers[replicas[slot]];
        const bool dead = broker.process != Process::up && !broker.fenced;
        if (dead && ((isr >> slot) & 1) != 0) return true;
    }
    return false;
}

/// True where who leaves the ISR of `p` does so because it lags: the controller takes out those
/// whose session is over, or who say that they go.
bool ControlPlane::lagged(PartitionId p,
                          const PartitionState& before,
                          const PartitionState& after) const {
    if (before.leader != after.leader) return false;
    const auto replicas = run_.fleet().replicas(p);
    for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
        const BrokerState& broker = run_.brokers[replicas[slot]];
        if (run_.moves.moved_away(p, slot)) continue;
        if (before.in_sync(slot) && !after.in_sync(slot)) return !broker.fenced && !broker.leaving;
    }
    return false;
}

void ControlPlane::record_moves(PartitionId p, std::uint8_t before, std::uint8_t after) {
    const unsigned moved = static_cast<unsigned>(before ^ after);
    for (std::uint8_t slot = 0; moved >> slot != 0; ++slot) {
        if (((moved >> slot) & 1U) == 0 || run_.moves.moved_away(p, slot)) continue;
        run_.isr_moves.push_back({p, slot, ((after >> slot) & 1) != 0});
    }
}

void ControlPlane::explain(Breach& breach, PartitionId p) {
    const auto replicas = run_.fleet().replicas(p);
    const PartitionState& state = run_.partitions[p];
    for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
        const BrokerId b = replicas[slot];
        const BrokerState& broker = run_.brokers[b];
        if (state.in_sync(slot) && broker.process == Process::up) continue;
        if (run_.load.absent(p, slot)) continue;
        breach.brokers.push_back(b);
        breach.causes.push_back(broker.reason);
        if (broker.fenced && broker.fenced_at <= run_.now && !broker.clean_stop) {
            breach.causes.push_back(
                {.kind = Cause::Kind::session_expired, .at = broker.fenced_at, .broker = b});
        } else if (!state.in_sync(slot)) {
            breach.causes.push_back(
                {.kind = Cause::Kind::left_isr, .at = broker.left_isr_at, .broker = b});
        }
    }
    std::stable_sort(breach.causes.begin(),
                     breach.causes.end(),
                     [](const Cause& a, const Cause& b) { return a.at < b.at; });
}

/// The first replica in assignment order that is in `isr`, alive to the controller and not `except`
/// (kafka-semantics §2.1); -1 if there is none. The controller knows sessions: a broker that has
/// died a moment ago may be elected. Demoted brokers come last.
int ControlPlane::elect(PartitionId p, std::uint8_t isr, int except) const {
    const auto replicas = run_.fleet().replicas(p);
    int demoted = -1;
    for (int place = 0; place < static_cast<int>(replicas.size()); ++place) {
        const int slot = run_.moves.slot_at(p, place);
        const BrokerState& broker = run_.brokers[replicas[static_cast<std::size_t>(slot)]];
        const bool alive = !broker.fenced && !broker.leaving &&
                           !run_.out_of_use(p, static_cast<std::size_t>(slot));
        if (((isr >> slot) & 1) == 0 || slot == except || !alive) continue;
        if (!run_.is_demoted(replicas[static_cast<std::size_t>(slot)])) return slot;
        if (demoted < 0) demoted = slot;
    }
    return demoted;
}

bool ControlPlane::unclean_allowed(PartitionId p) const {
    return run_.config(run_.fleet().cluster_of(p)).unclean_leader_election;
}

/// A leader for `after`: a member of the ISR, or, where none of them lives and unclean election is
/// allowed, the first replica that lives, which is the whole ISR then (kafka-semantics §2.1, §2.5).
void ControlPlane::choose_leader(PartitionId p, PartitionState& after, int except) {
    int chosen = elect(p, after.isr, except);
    if (chosen < 0 && unclean_allowed(p)) {
        const auto replicas = run_.fleet().replicas(p);
        chosen = elect(p, static_cast<std::uint8_t>((1U << replicas.size()) - 1U), except);
        for (std::uint8_t slot = 0; chosen >= 0 && slot < replicas.size(); ++slot) {
            BrokerState& broker = run_.brokers[replicas[slot]];
            if (slot == chosen) {
                --broker.out_of_isr;
            } else if (after.in_sync(slot)) {
                ++broker.out_of_isr;
                broker.left_isr_at = run_.now;
            }
        }
        if (chosen >= 0) {
            after.isr = isr_bit(static_cast<std::uint8_t>(chosen));
            ++run_.counters.unclean_elections;
        }
    }
    after.leader = static_cast<std::int8_t>(chosen);
    after.set(unserved_now, chosen >= 0 && !serves(p, chosen));
    after.set(overdue_now, false);
}

bool ControlPlane::serves(PartitionId p, int slot) const {
    const BrokerId b = run_.fleet().replicas(p)[static_cast<std::size_t>(slot)];
    return run_.brokers[b].process == Process::up;
}

void ControlPlane::remove_from_isr(BrokerId b) {
    BrokerState& broker = run_.brokers[b];
    broker.fenced = true;
    broker.fenced_at = run_.now;
    broker.left_isr_at = run_.now;
    leave_isr(b, true, true);
}

/// Takes `b` out of the ISRs of what it leads, of what it follows, or of both; what it led gets a
/// new leader.
void ControlPlane::leave_isr(BrokerId b, bool led_ones, bool followed_ones) {
    BrokerState& broker = run_.brokers[b];
    for (const HostedReplica& replica : run_.fleet().hosted(b)) {
        PartitionState after = run_.partitions[replica.partition];
        const bool led = after.leader == static_cast<int>(replica.slot);
        if (led ? !led_ones : !followed_ones) continue;
        const bool alone = after.isr == isr_bit(replica.slot);
        if (after.in_sync(replica.slot) && !alone) {
            after.isr = static_cast<std::uint8_t>(after.isr & ~isr_bit(replica.slot));
            ++broker.out_of_isr;
        } else if (!led) {
            continue;  // out of the ISR already, or the last of it: it stays (kafka-semantics §2.1)
        }
        if (led) {
            after.set(unserved_now, false);
            after.set(overdue_now, false);
            if (broker.controlled) {
                after.leader = -1;
            } else {
                choose_leader(replica.partition, after, replica.slot);
            }
        }
        apply(replica.partition, after);
    }
}

bool ControlPlane::reacts(ClusterId c) const {
    const ClusterState& cluster = run_.clusters[c];
    return cluster.quorum_ok && cluster.reaction_at <= run_.now;
}

bool ControlPlane::can_react(ClusterId c, const Event& event) {
    if (reacts(c)) return true;
    run_.clusters[c].deferred.push_back(event);
    return false;
}

void ControlPlane::leave_cleanly(BrokerId b, const Cause& reason) {
    BrokerState& broker = run_.brokers[b];
    broker.reason = reason;
    broker.clean_stop = true;
    broker.process = Process::down;
    run_.links.process_changes(run_.fleet().brokers()[b].cluster);
    broker.since = run_.now;
    ++broker.version;
    data_.broker_stops(run_, b, Stop::clean);
    run_.load.set_live(b, false, run_.partitions);
    remove_from_isr(b);
    controller_moves(b);
}

void ControlPlane::die(BrokerId b, const Cause& reason, bool hung, bool page_cache_lost) {
    BrokerState& broker = run_.brokers[b];
    broker.page_cache_lost = broker.page_cache_lost || page_cache_lost;
    const Stop how = page_cache_lost ? Stop::power_lost : hung ? Stop::hung : Stop::killed;
    if (broker.process != Process::up) {
        if (hung) return;
        broker.process = Process::down;
        run_.links.process_changes(run_.fleet().brokers()[b].cluster);
        data_.broker_stops(run_, b, how);
        return;
    }
    broker.reason = reason;
    broker.clean_stop = false;
    broker.leaving = false;
    data_.broker_stops(run_, b, how);
    run_.load.set_live(b, false, run_.partitions);
    broker.process = hung ? Process::hung : Process::down;
    run_.links.process_changes(run_.fleet().brokers()[b].cluster);
    broker.since = run_.now;
    ++broker.version;
    if (broker.fenced) {  // it leads nothing, and its session no longer matters
        remove_from_isr(b);
        return;
    }
    ++run_.dead_unfenced;
    for (const HostedReplica& replica : run_.fleet().hosted(b)) {
        PartitionState after = run_.partitions[replica.partition];
        const bool leads = after.leader == static_cast<int>(replica.slot);
        if (leads) after.set(unserved_now, true);
        if (leads || after.in_sync(replica.slot)) apply(replica.partition, after);
    }
    const sim::Duration unnoticed = detection_delay(run_, b);
    const ClusterId c = run_.fleet().brokers()[b].cluster;
    const Cluster& cluster = run_.fleet().clusters()[c];
    const ClusterConfig& config = cluster.config;
    const bool controls =
        cluster.quorum_kind == QuorumKind::zookeeper && run_.clusters[c].controller == b;
    schedule_expiry(b, controls ? unnoticed : unnoticed + elections(b));
    if (!run_.clusters[c].quorum_ok || config.session_timeout >= config.replica_lag_time_max) {
        watch_isr(b);
    }
    if (controls) pause_reaction(c, unnoticed);
}

/// New leaders for what `dead` leads, one after the other.
sim::Duration ControlPlane::elections(BrokerId dead) const {
    return run_.led_by(dead) *
           election_per_leader(*run_.a_case, run_.fleet().brokers()[dead].cluster);
}

void ControlPlane::count_stall(BrokerId b) {
    const BrokerState& broker = run_.brokers[b];
    if (broker.fenced || broker.process == Process::up) return;
    std::uint64_t stalled = 0;
    for (const HostedReplica& replica : run_.fleet().hosted(b)) {
        if (run_.partitions[replica.partition].in_sync(replica.slot)) ++stalled;
    }
    const sim::Duration stall = run_.now - broker.since;
    run_.counters.stall_partition_seconds += static_cast<double>(stalled) * sim::to_seconds(stall);
    if (stalled > 0) run_.counters.longest_stall = std::max(run_.counters.longest_stall, stall);
}

void ControlPlane::expire_session(BrokerId b) {
    BrokerState& broker = run_.brokers[b];
    if (broker.fenced || broker.process == Process::up) return;
    count_stall(b);
    --run_.dead_unfenced;
    const sim::Duration elected = run_.a_case->reaction.offline_elected + elections(b);
    remove_from_isr(b);
    if (std::exchange(broker.controlled, false)) {
        const ClusterId c = run_.fleet().brokers()[b].cluster;
        run_.schedule(elected, {.kind = EventKind::offline_elected, .entity = c.value});
    }
    controller_moves(b);
}

void ControlPlane::overdue(BrokerId b) {
    for (const HostedReplica& replica : run_.fleet().hosted(b)) {
        PartitionState after = run_.partitions[replica.partition];
        if (after.leader != static_cast<int>(replica.slot) || after.has(overdue_now)) continue;
        after.set(overdue_now, true);
        apply(replica.partition, after);
    }
}

void ControlPlane::resume(BrokerId b) {
    BrokerState& broker = run_.brokers[b];
    data_.broker_goes_on(run_, b);
    if (broker.fenced) {
        const ClusterId c = run_.fleet().brokers()[b].cluster;
        if (run_.fleet().clusters()[c].quorum_kind == QuorumKind::kraft) {
            register_broker(b, false);
            return;
        }
        run_.schedule(
            new_session_after(run_, b),
            {.kind = EventKind::resumed_registers, .entity = b.value, .version = broker.version});
        return;
    }
    count_stall(b);
    broker.process = Process::up;
    run_.links.process_changes(run_.fleet().brokers()[b].cluster);
    broker.clean_stop = true;
    broker.since = run_.now;
    broker.heartbeat_at = run_.now;
    ++broker.version;
    --run_.dead_unfenced;
    run_.load.set_live(b, true, run_.partitions);
    data_.broker_starts(run_, b, false);
    for (const HostedReplica& replica : run_.fleet().hosted(b)) {
        PartitionState after = run_.partitions[replica.partition];
        if (after.leader == static_cast<int>(replica.slot)) {
            after.set(unserved_now, run_.dir_failed(replica.partition, replica.slot));
            after.set(overdue_now, false);
        } else if (!after.has(stalled_now)) {
            continue;
        }
        apply(replica.partition, after);
    }
    // A log dir that failed while it hung is found now: the controller hears of it, or leaders do.
    for (const LogDirId dir : run_.fleet().brokers()[b].log_dirs()) {
        if (run_.load.live(dir)) continue;
        run_.schedule(run_.now, {.kind = EventKind::dir_noticed, .entity = dir.value});
    }
    let_in_caught_up(b);
}

void ControlPlane::register_broker(BrokerId b, bool wiped) {
    start_fetching(b, wiped, run_.now);
    serve(b);
}

void ControlPlane::register_anew(BrokerId b) {
    const sim::Duration after = run_.draw(run_.a_case->reaction.follows_anew,
                                          b.value,
                                          sim::Draw::joins,
                                          run_.brokers[b].version | 1U << 31U);
    start_fetching(b, false, run_.now + after);
    serve(b);
}

void ControlPlane::start_fetching(BrokerId b, bool wiped, sim::Instant serves_at) {
    // A process that is back before its old session ended is first taken out, then let in.
    expire_session(b);
    BrokerState& broker = run_.brokers[b];
    broker.process = Process::up;
    run_.links.process_changes(run_.fleet().brokers()[b].cluster);
    broker.page_cache_lost = false;
    broker.clean_stop = true;
    broker.leaving = false;
    broker.since = run_.now;
    broker.serves_at = serves_at;
    ++broker.version;
    if (run_.record_metrics) run_.metrics.process_starts(b);
    run_.load.set_live(b, true, run_.partitions);
    data_.broker_starts(run_, b, wiped);
}

void ControlPlane::serve(BrokerId b) {
    run_.brokers[b].fenced = false;
    run_.brokers[b].heartbeat_at = run_.now;
    let_in_caught_up(b);
    for (const HostedReplica& replica : run_.fleet().hosted(b)) {
        PartitionState after = run_.partitions[replica.partition];
        if (after.leader >= 0) continue;
        if (run_.out_of_use(replica.partition, replica.slot)) continue;
        if (!after.in_sync(replica.slot) && !unclean_allowed(replica.partition)) continue;
        choose_leader(replica.partition, after, -1);
        apply(replica.partition, after);
    }
    std::vector<BrokerId>& returned = cluster_of(b).returned;
    if (std::find(returned.begin(), returned.end(), b) == returned.end()) returned.push_back(b);
}

/// Lets in what had caught up before `b` served.
void ControlPlane::let_in_caught_up(BrokerId b) {
    std::vector<HostedReplica>& waiting = cluster_of(b).expands_of_fenced;
    std::vector<HostedReplica> ready;
    std::erase_if(waiting, [&](const HostedReplica& replica) {
        if (run_.fleet().replicas(replica.partition)[replica.slot] != b) return false;
        ready.push_back(replica);
        return true;
    });
    if (!ready.empty()) expand(ready);
}

void ControlPlane::expand(const std::vector<HostedReplica>& caught_up) {
    for (const HostedReplica& replica : caught_up) {
        const ClusterId c = run_.fleet().cluster_of(replica.partition);
        ClusterState& cluster = run_.clusters[c];
        if (!cluster.quorum_ok || cluster.reaction_at > run_.now) {
            cluster.deferred_expands.push_back(replica);
            continue;
        }
        const BrokerId b = run_.fleet().replicas(replica.partition)[replica.slot];
        PartitionState after = run_.partitions[replica.partition];
        const BrokerState& broker = run_.brokers[b];
        const bool eligible = broker.process == Process::up && !broker.fenced && !broker.leaving &&
                              !run_.out_of_use(replica.partition, replica.slot);
        // Leaders ask again for who does not serve yet, or hangs.
        const bool later =
            broker.process == Process::up ? broker.fenced : broker.process == Process::hung;
        if (later) cluster.expands_of_fenced.push_back(replica);
        if (after.in_sync(replica.slot) || !eligible || after.leader < 0) continue;
        after.isr = static_cast<std::uint8_t>(after.isr | isr_bit(replica.slot));
        --run_.brokers[b].out_of_isr;
        apply(replica.partition, after);
        if (run_.moves.adds(replica.partition, replica.slot)) end_move(replica.partition);
    }
}

void ControlPlane::evict_lagging(BrokerId b, std::uint32_t overload) {
    if (!data_.still_overloaded(b, overload)) return;
    BrokerState& broker = run_.brokers[b];
    broker.left_isr_at = run_.now;
    for (const HostedReplica& replica : run_.fleet().hosted(b)) {
        PartitionState after = run_.partitions[replica.partition];
        const bool follows = after.leader >= 0 && after.leader != static_cast<int>(replica.slot);
        // An idle partition never shrinks by lag (kafka-semantics §1.2).
        const bool idle_partition =
            run_.fleet().partitions()[replica.partition].write_bytes_per_s == 0;
        if (!follows || idle_partition || !after.in_sync(replica.slot)) continue;
        after.isr = static_cast<std::uint8_t>(after.isr & ~isr_bit(replica.slot));
        ++broker.out_of_isr;
        apply(replica.partition, after);
    }
    data_.followers_evicted(run_, b);
    if (broker.out_of_isr > 0) {
        run_.schedule(run_.a_case->step.observe_delay,
                      {.kind = EventKind::seen_out, .entity = b.value});
    }
}

void ControlPlane::elect_preferred(ClusterId c) {
    for (const PartitionId p : run_.fleet().clusters()[c].partitions()) {
        PartitionState after = run_.partitions[p];
        const int preferred = run_.preferred(p);
        if (after.leader == preferred || elect(p, after.isr, -1) != preferred) continue;
        after.set(unserved_now, !serves(p, preferred));
        after.set(overdue_now, false);
        after.leader = static_cast<std::int8_t>(preferred);
        apply(p, after);
    }
}

/// Lets the session of `b` end `after` from now, whatever was to end it before.
void ControlPlane::schedule_expiry(BrokerId b, sim::Duration after) {
    BrokerState& broker = run_.brokers[b];
    ++broker.detections;
    run_.schedule(after,
                  {.kind = EventKind::session_expires,
                   .entity = b.value,
                   .version = broker.version,
                   .extra = broker.detections});
}

/// Each leader looks for followers that lag every L/2, at a phase of its own; a dead one is out of
/// sync from L after its death (kafka-semantics §1.2).
void ControlPlane::watch_isr(BrokerId dead) {
    if (run_.options.fidelity == Fidelity::record) return;  // there the leaders look for themselves
    const BrokerState& broker = run_.brokers[dead];
    const Cluster& cluster = run_.fleet().clusters()[run_.fleet().brokers()[dead].cluster];
    const sim::Duration lag = cluster.config.replica_lag_time_max;
    const std::int64_t period = std::max<std::int64_t>(1, lag.count() / 2);
    for (const BrokerId leader : cluster.brokers()) {
        if (leader == dead) continue;
        sim::RandomStream random{run_.options.seed, leader.value, sim::Draw::lag_check, 1U << 31U};
        const std::int64_t phase =
            run_.options.sampled
                ? static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(period)))
                : period / 2;
        const std::int64_t due = std::max(broker.since + lag, run_.now).count();
        const std::int64_t ticks = (due - phase + period - 1) / period;
        run_.schedule(sim::Instant{sim::Duration{ticks * period + phase}},
                      {.kind = EventKind::dead_lags,
                       .entity = dead.value,
                       .version = broker.version,
                       .extra = leader.value});
    }
}

void ControlPlane::check_isr(const Event& event) {
    const BrokerId dead{event.entity};
    const BrokerId leader{event.extra};
    BrokerState& broker = run_.brokers[dead];
    if (broker.version != event.version || broker.process == Process::up) return;
    if (run_.brokers[leader].process != Process::up) return;
    if (!can_react(run_.fleet().brokers()[dead].cluster, event)) return;
    for (const HostedReplica& replica : run_.fleet().hosted(dead)) {
        PartitionState after = run_.partitions[replica.partition];
        if (after.leader < 0 || !after.in_sync(replica.slot)) continue;
        const BrokerId leads =
            run_.fleet().replicas(replica.partition)[static_cast<std::size_t>(after.leader)];
        const bool idle_partition =
            run_.fleet().partitions()[replica.partition].write_bytes_per_s == 0;
        if (leads != leader || idle_partition) continue;
        after.isr = static_cast<std::uint8_t>(after.isr & ~isr_bit(replica.slot));
        ++broker.out_of_isr;
        broker.left_isr_at = run_.now;
        apply(replica.partition, after);
    }
}

void ControlPlane::shrink(const std::vector<HostedReplica>& lagging) {
    for (const HostedReplica& replica : lagging) {
        PartitionState after = run_.partitions[replica.partition];
        const bool leads = after.leader == static_cast<int>(replica.slot);
        if (after.leader < 0 || leads || !after.in_sync(replica.slot)) continue;
        const BrokerId b = run_.fleet().replicas(replica.partition)[replica.slot];
        BrokerState& broker = run_.brokers[b];
        broker.left_isr_at = run_.now;
        if (broker.out_of_isr++ == 0) {
            run_.schedule(run_.a_case->step.observe_delay,
                          {.kind = EventKind::seen_out, .entity = b.value});
        }
        after.isr = static_cast<std::uint8_t>(after.isr & ~isr_bit(replica.slot));
        apply(replica.partition, after);
    }
}

void ControlPlane::return_leaders(ClusterId c) {
    ClusterState& cluster = run_.clusters[c];
    for (const BrokerId b : cluster.returned) {
        const BrokerState& broker = run_.brokers[b];
        if (broker.process != Process::up || broker.fenced) continue;
        for (const HostedReplica& replica : run_.fleet().hosted(b)) {
            const int slot = replica.slot;
            if (slot != run_.preferred(replica.partition)) continue;
            PartitionState after = run_.partitions[replica.partition];
            if (after.leader == slot || !after.in_sync(replica.slot)) continue;
            if (run_.out_of_use(replica.partition, replica.slot)) continue;
            after.set(unserved_now, false);
            after.set(overdue_now, false);
            after.leader = static_cast<std::int8_t>(slot);
            apply(replica.partition, after);
        }
    }
    // What is still catching up gets its leadership at a later check.
    std::erase_if(cluster.returned, [&](BrokerId b) {
        const BrokerState& broker = run_.brokers[b];
        return broker.process != Process::up || broker.fenced || broker.out_of_isr == 0;
    });
    cluster.imbalanced_at = cluster.returned.empty() ? sim::Instant::never() : run_.now;
}

}  // namespace rollcast::models
