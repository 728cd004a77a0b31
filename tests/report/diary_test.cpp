// The diary of a run that somebody looked on.
#include "report/diary.hpp"

#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "planner/planner.hpp"
#include "report/layout.hpp"
#include "scenarios/format/alert_reader.hpp"
#include "scenarios/format/load_case.hpp"

using namespace rollcast;

namespace {

/// Six brokers that go one at a time, nightly from 22:00 to 04:00; the run starts at 21:00.
std::string diary(const std::string& faults) {
    const std::string text = fmt::format(R"({{
  "rollcast_case": 1, "name": "small",
  "workload": {{"curve": [{{"from": "00:00", "multiplier": 1}}], "starts_at": "21:00"}},
  "limits": {{"windows": {{"daily_from": "22:00", "daily_to": "04:00"}}}},
  "faults": [{}],
  "fleet": {{
    "defaults": {{"broker": {{"nic_bytes_per_s": 1250000000, "log_dirs": {{"count": 2,
      "capacity_bytes": 4000000000000, "read_bytes_per_s": 160000000,
      "write_bytes_per_s": 150000000}}}}}},
    "clusters": [{{
      "name": "c1", "racks": ["a", "b", "c"], "brokers": 6, "quorum": {{"nodes": 3}},
      "topics": [{{"name": "orders", "partitions": 12, "rf": 3, "min_isr": 2,
                  "write_bytes_per_s": 24000000, "stored_bytes": 120000000000}}]
    }}]}}
}})",
                                         faults);
    const models::Case a_case = scenarios::load_case_text(text, "small.json").a_case;
    models::Case clean = a_case;
    clean.faults.clear();
    const models::Plan plan =
        planner::make_plan(clean, {.policy = planner::Policy::one_at_a_time}).plan;
    REQUIRE(!plan.clusters.empty());
    const models::AlertRules rules = scenarios::embedded_alerts();
    return report::diary_text(a_case, rules, models::watch(a_case, plan, {}, rules));
}

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a diary without faults says when clusters begin and end, and how many machines went") {
    const std::string text = diary("");
    CAPTURE(text);
    CHECK(text.starts_with("Day 1\n  22:00  c1 begins: 6 brokers, 3 quorum nodes.\n"));
    CHECK(holds(text, "\nDay 2\n"));
    CHECK(holds(text, "c1 is done after "));
    CHECK(holds(text, "none is left.\n"));
    CHECK_FALSE(holds(text, "Alert"));
    CHECK_FALSE(holds(text, "orchestrator"));
    CHECK_FALSE(holds(text, "Broken"));
}

TEST_CASE("a diary tells a fault, who noticed, how long it lasted and what broke, in this order") {
    const std::string crash = R"("duration_s": 3600, "at_s": 7200})";
    const std::string text =
        diary(R"({"name": "one dies", "kind": "broker_crash", "broker": "c1/5", )" + crash +
              R"(, {"name": "another", "kind": "broker_crash", "broker": "c1/6", )" + crash);
    CAPTURE(text);
    const std::size_t fault = text.find("23:00  one dies: ");
    const std::size_t other = text.find("23:00  another: ");
    const std::size_t broken = text.find("Broken: min ISR");
    const std::size_t check = text.find("The orchestrator's broker_out_of_sync says: ");
    const std::size_t alert = text.find("Alert KafkaBrokerDown (");
    REQUIRE(fault != std::string::npos);
    CHECK(other != std::string::npos);
    CHECK(broken != std::string::npos);
    REQUIRE(check != std::string::npos);
    REQUIRE(alert != std::string::npos);
    CHECK(fault < check);
    CHECK(check < alert);
    CHECK(fault < broken);
    // One entry for both brokers, and none line too long.
    CHECK(text.find("Alert KafkaBrokerDown (", alert + 1) == std::string::npos);
    CHECK(holds(text.substr(alert, 200), " and "));
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t to = text.find('\n', from);
        CHECK(report::columns_of(text.substr(from, to - from)) <= report::line_width);
        from = to + 1;
    }
}
