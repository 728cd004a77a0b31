#include "planner/ablations.hpp"

#include <algorithm>

#include "planner/policies.hpp"

namespace rollcast::planner {

namespace {

/// Event-driven starts, brokers looked at by id.
models::Plan by_id(const models::Fleet& fleet, const PlanOptions& options) {
    models::Plan plan{"by id", options.gate, options.data_disk, {}};
    for (std::uint32_t c = 0; c < fleet.clusters().size(); ++c) {
        const models::ClusterId id{c};
        models::ClusterPlan cluster{
            id, models::Start::event_driven, {}, quorum_order(fleet, id), 0};
        models::Batch all;
        for (const models::BrokerId b : fleet.clusters()[id].brokers()) {
            all.machines.push_back(fleet.brokers()[b].machine);
        }
        if (!all.machines.empty()) cluster.batches.push_back(std::move(all));
        plan.clusters.push_back(std::move(cluster));
    }
    return plan;
}

}  // namespace

std::vector<Ablation> ablations(const models::Case& a_case, const PlanOptions& options) {
    std::vector<Ablation> out;
    const auto add = [&](const char* name, const char* what, const PlanOptions& changed) {
        models::Plan plan = make_plan(a_case, changed).plan;
        if (!plan.clusters.empty()) out.push_back({name, what, std::move(plan)});
    };
    const auto with_policy = [&](Policy policy) {
        PlanOptions changed = options;
        changed.policy = policy;
        return changed;
    };
    PlanOptions unsearched = options;
    unsearched.policy = Policy::best;
    unsearched.effort = 0;
    add("without search", "the best of the simple orders", unsearched);
    if (out.empty()) return out;
    out.push_back({"without conflict classes",
                   "event-driven starts by broker id",
                   by_id(a_case.fleet, options)});
    add("without event-driven starts",
        "the largest sets without a conflict, one after the other",
        with_policy(Policy::greedy_batches));
    add("a rack at a time", "as batches of the plan", with_policy(Policy::rack_at_a_time));
    add("one at a time", "by broker id", with_policy(Policy::one_at_a_time));
    return out;
}

}  // namespace rollcast::planner
