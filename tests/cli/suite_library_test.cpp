// The library of scenarios: every kind of fault has one, all pass, and none passes without what it
// teaches.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "models/faults/catalogue.hpp"
#include "tests/cli/program.hpp"

using namespace rollcast;
using namespace rollcast::tests;
using Json = nlohmann::ordered_json;

namespace {

const std::filesystem::path& repository() {
    static const std::filesystem::path path{ROLLCAST_SOURCE_DIR};
    return path;
}

/// By its name without ".scenario.json", what a file of the library holds.
std::map<std::string, Json> library_files() {
    std::map<std::string, Json> files;
    const std::filesystem::path library = repository() / "scenarios/library";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(library)) {
        const std::string name = entry.path().filename().string();
        const std::size_t at = name.find(".scenario.json");
        if (at == std::string::npos) continue;
        CHECK(files.count(name.substr(0, at)) == 0);
        files[name.substr(0, at)] = Json::parse(std::ifstream(entry.path()));
    }
    return files;
}

}  // namespace

TEST_CASE("every kind of fault has a scenario of its name, whose last fault it is") {
    const std::map<std::string, Json> files = library_files();
    for (int k = 0; k < models::fault_kind_count; ++k) {
        const std::string kind(models::fault_info(static_cast<models::FaultKind>(k)).word);
        CAPTURE(kind);
        const auto found = files.find(kind);
        REQUIRE(found != files.end());
        REQUIRE_FALSE(found->second["faults"].empty());
        CHECK(found->second["faults"].back()["kind"] == kind);
        CHECK(found->second["teaches"].get<std::string>().size() > 20);
    }
}

TEST_CASE("the library passes, and every scenario fails without what it teaches") {
    const Outcome whole = call(
        {"suite", "scenarios/library", "--controls", "--json", "--progress", "none"}, repository());
    CHECK(whole.exit_code == 0);
    CHECK(whole.err.empty());
    const Json document = Json::parse(whole.out);
    CHECK(document["summary"]["ok"] == true);
    CHECK(document["summary"]["cases"].get<int>() >= models::fault_kind_count + 10);
    for (const Json& a_case : document["cases"]) {
        const std::string id = a_case["id"];
        CAPTURE(id);
        for (const Json& run : a_case["runs"]) {
            CHECK(run["passed"] == true);
            const auto shows = [](const Json& e) {
                return e["guard"] == false && e["held"] == true && e["met_without"] == false;
            };
            const Json& expectations = run["expectations"];
            CHECK(std::any_of(expectations.begin(), expectations.end(), shows));
        }
    }
}

TEST_CASE("what a suite says is the same at any -j") {
    std::vector<std::string> suite{"suite", "--controls", "--json", "--progress", "none"};
    for (const char* family : {"auth", "dangers", "disk", "network", "quorum", "rack"}) {
        suite.push_back(std::string("scenarios/library/") + family);
    }
    suite.insert(suite.end(), {"-j", "1"});
    const Outcome one = call(suite, repository());
    CHECK(one.exit_code == 0);
    suite.back() = "4";
    CHECK(call(suite, repository()).out == one.out);
}
