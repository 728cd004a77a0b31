// What `rollcast export` writes, as those read it whom it is written for.
#include <algorithm>
#include <filesystem>
#include <sstream>

#include <doctest/doctest.h>

#include "tests/cli/program.hpp"
#include "tests/cli/small_files.hpp"

using namespace rollcast::tests;

namespace {

/// "name{labels} value time" of every line that is no comment, sorted.
std::vector<std::string> sample_lines(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream all(text);
    for (std::string line; std::getline(all, line);) {
        if (!line.empty() && line.front() != '#') lines.push_back(line);
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

/// A sample as `promtool tsdb dump` writes it: {__name__="up", cluster="c1"} 1 1735689600000.
std::string as_dumped(const std::string& sample) {
    const std::size_t brace = sample.find('{');
    const std::size_t end = sample.rfind('}');
    std::string labels = sample.substr(brace + 1, end - brace - 1);
    std::string spaced;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        spaced += labels[i];
        if (labels[i] == ',' && labels[i - 1] == '"') spaced += ' ';
    }
    std::istringstream rest(sample.substr(end + 1));
    double value = 0;
    std::string time;
    rest >> value >> time;
    time.erase(time.find('.'), 1);
    std::ostringstream number;
    number << value;
    return "{__name__=\"" + sample.substr(0, brace) + "\", " + spaced + "} " + number.str() + " " +
           time;
}

/// A line of a dump with its value as as_dumped writes it: promtool has the shortest digits.
std::string with_short_value(const std::string& line) {
    const std::size_t brace = line.rfind('}');
    std::istringstream rest(line.substr(brace + 1));
    double value = 0;
    std::string time;
    rest >> value >> time;
    std::ostringstream number;
    number << value;
    return line.substr(0, brace + 1) + " " + number.str() + " " + time;
}

}  // namespace

TEST_CASE("promtool reads every sample of an export: its name, its labels, its value, its time") {
    const ScratchFolder folder;
    if (!call_other({"promtool", "--version"}, folder.path())) {
        MESSAGE("skipped: no promtool (scripts/install_deps.sh --alerts)");
        return;
    }
    folder.write("case.json", small_case());
    for (const char* profile :
         {"rollcast", "strimzi", "strimzi-reporter", "confluent", "grafana"}) {
        CAPTURE(profile);
        const Outcome made = call({"export",
                                   "-f",
                                   "case.json",
                                   "--format",
                                   "openmetrics",
                                   "--profile",
                                   profile,
                                   "--for",
                                   "15min",
                                   "-o",
                                   "run.om"},
                                  folder.path());
        CAPTURE(made.err);
        REQUIRE(made.exit_code == 0);
        std::filesystem::remove_all(folder.path() / "data");
        const auto blocks =
            call_other({"promtool", "tsdb", "create-blocks-from", "openmetrics", "run.om", "data"},
                       folder.path());
        CAPTURE(blocks->err);
        REQUIRE(blocks->exit_code == 0);
        std::filesystem::create_directory(folder.path() / "data" / "wal");  // or it does not open
        const auto dump = call_other({"promtool", "tsdb", "dump", "data"}, folder.path());
        REQUIRE(dump->exit_code == 0);

        std::vector<std::string> written = sample_lines(folder.read("run.om"));
        std::vector<std::string> read = sample_lines(dump->out);
        REQUIRE(written.size() > 1'000);
        for (std::string& line : written) line = as_dumped(line);
        for (std::string& line : read) line = with_short_value(line);
        std::sort(written.begin(), written.end());
        std::sort(read.begin(), read.end());
        CHECK(written == read);
    }
}

TEST_CASE("names in an export are text, whatever is in them") {
    const ScratchFolder folder;
    std::string text = small_case();
    const std::string odd = R"(c\"1\\ <b>{}=,\u202e\u00e9)";
    text.replace(text.find("\"c1\""), 4, "\"" + odd + "\"");
    folder.write("case.json", text);
    const Outcome made = call({"export",
                               "-f",
                               "case.json",
                               "--format",
                               "openmetrics",
                               "--for",
                               "1min",
                               "--metric",
                               "kafka_brokers",
                               "-o",
                               "-"},
                              folder.path());
    CAPTURE(made.err);
    REQUIRE(made.exit_code == 0);
    const std::string name = "c\\\"1\\\\ <b>{}=,\u202e\u00e9";
    const std::string shown = "kafka_brokers{cluster=\"" + name + "\",job=\"kafka-exporter\"} 6 ";
    CHECK(made.out.find(shown) != std::string::npos);
    CHECK(made.out.ends_with("# EOF\n"));
}

TEST_CASE("where nothing changes an export may have fewer samples, and nobody loses a change") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    const std::vector<std::string> full_export{
        "export", "-f", "case.json", "--format", "openmetrics", "--metric", "up", "-o", "full.om"};
    std::vector<std::string> sparse_export = full_export;
    sparse_export.back() = "sparse.om";
    sparse_export.insert(sparse_export.end(), {"--quiet-step", "2min"});
    REQUIRE(call(full_export, folder.path()).exit_code == 0);
    REQUIRE(call(sparse_export, folder.path()).exit_code == 0);
    const std::vector<std::string> full = sample_lines(folder.read("full.om"));
    const std::vector<std::string> sparse = sample_lines(folder.read("sparse.om"));
    CHECK(sparse.size() < full.size() * 2 / 3);
    CHECK(std::includes(full.begin(), full.end(), sparse.begin(), sparse.end()));
    // Every sample of a broker that does not answer is within 10 min of a change, or one in four.
    const auto down = [](const std::vector<std::string>& lines) {
        return std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
            return line.find("} 0 ") != std::string::npos;
        });
    };
    CHECK(down(sparse) > 0);
    CHECK(down(sparse) > down(full) / 3);
}

TEST_CASE("an export says what it cannot do, and leaves nothing behind") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    const auto refused = [&](std::vector<std::string> more) {
        std::vector<std::string> words{"export", "-f", "case.json"};
        words.insert(words.end(), more.begin(), more.end());
        return call(words, folder.path());
    };
    const Outcome no_folder =
        refused({"--format", "openmetrics", "-o", "nowhere/run.om", "--for", "1min"});
    CHECK(no_folder.exit_code == 2);
    CHECK(no_folder.err.find("RC0112") != std::string::npos);
    const Outcome odd_step = refused({"--format", "openmetrics", "-o", "run.om", "--step", "45s"});
    CHECK(odd_step.exit_code == 2);
    CHECK(odd_step.err.find("multiple of the scrape interval") != std::string::npos);
    const Outcome no_time = refused({"--format", "openmetrics", "-o", "run.om", "--for", "soon"});
    CHECK(no_time.exit_code == 2);
    CHECK(no_time.err.find("--for takes a duration") != std::string::npos);
    CHECK(folder.names() == std::vector<std::string>{"case.json"});
}
