// Sets of alert rules: what is read, and what is wrong with them, at its place and with its remedy.
#include <doctest/doctest.h>

#include "scenarios/format/alert_reader.hpp"
#include "scenarios/format/diagnostic.hpp"

using namespace rollcast;
using models::AlertRules;

namespace {

/// A set of one rule with these fields beside its name and failure.
std::string set_of(const std::string& fields) {
    return "{\"rollcast_alerts\": 1, \"evaluation_interval_s\": 20, \"rules\": [\n"
           "  {\"name\": \"Down\", \"failure\": \"machine\", " +
           fields + "}\n]}\n";
}

const std::string down = R"("when": {"metric": "up{job=\"kafka\"}", "is": "==", "than": 0})";

/// The first alert_problem of a set, as it is shown.
std::string alert_problem(const std::string& fields) {
    try {
        scenarios::load_alerts_text(set_of(fields), "alerts.json");
    } catch (const scenarios::InputError& error) {
        return scenarios::render(error.diagnostics().front());
    }
    return "";
}

bool says(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a set of alert rules is read with its defaults") {
    const AlertRules rules = scenarios::load_alerts_text(set_of(down), "alerts.json");
    REQUIRE(rules.rules.size() == 1);
    const models::AlertRule& rule = rules.rules.front();
    CHECK(rules.scrape_interval == sim::seconds(30));
    CHECK(rule.interval == sim::seconds(20));
    CHECK(rule.hold == sim::seconds(0));
    CHECK(rule.severity == "warning");
    CHECK(rule.when.metric == models::Metric::broker_up);
    CHECK(rule.when.is == models::Comparison::equal);
    CHECK_FALSE(rule.also.has_value());
}

TEST_CASE("the set that comes with the program is valid, and every failure has its rule or waits") {
    const AlertRules rules = scenarios::embedded_alerts();
    CHECK(rules.rules.size() >= 15);
    for (const models::AlertRule& rule : rules.rules) CHECK_FALSE(rule.meaning.empty());
}

TEST_CASE("a metric that no run can give is shown at its place, with those that are near") {
    const std::string shown = alert_problem(
        R"("when": {"metric": "kafka_server_replicamanager_underreplicated", "is": ">", "than": 0})");
    CHECK(says(shown, "error[RC0304]: no metric is called"));
    CHECK(says(shown, "alerts.json:2:"));
    CHECK(says(shown, "^^^^"));
    CHECK(says(shown, "did you mean `kafka_server_replicamanager_underreplicatedpartitions`?"));
}

TEST_CASE("terms whose parts do not go together are refused") {
    const std::string gauge = R"("metric": "up{job=\"kafka\"}", "is": "==", "than": 0)";
    CHECK(
        says(alert_problem(R"("when": {"metric": "up{job=\"kafka\"}", "than": 0})"), "lacks `is`"));
    CHECK(says(alert_problem(R"("when": {"metric": "up{job=\"kafka\"}", "is": "<"})"),
               "lacks `than`"));
    CHECK(says(alert_problem(R"("when": {"of": "absent", )" + gauge + "}"), "compares nothing"));
    CHECK(says(alert_problem(R"("when": {"window_s": 300, )" + gauge + "}"), "is a gauge"));
    CHECK(says(alert_problem(R"("when": {"group": "readers", )" + gauge + "}"),
               "is not about consumer groups"));
    CHECK(says(alert_problem(R"("when": {"per": "node_disk_written_bytes_total", )" + gauge + "}"),
               "not of the same source"));
    CHECK(
        says(alert_problem(down + R"(, "also": {"metric": "kafka_consumergroup_lag_sum", "is": ">",
                                "than": 0})"),
             "not about the same subjects"));
}

TEST_CASE("two rules of one name, an unknown failure and an unknown field are refused") {
    const std::string rule = R"({"name": "Down", "failure": "machine", )" + down + "}";
    CHECK_THROWS_AS(
        scenarios::load_alerts_text(
            "{\"rollcast_alerts\": 1, \"rules\": [" + rule + ", " + rule + "]}", "alerts.json"),
        scenarios::InputError);
    CHECK(says(alert_problem(R"("severity": "fatal", )" + down), "unknown `severity`"));
    CHECK(says(alert_problem(R"("for": 60, )" + down), "unknown field `for`"));
}
