#include "models/faults/catalogue.hpp"

#include <algorithm>

namespace rollcast::models {

namespace {

/// In the order of FaultKind.
constexpr std::array<const FaultInfo*, fault_kind_count> catalogue{&faults::broker_crash,
                                                                   &faults::broker_hang,
                                                                   &faults::rack_power_loss,
                                                                   &faults::slow_disk,
                                                                   &faults::nic_degraded,
                                                                   &faults::reimage_no_return};

}  // namespace

const FaultInfo& fault_info(FaultKind kind) { return *catalogue[static_cast<std::size_t>(kind)]; }

std::optional<FaultKind> fault_kind(std::string_view word) {
    for (std::size_t k = 0; k < catalogue.size(); ++k) {
        if (catalogue[k]->word == word) return static_cast<FaultKind>(k);
    }
    return std::nullopt;
}

std::size_t FaultInfo::parameter_count() const {
    const auto end = std::find_if(parameters.begin(), parameters.end(), [](const auto& parameter) {
        return parameter.key.empty();
    });
    return static_cast<std::size_t>(end - parameters.begin());
}

double Fault::value(std::size_t place) const {
    const FaultInfo& info = fault_info(kind);
    sim::ensure(place < info.parameter_count(), "a fault is asked for a parameter of its kind");
    return values[place].value_or(info.parameters[place].fallback);
}

ClusterId struck_cluster(const Fleet& fleet, const Fault& fault) {
    switch (fault_info(fault.kind).target) {
        case FaultTarget::broker:
            return fleet.brokers()[fault.broker].cluster;
        case FaultTarget::rack:
            return fleet.racks()[fault.rack].cluster;
        case FaultTarget::machine:
            return fleet.machines()[fault.machine].cluster;
    }
    return ClusterId::none();
}

std::string_view to_string(FaultFamily family) {
    switch (family) {
        case FaultFamily::disk:
            return "disk";
        case FaultFamily::network:
            return "network";
        case FaultFamily::version:
            return "version";
        case FaultFamily::auth:
            return "auth";
        case FaultFamily::rack:
            return "rack";
        case FaultFamily::machine:
            return "machine";
        case FaultFamily::quorum:
            return "quorum";
        case FaultFamily::configuration:
            return "configuration";
        case FaultFamily::load:
            return "load";
        case FaultFamily::operation:
            return "operation";
    }
    return "unknown";
}

std::string_view to_string(FaultTarget target) {
    switch (target) {
        case FaultTarget::broker:
            return "broker";
        case FaultTarget::rack:
            return "rack";
        case FaultTarget::machine:
            return "machine";
    }
    return "unknown";
}

}  // namespace rollcast::models
