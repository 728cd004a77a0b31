#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"
#include "tests/cli/small_files.hpp"

using namespace rollcast::tests;
using Json = nlohmann::ordered_json;

namespace {

/// A crash that is noticed, and disks whose slowness nobody notices: they are fast enough still.
const std::string two_faults = R"({"rollcast_faults": 1, "faults": [
  {"name": "crash", "kind": "broker_crash", "broker": "c1/6", "at_s": 3000, "duration_s": 600},
  {"name": "slow", "kind": "slow_disk", "broker": "c1/1", "at_s": 4000, "duration_s": 3600,
   "factor": 0.9}
]})";

}  // namespace

TEST_CASE("detect puts the faults that nobody would notice on top, and exits 1 for them") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    folder.write("faults.json", two_faults);
    const Outcome text = call({"detect", "case.json", "--faults", "faults.json"}, folder.path());
    CHECK(text.exit_code == 1);
    CHECK(text.out.find("nobody would notice\n  slow:") != std::string::npos);
    CHECK(text.out.find("KafkaBrokerDown") != std::string::npos);
    for (std::size_t from = 0; from < text.out.size();) {
        const std::size_t end = text.out.find('\n', from);
        CHECK(end - from <= 80);
        from = end + 1;
    }

    const Outcome json =
        call({"detect", "case.json", "--faults", "faults.json", "--json"}, folder.path());
    const Json document = Json::parse(json.out);
    CHECK(document["summary"]["ok"] == false);
    CHECK(document["faults"][0]["name"] == "slow");
    CHECK(document["faults"][0]["noticed"] == false);
    CHECK(document["faults"][1]["first"]["by"] == "broker_out_of_sync");
    CHECK(document["fires_anyway"].empty());
    CHECK(call({"detect", "case.json", "--faults", "faults.json", "--exit-zero"}, folder.path())
              .exit_code == 0);
}

TEST_CASE("detect says what it would cost not to have a check or a rule") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    folder.write("faults.json", two_faults);
    const Outcome json = call({"detect",
                               "-f",
                               "case.json",
                               "--faults",
                               "faults.json",
                               "--without",
                               "broker_out_of_sync",
                               "--without",
                               "HostDown",
                               "--json"},
                              folder.path());
    const Json document = Json::parse(json.out);
    const Json& changes = document["without"][0]["changes"];
    REQUIRE(changes.size() == 1);
    CHECK(changes[0]["name"] == "crash");
    CHECK(changes[0]["after"]["after_s"] > changes[0]["before"]["after_s"]);
    CHECK(document["without"][1]["changes"].empty());
}

TEST_CASE("what detect is given wrongly is told with its remedy") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    folder.write("faults.json", two_faults);
    const Outcome unknown =
        call({"detect", "case.json", "--faults", "faults.json", "--without", "KafkaBrokerDow"},
             folder.path());
    CHECK(unknown.exit_code == 2);
    CHECK(unknown.err.find("did you mean 'KafkaBrokerDown'?") != std::string::npos);
    folder.write("alerts.json",
                 R"({"rollcast_alerts": 1, "rules": [{"name": "x", "failure": "disk",
  "when": {"metric": "kafka_disks", "is": ">", "than": 0}}]})");
    const Outcome metric =
        call({"detect", "case.json", "--faults", "faults.json", "--rules", "alerts.json"},
             folder.path());
    CHECK(metric.exit_code == 2);
    CHECK(metric.err.find("no metric is called `kafka_disks`") != std::string::npos);
    CHECK(call({"check", "alerts.json"}, folder.path()).exit_code == 2);
}

TEST_CASE("a case without faults gets one of every kind, each in a run of its own") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    const Outcome json = call({"detect", "case.json", "--json"}, folder.path());
    const Json document = Json::parse(json.out);
    CHECK(document["faults"].size() >= 6);
    const bool silent = document["faults"][0]["noticed"] == false;
    CHECK(json.exit_code == (silent ? 1 : 0));
}
