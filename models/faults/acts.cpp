#include "models/faults/acts.hpp"

#include "models/capacity.hpp"
#include "models/faults/catalogue.hpp"

namespace rollcast::models {

Cause cause_of(const FaultScene& scene, BrokerId b) {
    return {.kind = Cause::Kind::fault,
            .at = scene.run.now,
            .broker = b,
            .rack = scene.fault().rack,
            .index = scene.index};
}

void kill_process(FaultScene& scene, BrokerId b, bool hung, bool power) {
    RunState& run = scene.run;
    const bool ran = run.brokers[b].process == BrokerState::Process::up;
    scene.control.die(b, cause_of(scene, b), hung, power);
    if (!ran) return;
    scene.executor.process_died(run, b);
    run.schedule(run.a_case->step.observe_delay, {.kind = EventKind::seen_out, .entity = b.value});
}

void start_process(FaultScene& scene, BrokerId b) {
    scene.run.schedule(sim::Duration{},
                       {.kind = EventKind::process_starts,
                        .entity = b.value,
                        .version = scene.run.brokers[b].version});
}

void cut_power(FaultScene& scene, MachineId m) {
    const Machine& machine = scene.run.fleet().machines()[m];
    ++scene.book.dark[m];
    scene.executor.power_lost(scene.run, m);
    if (machine.broker.exists()) kill_process(scene, machine.broker, false, true);
    if (machine.quorum_node.exists()) stop_quorum_node(scene, machine.quorum_node);
}

void restore_power(FaultScene& scene, MachineId m) {
    RunState& run = scene.run;
    const Machine& machine = run.fleet().machines()[m];
    if (--scene.book.dark[m] > 0) return;
    scene.executor.power_returns(run, m);
    if (scene.executor.holds_down(m)) return;
    if (machine.broker.exists()) start_process(scene, machine.broker);
    if (machine.quorum_node.exists()) start_quorum_node(scene, machine.quorum_node);
}

void stop_quorum_node(FaultScene& scene, QuorumNodeId q) {
    const MachineId m = scene.run.fleet().quorum_nodes()[q].machine;
    scene.control.quorum_node_stops(q, cause_of(scene, scene.run.fleet().machines()[m].broker));
}

void start_quorum_node(FaultScene& scene, QuorumNodeId q) {
    RunState& run = scene.run;
    const MachineId m = run.fleet().quorum_nodes()[q].machine;
    if (scene.executor.holds_down(m) || !scene.book.has_power(m)) return;
    run.schedule(run.a_case->step.start.nominal + run.a_case->step.quorum_sync.nominal,
                 {.kind = EventKind::quorum_node_back,
                  .entity = q.value,
                  .version = run.quorum_node_version[q]});
}

void later(FaultScene& scene, sim::Duration after, std::uint32_t part) {
    scene.run.schedule(after,
                       {.kind = EventKind::fault_goes_on,
                        .entity = scene.index,
                        .version = scene.book.times[scene.index],
                        .extra = part});
}

sim::RandomStream fault_stream(const RunState& run, std::uint32_t fault, std::uint32_t occurrence) {
    std::uint32_t hash = 2'166'136'261U;  // FNV-1a
    for (const char c : run.a_case->faults[fault].name) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
    }
    return {run.options.seed, hash, sim::Draw::faults, occurrence};
}

void set_config(FaultScene& scene) {
    RunState& run = scene.run;
    const ClusterId c = struck_cluster(run.fleet(), scene.fault());
    ClusterConfig wanted = run.fleet().clusters()[c].config;
    for (std::size_t f = 0; f < scene.book.active.size(); ++f) {
        const Fault& other = run.a_case->faults[f];
        const auto sets = fault_info(other.kind).sets;
        if (scene.book.active[f] == 0 || sets == nullptr) continue;
        if (struck_cluster(run.fleet(), other) == c) sets(run.fleet(), other, wanted);
    }
    ClusterConfig& config = run.clusters[c].config;
    const bool throttles = wanted.leader_throttle != config.leader_throttle ||
                           wanted.follower_throttle != config.follower_throttle ||
                           wanted.throttle_lists != config.throttle_lists;
    const bool rebalances = wanted.auto_leader_rebalance && !config.auto_leader_rebalance;
    scene.control.allow_unclean(c, wanted.unclean_leader_election);
    config = wanted;
    for (const BrokerId b : run.fleet().clusters()[c].brokers()) {
        if (throttles) scene.data.throttles_change(run, b);
        if (rebalances) scene.executor.check_in_sync(run, b);
    }
}

void set_links(FaultScene& scene) {
    RunState& run = scene.run;
    const Fleet& fleet = run.fleet();
    const ClusterId c = struck_cluster(fleet, scene.fault());
    const RackId rack = scene.fault().rack;
    ClusterLinks* links = run.links.of(c);
    LinkRules rules(fleet.clusters()[c].broker_count);
    std::vector<std::uint32_t> altering;
    UplinkLeft uplink;
    for (std::uint32_t f = 0; f < scene.book.active.size(); ++f) {
        const Fault& other = run.a_case->faults[f];
        const FaultInfo& info = fault_info(other.kind);
        if (scene.book.active[f] == 0 || struck_cluster(fleet, other) != c) continue;
        if (info.links != nullptr) info.links(fleet, other, rules);
        if (info.alters != nullptr) altering.push_back(f);
        if (info.uplinks != nullptr && other.rack == rack) info.uplinks(fleet, other, uplink);
    }
    if (links != nullptr) {
        LinkRules own(rules.size());
        const auto touch = fault_info(scene.fault().kind).links;
        if (scene.active() && touch != nullptr) touch(fleet, scene.fault(), own);
        for (std::uint32_t place = 0; place < own.size(); ++place) {
            if (!own.touches(place)) continue;
            run.brokers[links->broker(place)].reason = cause_of(scene, links->broker(place));
        }
        links->rules = std::move(rules);
        links->altering = std::move(altering);
        links->rules_changed = true;
    }
    if (!rack.exists()) return;
    run.links.set_uplink(rack, uplink);
    scene.data.uplink_changes(run, rack);
}

void set_surge(FaultScene& scene, TopicId t) {
    RunState& run = scene.run;
    double times = 1.0;
    for (std::size_t f = 0; f < scene.book.active.size(); ++f) {
        const Fault& other = run.a_case->faults[f];
        if (scene.book.active[f] == 0) continue;
        const bool here = other.kind == FaultKind::topic_surge
                              ? other.topic == t
                              : other.kind == FaultKind::surge &&
                                    other.cluster == run.fleet().topics()[t].cluster;
        if (here) times *= other.value(0);
    }
    const double before = run.load.surge(t);
    if (times == before) return;
    run.load.set_surge(t, times, run.partitions);
    scene.data.surge_changes(run, t, before);
}

void fail_dir(FaultScene& scene) {
    RunState& run = scene.run;
    const BrokerId b = run.fleet().log_dirs()[scene.fault().log_dir].broker;
    const bool ran = run.brokers[b].process == BrokerState::Process::up;
    scene.control.dir_fails(scene.fault().log_dir, cause_of(scene, b));
    if (!ran) return;
    set_rates(scene, b);
    if (run.brokers[b].process == BrokerState::Process::up) return;
    scene.executor.process_died(run, b);
    run.schedule(run.a_case->step.observe_delay, {.kind = EventKind::seen_out, .entity = b.value});
}

void repair_dir(FaultScene& scene, bool wiped) {
    RunState& run = scene.run;
    const LogDirId dir = scene.fault().log_dir;
    const BrokerId b = run.fleet().log_dirs()[dir].broker;
    if (run.load.live(dir)) return;
    const Cause& why_gone = run.brokers[b].reason;
    bool starts = why_gone.kind == Cause::Kind::fault && why_gone.index == scene.index;
    if (run.brokers[b].process == BrokerState::Process::up) {
        const Event again{.kind = EventKind::fault_ends, .entity = scene.index};
        if (!scene.control.can_react(run.fleet().brokers()[b].cluster, again)) return;
        scene.control.leave_cleanly(b, cause_of(scene, b));
        scene.executor.process_died(run, b);
        starts = true;
    }
    scene.control.dir_returns(dir, wiped);
    set_rates(scene, b);
    if (starts) start_process(scene, b);
}

void begin_moves(FaultScene& scene, std::size_t at_a_time) {
    RunState& run = scene.run;
    std::size_t free = at_a_time;
    for (const auto& [p, move] : run.moves.under_way) {
        if (move.fault == scene.index && free > 0) --free;
    }
    for (const ReplicaMove& move : run.a_case->moves) {
        if (free == 0) return;
        const bool begun =
            run.moves.done.contains(move.partition) || run.moves.under_way.contains(move.partition);
        if (move.fault != scene.index || begun) continue;
        scene.control.begin_move(move);
        --free;
    }
}

void set_rates(FaultScene& scene, BrokerId b) {
    BrokerState& broker = scene.run.brokers[b];
    broker.disk_factor = 1.0;
    broker.network_factor = scene.run.links.network_left(scene.run.fleet().brokers()[b].cluster, b);
    for (std::size_t f = 0; f < scene.book.active.size(); ++f) {
        const Fault& other = scene.run.a_case->faults[f];
        const auto slows = fault_info(other.kind).slows;
        if (scene.book.active[f] == 0 || other.broker != b || slows == nullptr) continue;
        slows(other, broker.disk_factor, broker.network_factor);
    }
    broker.disk_factor *= capacity_left(scene.run.fleet(), b, scene.run.load.dead_dirs());
    if (scene.active()) broker.reason = cause_of(scene, b);
    scene.data.rates_change(scene.run, b);
}

}  // namespace rollcast::models
