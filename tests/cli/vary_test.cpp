#include "cli/vary.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "scenarios/format/diagnostic.hpp"
#include "tests/cli/program.hpp"
#include "tests/cli/small_files.hpp"

using namespace rollcast;
using namespace rollcast::tests;
using cli::parse_vary;
using planner::Resource;
using Json = nlohmann::ordered_json;

namespace {

/// What is said of bad settings, with the marked part of them.
struct Refused {
    std::string message;
    std::string marked;
    std::string help;
};

Refused refused(const std::string& text) {
    try {
        parse_vary(text);
    } catch (const scenarios::InputError& error) {
        const scenarios::Diagnostic& d = error.diagnostics().front();
        const auto begin = static_cast<std::size_t>(d.column - 1);
        return {d.message,
                text.substr(begin, static_cast<std::size_t>(d.end_column - d.column)),
                d.help};
    }
    return {"taken", "", ""};
}

}  // namespace

TEST_CASE("settings are a range, a range with a step, or a list") {
    CHECK(parse_vary("crews=4..7").values == std::vector<double>{4, 5, 6, 7});
    CHECK(parse_vary("crews=4..24:8").values == std::vector<double>{4, 12, 20, 24});
    CHECK(parse_vary("slots=9,3,3,5").values == std::vector<double>{3, 5, 9});
    CHECK(parse_vary("slots=9,3,3,5").resource == Resource::image_slots);
    CHECK(parse_vary("window=4h..6h").values == std::vector<double>{14'400, 18'000, 21'600});
    CHECK(parse_vary("window=90min,2h").values == std::vector<double>{5'400, 7'200});
    CHECK(parse_vary("throttle=20MB/s..40MB/s:10MB/s").values ==
          std::vector<double>{20e6, 30e6, 40e6});
    CHECK(parse_vary("mixed_version=12h").resource == Resource::mixed_version);
    CHECK(parse_vary("max_down=1..3").resource == Resource::max_down);
}

TEST_CASE("bad settings are refused at their place, with a remedy") {
    struct Bad {
        const char* text;
        const char* marked;
    };
    for (const Bad& bad : {Bad{"crews", "crews"},
                           Bad{"crew=1..4", "crew"},
                           Bad{"=1..4", "="},
                           Bad{"crews=", ""},
                           Bad{"crews=4..", ""},
                           Bad{"crews=..4", "."},
                           Bad{"crews=24..4", "4"},
                           Bad{"crews=0..4", "0"},
                           Bad{"crews=-1..4", "-1"},
                           Bad{"crews=4..x", "x"},
                           Bad{"crews=4..8:0", "0"},
                           Bad{"crews=4..8:", ""},
                           Bad{"crews=4,,8", ","},
                           Bad{"crews=1.5..3", "1.5"},
                           Bad{"crews=1..100000", "1..100000"},
                           Bad{"crews=1..999999", "999999"},
                           Bad{"window=4..8", "4"},
                           Bad{"window=4h..30h", "30h"},
                           Bad{"window=50%", "50%"},
                           Bad{"throttle=10MB/s..40MB/s", "10MB/s..40MB/s"},
                           Bad{"throttle=10..40", "10"}}) {
        CAPTURE(bad.text);
        const Refused said = refused(bad.text);
        CHECK(said.message != "taken");
        if (*bad.marked != '\0') CHECK(said.marked == bad.marked);
        CHECK_FALSE(said.help.empty());
    }
}

TEST_CASE("plan --vary prints a row a setting as table, JSON and CSV, the same figures in each") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    const std::vector<std::string> call_of{
        "plan", "-f", "case.json", "--vary", "crews=1..4", "--effort", "50"};
    const auto with = [&](const std::string& more) {
        std::vector<std::string> words = call_of;
        if (!more.empty()) words.push_back(more);
        return call(words, folder.path());
    };

    const Outcome json = with("--json");
    REQUIRE(json.exit_code == 0);
    const Json points = Json::parse(json.out)["points"];
    REQUIRE(points.size() == 4);
    for (std::size_t i = 1; i < points.size(); ++i) {
        CHECK(points[i]["makespan_s"] <= points[i - 1]["makespan_s"]);
        CHECK(points[i]["lower_bound_s"] <= points[i - 1]["lower_bound_s"]);
    }
    CHECK(points[0]["binds"] == "crews");

    const Outcome csv = with("--csv");
    CHECK(csv.out.rfind("crews,used,status,makespan_s,", 0) == 0);
    CHECK(csv.out.find("\n1.0,1.0,\"feasible\"," + points[0]["makespan_s"].dump()) !=
          std::string::npos);
    const Outcome text = with("");
    CHECK(text.exit_code == 0);
    CHECK(text.out.find("one more saves") != std::string::npos);
}

TEST_CASE("plan --vary refuses what makes no sense, with exit code 2") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    const auto said = [&](std::vector<std::string> more) {
        std::vector<std::string> words{"plan", "-f", "case.json"};
        words.insert(words.end(), more.begin(), more.end());
        const Outcome outcome = call(words, folder.path());
        CHECK(outcome.exit_code == 2);
        return outcome.err;
    };
    const std::string range = said({"--vary", "crews=24..4"});
    CHECK(range.find("--vary:1:11") != std::string::npos);
    CHECK(range.find("crews=24..4\n") != std::string::npos);
    CHECK(range.find('^') != std::string::npos);
    CHECK(range.find("write crews=4..24") != std::string::npos);
    CHECK(said({"--vary", "window=2h,4h"}).find("no change windows") != std::string::npos);
    CHECK(said({"--vary", "crews=1,2", "-o", "p.json"}).find("--out") != std::string::npos);
    CHECK(said({"--csv"}).find("--vary") != std::string::npos);
    CHECK(said({"--vary", "crews=1,2", "--csv", "--json"}).find("--json") != std::string::npos);
}

TEST_CASE("where no setting has a plan, plan --vary ends with exit code 3 and says why") {
    const ScratchFolder folder;
    folder.write("case.json", zero_slack_case());
    const Outcome outcome = call({"plan", "-f", "case.json", "--vary", "crews=1,2"}, folder.path());
    CHECK(outcome.exit_code == 3);
    CHECK(outcome.out.find("RC3001") != std::string::npos);
}

TEST_CASE("plan --runs says what the makespan comes to when durations are drawn") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    const std::vector<std::string> words{
        "plan", "-f", "case.json", "--effort", "50", "--runs", "10"};
    std::vector<std::string> with_json = words;
    with_json.emplace_back("--json");
    const Json document = Json::parse(call(with_json, folder.path()).out);
    CHECK(document["runs"]["count"] == 10);
    CHECK(document["runs"]["makespan_p50_s"] <= document["runs"]["makespan_p95_s"]);
    CHECK(document["runs"]["makespan_p95_s"] > document["summary"]["makespan_s"]);
    CHECK(call(words, folder.path()).out.find("  drawn        p50 ") != std::string::npos);
}
