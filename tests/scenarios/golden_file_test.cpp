// Golden files, checksums and worst targets as files give them.
#include <doctest/doctest.h>

#include "scenarios/format/diagnostic.hpp"
#include "scenarios/format/fault_reader.hpp"
#include "scenarios/format/load_case.hpp"
#include "scenarios/format/names.hpp"
#include "scenarios/format/plan_file.hpp"
#include "tests/scenarios/small_case.hpp"

using namespace rollcast;

namespace {

std::string with_golden(const std::string& golden) {
    return test::replaced(
        test::small_case(), "\"config\":", "\"golden\": " + golden + ", \"config\":");
}

models::Case read_golden_case(const std::string& text) {
    return scenarios::load_case_text(text, "case.json").a_case;
}

const models::Cluster& cluster(const models::Case& a_case) {
    return a_case.fleet.clusters()[models::ClusterId{0}];
}

/// Code and remedy of the first golden_problem.
std::pair<std::string, std::string> golden_problem(const std::string& text) {
    try {
        read_golden_case(text);
        return {"none", ""};
    } catch (const scenarios::InputError& error) {
        const scenarios::Diagnostic& d = error.diagnostics().front();
        return {d.code, d.help};
    }
}

}  // namespace

TEST_CASE("a cluster may have a golden file, whose absent keys are as they come") {
    CHECK_FALSE(cluster(read_golden_case(test::small_case())).golden.has_value());
    const models::Case same = read_golden_case(with_golden("{}"));
    REQUIRE(cluster(same).golden.has_value());
    CHECK(*cluster(same).golden == cluster(same).config);
    const models::Case other = read_golden_case(
        with_golden(R"({"unclean_leader_election": true, "stop_timeout_s": 300})"));
    CHECK(cluster(other).golden->unclean_leader_election);
    CHECK(cluster(other).golden->stop_timeout == sim::seconds(300));
    CHECK_FALSE(cluster(other).config.unclean_leader_election);
    CHECK_FALSE(cluster(other).config.stop_timeout.has_value());
}

TEST_CASE("an unknown key of a golden file is an error with the key that was meant") {
    const auto [code, help] = golden_problem(with_golden(R"({"unclean_leader_elections": true})"));
    CHECK(code != "none");
    CHECK(help.find("unclean_leader_election") != std::string::npos);
    CHECK(golden_problem(with_golden(R"({"throttle_lists": 3})")).first != "none");
}

TEST_CASE("topics say what their golden file says, and whether they are compacted") {
    const models::Case a_case = read_golden_case(
        test::replaced(test::small_case(),
                       "\"min_isr\": 2,",
                       "\"min_isr\": 1, \"golden_min_isr\": 2, \"compacted\": true,"));
    const models::Topic& topic = a_case.fleet.topics()[models::TopicId{0}];
    CHECK(topic.min_isr == 1);
    CHECK(topic.golden_min_isr == 2);
    CHECK(topic.compacted);
}

TEST_CASE("a plan keeps its checksums in its file, and no word of them where it has none") {
    const models::Case a_case = read_golden_case(test::small_case());
    for (int i = 0; i < models::checksums_count; ++i) {
        models::Plan plan;
        plan.name = "p";
        plan.checksums = static_cast<models::Checksums>(i);
        plan.clusters.emplace_back().cluster = models::ClusterId{0};
        const std::string text = scenarios::write_plan(a_case, plan, {});
        CHECK((text.find("checksums") == std::string::npos) ==
              (plan.checksums == models::Checksums::none));
        CHECK(scenarios::load_plan_text(text, "p.json", a_case, "").plan.checksums ==
              plan.checksums);
    }
}

TEST_CASE("the worst of a cluster is a target of what has an N-1 margin") {
    const models::Case a_case = read_golden_case(test::small_case());
    const auto fault = [&](const std::string& text) {
        return scenarios::load_faults_text(
            "{\"rollcast_faults\": 1, \"faults\": [" + text + "]}", "f.json", a_case);
    };
    const auto broker =
        fault(R"({"kind": "broker_crash", "broker": "c1/worst", "at_s": 5, "duration_s": 60})");
    CHECK(broker.front().worst_target);
    CHECK(broker.front().broker.exists());
    CHECK(fault(R"({"kind": "rack_power_loss", "rack": "c1/worst", "moment": "worst",
                    "duration_s": 60})")
              .front()
              .worst_target);
    CHECK(fault(R"({"kind": "bit_rot", "log_dir": "c1/worst", "at_s": 5})").front().worst_target);
    const std::string named = scenarios::log_dir_name(a_case.fleet, models::LogDirId{0});
    CHECK_FALSE(fault(R"({"kind": "bit_rot", "log_dir": ")" + named + R"(", "at_s": 5})")
                    .front()
                    .worst_target);
    CHECK_THROWS_AS(fault(R"({"kind": "topic_surge", "topic": "c1/worst", "at_s": 5,
                              "duration_s": 60})"),
                    scenarios::InputError);
    CHECK_THROWS_AS(fault(R"({"kind": "bit_rot", "log_dir": "c9/worst", "at_s": 5})"),
                    scenarios::InputError);
}

TEST_CASE("one broker may have settings and a golden file of its own") {
    const auto with_broker = [](const std::string& own, const std::string& quorum = "") {
        std::string text = test::replaced(
            test::small_case(),
            "\"brokers\": 6",
            "\"brokers\": [{\"count\": 6, \"overrides\": [{\"broker\": 2, " + own + "}]}]");
        return quorum.empty() ? text : test::replaced(text, "\"nodes\": 3", quorum);
    };
    const models::Case a_case = read_golden_case(with_broker(
        R"("config": {"stop_timeout_s": 90, "follower_throttle_bytes_per_s": 5},
           "golden": {"stop_timeout_s": 300, "rack": "b", "recovery_threads_per_dir": 8})"));
    const models::Fleet& fleet = a_case.fleet;
    CHECK(fleet.own_config(models::BrokerId{0}) == nullptr);
    CHECK(fleet.own_golden(models::BrokerId{0}) == nullptr);
    REQUIRE(fleet.own_config(models::BrokerId{1}) != nullptr);
    CHECK(fleet.own_config(models::BrokerId{1})->stop_timeout == sim::seconds(90));
    CHECK(fleet.own_config(models::BrokerId{1})->follower_throttle == sim::bytes_per_second(5));
    REQUIRE(fleet.own_golden(models::BrokerId{1}) != nullptr);
    CHECK(fleet.own_golden(models::BrokerId{1})->rack == "b");
    CHECK(fleet.own_golden(models::BrokerId{1})->recovery_threads_per_dir == 8);
    CHECK_FALSE(fleet.own_golden(models::BrokerId{1})->controller.has_value());

    CHECK(golden_problem(with_broker(R"("golden": {"rack": "z"})")).first == "RC0304");
    CHECK(golden_problem(with_broker(R"("golden": {"roles": ["broker"]})")).first == "RC0205");
    CHECK(golden_problem(with_broker(R"("golden": {"roles": ["broker"]})",
                                     "\"kind\": \"kraft\", \"nodes\": 3"))
              .first == "none");
    CHECK(golden_problem(with_broker(R"("golden": {"roles": ["zookeeper"]})")).first == "RC0302");
    CHECK(golden_problem(with_broker(R"("config": {"rack": "a"})")).first == "RC0203");
}
