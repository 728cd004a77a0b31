#include "cli/demo/text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "planner/policies.hpp"
#include "report/findings.hpp"
#include "report/layout.hpp"
#include "report/names.hpp"
#include "report/plan.hpp"
#include "report/verdict_json.hpp"
#include "report/verdict_text.hpp"
#include "report/words.hpp"

namespace rollcast::cli {
namespace {

using models::Rule;
using report::count_text;
using report::duration_text;
using report::wrapped;

constexpr std::array next_commands{
    std::pair{"rollcast init my-estate", "the estate above as files, to edit and to plan"},
    std::pair{"rollcast import DUMPS/ -o my.case.json", "your own cluster, from Kafka's own tools"},
    std::pair{"rollcast plan -f my.case.json -o plan.json", "the fastest safe schedule for it"},
};

/// What the case accepts, topic by topic; those whose producers alone are concerned as one.
std::vector<std::string> accepted_breaches(const models::Fleet& fleet) {
    std::vector<std::string> out;
    std::uint64_t errors_only = 0;
    for (const models::Topic& topic : fleet.topics()) {
        if (topic.accepted) {
            out.push_back(fmt::format("{}/{} (RF {}, min ISR {})",
                                      report::cluster_name(fleet, topic.cluster),
                                      topic.name,
                                      topic.rf,
                                      topic.min_isr));
        } else if (topic.errors_accepted) {
            ++errors_only;
        }
    }
    if (errors_only > 0) {
        out.push_back(fmt::format("the producers' errors of {} without retries",
                                  count_text(errors_only, "topic", "topics")));
    }
    return out;
}

std::string introduction(const DemoStudy& study, const report::Provenance& provenance) {
    const models::Fleet& fleet = study.opened.a_case.fleet;
    std::string out = fmt::format("rollcast {}: a first look, at the estate that comes with it\n\n",
                                  provenance.tool_version);
    out += wrapped(fmt::format(
        "{} with {} and {}, {}: every machine has to go down once, for a new operating system and "
        "a new Kafka, under live traffic. Is a plan safe? What breaks it? How fast can it be?",
        count_text(fleet.clusters().size(), "cluster", "clusters"),
        count_text(fleet.brokers().size(), "broker", "brokers"),
        count_text(fleet.quorum_nodes().size(), "quorum node", "quorum nodes"),
        count_text(fleet.partitions().size(), "partition", "partitions")));
    const std::vector<std::string> accepted = accepted_breaches(fleet);
    if (!accepted.empty()) {
        out += "\n" + wrapped(fmt::format("No plan in place can protect every topic. The case "
                                          "accepts the breaches of {}: counted apart below, never "
                                          "as safe.",
                                          report::listed(accepted, 8)));
    }
    return out;
}

std::string finding_line(const planner::Finding& finding) {
    const std::string mark =
        finding.accepted ? "accepted" : std::string(planner::to_string(finding.severity));
    std::string out =
        wrapped(report::finding_sentence(finding), 12, fmt::format("  {:<8}  ", mark));
    if (!finding.fix.empty()) out += wrapped(finding.fix, 17, "            fix: ");
    return out;
}

std::string wrong_section(const DemoStudy& study) {
    std::string out = report::heading("1. What is wrong with it");
    for (const planner::Finding& finding : study.findings) out += finding_line(finding);
    return out;
}

std::string rack_section(const DemoStudy& study) {
    const models::Fleet& fleet = study.opened.a_case.fleet;
    const models::Verdict& verdict = study.rack_at_a_time.verdict;
    const models::RuleResult& min_isr = verdict.rule(Rule::min_isr);
    std::string out = report::heading("2. A whole rack at a time");
    if (!min_isr.broken()) {
        return out + wrapped(fmt::format("takes {} and breaks min ISR nowhere.",
                                         duration_text(verdict.makespan)));
    }
    out +=
        wrapped(fmt::format("takes {} and breaks min ISR: {} fall under their floor, first at {}, "
                            "together for {} (partition time: summed over the partitions).",
                            duration_text(verdict.makespan),
                            count_text(min_isr.subjects, "partition", "partitions"),
                            min_isr.first ? report::clock_text(min_isr.first->at) : "-",
                            report::seconds_text(min_isr.seconds)));
    report::Table table({"cluster", "partitions", "partition time", "first at"});
    for (const models::ClusterTimes& cluster : verdict.clusters) {
        if (cluster.under_floor == 0) continue;
        table.add({report::cluster_name(fleet, cluster.cluster),
                   count_text(cluster.under_floor),
                   report::seconds_text(cluster.under_floor_seconds),
                   report::clock_text(cluster.under_floor_at)});
    }
    out += "\n" + table.text();
    if (min_isr.first) {
        std::vector<models::RuleResult> only(models::rule_count);
        only[static_cast<std::size_t>(Rule::min_isr)] = min_isr;
        out += "\n" + report::breaches_text(study.opened.a_case, only);
    }
    return out;
}

std::string accepted_lines(const models::Verdict& verdict) {
    std::string out;
    for (std::size_t r = 0; r < verdict.accepted.size(); ++r) {
        if (!verdict.accepted[r].broken()) continue;
        const auto rule = static_cast<Rule>(r);
        out += wrapped(
            fmt::format(
                "{}: {}", report::rule_title(rule), report::broken_text(rule, verdict.accepted[r])),
            6,
            "    ");
    }
    return out.empty() ? out : "\n  what the case accepts, and so not counted above:\n" + out;
}

std::string plan_section(const DemoStudy& study) {
    std::string out = report::heading("3. The fastest safe schedule found");
    const planner::PlanResult& best = study.best;
    if (!study.planned()) return out + wrapped("none: " + best.reason);
    const std::string makespan = duration_text(best.verdict.makespan);
    out += wrapped(
        best.certificate
            ? fmt::format("{}; no plan with this gate can be faster than {}, so it is at most {} "
                          "from the best possible.",
                          makespan,
                          duration_text(best.bound.value),
                          report::percent_text(best.gap))
            : fmt::format("{}; {}.", makespan, best.reason));
    out += wrapped("bound: " + best.bound.reason, 2, "");
    report::Table table({"", "makespan", "safe", "under floor", "at floor at once"});
    const auto add = [&](const char* name, const planner::PlanResult& result) {
        if (result.plan.clusters.empty()) return;
        table.add({name,
                   duration_text(result.verdict.makespan),
                   result.verdict.safe() ? "yes" : "NO",
                   count_text(result.verdict.rule(Rule::min_isr).subjects),
                   count_text(result.verdict.peak_at_floor)});
    };
    add("rack at a time", study.rack_at_a_time);
    add("one at a time", study.one_at_a_time);
    add("greedy batches", study.greedy);
    add("rollcast", best);
    out += "\n" + table.text() + "\n";
    out += report::margin_text(study.opened.a_case.fleet, best.verdict.margin);
    out += accepted_lines(best.verdict);
    return out;
}

/// The makespan, and how much later that is than without the fault.
std::string makespan_text(sim::Duration with_fault, sim::Duration nominal) {
    if (with_fault <= nominal) return duration_text(with_fault) + " as without it";
    return fmt::format(
        "{} ({} later)", duration_text(with_fault), duration_text(with_fault - nominal));
}

std::string fault_paragraph(const DemoStudy& study, const FaultStudy& fault) {
    const models::Fleet& fleet = study.opened.a_case.fleet;
    const std::string when = fault.fault.trigger.at
                                 ? "at " + report::clock_text(*fault.fault.trigger.at) + ", "
                                 : std::string();
    std::string out = wrapped(fmt::format("{}: {}, {}{}",
                                          fault.fault.name,
                                          report::fault_text(fleet, fault.fault),
                                          when,
                                          fault.why_there),
                              2,
                              "");
    std::uint64_t held = 0;
    std::uint64_t answered = 0;
    for (int r = 0; r < models::rule_count; ++r) {
        const auto rule = static_cast<Rule>(r);
        const models::RuleResult& result = fault.verdict.rule(rule);
        answered += result.answer == models::Answer::held || result.broken() ? 1 : 0;
        held += result.answer == models::Answer::held ? 1 : 0;
        if (result.broken()) {
            out += wrapped(
                fmt::format("{}: {}", report::rule_title(rule), report::broken_text(rule, result)),
                14,
                "      breaks  ");
        }
        if (result.answer == models::Answer::estimated && result.worst > 0.0) {
            out += wrapped(
                fmt::format(
                    "{}: {}", report::rule_title(rule), report::expected_text(rule, result)),
                14,
                "      expects ");
        }
    }
    std::string end = makespan_text(fault.verdict.makespan, study.best.verdict.makespan);
    if (fault.verdict.unfinished != models::Unfinished::no) {
        end = fmt::format("not finished: {}", report::unfinished_text(fault.verdict.unfinished));
    }
    if (!fault.effect.empty()) end = fault.effect + "; " + end;
    out += wrapped(
        fmt::format("{} of {} answered rules; {}", held, answered, end), 14, "      holds   ");
    return out;
}

std::string fault_section(const DemoStudy& study) {
    std::string out = report::heading("4. The same plan, when something fails at the worst moment");
    if (study.faults.empty()) return out + "not tried\n";
    for (const FaultStudy& fault : study.faults) out += fault_paragraph(study, fault);
    return out;
}

std::string next_section(const report::Provenance& provenance) {
    std::string out = report::heading("5. Next");
    for (const auto& [command, what] : next_commands) {
        out += fmt::format("  {}\n      {}\n", command, what);
    }
    return out + "\n" +
           wrapped(fmt::format("{}    (seed {})", provenance.reproduce, provenance.seed),
                   13,
                   "reproduce:   ");
}

}  // namespace

std::string demo_text(const DemoStudy& study, const report::Provenance& provenance) {
    return introduction(study, provenance) + "\n" + wrong_section(study) + "\n" +
           rack_section(study) + "\n" + plan_section(study) + "\n" + fault_section(study) + "\n" +
           next_section(provenance);
}

report::Json demo_document(const DemoStudy& study, const report::Provenance& provenance) {
    using report::Json;
    const models::Case& a_case = study.opened.a_case;
    Json out = report::plan_document(a_case, study.best, provenance);
    out["findings"] = report::findings_json(study.findings);

    std::vector<report::Compared> compared;
    for (const planner::PlanResult* result :
         {&study.rack_at_a_time, &study.one_at_a_time, &study.greedy, &study.best}) {
        if (result->plan.clusters.empty()) continue;
        compared.push_back(report::compared(
            result->plan.name, result->verdict, planner::gate_kept(a_case, result->plan)));
    }
    out["comparison"] = report::comparison_json(compared);

    const models::Verdict& rack = study.rack_at_a_time.verdict;
    Json clusters = Json::array();
    for (const models::ClusterTimes& cluster : rack.clusters) {
        if (cluster.under_floor == 0) continue;
        clusters.push_back({{"cluster", report::cluster_name(a_case.fleet, cluster.cluster)},
                            {"partitions", cluster.under_floor},
                            {"partition_seconds", report::json_number(cluster.under_floor_seconds)},
                            {"first_at_s", report::json_seconds(cluster.under_floor_at)}});
    }
    out["rack_at_a_time"] = {{"ok", rack.safe()},
                             {"makespan_s", report::json_seconds(rack.makespan)},
                             {"violations", report::breaches_json(a_case, rack.rules)},
                             {"clusters", std::move(clusters)}};

    out["faults"] = Json::array();
    for (const FaultStudy& study_of : study.faults) {
        models::Case with_fault;  // only what names and causes need
        with_fault.fleet = a_case.fleet;
        with_fault.faults = {study_of.fault};
        out["faults"].push_back(
            {{"name", study_of.fault.name},
             {"text", report::fault_text(a_case.fleet, study_of.fault)},
             {"ok", study_of.verdict.safe()},
             {"makespan_s", report::json_seconds(study_of.verdict.makespan)},
             {"rules", report::rules_json(study_of.verdict)},
             {"violations", report::breaches_json(with_fault, study_of.verdict.rules)},
             {"totals", report::totals_json(study_of.verdict)}});
    }
    out["next"] = Json::array();
    for (const auto& [command, what] : next_commands) out["next"].push_back(command);
    return out;
}

}  // namespace rollcast::cli
