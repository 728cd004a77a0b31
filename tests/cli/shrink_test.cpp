// `rollcast shrink`: what is left is small, fails for the same reason, and stands alone.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"
#include "tests/cli/small_files.hpp"

using namespace rollcast::tests;
using Json = nlohmann::ordered_json;

namespace {

/// Three faults, of which one breaks min ISR: a crash beside the first step.
const std::string failing = R"({"rollcast_scenario": 1, "case": "case.json", "policy": "one",
  "teaches": "A crash beside a step.", "seeds": [1, 2],
  "faults": [
    {"kind": "surge", "cluster": "c1", "at_s": 100, "duration_s": 600},
    {"kind": "broker_crash", "broker": "c1/2",
     "when": {"machine": "c1/1", "phase": "reimage"}, "duration_s": 600},
    {"kind": "straggler", "machine": "c1/3", "at_s": 0}],
  "expect": [
    {"metric": "makespan", "is": ">=", "value": "1 s"},
    {"metric": "min_isr.answer", "is": "==", "value": "held"}]}
)";

}  // namespace

TEST_CASE("shrink keeps the one fault that matters, and its result fails as before") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    folder.write("a.scenario.json", failing);
    const Outcome outcome =
        call({"shrink", "a.scenario.json", "-o", "small.scenario.json"}, folder.path());
    CAPTURE(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    const Json small = Json::parse(folder.read("small.scenario.json"));
    REQUIRE(small["faults"].size() == 1);
    CHECK(small["faults"][0]["kind"] == "broker_crash");
    CHECK(small["expect"].size() == 1);
    CHECK(small["case"].is_object());
    CHECK(small["case"]["fleet"]["clusters"][0]["brokers"].get<int>() < 6);
    // It stands alone: no other file is read.
    const ScratchFolder elsewhere;
    elsewhere.write("small.scenario.json", folder.read("small.scenario.json"));
    const Outcome run = call({"suite", "small.scenario.json", "--json"}, elsewhere.path());
    CHECK(run.exit_code == 1);
    const Json result = Json::parse(run.out)["cases"][0]["runs"][0];
    CHECK(result["metrics"]["min_isr.answer"] == "broken");
    CHECK(result["expectations"][0]["actual"] == "broken");
    // Nothing more can go.
    const Outcome again = call({"shrink", "small.scenario.json"}, elsewhere.path());
    CHECK(Json::parse(again.out)["case"] == small["case"]);
    CHECK(Json::parse(again.out)["faults"] == small["faults"]);
}

TEST_CASE("shrink says what it cannot shrink") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    folder.write("a.scenario.json", failing);
    CHECK(call({"shrink", "nowhere.json"}, folder.path()).exit_code == 2);
    CHECK(call({"shrink", "a.scenario.json", "--case", "x/y"}, folder.path()).exit_code == 2);
    std::string passing = failing;
    passing.replace(passing.find("held"), 4, "broken");
    folder.write("b.scenario.json", passing);
    const Outcome passes = call({"shrink", "b.scenario.json"}, folder.path());
    CHECK(passes.exit_code == 2);
    CHECK(passes.err.find("does not fail") != std::string::npos);
    const Outcome cut = call({"shrink", "a.scenario.json", "--runs", "3"}, folder.path());
    CHECK(cut.exit_code == 0);
    CHECK(Json::parse(cut.out)["rollcast_scenario"] == 1);
}
