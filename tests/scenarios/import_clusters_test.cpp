// Whole imports: the two real clusters, fleets, sources that disagree, what stands in.
#include <algorithm>
#include <numeric>

#include <doctest/doctest.h>

#include "scenarios/format/load_case.hpp"
#include "scenarios/import/import.hpp"
#include "tests/support/real_dumps.hpp"

using namespace rollcast::scenarios;
namespace models = rollcast::models;

namespace {

ImportResult import_real(const std::string& cluster,
                         const std::string& first,
                         const std::string& second) {
    ImportOptions options;
    options.log_dirs_at = {"log-dirs-first.txt=" + first, "log-dirs-second.txt=" + second};
    return import_sources({dumps_folder() / cluster}, options);
}

ImportResult import_kraft() { return import_real("kraft-3.9", "1795464146223", "1795464226218"); }
ImportResult import_zookeeper() {
    return import_real("zookeeper-2.8", "1795464319909", "1795464414911");
}

const Json& cluster_of(const ImportResult& result, std::size_t index = 0) {
    return result.case_document["fleet"]["clusters"][index];
}

const Json& topic_of(const ImportResult& result, const std::string& name) {
    for (const Json& topic : cluster_of(result)["topics"]) {
        if (topic["name"] == name) return topic;
    }
    FAIL("no topic ", name);
    throw;
}

std::int64_t sum(const Json& numbers) {
    return std::accumulate(
        numbers.begin(), numbers.end(), std::int64_t{0}, [](std::int64_t total, const Json& n) {
            return total + n.get<std::int64_t>();
        });
}

bool warns(const ImportResult& result, std::string_view code) {
    return std::any_of(result.warnings.begin(),
                       result.warnings.end(),
                       [&](const Diagnostic& warning) { return warning.code == code; });
}

std::vector<Diagnostic> errors_of(const std::vector<std::filesystem::path>& sources,
                                  const ImportOptions& options = {}) {
    try {
        import_sources(sources, options);
    } catch (const InputError& error) {
        return error.diagnostics();
    }
    FAIL("these sources were imported");
    return {};
}

bool has(const std::vector<Diagnostic>& errors, std::string_view code) {
    return std::any_of(
        errors.begin(), errors.end(), [&](const Diagnostic& error) { return error.code == code; });
}

const std::string small_describe =
    "Topic: t\tPartitionCount: 2\tReplicationFactor: 2\tConfigs: min.insync.replicas=2\n"
    "\tTopic: t\tPartition: 0\tLeader: 1\tReplicas: 1,2\tIsr: 1,2\n"
    "\tTopic: t\tPartition: 1\tLeader: 2\tReplicas: 2,3\tIsr: 2\n";

/// `t-0` and `t-1` on their brokers, `bytes` each.
std::string small_log_dirs(std::int64_t leader_bytes, std::int64_t follower_bytes) {
    const auto broker = [](int id, const std::vector<std::pair<std::string, std::int64_t>>& sizes) {
        std::string partitions;
        for (const auto& [name, bytes] : sizes) {
            partitions += (partitions.empty() ? "" : ",") + std::string("{\"partition\":\"") +
                          name + "\",\"size\":" + std::to_string(bytes) + ",\"isFuture\":false}";
        }
        return "{\"broker\":" + std::to_string(id) +
               ",\"logDirs\":[{\"logDir\":\"/d\",\"error\":null,\"partitions\":[" + partitions +
               "]}]}";
    };
    return "{\"version\":1,\"brokers\":[" + broker(1, {{"t-0", leader_bytes}}) + "," +
           broker(2, {{"t-0", follower_bytes}, {"t-1", leader_bytes}}) + "," +
           broker(3, {{"t-1", follower_bytes}}) + "]}\n";
}

}  // namespace

TEST_CASE("the real KRaft cluster is imported with racks, topics, rates and kind of quorum") {
    const ImportResult result = import_kraft();
    const Json& cluster = cluster_of(result);

    REQUIRE(cluster["brokers"].size() == 6);
    const std::vector<std::string> racks = {"a", "b", "c", "a", "b", "c"};
    for (std::size_t i = 0; i < 6; ++i) {
        CHECK(cluster["brokers"][i]["numbers"] == Json::array({i + 1}));
        CHECK(cluster["brokers"][i]["racks"] == Json::array({racks[i]}));
    }
    CHECK(cluster["topics"].size() == 4);
    CHECK(topic_of(result, "orders")["partitions"] == 48);
    CHECK(topic_of(result, "events")["partitions"] == 24);
    CHECK(topic_of(result, "audit")["partitions"] == 6);
    CHECK(topic_of(result, "__consumer_offsets")["partitions"] == 6);
    CHECK(topic_of(result, "orders")["min_isr"] == 2);
    CHECK(topic_of(result, "audit")["min_isr"] == 3);
    CHECK(topic_of(result, "audit")["rf"] == 3);
    CHECK(topic_of(result, "__consumer_offsets")["min_isr"] == 1);
    CHECK(cluster["quorum"]["kind"] == "kraft");
    // Its controller runs on a host of its own, which no dump shows.
    CHECK_FALSE(cluster["quorum"].contains("nodes"));
    CHECK(cluster["stack"]["kafka_version"] == "3.9");
    CHECK(cluster["config"]["session_timeout_s"] == 9.0);
    CHECK(cluster["config"]["auto_leader_rebalance"] == false);
    CHECK(cluster["consumer_groups"].size() == 3);
    CHECK(result.case_document["rates_assumed"] == false);
}

TEST_CASE("write rates of the real clusters are what their producers wrote") {
    // 300, 150 and 20 records a second of 4000, 4000 and 1000 bytes, plus framing.
    for (const ImportResult& result : {import_kraft(), import_zookeeper()}) {
        CHECK(sum(topic_of(result, "orders")["partition_write_bytes_per_s"]) ==
              doctest::Approx(300 * 4'000).epsilon(0.05));
        CHECK(sum(topic_of(result, "events")["partition_write_bytes_per_s"]) ==
              doctest::Approx(150 * 4'000).epsilon(0.05));
        CHECK(sum(topic_of(result, "audit")["partition_write_bytes_per_s"]) ==
              doctest::Approx(20 * 1'000).epsilon(0.10));
    }
}

TEST_CASE("one partition's rate is its leader's growth over the time between the dumps") {
    const ImportResult result = import_kraft();

    // orders-8 is led by broker 1: 892994 B, 79.995 s later 2917454 B.
    CHECK(topic_of(result, "orders")["partition_write_bytes_per_s"][8] ==
          (2'917'454 - 892'994) * 1'000 / (1'795'464'226'218 - 1'795'464'146'223));
    CHECK(topic_of(result, "orders")["partition_stored_bytes"][8] == 2'917'454);
}

TEST_CASE("the real ZooKeeper cluster is told from a KRaft one") {
    const ImportResult result = import_zookeeper();
    const Json& cluster = cluster_of(result);

    CHECK(cluster["quorum"]["kind"] == "zookeeper");
    CHECK(cluster["stack"]["kafka_version"] == "2.8");
    CHECK_FALSE(cluster["stack"].contains("inter_broker_protocol"));  // not pinned
    CHECK(cluster["config"]["session_timeout_s"] == 18.0);
    // Broker 2 was killed and is back; its partitions are still led by others.
    CHECK(topic_of(result, "orders")["placement"]["leaders"][1] == 6);
    CHECK(topic_of(result, "orders")["placement"]["replicas"][1] == Json::array({2, 6, 1}));
}

TEST_CASE("an imported document loads as a case") {
    for (const ImportResult& result : {import_kraft(), import_zookeeper()}) {
        const LoadedCase loaded = load_case_text(result.case_document.dump(2), "imported.json");
        const models::Fleet& fleet = loaded.a_case.fleet;

        CHECK(fleet.brokers().size() == 6);
        CHECK(fleet.racks().size() == 3);
        CHECK(fleet.partitions().size() == 84);
        CHECK(fleet.replica_count() == 252);
        CHECK(fleet.quorum_nodes().empty());
        CHECK(fleet.groups().size() == 3);
        CHECK_FALSE(loaded.a_case.rates_assumed);
        for (const models::Topic& topic : fleet.topics()) {
            if (topic.name == "audit") CHECK(topic.min_isr == topic.rf);
        }
    }
}

TEST_CASE("a folder of folders is one fleet, and an import is the same every time") {
    const ImportResult once = import_sources({dumps_folder()}, {});
    const ImportResult again = import_sources({dumps_folder()}, {});

    REQUIRE(once.case_document["fleet"]["clusters"].size() == 2);
    CHECK(cluster_of(once, 0)["name"] == "kraft-3.9");
    CHECK(cluster_of(once, 1)["name"] == "zookeeper-2.8");
    CHECK(once.case_document["name"] == "dumps");
    CHECK(once.case_document.dump() == again.case_document.dump());
    CHECK(load_case_text(once.case_document.dump(), "fleet.json").a_case.fleet.clusters().size() ==
          2);
}

TEST_CASE("without times the rates are assumed, and the import says so") {
    const ImportResult result = import_sources({dumps_folder() / "kraft-3.9"}, {});

    CHECK(result.case_document["rates_assumed"] == true);
    CHECK(warns(result, code::rates_assumed));
    CHECK(warns(result, code::dump_without_time));
    CHECK(topic_of(result, "orders")["partition_stored_bytes"][8].get<std::int64_t>() > 2'000'000);
}

TEST_CASE("times may be given for the dumps in the order of their names") {
    ImportOptions options;
    options.log_dirs_at = {"0", "80"};
    const ImportResult result = import_sources({dumps_folder() / "kraft-3.9"}, options);

    CHECK(result.case_document["rates_assumed"] == false);
    CHECK(sum(topic_of(result, "orders")["partition_write_bytes_per_s"]) ==
          doctest::Approx(300 * 4'000).epsilon(0.05));
}

TEST_CASE("a leader that shrank takes its rate from a follower, else from the topic") {
    const ScratchFolder folder("import-shrink");
    folder.write("topics.txt", small_describe);
    folder.write("a.json", small_log_dirs(1'000, 1'000));

    SUBCASE("a follower grew") {
        folder.write("b.json", small_log_dirs(500, 3'000));
        ImportOptions options;
        options.log_dirs_at = {"a.json=0", "b.json=10"};
        const ImportResult result = import_sources({folder.path()}, options);

        CHECK(topic_of(result, "t")["partition_write_bytes_per_s"] == Json::array({200, 200}));
        CHECK(warns(result, code::rate_from_elsewhere));
        CHECK(result.case_document["rates_assumed"] == false);
    }
    SUBCASE("all shrank") {
        folder.write("b.json", small_log_dirs(500, 400));
        ImportOptions options;
        options.log_dirs_at = {"b.json=10", "a.json=0"};
        const ImportResult result = import_sources({folder.path()}, options);

        CHECK(result.case_document["rates_assumed"] == true);
    }
}

TEST_CASE("stretches in which a replica grew count, those in which it shrank do not") {
    const ScratchFolder folder("import-three");
    folder.write("topics.txt", small_describe);
    folder.write("a.json", small_log_dirs(1'000, 0));
    folder.write("b.json", small_log_dirs(3'000, 0));
    folder.write("c.json", small_log_dirs(2'000, 0));
    ImportOptions options;
    options.log_dirs_at = {"c.json=30", "a.json=0", "b.json=10"};
    const ImportResult result = import_sources({folder.path()}, options);

    CHECK(topic_of(result, "t")["partition_write_bytes_per_s"] == Json::array({200, 200}));
    CHECK(topic_of(result, "t")["partition_stored_bytes"] == Json::array({2'000, 2'000}));
}

TEST_CASE("rates given by hand override all others") {
    const ScratchFolder folder("import-rates");
    folder.write("topics.txt", small_describe);
    ImportOptions options;
    options.rates_file = folder.write("side/rates", "t=1kB/s\nt/1=300\n");
    const ImportResult result = import_sources({folder.path() / "topics.txt"}, options);

    CHECK(topic_of(result, "t")["partition_write_bytes_per_s"] == Json::array({500, 300}));
    CHECK(result.case_document["rates_assumed"] == false);
    CHECK(warns(result, code::sizes_assumed));
}

TEST_CASE("brokers without a rack get their own, and rack failures are not judged") {
    const ScratchFolder folder("import-racks");
    const auto topics = folder.write("topics.txt", small_describe);

    const ImportResult unknown = import_sources({topics}, {});
    CHECK(cluster_of(unknown)["racks"].size() == 3);
    CHECK(warns(unknown, code::racks_unknown));
    CHECK(cluster_of(unknown)["topics"][0]["placement"]["isr"][1] == Json::array({2}));

    ImportOptions options;
    options.racks = "1=a,2=b,3=a";
    const ImportResult known = import_sources({topics}, options);
    CHECK(cluster_of(known)["racks"].size() == 2);
    CHECK_FALSE(warns(known, code::racks_unknown));

    options.racks = "9=a";
    CHECK(has(errors_of({topics}, options), code::import_option));
}

TEST_CASE("a hosts file gives quorum nodes, disks and network cards") {
    const ScratchFolder folder("import-hosts");
    const auto topics = folder.write("topics.txt", small_describe);
    ImportOptions options;
    options.name = "prod";
    options.racks = "1=a,2=b,3=c";
    options.hosts_file = folder.write("side/hosts",
                                      "quorum name=zk1 rack=a\nquorum name=zk2 rack=b\n"
                                      "quorum name=zk3 rack=d\n"
                                      "broker id=* nic_in=1GB nic_out=2GB\n"
                                      "disk broker=* path=/d1 class=ssd read=500MB write=400MB\n"
                                      "disk broker=2 class=nvme capacity=4TB\n");
    const ImportResult result = import_sources({topics}, options);
    const Json& cluster = cluster_of(result);

    CHECK(cluster["name"] == "prod");
    CHECK(cluster["quorum"]["nodes"].size() == 3);
    CHECK(cluster["racks"].size() == 4);
    CHECK(cluster["brokers"][0]["nic_out_bytes_per_s"] == 2'000'000'000);
    CHECK(cluster["brokers"][0]["log_dirs"][0]["path"] == "/d1");
    CHECK(cluster["brokers"][0]["log_dirs"][0]["class"] == "ssd");
    CHECK(cluster["brokers"][1]["log_dirs"][0]["class"] == "nvme");
    CHECK(cluster["brokers"][1]["log_dirs"][0]["capacity_bytes"] == 4'000'000'000'000);
    CHECK_FALSE(warns(result, code::hardware_assumed));
    CHECK(load_case_text(result.case_document.dump(), "x").a_case.fleet.quorum_nodes().size() == 3);
}

TEST_CASE("the brokers' min ISR holds where a topic has none of its own") {
    const ScratchFolder folder("import-min-isr");
    folder.write("topics.txt",
                 "Topic: t\tPartitionCount: 1\tReplicationFactor: 3\tConfigs: \n"
                 "\tTopic: t\tPartition: 0\tLeader: 1\tReplicas: 1,2,3\tIsr: 1,2,3\n");

    CHECK(topic_of(import_sources({folder.path()}, {}), "t")["min_isr"] == 1);
    CHECK(warns(import_sources({folder.path()}, {}), code::min_isr_assumed));

    folder.write(
        "configs.txt",
        "Dynamic configs for broker 1 are:\n"
        "  min.insync.replicas=2 sensitive=false synonyms={"
        "DYNAMIC_BROKER_CONFIG:min.insync.replicas=2, DEFAULT_CONFIG:min.insync.replicas=1}\n");
    const ImportResult result = import_sources({folder.path()}, {});
    CHECK(topic_of(result, "t")["min_isr"] == 2);
    CHECK_FALSE(warns(result, code::min_isr_assumed));
}

TEST_CASE("a damaged min ISR is an error at its line, whoever prints it") {
    struct Damaged {
        std::string file, text, place;
    };
    const std::string topics =
        "Topic: t\tPartitionCount: 1\tReplicationFactor: 2\tConfigs: MIN\n"
        "\tTopic: t\tPartition: 0\tLeader: 1\tReplicas: 1,2\tIsr: 1,2\n";
    const auto described = [&](const std::string& configs) {
        std::string text = topics;
        return text.replace(text.find("MIN"), 3, configs);
    };
    const std::vector<Damaged> cases = {
        {"configs.txt",
         "Dynamic configs for topic t are:\n"
         "  min.insync.replicas=2x sensitive=false synonyms={"
         "DYNAMIC_TOPIC_CONFIG:min.insync.replicas=2x}\n",
         "configs.txt:2:3"},
        {"configs.txt",
         "Dynamic configs for broker 1 are:\n"
         "  log.retention.hours=1 sensitive=false synonyms={"
         "DYNAMIC_BROKER_CONFIG:log.retention.hours=1}\n"
         "  min.insync.replicas= sensitive=false synonyms={"
         "DYNAMIC_BROKER_CONFIG:min.insync.replicas=}\n",
         "configs.txt:3:3"},
        {"configs.txt", "Configs for topic 't' are min.insync.replicas=0\n", "configs.txt:1:27"},
        {"topics.txt", described("min.insync.replicas=two"), "topics.txt:1:58"}};
    for (const Damaged& damaged : cases) {
        CAPTURE(damaged.text);
        const ScratchFolder folder("import-damaged-min-isr");
        folder.write("topics.txt", described(""));
        folder.write(damaged.file, damaged.text);

        const auto errors = errors_of({folder.path()});

        REQUIRE(errors.size() == 1);
        CHECK(errors[0].code == code::dump_malformed);
        CHECK(render(errors[0]).find(damaged.place) != std::string::npos);
        CHECK(errors[0].message.find("min.insync.replicas") != std::string::npos);
        CHECK_FALSE(errors[0].help.empty());
    }
}

TEST_CASE("kcat or a reassignment alone make a cluster, and say what they do not know") {
    const std::filesystem::path kraft = dumps_folder() / "kraft-3.9";

    const ImportResult kcat = import_sources({kraft / "kcat.txt"}, {});
    CHECK(cluster_of(kcat)["topics"].size() == 4);
    CHECK(warns(kcat, code::min_isr_assumed));
    CHECK_FALSE(warns(kcat, code::isr_unknown));

    const ImportResult assignment = import_sources({kraft / "reassign-generate.txt"}, {});
    CHECK(cluster_of(assignment)["topics"].size() == 3);
    CHECK(warns(assignment, code::isr_unknown));
    CHECK(warns(assignment, code::topics_maybe_missing));
}

TEST_CASE("sources that disagree about replicas are an error that names both") {
    const std::filesystem::path kraft = dumps_folder() / "kraft-3.9";
    const std::filesystem::path other = dumps_folder() / "zookeeper-2.8";

    // The same topics were placed differently in the other cluster.
    const auto errors = errors_of({kraft / "topics-describe.txt", other / "kcat.json"});
    REQUIRE(has(errors, code::sources_disagree));
    CHECK(errors[0].file.find("kcat.json") != std::string::npos);
    CHECK(errors[0].message.find("topics-describe.txt") != std::string::npos);
}

TEST_CASE("two descriptions that differ in ISR or leader are told with both places") {
    const ScratchFolder folder("import-two-states");
    std::string later = small_describe;
    later.replace(later.find("Isr: 1,2"), 8, "Isr: 1");
    folder.write("a.txt", later);  // the last in the order of names is believed
    folder.write("b.txt", small_describe);

    const ImportResult result = import_sources({folder.path()}, {});

    const auto warning =
        std::find_if(result.warnings.begin(), result.warnings.end(), [](const Diagnostic& w) {
            return w.code == code::state_differs;
        });
    REQUIRE(warning != result.warnings.end());
    CHECK(warning->file == (folder.path() / "a.txt").string());
    CHECK(warning->message.find("1 partitions have another ISR or leader") == 0);
    REQUIRE(warning->notes.size() == 1);
    CHECK(warning->notes[0] == "`t-0`: ISR 1, leader 1 (" + (folder.path() / "a.txt").string() +
                                   ":2) against ISR 1,2, leader 1 (" +
                                   (folder.path() / "b.txt").string() + ":2)");
}

TEST_CASE("a folder without a dump names each file in it, with the reason") {
    const ScratchFolder folder("import-no-dump");
    folder.write("empty.txt", "");
    folder.write("binary.txt", std::string("a\0b", 3));
    folder.write("notes.txt", "call Bob\n");
    folder.write("below/packed.gz", "\x1F\x8B packed");

    const auto errors = errors_of({folder.path()});

    REQUIRE(errors.size() == 1);
    CHECK(errors[0].code == code::no_topology);
    const std::string shown = render(errors[0]);
    CHECK(shown.find("empty.txt is not used: it is empty") != std::string::npos);
    CHECK(shown.find("binary.txt is not used: it is binary (a zero byte at offset 1)") !=
          std::string::npos);
    CHECK(shown.find("notes.txt is not used: no known tool prints this") != std::string::npos);
    CHECK(shown.find("packed.gz is not used: it is compressed") != std::string::npos);
}

TEST_CASE("a source of some topics only is an error beside one of all topics") {
    const ScratchFolder folder("import-some");
    folder.write("topics.txt", small_describe);
    folder.write("kcat.json", real_dump("kraft-3.9/kcat.json"));

    CHECK(has(errors_of({folder.path()}), code::dump_incomplete));
}

TEST_CASE("partitions on disk that no topology has are an error") {
    const ScratchFolder folder("import-disk");
    folder.write("topics.txt", small_describe);
    folder.write("dirs.json", real_dump("kraft-3.9/log-dirs.txt"));

    CHECK(has(errors_of({folder.path()}), code::dump_incomplete));
}

TEST_CASE("racks that two sources tell differently are an error, unless given by hand") {
    const ScratchFolder folder("import-two-racks");
    folder.write("topics.txt", small_describe);
    folder.write("configs.txt",
                 "Dynamic configs for broker 1 are:\n  broker.rack=x sensitive=false synonyms={"
                 "STATIC_BROKER_CONFIG:broker.rack=x}\n");
    folder.write("api.txt", "k:9092 (id: 1 rack: y) -> (\n\tProduce(0): 0 to 9 [usable: 9]\n)\n");

    CHECK(has(errors_of({folder.path()}), code::sources_disagree));
    ImportOptions options;
    options.racks = "1=x";
    CHECK(warns(import_sources({folder.path()}, options), code::broker_silent));
}

TEST_CASE("a missing, empty, binary or unknown file that was named is an error each") {
    const ScratchFolder folder("import-bad");
    const auto topics = folder.write("topics.txt", small_describe);

    CHECK(has(errors_of({folder.path() / "nothing.txt"}), code::file_missing));
    CHECK(has(errors_of({topics, folder.write("empty", "")}), code::file_empty));
    CHECK(has(errors_of({topics, folder.write("binary", std::string("a\0b", 3))}), code::not_text));
    CHECK(has(errors_of({topics, folder.write("notes", "call Bob\n")}), code::dump_unknown_shape));
    CHECK(
        has(errors_of({topics, folder.write("list", R"({"version":1,"topics":[{"topic":"t"}]})")}),
            code::dump_unknown_shape));
    CHECK(has(errors_of({topics, folder.write("slf4j", "SLF4J: nothing\n")}),
              code::dump_unknown_shape));
    CHECK(has(errors_of({}), code::no_topology));
    const ScratchFolder nothing("import-nothing");
    CHECK(has(errors_of({nothing.path()}), code::no_topology));
}

TEST_CASE("a file in a folder that is no dump is told, not used") {
    const ScratchFolder folder("import-notes");
    folder.write("topics.txt", small_describe);
    folder.write("README.md", "# dumps of May\n");
    folder.write("urp.txt", "\n");

    const ImportResult result = import_sources({folder.path()}, {});
    CHECK(std::count_if(result.warnings.begin(), result.warnings.end(), [](const Diagnostic& w) {
              return w.code == code::source_unused;
          }) == 2);
}

TEST_CASE("times that fit no dump, or are the same, are errors") {
    const std::filesystem::path kraft = dumps_folder() / "kraft-3.9";
    const auto with = [&](const std::vector<std::string>& times) {
        ImportOptions options;
        options.log_dirs_at = times;
        return errors_of({kraft}, options);
    };

    CHECK(has(with({"nowhere.txt=5"}), code::import_option));
    CHECK(has(with({"log-dirs-first.txt=soon"}), code::import_option));
    CHECK(has(with({"log-dirs-first.txt=5", "log-dirs-second.txt=5"}), code::import_option));
    CHECK(has(with({"1", "2", "3", "4"}), code::import_option));
    CHECK(has(with({"log-dirs-first.txt=5", "log-dirs-first.txt=6"}), code::import_option));
}
