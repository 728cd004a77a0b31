// What a run or a plan is handed over as: each form is read back.
#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <sqlite3.h>

#include "report/handover/csv.hpp"
#include "tests/cli/program.hpp"
#include "tests/cli/small_files.hpp"

using namespace rollcast::tests;
using Json = nlohmann::ordered_json;

namespace {

/// The small case with a cluster whose name is markup, a formula and more; a fault with a long one.
struct OddFolder : ScratchFolder {
    OddFolder() {
        std::string text = small_case();
        text.replace(text.find("\"c1\""), 4, R"("=c1 \"<b>|`$(x)'\u202e")");
        write("case.json", text);
        write("faults.json",
              R"({"rollcast_faults": 1, "faults": [{"name": "<i>\")" + std::string(10'000, 'z') +
                  R"(", "kind": "surge", "cluster": "=c1 \"<b>|`$(x)'\u202e", "at_s": 100,
                  "duration_s": 60}]})");
    }
    std::string exported(const std::string& format, const std::string& file) const {
        const Outcome made =
            call({"export", "-f", "case.json", "-s", "faults.json", "--format", format, "-o", file},
                 path());
        CAPTURE(made.err);
        REQUIRE(made.exit_code == 0);
        return read(file);
    }
};

std::string first_text(const std::filesystem::path& file, const std::string& sql) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
    const std::string text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return text;
}

}  // namespace

TEST_CASE("a trace: slices of a thread nest, arrows have two ends, counters end at 0") {
    const OddFolder folder;
    const Json trace = Json::parse(folder.exported("perfetto", "run.json"));
    std::map<std::pair<int, int>, std::vector<std::pair<std::int64_t, std::int64_t>>> slices;
    std::map<int, std::string> arrows;
    std::int64_t steps = 0;
    double out_of_sync = -1.0;
    for (const Json& event : trace["traceEvents"]) {
        const std::string kind = event["ph"].get<std::string>();
        if (kind == "X") {
            const auto from = event["ts"].get<std::int64_t>();
            slices[{event["pid"].get<int>(), event["tid"].get<int>()}].emplace_back(
                from, from + event["dur"].get<std::int64_t>());
            steps += event["name"].get<std::string>().rfind("step", 0) == 0 ? 1 : 0;
        } else if (kind == "s" || kind == "f") {
            arrows[event["id"].get<int>()] += kind;
        } else if (kind == "C" && event["name"] == "partitions out of sync") {
            out_of_sync = event["args"]["value"].get<double>();
        }
    }
    CHECK(steps == 9);  // six brokers, three quorum nodes
    CHECK(out_of_sync == 0.0);
    CHECK_FALSE(arrows.empty());
    for (const auto& arrow : arrows) CHECK(arrow.second == "sf");
    for (const auto& [thread, all] : slices) {
        for (const auto& a : all) {
            for (const auto& b : all) {
                const bool apart = a.second <= b.first || b.second <= a.first;
                const bool inside = (a.first <= b.first && b.second <= a.second) ||
                                    (b.first <= a.first && a.second <= b.second);
                CHECK((apart || inside));
            }
        }
    }
    CHECK(trace["traceEvents"].dump().find(std::string(10'000, 'z')) != std::string::npos);
}

TEST_CASE("tables: SQLite and CSV have every step, and no cell is a formula") {
    const OddFolder folder;
    folder.exported("sqlite", "run.sqlite");
    const std::filesystem::path file = folder.path() / "run.sqlite";
    CHECK(first_text(file, "SELECT count(*) FROM step") == "9");
    CHECK(first_text(file, "SELECT sum(machines) FROM v_batch") == "9");
    CHECK(first_text(file, "SELECT count(*) FROM v_broken") == "0");
    CHECK(first_text(file, "SELECT length(name) FROM fault") == "10004");
    CHECK(first_text(file, "SELECT value FROM sample WHERE metric = 'kafka_brokers'") == "6.0");

    std::istringstream lines(folder.exported("csv", "steps.csv"));
    std::string line;
    std::size_t count = 0;
    while (std::getline(lines, line)) ++count;
    CHECK(count == 10);
    CHECK(folder.read("steps.csv").find(",\"'=c1 \"\"<b>|") != std::string::npos);
    CHECK(rollcast::report::csv_cell("+1") == "\"'+1\"");
    CHECK(rollcast::report::csv_cell("@x") == "\"'@x\"");
    CHECK(rollcast::report::csv_cell("a\"b") == "\"a\"\"b\"");
    CHECK(rollcast::report::csv_cell("plain") == "plain");
}

TEST_CASE("a run book: a heading a batch, boxes for each machine, and what going back takes") {
    const OddFolder folder;
    const std::string text = folder.exported("run-book", "book.md");
    CHECK(text.find("<b>") == std::string::npos);  // no markup of a name's
    const auto times = [&](const std::string& what) {
        std::size_t found = 0;
        for (std::size_t at = text.find(what); at != std::string::npos;
             at = text.find(what, at + 1)) {
            ++found;
        }
        return found;
    };
    CHECK(times("\n### ") == 4);  // three racks, and the quorum
    CHECK(times("\n- [ ] ") == 9 + 4);
    CHECK(times("**Going back from here**") == 4);
    CHECK(times("no promise is broken.") >= 1);
}

TEST_CASE("orders: every machine once, in the order of the run; the script is one a shell reads") {
    const OddFolder folder;
    const Json inventory = Json::parse(folder.exported("ansible", "inventory.yml"));
    double last = -1.0;
    std::size_t hosts = 0;
    for (const auto& [name, group] : inventory["all"]["children"].items()) {
        const auto starts = group["vars"]["rollcast_starts_s"].get<double>();
        CHECK(starts >= last);
        last = starts;
        hosts += group["hosts"].size();
    }
    CHECK(hosts == 9);

    const std::string script = folder.exported("drain", "drain.sh");
    const auto read = call_other({"sh", "-n", "drain.sh"}, folder.path());
    REQUIRE(read);
    CHECK(read->exit_code == 0);
    CHECK(script.find("kubectl drain ") != std::string::npos);
}

TEST_CASE("a reassignment: what a fault moves, with as many replicas as before; else refused") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    folder.write("moves.json", R"({"rollcast_faults": 1, "faults": [
  {"name": "move", "kind": "reassignment", "broker": "c1/5", "at_s": 100}]})");
    const Outcome made = call(
        {"export", "-f", "case.json", "-s", "moves.json", "--format", "reassignment", "-o", "-"},
        folder.path());
    REQUIRE(made.exit_code == 0);
    const Json document = Json::parse(made.out);
    REQUIRE(document["partitions"].size() > 0);
    for (const Json& partition : document["partitions"]) {
        std::vector<int> replicas = partition["replicas"].get<std::vector<int>>();
        CHECK(replicas.size() == 3);
        std::sort(replicas.begin(), replicas.end());
        CHECK(std::unique(replicas.begin(), replicas.end()) == replicas.end());
    }
    const Outcome none =
        call({"export", "-f", "case.json", "--format", "reassignment", "-o", "-"}, folder.path());
    CHECK(none.exit_code == 2);
    CHECK(none.err.find("moves no replicas") != std::string::npos);
}

TEST_CASE("completions and the manual page know every command and option of the help") {
    const Outcome help = call({"--help"});
    const std::string bash = call({"completion", "bash"}).out;
    const std::string zsh = call({"completion", "zsh"}).out;
    const std::string fish = call({"completion", "fish"}).out;
    const std::string man = call({"man"}).out;
    const Outcome of_export = call({"export", "--help"});
    for (const char* command : {"plan", "simulate", "export", "alerts", "completion", "man"}) {
        CAPTURE(command);
        REQUIRE(help.out.find(command) != std::string::npos);
        CHECK(bash.find(std::string(command) + ") words=") != std::string::npos);
        CHECK(zsh.find(std::string("'") + command + ":") != std::string::npos);
        CHECK(fish.find(std::string("-a ") + command + " ") != std::string::npos);
        CHECK(man.find(std::string("rollcast ") + command + "\"") != std::string::npos);
    }
    std::istringstream words(of_export.out);
    std::size_t options = 0;
    for (std::string word; words >> word;) {
        const std::size_t at = word.find("--");
        if (at == std::string::npos || (at > 0 && word[at - 1] != ',')) continue;
        const std::string name = word.substr(at + 2);
        CAPTURE(name);
        ++options;
        CHECK(bash.find("--" + name) != std::string::npos);
        CHECK(zsh.find("*--" + name + "[") != std::string::npos);
        CHECK(fish.find(" -l " + name + " ") != std::string::npos);
    }
    CHECK(options > 10);

    const ScratchFolder folder;
    folder.write("complete.sh", bash + R"(
COMP_WORDS=(rollcast export --format perf); COMP_CWORD=3; _rollcast; echo "${COMPREPLY[*]}"
COMP_WORDS=(rollcast aler); COMP_CWORD=1; _rollcast; echo "${COMPREPLY[*]}"
COMP_WORDS=(rollcast export --quiet); COMP_CWORD=2; _rollcast; echo "${COMPREPLY[*]}"
)");
    const auto shell = call_other({"bash", "complete.sh"}, folder.path());
    REQUIRE(shell);
    CAPTURE(shell->err);
    CHECK(shell->out == "perfetto\nalerts\n--quiet-step\n");
}
