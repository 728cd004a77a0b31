#include "report/programme.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "models/simulate.hpp"
#include "report/idle_faults.hpp"
#include "report/layout.hpp"
#include "report/names.hpp"
#include "report/rollback.hpp"
#include "report/verdict_json.hpp"
#include "report/verdict_text.hpp"
#include "report/words.hpp"

namespace rollcast::report {
namespace {

using models::Case;
using models::ClusterSpan;
using models::PassResult;
using models::Plan;
using models::ProgrammeResult;
using models::Verdict;

std::uint64_t broken_rules(const Verdict& verdict) {
    return static_cast<std::uint64_t>(
        std::count_if(verdict.rules.begin(), verdict.rules.end(), [](const models::RuleResult& r) {
            return r.broken();
        }));
}

std::string head_text(const Case& a_case, const ProgrammeResult& result) {
    std::string outcome = "SAFE: every pass was carried out, and no rule is broken in any";
    if (!result.safe(a_case)) {
        std::uint64_t unsafe = 0;
        for (const PassResult& pass : result.passes) unsafe += pass.verdict.safe() ? 0 : 1;
        outcome = fmt::format("NOT SAFE: {} of {} with broken rules",
                              count_text(unsafe),
                              count_text(a_case.programme.size(), "pass", "passes"));
        const std::size_t left = a_case.programme.size() - result.passes.size();
        if (left > 0) outcome += fmt::format(", {} not begun", count_text(left));
        if (!result.mixed_too_long.empty()) {
            outcome += fmt::format(", {} mixed too long",
                                   count_text(result.mixed_too_long.size(), "cluster", "clusters"));
        }
    }
    return wrapped(
        fmt::format("{}; makespan {}{}",
                    outcome,
                    duration_text(result.makespan),
                    a_case.rates_assumed ? " (assumed: no write rates were measured)" : ""));
}

std::string pass_outcome(const Verdict& verdict) {
    const std::uint64_t broken = broken_rules(verdict);
    if (verdict.unfinished != models::Unfinished::no) return "NOT FINISHED";
    return broken == 0 ? "safe" : count_text(broken, "rule", "rules") + " BROKEN";
}

std::string passes_text(const Case& a_case, const ProgrammeResult& result) {
    Table table({"pass", "leads to", "starts", "takes", "outcome"});
    for (std::size_t p = 0; p < a_case.programme.size(); ++p) {
        const models::Pass& pass = a_case.programme[p];
        const std::string& target = a_case.fleet.stacks()[pass.target].name;
        if (p >= result.passes.size()) {
            table.add({pass.name, target, "-", "-", "not begun"});
            continue;
        }
        const PassResult& done = result.passes[p];
        table.add({pass.name,
                   target,
                   clock_text(sim::Instant{done.starts}),
                   duration_text(done.verdict.makespan),
                   pass_outcome(done.verdict)});
    }
    return table.text();
}

/// Whose clients come to another stack, and with which pass.
std::string moving_text(const Case& a_case) {
    std::string out;
    for (const models::Pass& pass : a_case.programme) {
        if (!pass.clients.exists()) continue;
        std::vector<std::string> whose;
        for (const models::ClusterId c : pass.clients_of) {
            whose.push_back(cluster_name(a_case.fleet, c));
        }
        out += wrapped(fmt::format("with pass {} the clients of {} come to {}",
                                   pass.name,
                                   whose.empty() ? "all clusters" : listed(whose, 6),
                                   a_case.fleet.stacks()[pass.clients].name),
                       4,
                       "  ");
    }
    return out;
}

/// The pass from whose first step on `c` cannot go back, or "-".
std::string no_way_back(const Case& a_case, const Plan& plan, models::ClusterId c) {
    const auto pass = models::point_of_no_return(a_case, c, plan.data_disk);
    return pass ? pass_name(a_case, *pass) : "-";
}

bool too_long(const ProgrammeResult& result, models::ClusterId c) {
    return std::find(result.mixed_too_long.begin(), result.mixed_too_long.end(), c) !=
           result.mixed_too_long.end();
}

std::string spans_text(const Case& a_case, const Plan& plan, const ProgrammeResult& result) {
    Table table({"cluster", "begins", "ends", "on its way", "no way back from"});
    for (const ClusterSpan& span : result.spans) {
        table.add({cluster_name(a_case.fleet, span.cluster),
                   clock_text(sim::Instant{span.from}),
                   clock_text(sim::Instant{span.to}),
                   duration_text(span.length()) + (too_long(result, span.cluster) ? " !" : ""),
                   no_way_back(a_case, plan, span.cluster)});
    }
    std::string out = table.text();
    if (!result.mixed_too_long.empty()) {
        out += wrapped(fmt::format("! mixed for longer than the {} that the case allows",
                                   duration_text(*a_case.limits.mixed_version_limit)),
                       4,
                       "  ");
    }
    return out;
}

/// What the faults of a pass come to that did nothing in it.
std::string idle_text(const Case& of_pass, const Verdict& verdict) {
    std::string out;
    for (const models::Fault& fault : of_pass.faults) {
        const std::string why = why_idle(of_pass, verdict, fault);
        // What has an instant may come in a later pass.
        if (why.empty() || fault.trigger.at) continue;
        out += wrapped(fmt::format("{} does nothing: {}", fault.name, why), 4, "  ");
    }
    return out;
}

/// What broke in a pass and what is accepted there; instants count from its start.
std::string pass_text(const Case& a_case, std::size_t p, const PassResult& done) {
    const Case of_pass = models::case_of_pass(a_case, p, done.starts);
    const Verdict& verdict = done.verdict;
    std::string out;
    if (verdict.unfinished != models::Unfinished::no) {
        out +=
            wrapped(fmt::format("not finished: {}", unfinished_text(verdict.unfinished)), 4, "  ");
    }
    out += rollbacks_text(a_case.fleet, verdict);
    out += idle_text(of_pass, verdict);
    out += breaches_text(of_pass, verdict.rules);
    const std::string accepted = breaches_text(of_pass, verdict.accepted);
    if (!accepted.empty()) out += "  accepted, counted apart:\n" + accepted;
    if (out.empty()) return out;
    return fmt::format("\nin pass {}, by its own clock\n", a_case.programme[p].name) + out;
}

Json stack_json(const Case& a_case, models::StackId id) {
    return id.exists() ? Json(a_case.fleet.stacks()[id].name) : Json(nullptr);
}

Json pass_json(const Case& a_case, std::size_t p, const PassResult* done) {
    const models::Pass& pass = a_case.programme[p];
    Json out{{"name", pass.name},
             {"target", stack_json(a_case, pass.target)},
             {"reimages", pass.reimages},
             {"clients_move_to", stack_json(a_case, pass.clients)},
             {"starts_s", nullptr},
             {"safe", nullptr}};
    if (done == nullptr) return out;
    const Case of_pass = models::case_of_pass(a_case, p, done->starts);
    const Verdict& verdict = done->verdict;
    out["starts_s"] = json_seconds(done->starts);
    out["safe"] = verdict.safe();
    out["rules"] = rules_json(verdict);
    out["violations"] = breaches_json(of_pass, verdict.rules);
    out["accepted"] = breaches_json(of_pass, verdict.accepted);
    out["estimates"] = estimates_json(of_pass, verdict.rules);
    out["totals"] = totals_json(verdict);
    out["margin"] = margin_json(of_pass.fleet, verdict.margin);
    if (!verdict.rollbacks.empty()) out["rollbacks"] = rollbacks_json(a_case.fleet, verdict);
    return out;
}

Json spans_json(const Case& a_case, const Plan& plan, const ProgrammeResult& result) {
    Json out = Json::array();
    for (const ClusterSpan& span : result.spans) {
        const auto back = models::point_of_no_return(a_case, span.cluster, plan.data_disk);
        out.push_back(
            {{"cluster", cluster_name(a_case.fleet, span.cluster)},
             {"starts_s", json_seconds(span.from)},
             {"ends_s", json_seconds(span.to)},
             {"mixed_s", json_seconds(span.length())},
             {"mixed_too_long", too_long(result, span.cluster)},
             {"no_way_back_from", back ? Json(pass_name(a_case, *back)) : Json(nullptr)}});
    }
    return out;
}

}  // namespace

std::string pass_name(const Case& a_case, std::size_t pass) {
    return pass < a_case.programme.size() ? a_case.programme[pass].name : "the only pass";
}

std::string programme_text(const Case& a_case, const Plan& plan, const ProgrammeResult& result) {
    std::string out = head_text(a_case, result) + "\npasses\n" + passes_text(a_case, result) +
                      moving_text(a_case);
    out += "\nclusters, from their first step to their last\n" + spans_text(a_case, plan, result);
    for (std::size_t p = 0; p < result.passes.size(); ++p) {
        out += pass_text(a_case, p, result.passes[p]);
    }
    return out;
}

Json programme_json(const Case& a_case, const Plan& plan, const ProgrammeResult& result) {
    Json passes = Json::array();
    for (std::size_t p = 0; p < a_case.programme.size(); ++p) {
        passes.push_back(
            pass_json(a_case, p, p < result.passes.size() ? &result.passes[p] : nullptr));
    }
    return {{"safe", result.safe(a_case)},
            {"makespan_s", json_seconds(result.makespan)},
            {"passes", std::move(passes)},
            {"clusters", spans_json(a_case, plan, result)}};
}

}  // namespace rollcast::report
