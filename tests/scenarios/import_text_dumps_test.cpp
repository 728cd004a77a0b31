// Broker and topic settings, API versions, consumer groups: real dumps, old forms, bad ones.
#include <doctest/doctest.h>

#include "scenarios/import/api_versions.hpp"
#include "scenarios/import/configs_describe.hpp"
#include "scenarios/import/consumer_groups.hpp"
#include "scenarios/import/dump_text.hpp"
#include "tests/support/real_dumps.hpp"

using namespace rollcast::scenarios;

namespace {

template <class Parse>
DumpError text_error_of(Parse parse, const std::string& text) {
    try {
        parse(text);
    } catch (const DumpError& error) {
        return error;
    }
    FAIL("this was read: ", text);
    throw;
}

}  // namespace

TEST_CASE("a broker's settings are read with where they come from") {
    const auto configs = parse_configs_describe(real_dump("kraft-3.9/configs-broker-4.txt"));

    REQUIRE(configs.size() == 1);
    const DescribedConfigs& broker = configs[0];
    CHECK(broker.owner == ConfigOwner::broker);
    CHECK(broker.name == "4");
    CHECK(broker.all);
    CHECK(broker.settings.at("broker.rack").value == "a");
    CHECK(broker.settings.at("broker.rack").set());
    const ConfigSetting& protocol = broker.settings.at("inter.broker.protocol.version");
    CHECK(protocol.value == "3.9-IV0");
    CHECK_FALSE(protocol.set());  // only the binary's default: not pinned
    CHECK_FALSE(broker.settings.at("zookeeper.connect").value.has_value());
    CHECK(broker.settings.at("auto.leader.rebalance.enable").from("DEFAULT_CONFIG") == "true");
    CHECK(broker.settings.at("listener.security.protocol.map").value ==
          "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
}

TEST_CASE("a pinned protocol is told from the default") {
    const auto configs = parse_configs_describe(
        "Dynamic configs for broker 1 are:\n"
        "  inter.broker.protocol.version=2.7-IV2 sensitive=false synonyms={"
        "STATIC_BROKER_CONFIG:inter.broker.protocol.version=2.7-IV2, "
        "DEFAULT_CONFIG:inter.broker.protocol.version=2.8-IV1}\n");

    CHECK(configs[0].settings.at("inter.broker.protocol.version").set());
    CHECK_FALSE(configs[0].all);
}

TEST_CASE("values with blanks, commas and colons keep them") {
    const auto configs = parse_configs_describe(
        "Dynamic configs for broker 1 are:\n"
        "  sasl.jaas.config=a b=\"c, d\"; sensitive=false synonyms={"
        "DYNAMIC_BROKER_CONFIG:sasl.jaas.config=a b=\"c, d\";, DEFAULT_CONFIG:sasl.jaas.config=x}\n"
        "  password=null sensitive=true synonyms={DYNAMIC_BROKER_CONFIG:password=null}\n");

    const ConfigSetting& setting = configs[0].settings.at("sasl.jaas.config");
    CHECK(setting.value == "a b=\"c, d\";");
    REQUIRE(setting.synonyms.size() == 2);
    CHECK(setting.synonyms[0].value == "a b=\"c, d\";");
    CHECK(setting.synonyms[1].value == "x");
}

TEST_CASE("topic settings of both real clusters are read") {
    for (const std::string cluster : {"kraft-3.9", "zookeeper-2.8"}) {
        const auto configs = parse_configs_describe(real_dump(cluster + "/configs-topics.txt"));
        REQUIRE(configs.size() == 4);
        CHECK(configs[0].owner == ConfigOwner::topic);
        CHECK(configs[0].name == "audit");
        CHECK(configs[0].settings.at("min.insync.replicas").from("DYNAMIC_TOPIC_CONFIG") == "3");
        CHECK(configs[3].settings.at("cleanup.policy").value == "compact");
    }
}

TEST_CASE("the one-line form of the ZooKeeper-based tool is read") {
    const auto configs = parse_configs_describe(
        "Configs for topic 'orders' are min.insync.replicas=2,cleanup.policy=compact,delete\n"
        "Configs for broker 3 are follower.replication.throttled.rate=1000\n"
        "Default configs for brokers in the cluster are:\n"
        "  min.insync.replicas=2 sensitive=false synonyms={"
        "DYNAMIC_DEFAULT_BROKER_CONFIG:min.insync.replicas=2}\n");

    REQUIRE(configs.size() == 3);
    CHECK(configs[0].name == "orders");
    CHECK(configs[0].settings.at("cleanup.policy").value == "compact,delete");
    CHECK(configs[1].settings.at("follower.replication.throttled.rate").value == "1000");
    CHECK(configs[2].owner == ConfigOwner::broker_default);
}

TEST_CASE("settings that are cut are an error at the end") {
    const std::string text = real_dump("zookeeper-2.8/configs-broker-1.txt");

    CHECK(text_error_of(parse_configs_describe, text.substr(0, 5'000)).kind() ==
          DumpError::Kind::truncated);
    const std::size_t line_end = text.find('\n', 5'000);
    CHECK(text_error_of(parse_configs_describe, text.substr(0, line_end + 1)).kind() ==
          DumpError::Kind::truncated);
    CHECK(text_error_of(parse_configs_describe, "Dynamic configs for broker 1 are:\nx\n").line() ==
          2);
}

TEST_CASE("racks and releases are told by API versions") {
    const auto kraft = parse_api_versions(real_dump("kraft-3.9/broker-api-versions.txt"));
    const auto zookeeper = parse_api_versions(real_dump("zookeeper-2.8/broker-api-versions.txt"));

    REQUIRE(kraft.size() == 6);
    REQUIRE(zookeeper.size() == 6);
    const std::map<std::int64_t, std::string> racks = {
        {1, "a"}, {2, "b"}, {3, "c"}, {4, "a"}, {5, "b"}, {6, "c"}};
    for (const auto* brokers : {&kraft, &zookeeper}) {
        for (const BrokerApis& broker : *brokers) CHECK(broker.rack == racks.at(broker.id));
    }
    for (const BrokerApis& broker : kraft) CHECK(kafka_release(broker) == "3.9");
    for (const BrokerApis& broker : zookeeper) CHECK(kafka_release(broker) == "2.8");
    CHECK(kraft[0].host == "127.0.0.1");
    CHECK(kraft[0].apis.count(4) == 0);  // LeaderAndIsr is unsupported with KRaft
}

TEST_CASE("a broker without a rack, and the fenced mark of new versions, are read") {
    const auto brokers = parse_api_versions(
        "k1.example:9092 (id: 1 rack: null) -> (\n\tProduce(0): 0 to 11 [usable: 11]\n)\n"
        "k2.example:9092 (id: 2 rack: eu-1a isFenced: false) -> (\n\tProduce(0): 3 to 12 [usable: "
        "12]\n)\n");

    CHECK_FALSE(brokers[0].rack.has_value());
    CHECK(brokers[1].rack == "eu-1a");
    CHECK(kafka_release(brokers[0]).empty());
    CHECK(kafka_release(brokers[1]) == "4");
}

TEST_CASE("API versions that are cut are an error") {
    const std::string text = real_dump("kraft-3.9/broker-api-versions.txt");

    CHECK(text_error_of(parse_api_versions, text.substr(0, 1'000)).kind() ==
          DumpError::Kind::truncated);
    CHECK(text_error_of(parse_api_versions, text + text).kind() == DumpError::Kind::malformed);
}

TEST_CASE("consumer groups are read with their topics and lags") {
    for (const std::string cluster : {"kraft-3.9", "zookeeper-2.8"}) {
        const auto groups = parse_consumer_groups(real_dump(cluster + "/groups-describe.txt"));
        REQUIRE(groups.size() == 3);
        CHECK(groups[0].name == "g-audit");
        CHECK(groups[0].partitions.size() == 6);
        CHECK(groups[2].partitions.size() == 48);
        CHECK(groups[0].partitions.at({"audit", 0}).lag == 0);
        CHECK_FALSE(groups[0].active);
    }
}

TEST_CASE("the old form without a GROUP column takes the group from the line above") {
    const auto groups = parse_consumer_groups(
        "Consumer group 'billing' has no active members.\n\n"
        "TOPIC  PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG  CONSUMER-ID  HOST  CLIENT-ID\n"
        "orders  0  -  100  -  -  -  -\n");

    REQUIRE(groups.size() == 1);
    CHECK(groups[0].name == "billing");
    CHECK_FALSE(groups[0].partitions.at({"orders", 0}).lag.has_value());
}

TEST_CASE("half a row of a consumer group is an error") {
    const std::string text = real_dump("kraft-3.9/groups-describe.txt");

    CHECK(text_error_of(parse_consumer_groups, text.substr(0, 300)).kind() ==
          DumpError::Kind::truncated);
}
