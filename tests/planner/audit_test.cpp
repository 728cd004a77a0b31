#include "planner/audit.hpp"

#include <algorithm>
#include <functional>

#include <doctest/doctest.h>

#include "models/simulate.hpp"
#include "planner/policies.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using planner::Finding;
using planner::Severity;

namespace {

using Tables = models::FleetTables;

/// A clean cluster of 9 brokers in 3 racks with 5 quorum nodes spread 2-2-1, after `spoil`.
models::Case spoiled(const std::function<void(Tables&)>& spoil) {
    support::ClusterSketch cluster = support::random_cluster(11, {.brokers = 9, .partitions = 24});
    cluster.quorum = {
        {.rack = 0, .leader = true}, {.rack = 1}, {.rack = 2}, {.rack = 0}, {.rack = 1}};
    Tables tables = support::fleet_tables({cluster});
    spoil(tables);
    models::Case a_case;
    a_case.fleet = models::make_fleet(tables);
    return a_case;
}

const Finding* find(const std::vector<Finding>& findings, const char* code) {
    const auto at = std::find_if(
        findings.begin(), findings.end(), [&](const Finding& f) { return f.code == code; });
    return at == findings.end() ? nullptr : &*at;
}

/// The finding that spoiling the clean cluster brings up; the clean one has none of its kind.
Finding found(const char* code, const std::function<void(Tables&)>& spoil) {
    REQUIRE(find(planner::audit(spoiled([](Tables&) {})), code) == nullptr);
    const auto findings = planner::audit(spoiled(spoil));
    const Finding* finding = find(findings, code);
    REQUIRE(finding != nullptr);
    CHECK_FALSE(finding->subject.empty());
    CHECK_FALSE(finding->message.empty());
    CHECK_FALSE(finding->fix.empty());
    CHECK_FALSE(finding->cost.empty());
    return *finding;
}

models::Topic& topic(Tables& tables, std::uint32_t t) { return tables.topics[models::TopicId{t}]; }
models::Partition& partition(Tables& tables, std::uint32_t p) {
    return tables.partitions[models::PartitionId{p}];
}
models::Broker& broker(Tables& tables, std::uint32_t b) {
    return tables.brokers[models::BrokerId{b}];
}

/// Keeps the first `rf` replicas of a topic's partitions.
void shorten(Tables& tables, std::uint32_t t, int rf) {
    topic(tables, t).rf = rf;
    topic(tables, t).min_isr = 1;
    std::vector<models::BrokerId> kept;
    for (models::Partition& p : tables.partitions) {
        const auto first = tables.replica_broker.begin() + p.first_replica;
        if (p.topic.value == t) {
            p.rf = static_cast<std::uint8_t>(rf);
            p.isr = static_cast<std::uint8_t>((1U << rf) - 1);
        }
        p.first_replica = static_cast<std::uint32_t>(kept.size());
        kept.insert(kept.end(), first, first + p.rf);
    }
    tables.replica_broker = kept;
}

}  // namespace

TEST_CASE("a clean cluster has nothing to report") {
    CHECK(planner::audit(spoiled([](Tables&) {})).empty());
}

TEST_CASE("min ISR equal to RF leaves no slack: it blocks, with every way out and its cost") {
    const auto spoil = [](Tables& tables) { topic(tables, 1).min_isr = 3; };
    const Finding finding = found("RC3001", spoil);

    CHECK(finding.severity == Severity::blocks);
    CHECK(finding.subject == "c01/t2");
    CHECK(finding.count == 6);
    CHECK(finding.examples.size() == 5);
    for (const char* way : {"raise RF to 4", "move each replica", "lower min ISR to 2", "accept"}) {
        CHECK(finding.fix.find(way) != std::string::npos);
    }
    CHECK(finding.cost.find("one more replica: 60.0 GB") != std::string::npos);  // 6 x 10 GB
    CHECK(planner::zero_slack(spoiled(spoil)).size() == 6);
    CHECK(find(planner::audit(spoiled(spoil)), "RC3005") != nullptr);
}

TEST_CASE("an accepted topic without slack is noted, and blocks nothing") {
    const auto spoil = [](Tables& tables) {
        topic(tables, 1).min_isr = 3;
        topic(tables, 1).accepted = true;
    };
    const Finding finding = found("RC3001", spoil);

    CHECK(finding.severity == Severity::note);
    CHECK(finding.accepted);
    CHECK(planner::zero_slack(spoiled(spoil)).empty());
}

TEST_CASE("a partition at its floor because a replica is out of sync has no slack either") {
    const auto spoil = [](Tables& tables) { partition(tables, 3).isr = 0b011; };
    const Finding finding = found("RC3001", spoil);

    CHECK(finding.severity == Severity::blocks);
    CHECK(finding.count == 1);
    CHECK(finding.fix.find("back first") != std::string::npos);
    CHECK(found("RC3019", spoil).count == 1);
}

TEST_CASE("two replicas in one rack are counted, with the moves that mend it") {
    const Finding finding = found("RC3002", [](Tables& tables) {
        const std::uint32_t first = partition(tables, 0).first_replica;
        for (std::uint32_t i = 0; i < 3; ++i) {
            tables.replica_broker[first + i] = models::BrokerId{3 * i};  // all in rack 1
        }
    });

    CHECK(finding.count == 1);
    CHECK(finding.examples == std::vector<std::string>{"c01/t1-0"});
    CHECK(finding.fix.find("2 replicas") != std::string::npos);
    CHECK(finding.cost == "20.0 GB moved");
}

TEST_CASE("topics with one or two replicas are named") {
    CHECK(found("RC3003", [](Tables& tables) { shorten(tables, 0, 1); }).subject == "c01/t1");
    CHECK(found("RC3004", [](Tables& tables) { shorten(tables, 0, 2); }).subject == "c01/t1");
}

TEST_CASE("min ISR 1 with RF 3 is noted, and the floor of 2 stands in") {
    const Finding finding = found("RC3006", [](Tables& tables) { topic(tables, 0).min_isr = 1; });

    CHECK(finding.severity == Severity::note);
    CHECK(finding.count == 1);
}

TEST_CASE("a quorum of 3-1-1 over the racks loses its majority with one rack") {
    const Finding finding = found("RC3007", [](Tables& tables) {
        tables.quorum_nodes[models::QuorumNodeId{4}].rack = models::RackId{0};
    });

    CHECK(finding.count == 3);
    CHECK(finding.message.find("3 in r1, 1 in r2, 1 in r3") != std::string::npos);
}

TEST_CASE("an ensemble of even size, and one without a spare node") {
    const auto cut = [](std::uint32_t nodes) {
        return [nodes](Tables& tables) { tables.quorum_nodes.resize(nodes); };
    };
    CHECK(found("RC3008", cut(4)).count == 4);
    CHECK(found("RC3008", cut(4)).severity == Severity::note);
}

TEST_CASE("a quorum of one or two nodes stops every plan, and the fix says how many to add") {
    for (const std::uint32_t nodes : {1U, 2U}) {
        CAPTURE(nodes);
        const auto cut = [nodes](Tables& tables) { tables.quorum_nodes.resize(nodes); };
        const Finding finding = found("RC3009", cut);
        CHECK(finding.count == nodes);
        CHECK(finding.severity == Severity::blocks);
        CHECK(finding.message.find(nodes == 1 ? "1 quorum node:" : "2 quorum nodes:") !=
              std::string::npos);
        CHECK(finding.fix.find(nodes == 1 ? "add 2 nodes" : "add 1 node ") != std::string::npos);

        // It blocks because it is true: a run of any plan breaks the rule.
        const models::Case a_case = spoiled(cut);
        CHECK(planner::make_plan(a_case, {}).status == planner::PlanStatus::infeasible);
        models::Plan plan;
        plan.clusters.resize(1);
        plan.clusters[0].cluster = models::ClusterId{0};
        plan.clusters[0].quorum = planner::quorum_order(a_case.fleet, models::ClusterId{0});
        CHECK(models::simulate(a_case, plan, {}).rule(models::Rule::quorum).broken());
    }
}

TEST_CASE("hosts of another disk generation are named") {
    const Finding finding = found("RC3010", [](Tables& tables) {
        for (std::uint32_t b = 0; b < 2; ++b) {
            tables.log_dirs[models::LogDirId{b}].write_rate = models::ByteRate{150'000'000};
        }
    });

    CHECK(finding.count == 2);
    CHECK(finding.examples == std::vector<std::string>{"c01-b1", "c01-b2"});
}

TEST_CASE("producers with acks=1 and producers without retries") {
    CHECK(found("RC3011", [](Tables& t) { topic(t, 2).acks_all = 0.0; }).count == 1);
    CHECK(found("RC3012", [](Tables& t) { topic(t, 2).retries = false; }).count == 1);
    CHECK(found("RC3012", [](Tables& t) {
              topic(t, 2).retries = false;
              topic(t, 2).errors_accepted = true;
          }).accepted);
}

TEST_CASE("an inter-broker protocol that is not pinned") {
    const Finding finding = found("RC3013", [](Tables& tables) {
        tables.clusters[models::ClusterId{0}].stack.inter_broker_protocol.clear();
    });

    CHECK(finding.fix.find("2.8.2") != std::string::npos);
}

TEST_CASE("a SHA-1 certificate counts only where RHEL 9 is the target") {
    const auto weak = [](Tables& tables) {
        broker(tables, 4).certificate = models::SignatureStrength::sha1;
    };
    CHECK(found("RC3014", weak).examples == std::vector<std::string>{"c01-b5"});
    const auto elsewhere = planner::audit(spoiled([&](Tables& tables) {
        weak(tables);
        tables.clusters[models::ClusterId{0}].target.os = "Debian 12";
    }));
    CHECK(find(elsewhere, "RC3014") == nullptr);
}

TEST_CASE("a throttle below the write rate is a cliff: catch-up never ends") {
    const auto throttle = [](std::int64_t rate) {
        return [rate](Tables& tables) {
            tables.clusters[models::ClusterId{0}].config.follower_throttle = models::ByteRate{rate};
        };
    };
    // 24 partitions x 3 replicas x 1 MB/s over 9 brokers: 8 MB/s each on average.
    CHECK(found("RC3015", throttle(1'000'000)).severity == Severity::blocks);
    CHECK(find(planner::audit(spoiled(throttle(100'000'000))), "RC3015") == nullptr);
}

TEST_CASE("a rack whose uplink is narrower than its writes cannot come back as a whole") {
    const Finding finding = found("RC3016", [](Tables& tables) {
        tables.racks[models::RackId{1}].uplink_down = models::ByteRate{10'000'000};
    });

    CHECK(finding.examples == std::vector<std::string>{"r2"});
}

TEST_CASE("brokers over the headroom limit at rest") {
    const Finding finding = found("RC3017", [](Tables& tables) {
        for (models::Broker& b : tables.brokers) b.nic_out = models::ByteRate{2'000'000};
    });

    CHECK(finding.count > 0);
    CHECK(finding.message.find("limit is 90 %") != std::string::npos);
}

TEST_CASE("with a rack down two racks lead what three led, and consumers follow them") {
    // 24 partitions of 1 MB/s, 4 consumer groups: at rest a broker leads 24 / 9 = 2.7 of them and
    // sends each to 2 followers and 4 groups, 16 MB/s; with a rack down 4 to 1 and 4, 20 MB/s.
    bool only_while_down = false;
    for (std::int64_t rate = 15'000'000; rate < 50'000'000; rate += 1'000'000) {
        const auto findings = planner::audit(spoiled([rate](Tables& tables) {
            for (models::Broker& b : tables.brokers) b.nic_out = models::ByteRate{rate};
            for (int g = 0; g < 4; ++g) {
                models::ConsumerGroup group;
                group.cluster = models::ClusterId{0};
                for (std::uint32_t t = 0; t < 4; ++t) group.topics.push_back(models::TopicId{t});
                tables.groups.push_back(group);
            }
        }));
        CHECK_FALSE((find(findings, "RC3017") && find(findings, "RC3018")));
        only_while_down = only_while_down || find(findings, "RC3018") != nullptr;
    }
    CHECK(only_while_down);
}

TEST_CASE("partitions below their floor or without a leader block every plan") {
    CHECK(found("RC3022", [](Tables& t) { partition(t, 0).isr = 0b001; }).severity ==
          Severity::blocks);
    CHECK(found("RC3023", [](Tables& t) { partition(t, 0).leader = -1; }).severity ==
          Severity::blocks);
}

TEST_CASE("a throttle without replica lists has no effect") {
    found("RC3024", [](Tables& tables) {
        models::ClusterConfig& config = tables.clusters[models::ClusterId{0}].config;
        config.follower_throttle = models::ByteRate{50'000'000};
        config.throttle_lists = false;
    });
}

TEST_CASE("fewer racks than replicas") {
    found("RC3025", [](Tables& tables) {
        for (models::Broker& b : tables.brokers) {
            if (b.rack.value == 2) b.rack = models::RackId{0};
        }
        for (models::QuorumNode& q : tables.quorum_nodes) {
            if (q.rack.value == 2) q.rack = models::RackId{0};
        }
        tables.racks.resize(2);
    });
}

TEST_CASE("a mixed-version limit below what any plan needs blocks") {
    models::Case a_case = spoiled([](Tables&) {});
    a_case.limits.mixed_version_limit = sim::hours(1);
    const auto tight = planner::audit(a_case);
    a_case.limits.mixed_version_limit = sim::hours(100);

    REQUIRE(find(tight, "RC3020") != nullptr);
    CHECK(find(tight, "RC3020")->severity == Severity::blocks);
    CHECK(find(planner::audit(a_case), "RC3020") == nullptr);
}

TEST_CASE("a step longer than any change window blocks") {
    models::Case a_case = spoiled([](Tables&) {});
    a_case.limits.windows =
        models::Windows(sim::hours(1), sim::hours(1) + sim::minutes(20), {}, {});
    const auto findings = planner::audit(a_case);

    REQUIRE(find(findings, "RC3021") != nullptr);
    CHECK(find(findings, "RC3021")->count == 14);  // 9 brokers and 5 quorum nodes
}

TEST_CASE("assumed rates are said") {
    models::Case a_case = spoiled([](Tables&) {});
    a_case.rates_assumed = true;

    CHECK(find(planner::audit(a_case), "RC3026") != nullptr);
}

TEST_CASE("what blocks comes first, then codes and subjects in order") {
    const auto findings = planner::audit(spoiled([](Tables& tables) {
        topic(tables, 0).retries = false;
        topic(tables, 1).min_isr = 3;
        topic(tables, 2).min_isr = 1;
        topic(tables, 3).min_isr = 3;
    }));

    REQUIRE(findings.size() >= 5);
    CHECK(findings[0].subject == "c01/t2");
    CHECK(findings[1].subject == "c01/t4");
    for (std::size_t i = 1; i < findings.size(); ++i) {
        CHECK(findings[i - 1].severity >= findings[i].severity);
    }
}

TEST_CASE("settings that are not as the golden file has them are found, key by key") {
    const auto spoil = [](Tables& tables) {
        models::Cluster& cluster = tables.clusters[models::ClusterId{0}];
        cluster.golden = cluster.config;
        cluster.config.unclean_leader_election = true;
        cluster.config.leader_throttle = sim::bytes_per_second(1'000'000'000);
        tables.topics[models::TopicId{0}].golden_min_isr = 3;
    };
    const Finding finding = found("RC3027", spoil);
    CHECK(finding.severity == Severity::warning);
    CHECK(finding.count == 3);
    CHECK(finding.examples.front() == "unclean.leader.election.enable: true, golden false");
    const auto same = [](Tables& tables) {
        models::Cluster& cluster = tables.clusters[models::ClusterId{0}];
        cluster.golden = cluster.config;
    };
    CHECK(find(planner::audit(spoiled(same)), "RC3027") == nullptr);
}
