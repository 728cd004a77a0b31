// What a fleet may hold.
#include <algorithm>

#include "models/fleet.hpp"
#include "scenarios/format/formats.hpp"
#include "scenarios/format/stack_reader.hpp"

namespace rollcast::scenarios {

namespace {

constexpr double largest_number = 2147483647;  // broker.id is a signed 32-bit number

const Record& stack_record() {
    static const Record table =
        record("stack",
               "What a machine runs, for messages and checks.",
               {
                   {"os", text(), "Operating system and release."},
                   {"kafka_version", text(), "Version of the broker binary."},
                   {"inter_broker_protocol",
                    text(),
                    "Pinned inter.broker.protocol.version. Absent or \"unpinned\": not pinned, so "
                    "the first new binary raises it."},
                   {"message_format", text(), "log.message.format.version, where it is set."},
                   {"auth", text(), "How brokers and clients authenticate."},
                   {"control_plane", text(), "What operates the machines."},
               });
    return table;
}

const Record& config_record() {
    static const models::ClusterConfig standard;
    static const Record table = record(
        "config",
        "The broker settings that matter, one set a cluster.",
        {
            {"replica_lag_time_max_s",
             seconds(),
             "replica.lag.time.max.ms.",
             optional,
             in_seconds(standard.replica_lag_time_max)},
            {"session_timeout_s",
             seconds(),
             "zookeeper.session.timeout.ms or broker.session.timeout.ms. Default: 18 with "
             "ZooKeeper, 9 "
             "with KRaft."},
            {"heartbeat_interval_s",
             seconds(),
             "How often a broker shows that it lives. Default: 6 with ZooKeeper, 2 with KRaft."},
            {"zookeeper_tick_s",
             seconds(),
             "tickTime of the ensemble.",
             optional,
             in_seconds(standard.zookeeper_tick)},
            {"auto_leader_rebalance",
             boolean(),
             "auto.leader.rebalance.enable.",
             optional,
             standard.auto_leader_rebalance},
            {"leader_imbalance_check_s",
             seconds(),
             "leader.imbalance.check.interval.seconds.",
             optional,
             in_seconds(standard.leader_imbalance_check)},
            {"unclean_leader_election",
             boolean(),
             "unclean.leader.election.enable.",
             optional,
             standard.unclean_leader_election},
            {"leader_throttle_bytes_per_s",
             bytes_per_s(1),
             "leader.replication.throttled.rate of a broker. Absent: no throttle."},
            {"follower_throttle_bytes_per_s",
             bytes_per_s(1),
             "follower.replication.throttled.rate of a broker. Absent: no throttle."},
            {"throttle_lists",
             boolean(),
             "Whether the topics' throttled.replicas lists are set; a throttle without them has no "
             "effect.",
             optional,
             standard.throttle_lists},
            {"recovery_threads_per_dir",
             integer(1, 1000),
             "num.recovery.threads.per.data.dir.",
             optional,
             standard.recovery_threads_per_dir},
            {"flush_every_message",
             boolean(),
             "Whether log.flush.interval.messages is 1: a loss of power loses nothing then.",
             optional,
             standard.flush_every_message},
            {"stop_timeout_s",
             seconds(),
             "TimeoutStopSec of the supervisor, which kills a process that has not stopped so long "
             "after SIGTERM: its leaders are lost without a word and its logs are recovered. "
             "Absent: it waits."},
            {"fetch_response_max_bytes",
             bytes(),
             "replica.fetch.response.max.bytes.",
             optional,
             standard.fetch_response_max.count()},
            {"fetch_partition_max_bytes",
             bytes(),
             "replica.fetch.max.bytes.",
             optional,
             standard.fetch_partition_max.count()},
        });
    return table;
}

const Record& room_record() {
    static const Record table = record(
        "room",
        "Racks that one link joins to the other rooms; clusters may share it.",
        {
            {"name", name(), "Name, unique in the fleet.", required},
            {"link_bytes_per_s",
             bytes_per_s(1),
             "Rate of the room's link to the other rooms, each way. Absent: not a limit."},
            {"link_up_bytes_per_s", bytes_per_s(1), "For what leaves the room, where it differs."},
            {"link_down_bytes_per_s",
             bytes_per_s(1),
             "For what enters the room, where it differs."},
        });
    return table;
}

std::vector<Field> rack_fields() {
    return {
        {"room",
         name(),
         "Room of the fleet that the rack stands in. Absent: a place of its own, whose link is "
         "not a limit."},
        {"uplink_bytes_per_s",
         bytes_per_s(1),
         "Rate of the top-of-rack switch's uplink, each way. Absent: not a limit."},
        {"uplink_up_bytes_per_s", bytes_per_s(1), "For what leaves the rack, where it differs."},
        {"uplink_down_bytes_per_s", bytes_per_s(1), "For what enters the rack, where it differs."},
    };
}

const Record& rack_record() {
    static const Record table = [] {
        std::vector<Field> fields = rack_fields();
        fields.insert(fields.begin(), {"name", name(), "Name, unique in the cluster.", required});
        return record("rack", "A power domain with one switch.", std::move(fields));
    }();
    return table;
}

const Record& log_dir_record() {
    static const Record table =
        record("log_dir",
               "Data directories of one kind, each on a disk of its own.",
               {
                   {"count", integer(1, 1000), "How many of this kind a broker has.", optional, 1},
                   {"path",
                    text(),
                    "Path; `{n}` counts from 1 over the broker's directories.",
                    optional,
                    "/data/{n}"},
                   {"class", choice({"hdd", "ssd", "nvme"}), "Kind of disk.", optional, "hdd"},
                   {"capacity_bytes", bytes(), "Capacity of one. 0: unknown.", optional, 0},
                   {"read_bytes_per_s",
                    bytes_per_s(1),
                    "Sequential read rate of one. Absent: not a limit."},
                   {"write_bytes_per_s",
                    bytes_per_s(1),
                    "Sequential write rate of one. Absent: not a limit."},
               });
    return table;
}

std::vector<Field> host_fields() {
    return {
        {"nic_bytes_per_s",
         bytes_per_s(1),
         "Rate of the network card, each way. Absent: not a limit."},
        {"nic_in_bytes_per_s", bytes_per_s(1), "For what comes in, where it differs."},
        {"nic_out_bytes_per_s", bytes_per_s(1), "For what goes out, where it differs."},
        {"page_cache_bytes", bytes(), "Memory that caches log segments.", optional, 0},
        {"certificate",
         choice({"sha256", "sha1"}),
         "How the host's certificate is signed; RHEL 9 refuses SHA-1.",
         optional,
         "sha256"},
        {"log_dirs",
         either({object(log_dir_record()), list(object(log_dir_record()), 1)}),
         "Data directories. Default: one without limits."},
    };
}

const Record& host_record() {
    static const Record table = record("host", "Hardware of a broker.", host_fields());
    return table;
}

std::vector<Field> broker_settings_fields() {
    return {
        {"leader_throttle_bytes_per_s", bytes_per_s(1), "leader.replication.throttled.rate."},
        {"follower_throttle_bytes_per_s", bytes_per_s(1), "follower.replication.throttled.rate."},
        {"recovery_threads_per_dir", integer(1, 1000), "num.recovery.threads.per.data.dir."},
        {"stop_timeout_s", seconds(), "TimeoutStopSec of the supervisor."},
    };
}

const Record& broker_config_record() {
    static const Record table =
        record("broker_config",
               "Settings of one broker that are not as in the `config` of its cluster.",
               broker_settings_fields());
    return table;
}

const Record& broker_golden_record() {
    static const Record table = [] {
        std::vector<Field> fields = broker_settings_fields();
        fields.push_back({"rack", name(), "broker.rack: a rack of the cluster."});
        fields.push_back({"roles",
                          list(choice({"broker", "controller"}), 1),
                          "process.roles, with KRaft: a controller too, or a broker alone."});
        return record("broker_golden",
                      "The golden file of one broker, over that of its cluster: what is absent in "
                      "it is as there.",
                      std::move(fields));
    }();
    return table;
}

/// What a broker has of its own, besides its hardware.
std::vector<Field> own_settings_fields() {
    return {{"config",
             object(broker_config_record()),
             "Settings of its own. Where a golden file does not have them, they have drifted: "
             "`as_golden` and `check` (RC3027) find it."},
            {"golden", object(broker_golden_record()), "A golden file of its own."}};
}

const Record& override_record() {
    static const Record table = [] {
        std::vector<Field> fields = host_fields();
        fields.insert(fields.begin(),
                      {
                          {"broker",
                           integer(0, largest_number),
                           "Number of the broker that differs.",
                           required},
                          {"rack", name(), "Its rack."},
                          {"host", text(), "Its host name."},
                      });
        for (Field& field : own_settings_fields()) fields.push_back(std::move(field));
        return record("override", "What is different at one broker of a group.", std::move(fields));
    }();
    return table;
}

const Record& broker_group_record() {
    static const Record table = [] {
        std::vector<Field> fields = host_fields();
        fields.insert(
            fields.begin(),
            {
                {"count", integer(1, 5'000), "How many brokers; or give `numbers`."},
                {"first_number",
                 integer(0, largest_number),
                 "Number (broker.id) of the first. Default: one above the group before, or 1."},
                {"numbers",
                 list(integer(0, largest_number), 1),
                 "The numbers, where they have gaps."},
                {"racks",
                 list(name(), 1),
                 "Racks that the brokers go to, in turn; one a broker gives each its own. Default: "
                 "all "
                 "racks of the cluster."},
                {"host",
                 text(),
                 "Host name; `{n}` is the number, `{cluster}` the cluster.",
                 optional,
                 "{cluster}-b{n}"},
                {"overrides", list(object(override_record())), "Single brokers that differ."},
            });
        return record("brokers", "Brokers with the same hardware.", std::move(fields));
    }();
    return table;
}

const Record& quorum_node_record() {
    static const Record table =
        record("quorum_node",
               "One ZooKeeper server or KRaft controller.",
               {
                   {"name", name(), "Name, unique in the cluster.", required},
                   {"rack", name(), "Its rack; not needed where it shares a broker's host."},
                   {"shared_with",
                    integer(0, largest_number),
                    "Number of the broker whose host it is on."},
                   {"leader", boolean(), "Leads at the start.", optional, false},
               });
    return table;
}

const Record& quorum_record() {
    static const Record table = record(
        "quorum",
        "The ZooKeeper ensemble or the KRaft voters. Without `nodes` and `layout` they are not "
        "known: "
        "they are not planned, and the quorum is not judged.",
        {
            {"kind", choice({"zookeeper", "kraft"}), "Which of the two.", optional, "zookeeper"},
            {"nodes",
             either({integer(1, 99), list(object(quorum_node_record()), 1)}),
             "How many, on machines of their own, over the racks in turn; or a list."},
            {"layout",
             list(integer(0, 99), 1),
             "How many in each rack, in the order of the racks."},
            {"node_name",
             name(),
             "Name of a counted node; `{n}` counts from 1.",
             optional,
             "zk{n}"},
            {"leader", integer(1, 99), "Which counted node leads at the start.", optional, 1},
        });
    return table;
}

const Record& topic_placement_record() {
    static const Record table = record(
        "topic_placement",
        "Where the replicas of a topic lie.",
        {
            {"kind",
             choice({"striped", "explicit"}),
             "Kafka's own algorithm, or as listed.",
             required},
            {"replicas",
             list(list(integer(0, largest_number), 1), 1),
             "explicit: a list of broker numbers for each partition, preferred leader first."},
            {"isr",
             list(list(integer(0, largest_number))),
             "explicit: the in-sync replicas of each partition. Default: all replicas."},
            {"leaders",
             list(integer(-1, largest_number)),
             "explicit: the leader of each partition, -1 = none. Default: the first replica in "
             "sync."},
            {"log_dirs",
             list(list(integer(0, 1000), 1)),
             "explicit: place of each replica's log dir among its broker's, from 0. Default: "
             "evenly."},
        });
    return table;
}

std::vector<Field> topic_trait_fields() {
    return {
        {"rf", integer(1, models::max_replication_factor), "Replication factor.", optional, 3},
        {"min_isr", integer(1, 100), "min.insync.replicas.", optional, 1},
        {"isr_floor",
         integer(1, models::max_replication_factor),
         "Fewest in-sync replicas that a safe plan may leave. Default: max(min ISR, 2) where RF is "
         "3 or more, else min ISR."},
        {"golden_min_isr",
         integer(1, 100),
         "min.insync.replicas as the golden file has it. Default: `min_isr`."},
        {"compacted",
         boolean(),
         "Whether cleanup.policy is compact: sealed segments are rewritten now and then, and a "
         "checksum of before says nothing of them.",
         optional,
         false},
        {"skew",
         number(1, 1e6),
         "How many times the busiest partition's rate may exceed the quietest's; rates between are "
         "drawn with a density that falls with the square of the rate.",
         optional,
         1},
        {"bytes_per_message", number(0, 1e9), "Mean record size. 0: unknown.", optional, 0},
        {"retention_s",
         seconds(),
         "retention.ms; what is stored is rate times retention.",
         optional,
         604'800},
        {"acks_all", share(), "Share of the bytes whose producers use acks=all.", optional, 1},
        {"acks_none",
         share(),
         "Share of the bytes whose producers use acks=0. The rest uses acks=1.",
         optional,
         0},
        {"idempotent",
         boolean(),
         "Whether its producers with acks=all are idempotent.",
         optional,
         true},
        {"retries", boolean(), "Whether its producers retry.", optional, true},
        {"linger_s", seconds(), "linger.ms of its producers.", optional, 0},
        {"batch_bytes",
         bytes(),
         "batch.size of its producers.",
         optional,
         models::ProducerConfig{}.batch_size.count()},
        {"buffer_bytes",
         bytes(1),
         "buffer.memory of each of its producers.",
         optional,
         models::ProducerConfig{}.buffer_memory.count()},
        {"producers",
         integer(1, 1e6),
         "How many producers write it at once.",
         optional,
         models::ProducerConfig{}.instances},
        {"request_timeout_s",
         seconds(),
         "request.timeout.ms of its producers.",
         optional,
         in_seconds(models::ProducerConfig{}.request_timeout)},
        {"delivery_timeout_s",
         seconds(),
         "delivery.timeout.ms of its producers. Default: the one of the rules."},
    };
}

const Record& topic_traits_record() {
    static const Record table =
        record("topic_traits", "What topics have in common.", topic_trait_fields());
    return table;
}

const Record& consumer_group_record() {
    static const Record table =
        record("consumer_group",
               "Consumers that read together.",
               {
                   {"name", name(), "Name, unique in the cluster.", required},
                   {"topics",
                    list(text(), 1),
                    "Names of topics of the cluster; `*` and `?` match any.",
                    required},
                   {"capacity_bytes_per_s",
                    bytes_per_s(1),
                    "The most that all of them read together. Absent: not a limit."},
                   {"lag_objective_s",
                    seconds(),
                    "How far behind they may fall.",
                    optional,
                    in_seconds(models::ConsumerGroup{}.lag_objective)},
               });
    return table;
}

const Record& cluster_placement_record() {
    static const Record table =
        record("placement",
               "How replicas are placed where a topic does not list them.",
               {
                   {"kind",
                    choice({"striped"}),
                    "Kafka's rack-alternating algorithm.",
                    optional,
                    "striped"},
                   {"rack_violation_share",
                    share(),
                    "Share of the cluster's striped partitions that get one replica moved into the "
                    "rack of "
                    "another."},
                   {"rack_violation_count", integer(0, 1e6), "The same as a number of partitions."},
               });
    return table;
}

const Record& cluster_record() {
    static const Record table =
        record("cluster",
               "One Kafka cluster.",
               {
                   {"name", name(), "Name, unique in the fleet.", required},
                   {"stack",
                    either({text(), object(stack_record())}),
                    "What it runs today: one of the fleet's `stacks` by name, so that who can talk "
                    "to whom follows from it; or labels for messages and checks."},
                   {"target",
                    either({text(), object(stack_record())}),
                    "What it runs after the migration, in the same way."},
                   {"quorum_stack",
                    text(),
                    "Named stack of its ZooKeeper servers or KRaft controllers. Absent: they let "
                    "every broker in."},
                   {"client_stack",
                    text(),
                    "Named stack of its producers and consumers. Absent: every broker lets them "
                    "in."},
                   {"orchestrator_stack",
                    text(),
                    "Named stack of what operates it. Absent: every broker lets it in."},
                   {"config", object(config_record()), "Broker settings."},
                   {"golden",
                    object(config_record()),
                    "The broker settings as the golden file has them, what is absent in it as it "
                    "comes; where `config` differs it has drifted (RC3027). Absent: no golden "
                    "file."},
                   {"racks",
                    either({integer(1, 1000), list(either({name(), object(rack_record())}), 1)}),
                    "How many, named a, b, c ...; or a list.",
                    optional,
                    1},
                   {"brokers",
                    either({integer(0, 5'000), list(object(broker_group_record()))}),
                    "How many, numbered from 1, over the racks in turn; or a list of groups.",
                    required},
                   {"quorum", object(quorum_record()), "Its quorum."},
                   {"placement", object(cluster_placement_record()), "Placement of replicas."},
                   {"topics", list(object(topic_record())), "Topics, in groups of alike ones."},
                   {"consumer_groups", list(object(consumer_group_record())), "Consumers."},
               });
    return table;
}

const Record& rack_defaults_record() {
    static const Record table =
        record("rack_defaults", "What racks have in common.", rack_fields());
    return table;
}

const Record& defaults_record() {
    static const Record table =
        record("defaults",
               "What clusters have in common; each of them may differ.",
               {
                   {"stack", object(stack_record()), "Fields of every cluster's `stack`."},
                   {"target", object(stack_record()), "Fields of every cluster's `target`."},
                   {"config", object(config_record()), "Fields of every cluster's `config`."},
                   {"rack", object(rack_defaults_record()), "Fields of every rack."},
                   {"broker", object(host_record()), "Fields of every broker group."},
                   {"topic", object(topic_traits_record()), "Fields of every topic group."},
                   {"topics", list(object(topic_record())), "Topics that every cluster has."},
               });
    return table;
}

}  // namespace

const Record& topic_record() {
    static const Record table = [] {
        std::vector<Field> fields = topic_trait_fields();
        fields.insert(
            fields.begin(),
            {
                {"name", name(), "Name; `{n}` counts where the group repeats.", required},
                {"repeat", integer(1, 100'000), "How many topics like this.", optional, 1},
                {"first", integer(0, 1e9), "First number for `{n}`.", optional, 1},
                {"partitions",
                 integer(1, 1e6),
                 "Partitions of one topic; not needed with an explicit "
                 "placement."},
            });
        fields.insert(
            fields.end(),
            {
                {"write_bytes_per_s",
                 bytes_per_s(),
                 "What producers write to one topic, mean over the day.",
                 optional,
                 0},
                {"stored_bytes",
                 bytes(),
                 "Size of one copy of one topic, instead of rate times retention."},
                {"partition_write_bytes_per_s",
                 list(bytes_per_s(), 1),
                 "Mean rate of each partition, instead of `write_bytes_per_s` and `skew`."},
                {"partition_stored_bytes",
                 list(bytes(), 1),
                 "Size of one copy of each partition, instead of `stored_bytes`."},
                {"placement",
                 object(topic_placement_record()),
                 "Where its replicas lie. Default: striped."},
            });
        return record("topic",
                      "A topic, or a group of topics that differ in their number only.",
                      std::move(fields));
    }();
    return table;
}

const Record& fleet_record() {
    static const Record table = record(
        "fleet",
        "The estate: its clusters and what they share.",
        {
            {"rollcast_fleet", integer(1, 1), "Format version; only in a file of its own."},
            {"name", name(), "Name of the fleet. Default: the case's."},
            {"placement_seed",
             integer(0, 9e15),
             "Seed of everything that is drawn: placement and skew.",
             optional,
             1},
            {"stacks", list(object(node_stack_record())), "Stacks that clusters run, by name."},
            {"rooms", list(object(room_record())), "Rooms whose links racks share."},
            {"defaults", object(defaults_record()), "What clusters have in common."},
            {"clusters", list(object(cluster_record()), 1), "The clusters.", required},
        });
    return table;
}

}  // namespace rollcast::scenarios
