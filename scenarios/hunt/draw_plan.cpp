#include <string>
#include <vector>

#include "scenarios/format/names.hpp"
#include "scenarios/hunt/draw_parts.hpp"

namespace rollcast::scenarios {

namespace {

using sim::Dice;

Json draw_order(const models::Fleet& fleet, models::ClusterId c, bool event_driven, Dice& dice) {
    const models::Cluster& cluster = fleet.clusters()[c];
    Json out{{"cluster", cluster.name}};
    out["start"] = event_driven || dice.chance(50) ? "event_driven" : "barrier";
    std::vector<std::string> machines;
    Json quorum = Json::array();
    for (const models::MachineId m : cluster.machines()) {
        if (fleet.machines()[m].broker.exists()) {
            machines.push_back(machine_name(fleet, m));
        } else {
            quorum.push_back(machine_name(fleet, m));
        }
    }
    dice.shuffle(machines);
    // Decided by the order that was drawn, so that what the dice have given so far stays.
    if (!machines.empty() && machines.front().back() % 2 != 0) out["keeps_crews"] = true;
    if (!machines.empty() && machines.back().back() % 3 == 0 && out["start"] == "event_driven") {
        out["start"] = "in_order";
    }
    Json batches = Json::array();
    for (const std::string& machine : machines) {
        if (batches.empty() || dice.chance(50)) {
            batches.push_back({{"priority", batches.size() + 1}, {"machines", Json::array()}});
        }
        batches.back()["machines"].push_back(machine);
    }
    out["batches"] = std::move(batches);
    if (!quorum.empty()) out["quorum"] = std::move(quorum);
    return out;
}

/// What a plan may ask for besides its order.
void draw_extras(Json& plan, Dice& dice) {
    if (dice.chance(20)) plan["checksums"] = dice.chance(50) ? "sealed_online" : "all_after_stop";
    if (dice.chance(20)) plan["synthetic_records"] = true;
    if (dice.chance(20)) {
        Json& rollout = plan["rollout"];
        rollout["retries"] = dice.between(0, 3);
        rollout["canary"] = dice.between(0, 2);
        rollout["canary_soak_s"] = dice.between(0, 3'600);
        if (dice.chance(50)) rollout["halt_cluster_after"] = dice.between(1, 3);
        if (dice.chance(20)) rollout["halt_batch_after"] = 1;
    }
    if (dice.chance(20)) {
        const std::vector<std::string> checks{
            "in_sync", "all_in_sync", "quorum_full", "no_reassignment"};
        plan["checks"]["preflight"] = Json::array({dice.one_of(checks)});
        if (dice.chance(50)) plan["checks"]["post_flight"] = Json::array({dice.one_of(checks)});
    }
}

}  // namespace

Json draw_plan(const models::Fleet& fleet, bool event_driven, Dice& dice) {
    Json plan{{"rollcast_plan", 1}, {"name", "hunted"}};
    plan["gate"] = dice.chance(50) ? "broker_in_sync" : "shared_partitions";
    plan["data_disk"] = dice.chance(70) ? "keep" : "wipe";
    plan["clusters"] = Json::array();
    for (const models::ClusterId c : models::Range<models::ClusterId>(fleet.clusters().size())) {
        plan["clusters"].push_back(draw_order(fleet, c, event_driven, dice));
    }
    if (!event_driven) draw_extras(plan, dice);
    return plan;
}

}  // namespace rollcast::scenarios
