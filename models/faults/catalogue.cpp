#include "models/faults/catalogue.hpp"

#include <algorithm>

namespace rollcast::models {

namespace {

/// In the order of FaultKind.
constexpr std::array<const FaultInfo*, fault_kind_count> fault_table{
    &faults::broker_crash,
    &faults::broker_hang,
    &faults::rack_power_loss,
    &faults::slow_disk,
    &faults::nic_degraded,
    &faults::reimage_no_return,
    &faults::log_dir_fails,
    &faults::disk_full,
    &faults::data_disk_lost,
    &faults::machine_power_loss,
    &faults::slow_leader,
    &faults::straggler,
    &faults::kernel_limit,
    &faults::correlated_burst,
    &faults::quorum_node_lost,
    &faults::quorum_lost,
    &faults::session_expiry_storm,
    &faults::controller_failover,
    &faults::fast_restart,
    &faults::throttle_set,
    &faults::throttle_lists_missing,
    &faults::leader_rebalance,
    &faults::min_isr_set,
    &faults::unclean_election,
    &faults::stop_timeout,
    &faults::surge,
    &faults::topic_surge,
    &faults::leader_imbalance,
    &faults::gate_skipped,
    &faults::next_batch_early,
    &faults::wrong_host,
    &faults::network_blip,
    &faults::one_way_block,
    &faults::uplink_degraded,
    &faults::uplink_lossy,
    &faults::rack_split,
    &faults::cut_from_quorum,
    &faults::protocol_unpinned,
    &faults::protocol_unknown,
    &faults::never_rejoins,
    &faults::transactions_fail,
    &faults::controller_side,
    &faults::masked_error,
    &faults::certificate_missing,
    &faults::certificate_expired,
    &faults::wrong_issuer,
    &faults::sha1_certificate,
    &faults::short_key,
    &faults::trust_collapsed,
    &faults::principal_changed,
    &faults::orchestrator_blind,
    &faults::clients_locked_out,
    &faults::reassignment,
    &faults::self_balancing,
    &faults::lost_rack,
    &faults::quorum_leader_rolled_early,
    &faults::bit_rot,
    &faults::telemetry_outage,
    &faults::cold_consumer_scan};

}  // namespace

const FaultInfo& fault_info(FaultKind kind) { return *fault_table[static_cast<std::size_t>(kind)]; }

std::optional<FaultKind> fault_kind(std::string_view word) {
    for (std::size_t k = 0; k < fault_table.size(); ++k) {
        if (fault_table[k]->word == word) return static_cast<FaultKind>(k);
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
        case FaultTarget::log_dir:
            return fleet.brokers()[fleet.log_dirs()[fault.log_dir].broker].cluster;
        case FaultTarget::quorum_node:
            return fleet.quorum_nodes()[fault.quorum_node].cluster;
        case FaultTarget::cluster:
            return fault.cluster;
        case FaultTarget::topic:
            return fleet.topics()[fault.topic].cluster;
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
        case FaultTarget::log_dir:
            return "log_dir";
        case FaultTarget::quorum_node:
            return "quorum_node";
        case FaultTarget::cluster:
            return "cluster";
        case FaultTarget::topic:
            return "topic";
    }
    return "unknown";
}

}  // namespace rollcast::models
