#include "models/fault_injector.hpp"

#include "models/detection.hpp"
#include "models/era_costs.hpp"
#include "models/faults/catalogue.hpp"

namespace rollcast::models {

FaultInjector::FaultInjector(const RunState& run) {
    const std::size_t faults = run.a_case->faults.size();
    if (faults == 0) return;
    book_.active.assign(faults, 0);
    book_.started.assign(faults, 0);
    book_.dark = ScopeMap<MachineId, std::uint8_t>(run.scope.machines());
}

void FaultInjector::schedule_timed(RunState& run) {
    for (std::uint32_t f = 0; f < run.a_case->faults.size(); ++f) {
        const Fault& fault = run.a_case->faults[f];
        if (!in_scope(run, fault) || !fault.trigger.at) continue;
        book_.started[f] = 1;
        run.schedule(*fault.trigger.at, {.kind = EventKind::fault_starts, .entity = f});
    }
}

void FaultInjector::phase_entered(RunState& run, MachineId machine, StepPhase phase) {
    for (std::uint32_t f = 0; f < run.a_case->faults.size(); ++f) {
        const Fault& fault = run.a_case->faults[f];
        const FaultTrigger& trigger = fault.trigger;
        if (book_.started[f] != 0 || trigger.at || trigger.machine != machine ||
            trigger.phase != phase || !in_scope(run, fault)) {
            continue;
        }
        book_.started[f] = 1;
        run.schedule(trigger.delay, {.kind = EventKind::fault_starts, .entity = f});
    }
}

void FaultInjector::starts(
    RunState& run, ControlPlane& control, DataPlane& data, Executor& executor, std::uint32_t f) {
    const Fault& fault = run.a_case->faults[f];
    const FaultInfo& info = fault_info(fault.kind);
    FaultScene scene{run, control, data, executor, book_, f};
    book_.active[f] = 1;
    info.starts(scene);
    if (info.lasts && fault.duration.count() > 0) {
        run.schedule(fault.duration, {.kind = EventKind::fault_ends, .entity = f});
    }
}

void FaultInjector::ends(
    RunState& run, ControlPlane& control, DataPlane& data, Executor& executor, std::uint32_t f) {
    const FaultInfo& info = fault_info(run.a_case->faults[f].kind);
    FaultScene scene{run, control, data, executor, book_, f};
    book_.active[f] = 0;
    if (info.ends != nullptr) info.ends(scene);
}

void FaultInjector::process_starts(RunState& run, const Executor& executor, const Event& event) {
    const BrokerId b{event.entity};
    const BrokerState& broker = run.brokers[b];
    const MachineId m = run.fleet().brokers()[b].machine;
    if (broker.version != event.version || broker.process != BrokerState::Process::down ||
        executor.holds_down(m) || !book_.has_power(m)) {
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
    if (!book_.has_power(m)) return;
    if (!control.can_react(run.fleet().brokers()[b].cluster, event)) return;
    control.register_broker(b, false);
    executor.check_in_sync(run, b);
}

}  // namespace rollcast::models
