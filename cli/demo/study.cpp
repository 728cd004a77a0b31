#include "cli/demo/study.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "cli/stop.hpp"
#include "models/simulate.hpp"
#include "report/names.hpp"
#include "report/words.hpp"

namespace rollcast::cli {
namespace {

using models::Fault;
using models::FaultKind;

models::RunOptions run_options(const Session& session) {
    return {.seed = session.options.seed,
            .threads = session.options.threads(),
            .stop = &stop_requested()};
}

planner::PlanResult plan_by(const Session& session,
                            const models::Case& a_case,
                            planner::Policy policy,
                            std::uint64_t effort) {
    return planner::make_plan(a_case,
                              {.policy = policy,
                               .seed = session.options.seed,
                               .effort = effort,
                               .threads = session.options.threads(),
                               .stop = &stop_requested(),
                               .progress = {}});
}

/// The most exposed domain of a kind; nothing where none was exposed.
std::optional<models::DomainExposure> worst(const models::Margin& margin, models::DomainKind kind) {
    const auto found = std::find_if(
        margin.domains.begin(), margin.domains.end(), [kind](const models::DomainExposure& d) {
            return d.domain.kind == kind;
        });
    if (found == margin.domains.end()) return std::nullopt;
    return *found;
}

std::string exposure_clause(const models::DomainExposure& exposure) {
    return fmt::format("when {} would fall under their floor without it",
                       report::count_text(exposure.peak_partitions, "partition", "partitions"));
}

FaultStudy crash(const models::Verdict& nominal) {
    FaultStudy out;
    out.fault.name = "broker crash";
    out.fault.kind = FaultKind::broker_crash;
    out.fault.broker = models::BrokerId{0};
    out.fault.trigger.at = nominal.peak_at_floor_at;
    out.fault.duration = sim::minutes(10);
    out.why_there = "when the most partitions are at their floor";
    if (const auto exposed = worst(nominal.margin, models::DomainKind::broker)) {
        out.fault.broker = models::BrokerId{exposed->domain.index};
        out.fault.trigger.at = exposed->peak_at;
        out.why_there = exposure_clause(*exposed);
    }
    return out;
}

FaultStudy power_loss(const models::Verdict& nominal) {
    FaultStudy out;
    out.fault.name = "rack power loss";
    out.fault.kind = FaultKind::rack_power_loss;
    out.fault.rack = models::RackId{0};
    out.fault.trigger.at = nominal.peak_at_floor_at;
    out.fault.duration = sim::minutes(15);
    out.why_there = "when the most partitions are at their floor";
    if (const auto exposed = worst(nominal.margin, models::DomainKind::rack)) {
        out.fault.rack = models::RackId{exposed->domain.index};
        out.fault.trigger.at = exposed->peak_at;
        out.why_there = exposure_clause(*exposed);
    }
    return out;
}

/// How long the catch-up of a machine took; 0 where it did not come to its end.
sim::Duration catch_up_of(const models::MachineTimes& m) {
    const bool known = m.registered != sim::Instant::never() && m.in_sync != sim::Instant::never();
    return known ? m.in_sync - m.registered : sim::Duration{};
}

/// The broker that caught up longest in the nominal run.
FaultStudy slow_disk(const models::Fleet& fleet, const models::Verdict& nominal) {
    models::MachineId slowest{0};
    sim::Duration longest{};
    for (const models::MachineTimes& m : nominal.machines) {
        if (!fleet.machines()[m.machine].broker.exists() || catch_up_of(m) <= longest) continue;
        longest = catch_up_of(m);
        slowest = m.machine;
    }
    FaultStudy out;
    out.fault.name = "slow disk";
    out.fault.kind = FaultKind::slow_disk;
    out.fault.broker = fleet.machines()[slowest].broker;
    out.fault.trigger.machine = slowest;
    out.fault.trigger.phase = models::StepPhase::catch_up;
    out.fault.duration = sim::hours(4);
    out.why_there =
        fmt::format("as it catches up, the longest of all ({})", report::duration_text(longest));
    return out;
}

/// The first machine that the plan touches.
FaultStudy no_return(const models::Fleet& fleet, const models::Verdict& nominal) {
    FaultStudy out;
    out.fault.name = "lost in re-image";
    out.fault.kind = FaultKind::reimage_no_return;
    sim::Instant first = sim::Instant::never();
    for (const models::MachineTimes& m : nominal.machines) {
        if (m.start >= first || !fleet.machines()[m.machine].broker.exists()) continue;
        first = m.start;
        out.fault.machine = m.machine;
    }
    out.fault.trigger.machine = out.fault.machine;
    out.fault.trigger.phase = models::StepPhase::reimage;
    out.why_there = "the first broker that the plan touches";
    return out;
}

std::string effect_on_catch_up(const FaultStudy& study) {
    if (study.fault.kind != FaultKind::slow_disk) return "";
    for (const models::MachineTimes& m : study.verdict.machines) {
        if (m.machine != study.fault.trigger.machine) continue;
        return fmt::format("its catch-up takes {}", report::duration_text(catch_up_of(m)));
    }
    return "";
}

std::vector<FaultStudy> study_faults(const Session& session,
                                     const models::Case& a_case,
                                     const planner::PlanResult& best) {
    std::vector<FaultStudy> studies{crash(best.verdict),
                                    power_loss(best.verdict),
                                    slow_disk(a_case.fleet, best.verdict),
                                    no_return(a_case.fleet, best.verdict)};
    models::Case with_fault = a_case;
    for (FaultStudy& study : studies) {
        with_fault.faults = {study.fault};
        study.verdict = models::simulate(with_fault, best.plan, run_options(session));
        study.effect = effect_on_catch_up(study);
    }
    return studies;
}

}  // namespace

bool DemoStudy::planned() const {
    const bool has_plan = best.status == planner::PlanStatus::optimal ||
                          best.status == planner::PlanStatus::feasible ||
                          best.status == planner::PlanStatus::interrupted;
    return has_plan && !best.plan.clusters.empty() && best.verdict.safe();
}

DemoStudy study_embedded_estate(Session& session, std::uint64_t effort) {
    Progress progress(session.options.progress, "reading the embedded estate");
    DemoStudy out;
    out.opened = open_embedded_case(session);
    const models::Case& a_case = out.opened.a_case;
    out.findings = planner::audit(a_case);

    progress.update("a rack at a time");
    out.rack_at_a_time = plan_by(session, a_case, planner::Policy::rack_at_a_time, effort);
    progress.update("one at a time, and in greedy batches");
    out.one_at_a_time = plan_by(session, a_case, planner::Policy::one_at_a_time, effort);
    out.greedy = plan_by(session, a_case, planner::Policy::greedy_batches, effort);
    progress.update("searching the fastest safe schedule");
    out.best = plan_by(session, a_case, planner::Policy::best, effort);
    if (out.planned() && !stop_requested()) {
        progress.update("the same plan under four faults");
        out.faults = study_faults(session, a_case, out.best);
    }
    return out;
}

}  // namespace rollcast::cli
