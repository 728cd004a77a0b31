#include "report/suite_text.hpp"

#include <map>
#include <span>

#include <fmt/format.h>

#include "report/layout.hpp"
#include "report/markdown.hpp"
#include "report/suite_baseline.hpp"
#include "report/verdict_json.hpp"
#include "report/words.hpp"
#include "scenarios/suite/result_metrics.hpp"

namespace rollcast::report {
namespace {

struct FamilyRow {
    std::size_t cases = 0;
    std::size_t runs = 0;
    std::size_t failed = 0;
};

/// By name of the family.
std::map<std::string, FamilyRow> family_rows(const SuiteResult& result) {
    std::map<std::string, FamilyRow> rows;
    for (const scenarios::SuiteCase& c : result.suite.cases) ++rows[c.family].cases;
    for (const scenarios::SuiteRun& run : result.runs) {
        FamilyRow& row = rows[result.case_of(run).family];
        ++row.runs;
        row.failed += run.done && !run.passed() ? 1 : 0;
    }
    return rows;
}

/// What a scenario says, without what a terminal or a log reads as its own: a line that begins with
/// "::" is a command to GitHub.
std::string shown(std::string_view text) { return scenarios::printable(text, 10'000); }

std::string counts_text(const SuiteCounts& counts) {
    std::string text = fmt::format("{}, {}: {} passed, {} failed",
                                   count_text(counts.cases, "case", "cases"),
                                   count_text(counts.runs, "run", "runs"),
                                   count_text(counts.passed),
                                   count_text(counts.failed));
    if (counts.not_run > 0) text += fmt::format(", {} not run", count_text(counts.not_run));
    if (counts.refused > 0) {
        text += fmt::format(", {} refused", count_text(counts.refused, "file", "files"));
    }
    if (counts.crashed > 0) text += fmt::format(", {} crashed", count_text(counts.crashed));
    if (counts.worse > 0) text += fmt::format(", {} worse", count_text(counts.worse));
    return text;
}

/// As a block of code, whose fence is longer than any in it.
std::string code_block(const std::string& text) {
    std::string fence = "```";
    while (text.find(fence) != std::string::npos) fence += '`';
    return fence + "\n" + text + fence + "\n";
}

Json expectation_json(const scenarios::SuiteCase& c,
                      const scenarios::SuiteRun& run,
                      std::size_t e) {
    const scenarios::Expectation& expectation = c.expectations[e];
    Json out{{"metric", scenarios::result_metrics()[expectation.metric].name},
             {"text", scenarios::expectation_text(expectation)},
             {"held", run.judged[e].held},
             {"actual", scenarios::metric_json(run.judged[e].actual)},
             {"guard", expectation.guard}};
    if (e < run.met_without.size()) out["met_without"] = bool(run.met_without[e]);
    out["file"] = c.places[e].file;
    out["line"] = c.places[e].line;
    out["column"] = c.places[e].column;
    return out;
}

Json run_json(const SuiteResult& result, const scenarios::SuiteRun& run) {
    const scenarios::SuiteCase& c = result.case_of(run);
    Json out{{"seed", run.seed}, {"done", run.done}, {"passed", run.passed()}};
    if (!run.done) return out;
    if (!run.crashed.empty()) out["crashed"] = run.crashed;
    out["expectations"] = Json::array();
    for (std::size_t e = 0; e < run.judged.size(); ++e) {
        out["expectations"].push_back(expectation_json(c, run, e));
    }
    Json metrics = Json::object();
    for (std::size_t m = 0; m < run.metrics.size(); ++m) {
        if (run.metrics[m].index() == 0) continue;
        metrics[scenarios::result_metrics()[m].name] = scenarios::metric_json(run.metrics[m]);
    }
    out["metrics"] = std::move(metrics);
    out["trace_hash"] = hash_text(run.trace_hash);
    if (!run.passed()) out["reproduce"] = reproduce_run(result, run);
    return out;
}

}  // namespace

std::string suite_text(const SuiteResult& result) {
    const SuiteCounts counts = count(result);
    std::string text = counts_text(counts) + "\n\n";
    Table table({"family", "cases", "runs", "failed"});
    for (const auto& [name, row] : family_rows(result)) {
        table.add({name, count_text(row.cases), count_text(row.runs), count_text(row.failed)});
    }
    text += table.text();
    if (result.baseline != nullptr) text += "\n" + baseline_text(result);
    for (const scenarios::SuiteRun& run : result.runs) {
        if (!run.done || run.passed()) continue;
        text += "\n" + wrapped(run_name(result, run), 2, "failed: ");
        text += wrapped(shown(result.case_of(run).teaches), 2);
        for (const SuiteFailure& failure : failures_of(result, run)) {
            text += wrapped(shown(failure.text), 4, "  - ");
            if (!failure.because.empty()) text += wrapped("because: " + shown(failure.because), 4);
            text += fmt::format(
                "    {}:{}:{}\n", failure.place.file, failure.place.line, failure.place.column);
        }
        text += wrapped(reproduce_run(result, run), 15, "    reproduce: ");
    }
    for (const scenarios::RefusedScenario& refused : result.suite.refused) {
        text += "\n" + wrapped(refused.file + ": its problems are on stderr", 2, "refused: ");
    }
    return text;
}

std::string suite_list(const scenarios::Suite& suite) {
    std::string text;
    for (const scenarios::SuiteCase& c : suite.cases) {
        text += wrapped(shown(c.id), 2, "") + wrapped(shown(c.teaches), 4);
    }
    return text;
}

std::string suite_markdown(const SuiteResult& result) {
    const SuiteCounts counts = count(result);
    std::string text = fmt::format(
        "## rollcast suite: {}\n\n{}\n\n", counts.ok() ? "passed" : "failed", counts_text(counts));
    text += "| family | cases | runs | failed |\n|---|--:|--:|--:|\n";
    for (const auto& [name, row] : family_rows(result)) {
        text += fmt::format(
            "| {} | {} | {} | {} |\n", markdown_escaped(name), row.cases, row.runs, row.failed);
    }
    if (result.baseline != nullptr) text += "\n" + code_block(baseline_text(result));
    for (const scenarios::SuiteRun& run : result.runs) {
        if (!run.done || run.passed()) continue;
        text += fmt::format("\n### {}\n\n{}\n",
                            markdown_escaped(run_name(result, run)),
                            markdown_escaped(result.case_of(run).teaches));
        std::string details;
        for (const SuiteFailure& failure : failures_of(result, run)) {
            details += fmt::format("{}\n  at {}:{}\n",
                                   shown(failure.text),
                                   shown(failure.place.file),
                                   failure.place.line);
        }
        text += "\n" + code_block(details + reproduce_run(result, run) + "\n");
    }
    for (const scenarios::RefusedScenario& refused : result.suite.refused) {
        text += fmt::format("\n### refused: {}\n\n", markdown_escaped(refused.file));
        text += code_block(scenarios::render(std::span(refused.problems), scenarios::others_run));
    }
    return text;
}

Json suite_document(const SuiteResult& result, const Provenance& provenance) {
    const SuiteCounts counts = count(result);
    Json document{{"schema_version", schema_version},
                  {"summary",
                   {{"ok", counts.ok()},
                    {"cases", counts.cases},
                    {"runs", counts.runs},
                    {"passed", counts.passed},
                    {"failed", counts.failed},
                    {"not_run", counts.not_run},
                    {"refused", counts.refused},
                    {"crashed", counts.crashed},
                    {"worse_than_baseline", counts.worse}}}};
    Json cases = Json::array();
    for (const scenarios::SuiteCase& c : result.suite.cases) {
        cases.push_back({{"id", c.id},
                         {"file", c.file},
                         {"teaches", c.teaches},
                         {"tags", c.tags},
                         {"fingerprint", c.fingerprint},
                         {"runs", Json::array()}});
    }
    for (const scenarios::SuiteRun& run : result.runs) {
        cases[run.case_index]["runs"].push_back(run_json(result, run));
    }
    document["cases"] = std::move(cases);
    document["refused"] = Json::array();
    for (const scenarios::RefusedScenario& refused : result.suite.refused) {
        document["refused"].push_back(
            {{"file", refused.file}, {"problems", to_json(std::span(refused.problems))}});
    }
    document["baseline"] = baseline_json(result);
    document["provenance"] = provenance_json(provenance);
    return document;
}

}  // namespace rollcast::report
