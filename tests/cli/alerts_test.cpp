// Alert rules of others over runs, evaluated by promtool; skipped where that is not installed.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"
#include "tests/cli/small_files.hpp"

using namespace rollcast::tests;
using Json = nlohmann::ordered_json;

namespace {

bool no_promtool(const ScratchFolder& folder) {
    if (call_other({"promtool", "--version"}, folder.path())) return false;
    MESSAGE("skipped: no promtool (scripts/install_deps.sh --alerts)");
    return true;
}

/// Rules of the Prometheus operator's form: one that fires, one that is broken, one for what is not
/// simulated, one that records and one that looks at what it has recorded.
std::string company_rules() {
    return R"(apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: kafka}
spec:
  groups:
  - name: kafka
    rules:
    - {alert: BrokerGone, expr: 'up{kubernetes_pod_name=~".+-kafka-[0-9]+"} == 0', for: 1m,
       labels: {severity: major}, annotations: {summary: '{{ $labels.pod }} is gone'}}
    - {alert: Broken, expr: 'up ==', for: 1m}
    - {alert: DiskFull, expr: kubelet_volume_stats_available_bytes < 1}
    - {record: 'cluster:unhealthy', expr: 'sum by (namespace) (kafka_server_replicamanager_underreplicatedpartitions)'}
    - {alert: OutOfSync, expr: 'cluster:unhealthy > 0', for: 30s, labels: {severity: warning}}
)";
}

std::string crash_and_nothing() {
    return R"({"rollcast_faults": 1, "faults": [
  {"name": "crash =1+1", "kind": "broker_crash", "broker": "c1/6", "at_s": 300, "duration_s": 900},
  {"name": "slow", "kind": "nic_degraded", "broker": "c1/6", "at_s": 300, "duration_s": 900}
]}
)";
}

std::string page_text_of(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(std::string(ROLLCAST_SOURCE_DIR) + "/docs/" + name).rdbuf();
    return text.str();
}

/// The words of every line of code on the page that begins with `rollcast`; quotes are taken off.
std::vector<std::vector<std::string>> commands_on(const std::string& page) {
    std::vector<std::vector<std::string>> commands;
    std::istringstream lines(page_text_of(page));
    for (std::string line; std::getline(lines, line);) {
        if (line.rfind("rollcast ", 0) != 0) continue;
        commands.emplace_back();
        std::istringstream words(line.substr(9));
        for (std::string word; words >> word;) {
            if (word.size() > 1 && word.front() == '\'') word = word.substr(1, word.size() - 2);
            commands.back().push_back(word);
        }
    }
    return commands;
}

void run_page(const std::string& page, std::size_t least, const std::vector<int>& allowed) {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    folder.write("faults.json", crash_and_nothing());
    folder.write("rules.yml", company_rules());
    folder.write("moves.json", R"({"rollcast_faults": 1, "faults": [
  {"name": "move", "kind": "reassignment", "broker": "c1/5", "at_s": 100}]})");
    const std::vector<std::vector<std::string>> commands = commands_on(page);
    REQUIRE(commands.size() >= least);
    for (const std::vector<std::string>& command : commands) {
        std::string text;
        for (const std::string& word : command) text += word + " ";
        CAPTURE(text);
        const Outcome outcome = call(command, folder.path());
        CAPTURE(outcome.err);
        CHECK(std::count(allowed.begin(), allowed.end(), outcome.exit_code) == 1);
        const auto out = std::find(command.begin(), command.end(), "-o");
        if (out != command.end()) CHECK(std::filesystem::exists(folder.path() / *std::next(out)));
    }
}

}  // namespace

TEST_CASE("alerts: what fires, what is broken, what is not simulated, and who is told") {
    const ScratchFolder folder;
    if (no_promtool(folder)) return;
    folder.write("case.json", small_case());
    folder.write("faults.json", crash_and_nothing());
    folder.write("rules.yml", company_rules());
    const Outcome run = call({"alerts",
                              "case.json",
                              "-s",
                              "faults.json",
                              "--rules",
                              "rules.yml",
                              "--must-fire",
                              "BrokerGone:within=5min",
                              "--must-not-fire",
                              "OutOf.*",
                              "--junit",
                              "alerts.xml",
                              "--json"},
                             folder.path());
    CAPTURE(run.err);
    REQUIRE(run.exit_code == 1);
    const Json document = Json::parse(run.out);
    CHECK_FALSE(document["summary"]["ok"].get<bool>());

    const Json& rules = document["rules"];
    REQUIRE(rules.size() == 5);
    CHECK(rules[0]["evaluated"].get<bool>());
    CHECK(rules[1]["broken"].get<std::string>().find("unexpected end of input") !=
          std::string::npos);
    CHECK(rules[1]["line"].get<int>() == 10);
    CHECK(rules[2]["not_simulated"] == Json::array({"kubelet_volume_stats_available_bytes"}));
    CHECK(rules[3]["evaluated"].get<bool>());
    CHECK(rules[4]["evaluated"].get<bool>());

    const Json& demands = document["demands"];
    CHECK(demands[0]["met"].get<bool>());
    CHECK_FALSE(demands[1]["met"].get<bool>());

    const Json& failures = document["failures"];
    REQUIRE(failures.size() >= 2);
    CHECK(failures[0]["told_by"] == "BrokerGone");
    CHECK(failures[0]["paged_by"] == "BrokerGone");
    // The first scrape after the crash is up to 30 s away, the rule waits a minute.
    CHECK(failures[0]["told_at_s"].get<double>() > 300 + 60);
    CHECK(failures[0]["told_at_s"].get<double>() <= 300 + 60 + 30 + 15 + 15);

    const std::string junit = folder.read("alerts.xml");
    CHECK(junit.find("<skipped ") != std::string::npos);
    CHECK(junit.find("<error ") != std::string::npos);
    CHECK(junit.find("name=\"OutOf.* must not fire\"><failure") != std::string::npos);
}

TEST_CASE("alerts: where promtool is missing, too old, silent or killed the exit code is 4") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    const auto with = [&](const std::string& name, const std::string& script) {
        if (!script.empty()) {
            folder.write(name, "#!/bin/sh\n" + script);
            std::filesystem::permissions(folder.path() / name, std::filesystem::perms::owner_all);
        }
        return call({"alerts", "case.json", "--promtool", "./" + name}, folder.path());
    };
    const std::string version = "echo 'promtool, version ";
    for (const auto& fake : std::vector<std::pair<std::string, std::string>>{
             {"", "was not found"},
             {"exit 0\n", "does not say which version"},
             {version + "2.37.1 (branch)'\n", "is promtool 2.37.1, which is too old"},
             {"[ \"$1\" = --version ] && " + version + "2.45.0'|| kill -9 $$\n",
              "ended by signal 9"}}) {
        const std::string& script = fake.first;
        CAPTURE(script);
        const Outcome run = with(script.empty() ? "nothing" : "fake", script);
        CHECK(run.exit_code == 4);
        CAPTURE(run.err);
        CHECK(run.err.find(fake.second) != std::string::npos);
        CHECK(run.err.find("help: ") != std::string::npos);
    }
}

TEST_CASE("alerts: our own evaluator and promtool agree on random runs") {
    const ScratchFolder folder;
    if (no_promtool(folder)) return;
    const Outcome check = call({"alerts", "--check-own", "4", "--seed", "7"}, folder.path());
    CAPTURE(check.out);
    CHECK(check.exit_code == 0);
}

TEST_CASE("alerts: files that are no rules are refused with their place") {
    const ScratchFolder folder;
    if (no_promtool(folder)) return;
    folder.write("case.json", small_case());
    folder.write("bad.yml", "groups:\n  - name: [x\n");
    folder.write("none.yml", "a: 1\n");
    const Outcome bad = call({"alerts", "case.json", "--rules", "bad.yml"}, folder.path());
    CHECK(bad.exit_code == 2);
    CHECK(bad.err.find("bad.yml:") != std::string::npos);
    const Outcome none = call({"alerts", "case.json", "--rules", "none.yml"}, folder.path());
    CHECK(none.exit_code == 2);
    CHECK(none.err.find("holds no rules") != std::string::npos);
    const Outcome regex = call({"alerts", "case.json", "--must-not-fire", "("}, folder.path());
    CHECK(regex.exit_code == 2);
}

TEST_CASE("the rules of the embedded estate ship as a file, and promtool loads it") {
    const ScratchFolder folder;
    REQUIRE(call({"export", "--format", "prometheus-rules", "-o", "own.yml"}, folder.path())
                .exit_code == 0);
    const std::string shipped =
        std::string(ROLLCAST_SOURCE_DIR) + "/scenarios/library/rollcast.rules.yml";
    if (std::getenv("ROLLCAST_WRITE_GENERATED") != nullptr) {
        std::ofstream(shipped) << folder.read("own.yml");
    }
    std::ostringstream text;
    text << std::ifstream(shipped).rdbuf();
    CHECK(folder.read("own.yml") == text.str());
    if (no_promtool(folder)) return;
    const auto checked = call_other({"promtool", "check", "rules", "own.yml"}, folder.path());
    CAPTURE(checked->err);
    CHECK(checked->exit_code == 0);
}

TEST_CASE("the commands of docs/alerts.md run") {
    const ScratchFolder folder;
    if (no_promtool(folder)) return;
    run_page("alerts.md", 4, {0, 1});
}

TEST_CASE("the commands of docs/export.md run, and write what they name") {
    run_page("export.md", 10, {0});
}

TEST_CASE("the page on Strimzi's rules is what its command prints") {
    const ScratchFolder folder;
    if (no_promtool(folder)) return;
    const char* data = std::getenv("ROLLCAST_DATA");
    const std::filesystem::path rules =
        std::filesystem::path(data == nullptr ? "" : data) / "alert-rules";
    if (data == nullptr || !std::filesystem::exists(rules)) {
        MESSAGE("skipped: no alert rules of Strimzi (set ROLLCAST_DATA)");
        return;
    }
    const std::string source = ROLLCAST_SOURCE_DIR;
    const Outcome run = call({"alerts",
                              source + "/scenarios/library/detection_case.json",
                              "-s",
                              source + "/tests/data/ten_faults.json",
                              "--allow-during-batches",
                              "UnderReplicatedPartitions",
                              "--markdown",
                              "table.md",
                              "--rules",
                              (rules / "strimzi-prometheus-kafka-rules.crd.yaml").string(),
                              (rules / "strimzi-kafka-exporter.crd.yaml").string()},
                             folder.path());
    CAPTURE(run.err);
    REQUIRE((run.exit_code == 0 || run.exit_code == 1));
    const std::string page =
        "# Strimzi's alert rules over ten faults\n\n"
        "The rules of Strimzi's examples (`prometheus-rules`), evaluated by promtool over ten "
        "faults of\n"
        "the cluster of [detection.md](detection.md), each in a run of its own while machines are\n"
        "re-imaged. UnderReplicatedPartitions is expected during batches and tells nothing then. "
        "What of\n"
        "the rules is silent, or needs what is not simulated, is in the second table. This page "
        "is\n"
        "generated by `ROLLCAST_DATA=... ROLLCAST_WRITE_GENERATED=1 test_cli -tc=\"*Strimzi*\"` "
        "from\n"
        "`tests/data/ten_faults.json`.\n\n" +
        folder.read("table.md");
    if (std::getenv("ROLLCAST_WRITE_GENERATED") != nullptr) {
        std::ofstream(source + "/docs/alerts-strimzi.md") << page;
    }
    CHECK(page == page_text_of("alerts-strimzi.md"));
}
