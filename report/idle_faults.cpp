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
    return {};
}

}  // namespace

std::string why_idle(const models::Case& a_case, const Verdict& verdict, const Fault& fault) {
    const models::Fleet& fleet = a_case.fleet;
    if (!has_rate(fleet, fault)) return "the case gives no rate that it could slow";
    if (!fault.trigger.at) {
        const MachineTimes* times = times_of(verdict, fault.trigger.machine);
        const bool reached = times != nullptr && times->reached >= fault.trigger.phase;
        return reached ? std::string()
                       : fmt::format("the step of its machine never reaches {}",
                                     models::to_string(fault.trigger.phase));
    }
    if (*fault.trigger.at > sim::Instant{verdict.makespan}) return "the run is over before";
    const models::MachineId machine =
        fault.broker.exists() ? fleet.brokers()[fault.broker].machine : fault.machine;
    const MachineTimes* times = machine.exists() ? times_of(verdict, machine) : nullptr;
    return times == nullptr ? std::string() : why_idle_at(fault, *times, *fault.trigger.at);
}

}  // namespace rollcast::report
