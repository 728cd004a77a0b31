#include "scenarios/format/fleet_reader.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "scenarios/format/names.hpp"
#include "scenarios/format/stack_reader.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

using models::BrokerId;
using models::ClusterId;
using models::FleetTables;
using models::RackId;

namespace {

/// a, b, ... z, aa, ab, ...
std::string letters(std::size_t index) {
    std::string name;
    for (std::size_t rest = index + 1; rest > 0; rest = (rest - 1) / 26) {
        name.insert(name.begin(), static_cast<char>('a' + (rest - 1) % 26));
    }
    return name;
}

models::Stack read_stack(const Reader& reader) {
    const std::string protocol = reader.text("inter_broker_protocol");
    return {.os = reader.text("os"),
            .kafka_version = reader.text("kafka_version"),
            .inter_broker_protocol = protocol == "unpinned" ? "" : protocol,
            .message_format = reader.text("message_format"),
            .auth = reader.text("auth"),
            .control_plane = reader.text("control_plane")};
}

models::ClusterConfig read_config(const Reader& reader, models::QuorumKind kind) {
    models::ClusterConfig config;
    config.replica_lag_time_max = reader.duration("replica_lag_time_max_s");
    if (kind == models::QuorumKind::kraft) {  // kafka-semantics §1.1
        config.session_timeout = sim::seconds(9);
        config.heartbeat_interval = sim::seconds(2);
    }
    if (reader.has("session_timeout_s"))
        config.session_timeout = reader.duration("session_timeout_s");
    if (reader.has("heartbeat_interval_s")) {
        config.heartbeat_interval = reader.duration("heartbeat_interval_s");
    }
    config.zookeeper_tick = reader.duration("zookeeper_tick_s");
    config.auto_leader_rebalance = reader.flag("auto_leader_rebalance");
    config.leader_imbalance_check = reader.duration("leader_imbalance_check_s");
    config.unclean_leader_election = reader.flag("unclean_leader_election");
    config.leader_throttle = reader.rate("leader_throttle_bytes_per_s");
    config.follower_throttle = reader.rate("follower_throttle_bytes_per_s");
    config.throttle_lists = reader.flag("throttle_lists");
    config.recovery_threads_per_dir = static_cast<int>(reader.integer("recovery_threads_per_dir"));
    config.flush_every_message = reader.flag("flush_every_message");
    if (reader.has("stop_timeout_s")) config.stop_timeout = reader.duration("stop_timeout_s");
    config.fetch_response_max = models::Bytes{reader.integer("fetch_response_max_bytes")};
    config.fetch_partition_max = models::Bytes{reader.integer("fetch_partition_max_bytes")};
    return config;
}

/// Hardware of a broker; layers (fleet, group, single broker) are laid over each other.
struct Host {
    models::Broker traits;
    std::vector<models::LogDir> log_dirs{models::LogDir{}};
    models::BrokerSettings config;
    models::BrokerSettings golden;
};

models::BrokerSettings read_own(const Reader& reader) {
    models::BrokerSettings own;
    if (reader.has("leader_throttle_bytes_per_s")) {
        own.leader_throttle = reader.rate("leader_throttle_bytes_per_s");
    }
    if (reader.has("follower_throttle_bytes_per_s")) {
        own.follower_throttle = reader.rate("follower_throttle_bytes_per_s");
    }
    if (reader.has("recovery_threads_per_dir")) {
        own.recovery_threads_per_dir = static_cast<int>(reader.integer("recovery_threads_per_dir"));
    }
    if (reader.has("stop_timeout_s")) own.stop_timeout = reader.duration("stop_timeout_s");
    return own;
}

std::vector<models::LogDir> read_log_dirs(const Reader& reader) {
    std::vector<models::LogDir> dirs;
    for (const Reader& kind : reader.objects("log_dirs")) {
        const std::string disk = kind.text("class");
        for (std::int64_t i = 0; i < kind.integer("count"); ++i) {
            models::LogDir dir;
            dir.path = filled(kind.text("path"), "n", std::to_string(dirs.size() + 1));
            dir.disk = disk == "nvme"  ? models::DiskClass::nvme
                       : disk == "ssd" ? models::DiskClass::ssd
                                       : models::DiskClass::hdd;
            dir.capacity = kind.bytes("capacity_bytes");
            dir.read_rate = kind.rate("read_bytes_per_s");
            dir.write_rate = kind.rate("write_bytes_per_s");
            dirs.push_back(std::move(dir));
        }
    }
    return dirs;
}

void lay_over(Host& host, const Reader& reader) {
    if (reader.has("nic_bytes_per_s")) {
        host.traits.nic_in = host.traits.nic_out = reader.rate("nic_bytes_per_s");
    }
    if (reader.has("nic_in_bytes_per_s")) host.traits.nic_in = reader.rate("nic_in_bytes_per_s");
    if (reader.has("nic_out_bytes_per_s")) host.traits.nic_out = reader.rate("nic_out_bytes_per_s");
    if (reader.has("page_cache_bytes")) host.traits.page_cache = reader.bytes("page_cache_bytes");
    if (reader.has("certificate")) {
        host.traits.certificate = reader.text("certificate") == "sha1"
                                      ? models::SignatureStrength::sha1
                                      : models::SignatureStrength::sha256;
    }
    if (reader.has("log_dirs")) host.log_dirs = read_log_dirs(reader);
}

void lay_over(models::Rack& rack, const Reader& reader) {
    if (reader.has("uplink_bytes_per_s")) {
        rack.uplink_up = rack.uplink_down = reader.rate("uplink_bytes_per_s");
    }
    if (reader.has("uplink_up_bytes_per_s")) rack.uplink_up = reader.rate("uplink_up_bytes_per_s");
    if (reader.has("uplink_down_bytes_per_s")) {
        rack.uplink_down = reader.rate("uplink_down_bytes_per_s");
    }
}

models::Room read_room(const Reader& reader) {
    models::Room room;
    room.name = reader.text("name");
    if (reader.has("link_bytes_per_s")) {
        room.link_up = room.link_down = reader.rate("link_bytes_per_s");
    }
    if (reader.has("link_up_bytes_per_s")) room.link_up = reader.rate("link_up_bytes_per_s");
    if (reader.has("link_down_bytes_per_s")) room.link_down = reader.rate("link_down_bytes_per_s");
    return room;
}

/// Reads one cluster after the other into the tables.
class FleetReader {
public:
    FleetReader(const Reader& fleet, FleetTables& tables, Problems& problems)
        : fleet_(fleet),
          defaults_(fleet.object("defaults")),
          tables_(tables),
          problems_(problems),
          stacks_(fleet, tables, problems) {}

    void read() {
        read_rooms();
        const auto seed = static_cast<std::uint64_t>(fleet_.integer("placement_seed"));
        std::set<std::string> names;
        for (const Reader& cluster : fleet_.objects("clusters", fleet_.find("defaults"))) {
            ClusterScope scope = start_cluster(cluster);
            if (!names.insert(scope.name).second) {
                duplicate("cluster", scope.name, cluster.pointer("name"));
            }
            read_racks(cluster, scope);
            read_brokers(cluster, scope);
            read_quorum(cluster, scope, tables_, problems_);
            if (scope.rack_of.empty()) continue;
            read_topics(cluster, defaults_, seed, scope, tables_, problems_);
        }
    }

private:
    void read_rooms() {
        for (const Reader& reader : fleet_.objects("rooms")) {
            models::Room room = read_room(reader);
            if (std::find(rooms_.begin(), rooms_.end(), room.name) != rooms_.end()) {
                duplicate("room", room.name, reader.pointer("name"));
            }
            rooms_.push_back(room.name);
            tables_.rooms.push_back(std::move(room));
        }
        default_room_ = room_of(defaults_.object("rack"));
    }

    /// The room that `rack` names; none where it names none.
    models::RoomId room_of(const Reader& rack) {
        if (!rack.has("room")) return models::RoomId::none();
        const std::string wanted = rack.text("room");
        const auto found = std::find(rooms_.begin(), rooms_.end(), wanted);
        if (found != rooms_.end()) {
            return models::RoomId{static_cast<std::uint32_t>(found - rooms_.begin())};
        }
        Diagnostic& d = problems_.error(code::unknown_name,
                                        rack.pointer("room"),
                                        fmt::format("unknown room {}", scenarios::quoted(wanted)));
        d.label = "the fleet has no such room";
        d.help = "name a room of the fleet, or add it to `rooms`";
        suggest(d, wanted, rooms_, "rooms");
        return models::RoomId::none();
    }

    ClusterScope start_cluster(const Reader& reader) {
        models::Cluster cluster;
        cluster.name = reader.text("name");
        cluster.quorum_kind = reader.object("quorum").text("kind") == "kraft"
                                  ? models::QuorumKind::kraft
                                  : models::QuorumKind::zookeeper;
        cluster.stack = read_stack(reader.object("stack"));
        cluster.target = read_stack(reader.object("target"));
        cluster.stacks = stacks_.of_cluster(reader, cluster.quorum_kind);
        const auto label = [&](models::StackId id, models::Stack& labels) {
            if (id.exists()) labels = StackReader::labels(tables_.stacks[id]);
        };
        label(cluster.stacks.now, cluster.stack);
        label(cluster.stacks.next, cluster.target);
        cluster.config = read_config(reader.object("config"), cluster.quorum_kind);
        if (reader.has("golden")) {
            cluster.golden = read_config(reader.object("golden"), cluster.quorum_kind);
        }
        ClusterScope scope;
        scope.name = cluster.name;
        scope.id = tables_.clusters.push_back(std::move(cluster));
        scope.first_rack = static_cast<std::uint32_t>(tables_.racks.size());
        scope.first_broker = static_cast<std::uint32_t>(tables_.brokers.size());
        return scope;
    }

    void read_racks(const Reader& cluster, ClusterScope& scope) {
        const Json& racks = cluster.value("racks");
        if (!racks.is_array()) {
            for (std::int64_t i = 0; i < cluster.integer("racks"); ++i) {
                add_rack(letters(static_cast<std::size_t>(i)), nullptr, scope);
            }
            return;
        }
        std::size_t next_object = 0;
        const std::vector<Reader> objects = cluster.objects("racks");
        for (std::size_t i = 0; i < racks.size(); ++i) {
            const Reader* own = racks[i].is_object() ? &objects[next_object++] : nullptr;
            const std::string name =
                own != nullptr ? own->text("name") : racks[i].get<std::string>();
            if (scope.rack(name)) {
                duplicate("rack", name, cluster.pointer("racks") + pointer_step(i));
                continue;
            }
            add_rack(name, own, scope);
        }
    }

    void add_rack(const std::string& name, const Reader* own, ClusterScope& scope) {
        models::Rack rack;
        rack.name = name;
        rack.cluster = scope.id;
        rack.room = default_room_;
        lay_over(rack, defaults_.object("rack"));
        if (own != nullptr) {
            lay_over(rack, *own);
            if (own->has("room")) rack.room = room_of(*own);
        }
        tables_.racks.push_back(std::move(rack));
        scope.racks.push_back(name);
    }

    void read_brokers(const Reader& cluster, ClusterScope& scope) {
        Host standard;
        lay_over(standard, defaults_.object("broker"));
        taken_.clear();
        const Json& brokers = cluster.value("brokers");
        if (brokers.is_array()) {
            std::int64_t next_number = 1;
            for (const Reader& group : cluster.objects("brokers")) {
                read_group(group, standard, next_number, scope);
            }
        } else {
            for (std::int64_t i = 0; i < cluster.integer("brokers"); ++i) {
                const auto rack =
                    static_cast<std::uint32_t>(i) % static_cast<std::uint32_t>(scope.racks.size());
                add_broker({i + 1, rack, "{cluster}-b{n}", standard}, scope);
            }
        }
        std::sort(scope.numbers.begin(), scope.numbers.end());
        if (scope.rack_of.empty()) {
            Diagnostic& d = problems_.error(
                code::empty_cluster,
                cluster.pointer("brokers"),
                fmt::format("cluster {} has no brokers", scenarios::quoted(scope.name)));
            d.label = "nothing to migrate";
            d.help = "give it brokers, or remove the cluster";
        }
    }

    void read_group(const Reader& group,
                    Host host,
                    std::int64_t& next_number,
                    ClusterScope& scope) {
        lay_over(host, group);
        const std::vector<std::int64_t> numbers = numbers_of(group, next_number);
        const std::vector<std::uint32_t> racks = racks_of(group, scope);
        if (racks.empty()) return;
        const std::vector<Reader> overrides = group.objects("overrides");
        std::vector<bool> used(overrides.size(), false);
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            next_number = numbers[i] + 1;
            if (!taken_.insert(numbers[i]).second) {
                duplicate("broker",
                          std::to_string(numbers[i]),
                          group.has("numbers") ? group.pointer("numbers") + pointer_step(i)
                                               : group.pointer("first_number"));
                continue;
            }
            NewBroker broker{numbers[i], racks[i % racks.size()], group.text("host"), host};
            for (std::size_t o = 0; o < overrides.size(); ++o) {
                if (overrides[o].integer("broker") != numbers[i]) continue;
                used[o] = true;
                change(broker, overrides[o], scope);
            }
            add_broker(broker, scope);
        }
        for (std::size_t o = 0; o < overrides.size(); ++o) {
            if (!used[o]) unknown_override(overrides[o]);
        }
    }

    std::vector<std::int64_t> numbers_of(const Reader& group, std::int64_t next_number) {
        std::vector<std::int64_t> numbers;
        if (group.has("numbers") == group.has("count")) {
            Diagnostic& d = problems_.error(code::field_combination,
                                            group.pointer(),
                                            "a group of brokers takes either `count` or `numbers`");
            d.label = group.has("count") ? "has both" : "has neither";
            d.help = group.has("count") ? "remove one of them" : "add \"count\"";
            return numbers;
        }
        if (group.has("numbers")) {
            for (const Json& number : group.value("numbers")) {
                numbers.push_back(number.get<std::int64_t>());
            }
            return numbers;
        }
        const std::int64_t first =
            group.has("first_number") ? group.integer("first_number") : next_number;
        for (std::int64_t i = 0; i < group.integer("count"); ++i) numbers.push_back(first + i);
        return numbers;
    }

    std::vector<std::uint32_t> racks_of(const Reader& group, const ClusterScope& scope) {
        std::vector<std::uint32_t> racks;
        if (!group.has("racks")) {
            for (std::uint32_t r = 0; r < scope.racks.size(); ++r) racks.push_back(r);
            return racks;
        }
        const std::vector<std::string> names = group.texts("racks");
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto rack = scope.rack(names[i]);
            if (rack) racks.push_back(*rack);
            if (!rack) unknown_rack(names[i], group.pointer("racks") + pointer_step(i), scope);
        }
        return racks;
    }

    struct NewBroker {
        std::int64_t number;
        std::uint32_t rack;
        std::string host_pattern;
        Host host;
    };

    void change(NewBroker& broker, const Reader& single, const ClusterScope& scope) {
        lay_over(broker.host, single);
        if (single.has("host")) broker.host_pattern = single.text("host");
        if (single.has("config")) broker.host.config = read_own(single.object("config"));
        if (single.has("golden")) {
            broker.host.golden = read_golden(single.object("golden"), scope);
        }
        if (!single.has("rack")) return;
        const auto rack = scope.rack(single.text("rack"));
        if (rack) broker.rack = *rack;
        if (!rack) unknown_rack(single.text("rack"), single.pointer("rack"), scope);
    }

    models::BrokerSettings read_golden(const Reader& golden, const ClusterScope& scope) {
        models::BrokerSettings own = read_own(golden);
        if (golden.has("rack")) {
            own.rack = golden.text("rack");
            if (!scope.rack(own.rack)) unknown_rack(own.rack, golden.pointer("rack"), scope);
        }
        if (!golden.has("roles")) return own;
        const std::vector<std::string> roles = golden.texts("roles");
        own.controller = std::find(roles.begin(), roles.end(), "controller") != roles.end();
        if (tables_.clusters[scope.id].quorum_kind == models::QuorumKind::kraft) return own;
        Diagnostic& d = problems_.error(
            code::field_combination,
            golden.pointer("roles"),
            fmt::format("brokers of cluster {} have no roles", scenarios::quoted(scope.name)));
        d.label = "its quorum is ZooKeeper";
        d.help = "remove it, or give the quorum \"kind\": \"kraft\"";
        return own;
    }

    void add_broker(const NewBroker& added, ClusterScope& scope) {
        models::Broker broker = added.host.traits;
        broker.number = added.number;
        broker.host = filled(
            filled(added.host_pattern, "n", std::to_string(added.number)), "cluster", scope.name);
        broker.cluster = scope.id;
        broker.rack = RackId{scope.first_rack + added.rack};
        const BrokerId id = tables_.brokers.push_back(std::move(broker));
        if (added.host.config != models::BrokerSettings{}) {
            tables_.own_config[id] = added.host.config;
        }
        if (added.host.golden != models::BrokerSettings{}) {
            tables_.own_golden[id] = added.host.golden;
        }
        scope.numbers.emplace_back(added.number, id.value - scope.first_broker);
        scope.rack_of.push_back(added.rack);
        scope.log_dirs.emplace_back(static_cast<std::uint32_t>(tables_.log_dirs.size()),
                                    static_cast<std::uint32_t>(added.host.log_dirs.size()));
        for (models::LogDir dir : added.host.log_dirs) {
            dir.broker = id;
            tables_.log_dirs.push_back(std::move(dir));
        }
    }

    void unknown_override(const Reader& single) {
        Diagnostic& d = problems_.error(
            code::unknown_name,
            single.pointer("broker"),
            fmt::format("the group has no broker {} to override", single.integer("broker")));
        d.label = "not of this group";
        d.help = "name a broker of the group";
    }

    void duplicate(std::string_view kind, const std::string& name, const std::string& pointer) {
        Diagnostic& d =
            problems_.error(code::duplicate_name,
                            pointer,
                            fmt::format("{} {} is given twice", kind, scenarios::quoted(name)));
        d.label = "second time";
        d.help = fmt::format("give each {} its own", kind);
    }

    void unknown_rack(const std::string& name,
                      const std::string& pointer,
                      const ClusterScope& scope) {
        Diagnostic& d = problems_.error(
            code::unknown_name, pointer, fmt::format("unknown rack {}", scenarios::quoted(name)));
        d.label = "the cluster has no such rack";
        d.help = "name a rack of the cluster, or add it to `racks`";
        suggest(d, name, scope.racks, "racks");
    }

    const Reader& fleet_;
    Reader defaults_;
    FleetTables& tables_;
    Problems& problems_;
    StackReader stacks_;
    std::vector<std::string> rooms_;
    models::RoomId default_room_ = models::RoomId::none();
    std::set<std::int64_t> taken_;  // broker numbers of the cluster
};

/// Where a placement does not say the log dir, the broker's dirs are filled in turn; where none
/// does, that is left to the models.
void complete_log_dirs(FleetTables& tables) {
    const auto said = [](models::LogDirId dir) { return dir.exists(); };
    if (std::none_of(tables.replica_dir.begin(), tables.replica_dir.end(), said)) {
        tables.replica_dir.clear();
        return;
    }
    std::vector<std::vector<models::LogDirId>> dirs(tables.brokers.size());
    for (const models::LogDirId d : models::Range<models::LogDirId>(tables.log_dirs.size())) {
        dirs[tables.log_dirs[d].broker.index()].push_back(d);
    }
    std::vector<std::size_t> next(tables.brokers.size(), 0);
    for (std::size_t i = 0; i < tables.replica_dir.size(); ++i) {
        if (said(tables.replica_dir[i])) continue;
        const std::size_t broker = tables.replica_broker[i].index();
        tables.replica_dir[i] = dirs[broker][next[broker]++ % dirs[broker].size()];
    }
}

}  // namespace

std::optional<std::uint32_t> ClusterScope::rack(const std::string& rack_name) const {
    const auto found = std::find(racks.begin(), racks.end(), rack_name);
    if (found == racks.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - racks.begin());
}

std::optional<std::uint32_t> ClusterScope::broker(std::int64_t number) const {
    const auto found =
        std::lower_bound(numbers.begin(), numbers.end(), std::pair(number, std::uint32_t{0}));
    if (found == numbers.end() || found->first != number) return std::nullopt;
    return found->second;
}

std::vector<std::string> ClusterScope::broker_numbers() const {
    std::vector<std::string> result;
    for (const auto& [number, place] : numbers) result.push_back(std::to_string(number));
    return result;
}

FleetTables read_fleet(const Reader& fleet, const std::string& default_name, Problems& problems) {
    FleetTables tables;
    tables.name = fleet.has("name") ? fleet.text("name") : default_name;
    FleetReader(fleet, tables, problems).read();
    if (!problems.has_errors()) complete_log_dirs(tables);
    return tables;
}

}  // namespace rollcast::scenarios
