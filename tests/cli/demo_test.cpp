#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"
#include "tests/support/golden.hpp"

using namespace rollcast::tests;
using Json = nlohmann::ordered_json;

TEST_CASE("the demo is the same bytes twice, with one thread and with two, and exits 0") {
    const Outcome first = call({"--json", "--effort", "400", "-j", "1"});
    const Outcome second = call({"--json", "--effort", "400", "-j", "2"});
    REQUIRE(first.exit_code == 0);
    CHECK(first.out == second.out);
    CHECK(first.err.empty());

    const Json document = Json::parse(first.out);
    CHECK(document["summary"]["ok"] == true);
    CHECK(document["violations"].empty());
    CHECK_FALSE(document["accepted"].empty());
    CHECK_FALSE(document["findings"].empty());
    CHECK(document["rack_at_a_time"]["ok"] == false);
    CHECK(document["rack_at_a_time"]["violations"][0]["rule"] == "min_isr");
    CHECK(document["comparison"].size() == 4);
    CHECK(document["faults"].size() == 4);

    SUBCASE("and its traces are those of every other compiler and build type") {
        Json hashes;
        hashes["best"] = document["totals"]["trace_hash"];
        for (const Json& fault : document["faults"]) {
            hashes[fault["name"].get<std::string>()] = fault["totals"]["trace_hash"];
        }
        const std::string actual = hashes.dump(2) + "\n";
        CHECK(golden("trace_hashes.json", actual) == actual);
    }
}

TEST_CASE("the demo reads from the first line to the next commands, within 80 columns") {
    const Outcome demo = call({"--effort", "400"});
    REQUIRE(demo.exit_code == 0);
    std::size_t at = 0;
    for (const char* part : {"a first look",
                             "accepts the breaches",
                             "1. What is wrong with it",
                             "2. A whole rack at a time",
                             "breaks min ISR",
                             "3. The fastest safe schedule",
                             "4. The same plan",
                             "broker crash",
                             "rack power loss",
                             "slow disk",
                             "lost in re-image",
                             "5. Next",
                             "rollcast init",
                             "rollcast import",
                             "rollcast plan"}) {
        CAPTURE(part);
        const std::size_t found = demo.out.find(part, at);
        CHECK(found != std::string::npos);
        if (found != std::string::npos) at = found;
    }
    std::istringstream lines(demo.out);
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        CHECK(line.size() <= 80);
    }
}
