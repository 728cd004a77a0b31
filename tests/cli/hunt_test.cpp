// `rollcast hunt`: random cases held to the invariants, repeated alone, resumed, from files.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"
#include "tests/cli/small_files.hpp"
#include "tests/support/real_dumps.hpp"

using namespace rollcast::tests;
using Json = nlohmann::ordered_json;

namespace {

Json document(const Outcome& outcome) {
    CAPTURE(outcome.err);
    REQUIRE(!outcome.out.empty());
    return Json::parse(outcome.out);
}

std::size_t line_count(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("hunt holds random cases of every family, the same at any number of threads") {
    const Outcome one = call({"hunt", "--cases", "120", "-j", "1", "--json"});
    CHECK(one.exit_code == 0);
    const Outcome two = call({"hunt", "--cases", "120", "-j", "2", "--json"});
    CHECK(two.out == one.out);
    const Json found = document(one);
    CHECK(found["summary"]["cases"] == 120);
    CHECK(found["summary"]["broken"] == 0);
    CHECK(found["summary"]["events"].get<std::uint64_t>() > 10'000);
    for (const auto& family : found["families"].items()) {
        const std::string name = family.key();
        CAPTURE(name);
        CHECK(family.value()["cases"].get<int>() > 0);
    }
}

TEST_CASE("a case of a hunt is reproduced alone, and as a scenario of its own") {
    const ScratchFolder folder;
    const Outcome shown = call({"hunt", "--seed", "5", "--case", "3", "--show"}, folder.path());
    REQUIRE(shown.exit_code == 0);
    folder.write("case.scenario.json", shown.out);
    const Json alone =
        document(call({"hunt", "--seed", "5", "--case", "3", "--json"}, folder.path()));
    const Json from_file = document(call({"hunt", "case.scenario.json", "--json"}, folder.path()));
    CHECK(from_file["summary"] == alone["summary"]);
    CHECK(from_file["families"] == alone["families"]);
    CHECK(from_file["cases_by_fault"] == alone["cases_by_fault"]);
    CHECK(call({"suite", "case.scenario.json"}, folder.path()).exit_code == 0);
}

TEST_CASE("a hunt that was killed loses no finished case and counts none twice") {
    const std::vector<std::string> hunt{
        "hunt", "--cases", "150", "--seed", "9", "--json", "--resume", "journal"};
    const ScratchFolder whole;
    const Outcome uncut = call(hunt, whole.path());
    REQUIRE(uncut.exit_code == 0);
    CHECK(line_count(whole.read("journal")) == 150);
    const ScratchFolder folder;
    for (int kill = 0; kill < 4; ++kill) {
        call(hunt, folder.path(), SignalAfter{SIGKILL, std::chrono::milliseconds(60 + 90 * kill)});
    }
    folder.write("journal", folder.read("journal") + R"({"rollcast_hunt":1,"to)");
    const Outcome resumed = call(hunt, folder.path());
    CHECK(resumed.out == uncut.out);
    CHECK(line_count(folder.read("journal")) == 150);
    // What is there is not run again.
    const Outcome again = call(hunt, folder.path());
    CHECK(again.out == uncut.out);
    CHECK(line_count(folder.read("journal")) == 150);
}

TEST_CASE("what hunts have found stays mended, with the planner as well") {
    const Outcome found =
        call({"hunt", std::string(ROLLCAST_SOURCE_DIR) + "/tests/data/found", "--json"});
    CHECK(found.exit_code == 0);
    CHECK(document(found)["summary"]["broken"] == 0);
}

TEST_CASE("every mutant still has its place in the sources, once") {
    const std::string root = ROLLCAST_SOURCE_DIR;
    const Json mutants = Json::parse(rollcast::scenarios::file_text(root + "/tests/mutants.json"));
    REQUIRE(mutants.size() >= 10);
    for (const auto& [name, mutant] : mutants.items()) {
        const std::string at = name;
        CAPTURE(at);
        const std::string source =
            rollcast::scenarios::file_text(root + "/" + mutant[0].get<std::string>());
        const std::string as_it_is = mutant[1];
        const std::size_t place = source.find(as_it_is);
        REQUIRE(place != std::string::npos);
        CHECK(source.find(as_it_is, place + 1) == std::string::npos);
        CHECK(mutant[2] != mutant[1]);
    }
}

TEST_CASE("hunt says what it cannot read") {
    const ScratchFolder folder;
    folder.write("journal", "no journal\n");
    const Outcome wrong = call({"hunt", "--cases", "1", "--resume", "journal"}, folder.path());
    CHECK(wrong.exit_code == 2);
    CHECK(wrong.err.find("line 1 is no entry of a journal of a hunt") != std::string::npos);
    CHECK(folder.read("journal") == "no journal\n");
    CHECK(call({"hunt", "nowhere"}, folder.path()).exit_code == 2);
    CHECK(call({"hunt", "--cases", "0"}, folder.path()).exit_code == 2);
}
