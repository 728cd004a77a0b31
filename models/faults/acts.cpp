#include "models/faults/acts.hpp"

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
    if (machine.quorum_node.exists()) {
        scene.control.quorum_node_stops(machine.quorum_node, cause_of(scene, machine.broker));
    }
}

void restore_power(FaultScene& scene, MachineId m) {
    RunState& run = scene.run;
    const Machine& machine = run.fleet().machines()[m];
    if (--scene.book.dark[m] > 0) return;
    scene.executor.power_returns(run, m);
    if (scene.executor.holds_down(m)) return;
    if (machine.broker.exists()) start_process(scene, machine.broker);
    if (machine.quorum_node.exists()) {
        run.schedule(run.a_case->step.start.nominal + run.a_case->step.quorum_sync.nominal,
                     {.kind = EventKind::quorum_node_back,
                      .entity = machine.quorum_node.value,
                      .version = run.quorum_node_version[machine.quorum_node]});
    }
}

void set_rates(FaultScene& scene, BrokerId b) {
    BrokerState& broker = scene.run.brokers[b];
    broker.disk_factor = 1.0;
    broker.network_factor = 1.0;
    for (std::size_t f = 0; f < scene.book.active.size(); ++f) {
        const Fault& other = scene.run.a_case->faults[f];
        const auto slows = fault_info(other.kind).slows;
        if (scene.book.active[f] == 0 || other.broker != b || slows == nullptr) continue;
        slows(other, broker.disk_factor, broker.network_factor);
    }
    if (scene.active()) broker.reason = cause_of(scene, b);
    scene.data.rates_change(scene.run, b, broker.disk_factor, broker.network_factor);
}

}  // namespace rollcast::models
