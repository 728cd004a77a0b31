#include "report/names.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "models/faults/catalogue.hpp"
#include "report/words.hpp"

namespace rollcast::report {

using models::Rule;

std::string machine_name(const models::Fleet& fleet, models::MachineId machine) {
    return fleet.machines().at(machine).name;
}

std::string broker_name(const models::Fleet& fleet, models::BrokerId broker) {
    return machine_name(fleet, fleet.brokers().at(broker).machine);
}

std::string rack_name(const models::Fleet& fleet, models::RackId rack) {
    const models::Rack& found = fleet.racks().at(rack);
    return cluster_name(fleet, found.cluster) + "/" + found.name;
}

std::string cluster_name(const models::Fleet& fleet, models::ClusterId cluster) {
    return fleet.clusters().at(cluster).name;
}

std::string domain_name(const models::Fleet& fleet, const models::Domain& domain) {
    switch (domain.kind) {
        case models::DomainKind::rack:
            return "rack " + rack_name(fleet, models::RackId{domain.index});
        case models::DomainKind::broker:
            return "broker " + broker_name(fleet, models::BrokerId{domain.index});
        case models::DomainKind::log_dir: {
            const models::LogDir& dir = fleet.log_dirs().at(models::LogDirId{domain.index});
            return fmt::format("log dir {} of {}", dir.path, broker_name(fleet, dir.broker));
        }
    }
    return "unknown domain";
}

std::string listed(const std::vector<std::string>& names, std::size_t most) {
    std::string out;
    for (std::size_t i = 0; i < std::min(most, names.size()); ++i) {
        if (i > 0) out += i + 1 == names.size() ? " and " : ", ";
        out += names[i];
    }
    if (names.size() > most) out += fmt::format(" and {} more", count_text(names.size() - most));
    return out;
}

std::string_view rule_title(Rule rule) {
    switch (rule) {
        case Rule::min_isr:
            return "min ISR";
        case Rule::leaderless:
            return "leaders";
        case Rule::acked_loss:
            return "acked records";
        case Rule::duplicates:
            return "duplicates";
        case Rule::client_errors:
            return "client errors";
        case Rule::latency:
            return "latency";
        case Rule::consumer_lag:
            return "consumer lag";
        case Rule::headroom:
            return "headroom";
        case Rule::quorum:
            return "quorum";
        case Rule::data_signature:
            return "data signature";
        case Rule::mixed_mode:
            return "mixed mode";
        case Rule::windows:
            return "change windows";
        case Rule::finished:
            return "finished";
    }
    return "unknown";
}

std::string_view rule_promise(Rule rule) {
    switch (rule) {
        case Rule::min_isr:
            return "no partition under its ISR floor";
        case Rule::leaderless:
            return "every partition has a leader";
        case Rule::acked_loss:
            return "no acknowledged record is lost";
        case Rule::duplicates:
            return "no record is stored twice";
        case Rule::client_errors:
            return "no error reaches a producer";
        case Rule::latency:
            return "produce and end-to-end latency";
        case Rule::consumer_lag:
            return "no group behind its objective";
        case Rule::headroom:
            return "disks and networks below their limit";
        case Rule::quorum:
            return "every quorum and controller is there";
        case Rule::data_signature:
            return "what was stored before is stored after";
        case Rule::mixed_mode:
            return "old and new live side by side in time";
        case Rule::windows:
            return "every step inside its change window";
        case Rule::finished:
            return "every machine is migrated";
    }
    return "";
}

SubjectWords subject_words(Rule rule) {
    switch (rule) {
        case Rule::min_isr:
        case Rule::leaderless:
        case Rule::acked_loss:
        case Rule::duplicates:
        case Rule::client_errors:
        case Rule::latency:
            return {"partition", "partitions"};
        case Rule::consumer_lag:
            return {"consumer group", "consumer groups"};
        case Rule::headroom:
            return {"broker", "brokers"};
        case Rule::quorum:
        case Rule::mixed_mode:
            return {"cluster", "clusters"};
        case Rule::data_signature:
        case Rule::windows:
        case Rule::finished:
            return {"machine", "machines"};
    }
    return {"subject", "subjects"};
}

std::string_view unfinished_text(models::Unfinished reason) {
    switch (reason) {
        case models::Unfinished::no:
            return "every machine was migrated";
        case models::Unfinished::machine_lost:
            return "a machine never returned and blocks what is left";
        case models::Unfinished::never_rejoins:
            return "a broker never rejoins its ISRs: its way in is full or refused, or what it "
                   "copies is spoilt";
        case models::Unfinished::blocked:
            return "what is left is never admitted";
        case models::Unfinished::no_window:
            return "a step fits no change window";
        case models::Unfinished::horizon:
            return "the run was ended before the plan was";
        case models::Unfinished::gave_up:
            return "the policy of the plan gave up";
        case models::Unfinished::halted:
            return "a stop rule of the plan halted what was left";
        case models::Unfinished::rolled_back:
            return "a stop rule of the plan turned the roll back, and all that had begun is as it "
                   "was";
    }
    return "";
}

namespace {

std::string target_name(const models::Fleet& fleet, const models::Fault& fault) {
    if (fault.worst_target) {
        return fmt::format("the {} of {} with the least margin",
                           fault.log_dir.exists() ? "log dir"
                           : fault.rack.exists()  ? "rack"
                                                  : "broker",
                           cluster_name(fleet, models::struck_cluster(fleet, fault)));
    }
    switch (models::fault_info(fault.kind).target) {
        case models::FaultTarget::broker:
            return broker_name(fleet, fault.broker);
        case models::FaultTarget::rack:
            return rack_name(fleet, fault.rack);
        case models::FaultTarget::machine:
            return machine_name(fleet, fault.machine);
        case models::FaultTarget::log_dir: {
            const models::LogDir& dir = fleet.log_dirs().at(fault.log_dir);
            return fmt::format("{} of {}", dir.path, broker_name(fleet, dir.broker));
        }
        case models::FaultTarget::quorum_node:
            return cluster_name(fleet, fleet.quorum_nodes().at(fault.quorum_node).cluster) + "/" +
                   fleet.quorum_nodes().at(fault.quorum_node).name;
        case models::FaultTarget::cluster:
            return cluster_name(fleet, fault.cluster);
        case models::FaultTarget::topic: {
            const models::Topic& topic = fleet.topics().at(fault.topic);
            return cluster_name(fleet, topic.cluster) + "/" + topic.name;
        }
    }
    return "unknown target";
}

std::string parameter_text(std::string_view unit, double value) {
    if (unit == "share") return percent_text(value);
    if (unit == "s") return seconds_text(value);
    if (unit == "B/s") return bytes_text(value) + "/s";
    return number_text(value);
}

}  // namespace

std::string fault_text(const models::Fleet& fleet, const models::Fault& fault) {
    const models::FaultInfo& info = models::fault_info(fault.kind);
    std::string text(info.phrase);
    const auto fill = [&](const std::string& mark, const std::string& words) {
        const std::size_t at = text.find(mark);
        if (at != std::string::npos) text.replace(at, mark.size(), words);
    };
    fill("{target}", target_name(fleet, fault));
    fill("{duration}", duration_text(fault.duration));
    for (std::size_t i = 0; i < info.parameter_count(); ++i) {
        fill(fmt::format("{{{}}}", i), parameter_text(info.parameters[i].unit, fault.value(i)));
    }
    return text;
}

std::string cause_text(const models::Case& a_case, const models::Cause& cause) {
    const models::Fleet& fleet = a_case.fleet;
    const std::string broker =
        cause.broker.exists() ? broker_name(fleet, cause.broker) : std::string("a broker");
    switch (cause.kind) {
        case models::Cause::Kind::initial_state:
            return broker + " was out of the ISR before the run";
        case models::Cause::Kind::step:
            return fmt::format("{} entered its step (batch {})",
                               cause.machine.exists() ? machine_name(fleet, cause.machine) : broker,
                               cause.index + 1);
        case models::Cause::Kind::left_isr:
            return broker + " left the ISR";
        case models::Cause::Kind::fault:
            if (cause.index >= a_case.faults.size()) return "a fault struck";
            return "fault: " + fault_text(fleet, a_case.faults[cause.index]);
        case models::Cause::Kind::session_expired:
            return broker + " was fenced: its session with the controller expired";
        case models::Cause::Kind::action:
            return "something was done to " + broker;
    }
    return "unknown cause";
}

}  // namespace rollcast::report
