#include "models/executor.hpp"

#include <algorithm>

#include "models/config_audit.hpp"
#include "models/detection.hpp"
#include "models/era_costs.hpp"
#include "models/nominal_step.hpp"

namespace rollcast::models {

namespace {

std::vector<ClusterConflicts> conflicts_of(const Scope& scope) {
    std::vector<ClusterConflicts> conflicts(scope.fleet->clusters().size());
    for (const ClusterId c : scope.clusters()) {
        conflicts[c.index()] = ClusterConflicts(*scope.fleet, c);
    }
    return conflicts;
}

Plan part_of(const Plan& plan, const Scope& scope) {
    Plan part = plan;
    std::erase_if(part.clusters, [&](const ClusterPlan& c) { return !scope.holds(c.cluster); });
    return part;
}

/// Index checks of the broker of `m`, if it has one, as it starts after its step, which leads back
/// where `back` is true.
sim::Duration index_checks_after(const Fleet& fleet, MachineId m, bool back) {
    const Machine& machine = fleet.machines()[m];
    if (!machine.broker.exists()) return {};
    const Cluster& cluster = fleet.clusters()[machine.cluster];
    const std::string_view version =
        back ? std::string_view(cluster.stack.kafka_version) : version_after(cluster);
    return index_check_time(fleet, machine.broker, version);
}

/// True where the end of a phase is read from metrics (architecture §4): telemetry is there and all
/// is well before it starts and after it, and its broker is seen back.
bool reads_metrics(StepPhase phase) {
    return phase == StepPhase::preflight || phase == StepPhase::observe ||
           phase == StepPhase::post_flight;
}

/// What follows a phase on a machine with or without a broker.
StepPhase next_phase(StepPhase phase, bool broker) {
    switch (phase) {
        case StepPhase::preflight:
            return broker ? StepPhase::leader_drain : StepPhase::shutdown;
        case StepPhase::shutdown:
            return broker ? StepPhase::baseline_checksum : StepPhase::reimage;
        case StepPhase::install:
            return broker ? StepPhase::verify_checksum : StepPhase::start;
        default:
            return static_cast<StepPhase>(static_cast<int>(phase) + 1);
    }
}

}  // namespace

Executor::Executor(const RunState& run, const Plan& plan)
    : conflicts_(std::make_shared<const std::vector<ClusterConflicts>>(conflicts_of(run.scope))),
      data_disk_(plan.data_disk),
      checksums_(plan.checksums),
      synthetic_records_(plan.synthetic_records),
      gate_(plan.gate),
      preflight_(plan.preflight),
      post_flight_(plan.post_flight),
      most_reimages_(static_cast<std::uint32_t>(plan.rollout.retries) + 1),
      on_stop_(plan.rollout.on_stop),
      dispatcher_(*run.a_case, part_of(plan, run.scope), *conflicts_),
      policies_(run, plan),
      steps_(run.scope.machines()),
      shared_out_(run.scope.clusters()) {
    for (const MachineId m : run.scope.machines()) steps_[m].times.machine = m;
    if (gate_ != Gate::shared_partitions) return;
    for (const ClusterId c : run.scope.clusters()) {
        const std::size_t n = run.fleet().clusters()[c].broker_count;
        shared_out_[c].assign(n * n, 0);
    }
    // Who is out from the start and joins was counted out before: else its joining would release
    // the pair while another partition of the two is still out.
    for (const PartitionId p : run.scope.partitions()) {
        const auto replicas = run.fleet().replicas(p);
        for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
            if (run.partitions[p].in_sync(slot) || run.out_of_use(p, slot)) continue;
            for (const BrokerId b : replicas) {
                if (b != replicas[slot]) ++shared_out(run, replicas[slot], b);
            }
        }
    }
}

void Executor::begin(RunState& run) {
    policies_.begin(run);
    dispatch(run);
}

bool Executor::policy_looks(RunState& run, ControlPlane& control, ClusterId c) {
    const Asked asked = policies_.look(run, c);
    for (const MachineId m : asked.start) dispatcher_.ask(m);
    dispatch_due_ = dispatch_due_ || !asked.start.empty();
    if (asked.elect_preferred && !run.clusters[c].returned.empty()) control.return_leaders(c);
    // What a cluster without a controller does not take is asked for again at the next look.
    if (!asked.changes_placement() || !control.reacts(c)) return false;
    for (const ReplicaMove& move : asked.moves) control.begin_move(move);
    if (asked.demotion.broker.exists()) {
        control.demote(asked.demotion.broker, asked.demotion.most_leaders);
    }
    if (asked.restore_leaders) control.restore_leaders(c);
    return true;
}

void Executor::dispatch(RunState& run) {
    if (!dispatch_due_) return;
    dispatch_due_ = false;
    turn_back(run);
    for (const MachineId m : dispatcher_.start_ready(run.now)) {
        Step& step = steps_[m];
        step.times.start = run.now;
        step.times.batch = batch_of(m);
        const sim::Duration patience =
            run.a_case->step_timeout +
            2 * nominal_step(*run.a_case, m, data_disk_, checksums_).catch_up_mean;
        run.schedule(
            patience,
            {.kind = EventKind::step_times_out, .entity = m.value, .extra = step.back ? 1U : 0U});
        enter(run, m, StepPhase::preflight);
    }
    const sim::Instant wake = dispatcher_.wake_at();
    if (wake == sim::Instant::never() || wake == wake_scheduled_) return;
    wake_scheduled_ = wake;
    run.schedule(wake, {.kind = EventKind::window_opens});
}

sim::Duration Executor::length_of(const RunState& run, MachineId m, StepPhase phase) const {
    const StepTimes& times = run.a_case->step;
    const auto drawn = [&](const SpreadDuration& duration) {
        return run.draw(duration,
                        m.value,
                        sim::Draw::step_phase,
                        static_cast<std::uint32_t>(phase) + 32 * steps_[m].restarts);
    };
    switch (phase) {
        case StepPhase::preflight:
            return drawn(times.preflight) + checksum_time(run, m, phase);
        case StepPhase::shutdown:
            return drawn(times.shutdown);
        case StepPhase::baseline_checksum:
            if (checksums_ != Checksums::none) return checksum_time(run, m, phase);
            return drawn(times.baseline_checksum);
        case StepPhase::reimage:
            return drawn(times.reimage);
        case StepPhase::install:
            return drawn(times.install);
        case StepPhase::verify_checksum:
            if (checksums_ != Checksums::none) return checksum_time(run, m, phase);
            return drawn(times.verify_checksum);
        case StepPhase::start:
            return drawn(times.start) + index_checks_after(run.fleet(), m, steps_[m].back);
        case StepPhase::observe:
            return times.observe_delay;
        case StepPhase::post_flight:
            return drawn(times.post_flight) + checksum_time(run, m, phase);
        case StepPhase::soak:
            return times.soak;
        case StepPhase::leader_drain: {
            const Machine& machine = run.fleet().machines()[m];
            return times.drain_base +
                   run.led_by(machine.broker) * drain_per_leader(*run.a_case, machine.cluster);
        }
        default:
            return {};
    }
}

void Executor::enter(RunState& run, MachineId m, StepPhase phase) {
    Step& step = steps_[m];
    step.phase = phase;
    step.times.reached = phase;
    step.end_unseen = false;
    ++step.version;
    entered_.emplace_back(m, phase);
    policies_.entered(run, m, phase);
    if (phase == StepPhase::catch_up || phase == StepPhase::done || !step.powered) return;
    if (phase == StepPhase::reimage) {
        if (step.never_returns) return;
        ++step.times.reimages;
    }
    run.schedule(hindered(run, m, phase, length_of(run, m, phase)),
                 {.kind = EventKind::phase_ends, .entity = m.value, .version = step.version});
}

void Executor::phase_ends(RunState& run, ControlPlane& control, const Event& event) {
    const MachineId m{event.entity};
    Step& step = steps_[m];
    if (step.version != event.version || step.phase == StepPhase::lost) return;
    if (reads_metrics(step.phase) && !run.scraped(m)) {
        step.end_unseen = true;
        return;
    }
    if (step.phase == StepPhase::reimage && reimage_fails(run, m)) {
        // Its slot stays its own; without another attempt the step waits to be given up.
        ++step.restarts;
        step.never_returns = step.times.reimages >= most_reimages_;
        enter(run, m, StepPhase::reimage);
        return;
    }
    if (!passes_checks(run, m)) {
        run.schedule(std::max(run.a_case->step.observe_delay, sim::seconds(1)), event);
        return;
    }
    if (!leave(run, control, m, event)) return;
    if (const sim::Duration anew = compared(run, m); anew > sim::Duration{}) {
        run.schedule(anew, event);
        return;
    }
    checks_end(run, m);
    const Machine& machine = run.fleet().machines()[m];
    const StepPhase next = next_phase(step.phase, machine.broker.exists());
    enter(run, m, next);
    if (next == StepPhase::done) finish(run, control, m);
    if (next == StepPhase::catch_up && machine.broker.exists()) {
        check_in_sync(run, machine.broker);
        const Hindrance* hindrance = this->hindrance(m);
        if (hindrance == nullptr || !hindrance->patience) return;
        run.schedule(*hindrance->patience, {.kind = EventKind::gate_gives_up, .entity = m.value});
    }
}

const Executor::Hindrance* Executor::hindrance(MachineId m) const {
    const auto found = hindrances_.find(m);
    return found == hindrances_.end() ? nullptr : &found->second;
}

/// How long a phase of `length` takes with what faults do to it.
sim::Duration Executor::hindered(const RunState& run,
                                 MachineId m,
                                 StepPhase phase,
                                 sim::Duration length) {
    const Hindrance* hindrance = this->hindrance(m);
    const bool at_the_machine =
        phase != StepPhase::leader_drain && phase != StepPhase::observe && phase != StepPhase::soak;
    if (hindrance != nullptr && hindrance->slowness != 1.0 && at_the_machine) {
        length = sim::ceil_seconds(sim::to_seconds(length) * hindrance->slowness);
    }
    const BrokerId b = run.fleet().machines()[m].broker;
    if (!b.exists()) return length;
    if (phase == StepPhase::start && hindrance != nullptr && hindrance->killed) {
        const bool wiped = hindrance->disks_lost || data_disk_ == DataDisk::wipe;
        return wiped ? length : length + log_recovery_time(run.fleet(), b);
    }
    const bool stops = phase == StepPhase::leader_drain || phase == StepPhase::shutdown;
    const bool watched = run.stop_timeout(b).has_value();
    return stops && watched ? until_killed(run, m, phase, length) : length;
}

/// A supervisor kills the process that has not stopped in time (kafka-semantics §1.8): what is left
/// of a phase of `length`.
sim::Duration Executor::until_killed(const RunState& run,
                                     MachineId m,
                                     StepPhase phase,
                                     sim::Duration length) {
    Hindrance& hindrance = hindrances_[m];
    if (phase == StepPhase::leader_drain || hindrance.stop_began == sim::Instant::never()) {
        hindrance.stop_began = run.now;
        hindrance.killed = false;
    }
    if (hindrance.killed) return {};
    const sim::Duration allowed = *run.stop_timeout(run.fleet().machines()[m].broker);
    const sim::Duration left = std::max(sim::Duration{}, hindrance.stop_began + allowed - run.now);
    if (length <= left) return length;
    hindrance.killed = true;
    return left;
}

void Executor::gate_gives_up(RunState& run, MachineId m) {
    Step& step = steps_[m];
    if (step.phase != StepPhase::catch_up) return;
    step.times.in_sync = run.now;
    enter(run, m, StepPhase::observe);
}

void Executor::take_out_of_turn(MachineId m) {
    if (!dispatcher_.planned(m)) return;
    dispatcher_.force(m);
    dispatch_due_ = true;
}

void Executor::start_next_batch(ClusterId c) {
    dispatcher_.force_next_batch(c);
    dispatch_due_ = true;
}

/// What the plan asks to be seen at the end of the phase of `m`, by metadata and probes.
bool Executor::passes_checks(const RunState& run, MachineId m) const {
    const StepPhase phase = steps_[m].phase;
    if (phase != StepPhase::preflight && phase != StepPhase::post_flight) return true;
    const Checks& checks = phase == StepPhase::preflight ? preflight_ : post_flight_;
    if (!checks.any()) return true;
    const Machine& machine = run.fleet().machines()[m];
    const Cluster& cluster = run.fleet().clusters()[machine.cluster];
    // What was lost goes back because it is out of sync.
    const bool known_out = steps_[m].was_lost && phase == StepPhase::preflight;
    if (checks.in_sync && machine.broker.exists() && !known_out) {
        for (const HostedReplica& replica : run.fleet().hosted(machine.broker)) {
            const int assigned = run.fleet().partitions()[replica.partition].assigned();
            if (isr_size(run.partitions[replica.partition].isr) < assigned) return false;
        }
    }
    for (const BrokerId b : cluster.brokers()) {
        const bool seen =
            run.brokers[b].out_of_isr == 0 && run.scraped(run.fleet().brokers()[b].machine);
        if (checks.all_in_sync && !seen && !known_out) return false;
    }
    for (const QuorumNodeId q : cluster.quorum()) {
        const bool seen =
            run.quorum_node_up[q] != 0 && run.scraped(run.fleet().quorum_nodes()[q].machine);
        if (checks.quorum_full && !seen) return false;
    }
    if (checks.no_reassignment &&
        std::any_of(run.moves.under_way.begin(), run.moves.under_way.end(), [&](const auto& move) {
            return run.fleet().cluster_of(move.first) == machine.cluster;
        })) {
        return false;
    }
    return !checks.as_golden || !machine.broker.exists() ||
           config_drift(run, machine.broker).empty();
}

/// The re-image of `m` that should be over now has failed.
bool Executor::reimage_fails(const RunState& run, MachineId m) const {
    const double share = run.a_case->step.reimage_fails;
    if (share <= 0.0 || !run.options.sampled) return false;
    constexpr std::uint32_t of_steps_back = 1'000;  // `retries` are fewer
    const Step& step = steps_[m];
    sim::RandomStream random{run.options.seed,
                             m.value,
                             sim::Draw::step_fails,
                             step.times.reimages + (step.back ? of_steps_back : 0U)};
    return random.uniform() < share;
}

/// What the end of a phase brings about; false where the cluster cannot do its part now, so that
/// the event comes again.
bool Executor::leave(RunState& run, ControlPlane& control, MachineId m, const Event& event) {
    const Machine& machine = run.fleet().machines()[m];
    switch (steps_[m].phase) {
        case StepPhase::leader_drain:
            return stop_broker(run, control, m, event);
        case StepPhase::shutdown:
            if (machine.quorum_node.exists()) {
                control.quorum_node_stops(machine.quorum_node, cause_of_step(m));
            }
            if (!machine.broker.exists()) steps_[m].times.stopped = run.now;
            return true;
        case StepPhase::reimage:
            dispatcher_.slot_free(m);
            dispatch_due_ = true;
            return true;
        case StepPhase::start:
            return come_back(run, control, m, event);
        default:
            return true;
    }
}

Cause Executor::cause_of_step(MachineId m) const {
    return {.kind = Cause::Kind::step,
            .at = steps_[m].times.start,
            .machine = m,
            .index = steps_[m].times.batch};
}

bool Executor::stop_broker(RunState& run, ControlPlane& control, MachineId m, const Event& event) {
    const Machine& machine = run.fleet().machines()[m];
    if (run.brokers[machine.broker].process == BrokerState::Process::up) {
        if (!control.can_react(machine.cluster, event)) return false;
        Cause reason = cause_of_step(m);
        reason.broker = machine.broker;
        const Hindrance* hindrance = this->hindrance(m);
        if (hindrance != nullptr && hindrance->killed) {
            control.die(machine.broker, reason, false, false);
        } else {
            control.leave_cleanly(machine.broker, reason);
        }
    }
    if (run.brokers[machine.broker].process == BrokerState::Process::hung) {
        control.die(machine.broker, {}, false, false);  // the stop kills what does not answer
    }
    steps_[m].times.stopped = run.now;
    return true;
}

bool Executor::come_back(RunState& run, ControlPlane& control, MachineId m, const Event& event) {
    const Machine& machine = run.fleet().machines()[m];
    start_quorum_node(run, m);
    if (machine.broker.exists()) {
        run.links.install(machine.cluster, machine.broker, steps_[m].back);
        if (!control.can_react(machine.cluster, event)) return false;
        if (!control.can_register(machine.broker, event)) return false;
        const Hindrance* hindrance = this->hindrance(m);
        const bool lost = hindrance != nullptr && hindrance->disks_lost;
        control.register_broker(machine.broker, lost || data_disk_ == DataDisk::wipe);
        if (lost) hindrances_[m].disks_lost = false;
        if (lost || data_disk_ == DataDisk::wipe) {
            disks_emptied(run, m, checksums_ != Checksums::none);
        }
    }
    steps_[m].times.registered = run.now;
    dispatcher_.crew_free(m);
    dispatch_due_ = true;
    return true;
}

/// A quorum node needs no quorum to start: it may be the one that brings it back. Starts once,
/// though the broker beside it may have to wait.
void Executor::start_quorum_node(RunState& run, MachineId m) {
    Step& step = steps_[m];
    const QuorumNodeId q = run.fleet().machines()[m].quorum_node;
    if (!q.exists() || !step.quorum_synced || run.quorum_node_up[q] != 0) return;
    step.quorum_synced = false;
    run.schedule(
        run.draw(run.a_case->step.quorum_sync, m.value, sim::Draw::restart_time, step.restarts),
        {.kind = EventKind::quorum_node_back,
         .entity = q.value,
         .version = run.quorum_node_version[q]});
}

void Executor::quorum_node_back(RunState& run, QuorumNodeId q) {
    const MachineId m = run.fleet().quorum_nodes()[q].machine;
    Step& step = steps_[m];
    step.quorum_synced = true;
    if (step.phase != StepPhase::catch_up) return;
    const BrokerId b = run.fleet().machines()[m].broker;
    if (b.exists()) {
        check_in_sync(run, b);
        return;
    }
    step.times.in_sync = run.now;
    enter(run, m, StepPhase::observe);
}

namespace {

/// When the controller next looks for partitions that their preferred leader does not lead
/// (kafka-semantics §2.4). KRaft: an interval after the first of them, and so on. ZooKeeper: every
/// interval since the start of the controller, at any moment of ours. Nominal: since the start of
/// the run.
sim::Instant next_leader_check(const RunState& run, ClusterId c) {
    const Cluster& cluster = run.fleet().clusters()[c];
    const std::int64_t interval =
        std::max<std::int64_t>(1, run.config(c).leader_imbalance_check.count());
    sim::Instant from{};
    if (run.options.sampled && cluster.quorum_kind == QuorumKind::kraft) {
        const sim::Instant since = run.clusters[c].imbalanced_at;
        from = since == sim::Instant::never() ? run.now : since;
    } else if (run.options.sampled) {
        sim::RandomStream random{run.options.seed, c.value, sim::Draw::lag_check, 1U << 30U};
        const std::uint64_t phase = random.below(static_cast<std::uint64_t>(interval));
        from = sim::Instant{sim::Duration{static_cast<std::int64_t>(phase) - interval}};
    }
    const std::int64_t periods = (run.now - from).count() / interval + 1;
    return from + sim::Duration{periods * interval};
}

}  // namespace

void Executor::check_in_sync(RunState& run, BrokerId b) {
    const MachineId m = run.fleet().brokers()[b].machine;
    const BrokerState& broker = run.brokers[b];
    Step& step = steps_[m];
    if (broker.process != BrokerState::Process::up || broker.out_of_isr > 0) return;
    const bool sees = run.links.open(run.fleet().brokers()[b].cluster, b, BrokerLink::orchestrator);
    ClusterState& cluster = run.clusters[run.fleet().brokers()[b].cluster];
    if (cluster.config.auto_leader_rebalance && !cluster.returned.empty() &&
        !cluster.leaders_return_scheduled) {
        cluster.leaders_return_scheduled = true;
        run.schedule(
            next_leader_check(run, run.fleet().brokers()[b].cluster),
            {.kind = EventKind::leaders_return, .entity = run.fleet().brokers()[b].cluster.value});
    }
    if (!sees || !run.scraped(m)) return;
    if (step.phase == StepPhase::catch_up && step.quorum_synced) {
        step.times.in_sync = run.now;
        enter(run, m, StepPhase::observe);
    }
    if (dispatcher_.is_seen_out(b) && !holds_down(m)) {
        run.schedule(run.a_case->step.observe_delay,
                     {.kind = EventKind::seen_back, .entity = b.value, .version = broker.version});
    }
}

void Executor::finish(RunState& run, ControlPlane& control, MachineId m) {
    steps_[m].times.end = run.now;
    dispatcher_.done(m);
    dispatch_due_ = true;
    const ClusterId c = run.fleet().machines()[m].cluster;
    if (steps_[m].back) {
        Rollback& rollback = rollbacks_.at(c);
        ++rollback.back;
        rollback.end = run.now;
    }
    // It goes by the configuration as it should be. A policy asks for leaders where its rule does.
    if (!policies_.any() && !run.fleet().clusters()[c].config.auto_leader_rebalance &&
        !run.clusters[c].returned.empty()) {
        control.return_leaders(c);  // the orchestrator asks for the election itself
    }
}

void Executor::step_times_out(RunState& run, const DataPlane& data, const Event& event) {
    const MachineId m{event.entity};
    Step& step = steps_[m];
    if (step.phase == StepPhase::done || step.phase == StepPhase::lost) return;
    if (event.extra != (step.back ? 1U : 0U)) return;  // of its step forward, which is over
    const bool cannot = data.stuck(run) || !run.signatures.failed.empty();
    if (step.phase == StepPhase::catch_up && cannot) never_rejoined_ = true;
    step.phase = StepPhase::lost;
    entered_.emplace_back(m, StepPhase::lost);
    policies_.entered(run, m, StepPhase::lost);
    ++step.version;
    dispatcher_.lost(m);
    dispatch_due_ = true;
}

std::uint32_t& Executor::shared_out(const RunState& run, BrokerId a, BrokerId b) {
    const ClusterId c = run.fleet().brokers()[a].cluster;
    const Cluster& cluster = run.fleet().clusters()[c];
    return shared_out_[c][std::size_t{a.value - cluster.first_broker} * cluster.broker_count +
                          (b.value - cluster.first_broker)];
}

void Executor::isr_moved(RunState& run, const std::vector<IsrMove>& moves) {
    for (const IsrMove& move : moves) {
        const auto replicas = run.fleet().replicas(move.partition);
        const BrokerId a = replicas[move.slot];
        for (const BrokerId b : replicas) {
            if (a == b) continue;
            std::uint32_t& count = shared_out(run, a, b);
            if (!move.joined) {
                ++count;
            } else if (count > 0 && --count == 0) {
                run.schedule(run.a_case->step.observe_delay,
                             {.kind = EventKind::pair_released,
                              .entity = run.fleet().brokers()[a].machine.value,
                              .extra = b.value});
            }
        }
    }
}

void Executor::pair_released(const RunState& run, const Event& event) {
    const MachineId m{event.entity};
    const BrokerId other{event.extra};
    const StepPhase phase = steps_[m].phase;
    if (phase < StepPhase::catch_up || phase > StepPhase::soak) return;
    if (shared_out(run, run.fleet().machines()[m].broker, other) > 0 || !run.scraped(m)) return;
    dispatcher_.released_towards(m, other);
    dispatch_due_ = true;
}

void Executor::seen_out(const RunState& run, BrokerId b) {
    const BrokerState& broker = run.brokers[b];
    const bool out = broker.process != BrokerState::Process::up || broker.out_of_isr > 0;
    if (!out) return;
    const MachineId m = run.fleet().brokers()[b].machine;
    steps_[m].death_unseen = !run.scraped(m);
    if (!steps_[m].death_unseen) dispatcher_.seen_out_of_sync(b);
}

void Executor::seen_back(RunState& run, BrokerId b) {
    if (run.brokers[b].out_of_isr > 0 || !run.scraped(run.fleet().brokers()[b].machine)) return;
    dispatcher_.seen_in_sync(b);
    dispatch_due_ = true;
}

void Executor::scraped_again(RunState& run, MachineId m) {
    Step& step = steps_[m];
    if (step.phase == StepPhase::observe) {
        enter(run, m, StepPhase::observe);
    } else if (step.end_unseen && step.powered && reads_metrics(step.phase)) {
        step.end_unseen = false;
        run.schedule(run.a_case->step.observe_delay,
                     {.kind = EventKind::phase_ends, .entity = m.value, .version = step.version});
    }
    const BrokerId b = run.fleet().machines()[m].broker;
    if (!b.exists()) return;
    if (std::exchange(step.death_unseen, false)) {
        run.schedule(run.a_case->step.observe_delay,
                     {.kind = EventKind::seen_out, .entity = b.value});
    }
    check_in_sync(run, b);
    if (gate_ == Gate::shared_partitions) release_pairs(run, b);
}

/// Partitions that `a` shares with others and that came back in sync unseen are seen now.
void Executor::release_pairs(RunState& run, BrokerId a) {
    const MachineId m = run.fleet().brokers()[a].machine;
    if (steps_[m].phase < StepPhase::catch_up || steps_[m].phase > StepPhase::soak) return;
    for (const BrokerId b : run.fleet().clusters()[run.fleet().brokers()[a].cluster].brokers()) {
        if (a == b || shared_out(run, a, b) > 0) continue;
        run.schedule(run.a_case->step.observe_delay,
                     {.kind = EventKind::pair_released, .entity = m.value, .extra = b.value});
    }
}

void Executor::process_died(RunState& run, BrokerId b) {
    const MachineId m = run.fleet().brokers()[b].machine;
    const StepPhase phase = steps_[m].phase;
    if (phase < StepPhase::catch_up || phase > StepPhase::soak) return;
    steps_[m].times.in_sync = sim::Instant::never();
    enter(run, m, StepPhase::catch_up);
}

bool Executor::holds_down(MachineId m) const {
    const StepPhase phase = steps_[m].phase;
    return (phase >= StepPhase::shutdown && phase <= StepPhase::start) || phase == StepPhase::lost;
}

bool Executor::host_answers(MachineId m) const {
    const Step& step = steps_[m];
    if (!step.powered || step.phase == StepPhase::reimage) return false;
    return step.phase != StepPhase::lost || step.times.reached != StepPhase::reimage;
}

void Executor::power_lost(RunState& run, MachineId m) {
    Step& step = steps_[m];
    const Machine& machine = run.fleet().machines()[m];
    step.powered = false;
    if (step.phase >= StepPhase::preflight && step.phase <= StepPhase::start) {
        ++step.version;
        step.quorum_synced = true;  // nothing of it is under way
    }
    if (step.phase < StepPhase::catch_up || step.phase > StepPhase::soak) return;
    if (!machine.quorum_node.exists()) return;  // its broker's death is told by process_died
    step.quorum_synced = false;
    if (!machine.broker.exists()) enter(run, m, StepPhase::catch_up);
}

void Executor::power_returns(RunState& run, MachineId m) {
    Step& step = steps_[m];
    step.powered = true;
    if (step.phase < StepPhase::preflight || step.phase > StepPhase::start) return;
    ++step.restarts;
    enter(run, m, step.phase);
}

void Executor::never_return(MachineId m) {
    steps_[m].never_returns = true;
    if (steps_[m].phase == StepPhase::reimage) ++steps_[m].version;
}

std::vector<std::pair<MachineId, StepPhase>> Executor::take_entered() {
    return std::exchange(entered_, {});
}

sim::Instant Executor::last_end() const {
    sim::Instant last{};
    for (const Step& step : steps_) {
        if (step.times.end != sim::Instant::never()) last = std::max(last, step.times.end);
    }
    return last;
}

}  // namespace rollcast::models
