#include <algorithm>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"
#include "tests/cli/small_files.hpp"

using namespace rollcast::tests;
using Json = nlohmann::ordered_json;

namespace {

std::size_t rows_of(const Json& table, const std::string& family) {
    return static_cast<std::size_t>(
        std::count_if(table["rows"].begin(), table["rows"].end(), [&](const Json& row) {
            return row["family"] == family;
        }));
}

}  // namespace

TEST_CASE("compare --policies sets ours beside today's tools and itself with less") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    const Outcome outcome =
        call({"compare", "--policies", "--runs", "5", "-f", "case.json", "--json"}, folder.path());
    const Json table = Json::parse(outcome.out)["policies"];
    // Tools that start the next rack before the step of the last one is over are ahead by that.
    CHECK(outcome.exit_code == (table["all_matched"] == true ? 0 : 1));
    CHECK(rows_of(table, "ours") == 1);
    CHECK(rows_of(table, "ablation") == 5);
    CHECK(rows_of(table, "tool") == 16);
    CHECK(table["rows"][0]["name"] == "rollcast");
    CHECK(table["conclusion"].get<std::string>().find("its certificate proves") !=
          std::string::npos);
    for (const Json& row : table["rows"]) {
        CAPTURE(row["name"].get<std::string>());
        const Json& runs = row["runs"];
        CHECK(runs["count"] == 5);
        if (runs["aborted"] == 5) continue;
        CHECK(runs["makespan_p50_s"] <= runs["makespan_p95_s"]);
        const bool as_safe = row["standing"] == "beaten" || row["standing"] == "as_good";
        if (as_safe)
            CHECK(row["makespan_s"].get<double>() >=
                  0.999 * table["rows"][0]["makespan_s"].get<double>());
    }
}

TEST_CASE("every policy meets the same fault, and a plan that is named takes the place of ours") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    folder.write("faults.json", power_loss());
    REQUIRE(call({"plan", "-f", "case.json", "-o", "plan.json", "--effort", "50"}, folder.path())
                .exit_code == 0);
    const Outcome outcome = call(
        {"compare", "plan.json", "--policies", "-f", "case.json", "-s", "faults.json", "--json"},
        folder.path());
    const Json table = Json::parse(outcome.out)["policies"];
    CHECK(table["rows"][0]["name"] == "plan.json");
    CHECK(table["rows"][0]["family"] == "ours");
    CHECK(table["rows"][0]["below_floor_partitions"].get<int>() >
          0);  // the rack takes two of three
}

TEST_CASE("compare --policies --markdown prints a page with both tables and the command") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    const std::vector<std::string> words{"compare", "--policies", "--markdown", "-f", "case.json"};
    const Outcome page = call(words, folder.path());
    CHECK(page.exit_code <= 1);
    CHECK(page.out.rfind("# Today's tools and the planner on the small\n", 0) == 0);
    for (const char* part : {"Made by `rollcast compare --policies --markdown -f case.json`",
                             "## Today's tools",
                             "| `cp-ansible` |",
                             "## What each ingredient gives",
                             "| without search: "}) {
        CAPTURE(part);
        CHECK(page.out.find(part) != std::string::npos);
    }
    CHECK(call(words, folder.path()).out == page.out);

    CHECK(call({"compare", "--tools", "--markdown", "-f", "case.json"}, folder.path()).exit_code ==
          2);
    CHECK(call({"compare", "--tools", "--runs", "3", "-f", "case.json"}, folder.path()).exit_code ==
          2);
    CHECK(call({"compare", "--policies", "--markdown", "--json", "-f", "case.json"}, folder.path())
              .exit_code == 2);
}
