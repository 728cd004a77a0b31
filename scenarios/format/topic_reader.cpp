// Topics with their partitions and replicas, and who consumes them.
#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "scenarios/format/fleet_reader.hpp"
#include "scenarios/format/names.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

using models::BrokerId;
using models::FleetTables;
using models::LogDirId;
using models::Partition;
using models::PartitionId;
using models::TopicId;

namespace {

/// The key of a topic's random streams: FNV-1a of its name, so that other topics do not move it.
std::uint32_t stream_key(std::string_view name) {
    std::uint32_t hash = 2166136261U;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hash;
}

std::int64_t times(std::int64_t rate, double seconds) {
    constexpr double most = 9e18;
    return static_cast<std::int64_t>(
        std::min(std::round(static_cast<double>(rate) * seconds), most));
}

/// Replicas of one topic by broker's place in the cluster, with their state.
struct Layout {
    std::vector<ReplicaSpan> partitions;
    std::vector<std::uint32_t> replicas;
    std::vector<std::uint8_t> isr;       // one bit a slot
    std::vector<std::int8_t> leader;     // slot, -1 = none
    std::vector<std::int32_t> log_dirs;  // by replica, -1 = not said
    std::size_t rf = 0;                  // the largest
};

/// An explicit placement. Adds a problem for everything that does not fit together.
class ExplicitLayout {
public:
    ExplicitLayout(const Reader& placement, const ClusterScope& scope, Problems& problems)
        : placement_(placement), scope_(scope), problems_(problems) {}

    Layout read() {
        const Json& replicas = placement_.value("replicas");
        for (std::size_t p = 0; p < replicas.size(); ++p) add_partition(p, replicas[p]);
        if (same_length("isr", replicas.size())) {
            const Json& isr = placement_.value("isr");
            for (std::size_t p = 0; p < isr.size(); ++p) set_isr(p, isr[p]);
        }
        for (std::size_t p = 0; p < replicas.size(); ++p) {  // default: the first in sync
            layout_.leader.push_back(
                static_cast<std::int8_t>(layout_.isr[p] == 0 ? -1 : __builtin_ctz(layout_.isr[p])));
        }
        if (same_length("leaders", replicas.size())) {
            const Json& leaders = placement_.value("leaders");
            for (std::size_t p = 0; p < leaders.size(); ++p) set_leader(p, leaders[p]);
        }
        if (same_length("log_dirs", replicas.size())) {
            const Json& dirs = placement_.value("log_dirs");
            for (std::size_t p = 0; p < dirs.size(); ++p) set_log_dirs(p, dirs[p]);
        }
        return std::move(layout_);
    }

private:
    std::string at(std::string_view key, std::size_t partition) const {
        return placement_.pointer(key) + pointer_step(partition);
    }

    void add_partition(std::size_t p, const Json& numbers) {
        const std::size_t first = layout_.replicas.size();
        if (numbers.size() > static_cast<std::size_t>(models::max_replication_factor)) {
            problem(code::out_of_range,
                    at("replicas", p),
                    fmt::format("partition {} has {} replicas", p, numbers.size()),
                    fmt::format("at most {}", models::max_replication_factor));
        }
        const auto rf =
            std::min(numbers.size(), static_cast<std::size_t>(models::max_replication_factor));
        for (std::size_t i = 0; i < rf; ++i) {
            const auto number = numbers[i].get<std::int64_t>();
            const auto place = broker(number, at("replicas", p) + pointer_step(i));
            if (!place) continue;
            if (std::find(layout_.replicas.begin() + static_cast<std::ptrdiff_t>(first),
                          layout_.replicas.end(),
                          *place) != layout_.replicas.end()) {
                problem(code::not_a_replica,
                        at("replicas", p) + pointer_step(i),
                        fmt::format("partition {} is on broker {} twice", p, number),
                        "second time");
            }
            layout_.replicas.push_back(*place);
            layout_.log_dirs.push_back(-1);
        }
        const std::size_t known = layout_.replicas.size() - first;
        layout_.partitions.push_back({first, known});
        layout_.isr.push_back(static_cast<std::uint8_t>((1U << known) - 1U));
        layout_.rf = std::max(layout_.rf, rf);
    }

    std::optional<std::uint32_t> broker(std::int64_t number, const std::string& pointer) {
        if (const auto place = scope_.broker(number)) return place;
        Diagnostic& d =
            problems_.error(code::unknown_name, pointer, fmt::format("unknown broker {}", number));
        d.label = "the cluster has no such broker";
        d.help = "name a broker of the cluster by its number";
        d.notes.push_back("brokers: " + name_list(scope_.broker_numbers()));
        return std::nullopt;
    }

    /// Slot of a broker in a partition; none if it holds no replica of it.
    std::optional<std::uint32_t> slot(std::size_t p, std::int64_t number) const {
        const auto place = scope_.broker(number);
        const ReplicaSpan span = layout_.partitions[p];
        for (std::uint32_t i = 0; place && i < span.rf; ++i) {
            if (layout_.replicas[span.first + i] == *place) return i;
        }
        return std::nullopt;
    }

    void set_isr(std::size_t p, const Json& numbers) {
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            const auto number = numbers[i].get<std::int64_t>();
            const auto found = slot(p, number);
            if (found) bits |= 1U << *found;
            if (!found) {
                problem(
                    code::not_a_replica,
                    at("isr", p) + pointer_step(i),
                    fmt::format("in-sync replica {} of partition {} is not a replica", number, p),
                    "not among the replicas");
            }
        }
        layout_.isr[p] = static_cast<std::uint8_t>(bits);
    }

    void set_leader(std::size_t p, const Json& value) {
        const auto number = value.get<std::int64_t>();
        const auto found = slot(p, number);
        layout_.leader[p] = static_cast<std::int8_t>(found ? static_cast<int>(*found) : -1);
        if (number < 0) return;
        if (!found || ((layout_.isr[p] >> *found) & 1U) == 0) {
            problem(code::not_a_replica,
                    at("leaders", p),
                    fmt::format("leader {} of partition {} is not in its ISR", number, p),
                    found ? "a replica, but not in sync" : "not among the replicas");
        }
    }

    void set_log_dirs(std::size_t p, const Json& dirs) {
        const ReplicaSpan span = layout_.partitions[p];
        if (dirs.size() != span.rf) {
            problem(code::lengths_differ,
                    at("log_dirs", p),
                    fmt::format(
                        "partition {} has {} replicas and {} log dirs", p, span.rf, dirs.size()),
                    "one a replica");
            return;
        }
        for (std::size_t i = 0; i < span.rf; ++i) {
            const auto dir = dirs[i].get<std::int32_t>();
            const std::uint32_t count = scope_.log_dirs[layout_.replicas[span.first + i]].second;
            layout_.log_dirs[span.first + i] = dir;
            if (static_cast<std::uint32_t>(dir) < count) continue;
            problem(code::out_of_range,
                    at("log_dirs", p) + pointer_step(i),
                    fmt::format("the broker has {} log dirs, there is no place {}", count, dir),
                    "counts from 0");
        }
    }

    /// True where the list is given and has one entry a partition.
    bool same_length(std::string_view key, std::size_t partitions) {
        if (!placement_.has(key)) return false;
        const std::size_t length = placement_.value(key).size();
        if (length == partitions) return true;
        problem(
            code::lengths_differ,
            placement_.pointer(key),
            fmt::format(
                "{} has {} entries, `replicas` has {}", scenarios::quoted(key), length, partitions),
            "one entry a partition");
        return false;
    }

    void problem(std::string_view code,
                 const std::string& pointer,
                 std::string message,
                 std::string label) {
        Diagnostic& d = problems_.error(code, pointer, std::move(message));
        d.label = std::move(label);
        d.help = code == code::not_a_replica
                     ? "the ISR is a part of the replicas, the leader a part "
                       "of the ISR, and each replica on a broker of its own"
                     : "correct the list";
    }

    const Reader& placement_;
    const ClusterScope& scope_;
    Problems& problems_;
    Layout layout_;
};

/// Reads the topics of one cluster.
class TopicReader {
public:
    TopicReader(const Reader& cluster,
                std::uint64_t seed,
                const ClusterScope& scope,
                FleetTables& tables,
                Problems& problems)
        : cluster_(cluster), seed_(seed), scope_(scope), tables_(tables), problems_(problems) {}

    void read(const Reader& defaults) {
        const Json* traits = defaults.find("topic");
        for (const Reader* from : {&cluster_, &defaults}) {
            for (const Reader& group : from->objects("topics", traits)) {
                if (!read_group(group)) return;
            }
        }
        if (problems_.has_errors()) return;
        break_rule(cluster_.object("placement"));
        append_replicas();
    }

private:
    /// False where the estate became too large to go on.
    bool read_group(const Reader& group) {
        const Reader placement = group.object("placement");
        const bool listed = placement.text("kind") == "explicit";
        const std::int64_t repeat = group.integer("repeat");
        if (repeat > 1 && group.text("name").find("{n}") == std::string::npos) {
            error(code::bad_pattern,
                  group.pointer("name"),
                  fmt::format("{} topics would all be called {}",
                              repeat,
                              scenarios::quoted(group.text("name"))),
                  "no {n} in here",
                  "put `{n}` where the number goes");
            return true;
        }
        if (!check_combination(group, placement, listed)) return true;
        check_min_isr(group, listed);
        const std::int64_t first = group.integer("first");
        for (std::int64_t i = 0; i < repeat; ++i) {
            if (i == 0 && !listed && !fits(group, repeat)) return false;
            const std::string topic =
                repeat == 1 ? group.text("name")
                            : filled(group.text("name"), "n", std::to_string(first + i));
            add_topic(group,
                      topic,
                      listed ? ExplicitLayout(placement, scope_, problems_).read()
                             : striped(group, topic));
        }
        return true;
    }

    bool check_combination(const Reader& group, const Reader& placement, bool listed) {
        if (!listed && !group.has("partitions")) {
            error(code::missing_field,
                  group.pointer(),
                  "`topic` lacks the field `partitions`",
                  "no `partitions` in here",
                  "add \"partitions\", or an explicit placement");
            return false;
        }
        if (listed && !placement.has("replicas")) {
            error(code::missing_field,
                  placement.pointer(),
                  "an explicit placement lacks the field `replicas`",
                  "no `replicas` in here",
                  "add the brokers of each partition");
            return false;
        }
        if (listed && group.integer("repeat") > 1) {
            error(code::field_combination,
                  group.pointer("repeat"),
                  "`repeat` and an explicit placement exclude each other",
                  "repeats a placement",
                  "list each topic by itself");
            return false;
        }
        const std::size_t partitions = listed
                                           ? placement.value("replicas").size()
                                           : static_cast<std::size_t>(group.integer("partitions"));
        return check_lengths(group, partitions, listed) && (listed || check_rf(group));
    }

    bool check_lengths(const Reader& group, std::size_t partitions, bool listed) {
        bool fine = true;
        const auto check = [&](std::string_view key, std::size_t length) {
            if (length == partitions) return;
            error(code::lengths_differ,
                  group.pointer(key),
                  fmt::format("the topic has {} partitions, {} says {}",
                              partitions,
                              scenarios::quoted(key),
                              length),
                  "differs",
                  "one entry a partition");
            fine = false;
        };
        if (listed && group.has("partitions")) {
            check("partitions", static_cast<std::size_t>(group.integer("partitions")));
        }
        for (const char* key : {"partition_write_bytes_per_s", "partition_stored_bytes"}) {
            if (group.has(key)) check(key, group.value(key).size());
        }
        return fine;
    }

    bool check_rf(const Reader& group) {
        const auto rf = static_cast<std::size_t>(group.integer("rf"));
        if (rf <= scope_.rack_of.size()) return true;
        error(code::rf_above_brokers,
              group.pointer("rf"),
              fmt::format("topic {} has replication factor {}, cluster {} has {} broker{}",
                          scenarios::quoted(group.text("name")),
                          rf,
                          scenarios::quoted(scope_.name),
                          scope_.rack_of.size(),
                          scope_.rack_of.size() == 1 ? "" : "s"),
              "each replica needs a broker of its own",
              fmt::format("write at most {}, or add brokers", scope_.rack_of.size()));
        return false;
    }

    void check_min_isr(const Reader& group, bool listed) {
        if (listed || group.integer("min_isr") <= group.integer("rf")) return;
        Diagnostic& d = problems_.warning(code::min_isr_above_rf,
                                          group.pointer("min_isr"),
                                          fmt::format("min ISR {} of topic {} is above its "
                                                      "replication factor {}",
                                                      group.integer("min_isr"),
                                                      scenarios::quoted(group.text("name")),
                                                      group.integer("rf")));
        d.label = "before Kafka 3.7 every acks=all write fails";
        d.help = "write at most the replication factor";
    }

    bool fits(const Reader& group, std::int64_t repeat) {
        const auto added = static_cast<std::uint64_t>(repeat) *
                           static_cast<std::uint64_t>(group.integer("partitions")) *
                           static_cast<std::uint64_t>(group.integer("rf"));
        if (tables_.replica_broker.size() + replicas_.size() + added <= most_replicas) return true;
        error(code::estate_too_large,
              group.pointer(),
              fmt::format("the estate has more than {} replicas", most_replicas),
              fmt::format("adds {}", added),
              "check `repeat` and `partitions`");
        return false;
    }

    Layout striped(const Reader& group, const std::string& topic) {
        const auto partitions = static_cast<std::size_t>(group.integer("partitions"));
        Layout layout;
        layout.rf = static_cast<std::size_t>(group.integer("rf"));
        sim::RandomStream random(
            seed_, stream_key(scope_.name + "/" + topic), sim::Draw::placement, 0);
        layout.replicas = striped_replicas(scope_.rack_of, partitions, layout.rf, random);
        for (std::size_t p = 0; p < partitions; ++p) {
            layout.partitions.push_back({p * layout.rf, layout.rf});
            striped_.push_back({replicas_.size() + p * layout.rf, layout.rf});
        }
        layout.isr.assign(partitions, static_cast<std::uint8_t>((1U << layout.rf) - 1U));
        layout.leader.assign(partitions, 0);
        layout.log_dirs.assign(layout.replicas.size(), -1);
        return layout;
    }

    void add_topic(const Reader& group, const std::string& name, const Layout& layout) {
        if (!names_.insert(name).second) {
            error(code::duplicate_name,
                  group.pointer("name"),
                  fmt::format("topic {} is given twice", scenarios::quoted(name)),
                  "second time",
                  "give each topic a name of its own");
        }
        models::Topic topic;
        topic.name = name;
        topic.cluster = scope_.id;
        topic.rf = static_cast<int>(layout.rf);
        topic.min_isr = static_cast<int>(group.integer("min_isr"));
        if (group.has("isr_floor")) topic.isr_floor = static_cast<int>(group.integer("isr_floor"));
        if (group.has("golden_min_isr")) {
            topic.golden_min_isr = static_cast<int>(group.integer("golden_min_isr"));
        }
        topic.compacted = group.flag("compacted");
        topic.acks_all = group.number("acks_all");
        topic.idempotent = group.flag("idempotent");
        topic.retries = group.flag("retries");
        topic.bytes_per_message = group.number("bytes_per_message");
        read_producers(group, topic);
        const TopicId id = tables_.topics.push_back(std::move(topic));
        const std::vector<std::int64_t> rates = write_rates(group, name, layout.partitions.size());
        const std::vector<std::int64_t> stored = stored_bytes(group, rates);
        const std::size_t before = replicas_.size();
        for (std::size_t p = 0; p < layout.partitions.size(); ++p) {
            Partition partition;
            partition.topic = id;
            partition.number = static_cast<std::uint32_t>(p);
            partition.first_replica = static_cast<std::uint32_t>(
                tables_.replica_broker.size() + before + layout.partitions[p].first);
            partition.rf = static_cast<std::uint8_t>(layout.partitions[p].rf);
            partition.isr = layout.isr[p];
            partition.leader = layout.leader[p];
            partition.write_bytes_per_s = rates[p];
            partition.stored_bytes = stored[p];
            tables_.partitions.push_back(partition);
        }
        replicas_.insert(replicas_.end(), layout.replicas.begin(), layout.replicas.end());
        log_dirs_.insert(log_dirs_.end(), layout.log_dirs.begin(), layout.log_dirs.end());
    }

    void read_producers(const Reader& group, models::Topic& topic) {
        topic.acks_none = group.number("acks_none");
        if (topic.acks_all + topic.acks_none > 1.0 + 1e-9) {
            error(code::out_of_range,
                  group.pointer("acks_none"),
                  fmt::format("shares of acks=all and acks=0 of topic {} are more than the whole",
                              scenarios::quoted(topic.name)),
                  fmt::format("with `acks_all` {}", topic.acks_all),
                  "make them 1 or less together");
        }
        topic.producer.linger = group.duration("linger_s");
        topic.producer.batch_size = models::Bytes{group.integer("batch_bytes")};
        topic.producer.buffer_memory = models::Bytes{group.integer("buffer_bytes")};
        topic.producer.instances = static_cast<int>(group.integer("producers"));
        topic.producer.request_timeout = group.duration("request_timeout_s");
        if (group.has("delivery_timeout_s")) {
            topic.producer.delivery_timeout = group.duration("delivery_timeout_s");
        }
    }

    std::vector<std::int64_t> write_rates(const Reader& group,
                                          const std::string& topic,
                                          std::size_t partitions) {
        if (group.has("partition_write_bytes_per_s")) {
            return whole_numbers(group.value("partition_write_bytes_per_s"));
        }
        sim::RandomStream random(seed_, stream_key(scope_.name + "/" + topic), sim::Draw::rates, 0);
        return skewed_shares(
            group.integer("write_bytes_per_s"), partitions, group.number("skew"), random);
    }

    static std::vector<std::int64_t> stored_bytes(const Reader& group,
                                                  const std::vector<std::int64_t>& rates) {
        if (group.has("partition_stored_bytes")) {
            return whole_numbers(group.value("partition_stored_bytes"));
        }
        std::vector<std::int64_t> stored(rates.size());
        if (!group.has("stored_bytes")) {
            const double retention = group.number("retention_s");
            for (std::size_t p = 0; p < rates.size(); ++p) stored[p] = times(rates[p], retention);
            return stored;
        }
        double sum = 0.0;
        for (const std::int64_t rate : rates) sum += static_cast<double>(rate);
        const std::int64_t total = group.integer("stored_bytes");
        for (std::size_t p = 0; p < rates.size(); ++p) {
            const double part = sum > 0 ? static_cast<double>(rates[p]) / sum
                                        : 1.0 / static_cast<double>(rates.size());
            stored[p] = times(total, part);
        }
        return stored;
    }

    static std::vector<std::int64_t> whole_numbers(const Json& list) {
        std::vector<std::int64_t> result;
        for (const Json& item : list) {
            result.push_back(item.is_number_float() ? static_cast<std::int64_t>(item.get<double>())
                                                    : item.get<std::int64_t>());
        }
        return result;
    }

    void break_rule(const Reader& placement) {
        std::size_t wanted = 0;
        if (placement.has("rack_violation_count") && placement.has("rack_violation_share")) {
            error(code::field_combination,
                  placement.pointer(),
                  "`rack_violation_count` and `rack_violation_share` exclude each other",
                  "has both",
                  "remove one of them");
            return;
        }
        if (placement.has("rack_violation_count")) {
            wanted = static_cast<std::size_t>(placement.integer("rack_violation_count"));
        } else if (placement.has("rack_violation_share")) {
            wanted = static_cast<std::size_t>(std::llround(
                placement.number("rack_violation_share") * static_cast<double>(striped_.size())));
        }
        if (wanted == 0) return;
        sim::RandomStream random(seed_, stream_key(scope_.name), sim::Draw::placement, 1);
        const std::size_t changed =
            break_rack_rule(scope_.rack_of, striped_, wanted, replicas_, random);
        if (changed == wanted) return;
        error(code::violations_impossible,
              placement.pointer(),
              fmt::format(
                  "only {} of {} partitions can be made to break the rack rule", changed, wanted),
              "too many",
              fmt::format("write at most {}, or give racks more brokers", changed));
    }

    /// Moves the cluster's replicas into the tables.
    void append_replicas() {
        for (const std::uint32_t place : replicas_) {
            tables_.replica_broker.push_back(BrokerId{scope_.first_broker + place});
        }
        const bool said = std::any_of(
            log_dirs_.begin(), log_dirs_.end(), [](std::int32_t dir) { return dir >= 0; });
        for (std::size_t i = 0; i < replicas_.size(); ++i) {
            tables_.replica_dir.push_back(said && log_dirs_[i] >= 0
                                              ? LogDirId{scope_.log_dirs[replicas_[i]].first +
                                                         static_cast<std::uint32_t>(log_dirs_[i])}
                                              : LogDirId::none());
        }
    }

    void error(std::string_view code,
               const std::string& pointer,
               std::string message,
               std::string label,
               std::string help) {
        Diagnostic& d = problems_.error(code, pointer, std::move(message));
        d.label = std::move(label);
        d.help = std::move(help);
    }

    const Reader& cluster_;
    std::uint64_t seed_;
    const ClusterScope& scope_;
    FleetTables& tables_;
    Problems& problems_;
    std::set<std::string> names_;
    std::vector<std::uint32_t> replicas_;  // by broker's place in the cluster
    std::vector<std::int32_t> log_dirs_;
    std::vector<ReplicaSpan> striped_;
};

void read_consumer_group(const Reader& reader,
                         const ClusterScope& scope,
                         FleetTables& tables,
                         Problems& problems) {
    models::ConsumerGroup group;
    group.name = reader.text("name");
    group.cluster = scope.id;
    group.capacity = reader.rate("capacity_bytes_per_s");
    group.lag_objective = reader.duration("lag_objective_s");
    std::vector<std::string> known;
    for (const TopicId t : models::Range<TopicId>(tables.topics.size())) {
        if (tables.topics[t].cluster == scope.id) known.push_back(tables.topics[t].name);
    }
    const auto first = static_cast<std::uint32_t>(tables.topics.size() - known.size());
    std::set<TopicId> read;
    const std::vector<std::string> patterns = reader.texts("topics");
    for (std::size_t i = 0; i < patterns.size(); ++i) {
        const std::size_t before = read.size();
        bool any = false;
        for (std::uint32_t t = 0; t < known.size(); ++t) {
            if (!matches(patterns[i], known[t])) continue;
            read.insert(TopicId{first + t});
            any = true;
        }
        if (any || read.size() > before) continue;
        Diagnostic& d =
            problems.error(code::unknown_name,
                           reader.pointer("topics") + pointer_step(i),
                           fmt::format("no topic is called {}", scenarios::quoted(patterns[i])));
        d.label = "the cluster has no such topic";
        d.help = "name a topic of the cluster; `*` and `?` match any";
        suggest(d, patterns[i], known, "topics");
    }
    group.topics.assign(read.begin(), read.end());
    tables.groups.push_back(std::move(group));
}

}  // namespace

void read_topics(const Reader& cluster,
                 const Reader& defaults,
                 std::uint64_t seed,
                 const ClusterScope& scope,
                 FleetTables& tables,
                 Problems& problems) {
    TopicReader(cluster, seed, scope, tables, problems).read(defaults);
    std::set<std::string> names;
    for (const Reader& group : cluster.objects("consumer_groups")) {
        if (!names.insert(group.text("name")).second) {
            Diagnostic& d = problems.error(code::duplicate_name,
                                           group.pointer("name"),
                                           fmt::format("consumer group {} is given twice",
                                                       scenarios::quoted(group.text("name"))));
            d.label = "second time";
            d.help = "give each group a name of its own";
        }
        read_consumer_group(group, scope, tables, problems);
    }
}

}  // namespace rollcast::scenarios
