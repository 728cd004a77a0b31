#include "scenarios/recorded/recorded_case.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "scenarios/import/dump_text.hpp"

namespace rollcast::scenarios {

namespace {

using models::Action;
using models::ActionKind;
using models::BrokerId;
using models::ClusterConfig;
using models::ClusterId;

/// Kafka's record batch v2: 61 bytes a batch and about 10 a record; batches hold one record here.
constexpr double batch_overhead_bytes = 71.0;

/// The recorder's producers: linger.ms, and half the delivery time-out as request time-out where
/// that is short.
constexpr sim::Duration recorder_linger = sim::milliseconds(5);
constexpr std::int64_t recorder_short_delivery_ms = 30'000;

std::optional<std::string> setting(const RecordedSetup& setup, const std::string& key) {
    for (const auto* config : {&setup.broker_config, &setup.controller_config}) {
        const auto found = config->find(key);
        if (found != config->end()) return found->second;
    }
    return std::nullopt;
}

sim::Duration duration_of(const RecordedSetup& setup,
                          const std::string& key,
                          sim::Duration unit,
                          sim::Duration otherwise) {
    const auto text = setting(setup, key);
    const auto value = text ? whole_number(*text) : std::nullopt;
    constexpr std::int64_t most = 1'000'000'000;
    if (value && (*value < 1 || *value > most)) {
        Diagnostic problem;
        problem.code = code::run_malformed;
        problem.file = setup.file;
        problem.message = fmt::format("{} is not from 1 to {}", scenarios::quoted(key), most);
        problem.help = "copy the run again; it is not as the recorder wrote it";
        throw InputError(std::move(problem));
    }
    return value ? unit * *value : otherwise;
}

bool flag_of(const RecordedSetup& setup, const std::string& key, bool otherwise) {
    const auto text = setting(setup, key);
    return text ? *text == "true" : otherwise;
}

/// The recorder writes versions without the dot: "v39" is 3.9.
std::string dotted(const std::string& version) {
    if (version.size() < 3 || version.front() != 'v') return version;
    return version.substr(1, 1) + "." + version.substr(2);
}

bool lists_all(const RecordedTopic& topic) {
    const auto has = [&](const char* key) {
        const auto found = topic.config.find(key);
        return found != topic.config.end() && !found->second.empty();
    };
    return has("leader.replication.throttled.replicas") &&
           has("follower.replication.throttled.replicas");
}

ClusterConfig config_of(const RecordedSetup& setup) {
    const sim::Duration ms = sim::milliseconds(1);
    ClusterConfig config;
    config.replica_lag_time_max =
        duration_of(setup, "replica.lag.time.max.ms", ms, config.replica_lag_time_max);
    if (setup.kraft) {
        config.session_timeout =
            duration_of(setup, "broker.session.timeout.ms", ms, sim::seconds(9));
        config.heartbeat_interval =
            duration_of(setup, "broker.heartbeat.interval.ms", ms, sim::seconds(2));
    } else {
        config.session_timeout =
            duration_of(setup, "zookeeper.session.timeout.ms", ms, sim::seconds(18));
        config.heartbeat_interval = sim::Duration{config.session_timeout.count() / 3};
    }
    // The recorder switches it off unless a run says otherwise.
    config.auto_leader_rebalance = flag_of(setup, "auto.leader.rebalance.enable", false);
    config.leader_imbalance_check = duration_of(setup,
                                                "leader.imbalance.check.interval.seconds",
                                                sim::seconds(1),
                                                config.leader_imbalance_check);
    config.unclean_leader_election = flag_of(setup, "unclean.leader.election.enable", false);
    const auto bytes_of = [&](const char* key, sim::Bytes otherwise) {
        const auto text = setting(setup, key);
        const auto value = text ? whole_number(*text) : std::nullopt;
        return value ? sim::bytes(*value) : otherwise;
    };
    config.fetch_response_max =
        bytes_of("replica.fetch.response.max.bytes", config.fetch_response_max);
    config.fetch_partition_max = bytes_of("replica.fetch.max.bytes", config.fetch_partition_max);
    config.throttle_lists = std::any_of(setup.topics.begin(), setup.topics.end(), lists_all);
    return config;
}

int min_isr_of(const RecordedSetup& setup, const RecordedTopic& topic) {
    const auto own = topic.config.find("min.insync.replicas");
    const auto text = own != topic.config.end() ? std::optional(own->second)
                                                : setting(setup, "min.insync.replicas");
    const auto value = text ? whole_number(*text) : std::nullopt;
    return value ? static_cast<int>(*value) : 1;
}

/// Slots of the brokers `ids` among `replicas`, as a bit set.
std::uint8_t slots_of(const std::vector<std::int64_t>& replicas,
                      const std::vector<std::int64_t>& ids) {
    std::uint8_t bits = 0;
    for (std::size_t slot = 0; slot < replicas.size(); ++slot) {
        if (std::find(ids.begin(), ids.end(), replicas[slot]) != ids.end()) {
            bits = static_cast<std::uint8_t>(bits | (1U << slot));
        }
    }
    return bits;
}

class Tables {
public:
    Tables(const RecordedSetup& setup, const MeasuredTimes& times) : setup_(setup), times_(times) {
        models::Cluster cluster;
        cluster.name = setup.name;
        cluster.quorum_kind =
            setup.kraft ? models::QuorumKind::kraft : models::QuorumKind::zookeeper;
        cluster.stack.kafka_version = dotted(setup.version);
        cluster.config = config_of(setup);
        name_stacks(cluster);
        tables_.name = setup.name;
        tables_.clusters.push_back(std::move(cluster));
        add_brokers();
        for (const RecordedTopic& topic : setup.topics) add_topic(topic);
        if (setup.first_controller && numbers_.contains(*setup.first_controller)) {
            tables_.clusters[ClusterId{0}].controller_at_start =
                numbers_.at(*setup.first_controller);
        }
    }

    models::FleetTables take() { return std::move(tables_); }

private:
    /// Where a roll starts another release: both, with the protocols that they were pinned to.
    void name_stacks(models::Cluster& cluster) {
        const auto mixed = std::find_if(setup_.rolls.begin(),
                                        setup_.rolls.end(),
                                        [](const auto& roll) { return !roll.version.empty(); });
        if (mixed == setup_.rolls.end()) return;
        const auto kind = cluster.quorum_kind;
        const auto pinned = setup_.broker_config.find("inter.broker.protocol.version");
        models::NodeStack before;
        before.name = "before";
        before.kafka_version = dotted(setup_.version);
        before.control_plane = kind;
        if (pinned != setup_.broker_config.end()) before.inter_broker_protocol = pinned->second;
        models::NodeStack after = before;
        after.name = "after";
        after.kafka_version = dotted(mixed->version);
        after.inter_broker_protocol = mixed->protocol;
        cluster.stacks.now = tables_.stacks.push_back(std::move(before));
        cluster.stacks.next = tables_.stacks.push_back(std::move(after));
    }

    void add_brokers() {
        std::map<std::string, models::RackId> racks;
        const auto rack_of = [&](const std::string& name) {
            const auto known = racks.find(name);
            if (known != racks.end()) return known->second;
            const models::RackId r{static_cast<std::uint32_t>(tables_.racks.size())};
            tables_.racks.push_back({.name = name, .cluster = ClusterId{0}});
            racks.emplace(name, r);
            return r;
        };
        for (const auto& [id, rack] : setup_.racks) {
            const BrokerId b{static_cast<std::uint32_t>(tables_.brokers.size())};
            numbers_.emplace(id, b);
            models::Broker broker;
            broker.number = id;
            broker.host = fmt::format("broker-{}", id);
            broker.cluster = ClusterId{0};
            broker.rack = rack_of(rack);
            broker.nic_in = times_.catch_up_rate;
            const auto unfenced = setup_.heartbeat_at_ms.find(id);
            if (unfenced != setup_.heartbeat_at_ms.end()) {
                broker.heartbeat_before = sim::milliseconds(-unfenced->second);
            }
            tables_.brokers.push_back(std::move(broker));
            tables_.log_dirs.push_back({.broker = b, .path = "/data"});
        }
        for (int q = 1; q <= setup_.quorum_nodes; ++q) {
            // A machine of its own in a rack of its own: nothing of the brokers hangs on it.
            models::QuorumNode node;
            node.name = fmt::format("q{}", q);
            node.cluster = ClusterId{0};
            node.rack = rack_of("quorum");
            tables_.quorum_nodes.push_back(std::move(node));
        }
    }

    void add_topic(const RecordedTopic& topic) {
        const models::TopicId t{static_cast<std::uint32_t>(tables_.topics.size())};
        models::Topic made;
        made.name = topic.name;
        made.cluster = ClusterId{0};
        made.rf = static_cast<int>(topic.replicas.front().size());
        made.min_isr = min_isr_of(setup_, topic);
        made.acks_all = topic.acks == "all" || topic.acks == "-1" ? 1.0 : 0.0;
        made.acks_none = topic.acks == "0" ? 1.0 : 0.0;
        made.idempotent = topic.idempotent;
        made.keeps_all = true;
        made.producer.linger = recorder_linger;
        if (setup_.delivery_timeout_ms <= recorder_short_delivery_ms) {
            made.producer.request_timeout = sim::milliseconds(setup_.delivery_timeout_ms / 2);
        }
        made.retries = topic.retries;
        made.bytes_per_message = static_cast<double>(topic.record_bytes) + batch_overhead_bytes;
        made.partition_count = static_cast<std::uint32_t>(topic.replicas.size());
        const auto written = static_cast<std::int64_t>(topic.rate_per_s * made.bytes_per_message /
                                                       static_cast<double>(topic.replicas.size()));
        for (std::size_t number = 0; number < topic.replicas.size(); ++number) {
            const std::vector<std::int64_t>& replicas = topic.replicas[number];
            models::Partition partition;
            partition.topic = t;
            partition.number = static_cast<std::uint32_t>(number);
            partition.first_replica = static_cast<std::uint32_t>(tables_.replica_broker.size());
            partition.rf = static_cast<std::uint8_t>(replicas.size());
            partition.write_bytes_per_s = written;
            const auto known = setup_.initial.find({topic.name, static_cast<int>(number)});
            if (known == setup_.initial.end()) {
                partition.isr = static_cast<std::uint8_t>((1U << replicas.size()) - 1U);
            } else {
                partition.isr = slots_of(replicas, known->second.isr);
                const auto leader =
                    std::find(replicas.begin(), replicas.end(), known->second.leader);
                partition.leader = static_cast<std::int8_t>(
                    leader == replicas.end() ? -1 : leader - replicas.begin());
            }
            for (const std::int64_t id : replicas) {
                tables_.replica_broker.push_back(numbers_.at(id));
            }
            tables_.partitions.push_back(partition);
        }
        tables_.topics.push_back(std::move(made));
    }

    const RecordedSetup& setup_;
    const MeasuredTimes& times_;
    models::FleetTables tables_;
    std::map<std::int64_t, BrokerId> numbers_;
};

[[noreturn]] void refuse(const RecordedSetup& setup,
                         const RecordedAction& action,
                         const std::string& message) {
    Diagnostic problem;
    problem.code = code::run_malformed;
    problem.file = (std::filesystem::path(setup.file).parent_path() / "actions.tsv").string();
    problem.line = action.line;
    problem.column = 1;
    problem.message = message;
    problem.help = "take actions.tsv and run.json from the same run";
    throw InputError(std::move(problem));
}

RecordedStart start_of(const RecordedSetup& setup,
                       const RecordedAction& recorded,
                       const MeasuredTimes& times) {
    const double start_s = static_cast<double>(recorded.registered_after_ms.value_or(0)) / 1e3;
    RecordedStart start;
    start.takes.nominal = sim::ceil_seconds(start_s);
    const ShareOfStart& queue = setup.kraft ? times.kraft_queue : times.zookeeper_queue;
    start.join_queue = {sim::ceil_seconds(start_s * queue.median),
                        sim::ceil_seconds(start_s * queue.p95)};
    if (setup.kraft) {
        start.serves_after.nominal = sim::milliseconds(recorded.unfenced_after_ms.value_or(0));
    } else {
        start.serves_after = {sim::ceil_seconds(start_s * times.serves.median),
                              sim::ceil_seconds(start_s * times.serves.p95)};
    }
    return start;
}

class Script {
public:
    Script(const RecordedSetup& setup, const MeasuredTimes& times, RecordedCase& made)
        : setup_(setup), times_(times), made_(made), fleet_(made.a_case.fleet) {
        for (const RecordedAction& action : setup.actions) add(action);
    }

private:
    Action at_time(ActionKind kind, const RecordedAction& action) const {
        return {.kind = kind,
                .at = sim::Instant{sim::milliseconds(action.at_ms)},
                .cluster = ClusterId{0}};
    }

    void target(const RecordedAction& recorded, Action& action) const {
        if (recorded.target.starts_with('q')) {
            const auto number = whole_number(std::string_view(recorded.target).substr(1));
            if (number && *number >= 1 && *number <= setup_.quorum_nodes) {
                action.quorum_node = models::QuorumNodeId{static_cast<std::uint32_t>(*number - 1)};
                return;
            }
        } else if (const auto id = whole_number(recorded.target)) {
            action.broker = broker_of(fleet_, *id);
            if (action.broker.exists()) return;
        }
        refuse(setup_,
               recorded,
               fmt::format("{} is no broker and no quorum node of run.json",
                           scenarios::quoted(recorded.target)));
    }

    void add(const RecordedAction& recorded) {
        static const std::map<std::string, ActionKind> kinds{{"kill", ActionKind::kill},
                                                             {"term", ActionKind::shut_down},
                                                             {"stop", ActionKind::hang},
                                                             {"cont", ActionKind::go_on},
                                                             {"start", ActionKind::start},
                                                             {"wipe", ActionKind::wipe}};
        if (recorded.what == "alter") return add_alter(recorded);
        if (recorded.what == "elect") {
            Action elect = at_time(ActionKind::elect, recorded);
            elect.takes = times_.election_tool;
            made_.a_case.actions.push_back(elect);
            return;
        }
        const auto kind = kinds.find(recorded.what);
        if (kind == kinds.end()) {
            made_.not_modelled.push_back(
                fmt::format("line {}: {} {}", recorded.line, recorded.what, recorded.target));
            return;
        }
        Action action = at_time(kind->second, recorded);
        target(recorded, action);
        if (action.kind == ActionKind::start) {
            time_start(recorded, action);
            action.upgrades = in_roll_to_another_release(recorded);
        }
        made_.a_case.actions.push_back(action);
    }

    bool in_roll_to_another_release(const RecordedAction& recorded) const {
        const auto id = whole_number(recorded.target);
        return id && std::any_of(setup_.rolls.begin(), setup_.rolls.end(), [&](const auto& roll) {
                   if (roll.version.empty()) return false;
                   return std::any_of(
                       roll.groups.begin(), roll.groups.end(), [&](const auto& group) {
                           return std::find(group.begin(), group.end(), *id) != group.end();
                       });
               });
    }

    void time_start(const RecordedAction& recorded, Action& action) const {
        if (action.quorum_node.exists()) {
            action.takes = times_.quorum_node_start;
            return;
        }
        action.comes_back =
            recorded.registered_after_ms && (!setup_.kraft || recorded.unfenced_after_ms);
        const RecordedStart start = start_of(setup_, recorded, times_);
        action.takes = start.takes;
        action.serves_after = start.serves_after;
        action.join_queue = start.join_queue;
    }

    /// An empty value takes the setting away.
    sim::ByteRate throttle_of(const RecordedAction& recorded, std::string_view text) const {
        if (text.empty()) return models::unlimited;
        const auto rate = whole_number(text);
        if (!rate || *rate < 1) {
            refuse(setup_,
                   recorded,
                   fmt::format("{} is no rate in bytes a second", scenarios::quoted(text)));
        }
        return sim::bytes_per_second(*rate);
    }

    /// "broker:1,broker:2 leader.replication.throttled.rate=2000000;follower...=2000000".
    void add_alter(const RecordedAction& recorded) {
        const std::size_t blank = recorded.target.find(' ');
        const std::string_view entities = std::string_view(recorded.target).substr(0, blank);
        const std::string_view sets = blank == std::string::npos
                                          ? std::string_view()
                                          : std::string_view(recorded.target).substr(blank + 1);
        Action action = at_time(ActionKind::throttle, recorded);
        for (const std::string_view pair : split_at(sets, ';')) {
            const std::size_t equals = pair.find('=');
            const std::string_view key = pair.substr(0, equals);
            const std::string_view text =
                equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
            if (key == "leader.replication.throttled.rate") {
                action.leader_rate = throttle_of(recorded, text);
            } else if (key == "follower.replication.throttled.rate") {
                action.follower_rate = throttle_of(recorded, text);
            } else {
                made_.not_modelled.push_back(fmt::format("line {}: alter {}", recorded.line, key));
            }
        }
        if (!action.leader_rate && !action.follower_rate) return;
        for (const std::string_view entity : split_at(entities, ',')) {
            if (!starts_with(entity, "broker:")) {
                made_.not_modelled.push_back(
                    fmt::format("line {}: alter {}", recorded.line, entity));
                continue;
            }
            const auto id = whole_number(entity.substr(7));
            Action one = action;
            one.broker = id ? broker_of(fleet_, *id) : BrokerId::none();
            if (!one.broker.exists()) {
                refuse(
                    setup_, recorded, fmt::format("run.json has no {}", scenarios::quoted(entity)));
            }
            one.takes = times_.alter_tool;
            made_.a_case.actions.push_back(one);
        }
    }

    const RecordedSetup& setup_;
    const MeasuredTimes& times_;
    RecordedCase& made_;
    const models::Fleet& fleet_;
};

}  // namespace

models::BrokerId broker_of(const models::Fleet& fleet, std::int64_t id) {
    for (const BrokerId b : models::Range<BrokerId>(fleet.brokers().size())) {
        if (fleet.brokers()[b].number == id) return b;
    }
    return BrokerId::none();
}

std::vector<RecordedRoll> recorded_rolls(const RecordedSetup& setup, const MeasuredTimes& times) {
    std::vector<RecordedRoll> rolls;
    std::size_t at = 0;  // actions before it belong to earlier rolls
    const auto next = [&](const std::string& what, std::int64_t broker) {
        std::size_t found = at;
        while (found < setup.actions.size() &&
               (setup.actions[found].what != what ||
                setup.actions[found].target != fmt::format("{}", broker))) {
            ++found;
        }
        return found;
    };
    for (const ScriptedRoll& scripted : setup.rolls) {
        RecordedRoll roll;
        roll.scripted = scripted.groups.size();
        roll.down = sim::ceil_seconds(scripted.down_s);
        roll.quiet = sim::ceil_seconds(scripted.quiet_s);
        for (const std::vector<std::int64_t>& group : scripted.groups) {
            const std::size_t signal = next("term", group.front());
            if (signal == setup.actions.size()) break;
            std::vector<RecordedStart> starts;
            std::size_t last = signal;
            for (const std::int64_t broker : group) {
                const std::size_t start = next("start", broker);
                if (start == setup.actions.size() || !setup.actions[start].registered_after_ms) {
                    break;
                }
                starts.push_back(start_of(setup, setup.actions[start], times));
                last = std::max(last, start);
            }
            if (starts.size() < group.size()) {
                roll.cut_at_ms = setup.actions[signal].at_ms;
                break;
            }
            at = last;
            roll.groups.push_back(group);
            roll.signals_ms.push_back(setup.actions[signal].at_ms);
            roll.starts.push_back(std::move(starts));
        }
        if (!roll.groups.empty()) rolls.push_back(std::move(roll));
    }
    return rolls;
}

RecordedCase make_recorded_case(const RecordedSetup& setup, const MeasuredTimes& times) {
    RecordedCase made;
    made.a_case.name = setup.name;
    made.a_case.fleet = models::make_fleet(Tables(setup, times).take());
    const RequestTimes& requests = setup.kraft ? times.kraft : times.zookeeper;
    made.a_case.record.network = requests.network;
    made.a_case.record.service = requests.service;
    made.a_case.record.slowness_p95 = requests.slowness_p95;
    made.a_case.record.propagation = times.propagation;
    made.a_case.record.hearing = times.hearing;
    made.a_case.record.takeover = times.takeover;
    made.a_case.record.succession = times.succession;
    made.a_case.record.closing = times.closing;
    made.a_case.record.wake = times.wake;
    made.a_case.reaction = times.reaction;
    made.a_case.rules.delivery_timeout = sim::milliseconds(setup.delivery_timeout_ms);
    Script(setup, times, made);
    return made;
}

}  // namespace rollcast::scenarios
