// The parts of a suite by themselves: quantities, expectations, journals.
#include <doctest/doctest.h>

#include "scenarios/format/formats.hpp"
#include "scenarios/suite/expectation.hpp"
#include "scenarios/suite/journal.hpp"
#include "scenarios/suite/quantity.hpp"

using namespace rollcast;
using scenarios::Dimension;
using scenarios::Expectation;
using scenarios::Json;
using scenarios::MetricValue;
using scenarios::MetricValues;

namespace {

/// The value of `text`, or -1 where it is no quantity of `dimension`.
double quantity(Dimension dimension, const std::string& text) {
    const auto parsed = scenarios::parse_quantity(dimension, text);
    return parsed ? parsed->value : -1.0;
}

/// What is wrong with one expectation: its code and pointer; empty where nothing is.
std::string expectation_problem(const Json& expectation) {
    const Json root{{"expect", Json::array({expectation})}};
    const scenarios::JsonFile file = scenarios::JsonFile::parse(root.dump(2), "s.json");
    scenarios::Problems problems(file);
    const scenarios::Reader reader(
        scenarios::expectation_record(), file.root()["expect"][0], "/expect/0");
    scenarios::read_expectations({reader}, problems);
    if (!problems.has_errors()) return "";
    const scenarios::Diagnostic d = problems.placed().front();
    CHECK(d.line > 1);
    CHECK_FALSE(d.help.empty());
    return d.code + " " + d.pointer;
}

Expectation expectation_of(const Json& expectation) {
    const scenarios::JsonFile file = scenarios::JsonFile::parse(expectation.dump(), "s.json");
    scenarios::Problems problems(file);
    const scenarios::Reader reader(scenarios::expectation_record(), file.root(), "");
    const auto read = scenarios::read_expectations({reader}, problems);
    REQUIRE(read.size() == 1);
    return read.front();
}

MetricValues makespan_of(double seconds) {
    MetricValues values(scenarios::result_metrics().size());
    values[*scenarios::result_metric_called("makespan")] = seconds;
    return values;
}

bool holds(const Json& expectation, double run, double control = 0.0) {
    return scenarios::judge(expectation_of(expectation), makespan_of(run), makespan_of(control))
        .held;
}

scenarios::SuiteCase journal_case(const std::string& id) {
    scenarios::SuiteCase c;
    c.id = id;
    c.fingerprint = "f";
    return c;
}

scenarios::SuiteRun journal_run(std::uint64_t seed, double seconds) {
    scenarios::SuiteRun run;
    run.seed = seed;
    run.metrics = makespan_of(seconds);
    run.trace_hash = 0xFEDCBA9876543210ULL;
    return run;
}

}  // namespace

TEST_CASE("a quantity is a number with a unit of its dimension, or a share") {
    CHECK(quantity(Dimension::time, "2 h") == 7'200.0);
    CHECK(quantity(Dimension::time, "1.5min") == 90.0);
    CHECK(quantity(Dimension::time, "250 ms") == 0.25);
    CHECK(quantity(Dimension::time, "-10 min") == -600.0);
    CHECK(quantity(Dimension::bytes, "3 GB") == 3e9);
    CHECK(quantity(Dimension::number, "7") == 7.0);
    CHECK(quantity(Dimension::time, "5 %") == 0.05);
    for (const char* wrong : {"2", "2 GB", "h", "", "2 hours", "nan s", "inf s", "2 h h"}) {
        CAPTURE(wrong);
        CHECK(quantity(Dimension::time, wrong) == -1.0);
    }
    CHECK(quantity(Dimension::number, "7 s") == -1.0);
}

TEST_CASE("quantities are shown in the largest unit that fits") {
    CHECK(scenarios::quantity_text(Dimension::time, 5'400) == "1.5 h");
    CHECK(scenarios::quantity_text(Dimension::time, 0.004) == "0.004 s");
    CHECK(scenarios::quantity_text(Dimension::time, -120) == "-2 min");
    CHECK(scenarios::quantity_text(Dimension::bytes, 4.815e11) == "481.5 GB");
    CHECK(scenarios::quantity_text(Dimension::number, 72) == "72");
}

TEST_CASE("what is wrong with an expectation is said at its place") {
    const auto with = [](const char* metric, const char* is, const Json& value) {
        return Json{{"metric", metric}, {"is", is}, {"value", value}};
    };
    CHECK(expectation_problem(with("makespan", "<=", "2 h")).empty());
    CHECK(expectation_problem(with("makespann", "<=", "2 h")) == "RC0304 /expect/0/metric");
    CHECK(expectation_problem(with("makespan", "<=", 2)) == "RC0701 /expect/0/value");
    CHECK(expectation_problem(with("makespan", "<=", "2")) == "RC0701 /expect/0/value");
    CHECK(expectation_problem(with("makespan", "<=", "2 GB")) == "RC0701 /expect/0/value");
    CHECK(expectation_problem(with("makespan", "<=", "5 %")) == "RC0701 /expect/0/value");
    CHECK(expectation_problem(with("isr_shrinks", "<=", "3 s")) == "RC0701 /expect/0/value");
    CHECK(expectation_problem(with("safe", "==", "yes")) == "RC0202 /expect/0/value");
    CHECK(expectation_problem(with("safe", "<", true)) == "RC0205 /expect/0/is");
    CHECK(expectation_problem(with("min_isr.answer", "==", "hold")) == "RC0302 /expect/0/value");
    Json tolerance = with("makespan", "==", "2 h");
    tolerance["tolerance"] = 5;
    CHECK(expectation_problem(tolerance) == "RC0701 /expect/0/tolerance");
    Json word = with("unfinished", "==", "no");
    word["tolerance"] = "5 %";
    CHECK(expectation_problem(word) == "RC0205 /expect/0/tolerance");
    Json difference = with("safe", "==", true);
    difference["against"] = "without";
    CHECK(expectation_problem(difference) == "RC0205 /expect/0/against");
}

TEST_CASE("an expectation holds within its tolerance, and against the control by the difference") {
    const auto with = [](const char* is, const char* value, const char* tolerance) {
        Json out{{"metric", "makespan"}, {"is", is}, {"value", value}};
        if (*tolerance != '\0') out["tolerance"] = tolerance;
        return out;
    };
    CHECK(holds(with("<=", "100 s", ""), 100));
    CHECK_FALSE(holds(with("<=", "100 s", ""), 100.1));
    CHECK(holds(with("<=", "100 s", "5 %"), 105));
    CHECK_FALSE(holds(with("<=", "100 s", "5 %"), 105.1));
    CHECK_FALSE(holds(with("<", "100 s", ""), 100));
    CHECK(holds(with("==", "100 s", "2 s"), 98));
    CHECK_FALSE(holds(with("==", "100 s", "2 s"), 97.9));
    CHECK(holds(with("!=", "100 s", "2 s"), 97.9));
    CHECK(holds(with(">=", "100 s", "2 s"), 98));
    Json difference = with(">=", "10 s", "");
    difference["against"] = "without";
    CHECK(holds(difference, 110, 100));
    CHECK_FALSE(holds(difference, 109, 100));
    // What is not answered holds nothing.
    const MetricValues silent(scenarios::result_metrics().size());
    CHECK_FALSE(scenarios::judge(expectation_of(with("!=", "1 s", "")), silent, {}).held);
}

TEST_CASE("a metric has one name, and a value comes back from JSON with all its bits") {
    const auto& metrics = scenarios::result_metrics();
    for (std::size_t m = 0; m < metrics.size(); ++m) {
        CHECK(scenarios::result_metric_called(metrics[m].name) == m);
        CHECK_FALSE(metrics[m].meaning.empty());
    }
    for (const MetricValue& value : {MetricValue{true},
                                     MetricValue{0.1 + 0.2},
                                     MetricValue{1e300},
                                     MetricValue{std::string("no")},
                                     MetricValue{}}) {
        const std::string text = scenarios::metric_json(value).dump();
        CHECK(scenarios::metric_value(Json::parse(text)) == value);
    }
}

TEST_CASE("a journal gives back what was finished, wherever its last line was cut") {
    const std::string first =
        scenarios::journal_line(journal_case("a"), journal_run(1, 100.1), "1.0");
    const std::string second =
        scenarios::journal_line(journal_case("a"), journal_run(2, 200.2), "1.0");
    for (std::size_t cut = 0; cut <= second.size(); ++cut) {
        const std::string text = first + second.substr(0, cut);
        const scenarios::Journal journal(text, "j", "1.0");
        CHECK(journal.size() == (cut == second.size() ? 2 : 1));
        scenarios::SuiteRun run;
        run.seed = 1;
        REQUIRE(journal.recall(journal_case("a"), run));
        CHECK(run.metrics == makespan_of(100.1));
        CHECK(run.trace_hash == 0xFEDCBA9876543210ULL);
        CHECK(scenarios::whole_lines(text) ==
              first.size() + (cut == second.size() ? second.size() : 0));
    }
}

TEST_CASE("a journal knows nothing of other scenarios, seeds and versions") {
    const std::string line = scenarios::journal_line(journal_case("a"), journal_run(1, 100), "1.0");
    const scenarios::Journal journal(line, "j", "1.0");
    scenarios::SuiteRun run;
    run.seed = 2;
    CHECK_FALSE(journal.recall(journal_case("a"), run));
    run.seed = 1;
    CHECK_FALSE(journal.recall(journal_case("b"), run));
    scenarios::SuiteCase changed = journal_case("a");
    changed.fingerprint = "g";
    CHECK_FALSE(journal.recall(changed, run));
    CHECK(scenarios::Journal(line, "j", "1.1").size() == 0);
    CHECK_THROWS_AS(scenarios::Journal("{}\n", "j", "1.0"), scenarios::InputError);
    CHECK_THROWS_AS(scenarios::Journal("no JSON\n" + line, "j", "1.0"), scenarios::InputError);
}
