#include "planner/lower_bound.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "planner/certificate/packing.hpp"
#include "planner/certificate/window_bound.hpp"
#include "planner/clique.hpp"
#include "planner/cluster_bound.hpp"
#include "planner/text.hpp"

namespace rollcast::planner {

namespace {

using certificate::Proof;
using certificate::Rule;
using certificate::TailedJob;
using models::Case;
using models::ClusterId;
using models::Gate;
using models::MachineId;
using sim::Duration;

void keep_better(LowerBound& best, LowerBound other) {
    if (other.value > best.value) best = std::move(other);
}

std::string what_an_edge_costs(Gate gate) {
    return gate == Gate::broker_in_sync ? "whole steps" : "times until registered and seen";
}

std::string reason_of(const Case& a_case, ClusterId cluster, const PartBound& part, Gate gate) {
    const models::Cluster& c = a_case.fleet.clusters()[cluster];
    const std::size_t n = part.members.size();
    if (part.kind == "longest_step") {
        return fmt::format("the longest step of {} takes {}", c.name, text(part.value));
    }
    if (part.kind == "clique" || part.kind == "serial") {
        return fmt::format(
            "{} brokers of {} share partitions two by two, so no two may be down "
            "together; their {} add up to {}",
            n,
            c.name,
            what_an_edge_costs(gate),
            text(part.value));
    }
    if (part.kind == "join") {
        return fmt::format(
            "{} falls into {} parts of which every two exclude each other; what each "
            "needs adds up to {}",
            c.name,
            part.parts,
            text(part.value));
    }
    if (part.kind == "fractional") {
        return fmt::format(
            "{} brokers of {}, weighed so that no set of them which may be down together weighs "
            "more than 1, need {}",
            n,
            c.name,
            text(part.value));
    }
    if (part.kind == "colours") {
        return fmt::format(
            "{} brokers of {} cannot be put into fewer batches without two that share a partition; "
            "that many of their shortest make {}",
            n,
            c.name,
            text(part.value));
    }
    if (part.kind == "group") {
        return fmt::format(
            "{} brokers of {} hold the same partitions with a slack above 1; the "
            "slack lets them go no faster than {}",
            n,
            c.name,
            text(part.value));
    }
    if (part.kind == "max_down") {
        return fmt::format(
            "at most {} brokers of {} may be in a step at once, which makes {} for "
            "its {}",
            a_case.limits.max_down.value_or(0),
            c.name,
            text(part.value),
            n);
    }
    return fmt::format("{} brokers of {} on {} {} need {}",
                       n,
                       c.name,
                       part.kind == "slot_area" ? a_case.limits.image_slots.value_or(0)
                                                : a_case.limits.crews.value_or(0),
                       part.kind == "slot_area" ? "re-image slots" : "crews",
                       text(part.value));
}

/// Brokers of a cluster, from conflicts and limits.
LowerBound broker_bound(const Case& a_case,
                        ClusterId cluster,
                        Gate gate,
                        const StepTable& steps,
                        const models::ClusterConflicts& conflicts) {
    const models::Cluster& c = a_case.fleet.clusters()[cluster];
    PartBound part = conflict_bound(bound_problem(a_case, cluster, conflicts, steps, gate));
    if (part.kind == "clique" && part.members.size() == c.broker_count) part.kind = "serial";
    LowerBound bound{part.value, part.kind, reason_of(a_case, cluster, part, gate), cluster, {}};
    bound.proof = {.rule = Rule::brokers, .parts = {std::move(part.proof)}};
    for (const std::uint32_t v : part.members) {
        const models::BrokerId b{c.first_broker + v};
        bound.machines.push_back(a_case.fleet.brokers()[b].machine);
    }
    return bound;
}

/// Under a gate per partition the last broker's step runs on after it has released its neighbours:
/// at least the shortest such rest is added.
Duration shortest_rest(const Case& a_case, ClusterId cluster, Gate gate, const StepTable& steps) {
    std::optional<Duration> rest;
    for (const models::BrokerId b : a_case.fleet.clusters()[cluster].brokers()) {
        const models::NominalStep& step = steps[a_case.fleet.brokers()[b].machine];
        const Duration own = step.least() - least_separation(step, a_case, gate);
        rest = rest ? std::min(*rest, own) : own;
    }
    return rest.value_or(Duration{});
}

/// What holds whatever the gate: whole steps of brokers under max_down, the longest step.
LowerBound whole_step_bound(const Case& a_case, ClusterId cluster, const StepTable& steps) {
    const models::Cluster& c = a_case.fleet.clusters()[cluster];
    LowerBound best;
    std::vector<TailedJob> jobs;
    Proof all{.rule = Rule::max_down};
    for (const models::BrokerId b : c.brokers()) {
        const MachineId m = a_case.fleet.brokers()[b].machine;
        all.machines.push_back(m);
        const Duration length = steps[m].least();
        jobs.push_back({length, Duration{}});
        keep_better(
            best,
            {length,
             "longest_step",
             fmt::format("the step of {} takes {}", a_case.fleet.machines()[m].name, text(length)),
             cluster,
             {m},
             {.rule = Rule::longest_step, .machines = {m}}});
    }
    if (a_case.limits.max_down && *a_case.limits.max_down > 0 && !jobs.empty()) {
        const Duration value = certificate::threshold_bound(jobs, *a_case.limits.max_down);
        keep_better(
            best,
            {value,
             "max_down",
             fmt::format("at most {} brokers of {} may be in a step at once, which makes {} "
                         "for its {}",
                         *a_case.limits.max_down,
                         c.name,
                         text(value),
                         jobs.size()),
             cluster,
             {},
             std::move(all)});
    }
    return best;
}

/// Quorum nodes on machines of their own go one at a time.
LowerBound quorum_chain(const Case& a_case, ClusterId cluster, const StepTable& steps) {
    const models::Fleet& fleet = a_case.fleet;
    LowerBound chain{Duration{}, "quorum_chain", {}, cluster, {}};
    for (const models::QuorumNodeId q : fleet.clusters()[cluster].quorum()) {
        if (fleet.quorum_nodes()[q].shared_with.exists()) continue;
        const MachineId m = fleet.quorum_nodes()[q].machine;
        chain.value += steps[m].least();
        chain.machines.push_back(m);
    }
    chain.proof = {.rule = Rule::quorum_chain, .machines = chain.machines};
    chain.reason =
        fmt::format("the {} quorum nodes of {} go one at a time; their steps add up to {}",
                    chain.machines.size(),
                    fleet.clusters()[cluster].name,
                    text(chain.value));
    return chain;
}

/// A safe plan keeps a majority of the voters up, so at most (n - 1) / 2 are down at once.
LowerBound quorum_area(const Case& a_case, ClusterId cluster, const StepTable& steps) {
    const models::Fleet& fleet = a_case.fleet;
    const models::Cluster& c = fleet.clusters()[cluster];
    const int spare = (static_cast<int>(c.quorum_node_count) - 1) / 2;
    if (spare < 1) return {};
    std::vector<TailedJob> jobs;
    Proof proof{.rule = Rule::quorum_area};
    for (const models::QuorumNodeId q : c.quorum()) {
        proof.machines.push_back(fleet.quorum_nodes()[q].machine);
        const models::NominalStep& step = steps[fleet.quorum_nodes()[q].machine];
        jobs.push_back({step.until_registered - step.until_image_end + a_case.step.reimage.nominal,
                        Duration{}});
    }
    const Duration value = certificate::threshold_bound(jobs, spare);
    return {
        value,
        "quorum_area",
        fmt::format("at most {} of the {} quorum nodes of {} may be down at once, which makes {}",
                    spare,
                    c.quorum_node_count,
                    c.name,
                    text(value)),
        cluster,
        {},
        std::move(proof)};
}

/// Machines of the whole fleet on `limit` crews or slots, held for the part `held` of a step.
LowerBound fleet_area(const Case& a_case,
                      const StepTable& steps,
                      std::optional<int> limit,
                      Duration models::NominalStep::*held,
                      const char* kind,
                      const char* what,
                      Rule rule) {
    if (!limit || *limit <= 0 || steps.empty()) return {};
    std::vector<TailedJob> jobs;
    Proof proof{.rule = rule};
    for (const models::NominalStep& step : steps) {
        proof.machines.push_back(MachineId{static_cast<std::uint32_t>(jobs.size())});
        jobs.push_back({step.*held, step.least() - step.*held});
    }
    const Duration value = certificate::threshold_bound(std::move(jobs), *limit);
    return {value,
            kind,
            fmt::format("{} machines on {} {} need {}",
                        a_case.fleet.machines().size(),
                        *limit,
                        what,
                        text(value)),
            ClusterId::none(),
            {},
            std::move(proof)};
}

/// Machines whose steps each lie inside one open stretch, as jobs on something they share.
class InWindows {
public:
    InWindows(const Case& a_case, Gate gate, const StepTable& steps)
        : case_(a_case), gate_(gate), steps_(steps) {}

    void offer(Rule rule, int machines, std::vector<MachineId> on, ClusterId cluster) {
        if (machines <= 0 || on.empty()) return;
        std::vector<TailedJob> jobs;
        for (const MachineId m : on) {
            const Duration held = held_for(rule, steps_[m]);
            jobs.push_back({held, steps_[m].least() - held});
        }
        const Duration value = certificate::window_bound(case_.limits.windows, jobs, machines);
        if (value <= best_.value) return;
        best_ = {
            value,
            "windows",
            fmt::format(
                "{} steps, each inside one change window and {} at a time{}, take "
                "until {}",
                on.size(),
                machines,
                cluster.exists() ? fmt::format(" in {}", case_.fleet.clusters()[cluster].name) : "",
                text(value)),
            cluster,
            {},
            {.rule = Rule::windows, .parts = {{.rule = rule, .machines = std::move(on)}}}};
    }
    LowerBound best() && { return std::move(best_); }

private:
    Duration held_for(Rule rule, const models::NominalStep& step) const {
        if (rule == Rule::crews) return step.until_registered;
        if (rule == Rule::image_slots) return step.until_image_end;
        return rule == Rule::clique ? least_separation(step, case_, gate_) : step.least();
    }

    const Case& case_;
    Gate gate_;
    const StepTable& steps_;
    LowerBound best_;
};

/// What the change windows force beyond their open time (planner §1.5.8).
LowerBound window_bound(const Case& a_case,
                        Gate gate,
                        const StepTable& steps,
                        const std::vector<models::ClusterConflicts>& conflicts) {
    InWindows in(a_case, gate, steps);
    std::vector<MachineId> all;
    for (std::uint32_t m = 0; m < steps.size(); ++m) all.push_back(MachineId{m});
    in.offer(Rule::crews, a_case.limits.crews.value_or(0), all, ClusterId::none());
    in.offer(Rule::image_slots, a_case.limits.image_slots.value_or(0), all, ClusterId::none());
    for (std::uint32_t c = 0; c < conflicts.size(); ++c) {
        std::vector<MachineId> brokers;
        std::vector<Duration> separation;
        for (const models::BrokerId b : a_case.fleet.clusters()[ClusterId{c}].brokers()) {
            brokers.push_back(a_case.fleet.brokers()[b].machine);
            separation.push_back(least_separation(steps[brokers.back()], a_case, gate));
        }
        std::vector<MachineId> clique;
        for (const std::uint32_t v :
             heaviest_clique(conflict_graph(conflicts[c]), separation).members) {
            clique.push_back(brokers[v]);
        }
        in.offer(Rule::clique, 1, std::move(clique), ClusterId{c});
        in.offer(Rule::max_down, a_case.limits.max_down.value_or(0), brokers, ClusterId{c});
        in.offer(Rule::quorum_chain,
                 1,
                 quorum_chain(a_case, ClusterId{c}, steps).machines,
                 ClusterId{c});
    }
    return std::move(in).best();
}

}  // namespace

std::vector<models::ClusterConflicts> all_conflicts(const models::Fleet& fleet) {
    std::vector<models::ClusterConflicts> conflicts;
    conflicts.reserve(fleet.clusters().size());
    for (std::uint32_t c = 0; c < fleet.clusters().size(); ++c) {
        conflicts.emplace_back(fleet, ClusterId{c});
    }
    return conflicts;
}

LowerBound cluster_lower_bound(const Case& a_case,
                               ClusterId cluster,
                               Gate gate,
                               const StepTable& steps,
                               const models::ClusterConflicts& conflicts) {
    LowerBound best = broker_bound(a_case, cluster, gate, steps, conflicts);
    if (gate == Gate::shared_partitions) {
        const Duration rest = shortest_rest(a_case, cluster, gate, steps);
        best.value += rest;
        best.reason += fmt::format("; the rest of the last step adds {}", text(rest));
        keep_better(best, whole_step_bound(a_case, cluster, steps));
    }
    keep_better(best, quorum_chain(a_case, cluster, steps));
    keep_better(best, quorum_area(a_case, cluster, steps));
    return best;
}

LowerBound lower_bound(const Case& a_case,
                       Gate gate,
                       const StepTable& steps,
                       const std::vector<models::ClusterConflicts>& conflicts) {
    LowerBound best;
    for (std::uint32_t c = 0; c < conflicts.size(); ++c) {
        keep_better(best, cluster_lower_bound(a_case, ClusterId{c}, gate, steps, conflicts[c]));
    }
    keep_better(best,
                fleet_area(a_case,
                           steps,
                           a_case.limits.crews,
                           &models::NominalStep::until_registered,
                           "crew_area",
                           "crews",
                           Rule::crews));
    keep_better(best,
                fleet_area(a_case,
                           steps,
                           a_case.limits.image_slots,
                           &models::NominalStep::until_image_end,
                           "slot_area",
                           "re-image slots",
                           Rule::image_slots));
    if (a_case.limits.windows.always_open()) return best;
    const Duration wall = certificate::wall_time(a_case.limits.windows, best.value);
    if (wall > best.value) {
        best.reason += fmt::format("; the change windows offer that much by {}", text(wall));
        best.value = wall;
    }
    keep_better(best, window_bound(a_case, gate, steps, conflicts));
    return best;
}

LowerBound lower_bound(const Case& a_case, Gate gate, models::DataDisk data_disk) {
    return lower_bound(a_case, gate, step_table(a_case, data_disk), all_conflicts(a_case.fleet));
}

}  // namespace rollcast::planner
