#include "models/fault_injector.hpp"

#include "models/detection.hpp"
#include "models/era_costs.hpp"

namespace rollcast::models {

namespace {

using Process = BrokerState::Process;

Cause cause_of(const RunState& run, std::uint32_t fault, BrokerId b) {
    return {.kind = Cause::Kind::fault,
            .at = run.now,
            .broker = b,
            .rack = run.a_case->faults[fault].rack,
            .index = fault};
}

}  // namespace

FaultInjector::FaultInjector(const RunState& run)
    : active_(run.a_case->faults.size(), 0), started_(run.a_case->faults.size(), 0) {}

bool FaultInjector::in_scope(const RunState& run, const Fault& fault) const {
    const Fleet& fleet = run.fleet();
    if (fault.broker.exists()) return run.scope.holds(fleet.brokers()[fault.broker].cluster);
    if (fault.rack.exists()) return run.scope.holds(fleet.racks()[fault.rack].cluster);
    return fault.machine.exists() && run.scope.holds(fleet.machines()[fault.machine].cluster);
}

void FaultInjector::schedule_timed(RunState& run) {
    for (std::uint32_t f = 0; f < run.a_case->faults.size(); ++f) {
        const Fault& fault = run.a_case->faults[f];
        if (!in_scope(run, fault) || !fault.trigger.at) continue;
        started_[f] = 1;
        run.schedule(*fault.trigger.at, {.kind = EventKind::fault_starts, .entity = f});
    }
}

void FaultInjector::phase_entered(RunState& run, MachineId machine, StepPhase phase) {
    for (std::uint32_t f = 0; f < run.a_case->faults.size(); ++f) {
        const Fault& fault = run.a_case->faults[f];
        const FaultTrigger& trigger = fault.trigger;
        if (started_[f] != 0 || trigger.at || trigger.machine != machine ||
            trigger.phase != phase || !in_scope(run, fault)) {
            continue;
        }
        started_[f] = 1;
        run.schedule(trigger.delay, {.kind = EventKind::fault_starts, .entity = f});
    }
}

void FaultInjector::kill(RunState& run,
                         ControlPlane& control,
                         Executor& executor,
                         BrokerId b,
                         std::uint32_t fault,
                         bool hung,
                         bool power) {
    const bool ran = run.brokers[b].process == Process::up;
    control.die(b, cause_of(run, fault, b), hung, power);
    if (!ran) return;
    executor.process_died(run, b);
    run.schedule(run.a_case->step.observe_delay, {.kind = EventKind::seen_out, .entity = b.value});
}

bool FaultInjector::dark(const RunState& run, RackId rack) const {
    for (std::uint32_t f = 0; f < active_.size(); ++f) {
        const Fault& fault = run.a_case->faults[f];
        const bool power = fault.kind == FaultKind::rack_power_loss;
        if (active_[f] != 0 && power && fault.rack == rack) return true;
    }
    return false;
}

void FaultInjector::set_rates(RunState& run, DataPlane& data, BrokerId b, std::uint32_t fault) {
    BrokerState& broker = run.brokers[b];
    broker.disk_factor = 1.0;
    broker.network_factor = 1.0;
    for (std::uint32_t f = 0; f < active_.size(); ++f) {
        const Fault& other = run.a_case->faults[f];
        if (active_[f] == 0 || other.broker != b) continue;
        if (other.kind == FaultKind::slow_disk) broker.disk_factor *= other.factor;
        if (other.kind == FaultKind::nic_degraded) broker.network_factor *= other.factor;
    }
    if (active_[fault] != 0) broker.reason = cause_of(run, fault, b);
    data.rates_change(run, b, broker.disk_factor, broker.network_factor);
}

void FaultInjector::rack_goes(RunState& run,
                              ControlPlane& control,
                              Executor& executor,
                              std::uint32_t fault) {
    const RackId rack = run.a_case->faults[fault].rack;
    const Cluster& cluster = run.fleet().clusters()[run.fleet().racks()[rack].cluster];
    for (const MachineId m : cluster.machines()) {
        const Machine& machine = run.fleet().machines()[m];
        if (machine.rack != rack) continue;
        executor.power_lost(run, m);
        if (machine.broker.exists()) {
            kill(run, control, executor, machine.broker, fault, false, true);
        }
        if (machine.quorum_node.exists())
            control.quorum_node_stops(machine.quorum_node, cause_of(run, fault, machine.broker));
    }
}

void FaultInjector::rack_returns(RunState& run, Executor& executor, RackId rack) {
    const Cluster& cluster = run.fleet().clusters()[run.fleet().racks()[rack].cluster];
    for (const MachineId m : cluster.machines()) {
        const Machine& machine = run.fleet().machines()[m];
        if (machine.rack != rack) continue;
        executor.power_returns(run, m);
        if (executor.holds_down(m)) continue;
        if (machine.broker.exists()) {
            run.schedule(sim::Duration{},
                         {.kind = EventKind::process_starts,
                          .entity = machine.broker.value,
                          .version = run.brokers[machine.broker].version});
        }
        if (machine.quorum_node.exists()) {
            run.schedule(run.a_case->step.start.nominal + run.a_case->step.quorum_sync.nominal,
                         {.kind = EventKind::quorum_node_back,
                          .entity = machine.quorum_node.value,
                          .version = run.quorum_node_version[machine.quorum_node]});
        }
    }
}

void FaultInjector::starts(
    RunState& run, ControlPlane& control, DataPlane& data, Executor& executor, std::uint32_t f) {
    const Fault& fault = run.a_case->faults[f];
    active_[f] = 1;
    switch (fault.kind) {
        case FaultKind::broker_crash:
            kill(run, control, executor, fault.broker, f, false, false);
            break;
        case FaultKind::broker_hang:
            kill(run, control, executor, fault.broker, f, true, false);
            break;
        case FaultKind::rack_power_loss:
            rack_goes(run, control, executor, f);
            break;
        case FaultKind::slow_disk:
        case FaultKind::nic_degraded:
            set_rates(run, data, fault.broker, f);
            break;
        case FaultKind::reimage_no_return:
            executor.never_return(fault.machine);
            return;
    }
    if (fault.duration.count() > 0) {
        run.schedule(fault.duration, {.kind = EventKind::fault_ends, .entity = f});
    }
}

void FaultInjector::ends(
    RunState& run, ControlPlane& control, DataPlane& data, Executor& executor, std::uint32_t f) {
    const Fault& fault = run.a_case->faults[f];
    active_[f] = 0;
    switch (fault.kind) {
        case FaultKind::broker_crash:
            run.schedule(sim::Duration{},
                         {.kind = EventKind::process_starts,
                          .entity = fault.broker.value,
                          .version = run.brokers[fault.broker].version});
            break;
        case FaultKind::broker_hang:
            hang_ends(run, control, executor, f);
            break;
        case FaultKind::rack_power_loss:
            if (!dark(run, fault.rack)) rack_returns(run, executor, fault.rack);
            break;
        case FaultKind::slow_disk:
        case FaultKind::nic_degraded:
            set_rates(run, data, fault.broker, f);
            break;
        case FaultKind::reimage_no_return:
            break;
    }
}

void FaultInjector::hang_ends(RunState& run,
                              ControlPlane& control,
                              Executor& executor,
                              std::uint32_t f) {
    const BrokerId b = run.a_case->faults[f].broker;
    if (run.brokers[b].process != Process::hung) return;
    const Event again{.kind = EventKind::fault_ends, .entity = f};
    const ClusterId c = run.fleet().brokers()[b].cluster;
    if (run.brokers[b].fenced && !control.can_react(c, again)) return;
    control.resume(b);
    executor.check_in_sync(run, b);
}

void FaultInjector::process_starts(RunState& run, const Executor& executor, const Event& event) {
    const BrokerId b{event.entity};
    const BrokerState& broker = run.brokers[b];
    const MachineId m = run.fleet().brokers()[b].machine;
    if (broker.version != event.version || broker.process != Process::down ||
        executor.holds_down(m) || dark(run, run.fleet().brokers()[b].rack)) {
        return;
    }
    const Cluster& cluster = run.fleet().clusters()[run.fleet().brokers()[b].cluster];
    const bool migrated = executor.phase(m) >= StepPhase::catch_up;
    const sim::Duration start =
        run.draw(run.a_case->step.start, b.value, sim::Draw::restart_time, broker.detections) +
        index_check_time(
            run.fleet(),
            b,
            migrated ? version_after(cluster) : std::string_view(cluster.stack.kafka_version));
    run.schedule(
        log_recovery_time(run.fleet(), b) + start,
        {.kind = EventKind::process_registers, .entity = b.value, .version = broker.version});
}

void FaultInjector::process_registers(RunState& run,
                                      ControlPlane& control,
                                      Executor& executor,
                                      const Event& event) {
    const BrokerId b{event.entity};
    const MachineId m = run.fleet().brokers()[b].machine;
    if (run.brokers[b].version != event.version || executor.holds_down(m)) return;
    if (dark(run, run.fleet().brokers()[b].rack)) return;
    if (!control.can_react(run.fleet().brokers()[b].cluster, event)) return;
    control.register_broker(b, false);
    executor.check_in_sync(run, b);
}

}  // namespace rollcast::models
