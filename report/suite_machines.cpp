#include "report/suite_machines.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "report/suite_baseline.hpp"
#include "report/xml_text.hpp"
#include "scenarios/suite/result_metrics.hpp"

namespace rollcast::report {
namespace {

using scenarios::Diagnostic;
using scenarios::SuiteRun;

/// The runs of one file with their number of failures, as a test suite.
struct JunitSuite {
    std::string cases;
    std::size_t tests = 0;
    std::size_t failures = 0;
    std::size_t errors = 0;
    std::size_t skipped = 0;
};

/// By scenario file: the schema of Jenkins knows the file of a suite, and none of a case.
using JunitSuites = std::map<std::string, JunitSuite>;

std::string junit_case(const std::string& family,
                       const std::string& name,
                       const std::string& inside) {
    return fmt::format("    <testcase classname=\"rollcast.{}\" name=\"{}\"{}\n",
                       xml_escaped(family),
                       xml_escaped(name),
                       inside.empty() ? "/>" : ">" + inside + "</testcase>");
}

/// The id without its family: that is the class.
std::string junit_name(const SuiteResult& result, const SuiteRun& run) {
    const scenarios::SuiteCase& c = result.case_of(run);
    return fmt::format("{} (seed {})", c.id.substr(c.family.size() + 1), run.seed);
}

void add_junit_run(const SuiteResult& result, const SuiteRun& run, JunitSuite& into) {
    const scenarios::SuiteCase& c = result.case_of(run);
    std::string inside;
    if (!run.done) {
        inside = "<skipped message=\"the suite was ended before\"/>";
        ++into.skipped;
    } else if (!run.passed()) {
        const SuiteFailure first = failures_of(result, run).front();
        inside = fmt::format("<{0} type=\"{1}\" message=\"{2}\">{3}</{0}>",
                             first.crashed ? "error" : "failure",
                             first.crashed       ? "internal error"
                             : first.met_without ? "control"
                                                 : "expectation",
                             xml_escaped(first.text),
                             xml_escaped(failure_body(result, run)));
        ++(first.crashed ? into.errors : into.failures);
    }
    ++into.tests;
    into.cases += junit_case(c.family, junit_name(result, run), inside);
}

void add_junit_baseline(const SuiteResult& result, JunitSuites& suites) {
    for (const scenarios::Movement& m : regressions_of(result)) {
        const scenarios::SuiteCase& c = result.suite.cases[m.case_index];
        JunitSuite& into = suites[c.file];
        ++into.tests;
        ++into.failures;
        const std::string text = xml_escaped(movement_text(m));
        into.cases += junit_case(
            "baseline",
            fmt::format("{}: {}", c.id, scenarios::result_metrics()[m.metric].name),
            fmt::format("<failure type=\"regression\" message=\"{0}\">{0}\n{1}</failure>",
                        text,
                        xml_escaped(c.teaches)));
    }
}

Json sarif_location(const Diagnostic& place) {
    Json physical{{"artifactLocation", {{"uri", place.file}}}};
    if (place.line > 0) {
        physical["region"] = {{"startLine", place.line},
                              {"startColumn", place.column},
                              {"endColumn", std::max(place.end_column, place.column + 1)}};
    }
    return Json::array({{{"physicalLocation", std::move(physical)}}});
}

Json sarif_result(const std::string& rule,
                  const std::string& message,
                  const Diagnostic& place,
                  const std::string& fingerprint) {
    Json out{{"ruleId", rule},
             {"level", place.severity == scenarios::Severity::warning ? "warning" : "error"},
             {"message", {{"text", message}}},
             {"locations", sarif_location(place)}};
    if (!fingerprint.empty()) out["partialFingerprints"] = {{"rollcast/v1", fingerprint}};
    return out;
}

Json sarif_rule(const std::string& id, const std::string& text) {
    return {{"id", id}, {"shortDescription", {{"text", text}}}};
}

/// The rule that a failure breaks, and what it says.
std::pair<std::string, std::string> sarif_rule_of(const SuiteFailure& failure) {
    if (failure.crashed) return {"internal-error", "A run broke a contract of the program: a bug."};
    if (failure.met_without) {
        return {"control-meets-expectation",
                "An expectation holds without what the scenario teaches."};
    }
    return {"expectation-failed", "A run did not show what its scenario expects."};
}

std::string code_title(std::string_view code) {
    for (const scenarios::CodeInfo& info : scenarios::all_codes()) {
        if (info.code == code) return std::string(info.title);
    }
    return std::string(code);
}

/// Of a message of a workflow command; of a property also ":" and ",".
std::string command_escaped(std::string_view text, bool property) {
    std::string out;
    for (const char c : text) {
        const bool escaped =
            c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
        out += escaped ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
    }
    return out;
}

std::string annotation(const Diagnostic& place, const std::string& title, std::string_view text) {
    return fmt::format(
        "::{} file={}{},title={}::{}\n",
        to_string(place.severity),
        command_escaped(place.file, true),
        place.line > 0 ? fmt::format(",line={},col={}", place.line, place.column) : std::string(),
        command_escaped(title, true),
        command_escaped(text, false));
}

/// A path as the URI of an artifact: what RFC 3986 does not let stand in one is escaped.
std::string uri_escaped(std::string_view path) {
    std::string out = path.starts_with('/') ? "file://" : "";
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain =
            byte < 0x80 && (std::isalnum(byte) != 0 ||
                            std::string_view("-._~/").find(c) != std::string_view::npos);
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
    }
    return out;
}

Diagnostic with_uri(Diagnostic place) {
    place.file = uri_escaped(place.file);
    return place;
}

}  // namespace

std::string suite_junit(const SuiteResult& result) {
    JunitSuites suites;
    for (const SuiteRun& run : result.runs) {
        add_junit_run(result, run, suites[result.case_of(run).file]);
    }
    for (const scenarios::RefusedScenario& refused : result.suite.refused) {
        JunitSuite& into = suites[refused.file];
        ++into.tests;
        ++into.errors;
        into.cases +=
            junit_case("refused",
                       refused.file,
                       fmt::format("<error type=\"bad input\" message=\"{}\">{}</error>",
                                   xml_escaped(refused.problems.front().message),
                                   xml_escaped(scenarios::render(std::span(refused.problems),
                                                                 scenarios::others_run))));
    }
    add_junit_baseline(result, suites);
    const SuiteCounts counts = count(result);
    std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    text +=
        fmt::format("<testsuites name=\"rollcast\" tests=\"{}\" failures=\"{}\" errors=\"{}\">\n",
                    counts.runs + counts.refused + counts.worse,
                    counts.failed + counts.worse,
                    counts.refused + counts.crashed);
    for (const auto& [file, suite] : suites) {
        text += fmt::format(
            "  <testsuite name=\"{0}\" file=\"{0}\" tests=\"{1}\" failures=\"{2}\" errors=\"{3}\" "
            "skipped=\"{4}\">\n{5}  </testsuite>\n",
            xml_escaped(file),
            suite.tests,
            suite.failures,
            suite.errors,
            suite.skipped,
            suite.cases);
    }
    return text + "</testsuites>\n";
}

std::string suite_sarif(const SuiteResult& result, const std::string& tool_version) {
    Json results = Json::array();
    std::map<std::string, std::string> rules;
    for (const SuiteRun& run : result.runs) {
        for (const SuiteFailure& failure : failures_of(result, run)) {
            const auto [rule, meaning] = sarif_rule_of(failure);
            rules[rule] = meaning;
            results.push_back(
                sarif_result(rule,
                             fmt::format("{}: {}\nreproduce: {}",
                                         run_name(result, run),
                                         failure.text,
                                         reproduce_run(result, run)),
                             with_uri(failure.place),
                             fmt::format("{}#{}", run_name(result, run), failure.expectation)));
        }
    }
    for (const scenarios::RefusedScenario& refused : result.suite.refused) {
        for (const Diagnostic& problem : refused.problems) {
            rules[problem.code] = code_title(problem.code);
            results.push_back(sarif_result(
                problem.code, problem.message + "\nhelp: " + problem.help, with_uri(problem), ""));
        }
    }
    for (const scenarios::Movement& m : regressions_of(result)) {
        const scenarios::SuiteCase& c = result.suite.cases[m.case_index];
        rules["worse-than-baseline"] = "A metric of a scenario is worse than it was.";
        results.push_back(
            sarif_result("worse-than-baseline",
                         fmt::format("{}: {}", c.id, movement_text(m)),
                         with_uri(c.places.front()),
                         fmt::format("{}#{}", c.id, scenarios::result_metrics()[m.metric].name)));
    }
    Json rule_list = Json::array();
    for (const auto& [id, text] : rules) rule_list.push_back(sarif_rule(id, text));
    const Json document{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                        {"version", "2.1.0"},
                        {"runs",
                         Json::array({{{"tool",
                                        {{"driver",
                                          {{"name", "rollcast"},
                                           {"version", tool_version},
                                           {"rules", std::move(rule_list)}}}}},
                                       {"columnKind", "unicodeCodePoints"},
                                       {"results", std::move(results)}}})}};
    return document_text(document);
}

std::string suite_annotations(const SuiteResult& result) {
    std::string text;
    for (const SuiteRun& run : result.runs) {
        for (const SuiteFailure& failure : failures_of(result, run)) {
            text += annotation(failure.place,
                               run_name(result, run),
                               failure.text + "\nreproduce: " + reproduce_run(result, run));
        }
    }
    for (const scenarios::Movement& m : regressions_of(result)) {
        const scenarios::SuiteCase& c = result.suite.cases[m.case_index];
        text += annotation(c.places.front(), c.id + " is worse", movement_text(m));
    }
    for (const scenarios::RefusedScenario& refused : result.suite.refused) {
        for (const Diagnostic& problem : refused.problems) {
            text += annotation(problem, problem.code, problem.message + "\nhelp: " + problem.help);
        }
    }
    return text;
}

}  // namespace rollcast::report
