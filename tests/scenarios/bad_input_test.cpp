// Everything that can be wrong with a case, and the code, the place and the remedy it gets.
#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "scenarios/format/fault_reader.hpp"
#include "scenarios/format/files.hpp"
#include "scenarios/format/json_file.hpp"
#include "scenarios/format/load_case.hpp"
#include "tests/scenarios/small_case.hpp"

namespace {

using namespace rollcast;
using scenarios::Diagnostic;
using scenarios::InputError;

std::vector<Diagnostic> problems_of(const std::string& text) {
    try {
        (void)scenarios::load_case_text(text, "case.json");
    } catch (const InputError& error) {
        return error.diagnostics();
    }
    return {};
}

/// Loads `text`, expects one error, and returns "CODE line:col".
std::string only_problem(const std::string& text) {
    const std::vector<Diagnostic> found = problems_of(text);
    if (found.size() != 1) return scenarios::render(found);
    CHECK_FALSE(found.front().help.empty());
    return found.front().code + " " + std::to_string(found.front().line) + ":" +
           std::to_string(found.front().column);
}

/// "CODE" of the file at `path`.
std::string code_of_file(const std::filesystem::path& path) {
    try {
        (void)scenarios::load_case(path);
    } catch (const InputError& error) {
        CHECK_FALSE(error.diagnostics().front().help.empty());
        return error.diagnostics().front().code;
    }
    return "loaded";
}

class Folder {
public:
    Folder() : path_(std::filesystem::temp_directory_path() / "rollcast-bad-input-test") {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directory(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::filesystem::path write(const std::string& name, const std::string& content) const {
        std::ofstream(path_ / name, std::ios::binary) << content;
        return path_ / name;
    }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

std::string with(const std::string& from, const std::string& to) {
    return test::replaced(test::small_case(), from, to);
}

}  // namespace

TEST_CASE("a good case loads, with CRLF and a byte order mark too") {
    CHECK(problems_of(test::small_case()).empty());
    std::string crlf = "\xEF\xBB\xBF";
    for (const char c : test::small_case()) crlf += c == '\n' ? "\r\n" : std::string(1, c);
    CHECK(problems_of(crlf).empty());
}

TEST_CASE("a fleet file that cannot be read is a problem of the place in the case that names it") {
    const Folder folder;
    folder.write("estate.json", "{}");
    folder.write("empty.json", "");
    const auto shown = [&](const std::string& fleet_file) {
        const auto path = folder.write(
            "case.json",
            "{\"rollcast_case\": 1, \"name\": \"x\",\n \"fleet_file\": \"" + fleet_file + "\"}\n");
        try {
            (void)scenarios::load_case(path);
        } catch (const InputError& error) {
            REQUIRE(error.diagnostics().size() == 1);
            return scenarios::render(error.diagnostics());
        }
        return std::string("loaded");
    };
    const std::string missing = shown("estat.json");
    CHECK(missing.find("error[RC0101]: file `") == 0);
    CHECK(missing.find("case.json:2:16\n") != std::string::npos);
    CHECK(missing.find(" |                ^^^^^^^^^^^^ named here") != std::string::npos);
    CHECK(missing.find("did you mean `") != std::string::npos);
    CHECK(shown("empty.json").find("case.json:2:16\n") != std::string::npos);
    CHECK(shown("empty.json").find("error[RC0103]") == 0);
    CHECK(shown(".").find("error[RC0102]") == 0);
    // A problem inside the file has a place there.
    folder.write("broken.json", "{\"name\": }");
    CHECK(shown("broken.json").find("broken.json:1:10\n") != std::string::npos);
}

TEST_CASE("files that cannot be read as text say why") {
    const Folder folder;
    folder.write("estate.json", test::small_case());
    CHECK(code_of_file(folder.path() / "estate.json") == "loaded");
    CHECK(code_of_file(folder.path() / "estat.json") == "RC0101");
    CHECK(code_of_file(folder.path()) == "RC0102");
    CHECK(code_of_file(folder.write("empty", "")) == "RC0103");
    CHECK(code_of_file(folder.write("blank", " \r\n\t")) == "RC0103");
    CHECK(code_of_file(folder.write("binary",
                                    std::string("\x7F"
                                                "ELF\0\0\1",
                                                7))) == "RC0104");
    CHECK(code_of_file(folder.write("packed", "\x1F\x8B\x08 more")) == "RC0104");
    CHECK(code_of_file(folder.write("utf16", std::string("\xFF\xFE{\0", 4))) == "RC0104");
    CHECK(code_of_file(folder.write("latin1", "{\"name\": \"caf\xE9\"}")) == "RC0104");

    try {
        (void)scenarios::load_case(folder.path() / "estat.json");
    } catch (const InputError& error) {
        CHECK(error.diagnostics().front().suggestions == std::vector<std::string>{"estate.json"});
    }
}

TEST_CASE("100 MB of nesting fail at the 65th bracket, before the rest is read") {
    const Folder folder;
    const auto path = folder.write("deep.json", std::string(100'000'000, '['));
    try {
        (void)scenarios::load_case(path);
        FAIL("must not load");
    } catch (const InputError& error) {
        CHECK(error.diagnostics().front().code == "RC0107");
        CHECK(error.diagnostics().front().column == 65);
    }
}

TEST_CASE("text that is not JSON is shown at its place") {
    CHECK(only_problem("{\"rollcast_case\": 1,\n \"name\": }") == "RC0106 2:10");
    CHECK(only_problem("{\"a\": 1,\n}") == "RC0106 2:1");
    CHECK(only_problem("{\n  // remark\n}") == "RC0106 2:3");
    CHECK(only_problem("{'a': 1}") == "RC0106 1:2");
    CHECK(only_problem("{\"a\": 1} x") == "RC0106 1:10");
    CHECK(only_problem("{\"a\":\n  NaN}") == "RC0110 2:3");
    CHECK(only_problem("{\"a\":\n  -Infinity}") == "RC0110 2:3");
    CHECK(only_problem("{\"a\":\n  1e999}") == "RC0111 2:3");
    CHECK(only_problem("{\"a\": 1,\n \"b\": 2,\n \"a\": 3}") == "RC0109 3:2");
}

TEST_CASE("a case cut off anywhere is an error, never a crash") {
    const std::string whole = test::small_case();
    for (std::size_t length = 1; length + 2 < whole.size(); ++length) {
        CAPTURE(length);
        const std::vector<Diagnostic> found = problems_of(whole.substr(0, length));
        REQUIRE(found.size() == 1);
        CHECK(found.front().code.starts_with("RC01"));
    }
    CHECK(only_problem("{\n  \"name\": \"x\",\n  \"fleet\": {") == "RC0105 3:12");
}

TEST_CASE("fields that are missing, unknown or of a wrong type are shown at their place") {
    CHECK(only_problem("[]") == "RC0204 1:1");
    CHECK(only_problem("{\"rollcast_case\": 2}") == "RC0204 1:19");
    CHECK(only_problem("{\"rollcast_plan\": 1}") == "RC0204 1:1");
    CHECK(only_problem(with("\"min_isr\"", "\"min_insync\"")) == "RC0203 10:56");
    CHECK(only_problem(with("\"partitions\": 12, ", "")) == "RC0201 10:10");
    CHECK(only_problem(with("\"rf\": 3", "\"rf\": \"3\"")) == "RC0202 10:53");
    CHECK(only_problem(with("\"rf\": 3", "\"rf\": 2.5")) == "RC0202 10:53");
    CHECK(only_problem(with("\"rf\": 3", "\"rf\": null")) == "RC0202 10:53");
    CHECK(only_problem(with("\"name\": \"small\",", "")) == "RC0201 1:1");

    const Diagnostic unknown = problems_of(with("\"min_isr\"", "\"min_irs\"")).front();
    CHECK(unknown.suggestions == std::vector<std::string>{"min_isr"});
    CHECK(unknown.pointer == "/fleet/clusters/0/topics/0/min_irs");
}

TEST_CASE("values that are out of range, doubled or unknown are shown at their place") {
    CHECK(only_problem(with("2000000", "-5")) == "RC0301 11:32");
    CHECK(only_problem(with("2000000", "2000000, \"acks_none\": 0.5")) == "RC0301 11:54");
    CHECK(only_problem(with("\"rf\": 3", "\"rf\": 9")) == "RC0301 10:53");
    CHECK(only_problem(with("\"rf\": 3", "\"rf\": 7")) == "RC0305 10:53");
    CHECK(only_problem(with("\"brokers\": 6", "\"brokers\": 0")) == "RC0306 7:60");
    CHECK(only_problem(with("\"a\", \"b\", \"c\"", "\"a\", \"b\", \"a\"")) == "RC0303 7:43");
    CHECK(only_problem(with("\"topics\": [",
                            "\"consumer_groups\": [{\"name\": \"g\", \"topics\": [\"order\"]}],\n"
                            "\"topics\": [")) == "RC0304 9:54");
    CHECK(only_problem(with("\"partitions\": 12", "\"partitions\": 12, \"repeat\": 5")) ==
          "RC0313 10:19");
    CHECK(only_problem(with("{\"name\": \"orders\", \"partitions\": 12",
                            "{\"name\": \"o{n}\", \"repeat\": 100000, \"partitions\": 1000")) ==
          "RC0309 10:10");
    CHECK(only_problem(
              with("\"fleet\": {", "\"accepted_breaches\": [\"c1/ordres\"],\n\"fleet\": {")) ==
          "RC0304 4:25");
    CHECK(
        only_problem(with("\"fleet\": {",
                          "\"workload\": {\"curve\": [{\"from\": \"01:00\", \"multiplier\": 1}]},\n"
                          "\"fleet\": {")) == "RC0310 4:35");
    CHECK(only_problem(
              with("\"fleet\": {", "\"workload\": {\"starts_at\": \"24:10\"},\n\"fleet\": {")) ==
          "RC0301 4:29");
}

TEST_CASE("several problems are reported at once, in order of place") {
    const auto found =
        problems_of(test::replaced(with("\"rf\": 3", "\"rf\": \"3\""), "2000000", "-5"));
    REQUIRE(found.size() == 2);
    CHECK(found[0].code == "RC0202");
    CHECK(found[1].code == "RC0301");
}

TEST_CASE("racks stand in rooms of the fleet, by name or by default") {
    const auto rooms = [](const std::string& list, const std::string& racks) {
        return test::replaced(
            with("\"clusters\": [", "\"rooms\": [" + list + "],\n\"clusters\": ["),
            R"(["a", "b", "c"])",
            racks);
    };
    const std::string two =
        R"({"name": "A", "link_bytes_per_s": 100}, {"name": "B", "link_up_bytes_per_s": 7})";
    const std::string racks = R"([{"name": "a", "room": "A"}, {"name": "b", "room": "B"}, "c"])";
    const models::Fleet fleet =
        scenarios::load_case_text(rooms(two, racks), "case.json").a_case.fleet;
    using models::RoomId;
    REQUIRE(fleet.rooms().size() == 2);
    CHECK(fleet.rooms()[RoomId{0}].link_up == sim::bytes_per_second(100));
    CHECK(fleet.rooms()[RoomId{0}].link_down == sim::bytes_per_second(100));
    CHECK(fleet.rooms()[RoomId{1}].link_up == sim::bytes_per_second(7));
    CHECK(fleet.rooms()[RoomId{1}].link_down == models::unlimited);
    CHECK(fleet.racks()[models::RackId{0}].room == RoomId{0});
    CHECK(fleet.racks()[models::RackId{1}].room == RoomId{1});
    CHECK_FALSE(fleet.racks()[models::RackId{2}].room.exists());

    const std::string by_default =
        test::replaced(rooms(two, R"([{"name": "a", "room": "B"}, "b", "c"])"),
                       "\"rooms\": [",
                       R"("defaults": {"rack": {"room": "A"}}, "rooms": [)");
    const models::Fleet defaulted = scenarios::load_case_text(by_default, "case.json").a_case.fleet;
    CHECK(defaulted.racks()[models::RackId{0}].room == RoomId{1});
    CHECK(defaulted.racks()[models::RackId{1}].room == RoomId{0});

    CHECK(only_problem(rooms(two, R"([{"name": "a", "room": "Aa"}, "b", "c"])")) == "RC0304 8:55");
    CHECK(only_problem(rooms(two + R"(, {"name": "A"})", R"(["a", "b", "c"])")) == "RC0303 5:105");
    CHECK(only_problem(rooms(R"({"name": "A", "link_bytes_per_s": 0})", R"(["a", "b", "c"])")) ==
          "RC0301 5:49");
}

TEST_CASE("an explicit placement must be of this cluster and in itself consistent") {
    const auto placed = [](const std::string& placement) {
        return only_problem(with("\"partitions\": 12, ",
                                 "\"placement\": {\"kind\": \"explicit\",\n" + placement + "}, "));
    };
    CHECK(placed("\"replicas\": [[1, 2, 3]]").starts_with("0 errors"));
    CHECK(placed("\"replicas\": [[1, 2, 9]]") == "RC0304 11:21");
    CHECK(placed("\"replicas\": [[1, 2, 2]]") == "RC0307 11:21");
    CHECK(placed("\"replicas\": [[1, 2, 3]], \"isr\": [[1, 4]]") == "RC0307 11:38");
    CHECK(placed("\"replicas\": [[1, 2, 3]], \"isr\": [[1]], \"leaders\": [2]") == "RC0307 11:52");
    CHECK(placed("\"replicas\": [[1, 2, 3]], \"isr\": [[1], [2]]") == "RC0308 11:33");
    CHECK(placed("\"isr\": [[1, 4]]") == "RC0201 10:42");
}

TEST_CASE("faults name what exists and moments that come") {
    const models::Case a_case = scenarios::load_case_text(test::small_case(), "case.json").a_case;
    const auto code = [&](const std::string& fault) {
        try {
            const auto faults = scenarios::load_faults_text(
                "{\"rollcast_faults\": 1, \"faults\": [" + fault + "]}", "f.json", a_case);
            return faults.front().name;
        } catch (const InputError& error) {
            return error.diagnostics().front().code;
        }
    };
    CHECK(code(R"({"kind": "rack_power_loss", "rack": "c1/a", "at_s": 5, "duration_s": 60})") ==
          "rack_power_loss c1/a");
    CHECK(code(R"({"kind": "reimage_no_return", "machine": "c1/zk2"})") ==
          "reimage_no_return c1/zk2");
    CHECK(code(R"({"kind": "broker_crash", "broker": "c1/4", "duration_s": 60,
                   "when": {"machine": "c1/4", "phase": "catch_up", "delay_s": 5}})") ==
          "broker_crash c1/4");
    CHECK(code(R"({"kind": "broker_crash", "broker": "c1/7", "at_s": 5, "duration_s": 60})") ==
          "RC0304");
    CHECK(code(R"({"kind": "broker_crash", "broker": "c1/4", "duration_s": 60})") == "RC0205");
    CHECK(code(R"({"kind": "broker_crash", "broker": "c1/4", "at_s": 5})") == "RC0201");
    CHECK(code(R"({"kind": "broker_crash", "broker": "c1/4", "duration_s": 60,
                   "when": {"machine": "c1/4", "phase": "waiting"}})") == "RC0311");
    CHECK(code(R"({"kind": "broker_crash", "broker": "c1/4", "duration_s": 60,
                   "when": {"machine": "c1/zk1", "phase": "catch_up"}})") == "RC0311");
    CHECK(code(R"({"kind": "slow_disk", "broker": "c1/4", "at_s": 1, "duration_s": 60,
                   "factor": 1.5})") == "RC0301");
    CHECK(code(R"({"kind": "quake", "at_s": 1})") == "RC0302");
}

TEST_CASE("an output that cannot be written leaves nothing behind") {
    const Folder folder;
    CHECK_THROWS_AS(scenarios::write_atomically(folder.path() / "no" / "plan.json", "x"),
                    InputError);
    CHECK_THROWS_AS(scenarios::write_atomically(folder.path(), "x"), InputError);
    scenarios::write_atomically(folder.path() / "plan.json", "one");
    scenarios::write_atomically(folder.path() / "plan.json", "two");
    CHECK(scenarios::read_text(folder.path() / "plan.json") == "two");
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}
