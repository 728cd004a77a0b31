#include "report/idle_faults.hpp"

#include <fmt/format.h>

#include "models/faults/catalogue.hpp"

namespace rollcast::report {

using models::Fault;
using models::FaultNeeds;
using models::MachineTimes;
using models::Verdict;

namespace {

const MachineTimes* times_of(const Verdict& verdict, models::MachineId machine) {
    for (const MachineTimes& times : verdict.machines) {
        if (times.machine == machine) return &times;
    }
    return nullptr;
}

FaultNeeds needs(const Fault& fault) { return models::fault_info(fault.kind).needs; }

/// True unless `fault` slows something that has no rate.
bool has_rate(const models::Fleet& fleet, const Fault& fault) {
    if (needs(fault) != FaultNeeds::disk_rate && needs(fault) != FaultNeeds::network_rate) {
        return true;
    }
    const models::Broker& broker = fleet.brokers()[fault.broker];
    if (needs(fault) == FaultNeeds::network_rate) {
        return broker.nic_in != models::unlimited || broker.nic_out != models::unlimited;
    }
    for (const models::LogDirId dir : broker.log_dirs()) {
        const models::LogDir& log_dir = fleet.log_dirs()[dir];
        if (log_dir.read_rate != models::unlimited || log_dir.write_rate != models::unlimited) {
            return true;
        }
    }
    return false;
}

/// Of a fault that starts at `at` on the machine of `times`.
std::string why_idle_at(const Fault& fault, const MachineTimes& times, sim::Instant at) {
    const bool kills = needs(fault) == FaultNeeds::process;
    if (kills && times.stopped <= at && at < times.registered) {
        return "its broker is down in its own step then";
    }
    if (needs(fault) == FaultNeeds::reimage && times.registered <= at) {
        return "its machine has been re-imaged before";
    }
    if (needs(fault) == FaultNeeds::step && times.end <= at) return "its step is over before";
    return {};
}

/// Why a fault that waits for a phase has not seen it.
std::string why_not_reached(const models::Fleet& fleet,
                            const Verdict& verdict,
                            const Fault& fault) {
    const models::FaultTrigger& trigger = fault.trigger;
    const auto reached = [&](const MachineTimes& times) { return times.reached >= trigger.phase; };
    if (trigger.machine.exists()) {
        const MachineTimes* times = times_of(verdict, trigger.machine);
        if (times != nullptr && reached(*times)) return {};
        return fmt::format("the step of its machine never reaches {}",
                           models::to_string(trigger.phase));
    }
    for (const MachineTimes& times : verdict.machines) {
        const models::Machine& machine = fleet.machines()[times.machine];
        const bool of_batch = machine.cluster == trigger.batch_of && machine.broker.exists() &&
                              times.batch == trigger.batch;
        if (of_batch && reached(times)) return {};
    }
    return fmt::format("no step of its batch reaches {}", models::to_string(trigger.phase));
}

models::MachineId struck_machine(const models::Fleet& fleet, const Fault& fault) {
    if (fault.broker.exists()) return fleet.brokers()[fault.broker].machine;
    if (fault.log_dir.exists())
        return fleet.brokers()[fleet.log_dirs()[fault.log_dir].broker].machine;
    return fault.machine;
}

}  // namespace

std::string why_idle(const models::Case& a_case, const Verdict& verdict, const Fault& fault) {
    const models::Fleet& fleet = a_case.fleet;
    const models::FaultTrigger& trigger = fault.trigger;
    if (!has_rate(fleet, fault)) return "the case gives no rate that it could slow";
    if (trigger.worst_moment || trigger.per_day > 0.0) return {};
    if (!trigger.at) return why_not_reached(fleet, verdict, fault);
    if (*trigger.at > sim::Instant{verdict.makespan}) return "the run is over before";
    const models::MachineId machine = struck_machine(fleet, fault);
    const MachineTimes* times = machine.exists() ? times_of(verdict, machine) : nullptr;
    return times == nullptr ? std::string() : why_idle_at(fault, *times, *trigger.at);
}

}  // namespace rollcast::report
