#include "planner/planner.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "planner/certificate/check.hpp"
#include "planner/certificate/window_bound.hpp"
#include "planner/certify.hpp"
#include "planner/choose.hpp"
#include "planner/in_order.hpp"
#include "planner/kept_crews.hpp"
#include "planner/local_search.hpp"
#include "planner/policies.hpp"
#include "planner/text.hpp"

namespace rollcast::planner {

namespace {

using models::Case;
using models::Plan;
using sim::Duration;

/// Steps whose shortest length is the mean one: bounds on them are bounds on decoded schedules.
StepTable mean_steps(StepTable steps) {
    for (models::NominalStep& step : steps) step.catch_up_least = step.catch_up_mean;
    return steps;
}

/// By cluster, in wall time: no schedule of the cluster ends sooner.
std::vector<Duration> cluster_targets(const Decoder& decoder,
                                      const StepTable& steps,
                                      models::Gate gate) {
    const Case& a_case = decoder.a_case();
    std::vector<Duration> targets;
    for (std::uint32_t c = 0; c < decoder.conflicts().size(); ++c) {
        const LowerBound bound =
            cluster_lower_bound(a_case, models::ClusterId{c}, gate, steps, decoder.conflicts()[c]);
        targets.push_back(certificate::wall_time(a_case.limits.windows, bound.value));
    }
    return targets;
}

/// The findings that stand against every plan in place, or empty.
std::string blocked_by(const std::vector<Finding>& findings) {
    std::vector<std::string> blocking;
    for (const Finding& finding : findings) {
        if (finding.severity != Severity::blocks || finding.accepted) continue;
        blocking.push_back(fmt::format("{} {} ({})", finding.code, finding.subject, finding.count));
    }
    if (blocking.empty()) return {};
    return fmt::format("{}: {}",
                       blocking.size() == 1 ? "this finding stands" : "these findings stand",
                       listed(blocking));
}

Case without_faults(const Case& a_case) {
    Case nominal = a_case;
    nominal.faults.clear();
    return nominal;
}

/// Everything that the steps of planning share.
class Planning {
public:
    Planning(const Case& a_case, const PlanOptions& options)
        : case_(a_case),
          options_(options),
          steps_(step_table(a_case, options.data_disk)),
          conflicts_(all_conflicts(a_case.fleet)),
          decoder_(a_case, steps_, conflicts_),
          run_{.seed = options.seed, .threads = options.threads} {
        result_.bound = lower_bound(a_case, options.gate, steps_, conflicts_);
    }

    PlanResult single_policy() {
        result_.plan = plan_for(options_.policy);
        result_.verdict = models::simulate(case_, result_.plan, run_);
        result_.evaluations = 1;
        const bool batch_conflict = conflict_within_batch(case_.fleet, result_.plan, conflicts_);
        if (!result_.verdict.safe()) {
            result_.reason = breach_text(case_, result_.verdict);
        } else if (batch_conflict) {
            result_.reason =
                "a batch holds brokers that share a partition without slack: only the "
                "length of their steps keeps them apart";
        }
        conclude(result_.verdict.safe() && !batch_conflict ? PlanStatus::feasible
                                                           : PlanStatus::unsafe);
        return std::move(result_);
    }

    PlanResult best() {
        const std::vector<Plan> policies{plan_for(Policy::event_driven),
                                         plan_for(Policy::rack_at_a_time),
                                         plan_for(Policy::greedy_batches),
                                         plan_for(Policy::one_at_a_time)};
        std::vector<Plan> candidates{searched(policies)};
        if (std::optional<Plan> ordered = in_order(candidates.front())) {
            candidates.insert(candidates.begin(), std::move(*ordered));
        }
        if (std::optional<KeptCrews> kept =
                kept_crews_plan(decoder_, policies.front(), options_.seed)) {
            result_.evaluations += kept->evaluations;
            candidates.insert(candidates.begin(), std::move(kept->plan));
        }
        candidates.insert(candidates.end(), policies.begin(), policies.end());
        Chosen chosen = choose(decoder_, candidates, run_);
        result_.verdict = std::move(chosen.verdict);
        if (!chosen.plan) {
            result_.plan = std::move(candidates.front());
            result_.reason = "no plan tried is safe: " + chosen.why_not;
            conclude(PlanStatus::none_found);
            return std::move(result_);
        }
        result_.plan = std::move(*chosen.plan);
        result_.plan.name = to_string(Policy::best);
        const bool stopped = options_.stop != nullptr && *options_.stop;
        conclude(stopped ? PlanStatus::interrupted : PlanStatus::feasible);
        return std::move(result_);
    }

private:
    Plan plan_for(Policy policy) const {
        return policy_plan(policy, decoder_, options_.gate, options_.data_disk);
    }

    Plan searched(const std::vector<Plan>& starts) {
        SearchOptions search{
            options_.seed, options_.effort, options_.threads, options_.stop, {}, {}, {}};
        const StepTable means = mean_steps(steps_);
        cluster_target_ = cluster_targets(decoder_, means, options_.gate);
        target_ = lower_bound(case_, options_.gate, means, conflicts_).value;
        search.cluster_target = cluster_target_;
        search.target = target_;
        if (options_.progress) {
            search.progress = [this](std::uint64_t evaluations, Duration best) {
                options_.progress(evaluations, best, result_.bound.value);
            };
        }
        SearchResult found = improve(decoder_, starts, search);
        result_.evaluations += found.evaluations;
        return std::move(found.plan);
    }

    /// Orders that no event-driven plan follows, where clusters are still off the bound.
    std::optional<Plan> in_order(const Plan& start) {
        std::optional<InOrderResult> found = in_order_plan(
            decoder_,
            start,
            {options_.seed, options_.effort / 4, options_.stop, cluster_target_, target_});
        if (!found) return std::nullopt;
        result_.evaluations += found->moves;
        return std::move(found->plan);
    }

    void conclude(PlanStatus status) {
        const auto bound = static_cast<double>(result_.bound.value.count());
        const auto makespan = static_cast<double>(result_.verdict.makespan.count());
        result_.gap = bound > 0.0 ? (makespan - bound) / bound : 0.0;
        result_.status = status;
        if (status == PlanStatus::none_found || status == PlanStatus::unsafe) return;
        certificate::Certificate certificate =
            certificate_of(case_, result_.plan, result_.verdict, result_.bound);
        const certificate::Judgement judgement =
            certificate::judge(case_, result_.plan, certificate);
        if (!judgement.accepted()) {
            result_.reason = "no statement on how far from the best: " + judgement.differs.front();
            return;
        }
        const bool reached = certificate::proves_optimal(certificate);
        result_.certificate = std::move(certificate);
        if (reached) result_.status = PlanStatus::optimal;
        result_.reason =
            reached ? fmt::format("plan and bound agree to 0.1 %: {}", result_.bound.reason)
                    : fmt::format("within {:.1f} % of the bound: {}",
                                  100.0 * result_.gap,
                                  result_.bound.reason);
        if (status == PlanStatus::interrupted && !reached) {
            result_.reason = "stopped early; " + result_.reason;
        }
    }

    const Case& case_;
    const PlanOptions& options_;
    StepTable steps_;
    std::vector<models::ClusterConflicts> conflicts_;
    Decoder decoder_;
    models::RunOptions run_;
    std::vector<Duration> cluster_target_;  // when every step takes its mean
    Duration target_{};
    PlanResult result_;
};

}  // namespace

PlanResult make_plan(const Case& a_case, const PlanOptions& options) {
    if (!a_case.faults.empty()) return make_plan(without_faults(a_case), options);
    std::vector<Finding> findings = audit(a_case);
    PlanResult result;
    if (const std::string blocked = blocked_by(findings); !blocked.empty()) {
        result.certificate = refute(a_case, options.data_disk);
        result.status = result.certificate ? PlanStatus::infeasible : PlanStatus::none_found;
        result.reason =
            fmt::format("{} while {}",
                        result.certificate ? "no plan in place is safe" : "no plan is made",
                        blocked);
    } else {
        Planning planning(a_case, options);
        result = options.policy == Policy::best ? planning.best() : planning.single_policy();
    }
    result.findings = std::move(findings);
    return result;
}

std::string_view to_string(Policy policy) {
    switch (policy) {
        case Policy::one_at_a_time:
            return "one-at-a-time";
        case Policy::rack_at_a_time:
            return "rack-at-a-time";
        case Policy::greedy_batches:
            return "greedy-batches";
        case Policy::event_driven:
            return "event-driven";
        case Policy::best:
            return "best";
    }
    return "?";
}

std::string_view to_string(PlanStatus status) {
    switch (status) {
        case PlanStatus::optimal:
            return "optimal";
        case PlanStatus::feasible:
            return "feasible";
        case PlanStatus::infeasible:
            return "infeasible";
        case PlanStatus::unsafe:
            return "unsafe";
        case PlanStatus::interrupted:
            return "interrupted";
        case PlanStatus::none_found:
            return "none found";
    }
    return "?";
}

}  // namespace rollcast::planner
