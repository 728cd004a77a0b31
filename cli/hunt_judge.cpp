#include "cli/hunt_judge.hpp"

#include <string>

#include <fmt/format.h>

#include "cli/stop.hpp"
#include "planner/certificate/check.hpp"
#include "planner/certified_run.hpp"
#include "planner/planner.hpp"
#include "planner/policies.hpp"

namespace rollcast::cli {
namespace {

using planner::PlanResult;
using planner::PlanStatus;

/// Evaluations of the search: a random case is small, and there are many.
constexpr std::uint64_t hunted_effort = 200;

/// What the plan of the case itself, which came through, says against the planner's claims.
std::string own_plan_differs(const scenarios::CaseAndPlan& what,
                             const models::Verdict& ran,
                             const PlanResult& made) {
    if (!ran.safe() || ran.unfinished != models::Unfinished::no) return {};
    if (ran.migrated() < what.a_case.fleet.machines().size()) return {};  // it leaves some out
    if (made.status == PlanStatus::infeasible) {
        return "every plan is refuted, and the plan of the case is safe";
    }
    if (!made.certificate || !planner::gate_kept(what.a_case, what.plan)) return {};
    if (ran.makespan >= made.bound.value) return {};
    return fmt::format("no plan is to take less than {} s, and the plan of the case takes {} s",
                       sim::to_seconds(made.bound.value),
                       sim::to_seconds(ran.makespan));
}

std::string certificate_differs(const models::Case& a_case,
                                const PlanResult& made,
                                std::uint64_t seed) {
    const planner::certificate::Certificate& certificate = *made.certificate;
    if (made.status == PlanStatus::infeasible) {
        const auto judged = planner::certificate::judge(a_case, certificate);
        return judged.accepted() ? std::string() : "the refutation: " + judged.differs.front();
    }
    const auto judged = planner::certificate::judge(a_case, made.plan, certificate);
    if (!judged.accepted()) return "the certificate: " + judged.differs.front();
    return planner::differs_in_run(a_case, made.plan, seed, 1, certificate);
}

std::string plan_differs(const models::Case& a_case, const PlanResult& made) {
    const bool promised = made.status == PlanStatus::optimal || made.status == PlanStatus::feasible;
    if (!promised) return {};
    if (!made.verdict.safe()) return "the plan breaks a rule in the full simulation";
    if (!planner::gate_kept(a_case, made.plan)) return {};
    return made.verdict.makespan < made.bound.value ? "the plan takes less than its bound" : "";
}

std::string judge_planner(const scenarios::CaseAndPlan& what,
                          const models::Verdict& ran,
                          std::uint64_t seed) {
    const planner::PlanOptions options{.gate = what.plan.gate,
                                       .data_disk = what.plan.data_disk,
                                       .seed = seed,
                                       .effort = hunted_effort,
                                       .stop = &stop_requested()};
    const PlanResult made = planner::make_plan(what.a_case, options);
    std::string wrong = plan_differs(what.a_case, made);
    if (wrong.empty() && made.certificate) {
        wrong = certificate_differs(what.a_case, made, seed);
    }
    return wrong.empty() ? own_plan_differs(what, ran, made) : wrong;
}

}  // namespace

scenarios::PlanJudge planner_judge() { return judge_planner; }

}  // namespace rollcast::cli
