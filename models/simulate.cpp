#include "models/simulate.hpp"

#include <algorithm>

#include "models/world.hpp"
#include "sim/parallel.hpp"
#include "sim/trace.hpp"

namespace rollcast::models {

namespace {

Verdict run_scope(const Case& a_case,
                  const Plan& plan,
                  const Scope& scope,
                  const RunOptions& options) {
    World world(a_case, plan, scope, options);
    world.run();
    return world.verdict();
}

/// What two clusters' answers are together: the one that promises less.
Answer merged(Answer a, Answer b) {
    for (const Answer least : {Answer::broken, Answer::not_answered, Answer::estimated}) {
        if (a == least || b == least) return least;
    }
    return Answer::held;
}

void merge_rule(RuleResult& into, const RuleResult& from) {
    into.answer = merged(into.answer, from.answer);
    if (from.first && (!into.first || from.first->at < into.first->at)) into.first = from.first;
    into.subjects += from.subjects;
    into.seconds += from.seconds;
}

/// Messages, machines and the like add up over clusters; the worst of shares, seconds and replicas
/// is the largest.
bool worst_adds_up(Rule rule) {
    return rule == Rule::client_errors || rule == Rule::finished || rule == Rule::acked_loss ||
           rule == Rule::duplicates;
}

/// True where what happens in one cluster can depend on another.
bool coupled(const Case& a_case) {
    if (a_case.clusters_coupled()) return true;
    return std::any_of(a_case.faults.begin(), a_case.faults.end(), [&](const Fault& fault) {
        const ClusterId struck = struck_cluster(a_case.fleet, fault);
        const FaultTrigger& trigger = fault.trigger;
        if (trigger.batch_of.exists()) return trigger.batch_of != struck;
        return trigger.machine.exists() &&
               a_case.fleet.machines()[trigger.machine].cluster != struck;
    });
}

/// True where the plan itself lets one cluster wait for another.
bool coupled(const Plan& plan) {
    return plan.rollout.halt_fleet.has_value() ||
           std::any_of(plan.clusters.begin(), plan.clusters.end(), [](const ClusterPlan& cluster) {
               return !cluster.after.empty();
           });
}

}  // namespace

Verdict merge(const std::vector<Verdict>& parts) {
    Verdict all;
    for (const Verdict& part : parts) {
        for (int r = 0; r < rule_count; ++r) {
            const auto i = static_cast<std::size_t>(r);
            const auto worst = [&](RuleResult& into, const RuleResult& from) {
                merge_rule(into, from);
                if (worst_adds_up(static_cast<Rule>(r))) {
                    into.worst += from.worst;
                    into.worst_at = std::max(into.worst_at, from.worst_at);
                } else if (from.worst > into.worst) {
                    into.worst = from.worst;
                    into.worst_at = from.worst_at;
                }
            };
            worst(all.rules[i], part.rules[i]);
            worst(all.accepted[i], part.accepted[i]);
        }
        if (all.unfinished == Unfinished::no) all.unfinished = part.unfinished;
        all.makespan = std::max(all.makespan, part.makespan);
        all.isr_shrinks += part.isr_shrinks;
        all.isr_expands += part.isr_expands;
        all.leader_moves += part.leader_moves;
        all.events += part.events;
        all.catch_up_bytes += part.catch_up_bytes;
        all.at_floor_partition_seconds += part.at_floor_partition_seconds;
        if (part.peak_at_floor > all.peak_at_floor) {
            all.peak_at_floor = part.peak_at_floor;
            all.peak_at_floor_at = part.peak_at_floor_at;
        }
        all.stall_partition_seconds += part.stall_partition_seconds;
        all.longest_stall = std::max(all.longest_stall, part.longest_stall);
        all.margin.domains.insert(
            all.margin.domains.end(), part.margin.domains.begin(), part.margin.domains.end());
        if (part.margin.peak_domains > all.margin.peak_domains) {
            all.margin.peak_domains = part.margin.peak_domains;
            all.margin.peak_at = part.margin.peak_at;
        }
        all.machines.insert(all.machines.end(), part.machines.begin(), part.machines.end());
        all.clusters.insert(all.clusters.end(), part.clusters.begin(), part.clusters.end());
        all.stopped.insert(all.stopped.end(), part.stopped.begin(), part.stopped.end());
        all.rollbacks.insert(all.rollbacks.end(), part.rollbacks.begin(), part.rollbacks.end());
        all.went_back.insert(all.went_back.end(), part.went_back.begin(), part.went_back.end());
        if (!part.records) continue;
        if (!all.records) all.records.emplace();
        all.records->topics.insert(
            all.records->topics.end(), part.records->topics.begin(), part.records->topics.end());
        for (std::size_t i = 0; i < synthetic_moment_count; ++i) {
            SyntheticRecords& into = all.records->synthetic[i];
            const SyntheticRecords& from = part.records->synthetic[i];
            into.written += from.written;
            into.once += from.once;
            into.failed += from.failed;
            into.missing += from.missing;
            into.twice += from.twice;
        }
    }
    std::stable_sort(all.margin.domains.begin(),
                     all.margin.domains.end(),
                     [](const DomainExposure& a, const DomainExposure& b) {
                         return a.peak_partitions != b.peak_partitions
                                    ? a.peak_partitions > b.peak_partitions
                                    : a.seconds > b.seconds;
                     });
    for (const ClusterTimes& cluster : all.clusters) {
        all.trace_hash = sim::combine(all.trace_hash, cluster.trace_hash);
    }
    return all;
}

void judge_left_out(const Case& a_case, const Plan& plan, Verdict& verdict, ClusterId only) {
    IdMap<MachineId, std::uint8_t> named(a_case.fleet.machines().size(), std::uint8_t{0});
    for (const ClusterPlan& cluster : plan.clusters) {
        for (const Batch& batch : cluster.batches) {
            for (const MachineId m : batch.machines) named[m] = 1;
        }
        for (const MachineId m : cluster.quorum) named[m] = 1;
    }
    RuleResult& finished = verdict.rule(Rule::finished);
    for (const MachineId m : Range<MachineId>(named.size())) {
        if (named[m] != 0) continue;
        if (only.exists() && a_case.fleet.machines()[m].cluster != only) continue;
        finished.answer = Answer::broken;
        ++finished.subjects;
        finished.worst += 1.0;
        finished.worst_at = sim::Instant{verdict.makespan};
        if (finished.first) continue;
        finished.first.emplace();
        finished.first->at = sim::Instant{verdict.makespan};
        finished.first->cluster = a_case.fleet.machines()[m].cluster;
    }
}

Verdict simulate_cluster(const Case& a_case,
                         const Plan& plan,
                         ClusterId cluster,
                         const RunOptions& options) {
    return run_scope(a_case, plan, Scope::of(a_case.fleet, cluster), options);
}

std::vector<Scope> scopes_run_apart(const Case& a_case, const Plan& plan) {
    if (coupled(a_case) || coupled(plan)) return {Scope::whole(a_case.fleet)};
    std::vector<Scope> scopes;
    for (const ClusterId c : Range<ClusterId>(a_case.fleet.clusters().size())) {
        scopes.push_back(Scope::of(a_case.fleet, c));
    }
    return scopes;
}

Verdict simulate(const Case& a_case, const Plan& plan, const RunOptions& options) {
    const std::vector<Scope> scopes = scopes_run_apart(a_case, plan);
    if (scopes.size() == 1) return run_scope(a_case, plan, scopes.front(), options);
    std::vector<Verdict> parts(scopes.size());
    const auto run_one = [&](std::size_t i) {
        parts[i] = run_scope(a_case, plan, scopes[i], options);
    };
    sim::for_each_index(scopes.size(), options.threads, run_one);
    return merge(parts);
}

}  // namespace rollcast::models
