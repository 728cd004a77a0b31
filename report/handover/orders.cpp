#include "report/handover/orders.hpp"

#include <map>

#include <fmt/format.h>

#include "models/replica_move.hpp"
#include "report/handover/step_order.hpp"
#include "report/names.hpp"
#include "report/numbers.hpp"
#include "report/words.hpp"
#include "scenarios/format/diagnostic.hpp"

namespace rollcast::report {
namespace {

std::string one_line(const Json& document) {
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string pod_name(const models::Case& a_case, const models::Machine& machine) {
    const models::Cluster& cluster = a_case.fleet.clusters()[machine.cluster];
    if (machine.broker.exists()) {
        return fmt::format(
            "{}-kafka-{}", cluster.name, machine.broker.index() - cluster.first_broker);
    }
    return fmt::format(
        "{}-zookeeper-{}", cluster.name, machine.quorum_node.index() - cluster.first_quorum_node);
}

void drain_one(const models::Case& a_case, models::MachineId m, std::string& text) {
    const models::Machine& machine = a_case.fleet.machines()[m];
    text += fmt::format(
        "kubectl drain {0} --ignore-daemonsets --delete-emptydir-data\n"
        "re_image {0}\n"
        "kubectl uncordon {0}\n"
        "wait_for_pod {1}\n",
        shell_quoted(machine.name),
        shell_quoted(pod_name(a_case, machine)));
}

constexpr const char* drain_head = R"(#!/bin/sh
# Drains the nodes of a plan in its order. Where the plan takes the machines of a batch down at
# once, they are listed together; the next batch waits until the cluster is in sync again.
#   NAMESPACE   of the Kafka resource [kafka]
#   RE_IMAGE    what re-images a node, called with its name; without it nothing is done there
set -eu
namespace=${NAMESPACE:-kafka}

re_image() { [ -z "${RE_IMAGE:-}" ] || "$RE_IMAGE" "$1"; }
wait_for_pod() { kubectl wait -n "$namespace" --for=condition=Ready "pod/$1" --timeout=4h; }
# No partition may be out of sync; the pod is one that is up.
wait_in_sync() {
    while kubectl exec -n "$namespace" "$1" -- bin/kafka-topics.sh --describe \
            --bootstrap-server localhost:9092 --under-replicated-partitions | grep -q .; do
        sleep 15
    done
}
)";

/// The replicas of a partition by broker numbers, with `move` done or not. `fleet`: that with
/// slots for what is moved behind the `own` ones.
Json replicas_after(const models::Fleet& fleet,
                    std::size_t own,
                    const models::ReplicaMove& move,
                    bool done) {
    Json numbers = Json::array();
    const auto replicas = fleet.replicas(move.partition);
    for (std::size_t slot = 0; slot < own; ++slot) {
        const std::size_t from = done && slot == move.removes ? move.adds : slot;
        numbers.push_back(fleet.brokers()[replicas[from]].number);
    }
    return numbers;
}

Json reassignment_of(const models::Fleet& before,
                     const models::Fleet& fleet,
                     const std::vector<models::ReplicaMove>& moves,
                     bool done) {
    Json partitions = Json::array();
    for (const models::ReplicaMove& move : moves) {
        const models::Partition& partition = fleet.partitions()[move.partition];
        partitions.push_back(
            {{"topic", fleet.topics()[partition.topic].name},
             {"partition", partition.number},
             {"replicas",
              replicas_after(fleet, before.partitions()[move.partition].rf, move, done)}});
    }
    return {{"version", 1}, {"partitions", std::move(partitions)}};
}

/// The brokers that the plan's policy empties before their steps, in order.
std::vector<models::BrokerId> emptied_brokers(const models::Case& a_case,
                                              const models::Plan& plan) {
    std::vector<models::BrokerId> brokers;
    if (!plan.policy || plan.policy->kind != models::PolicyKind::cruise_control) return brokers;
    for (const models::ClusterPlan& cluster : plan.clusters) {
        for (const models::Batch& batch : cluster.batches) {
            for (const models::MachineId m : batch.machines) {
                const models::BrokerId b = a_case.fleet.machines()[m].broker;
                if (b.exists()) brokers.push_back(b);
            }
        }
    }
    return brokers;
}

}  // namespace

std::string ansible_inventory(const models::Case& a_case, const models::Verdict& verdict) {
    Json groups = Json::object();
    std::size_t number = 0;
    std::size_t place = 0;
    for (const HandoverBatch& batch : batches_by_start(a_case, verdict)) {
        Json hosts = Json::object();
        for (const models::MachineTimes& times : batch.steps) {
            const models::Machine& machine = a_case.fleet.machines()[times.machine];
            Json& host = hosts[machine.name];
            host["rollcast_order"] = ++place;
            host["rollcast_rack"] = a_case.fleet.racks()[machine.rack].name;
            if (machine.broker.exists()) {
                host["broker_id"] = a_case.fleet.brokers()[machine.broker].number;
            }
        }
        groups[fmt::format("rollcast_{:04}", ++number)] = {
            {"hosts", std::move(hosts)},
            {"vars",
             {{"rollcast_cluster", cluster_name(a_case.fleet, batch.cluster)},
              {"rollcast_batch", batch.number + 1},
              {"rollcast_starts_s", json_seconds(batch.start())}}}};
    }
    return Json{{"all", {{"children", std::move(groups)}}}}.dump(
               2, ' ', false, Json::error_handler_t::replace) +
           "\n";
}

std::string drain_script(const models::Case& a_case, const models::Verdict& verdict) {
    std::string text = drain_head;
    for (const HandoverBatch& batch : batches_by_start(a_case, verdict)) {
        const std::string cluster = cluster_name(a_case.fleet, batch.cluster);
        // What is printable has no line break, so that it cannot leave the comment.
        text += fmt::format("\n# batch {} of {}, {} in the run\n",
                            batch.number + 1,
                            scenarios::printable(cluster),
                            clock_text(batch.start()));
        for (const models::MachineTimes& times : batch.steps) {
            drain_one(a_case, times.machine, text);
        }
        const models::Machine& last = a_case.fleet.machines()[batch.steps.back().machine];
        if (last.broker.exists()) {
            text += fmt::format("wait_in_sync {}\n", shell_quoted(pod_name(a_case, last)));
        }
    }
    return text;
}

std::string reassignment_lines(const models::Case& a_case, const models::Plan& plan) {
    const std::vector<models::BrokerId> emptied = emptied_brokers(a_case, plan);
    const auto roomy = models::with_room_for_moves(a_case, {.faults = true, .emptied = emptied});
    if (!roomy) return {};
    std::string text;
    if (!roomy->moves.empty()) {
        text += one_line(reassignment_of(a_case.fleet, roomy->fleet, roomy->moves, true)) + "\n";
    }
    for (const models::BrokerId b : emptied) {
        std::vector<models::ReplicaMove> moves;
        for (const models::HostedReplica& replica : roomy->fleet.hosted(b)) {
            if (const auto move = models::policy_move(*roomy, replica)) moves.push_back(*move);
        }
        if (moves.empty()) continue;
        // Away before its step, and back after it.
        text += one_line(reassignment_of(a_case.fleet, roomy->fleet, moves, true)) + "\n";
        text += one_line(reassignment_of(a_case.fleet, roomy->fleet, moves, false)) + "\n";
    }
    return text;
}

}  // namespace rollcast::report
