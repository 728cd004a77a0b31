// `rollcast suite`: what it runs, what it says of failures and of bad files, in every format.
#include <algorithm>
#include <csignal>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sqlite3.h>

#include "tests/cli/program.hpp"
#include "tests/cli/small_files.hpp"

using namespace rollcast::tests;
using Json = nlohmann::ordered_json;

namespace {

/// A scenario of the small case with these fields beside its marker, its case and its policy.
std::string scenario(const std::string& fields) {
    return R"({"rollcast_scenario": 1, "case": "case.json", "policy": "one",
  "teaches": "Steps take time.",
  )" + fields +
           "}\n";
}

std::string expecting(const std::string& expectation) {
    return scenario("\"expect\": [\n    {" + expectation + "}\n  ]");
}

const std::string true_expectation = R"("metric": "makespan", "is": ">=", "value": "1 h")";
const std::string false_expectation =
    R"("metric": "makespan", "is": "<=", "value": "1 s", "because": "<&\u0007\">")";

void write_suite(const ScratchFolder& folder) {
    folder.write("case.json", small_case());
    folder.write("good.scenario.json", expecting(true_expectation));
    folder.write("bad.scenario.json", expecting(false_expectation));
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::vector<std::string> ids(const Outcome& json) {
    std::vector<std::string> out;
    CAPTURE(json.err);
    CHECK(json.err.empty());
    const Json document = Json::parse(json.out);
    for (const Json& c : document["cases"]) out.push_back(c["id"]);
    return out;
}

std::size_t lines_of(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("suite exits 1 for an expectation that does not hold, with the command that shows it") {
    const ScratchFolder folder;
    write_suite(folder);
    CHECK(call({"suite", "good.scenario.json"}, folder.path()).exit_code == 0);
    const Outcome both = call({"suite", "good.scenario.json", "bad.scenario.json"}, folder.path());
    CHECK(both.exit_code == 1);
    CHECK(contains(both.out, "2 cases, 2 runs: 1 passed, 1 failed"));
    CHECK(contains(both.out, "makespan <= 1 s: was"));
    CHECK(contains(both.out, "bad.scenario.json:4:5"));
    const Json json =
        Json::parse(call({"suite", "bad.scenario.json", "--json"}, folder.path()).out);
    const std::string id = json["cases"][0]["id"];
    const Outcome again =
        call({"suite", "bad.scenario.json", "--case", id, "--seed", "1", "--json"}, folder.path());
    CHECK(again.exit_code == 1);
    CHECK(Json::parse(again.out)["cases"] == json["cases"]);
    CHECK(contains(json["cases"][0]["runs"][0]["reproduce"], "--case"));
}

TEST_CASE("a scenario that is wrong is told at its place, the others run, and suite exits 2") {
    const ScratchFolder folder;
    write_suite(folder);
    const auto refused = [&](const std::string& text, const std::string& code) {
        folder.write("wrong.scenario.json", text);
        const Outcome outcome = call({"suite",
                                      "good.scenario.json",
                                      "wrong.scenario.json",
                                      "--junit",
                                      "junit.xml",
                                      "--json"},
                                     folder.path());
        CAPTURE(outcome.err);
        CHECK(outcome.exit_code == 2);
        CHECK(contains(outcome.err, code));
        CHECK(contains(outcome.err, "wrong.scenario.json:"));
        CHECK(contains(outcome.err, "this file is left out, the others run"));
        CHECK(contains(outcome.err, "help: "));
        const Json document = Json::parse(outcome.out);
        CHECK(document["summary"]["passed"] == 1);
        CHECK(document["summary"]["refused"] == 1);
        CHECK(document["refused"][0]["problems"][0]["line"].get<int>() >= 1);
        CHECK(contains(folder.read("junit.xml"), "errors=\"1\""));
    };
    refused(expecting(R"("metric": "makespann", "is": "<=", "value": "1 h")"), "RC0304");
    refused(expecting(R"("metric": "makespan", "is": "<=", "value": 3600)"), "RC0701");
    refused(scenario(R"("expect": [])"), "RC0301");
    const std::string good = "\"expect\": [{" + true_expectation + "}]";
    refused(scenario(good + R"(, "plan": "p.json")"), "RC0205");
    refused(scenario(good + R"(, "extends": "none.json")"), "RC0101");
    refused(scenario(good + R"(, "extends": "wrong.scenario.json")"), "RC0703");
    refused(scenario(good + R"(, "set": {"/case/limit/crews": 1})"), "RC0203");
    refused(scenario(good + R"(, "set": {"/case/fleet/clusters/9/name": "x"})"), "RC0702");
    refused(scenario(good + R"(, "set": {"/cas/limits/crews": 1})"), "RC0702");
    refused(scenario(good + R"(, "set": {"/case/step_timeout_s": "a"})"), "RC0202");
    refused(scenario(good + R"(, "matrix": {"/policy": {"every": "brokr"}})"), "RC0302");
    refused(scenario(good + R"(, "matrix": {"/policy": ["one", "two"]})"), "RC0302");
    refused(scenario(good + R"(, "faults": [{"kind": "broker_crash", "broker": "c1/99",
      "at_s": 1, "duration_s": 5}])"),
            "RC0304");
    refused(R"({"rollcast_scenario": 1, "case": "nowhere.json", "policy": "one",
      "teaches": "t", )" +
                good + "}",
            "RC0101");
}

TEST_CASE("what a grid has put where it does not fit is shown in the grid") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    const std::string faults =
        R"("faults": [{"kind": "slow_disk", "broker": "c1/1", "at_s": 1, "duration_s": 5}],)";
    for (const char* matrix : {R"({"/faults/0/factor": [0.5, 2]})",
                               R"({"/faults/0/broker": ["c1/2", "c1/9"]})",
                               R"({"/policy": ["one", "two"]})",
                               R"({"/case/step/reimage_s": [60, -5]})"}) {
        CAPTURE(matrix);
        folder.write("a.scenario.json",
                     scenario(faults + "\"expect\": [{" + true_expectation +
                              "}],\n  \"matrix\": " + matrix));
        const Outcome outcome = call({"suite", "."}, folder.path());
        CAPTURE(outcome.err);
        CHECK(outcome.exit_code == 2);
        CHECK(contains(outcome.err, "a.scenario.json:4:"));
    }
}

TEST_CASE("what cannot be chosen is a usage error") {
    const ScratchFolder folder;
    write_suite(folder);
    CHECK(call({"suite"}, folder.path()).exit_code == 2);
    CHECK(call({"suite", "nowhere"}, folder.path()).exit_code == 2);
    CHECK(call({"suite", "good.scenario.json", "--tag", "none"}, folder.path()).exit_code == 2);
    for (const char* shard : {"0/2", "3/2", "1", "1/x", "-1/2"}) {
        CHECK(call({"suite", ".", "--shard", shard}, folder.path()).exit_code == 2);
    }
}

TEST_CASE("JUnit, SARIF, Markdown and annotations hold the failure at its place, escaped") {
    const ScratchFolder folder;
    write_suite(folder);
    const Outcome outcome = call(
        {"suite", ".", "--junit", "j.xml", "--sarif", "s.json", "--markdown", "m.md", "--github"},
        folder.path());
    CHECK(outcome.exit_code == 1);
    const std::string junit = folder.read("j.xml");
    CHECK(contains(junit, "tests=\"2\" failures=\"1\" errors=\"0\""));
    CHECK(contains(junit, "makespan &lt;= 1 s: was"));
    CHECK(contains(junit, "&lt;&amp;"));
    CHECK_FALSE(contains(junit, "\a"));
    CHECK(contains(junit, "reproduce: rollcast suite"));

    const Json sarif = Json::parse(folder.read("s.json"));
    CHECK(sarif["version"] == "2.1.0");
    const Json& result = sarif["runs"][0]["results"][0];
    CHECK(result["ruleId"] == sarif["runs"][0]["tool"]["driver"]["rules"][0]["id"]);
    const Json& place = result["locations"][0]["physicalLocation"];
    CHECK(contains(place["artifactLocation"]["uri"], "bad.scenario.json"));
    CHECK(place["region"]["startLine"] == 4);
    CHECK(place["region"]["startColumn"] == 5);

    CHECK(contains(folder.read("m.md"), "| 2 | 2 | 1 |"));
    CHECK(contains(outcome.out, "::error file="));
    CHECK(contains(outcome.out, "bad.scenario.json,line=4,col=5,title="));
}

TEST_CASE("shards part the cases: each is in one of them") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    folder.write("grid.scenario.json",
                 scenario("\"matrix\": {\"/case/step_timeout_s\": [7000, 8000, 9000, 10000]}, "
                          "\"expect\": [{" +
                          true_expectation + "}]"));
    const std::vector<std::string> all = ids(call({"suite", ".", "--json"}, folder.path()));
    CHECK(all.size() == 4);
    std::multiset<std::string> parts;
    for (const char* shard : {"1/3", "2/3", "3/3"}) {
        for (const std::string& id :
             ids(call({"suite", ".", "--json", "--shard", shard}, folder.path()))) {
            parts.insert(id);
        }
    }
    CHECK(parts == std::multiset<std::string>(all.begin(), all.end()));
}

TEST_CASE("a grid asks the case for its brokers and racks, and labels say the values") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    const std::string faults =
        R"("faults": [{"kind": "slow_disk", "broker": "c1/1", "at_s": 0, "duration_s": 60}],)";
    folder.write("grid.scenario.json",
                 scenario(faults + R"("matrix": {"/faults/0/broker": {"every": "broker"},
                                       "/faults/0/factor": [0.5, 1]},
                          "expect": [{)" +
                          true_expectation + "}]"));
    const std::vector<std::string> found = ids(call({"suite", ".", "--json"}, folder.path()));
    CHECK(found.size() == 12);
    CHECK(std::count_if(found.begin(), found.end(), [](const std::string& id) {
              return id.ends_with("grid[broker=c1/3, factor=0.5]");
          }) == 1);
    CHECK(ids(call({"suite", ".", "--json", "--case", "*broker=c1/2*"}, folder.path())).size() ==
          2);
}

TEST_CASE("a selector finds who leads the partition with the least margin, cluster by cluster") {
    const ScratchFolder folder;
    std::string text = small_case();
    const std::string orders = R"("topics": [)";
    // Brokers 5 and 2 share a rack: without it one replica is left of a floor of two.
    const std::string tight = R"({"name": "tight", "min_isr": 2, "write_bytes_per_s": 1,
      "placement": {"kind": "explicit", "replicas": [[1, 2, 3], [5, 2, 3]]}},)";
    folder.write("case.json", text.replace(text.find(orders), orders.size(), orders + tight));
    const auto chosen = [&](const std::string& selector) {
        folder.write("grid.scenario.json",
                     scenario(R"("faults": [{"kind": "slow_disk", "broker": "c1/1", "at_s": 0,
                                 "duration_s": 60}], "matrix": {"/faults/0/broker": )" +
                              selector + "}, \"expect\": [{" + true_expectation + "}]"));
        return call({"suite", ".", "--json"}, folder.path());
    };
    for (const char* key : {"every", "one_of_each_cluster"}) {
        const std::vector<std::string> found =
            ids(chosen(fmt::format(R"({{"{}": "leader_of_least_margin"}})", key)));
        REQUIRE(found.size() == 1);
        CHECK(contains(found.front(), "grid[broker=c1/5]"));
    }
    const Outcome wrong = chosen(R"({"every": "leader_of_least_margins"})");
    CHECK(wrong.exit_code == 2);
    CHECK(contains(wrong.err, "leader_of_least_margin"));
}

TEST_CASE("what a scenario does not say is as in what it extends; set, matrix and tags reach it") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    folder.write("base.json",
                 R"({"rollcast_scenario": 1, "case": "case.json", "policy": "one", "tags": ["x"],
      "set": {"/case/limits": {"crews": 2}}})");
    folder.write("sub.scenario.json",
                 R"({"rollcast_scenario": 1, "extends": "base.json", "teaches": "t",
      "policy": "serial-isr", "set": {"/case/step_timeout_s": 9000},
      "expect": [{"metric": "safe", "is": "==", "value": true}]})");
    CHECK(call({"suite", ".", "--tag", "x"}, folder.path()).exit_code == 0);
    // A value that a base has set wrongly is shown there.
    folder.write("base.json",
                 R"({"rollcast_scenario": 1, "case": "case.json", "policy": "one", "tags": ["x"],
      "set": {"/case/limits": {"crews": 0}}})");
    const Outcome wrong = call({"suite", "."}, folder.path());
    CHECK(wrong.exit_code == 2);
    CHECK(contains(wrong.err, "base.json:2:"));
}

TEST_CASE("--controls finds an expectation that holds without what is taught") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    const std::string faults =
        R"("faults": [{"kind": "broker_crash", "broker": "c1/1", "at_s": 0, "duration_s": 60}],)";
    folder.write("a.scenario.json", scenario(faults + "\"expect\": [{" + true_expectation + "}]"));
    CHECK(call({"suite", "."}, folder.path()).exit_code == 0);
    const Outcome control = call({"suite", ".", "--controls"}, folder.path());
    CHECK(control.exit_code == 1);
    CHECK(contains(control.out, "so it shows nothing"));
    folder.write("a.scenario.json",
                 scenario(faults + "\"expect\": [{\"guard\": true, " + true_expectation + "}]"));
    CHECK(call({"suite", ".", "--controls"}, folder.path()).exit_code == 0);
}

TEST_CASE("a journal cut at any byte is taken up: nothing is lost, nothing counted twice") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    folder.write("many.scenario.json",
                 scenario("\"seeds\": {\"count\": 6}, \"sampled\": true, \"expect\": [{" +
                          true_expectation + "}]"));
    const std::vector<std::string> resumed{"suite", ".", "--json", "--resume", "j.jsonl"};
    const Outcome whole = call(resumed, folder.path());
    CHECK(whole.exit_code == 0);
    const std::string journal = folder.read("j.jsonl");
    CHECK(lines_of(journal) == 6);
    std::uint64_t state = 7;
    for (int i = 0; i < 20; ++i) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        folder.write("j.jsonl", journal.substr(0, (state >> 33) % (journal.size() + 1)));
        const Outcome again = call(resumed, folder.path());
        CHECK(again.out == whole.out);
        CHECK(lines_of(folder.read("j.jsonl")) == 6);
    }
    folder.write("j.jsonl", "something else\n");
    CHECK(call(resumed, folder.path()).exit_code == 2);
    CHECK(folder.read("j.jsonl") == "something else\n");
}

TEST_CASE("a suite that is killed is taken up where it was") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    folder.write("many.scenario.json",
                 scenario("\"seeds\": {\"count\": 300}, \"sampled\": true, \"expect\": [{" +
                          true_expectation + "}]"));
    const Outcome whole = call({"suite", ".", "--json"}, folder.path());
    for (int i = 0; i < 5; ++i) {
        (void)call({"suite", ".", "--resume", "j.jsonl"},
                   folder.path(),
                   SignalAfter{SIGKILL, std::chrono::milliseconds(10 + 15 * i)});
    }
    const Outcome rest = call({"suite", ".", "--json", "--resume", "j.jsonl"}, folder.path());
    CHECK(rest.exit_code == 0);
    CHECK(Json::parse(rest.out)["cases"] == Json::parse(whole.out)["cases"]);
    CHECK(lines_of(folder.read("j.jsonl")) == 300);
}

namespace {

/// The first column of every row of `sql`.
std::vector<std::string> query(const std::string& file, const std::string& sql) {
    std::vector<std::string> rows;
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
    const auto add = [](void* into, int, char** values, char**) {
        static_cast<std::vector<std::string>*>(into)->emplace_back(
            values[0] == nullptr ? "NULL" : values[0]);
        return 0;
    };
    CHECK(sqlite3_exec(db, sql.c_str(), add, &rows, nullptr) == SQLITE_OK);
    sqlite3_close(db);
    return rows;
}

}  // namespace

TEST_CASE("the database has a row a run, with every metric") {
    const ScratchFolder folder;
    write_suite(folder);
    folder.write("seeds.scenario.json",
                 scenario("\"seeds\": [1, 9000000000000000], \"sampled\": true, "
                          "\"expect\": [{" +
                          true_expectation + "}]"));
    const Outcome outcome = call({"suite", ".", "--sqlite", "s.db", "--json"}, folder.path());
    const Json cases = Json::parse(outcome.out)["cases"];
    const std::string file = (folder.path() / "s.db").string();
    CHECK(query(file, "SELECT count(*) FROM run").front() == "4");
    CHECK(query(file, "SELECT count(*) FROM run WHERE passed").front() == "3");
    CHECK(query(file, "SELECT expectation FROM failure").size() == 1);
    CHECK(query(file, "SELECT \"alert.KafkaBrokerDown\" FROM run").front() == "NULL");
    CHECK(query(file, "SELECT seed FROM run WHERE id LIKE '%seeds' ORDER BY seed").back() ==
          "9000000000000000");
    const std::string makespan =
        query(file, "SELECT makespan FROM run WHERE id LIKE '%good'").front();
    CHECK(std::stod(makespan) ==
          doctest::Approx(cases[1]["runs"][0]["metrics"]["makespan"].get<double>()));
    CHECK(call({"suite", ".", "--sqlite", "none/s.db"}, folder.path()).exit_code == 2);
    // A file that is there is written over as a whole.
    CHECK(call({"suite", "good.scenario.json", "--sqlite", "s.db"}, folder.path()).exit_code == 0);
    CHECK(query(file, "SELECT count(*) FROM run").front() == "1");
}

TEST_CASE("a seed that is given twice is one run, with a database as well") {
    const ScratchFolder folder;
    write_suite(folder);
    folder.write("seeds.scenario.json",
                 scenario("\"seeds\": [1, 1], \"expect\": [{" + true_expectation + "}]"));
    const Outcome file =
        call({"suite", "seeds.scenario.json", "--sqlite", "s.db", "--json"}, folder.path());
    CHECK(file.exit_code == 0);
    CHECK(Json::parse(file.out)["summary"]["runs"] == 1);
    const Outcome words =
        call({"suite", "good.scenario.json", "--seed", "1", "--seed", "1", "--sqlite", "s.db"},
             folder.path());
    CHECK(words.exit_code == 0);
    CHECK(contains(words.out, "1 case, 1 run:"));
}

TEST_CASE("cases that a baseline has with other seeds only are told") {
    const ScratchFolder folder;
    write_suite(folder);
    const auto run = [&](const char* seed, bool update) {
        std::vector<std::string> words{
            "suite", "good.scenario.json", "--baseline", "b.json", "--seed", seed};
        if (update) words.emplace_back("--update-baseline");
        return call(words, folder.path());
    };
    CHECK(run("1", true).exit_code == 0);
    CHECK(contains(run("1", false).out, "0 cases not in the baseline with these seeds"));
    CHECK(contains(run("2", false).out, "1 case not in the baseline with these seeds"));
}

TEST_CASE("what a scenario says is no command to who reads the log") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    folder.write(
        "bad.scenario.json",
        scenario("\"expect\": [{\"metric\": \"makespan\", \"is\": \"<\", \"value\": \"1 s\", "
                 "\"because\": \"so\\n::error::planted\\u0007\"}]"));
    const Outcome outcome = call({"suite", "bad.scenario.json", "--github"}, folder.path());
    CHECK(outcome.exit_code == 1);
    CHECK(contains(outcome.out, "planted"));
    CHECK_FALSE(contains(outcome.out, "\n::error::planted"));
    CHECK_FALSE(contains(outcome.out, "\a"));
}

TEST_CASE("a baseline that is not there names what writes one") {
    const ScratchFolder folder;
    write_suite(folder);
    const Outcome outcome =
        call({"suite", "good.scenario.json", "--baseline", "zzzzzz"}, folder.path());
    CHECK(outcome.exit_code == 2);
    CHECK(contains(outcome.err, "--update-baseline writes one"));
}

TEST_CASE("a baseline of another version is refused at its place, and the cases run") {
    const ScratchFolder folder;
    write_suite(folder);
    const std::string other = "{\n  \"rollcast_baseline\": 2, \"runs\": []\n}\n";
    folder.write("b.json", other);
    for (const bool update : {false, true}) {
        std::vector<std::string> words{"suite",
                                       ".",
                                       "--baseline",
                                       "b.json",
                                       "--junit",
                                       "j.xml",
                                       "--sarif",
                                       "s.json",
                                       "--json"};
        if (update) words.emplace_back("--update-baseline");
        const Outcome outcome = call(words, folder.path());
        CHECK(outcome.exit_code == 2);
        CHECK(contains(outcome.err, "b.json:2:24"));
        CHECK(contains(outcome.err, "^"));
        CHECK(contains(outcome.err, "help: "));
        const Json document = Json::parse(outcome.out);
        CHECK(document["summary"]["passed"] == 1);
        CHECK(document["summary"]["failed"] == 1);
        CHECK(document["refused"][0]["file"] == "b.json");
        CHECK(contains(folder.read("j.xml"), "type=\"bad input\""));
        CHECK(contains(folder.read("s.json"), "RC0707"));
        CHECK(folder.read("b.json") == other);
    }
}

TEST_CASE("a planted regression goes red and is named; an update accepts it") {
    const ScratchFolder folder;
    write_suite(folder);
    const std::vector<std::string> compare{"suite", "good.scenario.json", "--baseline", "b.json"};
    const Outcome none = call(compare, folder.path());
    CHECK(none.exit_code == 2);  // there is none yet
    CHECK(contains(none.out, "1 passed, 0 failed"));
    std::vector<std::string> update = compare;
    update.emplace_back("--update-baseline");
    CHECK(call(update, folder.path()).exit_code == 0);
    const Outcome same = call(compare, folder.path());
    CHECK(same.exit_code == 0);
    CHECK(contains(same.out, "0 worse"));
    // Every re-image takes 2,400 s instead of 2,100.
    folder.write("case.json", small_case("\"step\": {\"reimage_s\": 2400},"));
    std::vector<std::string> all = compare;
    for (const char* more : {"--junit", "j.xml", "--sarif", "s.json"}) all.emplace_back(more);
    const Outcome worse = call(all, folder.path());
    CHECK(worse.exit_code == 1);
    CHECK(contains(worse.out, "/good: makespan"));
    CHECK(contains(folder.read("j.xml"), "type=\"regression\""));
    CHECK(contains(folder.read("s.json"), "worse-than-baseline"));
    const std::string before = folder.read("b.json");
    const Outcome updated = call(update, folder.path());
    CHECK(updated.exit_code == 0);
    CHECK(contains(updated.out, "worse: "));
    CHECK(folder.read("b.json") != before);
    CHECK(call(compare, folder.path()).exit_code == 0);
}
