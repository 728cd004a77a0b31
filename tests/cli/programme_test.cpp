// A programme of passes through the program: plan, check, simulate, as text and as one document.
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "report/layout.hpp"
#include "tests/cli/program.hpp"
#include "tests/cli/small_files.hpp"

using namespace rollcast::tests;
using Json = nlohmann::ordered_json;

namespace {

/// The small case with a programme over four stacks; `trust` is the pass that adds it, or nothing.
std::string programme_case(const std::string& trust) {
    return small_case(R"("programme": {"from": "today", "stacks": [
    {"name": "today", "os": "CentOS 7", "kafka_version": "2.8.2", "inter_broker_protocol": "2.8",
     "protocol": "ssl", "listeners": [{"protocol": "ssl", "client_certificate": true}],
     "certificate": {"issuer": "old CA"}, "trust": ["old CA"]},
    {"name": "trusting", "like": "today", "trust": ["old CA", "new CA"]},
    {"name": "imaged", "like": "trusting", "os": "RHEL 9", "kafka_version": "3.4.1",
     "certificate": {"issuer": "new CA"}},
    {"name": "bumped", "like": "imaged", "inter_broker_protocol": "3.4"}],
  "passes": [)" + trust +
                      R"(
    {"name": "re-image", "target": "imaged"},
    {"name": "bump", "target": "bumped", "reimage": false, "step": {"install_s": 30}}]},
  )");
}

const std::string trust_pass =
    R"({"name": "trust", "target": "trusting", "reimage": false, "step": {"install_s": 30}},)";

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a programme is planned for its longest pass, and simulated as a whole") {
    const ScratchFolder folder;
    folder.write("case.json", programme_case(trust_pass));
    const Outcome planned =
        call({"plan", "-f", "case.json", "-o", "plan.json", "--effort", "50"}, folder.path());
    CHECK(planned.exit_code == 0);
    CHECK(has(planned.err, "only 're-image', the longest, is looked at"));
    CHECK(has(planned.out, "the plan in every pass of the programme\nSAFE: every pass"));
    CHECK(call({"certify", "plan.json", "-f", "case.json"}, folder.path()).exit_code == 0);

    const Outcome run = call({"simulate", "plan.json", "-f", "case.json"}, folder.path());
    CHECK(run.exit_code == 0);
    CHECK(has(run.out, "programme of 3 passes"));
    CHECK(has(run.out, "no way back from"));
    const std::string shown = planned.out + run.out;
    for (std::size_t from = 0; from < shown.size();) {
        const std::size_t to = shown.find('\n', from);
        CHECK(rollcast::report::columns_of(shown.substr(from, to - from)) <=
              rollcast::report::line_width);
        from = to + 1;
    }

    const Outcome document =
        call({"simulate", "plan.json", "-f", "case.json", "--json"}, folder.path());
    CHECK(document.exit_code == 0);
    const Json read = Json::parse(document.out);
    CHECK(read["summary"]["ok"] == true);
    const Json& passes = read["programme"]["passes"];
    REQUIRE(passes.size() == 3);
    double sum = 0.0;
    for (const Json& pass : passes) {
        CHECK(pass["safe"] == true);
        CHECK(pass["starts_s"].get<double>() == doctest::Approx(sum));
        sum += pass["totals"]["makespan_s"].get<double>();
    }
    CHECK(read["summary"]["makespan_s"].get<double>() == doctest::Approx(sum));
    CHECK(read["programme"]["clusters"][0]["no_way_back_from"] == "bump");
    CHECK(read["programme"]["clusters"][0]["mixed_too_long"] == false);
    // The same bytes at any number of threads.
    const Outcome threads =
        call({"simulate", "plan.json", "-f", "case.json", "--json", "-j", "4"}, folder.path());
    CHECK(threads.out == document.out);

    const Outcome runs =
        call({"simulate", "plan.json", "-f", "case.json", "--runs", "3", "--json"}, folder.path());
    CHECK(Json::parse(runs.out)["runs"]["count"] == 3);
    const Outcome diary =
        call({"simulate", "plan.json", "-f", "case.json", "--diary"}, folder.path());
    CHECK(has(diary.out, "Pass 3 of 3: bump\n-----------------\n"));
}

TEST_CASE("without the pass that adds trust check finds it, and simulate stops in the first pass") {
    const ScratchFolder folder;
    folder.write("whole.json", programme_case(trust_pass));
    folder.write("case.json", programme_case(""));
    CHECK(call({"check", "whole.json"}, folder.path()).exit_code == 0);
    const Outcome checked = call({"check", "case.json"}, folder.path());
    CHECK(checked.exit_code == 1);
    CHECK(has(checked.out, "blocks[RC3028]"));
    CHECK(has(checked.out, "(untrusted)"));
    folder.write("plan.json", R"({"rollcast_plan": 1, "name": "one by one", "clusters": [
  {"cluster": "c1", "quorum": ["c1/zk1", "c1/zk2", "c1/zk3"],
   "batches": [{"machines": ["c1/1", "c1/2", "c1/3", "c1/4", "c1/5", "c1/6"]}]}]})");
    const Outcome run = call({"simulate", "plan.json", "-f", "case.json"}, folder.path());
    CHECK(run.exit_code == 1);
    CHECK(has(run.out, "NOT FINISHED"));
    CHECK(has(run.out, "not begun"));
    const Json read = Json::parse(
        call({"simulate", "plan.json", "-f", "case.json", "--json"}, folder.path()).out);
    CHECK(read["summary"]["ok"] == false);
    CHECK(read["programme"]["passes"][1]["safe"].is_null());
    const Outcome planned =
        call({"plan", "-f", "case.json", "-o", "made.json", "--effort", "50"}, folder.path());
    CHECK(planned.exit_code == 3);
    CHECK(has(planned.out + planned.err, "nothing written to made.json"));
}

TEST_CASE("a limit for being mixed holds over the whole programme") {
    const ScratchFolder folder;
    folder.write("plan.json", R"({"rollcast_plan": 1, "name": "one by one", "clusters": [
  {"cluster": "c1", "quorum": ["c1/zk1", "c1/zk2", "c1/zk3"],
   "batches": [{"machines": ["c1/1", "c1/2", "c1/3", "c1/4", "c1/5", "c1/6"]}]}]})");
    /// The document of a run whose limit is so long.
    const auto document_of = [&](double limit_s) {
        std::string text = programme_case(trust_pass);
        const std::string name = "\"name\": \"small\",";
        const std::string limits =
            " \"limits\": {\"mixed_version_limit_s\": " + std::to_string(limit_s) + "},";
        text.replace(text.find(name), name.size(), name + limits);
        folder.write("case.json", text);
        return Json::parse(
            call({"simulate", "plan.json", "-f", "case.json", "--json"}, folder.path()).out);
    };
    const Json kept = document_of(1e9);
    CHECK(kept["summary"]["ok"] == true);
    const Json& cluster = kept["programme"]["clusters"][0];
    const double mixed_s = cluster["mixed_s"].get<double>();
    // Longer than any pass by itself.
    for (const Json& pass : kept["programme"]["passes"]) {
        CHECK(pass["totals"]["makespan_s"].get<double>() < mixed_s - 1.0);
    }
    const Json broken = document_of(mixed_s - 1.0);
    CHECK(broken["summary"]["ok"] == false);
    CHECK(broken["programme"]["clusters"][0]["mixed_too_long"] == true);
    for (const Json& rule : broken["rules"]) {
        if (rule["rule"] == "mixed_mode") CHECK(rule["answer"] == "broken");
    }
    const Outcome run = call({"simulate", "plan.json", "-f", "case.json"}, folder.path());
    CHECK(run.exit_code == 1);
    CHECK(has(run.out, "1 cluster mixed too long"));
}

TEST_CASE("init --story writes a case and its plan, and check takes them") {
    const ScratchFolder folder;
    CHECK(call({"init", "--story"}, folder.path()).exit_code == 0);
    CHECK(folder.names() == std::vector<std::string>{"story_case.json", "story_plan.json"});
    CHECK(call({"init", "--story"}, folder.path()).exit_code == 2);
    CHECK(call({"check", "story_case.json"}, folder.path()).exit_code == 0);
    CHECK(call({"check", "story_plan.json", "-f", "story_case.json"}, folder.path()).exit_code ==
          0);
}

TEST_CASE(
    "a pass that is stopped is rolled back where the plan says so, and every output tells it") {
    const ScratchFolder folder;
    folder.write("case.json", programme_case(""));  // the first new broker never rejoins
    folder.write("plan.json", R"({"rollcast_plan": 1, "name": "with a way back",
  "rollout": {"halt_cluster_after": 1, "on_stop": "roll_back"}, "clusters": [
  {"cluster": "c1", "start": "barrier", "batches": [{"machines": ["c1/1"]},
   {"machines": ["c1/2", "c1/3", "c1/4", "c1/5", "c1/6"]}]}]})");
    const Outcome run = call({"simulate", "plan.json", "-f", "case.json"}, folder.path());
    CHECK(run.exit_code == 1);
    CHECK(has(run.out, "c1 turns back: 1 of 1 machine"));
    const Json read = Json::parse(
        call({"simulate", "plan.json", "-f", "case.json", "--json"}, folder.path()).out);
    const Json& pass = read["programme"]["passes"][0];
    CHECK(pass["totals"]["unfinished"] == "rolled_back");
    REQUIRE(pass["rollbacks"].size() == 1);
    CHECK(pass["rollbacks"][0]["outcome"] == "complete");
    CHECK(pass["rollbacks"][0]["past_return"].is_null());
    CHECK(pass["rollbacks"][0]["end_s"].get<double>() ==
          doctest::Approx(pass["totals"]["makespan_s"].get<double>()));
    const Outcome diary =
        call({"simulate", "plan.json", "-f", "case.json", "--diary"}, folder.path());
    CHECK(has(diary.out, "c1 turns back: 1 of 1 machine"));
    CHECK(has(diary.out, "that went back is in sync"));
}

TEST_CASE("check names the pass that would lock out clients who have not moved") {
    const ScratchFolder folder;
    const auto with_clients = [](const std::string& moves) {
        std::string text = programme_case(trust_pass);
        const auto put = [&text](const std::string& before, const std::string& what) {
            text.insert(text.find(before), what);
        };
        put("\"stacks\"", "\"client_stack\": \"clients\", ");
        put("{\"name\": \"trusting\"", R"({"name": "clients", "like": "today",
     "trust": ["old CA", "new CA"]}, {"name": "new clients", "like": "clients",
     "certificate": {"issuer": "new CA"}}, {"name": "clean", "like": "today", "os": "RHEL 9",
     "kafka_version": "3.4.1", "inter_broker_protocol": "3.4",
     "certificate": {"issuer": "new CA"}, "trust": ["new CA"]},
    )");
        const std::string last = "\"install_s\": 30}}";
        text.insert(
            text.rfind(last) + last.size(),
            R"(, {"name": "clean up", "target": "clean", "reimage": false, "step": {"install_s": 30}})");
        put("\"name\": \"bump\"", moves);
        return text;
    };
    folder.write("stay.json", with_clients(""));
    const Outcome stay = call({"check", "stay.json"}, folder.path());
    CHECK(stay.exit_code == 1);
    CHECK(has(stay.out, "RC3028"));
    CHECK(has(stay.out, "in pass clean up"));
    CHECK(has(stay.out, "clients on clients are refused"));
    folder.write("move.json", with_clients("\"client_stack\": \"new clients\", "));
    const Outcome move = call({"check", "move.json"}, folder.path());
    CHECK(move.exit_code == 0);
    CHECK(!has(move.out, "RC3028"));
}
