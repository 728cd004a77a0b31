#include "report/document.hpp"

#include "report/findings.hpp"
#include "report/plan.hpp"
#include "report/programme.hpp"
#include "report/rollback.hpp"
#include "report/verdict_json.hpp"

namespace rollcast::report {
namespace {

Json case_json(const models::Case& a_case) {
    const models::Fleet& fleet = a_case.fleet;
    return {{"name", a_case.name},
            {"clusters", fleet.clusters().size()},
            {"machines", fleet.machines().size()},
            {"brokers", fleet.brokers().size()},
            {"quorum_nodes", fleet.quorum_nodes().size()},
            {"partitions", fleet.partitions().size()},
            {"replicas", fleet.replica_count()},
            {"rates", a_case.rates_assumed ? "assumed" : "given"}};
}

std::string_view status_word(const Provenance& provenance) {
    if (provenance.interrupted) return "interrupted";
    return provenance.repeatable ? "complete" : "time_limit";
}

/// Every document begins with this, so that the head of the file is the answer.
Json begin(const models::Case& a_case, bool ok, Json makespan_s, const Provenance& provenance) {
    return {
        {"summary",
         {{"ok", ok}, {"makespan_s", std::move(makespan_s)}, {"status", status_word(provenance)}}},
        {"schema_version", schema_version},
        {"case", case_json(a_case)}};
}

void add_verdict(Json& out, const models::Case& a_case, const models::Verdict& verdict) {
    out["rules"] = rules_json(verdict);
    out["violations"] = breaches_json(a_case, verdict.rules);
    out["accepted"] = breaches_json(a_case, verdict.accepted);
    out["estimates"] = estimates_json(a_case, verdict.rules);
    out["accepted_estimates"] = estimates_json(a_case, verdict.accepted);
    out["totals"] = totals_json(verdict);
    out["margin"] = margin_json(a_case.fleet, verdict.margin);
}

void add_nothing_ran(Json& out) {
    out["rules"] = Json::array();
    out["violations"] = Json::array();
    out["accepted"] = Json::array();
    out["estimates"] = Json::array();
    out["accepted_estimates"] = Json::array();
    out["totals"] = nullptr;
    out["margin"] = nullptr;
}

Json end(Json out, const std::vector<planner::Finding>& findings, const Provenance& provenance) {
    out["findings"] = findings_json(findings);
    out.update(provenance_json(provenance));
    return out;
}

}  // namespace

Json provenance_json(const Provenance& provenance) {
    Json inputs = Json::object();
    for (const Input& input : provenance.inputs) inputs[input.file] = "sha256:" + input.sha256;
    return {{"tool_version", provenance.tool_version},
            {"seed", provenance.seed},
            {"repeatable", provenance.repeatable},
            {"inputs", std::move(inputs)},
            {"assumptions", provenance.assumptions},
            {"reproduce", provenance.reproduce}};
}

Json check_document(const models::Case& a_case,
                    const std::vector<planner::Finding>& findings,
                    bool ok,
                    const Provenance& provenance) {
    Json out = begin(a_case, ok, nullptr, provenance);
    out["plan"] = nullptr;
    add_nothing_ran(out);
    return end(std::move(out), findings, provenance);
}

Json run_document(const models::Case& a_case,
                  const models::Plan& plan,
                  const models::Verdict& verdict,
                  const std::vector<planner::Finding>& findings,
                  const Provenance& provenance) {
    const bool ok = verdict.safe() && !provenance.interrupted;
    Json out = begin(a_case, ok, json_seconds(verdict.makespan), provenance);
    out["plan"] = plan_json(a_case, plan, verdict);
    add_verdict(out, a_case, verdict);
    if (plan.rollout.on_stop == models::OnStop::roll_back) {
        out["rollbacks"] = rollbacks_json(a_case.fleet, verdict);
    }
    return end(std::move(out), findings, provenance);
}

Json programme_document(const models::Case& a_case,
                        const models::Plan& plan,
                        const models::ProgrammeResult& result,
                        const std::vector<planner::Finding>& findings,
                        const Provenance& provenance) {
    const bool ok = result.safe(a_case) && !provenance.interrupted;
    Json out = begin(a_case, ok, json_seconds(result.makespan), provenance);
    out["plan"] = {{"name", plan.name},
                   {"gate", models::to_string(plan.gate)},
                   {"data_disk", models::to_string(plan.data_disk)}};
    add_nothing_ran(out);
    out["rules"] = rules_json(models::whole_verdict(result));
    out["programme"] = programme_json(a_case, plan, result);
    return end(std::move(out), findings, provenance);
}

Json plan_document(const models::Case& a_case,
                   const planner::PlanResult& result,
                   const Provenance& provenance) {
    const bool planned = !result.plan.clusters.empty();
    const bool ok = planned && result.status != planner::PlanStatus::infeasible &&
                    result.status != planner::PlanStatus::none_found && result.verdict.safe();
    Json out = begin(
        a_case, ok, planned ? json_seconds(result.verdict.makespan) : Json(nullptr), provenance);
    out["plan"] = plan_json(a_case, result);
    if (planned) {
        add_verdict(out, a_case, result.verdict);
    } else {
        add_nothing_ran(out);
    }
    return end(std::move(out), result.findings, provenance);
}

Json comparison_document(const std::vector<Compared>& results,
                         bool ok,
                         const Provenance& provenance) {
    Json out{
        {"summary", {{"ok", ok}, {"makespan_s", nullptr}, {"status", status_word(provenance)}}},
        {"schema_version", schema_version},
        {"results", comparison_json(results)}};
    out.update(provenance_json(provenance));
    return out;
}

std::string document_text(const Json& document) {
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace rollcast::report
