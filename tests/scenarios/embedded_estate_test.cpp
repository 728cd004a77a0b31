#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "scenarios/format/load_case.hpp"
#include "scenarios/format/names.hpp"

namespace {

using namespace rollcast;

const scenarios::LoadedCase& estate() {
    static const scenarios::LoadedCase loaded = scenarios::embedded_estate();
    return loaded;
}

const models::Fleet& estate_fleet() { return estate().a_case.fleet; }

const models::Topic* find_topic(const std::string& name) {
    for (const models::TopicId t : models::Range<models::TopicId>(estate_fleet().topics().size())) {
        if (scenarios::topic_name(estate_fleet(), t) == name) return &estate_fleet().topics()[t];
    }
    return nullptr;
}

/// Partitions of a cluster that have two replicas in one rack.
std::size_t rack_violations(models::ClusterId cluster) {
    std::size_t found = 0;
    for (const models::PartitionId p : estate_fleet().clusters()[cluster].partitions()) {
        std::vector<models::RackId> racks;
        for (const models::BrokerId b : estate_fleet().replicas(p)) {
            racks.push_back(estate_fleet().brokers()[b].rack);
        }
        std::sort(racks.begin(), racks.end());
        if (std::adjacent_find(racks.begin(), racks.end()) != racks.end()) ++found;
    }
    return found;
}

}  // namespace

TEST_CASE("the embedded estate has 12 clusters, 702 brokers, 64 ZooKeeper nodes, 766 machines") {
    const std::vector<std::uint32_t> sizes{110, 96, 84, 72, 60, 60, 54, 48, 42, 36, 24, 16};
    REQUIRE(estate_fleet().clusters().size() == sizes.size());
    std::size_t of_five = 0;
    std::size_t of_seven = 0;
    for (std::uint32_t c = 0; c < sizes.size(); ++c) {
        const models::Cluster& cluster = estate_fleet().clusters()[models::ClusterId{c}];
        CHECK(cluster.broker_count == sizes[c]);
        CHECK(cluster.rack_count >= 3);
        CHECK(cluster.rack_count <= 12);
        CHECK(cluster.quorum_kind == models::QuorumKind::zookeeper);
        of_five += cluster.quorum_node_count == 5 ? 1 : 0;
        of_seven += cluster.quorum_node_count == 7 ? 1 : 0;
        const auto leaders =
            std::count_if(cluster.quorum().begin().value + estate_fleet().quorum_nodes().begin(),
                          cluster.quorum().end().value + estate_fleet().quorum_nodes().begin(),
                          [](const models::QuorumNode& node) { return node.leader_at_start; });
        CHECK(leaders == 1);
    }
    CHECK(of_five == 10);
    CHECK(of_seven == 2);
    CHECK(estate_fleet().brokers().size() == 702);
    CHECK(estate_fleet().quorum_nodes().size() == 64);
    CHECK(estate_fleet().machines().size() == 766);
}

TEST_CASE("the embedded estate holds about 120,000 partitions at RF 3 and 500 replicas a broker") {
    std::size_t at_three = 0;
    for (const models::Partition& partition : estate_fleet().partitions()) {
        at_three += partition.rf == 3 ? 1 : 0;
    }
    CHECK(at_three >= 115'000);
    CHECK(at_three <= 125'000);
    CHECK(estate_fleet().replica_count() >= 340'000);
    CHECK(estate_fleet().replica_count() <= 380'000);
    for (const models::BrokerId b :
         models::Range<models::BrokerId>(estate_fleet().brokers().size())) {
        CHECK(estate_fleet().hosted(b).size() >= 350);
        CHECK(estate_fleet().hosted(b).size() <= 700);
        double capacity = 0.0;
        for (const models::LogDirId d : estate_fleet().brokers()[b].log_dirs()) {
            capacity += static_cast<double>(estate_fleet().log_dirs()[d].capacity.count());
        }
        CHECK(static_cast<double>(estate_fleet().hosted_bytes(b).count()) < 0.5 * capacity);
    }
}

TEST_CASE("the embedded estate takes 15 TB a day, 1M messages a second at peak, kept for 7 days") {
    double rate = 0.0;
    double messages = 0.0;
    double stored = 0.0;
    for (const models::Topic& topic : estate_fleet().topics()) {
        double of_topic = 0.0;
        for (const models::PartitionId p : topic.partitions()) {
            of_topic += static_cast<double>(estate_fleet().partitions()[p].write_bytes_per_s);
            stored += static_cast<double>(estate_fleet().partitions()[p].stored_bytes);
        }
        REQUIRE(topic.bytes_per_message > 0);
        rate += of_topic;
        messages += of_topic / topic.bytes_per_message;
    }
    const models::DailyCurve& curve = estate().a_case.curve;
    CHECK(rate == doctest::Approx(15e12 / 86'400).epsilon(0.01));
    CHECK(messages * curve.highest() == doctest::Approx(1e6).epsilon(0.02));
    CHECK(stored == doctest::Approx(15e12 * 7).epsilon(0.02));
    const double day = curve.effective_seconds(sim::Instant{sim::hours(24)});
    CHECK(day == doctest::Approx(86'400).epsilon(1e-9));
}

TEST_CASE("each piece of dirt of the embedded estate is there") {
    for (std::uint32_t c = 0; c < 12; ++c) {
        CAPTURE(c);
        const models::ClusterId id{c};
        const double share = static_cast<double>(rack_violations(id)) /
                             static_cast<double>(estate_fleet().clusters()[id].partition_count);
        const double wanted = c == 2 ? 0.001 : c == 6 ? 0.01 : 0.0;
        CHECK(share == doctest::Approx(wanted).epsilon(0.05));
    }
    REQUIRE(find_topic("c05/legacy.audit-trail") != nullptr);
    CHECK(find_topic("c05/legacy.audit-trail")->rf == 2);
    REQUIRE(find_topic("c06/dev.scratch") != nullptr);
    CHECK(find_topic("c06/dev.scratch")->rf == 1);
    REQUIRE(find_topic("c02/payments.ledger") != nullptr);
    CHECK(find_topic("c02/payments.ledger")->min_isr == 3);
    REQUIRE(find_topic("c08/telemetry.metrics-1") != nullptr);
    CHECK(find_topic("c08/telemetry.metrics-1")->acks_all == 0);
    CHECK_FALSE(find_topic("c08/telemetry.metrics-1")->retries);

    std::vector<int> in_rack(3, 0);
    const models::Cluster& c09 = estate_fleet().clusters()[models::ClusterId{8}];
    for (const models::QuorumNodeId q : c09.quorum()) {
        ++in_rack[estate_fleet().quorum_nodes()[q].rack.value - c09.first_rack];
    }
    CHECK(in_rack == std::vector<int>{3, 1, 1});

    std::vector<bool> generations(3, false);
    for (const models::BrokerId b : estate_fleet().clusters()[models::ClusterId{3}].brokers()) {
        for (const models::LogDirId d : estate_fleet().brokers()[b].log_dirs()) {
            generations[static_cast<std::size_t>(estate_fleet().log_dirs()[d].disk)] = true;
        }
    }
    CHECK(generations == std::vector<bool>{true, false, true});

    CHECK(estate_fleet().clusters()[models::ClusterId{9}].stack.inter_broker_protocol.empty());
    CHECK(estate_fleet().clusters()[models::ClusterId{8}].stack.inter_broker_protocol == "2.8");
    CHECK(std::count_if(
              estate_fleet().brokers().begin(), estate_fleet().brokers().end(), [](const auto& b) {
                  return b.certificate == models::SignatureStrength::sha1;
              }) == 1);
}

TEST_CASE("the embedded estate accepts the breaches of exactly the topics without slack") {
    for (const models::TopicId t : models::Range<models::TopicId>(estate_fleet().topics().size())) {
        const models::Topic& topic = estate_fleet().topics()[t];
        CAPTURE(scenarios::topic_name(estate_fleet(), t));
        CHECK(topic.accepted == (topic.rf <= models::effective_floor(topic)));
        CHECK(topic.errors_accepted == !topic.retries);
    }
    CHECK(estate().warnings.empty());
}

TEST_CASE("the two consumer groups that matter read what the estate writes") {
    REQUIRE(estate_fleet().groups().size() == 2);
    for (const models::ConsumerGroup& group : estate_fleet().groups()) {
        double rate = 0.0;
        for (const models::TopicId t : group.topics) {
            for (const models::PartitionId p : estate_fleet().topics()[t].partitions()) {
                rate += static_cast<double>(estate_fleet().partitions()[p].write_bytes_per_s);
            }
        }
        CHECK(rate > 0);
        CHECK(rate * estate().a_case.curve.highest() < static_cast<double>(group.capacity.count()));
    }
}

TEST_CASE("the embedded estate loads to the same case every time") {
    const scenarios::LoadedCase again = scenarios::embedded_estate();
    CHECK(again.sha256 == estate().sha256);
    const auto count = static_cast<std::uint32_t>(estate_fleet().partitions().size());
    REQUIRE(again.a_case.fleet.partitions().size() == count);
    bool same = true;
    for (const models::PartitionId p : models::Range<models::PartitionId>(count)) {
        const auto a = estate_fleet().replicas(p);
        const auto b = again.a_case.fleet.replicas(p);
        same = same && std::equal(a.begin(), a.end(), b.begin(), b.end()) &&
               estate_fleet().partitions()[p].write_bytes_per_s ==
                   again.a_case.fleet.partitions()[p].write_bytes_per_s;
    }
    CHECK(same);
}
