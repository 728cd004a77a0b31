// kafka-topics --describe: every version's form, and what is wrong with a dump.
#include <doctest/doctest.h>

#include "scenarios/import/dump_text.hpp"
#include "scenarios/import/topics_describe.hpp"
#include "tests/support/real_dumps.hpp"

using namespace rollcast::scenarios;
using Ids = std::vector<std::int64_t>;

namespace {

/// The error of a dump that must not be read.
DumpError error_of(std::string_view text) {
    try {
        parse_topics_describe(text);
    } catch (const DumpError& error) {
        return error;
    }
    FAIL("this was read: ", std::string(text));
    throw;
}

}  // namespace

TEST_CASE("the topics of a KRaft cluster of Kafka 3.9 are read from its dump") {
    const TopicsDescribe dump = parse_topics_describe(real_dump("kraft-3.9/topics-describe.txt"));

    REQUIRE(dump.topics.size() == 4);
    const DescribedTopic& orders = dump.topics[0];
    CHECK(orders.name == "orders");
    CHECK(orders.partition_count == 48);
    CHECK(orders.partitions.size() == 48);
    CHECK(orders.replication_factor == 3);
    CHECK(orders.configs.at("min.insync.replicas") == "2");
    CHECK(orders.partitions[2].leader == 4);
    CHECK(orders.partitions[2].replicas == Ids{3, 4, 2});
    CHECK(orders.partitions[2].isr == Ids{4, 2, 3});
    CHECK(dump.topics[1].name == "__consumer_offsets");
    CHECK(dump.topics[2].configs.at("min.insync.replicas") == "3");
    CHECK_FALSE(dump.selection_only);
}

TEST_CASE("the topics of a ZooKeeper cluster of Kafka 2.8 are read through its log lines") {
    const TopicsDescribe dump =
        parse_topics_describe(real_dump("zookeeper-2.8/topics-describe.txt"));

    REQUIRE(dump.topics.size() == 4);
    CHECK(dump.topics[0].partitions[1].leader == 6);
    CHECK(dump.topics[3].name == "events");
    CHECK(dump.topics[3].partitions.size() == 24);
}

TEST_CASE("the form of Kafka before 2.x is read, with tabs or with blanks") {
    const std::string tabs =
        "Topic:old\tPartitionCount:2\tReplicationFactor:2\tConfigs:cleanup.policy=compact\n"
        "\tTopic: old\tPartition: 0\tLeader: 1\tReplicas: 1,2\tIsr: 1,2\n"
        "\tTopic: old\tPartition: 1\tLeader: none\tReplicas: 2,1\tIsr: \n";
    std::string blanks = tabs;
    for (char& c : blanks) c = c == '\t' ? ' ' : c;

    for (const std::string& text : {tabs, blanks}) {
        const TopicsDescribe dump = parse_topics_describe(text);
        REQUIRE(dump.topics.size() == 1);
        CHECK(dump.topics[0].name == "old");
        CHECK(dump.topics[0].configs.at("cleanup.policy") == "compact");
        CHECK(dump.topics[0].partitions[0].isr == Ids{1, 2});
        CHECK_FALSE(dump.topics[0].partitions[1].leader.has_value());
        CHECK(dump.topics[0].partitions[1].isr.empty());
    }
}

TEST_CASE("line ends of Windows, a byte order mark, kubectl and log lines change nothing") {
    const std::string plain = real_dump("kraft-3.9/topics-describe.txt");
    std::string dirty =
        "\xEF\xBB\xBF"
        "Defaulted container \"kafka\" out of: kafka, exporter\r\n";
    for (const char c : plain) {
        if (c != '\n') {
            dirty += c;
            continue;
        }
        dirty +=
            "\r\n[2024-05-01 10:00:00,123] WARN slow (org.apache.kafka.clients.NetworkClient)\r\n";
    }
    dirty += "pod \"kafka-client\" deleted\r\n";

    const TopicsDescribe a = parse_topics_describe(plain), b = parse_topics_describe(dirty);
    REQUIRE(a.topics.size() == b.topics.size());
    for (std::size_t i = 0; i < a.topics.size(); ++i) {
        CHECK(a.topics[i].configs == b.topics[i].configs);
        REQUIRE(a.topics[i].partitions.size() == b.topics[i].partitions.size());
        for (std::size_t p = 0; p < a.topics[i].partitions.size(); ++p) {
            CHECK(a.topics[i].partitions[p].replicas == b.topics[i].partitions[p].replicas);
            CHECK(a.topics[i].partitions[p].isr == b.topics[i].partitions[p].isr);
        }
    }
}

TEST_CASE("values of settings may hold commas and equals signs") {
    const auto configs = parse_config_list(
        "cleanup.policy=compact,delete,follower.replication.throttled.replicas=0:1,1:2,"
        "retention.ms=1000,x.y=a=b");

    CHECK(configs.at("cleanup.policy") == "compact,delete");
    CHECK(configs.at("follower.replication.throttled.replicas") == "0:1,1:2");
    CHECK(configs.at("retention.ms") == "1000");
    CHECK(configs.at("x.y") == "a=b");
    CHECK(configs.size() == 4);
}

TEST_CASE("a reassignment that runs shows its adding and removing replicas") {
    const TopicsDescribe dump = parse_topics_describe(
        "Topic: t\tTopicId: AAAA\tPartitionCount: 1\tReplicationFactor: 4\tConfigs: \n"
        "\tTopic: t\tPartition: 0\tLeader: 1\tReplicas: 4,1,2,3\tIsr: 1,2,3\tAdding Replicas: 4\t"
        "Removing Replicas: 3\tElr: N/A\tLastKnownElr: N/A\n");

    CHECK(dump.topics[0].partitions[0].adding == Ids{4});
    CHECK(dump.topics[0].partitions[0].removing == Ids{3});
}

TEST_CASE("a list of under-replicated partitions is a selection, not a topology") {
    const TopicsDescribe dump =
        parse_topics_describe("\tTopic: t\tPartition: 5\tLeader: 1\tReplicas: 1,2\tIsr: 1\n");

    CHECK(dump.selection_only);
}

TEST_CASE("a topic with fewer partitions than announced is an error at its line") {
    const DumpError error = error_of(
        "Topic: t\tPartitionCount: 2\tReplicationFactor: 1\tConfigs: \n"
        "\tTopic: t\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1\n");

    CHECK(error.kind() == DumpError::Kind::truncated);
    CHECK(error.line() == 1);
    CHECK(std::string(error.what()).find("2 partitions, and 1") != std::string::npos);
}

TEST_CASE("what cannot be true of a partition is an error at its place") {
    const std::string head = "Topic: t\tPartitionCount: 1\tReplicationFactor: 2\tConfigs: \n";
    const auto line = [&](const std::string& rest) {
        return error_of(head + "\tTopic: t\tPartition: 0\t" + rest + "\n");
    };

    CHECK(line("Leader: 1\tReplicas: 1,2\tIsr: 1,3").line() == 2);
    CHECK(line("Leader: 9\tReplicas: 1,2\tIsr: 1").kind() == DumpError::Kind::malformed);
    CHECK(line("Leader: 1\tReplicas: 1,1\tIsr: 1").column() == 9 + 1 + 12 + 1 + 9 + 1 + 10 + 1);
    CHECK(line("Leader: 1\tReplicas: 1,2,3\tIsr: 1").line() == 2);
    CHECK(line("Leader: x\tReplicas: 1,2\tIsr: 1").line() == 2);
    CHECK(line("Leader: 1\tIsr: 1").line() == 2);
}

TEST_CASE("a topic that is described twice is two clusters in one file") {
    const std::string once =
        "Topic: t\tPartitionCount: 1\tReplicationFactor: 1\tConfigs: \n"
        "\tTopic: t\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1\n";
    const DumpError error = error_of(once + once);

    CHECK(error.line() == 3);
    CHECK(error.help().find("folder of its own") != std::string::npos);
}

TEST_CASE("half an ISR at the end of a dump is not believed") {
    const std::string whole =
        "Topic: t\tPartitionCount: 1\tReplicationFactor: 3\tConfigs: \n"
        "\tTopic: t\tPartition: 0\tLeader: 1\tReplicas: 1,2,3\tIsr: 1,2,3";

    CHECK(parse_topics_describe(whole).topics.size() == 1);
    CHECK(error_of(whole.substr(0, whole.size() - 2)).kind() == DumpError::Kind::truncated);
}
