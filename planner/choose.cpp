#include "planner/choose.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "planner/policies.hpp"
#include "planner/text.hpp"

namespace rollcast::planner {

namespace {

using models::Case;
using models::ClusterId;
using models::Plan;
using models::Verdict;
using sim::Duration;

/// Steps that take their least, so that decoding with them is never too long.
StepTable least_steps(StepTable steps) {
    for (models::NominalStep& step : steps) step.catch_up_mean = step.catch_up_least;
    return steps;
}

/// `plan` with only the part for `cluster`.
Plan part_of(const Plan& plan, ClusterId cluster) {
    Plan part{plan.name, plan.gate, plan.data_disk, {}};
    for (const models::ClusterPlan& own : plan.clusters) {
        if (own.cluster == cluster) part.clusters.push_back(own);
    }
    return part;
}

/// Candidates that cannot end before `makespan`, whatever the load does: barriers let no step start
/// sooner than when every step takes its least.
bool is_barrier(const Plan& plan) {
    return std::all_of(plan.clusters.begin(), plan.clusters.end(), [](const auto& cluster) {
        return cluster.start == models::Start::barrier;
    });
}

/// The best of `candidates` when `replay` runs them; `at_least` is what one cannot fall below.
template <class Replay, class AtLeast>
Chosen best_of(const Decoder& decoder,
               const std::vector<Plan>& candidates,
               AtLeast at_least,
               Replay replay) {
    Chosen best;
    std::optional<Verdict> first_unsafe;
    for (const Plan& plan : candidates) {
        if (conflict_within_batch(decoder.a_case().fleet, plan, decoder.conflicts())) continue;
        if (best.plan && at_least(plan) >= best.verdict.makespan) continue;
        Verdict verdict = replay(plan);
        if (!verdict.safe()) {
            if (!first_unsafe) first_unsafe = std::move(verdict);
            continue;
        }
        if (best.plan && verdict.makespan >= best.verdict.makespan) continue;
        best.plan = plan;
        best.verdict = std::move(verdict);
    }
    if (best.plan) return best;
    if (first_unsafe) best.verdict = std::move(*first_unsafe);
    best.why_not = breach_text(decoder.a_case(), best.verdict);
    return best;
}

Chosen choose_by_cluster(const Decoder& decoder,
                         const std::vector<Plan>& candidates,
                         const models::RunOptions& run) {
    const Case& a_case = decoder.a_case();
    const StepTable least = least_steps(decoder.steps());
    const Decoder fastest(a_case, least, decoder.conflicts());
    const auto at_least = [&](const Plan& plan) {
        return is_barrier(plan) ? fastest.decode(plan).makespan : Duration{};
    };
    const Plan& first = candidates.front();
    Plan composed{first.name, first.gate, first.data_disk, {}};
    for (const models::ClusterPlan& cluster : first.clusters) {
        std::vector<Plan> parts;
        parts.reserve(candidates.size());
        for (const Plan& plan : candidates) parts.push_back(part_of(plan, cluster.cluster));
        Chosen own = best_of(decoder, parts, at_least, [&](const Plan& part) {
            return models::simulate_cluster(a_case, part, cluster.cluster, run);
        });
        if (!own.plan) return own;
        composed.clusters.push_back(std::move(own.plan->clusters.front()));
    }
    Verdict verdict = models::simulate(a_case, composed, run);
    if (!verdict.safe()) {
        std::string why_not = breach_text(a_case, verdict);
        return {std::nullopt, std::move(verdict), std::move(why_not)};
    }
    return {std::move(composed), std::move(verdict), {}};
}

const models::RuleResult* first_broken(const Verdict& verdict, models::Rule& which) {
    const models::RuleResult* first = nullptr;
    for (int r = 0; r < models::rule_count; ++r) {
        const auto rule = static_cast<models::Rule>(r);
        const models::RuleResult& result = verdict.rule(rule);
        if (!result.broken()) continue;
        const bool earlier =
            first == nullptr ||
            (result.first && (!first->first || result.first->at < first->first->at));
        if (!earlier) continue;
        first = &result;
        which = rule;
    }
    return first;
}

bool has_a_step(const models::Breach& breach) {
    return std::any_of(breach.causes.begin(), breach.causes.end(), [](const models::Cause& cause) {
        return cause.kind == models::Cause::Kind::step;
    });
}

std::string subject_of(const models::Fleet& fleet, const models::Breach& breach) {
    if (breach.partition.exists()) return fleet.partition_name(breach.partition);
    if (breach.broker.exists()) return fleet.brokers()[breach.broker].host;
    if (breach.cluster.exists()) return fleet.clusters()[breach.cluster].name;
    return "the fleet";
}

}  // namespace

std::string breach_text(const Case& a_case, const Verdict& verdict) {
    models::Rule rule{};
    const models::RuleResult* broken = first_broken(verdict, rule);
    if (broken == nullptr) return "no rule is broken";
    if (!broken->first) {
        return fmt::format(
            "rule {} is broken ({})", to_string(rule), to_string(verdict.unfinished));
    }
    const models::Breach& breach = *broken->first;
    std::string sentence = fmt::format("rule {} is broken first after {} at {}",
                                       to_string(rule),
                                       text(breach.at.since_start()),
                                       subject_of(a_case.fleet, breach));
    if (breach.at == sim::Instant{} && !has_a_step(breach)) {
        sentence += ", before any step: the estate itself breaks it and no plan can mend that";
    }
    return sentence;
}

Chosen choose(const Decoder& decoder,
              const std::vector<Plan>& candidates,
              const models::RunOptions& run) {
    sim::ensure(!candidates.empty(), "a choice needs a candidate");
    const Case& a_case = decoder.a_case();
    if (!a_case.clusters_coupled()) {
        return choose_by_cluster(decoder, candidates, run);
    }
    const auto anything = [](const Plan&) { return Duration{}; };  // crews: no order is monotone
    return best_of(decoder, candidates, anything, [&](const Plan& plan) {
        return models::simulate(a_case, plan, run);
    });
}

}  // namespace rollcast::planner
