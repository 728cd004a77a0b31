// `rollcast study`: what it varies, what it says of it, and of what cannot be varied.
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"
#include "tests/cli/small_files.hpp"

using namespace rollcast::tests;
using Json = nlohmann::ordered_json;

namespace {

const std::string crash = R"({"rollcast_scenario": 1, "case": "case.json", "policy": "one",
  "teaches": "A crash while machines go one by one.",
  "faults": [{"kind": "broker_crash", "broker": "c1/2",
              "when": {"machine": "c1/1", "phase": "reimage"}, "duration_s": 600}],
  "expect": [{"metric": "min_isr.answer", "is": "==", "value": "broken"}]}
)";

void write_files(const ScratchFolder& folder) {
    folder.write("case.json", small_case());
    folder.write("crash.scenario.json", crash);
}

Json study(const ScratchFolder& folder, std::vector<std::string> more) {
    more.insert(more.begin(), {"study", "crash.scenario.json", "--json"});
    const Outcome outcome = call(more, folder.path());
    CAPTURE(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return Json::parse(outcome.out);
}

bool says(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a study shows how a figure moves, the same runs as a scenario that says the value") {
    const ScratchFolder folder;
    write_files(folder);
    const Json found = study(folder,
                             {"--vary",
                              "/faults/0/duration_s=60,600,1200",
                              "--metric",
                              "min_isr.time",
                              "--metric",
                              "safe"});
    REQUIRE(found["points"].size() == 3);
    const auto mean = [&](std::size_t point) {
        return found["points"][point]["values"][0]["mean"].get<double>();
    };
    CHECK(mean(0) < mean(1));
    CHECK(mean(1) < mean(2));
    CHECK(found["points"][1]["differences"][0]["mean"].get<double>() ==
          doctest::Approx(mean(1) - mean(0)));
    CHECK(found["points"][0]["values"][1]["mean"] == 0.0);
    const Json run =
        Json::parse(call({"suite", "crash.scenario.json", "--json"}, folder.path()).out);
    CHECK(run["cases"][0]["runs"][0]["metrics"]["min_isr.time"].get<double>() ==
          doctest::Approx(mean(1)));
}

TEST_CASE("drawn runs have intervals, and differences of runs with the same luck are narrow") {
    const ScratchFolder folder;
    write_files(folder);
    const std::vector<std::string> asked{
        "--vary", "telemetry-delay=15 s,60 s", "--seeds", "12", "--against", "15 s"};
    const Json found = study(folder, asked);
    const Json value = found["points"][1]["values"][0];
    const Json difference = found["points"][1]["differences"][0];
    CHECK(value["runs"] == 12);
    CHECK(value["low"].get<double>() < value["mean"].get<double>());
    CHECK(value["high"].get<double>() > value["mean"].get<double>());
    const auto width = [](const Json& e) {
        return e["high"].get<double>() - e["low"].get<double>();
    };
    CHECK(width(difference) < 0.5 * width(value));
    CHECK(difference["low"].get<double>() > 0.0);  // more delay never makes it faster
    CHECK(study(folder, asked)["points"] == found["points"]);
}

TEST_CASE("the time of a fault goes over the whole migration") {
    const ScratchFolder folder;
    write_files(folder);
    const Json found = study(folder, {"--vary", "fault-time", "--metric", "min_isr.time"});
    REQUIRE(found["points"].size() == 25);
    CHECK(found["axes"][0]["values"][0] == 0);
    const Json makespan = study(
        folder,
        {"--vary", "/faults/0/at_s=1e9", "--metric", "makespan", "--vary", "/faults/0/when=null"});
    CHECK(found["axes"][0]["values"][24].get<double>() ==
          doctest::Approx(makespan["points"][0]["values"][0]["mean"].get<double>()).epsilon(0.01));
}

TEST_CASE("a study is written as CSV and as a picture that stands alone") {
    const ScratchFolder folder;
    write_files(folder);
    const Outcome line = call({"study",
                               "crash.scenario.json",
                               "--vary",
                               "fault-time=0 h..4 h/9",
                               "--metric",
                               "min_isr.time",
                               "--csv",
                               "a.csv",
                               "--svg",
                               "a.svg"},
                              folder.path());
    CHECK(line.exit_code == 0);
    const std::string csv = folder.read("a.csv");
    CHECK(csv.starts_with("fault-time,metric,unit,runs,mean,low,high,least,most,difference"));
    CHECK(std::count(csv.begin(), csv.end(), '\n') == 10);
    const std::string picture = folder.read("a.svg");
    CHECK(says(picture, "fault-time, h"));
    CHECK(says(picture, "min_isr.time, "));
    CHECK(says(picture, "prefers-color-scheme:dark"));
    CHECK(says(picture, "class=\"band\""));
    CHECK(!says(picture, "<script"));
    CHECK(!says(picture, "href"));
    const Outcome heat = call({"study",
                               "crash.scenario.json",
                               "--vary",
                               "crews=1..3:1",
                               "--vary",
                               "/policy=one,event",
                               "--svg",
                               "b.svg"},
                              folder.path());
    CHECK(heat.exit_code == 0);
    CHECK(says(folder.read("b.svg"), "class=\"cell\""));
    CHECK(says(folder.read("b.svg"), "crews=2, /policy=event"));
}

TEST_CASE("what cannot be varied is told at its place, with a remedy") {
    const ScratchFolder folder;
    write_files(folder);
    const auto refused = [&](const std::string& vary, const std::string& part) {
        const Outcome outcome =
            call({"study", "crash.scenario.json", "--vary", vary}, folder.path());
        CAPTURE(vary);
        CAPTURE(outcome.err);
        CHECK(outcome.exit_code == 2);
        CHECK(says(outcome.err, "--vary:1:"));
        CHECK(says(outcome.err, "^"));
        CHECK(says(outcome.err, "help: "));
        CHECK(says(outcome.err, part));
    };
    refused("/case/limits/crew=1,2", "crews");
    refused("/cas/limits/crews=1,2", "case");
    refused("/faults/3/at_s=1,2", "1 entries");
    refused("thottle=1 MB", "throttle");
    refused("throttle=1..5:1", "units");
    refused("crews=1..5", "step");
    refused("crews=1..5:-1", "range");
    refused("crews=", "list");
    refused("crews=0,1", "1 to 1000000");
    const auto usage = [&](const std::vector<std::string>& more) {
        std::vector<std::string> all{"study", "crash.scenario.json"};
        all.insert(all.end(), more.begin(), more.end());
        return call(all, folder.path());
    };
    CHECK(says(usage({"--vary", "crews=1,2", "--metric", "makespann"}).err, "'makespan'"));
    CHECK(usage({"--vary", "crews=1,2", "--metric", "unfinished"}).exit_code == 2);
    CHECK(usage({"--vary", "crews=1,2", "--against", "7"}).exit_code == 2);
    CHECK(
        usage({"--vary", "crews=1", "--vary", "batch-size=1", "--vary", "/policy=one"}).exit_code ==
        2);
}
