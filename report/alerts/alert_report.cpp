#include "report/alerts/alert_report.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "report/layout.hpp"
#include "report/markdown.hpp"
#include "report/names.hpp"
#include "report/verdict_json.hpp"
#include "report/words.hpp"
#include "report/xml_text.hpp"
#include "scenarios/format/diagnostic.hpp"

namespace rollcast::report {
namespace {

using scenarios::printable;
using sim::Instant;

constexpr std::size_t name_columns = 34;  // of an alert in the table

/// The stretches of one alert together.
struct AlertRow {
    Instant first = Instant::never();
    sim::Duration firing{};
    std::size_t times = 0;
    std::set<models::ClusterId> clusters;
    bool pages = false;
    bool open = false;
    std::size_t expected = 0;
};

std::map<std::string, AlertRow> alert_rows(const AlertReport& alerts) {
    std::map<std::string, AlertRow> rows;
    for (const JudgedAlert& one : alerts.judgement.alerts) {
        AlertRow& row = rows[one.alert.name];
        row.first = std::min(row.first, one.alert.fired);
        ++row.times;
        row.open = row.open || one.alert.resolved == Instant::never();
        if (one.alert.resolved != Instant::never()) {
            row.firing = std::max(row.firing, one.alert.resolved - one.alert.fired);
        }
        if (one.cluster.exists()) row.clusters.insert(one.cluster);
        row.pages = row.pages || (one.pages && !one.expected);
        row.expected += one.expected ? 1 : 0;
    }
    return rows;
}

std::string where_text(const AlertReport& alerts, const AlertRow& row) {
    if (row.clusters.empty()) return "";
    if (row.clusters.size() > 1) return count_text(row.clusters.size()) + " clusters";
    return printable(cluster_name(alerts.a_case.fleet, *row.clusters.begin()), 16);
}

std::string what_of_it(const AlertRow& row) {
    if (row.expected == row.times) return "expected";
    return row.pages ? "PAGES" : "tells";
}

std::string fired_text(const AlertReport& alerts) {
    const std::map<std::string, AlertRow> rows = alert_rows(alerts);
    if (rows.empty()) return "no alert fires\n";
    Table table({"alert", "first", "longest", "times", "where", ""});
    for (const auto& [name, row] : rows) {
        table.add({printable(name, name_columns),
                   clock_text(row.first),
                   row.open ? "to the end" : duration_text(row.firing),
                   count_text(row.times),
                   where_text(alerts, row),
                   what_of_it(row)});
    }
    return table.text();
}

std::string failure_line(const Failure& failure) {
    if (failure.at == Instant::never()) return "it does not strike in this run";
    const std::string at = clock_text(failure.at);
    if (!failure.changes_run && failure.told_by.empty()) return at + ", and changes nothing";
    if (failure.told_by.empty()) return at + ": NOBODY IS TOLD";
    std::string text = fmt::format("{}: told by {}", at, printable(failure.told_by));
    text += failure.told_at > failure.at
                ? fmt::format(" after {}", duration_text(failure.told_at - failure.at))
                : ", which fires by then";
    if (failure.paged_by.empty()) {
        text += "; nobody is paged";
    } else if (failure.paged_by != failure.told_by) {
        text += fmt::format("; paged by {}", printable(failure.paged_by));
    }
    return text;
}

std::string status_text(const RuleStatus& status) {
    if (!status.broken.empty()) return "broken: " + status.broken;
    if (!status.missing.empty()) {
        return "not evaluated: not simulated is " + listed(status.missing, 6);
    }
    return "not needed: the simulation gives this series itself";
}

std::string not_run_text(const AlertReport& alerts) {
    std::string text;
    for (const RuleStatus& status : alerts.rules) {
        if (status.runs()) continue;
        text += wrapped(fmt::format("{} ({}:{})",
                                    printable(status.rule.name()),
                                    printable(status.rule.file),
                                    status.rule.line),
                        4,
                        "  ");
        text += wrapped(printable(status_text(status), 400), 4);
    }
    return text;
}

Json failure_json(const Failure& failure) {
    return {{"what", failure.what},
            {"at_s", json_seconds(failure.at)},
            {"changes_run", failure.changes_run},
            {"silent", failure.silent()},
            {"told_by", failure.told_by},
            {"told_at_s", json_seconds(failure.told_at)},
            {"paged_by", failure.paged_by}};
}

Json alert_json(const AlertReport& alerts, const JudgedAlert& one) {
    Json labels = Json::object();
    for (const Label& label : one.alert.labels) labels[label.name] = label.value;
    Json cluster = nullptr;
    if (one.cluster.exists()) cluster = cluster_name(alerts.a_case.fleet, one.cluster);
    return {{"alert", one.alert.name},
            {"labels", std::move(labels)},
            {"cluster", std::move(cluster)},
            {"fired_s", json_seconds(one.alert.fired)},
            {"resolved_s", json_seconds(one.alert.resolved)},
            {"pages", one.pages},
            {"expected", one.expected},
            {"without_faults", one.anyway}};
}

Json rule_status_json(const RuleStatus& status) {
    Json out{{"name", status.rule.name()},
             {"group", status.rule.group},
             {"file", status.rule.file},
             {"line", status.rule.line},
             {"evaluated", status.runs()}};
    if (!status.broken.empty()) out["broken"] = status.broken;
    if (!status.missing.empty()) out["not_simulated"] = status.missing;
    if (status.simulated) out["given_by_simulation"] = true;
    return out;
}

/// The test cases of one class, and how many of them did not pass.
class JunitCases {
public:
    void add(const std::string& kind,
             const std::string& name,
             const std::string& element,
             const std::string& text) {
        ++tests_;
        failures_ += element == "failure" ? 1 : 0;
        errors_ += element == "error" ? 1 : 0;
        skipped_ += element == "skipped" ? 1 : 0;
        cases_ += fmt::format("    <testcase classname=\"rollcast.alerts.{}\" name=\"{}\"",
                              xml_escaped(kind),
                              xml_escaped(name));
        if (element.empty()) {
            cases_ += "/>\n";
            return;
        }
        cases_ +=
            fmt::format("><{0} message=\"{1}\">{1}</{0}></testcase>\n", element, xml_escaped(text));
    }
    std::string text() const {
        const std::string counts =
            fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\"", tests_, failures_, errors_);
        return fmt::format(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites name=\"rollcast\" {0}>\n"
            "  <testsuite name=\"alerts\" {0} skipped=\"{1}\">\n{2}  </testsuite>\n"
            "</testsuites>\n",
            counts,
            skipped_,
            cases_);
    }

private:
    std::size_t tests_ = 0;
    std::size_t failures_ = 0;
    std::size_t errors_ = 0;
    std::size_t skipped_ = 0;
    std::string cases_;
};

}  // namespace

std::string alerts_text(const AlertReport& alerts) {
    const std::vector<RuleStatus>& rules = alerts.rules;
    const auto run = static_cast<std::size_t>(std::count_if(
        rules.begin(), rules.end(), [](const RuleStatus& status) { return status.runs(); }));
    std::string text = wrapped(fmt::format("{} of {} evaluated by {}; {} pages",
                                           count_text(run),
                                           count_text(rules.size(), "rule", "rules"),
                                           alerts.engine,
                                           printable(alerts.page_rule)));
    text += "\nwhat fires\n" + fired_text(alerts);
    const std::string not_run = not_run_text(alerts);
    if (!not_run.empty()) text += "\nwhat was not evaluated\n" + not_run;
    text += "\nwho is told of what fails\n";
    if (alerts.judgement.failures.empty()) {
        text += "  nothing strikes, and no promise is broken\n";
    }
    for (const Failure& failure : alerts.judgement.failures) {
        text += wrapped(printable(failure.what, 400), 4, "  ") + wrapped(failure_line(failure), 4);
    }
    if (alerts.judgement.demands.empty()) return text;
    text += "\nwhat was asked for\n";
    for (const Demand& demand : alerts.judgement.demands) {
        text += wrapped(
            fmt::format("{}: {}", printable(demand.text, 200), printable(demand.found, 400)),
            9,
            demand.met ? "  ok     " : "  FAILED ");
    }
    return text;
}

Json alerts_document(const AlertReport& alerts, const Provenance& provenance) {
    const AlertJudgement& judgement = alerts.judgement;
    const auto silent = std::count_if(judgement.failures.begin(),
                                      judgement.failures.end(),
                                      [](const Failure& f) { return f.silent(); });
    const auto unmet = std::count_if(
        judgement.demands.begin(), judgement.demands.end(), [](const Demand& d) { return !d.met; });
    const auto pages = std::count_if(judgement.alerts.begin(),
                                     judgement.alerts.end(),
                                     [](const JudgedAlert& a) { return a.pages && !a.expected; });
    Json document{{"schema_version", schema_version},
                  {"summary",
                   {{"ok", judgement.ok()},
                    {"engine", alerts.engine},
                    {"alerts", judgement.alerts.size()},
                    {"pages", pages},
                    {"silent_failures", silent},
                    {"demands_not_met", unmet}}}};
    document["failures"] = Json::array();
    for (const Failure& failure : judgement.failures) {
        document["failures"].push_back(failure_json(failure));
    }
    document["demands"] = Json::array();
    for (const Demand& demand : judgement.demands) {
        document["demands"].push_back(
            {{"text", demand.text}, {"met", demand.met}, {"found", demand.found}});
    }
    document["alerts"] = Json::array();
    for (const JudgedAlert& one : judgement.alerts) {
        document["alerts"].push_back(alert_json(alerts, one));
    }
    document["rules"] = Json::array();
    for (const RuleStatus& status : alerts.rules) {
        document["rules"].push_back(rule_status_json(status));
    }
    document["provenance"] = provenance_json(provenance);
    return document;
}

std::string alerts_markdown(const AlertReport& alerts) {
    std::string text =
        "| what fails | at | who is told | after | who is paged |\n|---|--:|---|--:|---|\n";
    for (const Failure& failure : alerts.judgement.failures) {
        const bool quiet = failure.at == Instant::never() || !failure.changes_run;
        text += fmt::format("| {} | {} | {} | {} | {} |\n",
                            markdown_escaped(failure.what),
                            failure.at == Instant::never() ? "-" : clock_text(failure.at),
                            !failure.told_by.empty() ? markdown_escaped(failure.told_by)
                            : quiet                  ? "(changes nothing)"
                                                     : "**nobody**",
                            failure.told_by.empty() ? "-"
                            : failure.told_at <= failure.at
                                ? "0 s"
                                : duration_text(failure.told_at - failure.at),
                            failure.paged_by.empty() ? "-" : markdown_escaped(failure.paged_by));
    }
    text += "\n| rule | what became of it |\n|---|---|\n";
    const std::map<std::string, AlertRow> rows = alert_rows(alerts);
    for (const RuleStatus& status : alerts.rules) {
        const auto row = rows.find(status.rule.name());
        text += fmt::format("| {} | {} |\n",
                            markdown_escaped(status.rule.name()),
                            !status.runs() ? markdown_escaped(status_text(status))
                            : row == rows.end()
                                ? "silent"
                                : fmt::format("fires {}, first at {}",
                                              count_text(row->second.times, "time", "times"),
                                              clock_text(row->second.first)));
    }
    return text;
}

std::string alerts_junit(const AlertReport& alerts, const std::string& reproduce) {
    JunitCases cases;
    for (const Demand& demand : alerts.judgement.demands) {
        cases.add("demand",
                  demand.text,
                  demand.met ? "" : "failure",
                  fmt::format("{}: {}\n{}", demand.text, demand.found, reproduce));
    }
    for (const Failure& failure : alerts.judgement.failures) {
        cases.add("failure",
                  "somebody is told: " + failure.what,
                  failure.silent() ? "failure" : "",
                  fmt::format("{}\n{}\n{}", failure.what, failure_line(failure), reproduce));
    }
    for (const RuleStatus& status : alerts.rules) {
        if (status.simulated) continue;
        cases.add("rule",
                  fmt::format("{} ({}:{})", status.rule.name(), status.rule.file, status.rule.line),
                  status.runs()            ? ""
                  : !status.broken.empty() ? "error"
                                           : "skipped",
                  status_text(status));
    }
    return cases.text();
}

}  // namespace rollcast::report
