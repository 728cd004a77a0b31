#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "scenarios/hunt/draw_parts.hpp"

namespace rollcast::scenarios {

namespace {

using sim::Dice;

constexpr std::int64_t mega = 1'000'000;
constexpr std::int64_t giga = 1'000'000'000;

/// How large a case is, and what its topics hold.
struct CaseShape {
    bool records = false;
    std::int64_t least_brokers = 4;
    std::int64_t most_brokers = 8;
    std::int64_t most_topics = 5;
    std::int64_t most_partitions = 8;
};

Json draw_rooms(Dice& dice) {
    Json rooms = Json::array();
    for (const char* const name : {"A", "B"}) {
        Json room{{"name", name}};
        if (dice.chance(60)) room["link_up_bytes_per_s"] = dice.between(80, 400) * mega;
        if (dice.chance(60)) room["link_down_bytes_per_s"] = dice.between(80, 400) * mega;
        rooms.push_back(std::move(room));
    }
    return rooms;
}

Json draw_racks(const CaseShape& shape, bool rooms, Dice& dice) {
    Json racks = Json::array();
    const std::int64_t count = dice.between(2, 4);
    for (std::int64_t r = 0; r < count; ++r) {
        Json rack{{"name", fmt::format("r{}", r + 1)}};
        if (!shape.records && dice.chance(30)) {
            rack["uplink_up_bytes_per_s"] = dice.between(80, 400) * mega;
            rack["uplink_down_bytes_per_s"] = dice.between(80, 400) * mega;
        }
        const std::uint32_t place = dice.index(3);
        if (rooms && place < 2) rack["room"] = place == 0 ? "A" : "B";
        racks.push_back(std::move(rack));
    }
    return racks;
}

Json draw_log_dirs(Dice& dice) {
    Json dirs{{"count", dice.between(1, 3)}};
    if (dice.chance(80)) {
        const std::int64_t rate = dice.between(60, 300) * mega;
        dirs["read_bytes_per_s"] = rate;
        dirs["write_bytes_per_s"] = rate;
    }
    if (dice.chance(50)) dirs["capacity_bytes"] = 4'000 * giga;
    return dirs;
}

Json draw_brokers(std::int64_t count, Dice& dice) {
    Json group{{"count", count}};
    if (dice.chance(85)) group["nic_bytes_per_s"] = dice.between(100, 1'250) * mega;
    group["page_cache_bytes"] = dice.between(0, 64) * giga;
    group["log_dirs"] = draw_log_dirs(dice);
    if (dice.chance(20)) {
        Json other{{"broker", dice.between(1, count)}};
        other["nic_bytes_per_s"] = dice.between(50, 300) * mega;
        group["overrides"] = Json::array({std::move(other)});
    }
    return Json::array({std::move(group)});
}

/// Up to seven nodes, on machines of their own or on hosts of brokers, in racks at random.
Json draw_quorum(bool kraft, std::size_t racks, std::int64_t brokers, Dice& dice) {
    Json quorum{{"kind", kraft ? "kraft" : "zookeeper"}};
    const std::int64_t count = dice.between(0, 2) * 2 + (dice.chance(80) ? 1 : 0);
    if (count == 0) return quorum;
    Json nodes = Json::array();
    for (std::int64_t i = 0; i < count; ++i) {
        Json node{{"name", fmt::format("q{}", i + 1)}};
        if (dice.chance(30) && i < brokers) {
            node["shared_with"] = i + 1;
        } else {
            node["rack"] = fmt::format("r{}", dice.index(racks) + 1);
        }
        if (i == (count > 1 ? 1 : 0)) node["leader"] = true;
        nodes.push_back(std::move(node));
    }
    quorum["nodes"] = std::move(nodes);
    return quorum;
}

std::vector<std::int64_t> draw_replicas(
    std::int64_t brokers, std::size_t racks, std::int64_t rf, bool spread, Dice& dice) {
    std::vector<std::int64_t> order;
    for (std::int64_t b = 1; b <= brokers; ++b) order.push_back(b);
    dice.shuffle(order);
    if (!spread) return {order.begin(), order.begin() + rf};
    std::vector<std::int64_t> replicas;
    std::vector<int> used(racks, 0);
    for (int round = 0; static_cast<std::int64_t>(replicas.size()) < rf; ++round) {
        for (const std::int64_t b : order) {
            int& in_rack = used[static_cast<std::size_t>(b - 1) % racks];
            const bool taken = std::find(replicas.begin(), replicas.end(), b) != replicas.end();
            const bool full = static_cast<std::int64_t>(replicas.size()) == rf;
            if (taken || in_rack > round || full) continue;
            replicas.push_back(b);
            ++in_rack;
        }
    }
    return replicas;
}

/// Replicas as listed; now and then one that is behind from the start.
Json draw_placement(
    std::int64_t brokers, std::size_t racks, std::int64_t rf, std::int64_t count, Dice& dice) {
    Json replicas = Json::array();
    Json in_sync = Json::array();
    for (std::int64_t p = 0; p < count; ++p) {
        const auto places = draw_replicas(brokers, racks, rf, dice.chance(80), dice);
        std::vector<std::int64_t> isr = places;
        if (rf > 1 && dice.chance(6)) isr.erase(isr.begin() + 1);
        replicas.push_back(places);
        in_sync.push_back(isr);
    }
    return {{"kind", "explicit"}, {"replicas", std::move(replicas)}, {"isr", std::move(in_sync)}};
}

void draw_producers(bool records, Json& topic, Dice& dice) {
    if (records) {
        const std::int64_t acks = dice.between(0, 3);
        topic["acks_all"] = acks >= 2 ? 1 : 0;
        if (acks == 0) topic["acks_none"] = 1;
        topic["bytes_per_message"] = dice.between(100, 4'000);
        topic["idempotent"] = dice.chance(60);
        if (dice.chance(50)) topic["linger_s"] = 0.005;
    } else {
        topic["acks_all"] = dice.chance(50) ? 1.0 : 0.25 * static_cast<double>(dice.between(0, 4));
        if (dice.chance(50)) topic["bytes_per_message"] = dice.between(100, 4'000);
    }
    topic["retries"] = dice.chance(80);
}

Json draw_topic(const CaseShape& shape,
                std::size_t number,
                std::int64_t brokers,
                std::size_t racks,
                Dice& dice) {
    const std::int64_t rf =
        dice.chance(10) ? 1 : dice.between(2, std::min<std::int64_t>(4, brokers));
    // Mostly with slack, so that plans get through; now and then without.
    const std::int64_t most = dice.chance(10) ? 3 : std::max<std::int64_t>(1, rf - 1);
    const std::int64_t partitions = dice.between(1, shape.most_partitions);
    Json topic{{"name", fmt::format("t{}", number + 1)},
               {"partitions", partitions},
               {"rf", rf},
               {"min_isr", dice.between(1, most)}};
    draw_producers(shape.records, topic, dice);
    Json rates = Json::array();
    Json stored = Json::array();
    for (std::int64_t p = 0; p < partitions; ++p) {
        const std::int64_t rate =
            shape.records ? dice.between(1, 15) * topic["bytes_per_message"].get<std::int64_t>()
                          : dice.between(1, 3 * mega);
        rates.push_back(!shape.records && dice.chance(10) ? 0 : rate);
        stored.push_back(shape.records ? 0 : dice.between(1, 20 * giga));
    }
    topic["partition_write_bytes_per_s"] = std::move(rates);
    topic["partition_stored_bytes"] = std::move(stored);
    if (dice.chance(70)) {
        topic.erase("partitions");
        topic["placement"] = draw_placement(brokers, racks, rf, partitions, dice);
    }
    return topic;
}

Json draw_config(bool records, Dice& dice) {
    Json config = Json::object();
    config["auto_leader_rebalance"] = dice.chance(70);
    if (dice.chance(20)) {
        const std::int64_t rate = records ? dice.between(50'000, mega) : dice.between(2, 80) * mega;
        config["follower_throttle_bytes_per_s"] = rate;
        if (dice.chance(50)) config["leader_throttle_bytes_per_s"] = rate;
    }
    if (dice.chance(10)) config["unclean_leader_election"] = true;
    if (dice.chance(10)) config["stop_timeout_s"] = dice.between(1, 60);
    if (dice.chance(15)) config["replica_lag_time_max_s"] = 10;
    if (dice.chance(10)) config["flush_every_message"] = true;
    return config;
}

/// From old to new, with certificates: who can talk to whom follows from it.
Json draw_stacks(bool kraft, const std::string& prefix, Dice& dice) {
    Json old{{"name", prefix + "old"},
             {"os", "CentOS 7"},
             {"kafka_version", kraft ? "3.4.1" : "2.8.2"},
             {"control_plane", kraft ? "kraft" : "zookeeper"},
             {"protocol", "ssl"},
             {"listeners", Json::parse(R"([{"protocol": "ssl", "client_certificate": true}])")},
             {"certificate", {{"issuer", "old CA"}}},
             {"trust", Json::array({"old CA", "new CA"})},
             {"principal", "CN=kafka"}};
    if (!kraft && dice.chance(80)) old["inter_broker_protocol"] = "2.8";
    if (dice.chance(50)) {
        old["acls"] = Json::parse(R"([{"principal": "CN=kafka", "allows": ["cluster"]},
                                      {"principal": "*", "allows": ["clients", "admin"]}])");
    }
    Json next{{"name", prefix + "new"},
              {"like", prefix + "old"},
              {"os", "RHEL 9"},
              {"kafka_version", kraft ? "3.9.1" : "3.4.1"},
              {"certificate", {{"issuer", "new CA"}}}};
    return Json::array({std::move(old), std::move(next)});
}

Json draw_cluster(const CaseShape& shape, const std::string& name, Json& fleet, Dice& dice) {
    const bool kraft = dice.chance(50);
    Json cluster{{"name", name}};
    cluster["racks"] = draw_racks(shape, fleet.contains("rooms"), dice);
    const std::size_t racks = cluster["racks"].size();
    const std::int64_t brokers = dice.between(shape.least_brokers, shape.most_brokers);
    cluster["brokers"] = draw_brokers(brokers, dice);
    cluster["quorum"] = draw_quorum(kraft, racks, brokers, dice);
    cluster["config"] = draw_config(shape.records, dice);
    if (dice.chance(30)) {
        for (Json& stack : draw_stacks(kraft, name, dice)) fleet["stacks"].push_back(stack);
        cluster["stack"] = name + "old";
        cluster["target"] = name + "new";
    } else {
        const std::vector<std::string> zookeeper{"2.0.1", "2.8.2", "3.6.2"};
        const std::vector<std::string> raft{"3.3.2", "3.6.2", "3.9.1"};
        cluster["stack"] = {{"kafka_version", dice.one_of(kraft ? raft : zookeeper)}};
    }
    cluster["topics"] = Json::array();
    const std::int64_t topics = dice.between(shape.records ? 1 : 2, shape.most_topics);
    for (std::int64_t t = 0; t < topics; ++t) {
        cluster["topics"].push_back(
            draw_topic(shape, static_cast<std::size_t>(t), brokers, racks, dice));
    }
    if (dice.chance(60)) {
        Json group{{"name", "g"}, {"topics", Json::array({"t1"})}};
        group["capacity_bytes_per_s"] = dice.between(1, 40) * mega;
        cluster["consumer_groups"] = Json::array({std::move(group)});
    }
    return cluster;
}

Json draw_limits(Dice& dice) {
    Json limits = Json::object();
    if (dice.chance(40)) limits["crews"] = dice.between(1, 3);
    if (dice.chance(30)) limits["image_slots"] = dice.between(1, 3);
    if (dice.chance(30)) limits["max_down_per_cluster"] = dice.between(1, 3);
    if (dice.chance(20)) limits["windows"] = {{"daily_from", "20:00"}, {"daily_to", "04:00"}};
    if (dice.chance(10)) {
        const std::int64_t from = dice.between(0, 20'000);
        limits["blackouts"] =
            Json::array({{{"from_s", from}, {"to_s", from + dice.between(600, 40'000)}}});
    }
    if (dice.chance(5)) limits["mixed_version_limit_s"] = dice.between(3'600, 100'000);
    return limits;
}

Json draw_workload(Dice& dice) {
    const std::int64_t minute = dice.between(0, 24 * 60 - 1);
    return {{"curve", Json::parse(R"([{"from": "00:00", "multiplier": 0.5},
                             {"from": "08:00", "multiplier": 1.0},
                             {"from": "17:00", "multiplier": 1.7}])")},
            {"starts_at", fmt::format("{:02}:{:02}", minute / 60, minute % 60)}};
}

/// Steps of half a minute, so that a run that counts records takes minutes.
Json quick_step(Dice& dice) {
    return {{"preflight_s", 1},
            {"drain_base_s", 0.5},
            {"shutdown_s", dice.between(1, 4)},
            {"baseline_checksum_s", 0},
            {"reimage_s", dice.between(1, 10)},
            {"install_s", 0},
            {"verify_checksum_s", 0},
            {"start_s", dice.between(1, 12)},
            {"quorum_sync_s", 2},
            {"observe_delay_s", dice.between(1, 5)},
            {"post_flight_s", 1}};
}

/// Topics whose breaches are counted apart.
Json draw_accepted(const Json& clusters, Dice& dice) {
    Json accepted = Json::array();
    for (const Json& cluster : clusters) {
        for (const Json& topic : cluster["topics"]) {
            if (!dice.chance(15)) continue;
            accepted.push_back(cluster["name"].get<std::string>() + "/" +
                               topic["name"].get<std::string>());
        }
    }
    return accepted;
}

Json draw_shaped(const CaseShape& shape, std::int64_t clusters, Dice& dice) {
    Json fleet{{"placement_seed", dice.between(1, 1'000'000)}};
    if (!shape.records && dice.chance(30)) fleet["rooms"] = draw_rooms(dice);
    Json list = Json::array();
    for (std::int64_t c = 0; c < clusters; ++c) {
        list.push_back(draw_cluster(shape, fmt::format("c{}", c + 1), fleet, dice));
    }
    fleet["clusters"] = std::move(list);
    Json out{{"rollcast_case", 1}, {"name", "hunted"}};
    Json accepted = draw_accepted(fleet["clusters"], dice);
    out["fleet"] = std::move(fleet);
    if (!accepted.empty()) out["accepted_breaches"] = std::move(accepted);
    return out;
}

}  // namespace

Json draw_flow_case(Dice& dice) {
    Json out = draw_shaped({}, dice.chance(20) ? 2 : 1, dice);
    if (dice.chance(50)) out["workload"] = draw_workload(dice);
    Json limits = draw_limits(dice);
    if (!limits.empty()) out["limits"] = std::move(limits);
    if (dice.chance(20)) out["step"]["soak_s"] = dice.between(60, 1'200);
    if (dice.chance(20)) out["step"]["observe_delay_s"] = dice.between(0, 60);
    if (dice.chance(10)) out["step"]["reimage_fails_share"] = 0.2;
    return out;
}

Json draw_record_case(Dice& dice) {
    const CaseShape shape{.records = true,
                          .least_brokers = 3,
                          .most_brokers = 5,
                          .most_topics = 2,
                          .most_partitions = 3};
    Json out = draw_shaped(shape, 1, dice);
    out["step"] = quick_step(dice);
    out["step_timeout_s"] = 300;
    if (dice.chance(30)) out["limits"]["max_down_per_cluster"] = dice.between(1, 2);
    return out;
}

}  // namespace rollcast::scenarios
