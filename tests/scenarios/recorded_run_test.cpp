// Predictions of the recorded runs (tests/reference) held against what the clusters did.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include <doctest/doctest.h>

#include "scenarios/recorded/predicted_tables.hpp"
#include "scenarios/recorded/score.hpp"

namespace {

using namespace rollcast;
namespace fs = std::filesystem;

const fs::path reference = fs::path(ROLLCAST_SOURCE_DIR) / "tests" / "reference";
const fs::path unseen = fs::path(ROLLCAST_SOURCE_DIR) / "tests" / "unseen";

std::vector<fs::path> runs_in(const fs::path& folder) {
    std::vector<fs::path> runs;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.is_directory()) runs.push_back(entry.path());
    }
    std::sort(runs.begin(), runs.end());
    return runs;
}

scenarios::RunScore judged(const fs::path& folder, scenarios::ControlModel model) {
    const scenarios::RecordedSetup setup = scenarios::read_recorded_setup(folder);
    const scenarios::RecordedCase recorded = scenarios::make_recorded_case(setup);
    const scenarios::Prediction prediction =
        scenarios::predict(recorded, setup.seconds, 1, 200, 2, model);
    return scenarios::score(
        recorded, prediction, scenarios::read_recorded_truth(folder, setup), setup.name);
}

/// Every predicted transition of a folder, as a table.
std::string predicted(const fs::path& folder, int threads = 1) {
    const scenarios::RecordedSetup setup = scenarios::read_recorded_setup(folder);
    const scenarios::RecordedCase recorded = scenarios::make_recorded_case(setup);
    return scenarios::transitions_table(setup,
                                        recorded.a_case,
                                        scenarios::predict(recorded, setup.seconds, 1, 10, threads),
                                        1,
                                        true) +
           scenarios::records_table(setup,
                                    recorded.a_case,
                                    scenarios::predict_clients(recorded, 60, 1, 2, threads),
                                    1,
                                    true);
}

/// What clients of a recorded run saw, held against `seeds` runs that count every record.
std::vector<scenarios::ClientScore> judged_clients(const fs::path& folder, int seeds) {
    const scenarios::RecordedSetup setup = scenarios::read_recorded_setup(folder);
    const scenarios::RecordedCase recorded = scenarios::make_recorded_case(setup);
    return scenarios::score_clients(
        recorded,
        scenarios::predict_clients(recorded, setup.seconds, 1, seeds, 2),
        scenarios::read_recorded_truth(folder, setup));
}

/// A copy of a recorded run that a test may spoil.
class CopiedRun {
public:
    explicit CopiedRun(const std::string& name) {
        std::string pattern = (fs::temp_directory_path() / "rollcast-run-XXXXXX").string();
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        root_ = pattern;
        folder_ = root_ / name;
        fs::copy(reference / name, folder_, fs::copy_options::recursive);
    }
    CopiedRun(const CopiedRun&) = delete;
    CopiedRun& operator=(const CopiedRun&) = delete;
    ~CopiedRun() { fs::remove_all(root_); }

    const fs::path& folder() const { return folder_; }

    std::string read(const std::string& file) const {
        std::ostringstream text;
        text << std::ifstream(folder_ / file, std::ios::binary).rdbuf();
        return text.str();
    }
    void write(const std::string& file, const std::string& text) const {
        std::ofstream(folder_ / file, std::ios::binary) << text;
    }
    void remove(const std::string& file) const { fs::remove(folder_ / file); }

    /// Keeps the header and the rows that `keeps` says yes to.
    void filter(const std::string& file,
                const std::function<bool(const std::vector<std::string>&)>& keeps) const {
        std::istringstream in(read(file));
        std::string out;
        std::string line;
        bool header = true;
        while (std::getline(in, line)) {
            std::vector<std::string> cells;
            std::istringstream row(line);
            for (std::string cell; std::getline(row, cell, '\t');) cells.push_back(cell);
            if (header || keeps(cells)) out += line + "\n";
            header = false;
        }
        write(file, out);
    }

private:
    fs::path root_;
    fs::path folder_;
};

/// First run_problem with reading and modelling a run.
scenarios::Diagnostic run_problem(const fs::path& folder) {
    try {
        const scenarios::RecordedSetup setup = scenarios::read_recorded_setup(folder);
        scenarios::make_recorded_case(setup);
        scenarios::read_recorded_truth(folder, setup);
    } catch (const scenarios::InputError& error) {
        return error.diagnostics().front();
    }
    return {};
}

}  // namespace

TEST_CASE("runs that the model was not made from are predicted as well") {
    double matched = 0.0;
    double said = 0.0;
    std::uint64_t observed = 0, times = 0, within = 0;
    for (const fs::path& folder : runs_in(unseen)) {
        CAPTURE(folder.filename().string());
        const scenarios::RunScore run = judged(folder, scenarios::ControlModel::detailed);
        CHECK(run.not_modelled.empty());
        CHECK(run.safety.false_safe == 0);
        // The phase of a ZooKeeper session leaves 12-20 s open, of which up to two lie outside the
        // tolerance where a session ends early or late, and little was unsafe for long; in r29 how
        // long the servers took to start as well.
        static const std::map<std::string, double> vague{{"r21-zk-controller", 0.10},
                                                         {"r28-zk-hangs-twice", 0.10},
                                                         {"r29-zk-servers", 0.25},
                                                         {"r30-zk-controllers", 0.10}};
        const auto known = vague.find(run.name);
        const double share = known == vague.end() ? 0.05 : known->second;
        const double whole =
            run.safety.unsafe_s > 0.0 ? run.safety.unsafe_s : run.safety.all_s / 50;
        CHECK(run.safety.false_unsafe_s + run.safety.undecided_s <= share * whole);
        matched += run.matched;
        said += run.predicted;
        observed += run.observed;
        times += run.times.size();
        within += run.within();
    }
    CHECK(observed > 3'000);
    CHECK(matched / static_cast<double>(observed) >= 0.98);
    CHECK(matched / said >= 0.98);
    CHECK(static_cast<double>(within) >= 0.95 * static_cast<double>(times));
}

TEST_CASE("what real clusters did is predicted: nothing called safe that was not") {
    double matched = 0.0;
    double said = 0.0;
    std::uint64_t observed = 0, times = 0, within = 0, intervals = 0, covered = 0;
    for (const fs::path& folder : runs_in(reference)) {
        CAPTURE(folder.filename().string());
        const scenarios::RunScore run = judged(folder, scenarios::ControlModel::detailed);
        CHECK(run.not_modelled.empty());
        CHECK(run.safety.false_safe == 0);
        // 5 % of the unsafe time; 0.1 % of all, where nothing was unsafe.
        const double whole =
            run.safety.unsafe_s > 0.0 ? run.safety.unsafe_s : run.safety.all_s / 50;
        CHECK(run.safety.false_unsafe_s + run.safety.undecided_s <= 0.05 * whole);
        CHECK(run.margin.both >= run.margin.broke);
        matched += run.matched;
        said += run.predicted;
        observed += run.observed;
        times += run.times.size();
        within += run.within();
        intervals += run.with_interval();
        covered += run.covered();
    }
    CHECK(observed > 3'000);
    CHECK(matched / static_cast<double>(observed) >= 0.98);
    CHECK(matched / said >= 0.98);
    CHECK(times >= 2 * 40);
    CHECK(static_cast<double>(within) >= 0.95 * static_cast<double>(times));
    CHECK(scenarios::binomial_test(covered, intervals, 0.9) >= 0.01);
}

TEST_CASE("the naive model is worse, and calls unsafe partitions safe") {
    std::uint64_t times = 0, within = 0, false_safe = 0;
    for (const fs::path& folder : runs_in(reference)) {
        const scenarios::RunScore run = judged(folder, scenarios::ControlModel::naive);
        times += run.times.size();
        within += run.within();
        false_safe += run.safety.false_safe;
    }
    CHECK(static_cast<double>(within) < 0.9 * static_cast<double>(times));
    CHECK(false_safe > 0);
}

TEST_CASE("a prediction reads nothing of what happened") {
    for (const std::string name : {"r01-kraft-kill", "r06-kraft-throttle", "r09-zk-quorum"}) {
        CAPTURE(name);
        const CopiedRun run(name);
        const std::string before = predicted(run.folder());

        const std::string t0 = [&] {
            const std::string text = run.read("run.json");
            const std::size_t at = text.find("\"t0_ms\": ") + 9;
            return text.substr(at, 13);
        }();
        const auto initial = [&](const std::vector<std::string>& row) { return row[0] < t0; };
        run.filter("transitions.tsv", initial);
        // Of the sessions: what a started process took, and what was before.
        const bool kraft = name.find("kraft") != std::string::npos;
        std::vector<std::string> started;
        run.filter("actions.tsv", [&](const std::vector<std::string>& row) {
            static const std::vector<std::string> done{
                "kill", "term", "stop", "cont", "start", "wipe", "alter", "elect"};
            if (row[1] == "start") started.push_back(row[2]);
            return std::find(done.begin(), done.end(), row[1]) != done.end();
        });
        run.filter("sessions.tsv", [&](const std::vector<std::string>& row) {
            const bool of_started =
                std::find(started.begin(), started.end(), row[1]) != started.end();
            return initial(row) ||
                   (of_started && (row[2] == "registered" || (kraft && row[2] == "unfenced")));
        });
        for (const auto& entry : fs::directory_iterator(run.folder())) {
            const std::string file = entry.path().filename().string();
            if (file.rfind("producer.", 0) == 0 || file.rfind("consumer.", 0) == 0 ||
                file == "records.tsv") {
                run.remove(file);
            }
        }
        CHECK(predicted(run.folder()) == before);
    }
}

TEST_CASE("predictions are the same at any number of threads") {
    const fs::path run = reference / "r13-kraft-cliff";
    CHECK(predicted(run, 1) == predicted(run, 2));
}

TEST_CASE("a spoiled run is refused with file and line") {
    SUBCASE("a table is missing") {
        const CopiedRun run("r01-kraft-kill");
        run.remove("assignment.tsv");
        const scenarios::Diagnostic found = run_problem(run.folder());
        CHECK(found.code == scenarios::code::file_missing);
        CHECK(found.file.find("assignment.tsv") != std::string::npos);
    }
    SUBCASE("the last row is cut") {
        const CopiedRun run("r01-kraft-kill");
        std::string text = run.read("transitions.tsv");
        text.resize(text.size() - 3);
        run.write("transitions.tsv", text);
        const scenarios::Diagnostic found = run_problem(run.folder());
        CHECK(found.code == scenarios::code::run_malformed);
        CHECK(found.line == 157);
    }
    SUBCASE("a table of clients ends too soon, at the end of a row") {
        for (const char* table : {"producer.orders.tsv", "consumer.orders.tsv"}) {
            CAPTURE(table);
            const CopiedRun run("r01-kraft-kill");
            std::string text = run.read(table);
            text.resize(text.rfind('\n', text.size() / 2) + 1);
            const auto lines = std::count(text.begin(), text.end(), '\n');
            run.write(table, text);
            const scenarios::Diagnostic found = run_problem(run.folder());
            CHECK(found.code == scenarios::code::run_malformed);
            CHECK(found.line == lines);
            CHECK(found.message.find("records.tsv has") != std::string::npos);
        }
    }
    SUBCASE("a table of what was done or what followed ends too soon, at the end of a row") {
        struct Cut {
            const char* table;
            const char* last;  // what the last row that is left holds
            const char* said;
        };
        for (const Cut& cut : {Cut{"actions.tsv", "\tstart\t3", "not ended"},
                               Cut{"sessions.tsv", "\t3\tfenced", "has no registration"},
                               Cut{"transitions.tsv", "1795464209596\torders\t18", "one missing"},
                               Cut{"topics.tsv", "events\t", "topic `audit` has no row"}}) {
            CAPTURE(cut.table);
            const CopiedRun run("r01-kraft-kill");
            std::string text = run.read(cut.table);
            const std::size_t last = text.find(cut.last);
            REQUIRE(last != std::string::npos);
            text.resize(text.find('\n', last) + 1);
            const auto lines = std::count(text.begin(), text.end(), '\n');
            run.write(cut.table, text);
            const scenarios::Diagnostic found = run_problem(run.folder());
            CHECK(found.code == scenarios::code::run_malformed);
            CHECK(found.message.find(cut.said) != std::string::npos);
            CHECK(found.file.find(cut.table) != std::string::npos);
            CHECK((found.line == lines || found.line == 0));
        }
    }
    SUBCASE("errors that are no counts") {
        for (const char* cell : {"{TimeoutException=16", "{TimeoutException}", "{X=}", "{X=a}"}) {
            CAPTURE(cell);
            const CopiedRun run("r01-kraft-kill");
            std::string text = run.read("producer.orders.tsv");
            const std::size_t second = text.find('\n') + 1;
            const std::size_t end = text.find('\n', second);
            const std::size_t begin = text.rfind('\t', end) + 1;
            run.write("producer.orders.tsv", text.replace(begin, end - begin, cell));
            const scenarios::Diagnostic found = run_problem(run.folder());
            CHECK(found.line == 2);
            CHECK(found.message.find("no count of errors") != std::string::npos);
        }
    }
    SUBCASE("rows are out of order") {
        const CopiedRun run("r01-kraft-kill");
        run.write("actions.tsv", "t_ms\taction\ttarget\n1795464161220\tkill\t3\n5\tstart\t3\n");
        CHECK(run_problem(run.folder()).line == 3);
        for (const char* table : {"producer.orders.tsv", "consumer.orders.tsv"}) {
            CAPTURE(table);
            const CopiedRun clients("r01-kraft-kill");
            const std::string text = clients.read(table);
            const std::size_t second = text.find('\n') + 1;
            const std::size_t third = text.find('\n', second) + 1;
            const std::size_t fourth = text.find('\n', third) + 1;
            clients.write(table,
                          text.substr(0, second) + text.substr(third, fourth - third) +
                              text.substr(second, third - second) + text.substr(fourth));
            CHECK(run_problem(clients.folder()).line == 3);
        }
    }
    SUBCASE("a broker that is not there") {
        const CopiedRun run("r01-kraft-kill");
        run.write("actions.tsv", "t_ms\taction\ttarget\n1795464161220\tkill\t9\n");
        const scenarios::Diagnostic found = run_problem(run.folder());
        CHECK(found.line == 2);
        CHECK(found.message.find("`9`") != std::string::npos);
    }
    SUBCASE("a number that is none") {
        const CopiedRun run("r01-kraft-kill");
        run.write("sessions.tsv", "t_ms\tbroker\tstate\nsoon\t1\tregistered\n");
        const scenarios::Diagnostic found = run_problem(run.folder());
        CHECK(found.line == 2);
        CHECK(found.column == 1);
    }
    SUBCASE("a column is missing") {
        const CopiedRun run("r01-kraft-kill");
        run.write("records.tsv", "topic\tsent\norders\t1\n");
        CHECK(run_problem(run.folder()).message.find("`acked`") != std::string::npos);
    }
    SUBCASE("what happened names what is not there") {
        struct Row {
            const char* text;
            int column;
        };
        for (const Row& row : {Row{"1795464200000\tnowhere\t0\t1\t1\t1,2,3", 15},
                               Row{"1795464200000\torders\t999\t1\t1\t1,2,3", 22},
                               Row{"1795464200000\torders\t0\t9\t1\t1,2,3", 24},
                               Row{"1795464200000\torders\t0\t1\t1\t1,2,9", 28}}) {
            CAPTURE(row.text);
            const CopiedRun run("r01-kraft-kill");
            const std::string head = "t_ms\ttopic\tpartition\tleader\tleader_epoch\tisr\n";
            run.write("transitions.tsv", head + row.text + "\n");
            const scenarios::Diagnostic found = run_problem(run.folder());
            CHECK(found.code == scenarios::code::run_malformed);
            CHECK(found.line == 2);
            CHECK(found.column == row.column);
        }
    }
    SUBCASE("a count below 0, and a topic without one") {
        const CopiedRun run("r01-kraft-kill");
        const std::string head = "topic\tsent\tacked\tfailed\tacked_lost\tduplicates\tread\n";
        run.write("records.tsv", head + "orders\t1\t1\t0\t-1\t0\t1\n");
        CHECK(run_problem(run.folder()).line == 2);
        const CopiedRun other("r01-kraft-kill");
        const std::string whole = other.read("records.tsv");
        run.write("records.tsv", whole.substr(0, whole.find("\nevents") + 1));
        CHECK(run_problem(run.folder()).message.find("has no row") != std::string::npos);
    }
    SUBCASE("a throttle that is no rate") {
        for (const char* rate : {"-5", "0", "abc"}) {
            CAPTURE(rate);
            const CopiedRun run("r01-kraft-kill");
            run.write("actions.tsv",
                      std::string("t_ms\taction\ttarget\n1795464161220\talter\tbroker:1 "
                                  "leader.replication.throttled.rate=") +
                          rate + "\n");
            CHECK(run_problem(run.folder()).line == 2);
        }
    }
    SUBCASE("run.json says what no run is") {
        const CopiedRun run("r01-kraft-kill");
        const std::string whole = run.read("run.json");
        const auto spoiled = [&](const std::string& from, const std::string& to) {
            std::string text = whole;
            const std::size_t at = text.find(from);
            REQUIRE(at != std::string::npos);
            run.write("run.json", text.replace(at, from.size(), to));
            return run_problem(run.folder());
        };
        CHECK(spoiled("\"kraft\"", "\"raft\"").message.find("kraft or zk") != std::string::npos);
        CHECK(spoiled("\"v39\"", "\"new\"").message.find("no version") != std::string::npos);
        CHECK(spoiled("\"t0_ms\": 1", "\"t0_ms\": 0.0000001").code ==
              scenarios::code::run_malformed);
        CHECK(spoiled("\"r01-kraft-kill\"", "\"r01\\tkill\"").message.find("`name`") !=
              std::string::npos);
    }
    SUBCASE("run.json lacks a field") {
        const CopiedRun run("r01-kraft-kill");
        run.write("run.json", "{\"name\": \"x\"}");
        CHECK(run_problem(run.folder()).message.find("`mode`") != std::string::npos);
    }
    SUBCASE("nothing is wrong") {
        const CopiedRun run("r01-kraft-kill");
        CHECK(run_problem(run.folder()).message.empty());
    }
}

TEST_CASE("a leave before the process has registered is put down to what had stopped it") {
    // r11: broker 2 is shut down at 62.0 s, started 9.3 s later, and registers 8.0 s after that.
    const fs::path folder = reference / "r11-zk-mixed-roll";
    const scenarios::RecordedSetup setup = scenarios::read_recorded_setup(folder);
    const scenarios::RecordedCase recorded = scenarios::make_recorded_case(setup);
    const scenarios::RecordedTruth truth = scenarios::read_recorded_truth(folder, setup);
    const auto history = scenarios::history_of(recorded.a_case, truth.transitions);
    std::map<int, int> undone;
    int late = 0;
    for (const scenarios::Change& change :
         scenarios::changes_of(recorded.a_case, history, undone)) {
        if (change.kind != scenarios::ChangeKind::leave || change.cause < 0) continue;
        const auto& cause = recorded.a_case.actions[static_cast<std::size_t>(change.cause)];
        CHECK(cause.kind == models::ActionKind::shut_down);
        const double since = sim::to_seconds(change.at - cause.at);
        if (since > 5.0) ++late;
    }
    CHECK(late == 3);  // let in again by the next controller, found lagging 9.3 s after the signal
}

TEST_CASE("leaders that a killed broker lost count though it is started again before that") {
    // r01 with the start 2 s after the kill: its session is over before its process registers.
    const CopiedRun run("r01-kraft-kill");
    const auto leads = [&](const fs::path& folder) {
        const scenarios::RecordedSetup setup = scenarios::read_recorded_setup(folder);
        const scenarios::RecordedCase recorded = scenarios::make_recorded_case(setup);
        const scenarios::RecordedTruth truth = scenarios::read_recorded_truth(folder, setup);
        std::map<int, int> undone;
        const auto changes = scenarios::changes_of(
            recorded.a_case, scenarios::history_of(recorded.a_case, truth.transitions), undone);
        return std::count_if(changes.begin(), changes.end(), [&](const scenarios::Change& change) {
            const bool known = change.kind == scenarios::ChangeKind::lead && change.cause >= 0;
            return known && recorded.a_case.actions[static_cast<std::size_t>(change.cause)].kind ==
                                models::ActionKind::kill;
        });
    };
    const auto before = leads(reference / "r01-kraft-kill");
    CHECK(before > 10);
    const std::string actions = run.read("actions.tsv");
    const std::size_t kill = actions.find("\tkill\t");
    const std::size_t start = actions.find("\tstart\t");
    const std::int64_t killed_at = std::stoll(actions.substr(kill - 13, 13));
    std::string sooner = actions;
    sooner.replace(start - 13, 13, std::to_string(killed_at + 2000));
    run.write("actions.tsv", sooner);
    CHECK(leads(run.folder()) == before);
}

TEST_CASE("an action that nobody models makes the run a missed one") {
    const CopiedRun run("r01-kraft-kill");
    run.write("actions.tsv",
              "t_ms\taction\ttarget\n1795464161220\tshell\tmv data elsewhere\n"
              "1795464161221\talter\tbroker:1 log.retention.ms=1\n");
    const scenarios::RecordedCase recorded =
        scenarios::make_recorded_case(scenarios::read_recorded_setup(run.folder()));
    REQUIRE(recorded.not_modelled.size() == 2);
    CHECK(recorded.not_modelled[0] == "line 2: shell mv data elsewhere");
}

TEST_CASE("the binomial test is exact and two-sided") {
    CHECK(scenarios::binomial_test(8, 10, 0.5) == doctest::Approx(0.109375));
    CHECK(scenarios::binomial_test(9, 10, 0.9) == doctest::Approx(1.0));
    CHECK(scenarios::binomial_test(0, 3, 0.9) == doctest::Approx(0.001));
    CHECK(scenarios::binomial_test(0, 0, 0.9) == doctest::Approx(1.0));
}

TEST_CASE(
    "rolls walked by our own gate take what they took: every step and the whole within 10 %") {
    std::size_t rolls = 0;
    for (const fs::path& folder : runs_in(reference)) {
        const scenarios::RecordedSetup setup = scenarios::read_recorded_setup(folder);
        const scenarios::RecordedTruth truth = scenarios::read_recorded_truth(folder, setup);
        for (const scenarios::RollScore& roll : scenarios::score_rolls(setup, truth, 1, 50, 2)) {
            CAPTURE(setup.name);
            ++rolls;
            CHECK(roll.steps.size() == 6);
            for (const scenarios::RollStep& step : roll.steps) {
                CAPTURE(step.observed_s);
                CAPTURE(step.predicted_s);
                CHECK(step.within());
            }
            CHECK(roll.whole.within());
        }
    }
    CHECK(rolls == 2);
}

TEST_CASE("what clients lose and how long they wait comes out by counting records") {
    struct Expected {
        const char* run;
        std::int64_t lost;  // records of all topics
    };
    for (const Expected& expected :
         {Expected{"r14-kraft-acks1-loss", 123}, Expected{"r15-zk-acks1-loss", 199}}) {
        CAPTURE(expected.run);
        const auto scores = judged_clients(reference / expected.run, 5);
        REQUIRE(scores.size() == 3);
        double median = 0.0;
        for (const scenarios::ClientScore& topic : scores) {
            CAPTURE(topic.topic);
            median += topic.acked_lost.median;
            if (topic.loss_forbidden) CHECK(topic.acked_lost.high == 0.0);
            CHECK(std::abs(topic.producer_stall_s.median - topic.producer_stall_s.observed) < 0.3);
            CHECK(std::abs(topic.consumer_stall_s.median - topic.consumer_stall_s.observed) < 0.3);
        }
        CHECK(std::abs(median - static_cast<double>(expected.lost)) <= 2.0);
    }
}

TEST_CASE("under min ISR producers are refused as often as they were") {
    const auto scores = judged_clients(reference / "r08-kraft-min-isr", 5);
    for (const scenarios::ClientScore& topic : scores) {
        CAPTURE(topic.topic);
        CHECK(topic.acked_lost.within());
        if (topic.loss_forbidden) CHECK(topic.acked_lost.high == 0.0);
        if (topic.failed.observed < 100.0) continue;  // producers without retries: a handful
        CHECK(std::abs(topic.failed.median / topic.failed.observed - 1.0) < 0.1);
    }
}

TEST_CASE("where Kafka forbids loss, none is predicted") {
    for (const fs::path& folder : runs_in(reference)) {
        CAPTURE(folder.filename().string());
        const auto scores = judged_clients(folder, 2);
        for (const scenarios::ClientScore& topic : scores) {
            CAPTURE(topic.topic);
            if (topic.loss_forbidden) CHECK(topic.acked_lost.high == 0.0);
            if (topic.loss_forbidden) CHECK(topic.duplicates.high == 0.0);
        }
    }
}
