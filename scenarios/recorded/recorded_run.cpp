#include "scenarios/recorded/recorded_run.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "scenarios/import/dump_text.hpp"
#include "scenarios/recorded/completeness.hpp"
#include "scenarios/recorded/table.hpp"

namespace rollcast::scenarios {

namespace {

using RowCells = std::span<const std::string_view>;

constexpr std::int64_t warm_up_ms = 30'000;  // as the recorder's README says
constexpr std::int64_t longest_ms =
    86'400'000;  // a run longer than a day is none of the recorder's
constexpr const char* same_run = "take all tables from the same run";
constexpr double earliest_ms = 1e12;  // Unix ms of 2001: what is smaller is no time of a run

[[noreturn]] void refuse(const std::string& file, const std::string& message) {
    Diagnostic problem;
    problem.code = code::run_malformed;
    problem.file = file;
    problem.message = message;
    problem.help = "copy the run again; it is not as the recorder wrote it";
    throw InputError(std::move(problem));
}

/// A value of run.json as text, whatever its type.
std::string text_of(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

std::map<std::string, std::string> texts_of(const Json& object) {
    std::map<std::string, std::string> texts;
    if (!object.is_object()) return texts;
    for (const auto& [key, value] : object.items()) texts[key] = text_of(value);
    return texts;
}

struct Limits {
    double least = 0.0;
    double most = 1e9;
};

double number_of(const std::string& file,
                 const Json& object,
                 const char* key,
                 double otherwise,
                 Limits limits = {}) {
    if (!object.contains(key)) return otherwise;
    const Json& value = object.at(key);
    if (!value.is_number()) refuse(file, fmt::format("{} is no number", scenarios::quoted(key)));
    const auto number = value.get<double>();
    if (!(number >= limits.least && number <= limits.most)) {
        refuse(
            file,
            fmt::format(
                "{} is not from {:g} to {:g}", scenarios::quoted(key), limits.least, limits.most));
    }
    return number;
}

std::int64_t broker_id(const std::string& file, std::string_view text) {
    const auto id = whole_number(text);
    if (!id) refuse(file, fmt::format("{} is no broker id", quoted(text)));
    return *id;
}

/// Rows of actions.tsv that tell what somebody saw; the others tell what was done to the cluster.
bool is_seen(std::string_view what) {
    static constexpr std::array<std::string_view, 9> seen{"load_start",
                                                          "load_end",
                                                          "exited",
                                                          "urp_zero_seen",
                                                          "sync_timeout",
                                                          "alter_done",
                                                          "elect_done",
                                                          "logdirs",
                                                          "note"};
    return std::find(seen.begin(), seen.end(), what) != seen.end();
}

/// "v39", as the recorder writes it, or "3.9".
bool is_recorded_version(std::string_view text) {
    if (!text.empty() && text.front() == 'v') text.remove_prefix(1);
    return !text.empty() && text.front() >= '1' && text.front() <= '9' &&
           text.find_first_not_of("0123456789.") == std::string_view::npos;
}

/// What the machines of a roll start with, where its entry says so.
void read_new_version(const Json& entry, ScriptedRoll& roll) {
    if (entry.size() > 5 && entry[5].is_string() &&
        is_recorded_version(entry[5].get<std::string>())) {
        roll.version = entry[5].get<std::string>();
    }
    if (entry.size() > 6 && entry[6].is_object()) {
        const auto config = texts_of(entry[6]);
        const auto pinned = config.find("inter.broker.protocol.version");
        if (pinned != config.end()) roll.protocol = pinned->second;
    }
}

/// Script entries [at, "roll", [[broker, ...], ...], down, quiet, version, config].
void read_rolls(const Json& script, RecordedSetup& setup) {
    for (const Json& entry : script) {
        if (!entry.is_array() || entry.size() < 5 || entry[1] != "roll") continue;
        ScriptedRoll roll;
        for (const Json& group : entry[2]) {
            std::vector<std::int64_t> brokers;
            for (const Json& id : group) brokers.push_back(broker_id(setup.file, text_of(id)));
            roll.groups.push_back(std::move(brokers));
        }
        const bool empty = std::any_of(roll.groups.begin(),
                                       roll.groups.end(),
                                       [](const auto& group) { return group.empty(); });
        if (roll.groups.empty() || empty) refuse(setup.file, "a roll has a group without brokers");
        const auto wait = [&](const Json& value) {
            const double seconds = value.is_number() ? value.get<double>() : 0.0;
            if (!(seconds >= 0.0 && seconds <= 86'400.0)) {
                refuse(setup.file, "a roll waits for no length of time");
            }
            return seconds;
        };
        roll.down_s = wait(entry[3]);
        roll.quiet_s = wait(entry[4]);
        read_new_version(entry, roll);
        setup.rolls.push_back(std::move(roll));
    }
}

/// What Kafka takes as the name of a topic, so that it can stand in a table as it is.
bool is_topic_name(std::string_view text) {
    return !text.empty() && text.size() <= 249 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    });
}

void check_description(const RecordedSetup& setup, const std::string& mode) {
    const auto control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    if (setup.name.empty() || std::any_of(setup.name.begin(), setup.name.end(), control)) {
        refuse(setup.file, "`name` is no name in one line");
    }
    if (mode != "kraft" && mode != "zk") {
        refuse(setup.file, fmt::format("`mode` is {}, not kraft or zk", scenarios::quoted(mode)));
    }
    if (!is_recorded_version(setup.version)) {
        refuse(
            setup.file,
            fmt::format("`version` is {}, no version of Kafka", scenarios::quoted(setup.version)));
    }
    if (setup.racks.empty()) refuse(setup.file, "there is no broker");
    if (setup.seconds <= 0) refuse(setup.file, "`seconds` is not above 0");
}

void read_description(RecordedSetup& setup) {
    require_run_file(setup.file);
    const JsonFile json = JsonFile::read(setup.file);
    const Json& root = json.root();
    for (const char* key : {"name", "mode", "version", "brokers", "seconds", "topics", "t0_ms"}) {
        if (!root.is_object() || !root.contains(key)) {
            refuse(setup.file, fmt::format("{} is missing", scenarios::quoted(key)));
        }
    }
    setup.name = text_of(root["name"]);
    setup.kraft = text_of(root["mode"]) == "kraft";
    setup.version = text_of(root["version"]);
    for (const auto& [id, rack] : texts_of(root["brokers"])) {
        setup.racks[broker_id(setup.file, id)] = rack;
    }
    setup.quorum_nodes = static_cast<int>(number_of(setup.file, root, "quorum", 1, {1, 99}));
    setup.seconds =
        static_cast<std::int64_t>(number_of(setup.file, root, "seconds", 0, {0, 86'400}));
    setup.delivery_timeout_ms =
        static_cast<std::int64_t>(number_of(setup.file, root, "delivery", 120'000, {1, 1e9}));
    setup.t0_ms =
        static_cast<std::int64_t>(number_of(setup.file, root, "t0_ms", 0, {earliest_ms, 1e15}));
    check_description(setup, text_of(root["mode"]));
    setup.broker_config = texts_of(root.value("broker_config", Json::object()));
    setup.controller_config = texts_of(root.value("controller_config", Json::object()));
    read_rolls(root.value("script", Json::array()), setup);
    for (const auto& [name, topic] : root["topics"].items()) {
        if (!topic.is_object()) {
            refuse(setup.file, fmt::format("topic {} is no object", scenarios::quoted(name)));
        }
        if (!is_topic_name(name)) {
            refuse(setup.file, fmt::format("{} is no name of a topic", scenarios::quoted(name)));
        }
        RecordedTopic read;
        read.name = name;
        read.rate_per_s = number_of(setup.file, topic, "rate", 0.0, {0, 1e5});
        read.record_bytes = static_cast<std::int64_t>(number_of(setup.file, topic, "size", 0));
        read.acks = topic.contains("acks") ? text_of(topic["acks"]) : "all";
        read.idempotent = topic.contains("idem") && text_of(topic["idem"]) == "true";
        read.retries = !topic.contains("retries") || text_of(topic["retries"]) != "0";
        read.config = texts_of(topic.value("config", Json::object()));
        setup.topics.push_back(std::move(read));
    }
}

void read_assignment(const std::filesystem::path& folder, RecordedSetup& setup) {
    static constexpr std::array<std::string_view, 3> columns{"topic", "partition", "replicas"};
    const Table table(folder / "assignment.tsv", columns, false);
    for (const Table::Row& row : table.rows()) {
        const auto topic =
            std::find_if(setup.topics.begin(), setup.topics.end(), [&](const RecordedTopic& t) {
                return t.name == row.cells[0];
            });
        if (topic == setup.topics.end()) {
            table.refuse(row, 0, "run.json has no such topic", same_run);
        }
        const std::int64_t number = table.whole(row, 1);
        if (number != static_cast<std::int64_t>(topic->replicas.size())) {
            table.refuse(row,
                         1,
                         fmt::format("partition {} comes here", topic->replicas.size()),
                         "rows of a topic are in order of its partitions, without gaps");
        }
        const auto ids = id_list(row.cells[2]);
        if (!ids || ids->empty()) {
            table.refuse(row, 2, "this is no list of brokers", "write it like 1,5,3");
        }
        for (const std::int64_t id : *ids) {
            if (setup.racks.contains(id)) continue;
            table.refuse(row, 2, fmt::format("run.json has no broker {}", id), same_run);
        }
        topic->replicas.push_back(*ids);
    }
    for (const RecordedTopic& topic : setup.topics) {
        if (!topic.replicas.empty()) continue;
        refuse((folder / "assignment.tsv").string(),
               fmt::format("topic {} has no partition", scenarios::quoted(topic.name)));
    }
}

/// topics.tsv says what was asked for when the topics were made; it wins over run.json.
void read_topic_configs(const std::filesystem::path& folder, RecordedSetup& setup) {
    static constexpr std::array<std::string_view, 2> columns{"topic", "config"};
    const Table table(folder / "topics.tsv", columns, false);
    const auto listed = [&](const RecordedTopic& topic) {
        return std::any_of(table.rows().begin(), table.rows().end(), [&](const Table::Row& row) {
            return row.cells[0] == topic.name;
        });
    };
    for (const RecordedTopic& topic : setup.topics) {
        if (topic.config.empty() || listed(topic)) continue;
        refuse((folder / "topics.tsv").string(),
               fmt::format("topic {} has no row", scenarios::quoted(topic.name)));
    }
    for (const Table::Row& row : table.rows()) {
        for (RecordedTopic& topic : setup.topics) {
            if (topic.name != row.cells[0]) continue;
            topic.config.clear();
            for (const std::string_view pair : split_at(row.cells[1], ';')) {
                const std::size_t equals = pair.find('=');
                if (equals == std::string_view::npos) continue;
                topic.config[std::string(pair.substr(0, equals))] = pair.substr(equals + 1);
            }
        }
    }
}

void read_actions(const std::filesystem::path& folder, RecordedSetup& setup) {
    static constexpr std::array<std::string_view, 3> columns{"t_ms", "action", "target"};
    const Table table(folder / "actions.tsv", columns);
    std::int64_t last = 0;
    for (const Table::Row& row : table.rows()) {
        if (is_seen(row.cells[1])) continue;
        const std::int64_t at = table.whole(row, 0);
        if (at < last) {
            table.refuse(row, 0, "this row is earlier than the one before it", "rows are in order");
        }
        last = at;
        if (at < setup.t0_ms || at > setup.t0_ms + longest_ms) {
            table.refuse(row,
                         0,
                         "nothing can be done before the load or after its end",
                         "see run.json, t0_ms");
        }
        RecordedAction action;
        action.at_ms = at - setup.t0_ms;
        action.what = row.cells[1];
        action.target = row.cells[2];
        action.line = row.line;
        setup.actions.push_back(std::move(action));
    }
}

bool was_started(const RecordedSetup& setup, std::int64_t broker) {
    return std::any_of(
        setup.actions.begin(), setup.actions.end(), [&](const RecordedAction& action) {
            return action.what == "start" && action.target == fmt::format("{}", broker);
        });
}

struct SessionRow {
    std::int64_t at_ms;
    std::int64_t broker;
    std::string_view state;
};

/// Those before the load, and those of brokers that were started.
std::vector<SessionRow> session_rows(const Table& table, const RecordedSetup& setup) {
    std::vector<SessionRow> sessions;
    for (const Table::Row& row : table.rows()) {
        const SessionRow session{
            table.whole(row, 0) - setup.t0_ms, table.whole(row, 1), row.cells[2]};
        if (session.at_ms >= 0 && !was_started(setup, session.broker)) continue;
        if (!sessions.empty() && session.at_ms < sessions.back().at_ms) {
            table.refuse(row, 0, "this row is earlier than the one before it", "rows are in order");
        }
        sessions.push_back(session);
    }
    return sessions;
}

/// From sessions.tsv: how long started processes took, and the state before the load.
void read_sessions(const std::filesystem::path& folder, RecordedSetup& setup) {
    static constexpr std::array<std::string_view, 3> columns{"t_ms", "broker", "state"};
    const Table table(folder / "sessions.tsv", columns);
    const std::vector<SessionRow> sessions = session_rows(table, setup);
    for (const SessionRow& session : sessions) {
        if (session.at_ms >= 0) break;
        if (session.state == "controller") setup.first_controller = session.broker;
        if (session.state == "unfenced") setup.heartbeat_at_ms[session.broker] = session.at_ms;
    }
    const auto first_after = [&](std::int64_t broker, std::int64_t from, std::string_view state) {
        const auto at = std::find_if(sessions.begin(), sessions.end(), [&](const SessionRow& s) {
            return s.broker == broker && s.at_ms >= from && s.state == state;
        });
        return at == sessions.end() ? std::optional<std::int64_t>() : at->at_ms;
    };
    for (std::size_t i = 0; i < setup.actions.size(); ++i) {
        RecordedAction& action = setup.actions[i];
        const auto broker = whole_number(action.target);
        if (action.what != "start" || !broker) continue;
        const auto next = std::find_if(
            setup.actions.begin() + static_cast<std::ptrdiff_t>(i) + 1,
            setup.actions.end(),
            [&](const RecordedAction& later) { return later.target == action.target; });
        const std::int64_t until = next == setup.actions.end() ? INT64_MAX : next->at_ms;
        const auto registered = first_after(*broker, action.at_ms, "registered");
        if (!registered || *registered >= until) continue;
        action.registered_after_ms = *registered - action.at_ms;
        const auto unfenced = first_after(*broker, *registered, "unfenced");
        if (unfenced && *unfenced < until) action.unfenced_after_ms = *unfenced - *registered;
    }
}

/// The row names a partition and brokers of run.json.
void check_transition(const Table& table,
                      const Table::Row& row,
                      const RecordedTransition& read,
                      const RecordedSetup& setup) {
    const auto topic = std::find_if(setup.topics.begin(),
                                    setup.topics.end(),
                                    [&](const RecordedTopic& t) { return t.name == read.topic; });
    if (topic == setup.topics.end()) table.refuse(row, 1, "run.json has no such topic", same_run);
    if (read.partition < 0 || read.partition >= static_cast<int>(topic->replicas.size())) {
        table.refuse(row, 2, "assignment.tsv has no such partition", same_run);
    }
    if (read.state.leader != -1 && !setup.racks.contains(read.state.leader)) {
        table.refuse(row, 3, "run.json has no such broker", same_run);
    }
    for (const std::int64_t id : read.state.isr) {
        if (!setup.racks.contains(id)) {
            table.refuse(row, 4, fmt::format("run.json has no broker {}", id), same_run);
        }
    }
}

/// With `initial`, those before the load alone.
std::vector<RecordedTransition> read_transitions(const std::filesystem::path& folder,
                                                 const RecordedSetup& setup,
                                                 bool initial) {
    static constexpr std::array<std::string_view, 5> columns{
        "t_ms", "topic", "partition", "leader", "isr"};
    const Table table(folder / "transitions.tsv",
                      columns,
                      true,
                      initial ? std::optional(setup.t0_ms) : std::nullopt);
    std::vector<RecordedTransition> rows;
    for (const Table::Row& row : table.rows()) {
        RecordedTransition read;
        read.at_ms = table.whole(row, 0) - setup.t0_ms;
        read.topic = row.cells[1];
        read.partition = static_cast<int>(table.whole(row, 2));
        read.state.leader = table.whole(row, 3);
        const auto isr = id_list(row.cells[4]);
        if (!isr) table.refuse(row, 4, "this is no list of brokers", "write it like 1,5,3");
        read.state.isr = *isr;
        std::sort(read.state.isr.begin(), read.state.isr.end());
        check_transition(table, row, read, setup);
        if (!rows.empty() && read.at_ms < rows.back().at_ms) {
            table.refuse(row, 0, "this row is earlier than the one before it", "rows are in order");
        }
        rows.push_back(std::move(read));
    }
    return rows;
}

/// Longest stretch between two bins of 100 ms in which `counts` says that something went through,
/// after the warm-up and while the load ran.
std::int64_t longest_gap(const std::vector<std::pair<std::int64_t, std::int64_t>>& counts,
                         std::int64_t until_ms) {
    std::int64_t longest = 0;
    std::int64_t last = warm_up_ms;
    for (const auto& [at, count] : counts) {
        if (at < warm_up_ms || at > until_ms || count == 0) continue;
        longest = std::max(longest, at - last - 100);
        last = at;
    }
    return longest;
}

/// "{TimeoutException=1, X=2}".
void count_errors(const Table& table,
                  const Table::Row& row,
                  std::size_t column,
                  std::map<std::string, std::int64_t>& errors) {
    const std::string_view text = trim(row.cells[column]);
    const auto refuse = [&] {
        table.refuse(
            row, column, fmt::format("{} is no count of errors", quoted(text)), "as {X=2}");
    };
    if (text.size() < 2 || text.front() != '{' || text.back() != '}') return refuse();
    if (trim(text.substr(1, text.size() - 2)).empty()) return;
    for (const std::string_view part : split_at(text.substr(1, text.size() - 2), ',')) {
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos) return refuse();
        const auto count = whole_number(trim(part.substr(equals + 1)));
        if (!count) return refuse();
        errors[std::string(trim(part.substr(0, equals)))] += *count;
    }
}

/// The rows of a table of bins: their time in ms from the begin of the load, and a count.
std::vector<std::pair<std::int64_t, std::int64_t>> read_bins(const Table& table,
                                                             const RecordedSetup& setup) {
    std::vector<std::pair<std::int64_t, std::int64_t>> bins;
    for (const Table::Row& row : table.rows()) {
        const std::int64_t at = table.whole(row, 0) - setup.t0_ms;
        if (!bins.empty() && at < bins.back().first) {
            table.refuse(row, 0, "this row is earlier than the one before it", "rows are in order");
        }
        bins.emplace_back(at, table.count(row, 1));
    }
    return bins;
}

/// A table whose end is missing counts less than the recorder did when the run was over.
void check_whole(const Table& table,
                 const std::vector<std::pair<std::int64_t, std::int64_t>>& bins,
                 std::int64_t counted) {
    std::int64_t sum = 0;
    for (const auto& [at, count] : bins) sum += count;
    if (sum == counted) return;
    table.refuse(table.rows().empty() ? Table::Row{1, {{}, {}}} : table.rows().back(),
                 0,
                 fmt::format("the table ends with {} records, records.tsv has {}", sum, counted),
                 "copy the run again; the table is cut, or of another run");
}

RecordedClients read_clients(const std::filesystem::path& folder,
                             const RecordedSetup& setup,
                             const Table& records,
                             const Table::Row& counted) {
    const std::string topic{counted.cells[0]};
    RecordedClients clients;
    clients.topic = topic;
    clients.sent = records.count(counted, 1);
    clients.acked = records.count(counted, 2);
    clients.failed = records.count(counted, 3);
    clients.acked_lost = records.count(counted, 4);
    clients.duplicates = records.count(counted, 5);
    static constexpr std::array<std::string_view, 3> produced{"t_ms", "acked", "errors"};
    const Table producer(folder / ("producer." + topic + ".tsv"), produced);
    for (const Table::Row& row : producer.rows()) {
        count_errors(producer, row, 2, clients.errors);
    }
    const auto acked = read_bins(producer, setup);
    check_whole(producer, acked, clients.acked);
    clients.producer_stall_ms = longest_gap(acked, setup.seconds * 1'000);
    static constexpr std::array<std::string_view, 2> consumed{"t_ms", "read"};
    const Table consumer(folder / ("consumer." + topic + ".tsv"), consumed);
    const auto read = read_bins(consumer, setup);
    check_whole(consumer, read, records.count(counted, 6));
    clients.consumer_stall_ms = longest_gap(read, setup.seconds * 1'000);
    return clients;
}

}  // namespace

RecordedSetup read_recorded_setup(const std::filesystem::path& folder) {
    RecordedSetup setup;
    setup.file = (folder / "run.json").string();
    read_description(setup);
    read_assignment(folder, setup);
    read_topic_configs(folder, setup);
    read_actions(folder, setup);
    read_sessions(folder, setup);
    for (const RecordedTransition& row : read_transitions(folder, setup, true)) {
        setup.initial[{row.topic, row.partition}] = row.state;
    }
    return setup;
}

RecordedTruth read_recorded_truth(const std::filesystem::path& folder, const RecordedSetup& setup) {
    RecordedTruth truth;
    truth.transitions = read_transitions(folder, setup, false);
    check_tables_whole(folder, setup, truth.transitions);
    std::erase_if(truth.transitions, [](const RecordedTransition& row) { return row.at_ms < 0; });
    static constexpr std::array<std::string_view, 7> columns{
        "topic", "sent", "acked", "failed", "acked_lost", "duplicates", "read"};
    const Table records(folder / "records.tsv", columns);
    for (const RecordedTopic& topic : setup.topics) {
        if (topic.rate_per_s <= 0.0) continue;
        const auto row =
            std::find_if(records.rows().begin(), records.rows().end(), [&](const Table::Row& each) {
                return each.cells[0] == topic.name;
            });
        if (row == records.rows().end()) {
            refuse((folder / "records.tsv").string(),
                   fmt::format("topic {} has no row", scenarios::quoted(topic.name)));
        }
        truth.clients.push_back(read_clients(folder, setup, records, *row));
    }
    return truth;
}

}  // namespace rollcast::scenarios
