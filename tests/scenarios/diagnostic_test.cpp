#include "scenarios/format/diagnostic.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "scenarios/format/load_case.hpp"
#include "scenarios/format/places.hpp"
#include "scenarios/format/suggest.hpp"
#include "tests/scenarios/small_case.hpp"

namespace {

using namespace rollcast;
using scenarios::Diagnostic;

std::string rendered(const std::string& text) {
    try {
        (void)scenarios::load_case_text(text, "case.json");
    } catch (const scenarios::InputError& error) {
        return scenarios::render(error.diagnostics());
    }
    return "";
}

Diagnostic at(const std::string& text, std::size_t begin, std::size_t end) {
    Diagnostic d;
    d.code = "RC0301";
    d.file = "f.json";
    d.message = "wrong";
    scenarios::set_place(d, text, begin, end);
    return d;
}

}  // namespace

TEST_CASE("an unknown field is rendered with place, caret, remedy and the fields there are") {
    CHECK(rendered(test::replaced(
              test::small_case(), "\"session_timeout_s\": 18", "\"session_timout_s\": 18")) ==
          R"(error[RC0203]: unknown field `session_timout_s`
 --> case.json:8:20
  |
6 |       {
7 |         "name": "c1", "racks": ["a", "b", "c"], "brokers": 6, "quorum": {"nodes": 3},
8 |         "config": {"session_timout_s": 18},
  |                    ^^^^^^^^^^^^^^^^^^ not a field of `config`
  |
help: did you mean `session_timeout_s`?
note: `config` fields: replica_lag_time_max_s, session_timeout_s, heartbeat_interval_s, zookeeper_tick_s, auto_leader_rebalance, leader_imbalance_check_s, unclean_leader_election, leader_throttle_bytes_per_s, follower_throttle_bytes_per_s, throttle_lists, recovery_threads_per_dir, flush_every_message, stop_timeout_s, fetch_response_max_bytes, fetch_partition_max_bytes, comment

1 error, 0 warnings — nothing was simulated.  See docs/errors.md#rc0203
)");
}

TEST_CASE("a replication factor above the number of brokers is rendered with its remedy") {
    CHECK(rendered(test::replaced(test::small_case(), "\"rf\": 3", "\"rf\": 7")) ==
          R"(error[RC0305]: topic `orders` has replication factor 7, cluster `c1` has 6 brokers
  --> case.json:10:53
   |
 8 |         "config": {"session_timeout_s": 18},
 9 |         "topics": [
10 |          {"name": "orders", "partitions": 12, "rf": 7, "min_isr": 2,
   |                                                     ^ each replica needs a broker of its own
   |
help: write at most 6, or add brokers

1 error, 0 warnings — nothing was simulated.  See docs/errors.md#rc0305
)");
}

TEST_CASE("a file that is cut off names the bracket that is never closed") {
    CHECK(rendered("{\n  \"fleet\": {\n    \"clusters\": [") ==
          R"(error[RC0105]: the file ends before its JSON is complete
 --> case.json:3:17
  |
1 | {
2 |   "fleet": {
3 |     "clusters": [
  |                 ^ ends here
  |
help: copy or write the file again; it is not whole
note: `[` of 3:17 is never closed

1 error, 0 warnings — nothing was simulated.  See docs/errors.md#rc0105
)");
}

TEST_CASE("columns count code points, and a tab counts one") {
    const std::string text = "\t\"größe→\": 7";
    const std::size_t value = text.find('7');
    const Diagnostic d = at(text, value, value + 1);
    CHECK(d.column == 12);
    CHECK(d.end_column == 13);
    CHECK(scenarios::render(d).find("1 |  \"größe→\": 7\n  |            ^\n") != std::string::npos);
}

TEST_CASE("control characters and escape sequences of the input never reach the terminal") {
    const std::string text = "\"\x1B[31mred\" x";
    CHECK(scenarios::render(at(text, 10, 11)).find('\x1B') == std::string::npos);
    CHECK(scenarios::printable("a\x1B[0m\xFF") == "a\xEF\xBF\xBD[0m\xEF\xBF\xBD");
}

TEST_CASE("a very long line is cut around the caret") {
    const std::string text = std::string(100'000, 'x') + "!" + std::string(100'000, 'y');
    const std::string shown = scenarios::render(at(text, 100'000, 100'001));
    CHECK(shown.size() < 600);
    CHECK(shown.find("x!y") != std::string::npos);
    CHECK(shown.find(":1:100001") != std::string::npos);
}

TEST_CASE("after 20 diagnostics the rest is counted") {
    std::vector<Diagnostic> many(34, at("x", 0, 1));
    const std::string shown = scenarios::render(many);
    CHECK(shown.find("…and 14 more\n") != std::string::npos);
    CHECK(shown.find("34 errors, 0 warnings") != std::string::npos);
}

TEST_CASE("the JSON form carries code, place and suggestions") {
    Diagnostic d = at("a\nbc", 3, 4);
    d.suggestions = {"b"};
    const auto json = scenarios::to_json(d);
    CHECK(json.at("code") == "RC0301");
    CHECK(json.at("line") == 2);
    CHECK(json.at("col") == 2);
    CHECK(json.at("end_col") == 3);
    CHECK(json.at("suggestions").size() == 1);
}

TEST_CASE("edit distance counts a swap of neighbours as one") {
    CHECK(scenarios::edit_distance("min_isr", "min_isr") == 0);
    CHECK(scenarios::edit_distance("min_irs", "min_isr") == 1);
    CHECK(scenarios::edit_distance("", "abc") == 3);
    CHECK(scenarios::edit_distance("kitten", "sitting") == 3);
    CHECK(scenarios::edit_distance("RF", "rf") == 0);
    CHECK(scenarios::nearest("brokrs", {"racks", "brokers", "topics"}) ==
          std::vector<std::string>{"brokers"});
    CHECK(scenarios::nearest("zzz", {"racks", "brokers"}).empty());
}

TEST_CASE("places are found through escapes, lists and nested brackets") {
    const std::string text = R"({"a/b": [[1, [2]], {"c\"d": true}], "e": {}})";
    std::vector<scenarios::Place> places{
        {"/a~1b/0/1/0"}, {"/a~1b/1/c\"d", scenarios::Part::key}, {"/e"}, {"/e/missing"}};
    scenarios::find_places(text, places);
    const auto found = [&](std::size_t i) {
        return text.substr(places[i].begin, places[i].end - places[i].begin);
    };
    CHECK(found(0) == "2");
    CHECK(found(1) == "\"c\\\"d\"");
    CHECK(found(2) == "{");
    CHECK(places[3].begin == places[2].begin);
}
