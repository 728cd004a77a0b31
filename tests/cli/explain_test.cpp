#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"
#include "tests/cli/small_files.hpp"

using namespace rollcast::tests;
using Json = nlohmann::ordered_json;

TEST_CASE("explain tells what holds a broker of a plan, link by link back to the start") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    REQUIRE(call({"plan", "-f", "case.json", "-o", "plan.json", "--effort", "50"}, folder.path())
                .exit_code == 0);
    int held = 0;
    for (int b = 1; b <= 6; ++b) {
        const std::string name = "c1/" + std::to_string(b);
        const Outcome json =
            call({"explain", "plan.json", name, "-f", "case.json", "--json"}, folder.path());
        REQUIRE(json.exit_code == 0);
        const Json document = Json::parse(json.out);
        const Json& chain = document["chain"];
        if (chain.empty()) continue;
        ++held;
        CHECK(chain[0]["until_s"] == document["start_s"]);
        CHECK(chain.back()["from_s"] == 0.0);
        CHECK_FALSE(chain[0]["partitions"].empty());
        const Outcome text = call({"explain", "plan.json", name, "-f", "case.json"}, folder.path());
        CHECK(text.out.find("why not earlier") != std::string::npos);
        CHECK(text.out.find("waited for") != std::string::npos);
    }
    CHECK(held >= 4);
}

TEST_CASE("explain says what a code means, and what it cannot explain") {
    const Outcome code = call({"explain", "rc0101"});
    CHECK(code.exit_code == 0);
    CHECK(code.out.rfind("RC0101: ", 0) == 0);
    CHECK(code.out.find("remedy: ") != std::string::npos);

    const ScratchFolder folder;
    folder.write("case.json", small_case());
    folder.write("plan.json", conflicting_batch());
    const auto said = [&](std::vector<std::string> words) {
        words.insert(words.begin(), "explain");
        const Outcome outcome = call(words, folder.path());
        CHECK(outcome.exit_code == 2);
        return outcome.err;
    };
    CHECK(said({"RC9999"}).find("nothing is known") != std::string::npos);
    CHECK(said({"plan.json"}).find("which machine") != std::string::npos);
    CHECK(said({"plan.json", "c1/7", "-f", "case.json"}).find("did you mean 'c1/") !=
          std::string::npos);
    CHECK(said({"none.json", "c1/1", "-f", "case.json"}).find("none.json") != std::string::npos);
}
