#include "report/plan.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "models/policies/catalogue.hpp"
#include "planner/certificate/text.hpp"
#include "planner/policies.hpp"
#include "report/layout.hpp"
#include "report/names.hpp"
#include "report/words.hpp"

namespace rollcast::report {
namespace {

/// When the machines of a batch ran.
struct BatchTimes {
    sim::Instant start = sim::Instant::never();
    sim::Instant end = sim::Instant::never();
    bool complete = true;  // every machine ended
};

/// Times of every machine of the fleet in a run; never() where it took no part.
using TimesByMachine = models::IdMap<models::MachineId, models::MachineTimes>;

TimesByMachine times_by_machine(const models::Fleet& fleet, const models::Verdict& verdict) {
    TimesByMachine times(fleet.machines().size());
    for (const models::MachineTimes& m : verdict.machines) times[m.machine] = m;
    return times;
}

BatchTimes batch_times(const std::vector<models::MachineId>& machines,
                       const TimesByMachine& times) {
    BatchTimes out;
    for (const models::MachineId m : machines) {
        out.start = std::min(out.start, times[m].start);
        if (times[m].end == sim::Instant::never()) out.complete = false;
        const bool later = out.end == sim::Instant::never() || times[m].end > out.end;
        if (later) out.end = times[m].end;
    }
    if (!out.complete) out.end = sim::Instant::never();
    return out;
}

Json names_json(const models::Fleet& fleet, const std::vector<models::MachineId>& machines) {
    Json out = Json::array();
    for (const models::MachineId m : machines) out.push_back(machine_name(fleet, m));
    return out;
}

Json batches_json(const models::Case& a_case,
                  const models::Plan& plan,
                  const models::Verdict& verdict) {
    const TimesByMachine times = times_by_machine(a_case.fleet, verdict);
    Json out = Json::array();
    const auto add = [&](const models::ClusterPlan& cluster,
                         const char* kind,
                         std::size_t number,
                         const std::vector<models::MachineId>& machines) {
        const BatchTimes when = batch_times(machines, times);
        out.push_back({{"cluster", cluster_name(a_case.fleet, cluster.cluster)},
                       {"kind", kind},
                       {"batch", number},
                       {"start", models::to_string(cluster.start)},
                       {"machines", names_json(a_case.fleet, machines)},
                       {"start_s", json_seconds(when.start)},
                       {"end_s", json_seconds(when.end)}});
    };
    for (const models::ClusterPlan& cluster : plan.clusters) {
        for (std::size_t b = 0; b < cluster.batches.size(); ++b) {
            add(cluster, "brokers", b + 1, cluster.batches[b].machines);
        }
        if (!cluster.quorum.empty()) add(cluster, "quorum", 1, cluster.quorum);
    }
    return out;
}

Json bound_json(const models::Fleet& fleet, const planner::LowerBound& bound) {
    if (bound.kind.empty()) return nullptr;
    return {{"kind", bound.kind},
            {"reason", bound.reason},
            {"cluster",
             bound.cluster.exists() ? Json(cluster_name(fleet, bound.cluster)) : Json(nullptr)},
            {"machines", names_json(fleet, bound.machines)}};
}

Json plan_head_json(const models::Plan& plan) {
    return {{"name", plan.name},
            {"gate", models::to_string(plan.gate)},
            {"data_disk", models::to_string(plan.data_disk)}};
}

}  // namespace

std::string bound_text(const planner::LowerBound& bound) {
    if (bound.kind.empty()) return "none";
    return fmt::format("{} ({}): {}", duration_text(bound.value), bound.kind, bound.reason);
}

std::string schedule_text(const models::Case& a_case,
                          const models::Plan& plan,
                          const models::Verdict& verdict) {
    Table table({"cluster", "machines", "batches", "starts", "ends", "takes"});
    for (const models::ClusterPlan& cluster : plan.clusters) {
        std::size_t machines = cluster.quorum.size();
        for (const models::Batch& batch : cluster.batches) machines += batch.machines.size();
        const auto times = std::find_if(
            verdict.clusters.begin(), verdict.clusters.end(), [&](const models::ClusterTimes& t) {
                return t.cluster == cluster.cluster;
            });
        const bool ran = times != verdict.clusters.end() &&
                         times->first_start != sim::Instant::never() &&
                         times->last_end != sim::Instant::never();
        table.add({cluster_name(a_case.fleet, cluster.cluster),
                   count_text(machines),
                   count_text(cluster.batches.size()),
                   ran ? clock_text(times->first_start) : "-",
                   ran ? clock_text(times->last_end) : "-",
                   ran ? duration_text(times->last_end - times->first_start) : "-"});
    }
    return table.text();
}

std::string gate_not_kept_text(const std::string& plan) {
    return wrapped(
        fmt::format("a batch of {} holds brokers that share a partition without slack: nothing but "
                    "the lengths of their steps keeps them apart, and no bound on plans with a "
                    "gate holds for it",
                    plan),
        6,
        "note: ");
}

std::string plan_text(const models::Case& a_case, const planner::PlanResult& result) {
    std::string out =
        wrapped(fmt::format("{}: {}", planner::to_string(result.status), result.reason), 2, "");
    const bool planned = !result.plan.clusters.empty();
    if (planned) {
        out += wrapped(fmt::format("{}{}",
                                   duration_text(result.verdict.makespan),
                                   a_case.rates_assumed ? " (assumed: no write rates were measured)"
                                                        : " (nominal durations)"),
                       15,
                       "  makespan     ");
    }
    out += wrapped(bound_text(result.bound), 15, "  lower bound  ");
    if (planned) {
        out += wrapped(fmt::format("{} ({} schedules evaluated)",
                                   result.certificate ? percent_text(result.gap) : "not certified",
                                   count_text(result.evaluations)),
                       15,
                       "  gap          ");
        out += wrapped(fmt::format("gate {}, data disk {}",
                                   models::to_string(result.plan.gate),
                                   models::to_string(result.plan.data_disk)),
                       15,
                       "  for          ");
        out += "\n" + schedule_text(a_case, result.plan, result.verdict);
    }
    return out;
}

Json plan_json(const models::Case& a_case,
               const models::Plan& plan,
               const models::Verdict& verdict) {
    Json out{{"status", nullptr}, {"reason", nullptr}};
    out.update(plan_head_json(plan));
    if (plan.policy) out["policy"] = models::policy_info(plan.policy->kind).word;
    out["lower_bound_s"] = nullptr;
    out["lower_bound"] = nullptr;
    out["gap"] = nullptr;
    out["evaluations"] = nullptr;
    out["batches"] = batches_json(a_case, plan, verdict);
    out["gate_kept"] = plan.clusters.empty() || plan.policy
                           ? Json(nullptr)
                           : Json(planner::gate_kept(a_case, plan));
    return out;
}

Json plan_json(const models::Case& a_case, const planner::PlanResult& result) {
    Json out = plan_json(a_case, result.plan, result.verdict);
    out["status"] = planner::to_string(result.status);
    out["reason"] = result.reason;
    if (!result.bound.kind.empty()) out["lower_bound_s"] = json_seconds(result.bound.value);
    out["lower_bound"] = bound_json(a_case.fleet, result.bound);
    if (!result.plan.clusters.empty() && result.certificate && std::isfinite(result.gap)) {
        out["gap"] = std::round(result.gap * 1e6) / 1e6;
    }
    out["evaluations"] = result.evaluations;
    out["certificate"] =
        result.certificate ? Json(planner::certificate::to_lines(a_case.fleet, *result.certificate))
                           : Json(nullptr);
    return out;
}

}  // namespace rollcast::report
