#include <chrono>
#include <filesystem>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"
#include "tests/cli/small_files.hpp"

using namespace rollcast::tests;
using Json = nlohmann::ordered_json;

namespace {

const std::string dumps = std::string(ROLLCAST_SOURCE_DIR) + "/tests/data/dumps";

}  // namespace

TEST_CASE("init writes a case that check, plan and simulate take from the folder") {
    const ScratchFolder folder;
    const Outcome wrote = call({"init"}, folder.path());
    REQUIRE(wrote.exit_code == 0);
    CHECK(folder.names() == std::vector<std::string>{"rollcast.alerts.json",
                                                     "rollcast.case.json",
                                                     "rollcast.faults.json"});
    CHECK(call({"check", "rollcast.case.json", "rollcast.faults.json", "rollcast.alerts.json"},
               folder.path())
              .exit_code == 0);

    const Outcome planned = call({"plan", "-o", "plan.json", "--effort", "50"}, folder.path());
    CHECK(planned.exit_code == 0);
    CHECK(planned.out.find("(rollcast.case.json)") != std::string::npos);

    const Outcome run = call({"simulate", "plan.json"}, folder.path());
    CHECK(run.exit_code == 0);
    const Outcome with_faults =
        call({"simulate", "plan.json", "-s", "rollcast.faults.json"}, folder.path());
    CHECK(with_faults.exit_code == 1);
}

TEST_CASE("init writes over nothing unless it is told to") {
    const ScratchFolder folder;
    folder.write("rollcast.case.json", "mine");
    CHECK(call({"init"}, folder.path()).exit_code == 2);
    CHECK(folder.read("rollcast.case.json") == "mine");
    CHECK(call({"init", "--force"}, folder.path()).exit_code == 0);
    CHECK(folder.read("rollcast.case.json") != "mine");
    CHECK(call({"init", "sub/folder"}, folder.path()).exit_code == 0);
}

TEST_CASE("the dumps of a real cluster become a case; its breach accepted, the plan is optimal") {
    for (const std::string cluster : {"kraft-3.9", "zookeeper-2.8"}) {
        CAPTURE(cluster);
        const ScratchFolder folder;
        folder.write("hosts.txt",
                     "quorum name=q1 rack=a\nquorum name=q2 rack=b\nquorum name=q3 rack=c\n");
        const Outcome made =
            call({"import", dumps + "/" + cluster, "-o", "case.json", "--hosts", "hosts.txt"},
                 folder.path());
        REQUIRE(made.exit_code == 0);
        CHECK(made.out.find("case written to case.json") != std::string::npos);

        const Outcome refused = call({"plan", "-f", "case.json", "--json"}, folder.path());
        CHECK(refused.exit_code == 3);
        CHECK(Json::parse(refused.out)["plan"]["status"] == "infeasible");

        const Outcome planned = call(
            {"plan", "-f", "case.json", "--accept-breach", "audit", "--effort", "200", "--json"},
            folder.path());
        CHECK(planned.exit_code == 0);
        const Json document = Json::parse(planned.out);
        CHECK(document["plan"]["status"] == "optimal");
        CHECK(document["plan"]["gap"].get<double>() <= 0.001);
        CHECK_FALSE(document["accepted"].empty());
    }
}

TEST_CASE("an import of nothing usable writes no file") {
    const ScratchFolder folder;
    folder.write("dump.txt", "not a dump\n");
    CHECK(call({"import", "dump.txt", "-o", "case.json"}, folder.path()).exit_code == 2);
    CHECK(folder.names() == std::vector<std::string>{"dump.txt"});
}

TEST_CASE("compare sets plans and results side by side, and finds the policy that breaks a rule") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    const Outcome planned = call(
        {"plan", "-f", "case.json", "-o", "plan.json", "--effort", "50", "--json"}, folder.path());
    REQUIRE(planned.exit_code == 0);
    folder.write("result.json", planned.out);

    const Outcome same =
        call({"compare", "plan.json", "result.json", "-f", "case.json"}, folder.path());
    CHECK(same.exit_code == 0);
    CHECK(same.out.find("no figure differs") != std::string::npos);

    const Outcome policies =
        call({"compare", "plan.json", "--policies", "-f", "case.json", "--json"}, folder.path());
    const Json document = Json::parse(policies.out);
    CHECK(document["results"].size() == 5);
    CHECK(document["results"][0]["ok"] == true);
}

TEST_CASE("simulate shows what rates let expect of latency, and a count where it counts") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    REQUIRE(call({"plan", "-f", "case.json", "-o", "plan.json", "--effort", "50"}, folder.path())
                .exit_code == 0);
    const auto simulated = [&](std::vector<std::string> more) {
        std::vector<std::string> words{"simulate", "plan.json", "-f", "case.json"};
        words.insert(words.end(), more.begin(), more.end());
        return call(words, folder.path()).out;
    };
    const Json flow = Json::parse(simulated({"--json"}));
    const Json& topics = flow["latency_estimate"]["topics"];
    REQUIRE(topics.size() == 1);
    for (const char* what : {"produce", "end_to_end"}) {
        CAPTURE(what);
        CHECK(topics[0][what]["p50_s"].get<double>() > 0.0);
        CHECK(topics[0][what]["p99_s"] >= topics[0][what]["p50_s"]);
    }
    CHECK(topics[0]["end_to_end"]["p50_s"] > topics[0]["produce"]["p50_s"]);
    CHECK(simulated({}).find("latency, estimated: at 1.00 times the mean load") !=
          std::string::npos);
    const Json counted = Json::parse(simulated({"--fidelity", "record", "--json"}));
    CHECK(!counted.contains("latency_estimate"));
    CHECK(counted["records"][0]["produce"]["p50_s"].get<double>() > 0.0);
}

TEST_CASE("simulate says whether a plan's own batches keep its gate") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    REQUIRE(call({"plan", "-f", "case.json", "-o", "kept.json", "--effort", "50"}, folder.path())
                .exit_code == 0);
    folder.write("broken.json", conflicting_batch());
    for (const bool kept : {true, false}) {
        CAPTURE(kept);
        const std::string plan = kept ? "kept.json" : "broken.json";
        const Outcome json = call({"simulate", plan, "-f", "case.json", "--json"}, folder.path());
        CHECK(Json::parse(json.out)["plan"]["gate_kept"] == kept);
        const Outcome text = call({"simulate", plan, "-f", "case.json"}, folder.path());
        CHECK((text.out.find("holds brokers that share a partition without slack") ==
               std::string::npos) == kept);
    }
}

TEST_CASE("compare says which plan's batches hold conflicting brokers, as simulate does") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    folder.write("pairs.json", conflicting_batch());
    const Outcome run =
        call({"simulate", "pairs.json", "-f", "case.json", "--json"}, folder.path());
    folder.write("result.json", run.out);
    const Outcome json =
        call({"compare", "pairs.json", "result.json", "--policies", "-f", "case.json", "--json"},
             folder.path());
    const Json results = Json::parse(json.out)["results"];
    REQUIRE(results.size() == 2 + 4);
    CHECK(results[0]["gate_kept"] == false);
    CHECK(results[1]["gate_kept"] == false);
    CHECK(results[2]["name"] == "one-at-a-time");
    CHECK(results[2]["gate_kept"] == true);

    const Outcome text =
        call({"compare", "pairs.json", "result.json", "-f", "case.json"}, folder.path());
    CHECK(text.out.find("batches keep the gate") != std::string::npos);
    CHECK(text.out.find("a batch of pairs.json holds brokers") != std::string::npos);
    CHECK(text.out.find("a batch of result.json holds brokers") != std::string::npos);
}

TEST_CASE("many drawn runs give quantiles of the makespan and show the worst run") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    REQUIRE(call({"plan", "-f", "case.json", "-o", "plan.json", "--effort", "50"}, folder.path())
                .exit_code == 0);
    const Outcome runs =
        call({"simulate", "plan.json", "-f", "case.json", "--runs", "20", "--json"}, folder.path());
    const Json document = Json::parse(runs.out);
    CHECK(document["runs"]["count"] == 20);
    CHECK(document["runs"]["makespan_p50_s"] <= document["runs"]["makespan_p95_s"]);
    CHECK(document["summary"]["makespan_s"] >= document["runs"]["makespan_p95_s"]);
}

TEST_CASE("simulate counts the records of one cluster") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    REQUIRE(call({"plan", "-f", "case.json", "-o", "plan.json", "--effort", "50"}, folder.path())
                .exit_code == 0);
    const Outcome run =
        call({"simulate", "plan.json", "-f", "case.json", "--fidelity", "record", "--json"},
             folder.path());
    const Json document = Json::parse(run.out);
    REQUIRE(document["records"].size() >= 1);
    const Json& topic = document["records"][0];
    CHECK(topic["sent"] > 0);
    CHECK(topic["acked"].get<int>() + topic["failed"].get<int>() == topic["sent"]);
    CHECK(topic["acked_lost"] == 0);
    CHECK(topic["produce"]["p99_s"] >= topic["produce"]["p50_s"]);
    const Outcome text =
        call({"simulate", "plan.json", "-f", "case.json", "--fidelity", "record"}, folder.path());
    CHECK(text.out.find("records, counted by reading them back") != std::string::npos);

    const Outcome unknown =
        call({"simulate", "plan.json", "-f", "case.json", "--cluster", "zzz"}, folder.path());
    CHECK(unknown.exit_code == 2);
    CHECK(unknown.err.find("no cluster is called 'zzz'") != std::string::npos);
}

TEST_CASE("a schema is printed for every kind of file") {
    for (const std::string name : {"case", "plan", "faults"}) {
        CAPTURE(name);
        const Outcome schema = call({"schema", name});
        CHECK(schema.exit_code == 0);
        CHECK(Json::parse(schema.out).contains("$schema"));
    }
}

TEST_CASE("a document carries what repeats it, without what cannot change it") {
    const ScratchFolder folder;
    folder.write("my case.json", small_case());
    const Outcome planned = call({"plan",
                                  "-f",
                                  "my case.json",
                                  "--json",
                                  "-j",
                                  "2",
                                  "--progress",
                                  "none",
                                  "--effort",
                                  "50",
                                  "--seed",
                                  "9"},
                                 folder.path());
    const Json document = Json::parse(planned.out);
    CHECK(document["reproduce"] == "rollcast plan -f 'my case.json' --json --effort 50 --seed 9");
    CHECK(document["seed"] == 9);
    CHECK(document["inputs"]["my case.json"].get<std::string>().size() == 7 + 64);
    CHECK(document["repeatable"] == true);
}

TEST_CASE("a time limit hands over the best so far and marks it as not repeatable") {
    const Outcome limited = call({"plan", "--effort", "4000000000", "--time-limit", "3", "--json"});
    CHECK(limited.exit_code == 0);
    const Json document = Json::parse(limited.out);
    CHECK(document["repeatable"] == false);
    CHECK(document["summary"]["status"] == "time_limit");
}

TEST_CASE("what happened is not needed for a prediction, and one bad run spoils no other") {
    const std::filesystem::path run =
        std::filesystem::path(ROLLCAST_SOURCE_DIR) / "tests" / "reference" / "r01-kraft-kill";
    const ScratchFolder folder;
    const auto predicted = [&](const std::string& of, const std::string& file) {
        return call({"validate", of, "--seeds", "5", "--record-seeds", "2", "--predictions", file},
                    folder.path())
            .exit_code;
    };
    CHECK(predicted(run.string(), "whole.tsv") == 0);

    const std::filesystem::path scrubbed = folder.path() / "r01-kraft-kill";
    std::filesystem::copy(run, scrubbed);
    for (const char* table : {"records.tsv", "producer.events.tsv", "consumer.audit.tsv"}) {
        std::filesystem::remove(scrubbed / table);
    }
    // The first change after the load began makes no sense, and nothing comes after it.
    const std::string transitions = folder.read("r01-kraft-kill/transitions.tsv");
    const std::size_t first = transitions.find("\n1795464168604");
    REQUIRE(first != std::string::npos);
    folder.write("r01-kraft-kill/transitions.tsv", transitions.substr(0, first) + "\nx\tx");
    CHECK(predicted("r01-kraft-kill", "scrubbed.tsv") == 2);
    CHECK(folder.read("scrubbed.tsv") == folder.read("whole.tsv"));
    CHECK(folder.read("scrubbed.records.tsv") == folder.read("whole.records.tsv"));

    std::filesystem::create_directory(folder.path() / "bad");
    for (const char* spoiled : {R"("seconds": 1e12)", R"("seconds": -1)", R"("seconds": "x")"}) {
        CAPTURE(spoiled);
        std::string text = folder.read("r01-kraft-kill/run.json");
        const std::size_t at = text.find("\"seconds\"");
        text.replace(at, text.find_first_of(",}", at) - at, spoiled);
        folder.write("bad/run.json", text);
        const Outcome mixed =
            call({"validate", "bad/", run.string(), "--seeds", "2", "--record-seeds", "0"},
                 folder.path());
        CHECK(mixed.exit_code == 2);
        CHECK(mixed.out.find("bad: missed") != std::string::npos);
        CHECK(mixed.out.find("r01-kraft-kill") != std::string::npos);
    }
    const Outcome none = call({"validate", "bad/", "--json"}, folder.path());
    CHECK(none.exit_code == 2);
    const Json summary = Json::parse(none.out)["summary"];
    CHECK(summary["missed"] == 1);
    CHECK(summary["recall"].is_null());
    CHECK(summary["times_within"].is_null());
}

TEST_CASE("a run with something in it that nobody models is missed, by name, and in no sum") {
    const std::string runs = std::string(ROLLCAST_SOURCE_DIR) + "/tests/reference";
    const ScratchFolder folder;
    std::filesystem::copy(runs + "/r01-kraft-kill", folder.path() / "shell");
    std::string actions = folder.read("shell/actions.tsv");
    actions.insert(actions.find('\n', actions.find("load_start")) + 1,
                   "1795464146000\tshell\tiptables -A INPUT\n");
    folder.write("shell/actions.tsv", actions);
    const Outcome both = call({"validate",
                               "shell",
                               runs + "/r02-zk-kill",
                               "--seeds",
                               "5",
                               "--record-seeds",
                               "0",
                               "--json"},
                              folder.path());
    CHECK(both.exit_code == 1);
    const Json document = Json::parse(both.out);
    CHECK(document["summary"]["ok"] == false);
    CHECK(document["summary"]["missed"] == 1);
    CHECK(document["summary"]["runs"] == 1);
    CHECK(document["summary"]["times"] == document["runs"][1]["times"]);
    REQUIRE(document["missed"].size() == 1);
    CHECK(document["missed"][0]["name"] == "r01-kraft-kill");
    CHECK(document["missed"][0]["why"].get<std::string>().find("iptables") != std::string::npos);
}

TEST_CASE("validate judges recorded runs, and goes on after one that cannot be read") {
    const std::string runs = std::string(ROLLCAST_SOURCE_DIR) + "/tests/reference";
    const ScratchFolder folder;
    const Outcome good = call({"validate",
                               runs + "/r01-kraft-kill",
                               runs + "/r02-zk-kill",
                               "--seeds",
                               "20",
                               "--json",
                               "--predictions",
                               "predicted.tsv"},
                              folder.path());
    REQUIRE(good.exit_code == 0);
    const Json document = Json::parse(good.out);
    CHECK(document["summary"]["ok"] == true);
    CHECK(document["summary"]["false_safe"] == 0);
    CHECK(document["summary"]["recall"] == 1.0);
    for (const char* key : {"false_unsafe", "undecided", "precision", "times_within", "coverage"}) {
        CAPTURE(key);
        CHECK(document["summary"][key].is_number());
        CHECK(document["runs"][0][key].is_number());
    }
    CHECK(document["runs"].size() == 2);
    const std::string predicted = folder.read("predicted.tsv");
    CHECK(predicted.rfind("run\tseed\tt_ms\ttopic\tpartition\tleader\tleader_epoch\tisr\n", 0) ==
          0);
    CHECK(predicted.find("\nr02-zk-kill\t20\t") != std::string::npos);
    const std::string records = folder.read("predicted.records.tsv");
    CHECK(records.rfind("run\tseed\ttopic\tsent\tacked\tfailed\tread\t", 0) == 0);
    CHECK(records.find("\nr02-zk-kill\t40\tevents\t") != std::string::npos);

    const Outcome mixed =
        call({"validate", "no-such-run", runs + "/r01-kraft-kill", "--seeds", "5"}, folder.path());
    CHECK(mixed.exit_code == 2);
    CHECK(mixed.err.find("no-such-run/run.json") != std::string::npos);
    CHECK(mixed.out.find("r01-kraft-kill") != std::string::npos);
    CHECK(mixed.out.find("no-such-run: missed") != std::string::npos);

    const std::string twice = runs + "/r01-kraft-kill";
    CHECK(call({"validate", twice, twice + "/"}, folder.path()).exit_code == 2);

    folder.write("measured.json", R"({"kraft_service_ms": [1500, 2000], "closing_ms": [1, 2]})");
    const std::vector<std::string> measured{"validate",
                                            runs + "/r14-kraft-acks1-loss",
                                            "--seeds",
                                            "2",
                                            "--record-seeds",
                                            "5",
                                            "--json",
                                            "--measured",
                                            "measured.json"};
    const Outcome slow = call(measured, folder.path());
    const Json clients = Json::parse(slow.out)["runs"][0]["clients"];
    CHECK(clients[0]["producer_stall_s"]["median"] >= 5.9);  // 5.5 s on the recorder's machine
    for (const char* wrong : {R"({"closing_ms": [1]})",
                              R"({"closing_ms": [1, -2]})",
                              R"({"closing": [1, 2]})",
                              "[]",
                              "{"}) {
        CAPTURE(wrong);
        folder.write("measured.json", wrong);
        const Outcome refused = call(measured, folder.path());
        CHECK(refused.exit_code == 2);
        CHECK(refused.err.find("measured.json") != std::string::npos);
    }

    CHECK(call({"validate"}, folder.path()).exit_code == 2);
    CHECK(call({"validate", runs, "--seeds", "0"}, folder.path()).exit_code == 2);
}

TEST_CASE(
    "a plan's certificate holds for its case; cut, edited or for another case it is refused") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    const Outcome planned = call(
        {"plan", "-f", "case.json", "-o", "plan.json", "--effort", "50", "--json"}, folder.path());
    REQUIRE(planned.exit_code == 0);
    const auto certify = [&](const std::string& text) {
        folder.write("it.json", text);
        return call({"certify", "it.json", "-f", "case.json"}, folder.path());
    };
    const std::string plan = folder.read("plan.json");
    const auto with = [&](const std::string& from, const std::string& to) {
        std::string edited = plan;
        const std::size_t at = edited.find(from);
        REQUIRE(at != std::string::npos);
        return edited.replace(at, from.size(), to);
    };

    const Outcome good = certify(plan);
    CHECK(good.exit_code == 0);
    CHECK(good.out.find("certified") != std::string::npos);
    CHECK(certify(planned.out).exit_code == 0);  // the document carries the same certificate

    const Outcome unlike = certify(with("\"claims makespan ", "\"claims makespan 1"));
    CHECK(unlike.exit_code == 2);
    CHECK(unlike.out.find("the last step ends") != std::string::npos);
    CHECK(certify(with("    \"end\"", "    \"step\"")).exit_code == 2);
    CHECK(certify(with("\"gate\": \"broker_in_sync\"", "\"gate\": \"shared_partitions\""))
              .exit_code == 2);
    CHECK(certify(with("for estate ", "for estate 1")).exit_code == 2);
    CHECK(certify(plan.substr(0, plan.size() / 2)).exit_code == 2);
    const Outcome none = certify(with("certificate\": [", "certificate\": [], \"comment\": ["));
    CHECK(none.exit_code == 2);
    folder.write("other.json", std::string(small_case()) + "\n");
    CHECK(call({"certify", "plan.json", "-f", "other.json"}, folder.path()).exit_code == 2);
}

TEST_CASE("simulate rolls a case as a tool of today does, and says why the tool gave up") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    const Outcome patient =
        call({"simulate", "--policy", "msk", "-f", "case.json", "--json"}, folder.path());
    CHECK(patient.exit_code == 0);
    const Json document = Json::parse(patient.out);
    CHECK(document["plan"]["policy"] == "msk");
    CHECK(document["plan"]["gate_kept"].is_null());
    CHECK(document["stopped"].empty());
    // One broker a batch, as it ran.
    for (const Json& batch : document["plan"]["batches"]) {
        if (batch["kind"] == "brokers") CHECK(batch["machines"].size() == 1);
    }

    const Outcome hasty =
        call({"simulate", "--policy", "cp-ansible-parallel", "-f", "case.json"}, folder.path());
    CHECK(hasty.exit_code == 1);

    CHECK(call({"simulate", "-f", "case.json"}, folder.path()).exit_code == 2);
    const Outcome unknown = call({"simulate", "--policy", "cp-ansibel"}, folder.path());
    CHECK(unknown.exit_code == 2);
    CHECK(unknown.err.find("cp-ansible") != std::string::npos);
}

TEST_CASE("compare --tools sets the rolls of all tools side by side") {
    const ScratchFolder folder;
    folder.write("case.json", small_case());
    const Outcome compared =
        call({"compare", "--tools", "-f", "case.json", "--json"}, folder.path());
    const Json document = Json::parse(compared.out);
    REQUIRE(document["tools"].size() == 16);
    CHECK(document["results"].size() == 16);
    for (const Json& tool : document["tools"]) {
        if (tool["name"] == "cp-ansible-parallel") CHECK(tool["most_down"] > 1);
        if (tool["name"] == "serial-isr") CHECK(tool["most_down"] == 1);
        const bool stopped = tool["clusters_gave_up"] > 0 || tool["clusters_blocked"] > 0;
        CHECK(stopped == !tool["stopped"].empty());
    }
    const Outcome text = call({"compare", "--tools", "-f", "case.json"}, folder.path());
    CHECK(text.out.find("down: most brokers of one cluster at once") != std::string::npos);
}

TEST_CASE("gate says go, no-go with the partitions that forbid it, or that the state is too old") {
    const std::string state = dumps + "/kraft-3.9/topics-describe.txt";
    const ScratchFolder folder;
    std::filesystem::copy_file(state, folder.path() / "topics.txt");
    std::filesystem::last_write_time(folder.path() / "topics.txt",
                                     std::filesystem::file_time_type::clock::now());
    const auto gate = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"gate", "--state", "topics.txt"});
        return call(arguments, folder.path());
    };

    const Outcome forbidden = gate({"1"});
    CHECK(forbidden.exit_code == 1);
    CHECK(forbidden.out.rfind("no-go: broker 1,", 0) == 0);
    CHECK(forbidden.out.find("audit-") != std::string::npos);
    CHECK(forbidden.out.find("min ISR 3, in sync without them: ") != std::string::npos);

    const Outcome accepted = gate({"1", "--accept-breach", "audit"});
    CHECK(accepted.exit_code == 0);
    CHECK(accepted.out.rfind("go: broker 1,", 0) == 0);

    const Outcome json = gate({"1", "2", "--json"});
    CHECK(json.exit_code == 1);
    const Json document = Json::parse(json.out);
    CHECK(document["go"] == false);
    CHECK(document["forbids"][0]["topic"] == "audit");

    CHECK(gate({"1", "2"}).out.rfind("no-go: brokers 1, 2,", 0) == 0);
    CHECK(gate({"77"}).exit_code == 2);
    CHECK(gate({"one"}).exit_code == 2);
    CHECK(gate({}).exit_code == 2);
    CHECK(call({"gate", "1"}, folder.path()).exit_code == 2);
    CHECK(call({"gate", "--state", "none.txt", "1"}, folder.path()).exit_code == 2);

    std::filesystem::last_write_time(
        folder.path() / "topics.txt",
        std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
    const Outcome old = gate({"1", "--accept-breach", "audit"});
    CHECK(old.exit_code == 2);
    CHECK(old.err.find("RC0509") != std::string::npos);
    CHECK(gate({"1", "--accept-breach", "audit", "--max-age", "7200"}).exit_code == 0);
}
