#include "models/policies/catalogue.hpp"

#include <algorithm>

namespace rollcast::models {

namespace {

/// In the order of PolicyKind.
constexpr std::array<const PolicyInfo*, policy_kind_count> policy_table{
    &policies::yelp_rolling_restart,
    &policies::cp_ansible,
    &policies::cp_ansible_parallel,
    &policies::cfk,
    &policies::strimzi,
    &policies::strimzi_v2,
    &policies::rack_naive,
    &policies::koperator,
    &policies::rollout_operator,
    &policies::zpdb,
    &policies::ok_to_stop,
    &policies::ok_to_upgrade,
    &policies::serial_isr,
    &policies::msk,
    &policies::cruise_control,
    &policies::cruise_control_demote};

}  // namespace

const PolicyInfo& policy_info(PolicyKind kind) {
    return *policy_table[static_cast<std::size_t>(kind)];
}

std::optional<PolicyKind> policy_kind(std::string_view word) {
    for (std::size_t k = 0; k < policy_table.size(); ++k) {
        if (policy_table[k]->word == word) return static_cast<PolicyKind>(k);
    }
    return std::nullopt;
}

std::size_t PolicyInfo::parameter_count() const {
    const auto end = std::find_if(
        parameters.begin(), parameters.end(), [](const auto& p) { return p.key.empty(); });
    return static_cast<std::size_t>(end - parameters.begin());
}

double PolicyChoice::value(std::size_t place) const {
    const PolicyInfo& info = policy_info(kind);
    sim::ensure(place < info.parameter_count(), "a policy is asked for a parameter of its kind");
    return values[place].value_or(info.parameters[place].fallback);
}

ClusterPlan whole_cluster(const Fleet& fleet, ClusterId cluster) {
    ClusterPlan plan;
    plan.cluster = cluster;
    Batch all;
    for (const BrokerId b : fleet.clusters()[cluster].brokers()) {
        all.machines.push_back(fleet.brokers()[b].machine);
    }
    plan.batches.push_back(std::move(all));
    std::vector<MachineId> leaders;
    for (const QuorumNodeId q : fleet.clusters()[cluster].quorum()) {
        const QuorumNode& node = fleet.quorum_nodes()[q];
        if (node.shared_with.exists()) continue;
        (node.leader_at_start ? leaders : plan.quorum).push_back(node.machine);
    }
    plan.quorum.insert(plan.quorum.end(), leaders.begin(), leaders.end());
    plan.quorum_priority = -1;  // a chain that cannot be cut starts first
    return plan;
}

Plan policy_plan(const Fleet& fleet, const PolicyChoice& choice) {
    Plan plan{.name = std::string(policy_info(choice.kind).word), .clusters = {}};
    for (const ClusterId c : Range<ClusterId>(fleet.clusters().size())) {
        plan.clusters.push_back(whole_cluster(fleet, c));
    }
    plan.policy = choice;
    return plan;
}

std::vector<std::vector<BrokerId>> by_rack(const Fleet& fleet, const std::vector<BrokerId>& left) {
    std::vector<BrokerId> sorted = left;
    const auto rack = [&](BrokerId b) { return fleet.brokers()[b].rack; };
    std::stable_sort(sorted.begin(), sorted.end(), [&](BrokerId a, BrokerId b) {
        return rack(a).value < rack(b).value;
    });
    std::vector<std::vector<BrokerId>> racks;
    for (const BrokerId b : sorted) {
        if (racks.empty() || rack(racks.back().front()) != rack(b)) racks.emplace_back();
        racks.back().push_back(b);
    }
    return racks;
}

}  // namespace rollcast::models
