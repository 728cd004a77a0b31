// The alert rules that come with the program: each fires on the failure it is for, and none while a
// safe plan is carried out. Who would notice which fault.
#include "report/detection.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "models/sightings.hpp"
#include "planner/planner.hpp"
#include "report/layout.hpp"
#include "scenarios/format/alert_reader.hpp"
#include "scenarios/format/every_fault.hpp"
#include "scenarios/format/load_case.hpp"
#include "tests/support/generated.hpp"

using namespace rollcast;

namespace {

/// A clean cluster of six brokers in three racks, with the pieces that a test puts in.
struct Pieces {
    std::string quorum = R"("quorum": {"nodes": 3},)";
    std::string config = {};
    std::string faults = {};
    double capacity = 30e6;  // bytes/s of the consumer group; 24e6 are written
    models::Checksums checksums = models::Checksums::none;
};

models::Case small_case(const Pieces& pieces) {
    const std::string text = fmt::format(R"({{
  "rollcast_case": 1, "name": "small",
  "faults": [{}],
  "fleet": {{
    "defaults": {{"broker": {{"nic_bytes_per_s": 1250000000, "log_dirs": {{"count": 2,
      "capacity_bytes": 4000000000000, "read_bytes_per_s": 160000000,
      "write_bytes_per_s": 150000000}}}}}},
    "clusters": [{{
      "name": "c1", "racks": ["a", "b", "c"], "brokers": 6, {} {}
      "topics": [{{"name": "orders", "partitions": 12, "rf": 3, "min_isr": 2,
                  "write_bytes_per_s": 24000000, "stored_bytes": 120000000000}}],
      "consumer_groups": [{{"name": "event-notification-service", "topics": ["orders"],
                           "capacity_bytes_per_s": {:.0f}, "lag_objective_s": 130}}]
    }}]}}
}})",
                                         pieces.faults,
                                         pieces.quorum,
                                         pieces.config,
                                         pieces.capacity);
    return scenarios::load_case_text(text, "small.json").a_case;
}

models::Plan one_at_a_time(const models::Case& a_case) {
    models::Case clean = a_case;
    clean.faults.clear();
    return planner::make_plan(clean, {.policy = planner::Policy::one_at_a_time}).plan;
}

/// The names of the rules that fire in the run of `a_case` with all its faults.
std::vector<std::string> fired(const Pieces& pieces) {
    static const models::AlertRules rules = scenarios::embedded_alerts();
    const models::Case a_case = small_case(pieces);
    models::Plan plan = one_at_a_time(a_case);
    plan.checksums = pieces.checksums;
    const models::WatchedRun run = models::watch(a_case, plan, {}, rules);
    std::vector<std::string> names;
    for (const models::Alert& alert : run.alerts) names.push_back(rules.rules[alert.rule].name);
    return names;
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string fault(const std::string& kind, const std::string& target, const std::string& rest) {
    return fmt::format(R"({{"kind": "{}", {}, {}}})", kind, target, rest);
}

const std::string dark_a =
    fault("rack_power_loss", R"("rack": "c1/a")", R"("at_s": 4000, "duration_s": 1800)");

/// Two racks of three are dark: what is left of an ISR is below min ISR.
const std::string two_racks =
    dark_a + ", " +
    fault("rack_power_loss", R"("rack": "c1/b")", R"("at_s": 4100, "duration_s": 1700)");

/// Broker 2 is in its step and so out of every ISR; those that hold the rest of some of its
/// partitions die, and do not come back before it does.
std::string last_of_isr_die() {
    std::string faults;
    for (const int broker : {1, 3, 4}) {
        faults += (faults.empty() ? "" : ", ") +
                  fault("broker_crash",
                        fmt::format(R"("broker": "c1/{}")", broker),
                        R"("when": {"machine": "c1/2", "phase": "install"}, "duration_s": 3600)");
    }
    return faults;
}

}  // namespace

TEST_CASE("every rule of the set that comes with the program fires on the failure it is for") {
    const std::string dark_majority = R"("quorum": {"layout": [2, 1, 0]},)";
    struct Row {
        std::string rule;
        Pieces pieces;
    };
    const std::string crash =
        fault("broker_crash", R"("broker": "c1/6")", R"("at_s": 3000, "duration_s": 600)");
    const std::string slow_card = fault("nic_degraded",
                                        R"("broker": "c1/1")",
                                        R"("at_s": 4000, "duration_s": 14400, "factor": 0.005)");
    const std::string slow_disk = fault(
        "slow_disk", R"("broker": "c1/1")", R"("at_s": 4000, "duration_s": 3600, "factor": 0.1)");
    const std::string lost = fault("reimage_no_return",
                                   R"("machine": "c1/3")",
                                   R"("when": {"machine": "c1/3", "phase": "reimage"})");
    // Broker 1 has been migrated, the last machine is soaking, and nobody elects any more.
    const std::string late_crash =
        fault("broker_crash",
              R"("broker": "c1/1")",
              R"("when": {"machine": "c1/6", "phase": "post_flight"}, "duration_s": 3600)");
    const std::string flipped_while_stopped =
        R"("when": {"machine": "c1/3", "phase": "install"}, "flipped_bytes": 5)";
    const Pieces crashed{.faults = crash};
    // The ensemble survives, else nobody could take the dead out of their ISRs.
    const Pieces stalled{.quorum = R"("quorum": {"layout": [0, 0, 3]},)", .faults = two_racks};
    const Pieces unclean{.config = R"("config": {"unclean_leader_election": true},)",
                         .faults = last_of_isr_die()};
    const std::vector<Row> rows{
        {"KafkaBrokerDown", crashed},
        {"KafkaListenerDown", crashed},
        {"HostDown", {.faults = dark_a}},
        {"StepStuck", {.faults = lost}},
        {"KafkaUnderMinIsr", stalled},
        {"KafkaNobodyCatchesUp", {.faults = slow_card}},
        {"KafkaFollowersLag", {.faults = slow_card}},
        {"KafkaNoLeader", {.faults = last_of_isr_die()}},
        {"KafkaUncleanElection", unclean},
        {"KafkaLeadersNotPreferred", {.faults = late_crash}},
        {"KafkaDataMoves",
         {.faults = fault(
              "self_balancing", R"("cluster": "c1")", R"("at_s": 4000, "duration_s": 7200)")}},
        {"KafkaLogDirOffline",
         {.faults = fault("log_dir_fails",
                          R"("log_dir": "c1/6/data/1")",
                          R"("at_s": 3000, "duration_s": 3600)")}},
        {"KafkaNoController",
         {.quorum = R"("quorum": {"kind": "kraft", "layout": [2, 1, 0]},)", .faults = dark_a}},
        {"QuorumNodeDown", {.faults = dark_a}},
        {"ZooKeeperNoLeader", {.quorum = dark_majority, .faults = dark_a}},
        {"DiskWritesSlow", {.faults = slow_disk}},
        {"NetworkCardSlow", {.faults = slow_card}},
        {"ConsumersBehind", stalled},
        {"EventNotificationBehind", stalled},
        {"TelemetryAbsent",
         {.faults = fault(
              "telemetry_outage", R"("cluster": "c1")", R"("at_s": 4000, "duration_s": 600)")}},
        {"KafkaLoginsFail",
         {.faults = fault(
              "clients_locked_out", R"("cluster": "c1")", R"("at_s": 4000, "duration_s": 14400)")}},
        {"StepFindsDifference",
         {.faults = fault("bit_rot", R"("log_dir": "c1/3/data/1")", flipped_while_stopped),
          .checksums = models::Checksums::all_after_stop}},
    };
    const models::AlertRules rules = scenarios::embedded_alerts();
    REQUIRE(rows.size() == rules.rules.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CAPTURE(rows[i].rule);
        CHECK(rules.rules[i].name == rows[i].rule);
        CHECK(holds(fired(rows[i].pieces), rows[i].rule));
        Pieces clean = rows[i].pieces;
        clean.faults.clear();
        CHECK(fired(clean).empty());
    }
}

TEST_CASE("no rule fires while the embedded estate is migrated, whose clusters share crews") {
    const models::Case estate = scenarios::embedded_estate().a_case;
    const models::Plan plan =
        planner::make_plan(estate, {.policy = planner::Policy::event_driven}).plan;
    REQUIRE_FALSE(plan.clusters.empty());
    const models::AlertRules rules = scenarios::embedded_alerts();
    const models::WatchedRun run = models::watch(estate, plan, {}, rules);
    CHECK(run.verdict.safe());
    for (const models::Alert& alert : run.alerts) {
        FAIL_CHECK(rules.rules[alert.rule].name << " at " << sim::to_seconds(alert.fired_at));
    }
    CHECK(run.verdict.trace_hash == models::simulate(estate, plan, {}).trace_hash);
}

TEST_CASE("the page on detection is what every kind of fault brings about") {
    models::Case a_case = scenarios::load_case(std::string(ROLLCAST_SOURCE_DIR) +
                                               "/scenarios/library/detection_case.json")
                              .a_case;
    const models::Plan plan =
        planner::make_plan(a_case, {.policy = planner::Policy::event_driven}).plan;
    a_case.faults = scenarios::one_of_every_kind(a_case);
    CHECK(a_case.faults.size() == static_cast<std::size_t>(models::fault_kind_count));
    const models::AlertRules rules = scenarios::embedded_alerts();
    const models::Sightings sightings = models::find_sightings(a_case, plan, {}, rules);

    CHECK(sightings.anyway.empty());
    tests::check_generated("docs/detection.md", report::detection_page({a_case, rules, sightings}));
}
