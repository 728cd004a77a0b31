#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"
#include "tests/cli/small_files.hpp"

using namespace rollcast::tests;
using Json = nlohmann::ordered_json;

namespace {

/// A folder with the small case and a plan of it.
const ScratchFolder& planned(const ScratchFolder& folder) {
    folder.write("case.json", small_case());
    REQUIRE(call({"plan", "-f", "case.json", "-o", "plan.json", "--effort", "50"}, folder.path())
                .exit_code == 0);
    return folder;
}

}  // namespace

TEST_CASE("replan goes on from the steps that are written down, and its plan can be simulated") {
    const ScratchFolder folder;
    planned(folder);
    folder.write("steps.txt", "c1/zk1 0:00:00 0:45:00\nc1/zk2 0:45:00\n");
    const Outcome outcome = call({"replan",
                                  "plan.json",
                                  "-f",
                                  "case.json",
                                  "--steps",
                                  "steps.txt",
                                  "--now",
                                  "1:00:00",
                                  "-o",
                                  "rest.json",
                                  "--json"},
                                 folder.path());
    REQUIRE(outcome.exit_code == 0);
    const Json document = Json::parse(outcome.out);
    CHECK(document["done"] == 1);
    CHECK(document["running"] == 1);
    CHECK(document["waiting"] == 7);
    CHECK(document["remaining_s"] <= document["going_on_s"]);
    const std::string rest = folder.read("rest.json");
    CHECK(rest.find("c1/zk1") == std::string::npos);
    CHECK(rest.find("c1/zk3") != std::string::npos);
    const Outcome run = call({"simulate", "rest.json", "-f", "case.json", "--json"}, folder.path());
    CHECK(Json::parse(run.out)["totals"]["makespan_s"] > 0.0);
}

TEST_CASE("a broker that is lost blocks what shares its partitions, with exit code 1 and a name") {
    const ScratchFolder folder;
    planned(folder);
    folder.write("steps.txt", "c1/1 lost\n");
    const Outcome lost =
        call({"replan", "plan.json", "-f", "case.json", "--steps", "steps.txt"}, folder.path());
    CHECK(lost.exit_code == 1);
    CHECK(lost.out.find("no replica to spare, c1/orders-") != std::string::npos);

    folder.write("steps.txt", "c1/1 lost 3:00:00\n");
    const Outcome back =
        call({"replan", "plan.json", "-f", "case.json", "--steps", "steps.txt"}, folder.path());
    CHECK(back.exit_code == 0);
}

TEST_CASE("replan refuses what it cannot go on from, with exit code 2") {
    const ScratchFolder folder;
    planned(folder);
    folder.write("steps.txt", "c1/7 0 1\n");
    folder.write("dump.txt", "Topic: x\tPartitionCount: 1\n");
    const auto said = [&](std::vector<std::string> more) {
        std::vector<std::string> words{"replan", "plan.json", "-f", "case.json"};
        words.insert(words.end(), more.begin(), more.end());
        const Outcome outcome = call(words, folder.path());
        CHECK(outcome.exit_code == 2);
        return outcome.err;
    };
    CHECK(said({"--steps", "steps.txt"}).find("steps.txt:1:1") != std::string::npos);
    CHECK(said({"--steps", "none.txt"}).find("none.txt") != std::string::npos);
    CHECK(said({"--now", "soon"}).find("h:mm:ss") != std::string::npos);
    CHECK(said({"--state", "dump.txt", "--cluster", "c2"}).find("no cluster is called") !=
          std::string::npos);
    CHECK_FALSE(said({"--state", "dump.txt"}).empty());
}
