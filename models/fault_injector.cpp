#include "models/fault_injector.hpp"

#include <algorithm>

#include "models/detection.hpp"
#include "models/era_costs.hpp"
#include "models/faults/acts.hpp"
#include "models/faults/catalogue.hpp"

namespace rollcast::models {

namespace {

/// The failure domain of what a fault strikes; nothing where it is none.
std::optional<Domain> domain_of(const Fleet& fleet, const Fault& fault) {
    switch (fault_info(fault.kind).target) {
        case FaultTarget::broker:
            return Domain{DomainKind::broker, fault.broker.value};
        case FaultTarget::rack:
            return Domain{DomainKind::rack, fault.rack.value};
        case FaultTarget::log_dir:
            return Domain{DomainKind::log_dir, fault.log_dir.value};
        case FaultTarget::machine: {
            const BrokerId b = fleet.machines()[fault.machine].broker;
            if (b.exists()) return Domain{DomainKind::broker, b.value};
            return std::nullopt;
        }
        default:
            return std::nullopt;
    }
}

}  // namespace

FaultInjector::FaultInjector(const RunState& run) {
    const std::size_t faults = run.a_case->faults.size();
    if (faults == 0 || run.options.without_faults) return;
    book_.active.assign(faults, 0);
    book_.started.assign(faults, 0);
    book_.times.assign(faults, 0);
    book_.dark = ScopeMap<MachineId, std::uint8_t>(run.scope.machines());
}

void FaultInjector::schedule_timed(RunState& run) {
    for (std::uint32_t f = 0; f < book_.active.size(); ++f) {
        const Fault& fault = run.a_case->faults[f];
        if (!in_scope(run, fault)) continue;
        if (fault.trigger.at) {
            book_.started[f] = 1;
            run.schedule(*fault.trigger.at, {.kind = EventKind::fault_starts, .entity = f});
        } else if (fault.trigger.per_day > 0.0) {
            book_.started[f] = 1;
            schedule_next(run, f);
        }
    }
}

/// Half the sum of two squares of normal numbers is exponential with mean 1, the time between two
/// moments of a Poisson process.
void FaultInjector::schedule_next(RunState& run, std::uint32_t f) {
    const Fault& fault = run.a_case->faults[f];
    sim::RandomStream random = fault_stream(run, f, book_.times[f]);
    const double x = random.normal();
    const double y = random.normal();
    const double days = 0.5 * (x * x + y * y) / fault.trigger.per_day;
    const double seconds = days * sim::to_seconds(sim::hours(24));
    constexpr double longest = 1e9;  // as files can say; no run is as long
    run.schedule(sim::ceil_seconds(std::min(seconds, longest)),
                 {.kind = EventKind::fault_starts, .entity = f});
}

bool FaultInjector::wait_for_worst(const RunState& run) const {
    for (std::size_t f = 0; f < book_.active.size(); ++f) {
        const Fault& fault = run.a_case->faults[f];
        if (fault.trigger.worst_moment && in_scope(run, fault)) return true;
    }
    return false;
}

void FaultInjector::schedule_worst(RunState& run, const Verdict& calm) {
    for (std::uint32_t f = 0; f < book_.active.size(); ++f) {
        const Fault& fault = run.a_case->faults[f];
        if (!fault.trigger.worst_moment || !in_scope(run, fault)) continue;
        const std::optional<Domain> domain = domain_of(run.fleet(), fault);
        sim::Instant worst = calm.peak_at_floor_at;
        for (const DomainExposure& exposure : calm.margin.domains) {
            if (domain && exposure.domain == *domain) worst = exposure.peak_at;
        }
        book_.started[f] = 1;
        // After all that happens in that instant.
        run.schedule(worst + sim::Duration{1}, {.kind = EventKind::fault_starts, .entity = f});
    }
}

void FaultInjector::phase_entered(RunState& run,
                                  const Executor& executor,
                                  MachineId machine,
                                  StepPhase phase) {
    for (std::uint32_t f = 0; f < book_.active.size(); ++f) {
        const Fault& fault = run.a_case->faults[f];
        const FaultTrigger& trigger = fault.trigger;
        if (book_.started[f] != 0 || trigger.phase != phase) continue;
        const Machine& entered = run.fleet().machines()[machine];
        const bool of_batch = trigger.batch_of == entered.cluster && entered.broker.exists() &&
                              executor.batch_of(machine) == trigger.batch;
        if ((trigger.machine != machine && !of_batch) || !in_scope(run, fault)) continue;
        book_.started[f] = 1;
        run.schedule(trigger.delay, {.kind = EventKind::fault_starts, .entity = f});
    }
}

void FaultInjector::starts(
    RunState& run, ControlPlane& control, DataPlane& data, Executor& executor, std::uint32_t f) {
    const Fault& fault = run.a_case->faults[f];
    const FaultInfo& info = fault_info(fault.kind);
    FaultScene scene{run, control, data, executor, book_, f};
    ++book_.times[f];
    if (fault.trigger.per_day > 0.0) {
        schedule_next(run, f);
        if (book_.active[f] != 0 && info.lasts) return;
    }
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

void FaultInjector::goes_on(
    RunState& run, ControlPlane& control, DataPlane& data, Executor& executor, const Event& event) {
    const std::uint32_t f = event.entity;
    if (book_.active[f] == 0 || event.version != book_.times[f]) return;
    FaultScene scene{run, control, data, executor, book_, f};
    fault_info(run.a_case->faults[f].kind).goes_on(scene, event.extra);
}

void FaultInjector::step_started(
    RunState& run, ControlPlane& control, DataPlane& data, Executor& executor, MachineId machine) {
    const BrokerId b = run.fleet().machines()[machine].broker;
    if (b.exists()) process_started({run, control, data, executor, book_}, b);
}

bool FaultInjector::refused(FaultScene scene, BrokerId b) {
    for (scene.index = 0; scene.index < book_.active.size(); ++scene.index) {
        if (!scene.active()) continue;
        const auto refuses = fault_info(scene.fault().kind).refuses;
        if (refuses != nullptr && refuses(scene, b)) return true;
    }
    return false;
}

void FaultInjector::process_started(FaultScene scene, BrokerId b) {
    for (scene.index = 0; scene.index < book_.active.size(); ++scene.index) {
        if (!scene.active()) continue;
        const auto told = fault_info(scene.fault().kind).process_started;
        if (told != nullptr) told(scene, b);
    }
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
    const sim::Duration recovery =
        broker.clean_stop ? sim::Duration{} : log_recovery_time(run.fleet(), b);
    run.schedule(
        recovery + start,
        {.kind = EventKind::process_registers, .entity = b.value, .version = broker.version});
}

void FaultInjector::process_registers(
    RunState& run, ControlPlane& control, DataPlane& data, Executor& executor, const Event& event) {
    const BrokerId b{event.entity};
    const MachineId m = run.fleet().brokers()[b].machine;
    if (run.brokers[b].version != event.version || executor.holds_down(m)) return;
    if (!book_.has_power(m)) return;
    if (!control.can_react(run.fleet().brokers()[b].cluster, event)) return;
    if (!control.can_register(b, event)) return;
    const FaultScene scene{run, control, data, executor, book_};
    if (refused(scene, b)) return;
    control.register_broker(b, false);
    executor.check_in_sync(run, b);
    process_started(scene, b);
}

}  // namespace rollcast::models
