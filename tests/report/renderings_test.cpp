#include <sstream>

#include <doctest/doctest.h>

#include "report/comparison.hpp"
#include "report/document.hpp"
#include "report/findings.hpp"
#include "report/layout.hpp"
#include "report/plan.hpp"
#include "report/verdict_text.hpp"
#include "tests/report/sample.hpp"
#include "tests/support/golden.hpp"

using namespace rollcast;
using namespace rollcast::report;
using namespace rollcast::tests;

namespace {

void check_width(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        CHECK(columns_of(line) <= line_width);
    }
}

void check_golden(const std::string& name, const std::string& actual) {
    CHECK(golden("report/" + name, actual) == actual);
}

Provenance sample_provenance() {
    return {.tool_version = "0.1.0",
            .seed = 7,
            .inputs = {{"case.json", std::string(64, 'a')}},
            .assumptions = {"racks of c01: one for each broker"},
            .reproduce = "rollcast plan -f case.json --seed 7 --json"};
}

}  // namespace

TEST_CASE("a safe verdict says so first, and names what it cannot answer") {
    const std::string text = verdict_text(sample_case(), safe_verdict());
    CHECK(text.rfind("SAFE", 0) == 0);
    CHECK(text.find("not answered") != std::string::npos);
    CHECK(text.find("estimated, none") != std::string::npos);
    CHECK(text.find("to be expected") == std::string::npos);
    check_width(text);
    check_golden("safe_verdict.txt", text);
}

TEST_CASE("a broken verdict shows each first breach with its causes, accepted ones apart") {
    const std::string text = verdict_text(sample_case(), broken_verdict());
    CHECK(text.rfind("NOT SAFE: 2 rules broken", 0) == 0);
    check_width(text);
    check_golden("broken_verdict.txt", text);
}

TEST_CASE("an estimate is told with its amount and its causes, and breaks no rule") {
    models::Verdict verdict = safe_verdict();
    verdict.rule(models::Rule::acked_loss) = broken_verdict().rule(models::Rule::acked_loss);
    const std::string text = verdict_text(sample_case(), verdict);
    CHECK(text.rfind("SAFE", 0) == 0);
    CHECK(text.find("estimated, about 1,234") != std::string::npos);
    CHECK(text.find("without c01-b1 and c01-b2") != std::string::npos);
    const Json document =
        run_document(sample_case(), sample_plan(), verdict, {}, sample_provenance());
    CHECK(document["summary"]["ok"] == true);
    CHECK(document["violations"].empty());
    CHECK(document["estimates"].size() == 2);
    CHECK(document["estimates"][0]["expected"] == 1'234.4);
    CHECK(document["estimates"][0]["first"]["causes"].size() == 4);
}

TEST_CASE("makespans of a case without rates are marked as assumed") {
    models::Case a_case = sample_case();
    a_case.rates_assumed = true;
    CHECK(verdict_text(a_case, safe_verdict()).find("(assumed") != std::string::npos);
    CHECK(plan_text(a_case, sample_result()).find("(assumed") != std::string::npos);
}

TEST_CASE("a plan shows makespan, bound, gap and when each cluster runs") {
    const std::string text = plan_text(sample_case(), sample_result());
    check_width(text);
    check_golden("plan.txt", text);
}

TEST_CASE("a plan that cannot be is a reason without a schedule") {
    planner::PlanResult result = sample_result();
    result.status = planner::PlanStatus::infeasible;
    result.reason = "2 partitions have no slack";
    result.plan = {};
    result.verdict = {};
    const std::string text = plan_text(sample_case(), result);
    CHECK(text.find("makespan") == std::string::npos);
    const Json document = plan_document(sample_case(), result, sample_provenance());
    CHECK(document["summary"]["ok"] == false);
    CHECK(document["summary"]["makespan_s"].is_null());
    CHECK(document["plan"]["status"] == "infeasible");
    CHECK(document["violations"].empty());
}

TEST_CASE("findings come with example, fix and cost") {
    const std::string text = findings_text(sample_findings());
    check_width(text);
    check_golden("findings.txt", findings_count(sample_findings()) + "\n" + text);
}

TEST_CASE("findings past the limit are counted") {
    CHECK(findings_text(sample_findings(), 1).find("...and 3 more") != std::string::npos);
}

TEST_CASE("the document of a plan has every promised field") {
    const std::string text =
        document_text(plan_document(sample_case(), sample_result(), sample_provenance()));
    const Json document = Json::parse(text);
    CHECK(document.begin().key() == "summary");
    CHECK(document["summary"]["ok"] == true);
    CHECK(document["summary"]["makespan_s"] == 200 * 60 + 20);
    CHECK(document["plan"]["status"] == "feasible");
    CHECK(document["plan"]["batches"].size() == 4 + 1);
    CHECK(document["plan"]["lower_bound_s"] == 190 * 60);
    CHECK(document["plan"]["gap"] == 0.0544);
    CHECK(document["violations"].empty());
    CHECK(document["accepted"].empty());
    CHECK(document["findings"].size() == 4);
    check_golden("plan_document.json", text);
}

TEST_CASE("the document of a run has its breaches, its accepted breaches and its margin") {
    const std::string text = document_text(run_document(
        sample_case(), sample_plan(), broken_verdict(), sample_findings(), sample_provenance()));
    const Json document = Json::parse(text);
    CHECK(document["summary"]["ok"] == false);
    CHECK(document["violations"].size() == 2);
    CHECK(document["violations"][0]["first"]["causes"].size() == 4);
    CHECK(document["accepted"].size() == 1);
    CHECK(document["margin"]["exposed_racks"] == 1);
    CHECK(document["plan"]["batches"][3]["end_s"].is_null());
    check_golden("run_document.json", text);
}

TEST_CASE("a result that a signal cut short says so and is not ok") {
    Provenance provenance = sample_provenance();
    provenance.interrupted = true;
    provenance.repeatable = false;
    const Json document =
        run_document(sample_case(), sample_plan(), safe_verdict(), {}, provenance);
    CHECK(document["summary"]["status"] == "interrupted");
    CHECK(document["summary"]["ok"] == false);
    CHECK(document["repeatable"] == false);
}

TEST_CASE("numbers that are none are null in a document") {
    CHECK(json_number(0.0 / 0.0 * 0.0).is_null());
    CHECK(json_seconds(sim::Instant::never()).is_null());
    CHECK(json_number(1.0 / 3.0) == 0.333);
}

TEST_CASE("two results are compared figure by figure") {
    const std::string text = comparison_text(
        {compared("before", broken_verdict(), true), compared("after", safe_verdict(), true)});
    CHECK(text.find("after dominates before") != std::string::npos);
    check_width(text);
    check_golden("comparison.txt", text);
}

TEST_CASE("a result whose batches do not keep the gate says so, whatever the number of results") {
    const Compared kept = compared("kept", safe_verdict(), true);
    const Compared not_kept = compared("pairs", safe_verdict(), false);
    Compared unknown = kept;
    unknown.name = "old";
    unknown.gate_kept.reset();
    const std::vector<Compared> three{kept, not_kept, unknown};
    const std::vector<Compared> six{kept, not_kept, unknown, kept, kept, kept};
    for (const std::vector<Compared>& results : {three, six}) {
        const std::string text = comparison_text(results);
        check_width(text);
        CHECK(text.find("note: a batch of pairs holds brokers") != std::string::npos);
        CHECK(text.find("a batch of kept") == std::string::npos);
        CHECK(text.find("a batch of old") == std::string::npos);
    }
    CHECK(comparison_text(three).find("batches keep the gate") != std::string::npos);
    CHECK(comparison_text(six).find("gate kept") != std::string::npos);
    const Json json = comparison_json(three);
    CHECK(json[0]["gate_kept"] == true);
    CHECK(json[1]["gate_kept"] == false);
    CHECK(json[2]["gate_kept"].is_null());
}

TEST_CASE("a result compares the same from its verdict and from its document") {
    const Json document =
        run_document(sample_case(), sample_plan(), broken_verdict(), {}, sample_provenance());
    const std::optional<Compared> read = compared("x", document);
    REQUIRE(read.has_value());
    CHECK(comparison_json({*read}) == comparison_json({compared("x", broken_verdict(), true)}));
    CHECK_FALSE(compared("x", Json::parse("[1]")).has_value());
    CHECK_FALSE(compared("x", Json::parse(R"({"summary": {"ok": "yes"}})")).has_value());
}
