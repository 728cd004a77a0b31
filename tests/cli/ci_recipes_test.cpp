// The commands of docs/ci.md do what the page says.
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"
#include "tests/cli/small_files.hpp"

using namespace rollcast::tests;

namespace {

/// Every command of the page that starts with `rollcast`: a line, with the one that goes on with it
/// where YAML folds them; what the CI would put in is filled in.
std::vector<std::vector<std::string>> recipe_commands() {
    std::ifstream page(std::string(ROLLCAST_SOURCE_DIR) + "/docs/ci.md");
    REQUIRE(page);
    const std::map<std::string, std::string> filled{{"$CI_NODE_INDEX/$CI_NODE_TOTAL", "1/4"}};
    std::vector<std::vector<std::string>> commands;
    bool code = false;
    bool goes_on = false;
    for (std::string line; std::getline(page, line);) {
        if (line.starts_with("```")) code = !code;
        const std::size_t at = line.find("rollcast s");
        const std::size_t first = line.find_first_not_of(' ');
        const bool option = first != std::string::npos && line.compare(first, 2, "--") == 0;
        if (!code || (at == std::string::npos && !(goes_on && option))) {
            goes_on = false;
            continue;
        }
        goes_on = true;
        for (const std::string& shard : {std::string("${{ matrix.shard }}/4")}) {
            const std::size_t found = line.find(shard);
            if (found != std::string::npos) line.replace(found, shard.size(), "1/4");
        }
        std::istringstream words(line.substr(at == std::string::npos ? first : at + 9));
        if (at != std::string::npos) commands.emplace_back();
        for (std::string word; words >> word;) {
            while (!word.empty() && word.back() == '\'') word.pop_back();
            const auto known = filled.find(word);
            commands.back().push_back(known == filled.end() ? word : known->second);
        }
    }
    return commands;
}

}  // namespace

TEST_CASE("the commands of the recipes run, and write what they name") {
    const ScratchFolder folder;
    std::filesystem::create_directory(folder.path() / "scenarios");
    folder.write("scenarios/case.json", small_case());
    const std::string head = R"({"rollcast_scenario": 1, "case": "case.json", "policy": "one",
      "teaches": "A crash beside a step.", "faults": [{"kind": "broker_crash", "broker": "c1/2",
        "when": {"machine": "c1/1", "phase": "reimage"}, "duration_s": 600}],
      "expect": [{"metric": "min_isr.answer", "is": "==", "value": )";
    folder.write("scenarios/good.scenario.json", head + "\"broken\"}]}");
    REQUIRE(call({"suite", "scenarios/", "--baseline", "suite-baseline.json", "--update-baseline"},
                 folder.path())
                .exit_code == 0);
    const std::vector<std::vector<std::string>> commands = recipe_commands();
    REQUIRE(commands.size() == 10);
    for (const std::vector<std::string>& command : commands) {
        const bool shrinks = command.front() == "shrink";
        if (shrinks) folder.write("scenarios/fails.scenario.json", head + "\"held\"}]}");
        std::string text;
        for (const std::string& word : command) text += word + " ";
        CAPTURE(text);
        const Outcome outcome = call(command, folder.path());
        CAPTURE(outcome.err);
        CHECK(outcome.exit_code == 0);
    }
    for (const char* file : {"junit.xml", "suite.sarif", "summary.md", "small.scenario.json"}) {
        CAPTURE(file);
        CHECK(std::filesystem::exists(folder.path() / file));
    }
}
