#include "models/world.hpp"

#include <algorithm>
#include <utility>

#include "models/faults/catalogue.hpp"
#include "models/flow_plane.hpp"
#include "models/policies/catalogue.hpp"
#include "models/record_plane.hpp"
#include "models/worst_target.hpp"

namespace rollcast::models {

namespace {

/// How far the data plane runs on its own before it is asked whether that gets it anywhere.
constexpr sim::Duration slice = sim::seconds(10);

/// What the record fidelity cannot say where it does not model what follows from a link that was
/// shut: a leader that is cut off from its quorum and goes on, one that is not told of anything,
/// one that lets no clients in. What it has seen to be broken is broken.
void leave_open(const RunState& run, Verdict& verdict) {
    const bool leads_on =
        run.links.was_shut(BrokerLink::quorum) || run.links.was_shut(BrokerLink::control);
    const bool shuts_out = run.links.was_shut(BrokerLink::client) || leads_on;
    const auto leave = [&](Rule rule) {
        RuleResult& result = verdict.rule(rule);
        if (!result.broken()) result.answer = Answer::not_answered;
    };
    if (leads_on) {
        leave(Rule::acked_loss);
        leave(Rule::duplicates);
    }
    if (!shuts_out) return;
    for (const Rule rule : {Rule::client_errors, Rule::latency, Rule::consumer_lag}) leave(rule);
}

std::unique_ptr<DataPlane> make_data_plane(const RunState& run) {
    if (run.options.fidelity == Fidelity::record) return std::make_unique<RecordPlane>(run);
    return std::make_unique<FlowPlane>(run);
}

/// What moves replicas: faults, and the policy of the plan, which empties its brokers in their
/// order.
Movers movers_of(const Fleet& fleet,
                 const Plan& plan,
                 const Scope& scope,
                 const RunOptions& options) {
    Movers movers{.faults = !options.without_faults};
    const auto throttle = plan.policy ? policy_info(plan.policy->kind).move_throttle : nullptr;
    if (throttle == nullptr) return movers;
    movers.throttle = throttle(*plan.policy);
    for (const ClusterPlan& part : plan.clusters) {
        if (!scope.holds(part.cluster)) continue;
        for (const Batch& batch : part.batches) {
            for (const MachineId m : batch.machines) {
                movers.emptied.push_back(fleet.machines()[m].broker);
            }
        }
    }
    return movers;
}

/// The case as the run needs it: with the targets of its faults, and room for what they move;
/// nothing where it is needed as it is.
std::shared_ptr<const Case> case_of_run(const Case& a_case,
                                        const Plan& plan,
                                        const Scope& scope,
                                        const RunOptions& options) {
    std::shared_ptr<const Case> aimed = with_worst_targets(a_case, plan, scope, options);
    if (options.fidelity == Fidelity::record) return aimed;
    const Movers movers = movers_of(a_case.fleet, plan, scope, options);
    std::shared_ptr<const Case> moving = with_room_for_moves(aimed ? *aimed : a_case, movers);
    return moving ? moving : aimed;
}

/// No run that counts records moves replicas: what that might break it cannot tell, nor whether a
/// policy that moves them comes to an end.
void leave_out_moves(const RunState& run, bool by_policy, Verdict& verdict) {
    const std::vector<Fault>& faults = run.a_case->faults;
    const bool by_fault = !run.options.without_faults &&
                          std::any_of(faults.begin(), faults.end(), [&](const Fault& fault) {
                              return fault_info(fault.kind).moves != nullptr &&
                                     run.scope.holds(struck_cluster(run.fleet(), fault));
                          });
    if (!by_fault && !by_policy) return;
    for (const Rule rule : {Rule::min_isr,
                            Rule::leaderless,
                            Rule::acked_loss,
                            Rule::duplicates,
                            Rule::client_errors,
                            Rule::latency,
                            Rule::consumer_lag,
                            Rule::headroom,
                            Rule::finished}) {
        RuleResult& result = verdict.rule(rule);
        const bool cannot_move = by_policy && rule == Rule::finished;
        if (!result.broken() || cannot_move) result.answer = Answer::not_answered;
    }
}

Scope scope_in(const Scope& scope, const Case* a_case) {
    return a_case == nullptr ? scope : scope.in(a_case->fleet);
}

}  // namespace

World::World(const Case& a_case, const Plan& plan, const Scope& scope, const RunOptions& options)
    : own_case_(case_of_run(a_case, plan, scope, options)),
      run_(own_case_ ? *own_case_ : a_case, scope_in(scope, own_case_.get()), options),
      data_(make_data_plane(run_)),
      executor_(run_, plan),
      faults_(run_),
      actions_(run_),
      links_(run_),
      headroom_(run_),
      lag_(run_) {
    run_.record_isr_moves = plan.gate == Gate::shared_partitions;
    faults_.schedule_timed(run_);
    if (faults_.wait_for_worst(run_)) {
        RunOptions calm_options = options;
        calm_options.without_faults = true;
        World calm(a_case, plan, scope, calm_options);
        calm.run();
        faults_.schedule_worst(run_, calm.verdict());
    }
    actions_.schedule_all(run_);
    const sim::Instant next = a_case.curve.next_change(sim::Instant{});
    if (next != sim::Instant::never()) run_.schedule(next, {.kind = EventKind::curve_changes});
    for (const BrokerId b : scope.brokers()) {
        if (run_.brokers[b].network_factor < 1.0) data_->rates_change(run_, b);
    }
    for (const ClusterId c : scope.clusters()) headroom_.judge(run_, c);
    executor_.begin(run_);
    settle();
}

World::World(const World& other)
    : own_case_(other.own_case_),
      run_(other.run_),
      data_(other.data_->clone()),
      executor_(other.executor_),
      faults_(other.faults_),
      actions_(other.actions_),
      links_(other.links_),
      headroom_(other.headroom_),
      lag_(other.lag_),
      cut_short_(other.cut_short_) {}

World& World::operator=(const World& other) {
    if (this == &other) return *this;
    own_case_ = other.own_case_;
    run_ = other.run_;
    data_->assign(*other.data_);
    executor_ = other.executor_;
    faults_ = other.faults_;
    actions_ = other.actions_;
    links_ = other.links_;
    headroom_ = other.headroom_;
    lag_ = other.lag_;
    cut_short_ = other.cut_short_;
    watch_ = nullptr;
    return *this;
}

bool World::idles() const {
    return run_.working_events == executor_.patient_looks(run_) && executor_.running() == 0;
}

/// Runs the data plane up to the next event. False where the run is over.
bool World::reach_next_event() {
    const sim::Instant horizon{run_.options.horizon};
    for (sim::Instant from = run_.now; idles() && data_->goes_on(run_) && from < horizon;) {
        from = std::min(from + slice, horizon);
        data_->advance(run_, run_.queue.empty() ? from : std::min(from, run_.queue.top().at));
        if (!run_.queue.empty() && run_.queue.top().at <= from) return true;
    }
    if (run_.queue.empty() || idles()) return false;
    data_->advance(run_, std::min(run_.queue.top().at, horizon));
    return true;
}

bool World::step() {
    if (cut_short_ || !reach_next_event()) return false;
    const auto entry = run_.queue.pop();
    const bool stopped = run_.options.stop != nullptr && run_.options.stop->load();
    if (stopped || entry.at.since_start() > run_.options.horizon) {
        cut_short_ = true;
        return false;
    }
    if (watch_ != nullptr) watch_->before(view(), entry.at);
    run_.now = entry.at;
    if (!idle(entry.payload.kind)) --run_.working_events;
    if (traced(entry.payload.kind)) ++run_.changes;
    ++run_.counters.events;
    const ClusterId c = cluster_of(entry.payload);
    if (c.exists() && traced(entry.payload.kind)) {
        run_.trace[c].fold(entry.at,
                           static_cast<std::uint32_t>(entry.payload.kind),
                           entry.payload.entity,
                           entry.payload.extra);
    }
    handle(entry.payload);
    judge_load(entry.payload.kind, c);
    settle();
    if (watch_ != nullptr) watch_->after(view(), entry.payload, c);
    return true;
}

void World::count_metrics() {
    run_.record_metrics = true;
    run_.metrics = MetricBook(run_.scope, run_.partitions);
}

void World::run() {
    while (step()) {
    }
}

void World::run_until(sim::Instant until) {
    do {
        while (!run_.queue.empty() && run_.queue.top().at <= until && step()) {
        }
        data_->advance(run_, until);
    } while (!cut_short_ && !idles() && run_.queue.top().at <= until);
}

/// The cluster that an event belongs to; none for events of the whole fleet.
ClusterId World::cluster_of(const Event& event) const {
    const Fleet& fleet = run_.fleet();
    switch (event.kind) {
        case EventKind::phase_ends:
        case EventKind::step_times_out:
        case EventKind::seen_in_sync:
        case EventKind::pair_released:
        case EventKind::gate_gives_up:
            return fleet.machines()[MachineId{event.entity}].cluster;
        case EventKind::catch_up:
        case EventKind::session_expires:
        case EventKind::process_starts:
        case EventKind::process_registers:
        case EventKind::follower_lags:
        case EventKind::seen_out:
        case EventKind::seen_back:
        case EventKind::started_registers:
        case EventKind::started_fetches:
        case EventKind::broker_serves:
        case EventKind::controlled_shutdown:
        case EventKind::resumed_registers:
        case EventKind::dead_lags:
        case EventKind::isr_check:
        case EventKind::session_renewed:
        case EventKind::cut_off:
            return fleet.brokers()[BrokerId{event.entity}].cluster;
        case EventKind::leaders_return:
        case EventKind::reaction_returns:
        case EventKind::quota_tick:
        case EventKind::offline_elected:
        case EventKind::policy_looks:
            return ClusterId{event.entity};
        case EventKind::action_due:
            return run_.a_case->actions[event.entity].cluster;
        case EventKind::quorum_node_back:
            return fleet.quorum_nodes()[QuorumNodeId{event.entity}].cluster;
        case EventKind::fault_starts:
        case EventKind::fault_ends:
        case EventKind::fault_goes_on:
        case EventKind::curve_changes:
        case EventKind::window_opens:
            return ClusterId::none();
        case EventKind::dir_noticed:
        case EventKind::dir_lags:
            return fleet.brokers()[fleet.log_dirs()[LogDirId{event.entity}].broker].cluster;
    }
    return ClusterId::none();
}

void World::handle(const Event& event) {
    ControlPlane control(run_, *data_);
    switch (event.kind) {
        case EventKind::phase_ends:
            executor_.phase_ends(run_, control, event);
            break;
        case EventKind::step_times_out:
            executor_.step_times_out(run_, *data_, event);
            break;
        case EventKind::pair_released:
            executor_.pair_released(run_, event);
            break;
        case EventKind::fault_starts:
            faults_.starts(run_, control, *data_, executor_, event.entity);
            break;
        case EventKind::fault_ends:
            faults_.ends(run_, control, *data_, executor_, event.entity);
            break;
        case EventKind::fault_goes_on:
            faults_.goes_on(run_, control, *data_, executor_, event);
            break;
        case EventKind::gate_gives_up:
            executor_.gate_gives_up(run_, MachineId{event.entity});
            break;
        case EventKind::policy_looks:
            if (executor_.policy_looks(run_, control, ClusterId{event.entity})) {
                headroom_.judge(run_, ClusterId{event.entity});
            }
            break;
        case EventKind::dir_noticed:
            if (control.can_react(cluster_of(event), event)) {
                control.dir_noticed(LogDirId{event.entity});
            }
            break;
        case EventKind::dir_lags:
            if (control.can_react(cluster_of(event), event)) {
                control.dir_lags(LogDirId{event.entity});
            }
            break;
        case EventKind::curve_changes: {
            const sim::Instant next = run_.a_case->curve.next_change(run_.now);
            run_.schedule(next, {.kind = EventKind::curve_changes});
            data_->curve_changes(run_);
            lag_.load_changes(run_, run_.a_case->curve.multiplier(run_.now));
            for (const ClusterId c : run_.scope.clusters()) headroom_.judge(run_, c);
            break;
        }
        case EventKind::window_opens:
            executor_.window_opened();
            break;
        case EventKind::action_due:
            actions_.act(run_, control, *data_, event);
            break;
        default:
            handle_broker(control, event);
            break;
    }
}

void World::handle_broker(ControlPlane& control, const Event& event) {
    const BrokerId b{event.entity};
    switch (event.kind) {
        case EventKind::catch_up:
            caught_up_.clear();
            data_->collect_caught_up(run_, b, event.version, caught_up_);
            hold_back_spoilt(run_, b, caught_up_);
            if (caught_up_.empty()) break;
            control.expand(caught_up_);
            note_copied(b);
            if (!run_.moves.left.empty()) judge_moved(b);
            break;
        case EventKind::session_expires:
            if (run_.brokers[b].version != event.version ||
                run_.brokers[b].detections != event.extra) {
                break;
            }
            if (control.can_react(run_.fleet().brokers()[b].cluster, event)) {
                control.session_ends(b);
            } else if (!run_.clusters[run_.fleet().brokers()[b].cluster].quorum_ok) {
                control.overdue(b);
            }
            break;
        case EventKind::process_starts:
            faults_.process_starts(run_, executor_, event);
            break;
        case EventKind::process_registers:
            faults_.process_registers(run_, control, *data_, executor_, event);
            break;
        case EventKind::follower_lags:
            control.evict_lagging(b, event.version);
            break;
        case EventKind::started_registers:
        case EventKind::started_fetches:
        case EventKind::broker_serves:
            actions_.start_goes_on(run_, control, event);
            executor_.check_in_sync(run_, b);
            break;
        case EventKind::controlled_shutdown:
            control.controlled_shutdown_goes_on(event);
            break;
        case EventKind::dead_lags:
            control.check_isr(event);
            break;
        case EventKind::isr_check:
            if (!control.can_react(run_.fleet().brokers()[b].cluster, event)) break;
            lagging_.clear();
            data_->collect_lagging(run_, b, lagging_);
            control.shrink(lagging_);
            break;
        case EventKind::cut_off:
            links_.session_ends(run_, control, event);
            break;
        case EventKind::session_renewed:
            if (run_.brokers[b].version != event.version) break;
            if (!run_.links.open(run_.fleet().brokers()[b].cluster, b, BrokerLink::quorum)) break;
            if (!control.can_react(run_.fleet().brokers()[b].cluster, event)) break;
            control.serve(b);
            executor_.check_in_sync(run_, b);
            break;
        case EventKind::resumed_registers:
            if (run_.brokers[b].version == event.version) control.register_anew(b);
            break;
        case EventKind::seen_out:
            executor_.seen_out(run_, b);
            break;
        case EventKind::seen_back:
            if (run_.brokers[b].version == event.version) executor_.seen_back(run_, b);
            break;
        default:
            handle_cluster(control, event);
            break;
    }
}

/// Checksums beside the traffic take their share of the disks, from the start of their phase to its
/// end.
void World::judge_scan(MachineId machine, StepPhase phase) {
    const BrokerId b = run_.fleet().machines()[machine].broker;
    if (executor_.checksums() == Checksums::none || !b.exists()) return;
    if (executor_.scans_beside_traffic(run_, machine, phase)) {
        run_.left_by_scans[b] = left_by_scan(run_, machine);
    } else if (run_.left_by_scans.erase(b) == 0) {
        return;
    }
    data_->rates_change(run_, b);
}

/// Records of a step: as it begins, while its broker is away, and when it is back.
void World::write_synthetic(MachineId machine, StepPhase phase) {
    const BrokerId b = run_.fleet().machines()[machine].broker;
    if (!executor_.synthetic_records() || !b.exists()) return;
    if (phase == StepPhase::preflight) data_->write_synthetic(run_, b, SyntheticMoment::before);
    if (phase == StepPhase::reimage) data_->write_synthetic(run_, b, SyntheticMoment::during);
    if (phase == StepPhase::post_flight) data_->write_synthetic(run_, b, SyntheticMoment::after);
}

/// A replica of `b` has caught up: it may have been the last.
void World::note_copied(BrokerId b) {
    if (run_.brokers[b].out_of_isr > 0) return;
    run_.signatures.copies.erase(b);
    executor_.check_in_sync(run_, b);
}

/// Replicas have gone to `to`: what they left may be in sync, and the load of both is another.
void World::judge_moved(BrokerId to) {
    for (const BrokerId from : std::exchange(run_.moves.left, {})) {
        executor_.check_in_sync(run_, from);
    }
    headroom_.judge(run_, run_.fleet().brokers()[to].cluster);
}

void World::handle_cluster(ControlPlane& control, const Event& event) {
    const ClusterId c{event.entity};
    if (event.kind == EventKind::leaders_return) {
        run_.clusters[c].leaders_return_scheduled = false;
        const bool wanted = run_.config(c).auto_leader_rebalance;
        if (wanted && control.can_react(c, event)) control.return_leaders(c);
    } else if (event.kind == EventKind::reaction_returns) {
        control.reaction_returns(c, event.version);
        for (const BrokerId b : run_.fleet().clusters()[c].brokers()) {
            executor_.check_in_sync(run_, b);
        }
    } else if (event.kind == EventKind::offline_elected) {
        if (control.can_react(c, event)) control.elect_offline(c);
    } else if (event.kind == EventKind::quota_tick) {
        data_->quotas_due(run_, c);
    } else if (event.kind == EventKind::quorum_node_back) {
        const QuorumNodeId q{event.entity};
        if (run_.quorum_node_version[q] != event.version) return;
        control.quorum_node_returns(q);
        executor_.quorum_node_back(run_, q);
    }
}

/// Faults and elections move load from broker to broker as steps do.
void World::judge_load(EventKind kind, ClusterId c) {
    switch (kind) {
        case EventKind::fault_starts:
        case EventKind::fault_ends:
        case EventKind::fault_goes_on:
            if (run_.load.surges()) lag_.surges_change(run_);
            for (const ClusterId each : run_.scope.clusters()) headroom_.judge(run_, each);
            break;
        case EventKind::session_expires:
        case EventKind::process_registers:
        case EventKind::leaders_return:
        case EventKind::offline_elected:
        case EventKind::reaction_returns:
        case EventKind::dir_noticed:
        case EventKind::session_renewed:
        case EventKind::cut_off:
            headroom_.judge(run_, c);
            break;
        default:
            break;
    }
}

/// After each event: neighbours released, machines started, faults triggered, rates re-solved.
void World::settle() {
    if (run_.record_isr_moves && !run_.isr_moves.empty()) {
        executor_.isr_moved(run_, run_.isr_moves);
        run_.isr_moves.clear();
    }
    executor_.dispatch(run_);
    for (const auto& [machine, phase] : executor_.take_entered()) {
        faults_.phase_entered(run_, executor_, machine, phase);
        judge_scan(machine, phase);
        write_synthetic(machine, phase);
        if (watch_ != nullptr) watch_->machine_entered(run_, machine, phase);
        if (phase == StepPhase::catch_up) {
            ControlPlane control(run_, *data_);
            faults_.step_started(run_, control, *data_, executor_, machine);
        }
        // A broker has just stopped or started: the others' load is another.
        if (phase == StepPhase::shutdown || phase == StepPhase::catch_up) {
            headroom_.judge(run_, run_.fleet().machines()[machine].cluster);
        }
    }
    if (run_.links.watches()) {
        ControlPlane control(run_, *data_);
        links_.settle(run_, control, *data_, executor_);
    }
    if (!run_.signatures.failed.empty()) {
        for (const HostedReplica& replica : take_copied(run_)) {
            ControlPlane(run_, *data_).expand({replica});
            note_copied(run_.fleet().replicas(replica.partition)[replica.slot]);
        }
    }
    if (run_.safety.outages_ended()) {
        for (const Outage& outage : run_.safety.take_ended_outages()) {
            lag_.outage_ended(run_, outage);
        }
    }
    data_->settle(run_);
}

Verdict World::verdict() {
    Verdict verdict;
    lag_.close(run_);
    links_.close(run_);
    executor_.close(run_, verdict, cut_short_);
    ControlPlane control(run_, *data_);
    for (const BrokerId b : run_.scope.brokers()) control.count_stall(b);
    run_.safety.close(verdict, run_.now);
    verdict.margin = run_.margin.result(run_.now);
    verdict.isr_shrinks = run_.counters.isr_shrinks;
    verdict.isr_expands = run_.counters.isr_expands;
    verdict.leader_moves = run_.counters.leader_moves;
    verdict.events = run_.counters.events;
    verdict.stall_partition_seconds = run_.counters.stall_partition_seconds;
    verdict.longest_stall = run_.counters.longest_stall;
    verdict.catch_up_bytes = data_->catch_up_bytes();
    data_->finish(run_, verdict);
    if (run_.options.fidelity == Fidelity::record) leave_open(run_, verdict);
    judge_signatures(run_, executor_.checksums(), verdict);
    if (run_.options.fidelity == Fidelity::record) {
        leave_out_moves(run_, executor_.empties_brokers(), verdict);
    }
    for (const ClusterTimes& cluster : verdict.clusters) {
        verdict.trace_hash = sim::combine(verdict.trace_hash, cluster.trace_hash);
    }
    return verdict;
}

}  // namespace rollcast::models
