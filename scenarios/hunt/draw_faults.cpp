#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "models/faults/catalogue.hpp"
#include "scenarios/format/names.hpp"
#include "scenarios/hunt/draw_parts.hpp"

namespace rollcast::scenarios {

namespace {

using models::Fault;
using models::FaultInfo;
using models::FaultKind;
using models::FaultTarget;
using models::Fleet;
using sim::Dice;

/// When and for how long faults come, in seconds.
struct FaultSpan {
    std::int64_t latest = 21'600;
    std::int64_t longest = 7'200;
    std::int64_t short_one = 40;
};

template <class Id>
Id any_of_them(std::size_t count, Dice& dice) {
    return count == 0 ? Id::none() : Id{dice.index(count)};
}

/// A target of the kind at random, and its name; an empty one where there is none to strike.
std::string draw_target(const Fleet& fleet, const FaultInfo& info, Fault& fault, Dice& dice) {
    switch (info.target) {
        case FaultTarget::broker:
            fault.broker = any_of_them<models::BrokerId>(fleet.brokers().size(), dice);
            return broker_name(fleet, fault.broker);
        case FaultTarget::rack:
            fault.rack = any_of_them<models::RackId>(fleet.racks().size(), dice);
            return rack_name(fleet, fault.rack);
        case FaultTarget::machine:
            fault.machine = any_of_them<models::MachineId>(fleet.machines().size(), dice);
            return machine_name(fleet, fault.machine);
        case FaultTarget::log_dir:
            fault.log_dir = any_of_them<models::LogDirId>(fleet.log_dirs().size(), dice);
            return log_dir_name(fleet, fault.log_dir);
        case FaultTarget::quorum_node:
            fault.quorum_node =
                any_of_them<models::QuorumNodeId>(fleet.quorum_nodes().size(), dice);
            return fault.quorum_node.exists() ? quorum_node_name(fleet, fault.quorum_node)
                                              : std::string();
        case FaultTarget::cluster:
            fault.cluster = any_of_them<models::ClusterId>(fleet.clusters().size(), dice);
            return fleet.clusters()[fault.cluster].name;
        case FaultTarget::topic:
            fault.topic = any_of_them<models::TopicId>(fleet.topics().size(), dice);
            return topic_name(fleet, fault.topic);
    }
    return {};
}

/// The step of a broker's machine: half the time of the one that the fault strikes itself.
Json draw_moment(const Fleet& fleet, const Fault& fault, Dice& dice) {
    constexpr std::int64_t first = static_cast<std::int64_t>(models::StepPhase::preflight);
    constexpr std::int64_t last = static_cast<std::int64_t>(models::StepPhase::done);
    const bool own = dice.chance(50) && fault.broker.exists();
    const models::BrokerId b =
        own ? fault.broker : any_of_them<models::BrokerId>(fleet.brokers().size(), dice);
    const auto phase = static_cast<models::StepPhase>(dice.between(first, last));
    return {{"machine", broker_name(fleet, b)},
            {"phase", to_string(phase)},
            {"delay_s", static_cast<double>(dice.between(0, 90'000)) / 1'000.0}};
}

void draw_trigger(
    const Fleet& fleet, const Fault& fault, const FaultSpan& span, Json& json, Dice& dice) {
    const bool has_margin = fault.broker.exists() || fault.rack.exists() || fault.log_dir.exists();
    const std::int64_t way = dice.between(1, 100);
    if (way <= 10) {
        json["rate"] = {{"per_day", dice.between(1, 40)}};
    } else if (way <= 15 && has_margin) {
        json["moment"] = "worst";
    } else if (way <= 55) {
        json["when"] = draw_moment(fleet, fault, dice);
    } else {
        json["at_s"] = dice.between(0, span.latest);
    }
}

/// A value for half of the parameters, the others have their defaults.
void draw_parameters(const FaultInfo& info, Json& json, Dice& dice) {
    for (std::size_t i = 0; i < info.parameter_count(); ++i) {
        if (dice.chance(50)) continue;
        const models::FaultParameter& parameter = info.parameters[i];
        const std::vector<double> scales{0.1, 0.5, 2.0, 10.0};
        double value = parameter.unit == "share" ? 0.01 * static_cast<double>(dice.between(0, 100))
                                                 : parameter.fallback * dice.one_of(scales);
        if (parameter.whole) value = std::round(value);
        value = std::clamp(value, parameter.least, parameter.most);
        json[std::string(parameter.key)] =
            parameter.whole ? Json(static_cast<std::int64_t>(value)) : Json(value);
    }
}

/// A fault of `kind`; null where there is nothing for it in the fleet.
Json draw_fault(const Fleet& fleet, FaultKind kind, const FaultSpan& span, Dice& dice) {
    const FaultInfo& info = models::fault_info(kind);
    Fault fault;
    fault.kind = kind;
    const std::string target = draw_target(fleet, info, fault, dice);
    if (target.empty() || (info.possible != nullptr && !info.possible(fleet, fault))) return {};
    Json json{{"kind", info.word}, {std::string(to_string(info.target)), target}};
    draw_trigger(fleet, fault, span, json, dice);
    if (info.lasts) {
        const bool brief = dice.chance(50);
        json["duration_s"] =
            dice.chance(10) ? 0 : dice.between(1, brief ? span.short_one : span.longest);
    }
    draw_parameters(info, json, dice);
    return json;
}

FaultKind draw_kind(HuntFamily family, Dice& dice) {
    // What both fidelities model alike to the second.
    if (family == HuntFamily::agree) {
        const std::vector<FaultKind> alike{FaultKind::broker_crash, FaultKind::broker_hang};
        return dice.one_of(alike);
    }
    return static_cast<FaultKind>(dice.between(0, models::fault_kind_count - 1));
}

}  // namespace

Json draw_faults(const Fleet& fleet, HuntFamily family, Dice& dice) {
    FaultSpan span;
    if (counts_records(family)) span = {.latest = 90, .longest = 60, .short_one = 10};
    Json faults = Json::array();
    if (family == HuntFamily::calm || family == HuntFamily::planned) return faults;
    const std::int64_t most = family == HuntFamily::agree ? 2 : counts_records(family) ? 6 : 10;
    const std::int64_t count = dice.between(0, most);
    for (std::int64_t f = 0; f < count; ++f) {
        Json fault = draw_fault(fleet, draw_kind(family, dice), span, dice);
        if (fault.is_null()) continue;
        fault["name"] = "f" + std::to_string(f + 1);
        faults.push_back(std::move(fault));
    }
    return faults;
}

}  // namespace rollcast::scenarios
