#include <csignal>
#include <filesystem>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "cli/arguments.hpp"
#include "cli/run.hpp"
#include "sim/contract.hpp"
#include "tests/cli/program.hpp"
#include "tests/cli/small_files.hpp"

using namespace rollcast;
using namespace rollcast::tests;

namespace {

/// A folder with the small case as case.json and a safe plan for it as plan.json.
struct SmallFolder : ScratchFolder {
    SmallFolder() {
        write("case.json", small_case());
        const Outcome made = call({"plan", "-f", "case.json", "-o", "plan.json", "--effort", "50"});
        REQUIRE(made.exit_code == 0);
    }
    Outcome call(const std::vector<std::string>& arguments) const {
        return tests::call(arguments, path());
    }
};

}  // namespace

TEST_CASE("0: a safe plan is found, its run holds every rule, a clean case checks") {
    const SmallFolder folder;
    CHECK(folder.call({"simulate", "plan.json", "-f", "case.json"}).exit_code == 0);
    CHECK(folder.call({"check", "case.json", "plan.json", "-f", "case.json"}).exit_code == 0);
    CHECK(folder.call({"--help"}).exit_code == 0);
    CHECK(folder.call({"plan", "--help"}).exit_code == 0);
    CHECK(folder.call({"--version"}).exit_code == 0);
    CHECK(folder.call({"doctor"}).exit_code == 0);
}

TEST_CASE("1: a run breaks a rule") {
    const SmallFolder folder;
    folder.write("faults.json", power_loss());
    const Outcome run =
        folder.call({"simulate", "plan.json", "-f", "case.json", "-s", "faults.json"});
    CHECK(run.exit_code == 1);
    CHECK(run.out.find("NOT SAFE") != std::string::npos);
    CHECK(run.out.find("rack b dark") != std::string::npos);
}

TEST_CASE("1: a plan leaves machines out") {
    const SmallFolder folder;
    folder.write("part.json", R"({"rollcast_plan": 1, "name": "part", "clusters": [
  {"cluster": "c1", "start": "event_driven", "quorum": ["c1/zk1", "c1/zk2", "c1/zk3"],
   "batches": [{"machines": ["c1/1"]}, {"machines": ["c1/2"]}, {"machines": ["c1/3"]},
               {"machines": ["c1/5"]}]}]})");

    const Outcome run = folder.call({"simulate", "part.json", "-f", "case.json", "--json"});

    CHECK(run.exit_code == 1);
    CHECK(run.err.find("the plan leaves out 2 of 9 machines") != std::string::npos);
    CHECK(run.err.find("left out: c1/4, c1/6") != std::string::npos);
    const nlohmann::ordered_json document = nlohmann::ordered_json::parse(run.out);
    CHECK(document["summary"]["ok"] == false);
    REQUIRE(document["violations"].size() == 1);
    CHECK(document["violations"][0]["rule"] == "finished");
    CHECK(document["violations"][0]["subjects"] == 2);
    CHECK(document["violations"][0]["first"]["at_s"] == document["summary"]["makespan_s"]);

    const Outcome text = folder.call({"simulate", "part.json", "-f", "case.json"});
    CHECK(text.exit_code == 1);
    CHECK(text.out.find("NOT SAFE") != std::string::npos);
}

TEST_CASE("1: a finding blocks every plan") {
    const ScratchFolder folder;
    folder.write("case.json", zero_slack_case());
    CHECK(call({"check", "case.json"}, folder.path()).exit_code == 1);
}

TEST_CASE("2: what is asked for does not exist") {
    CHECK(call({"simulat"}).exit_code == 2);
    CHECK(call({"plan", "--polcy", "rack"}).exit_code == 2);
    CHECK(call({"plan", "--policy", "fast"}).exit_code == 2);
    CHECK(call({"plan", "--effort", "-1"}).exit_code == 2);
    CHECK(call({"plan", "--seed", "99999999999999999999"}).exit_code == 2);
    CHECK(call({"simulate"}).exit_code == 2);
    CHECK(call({"schema", "fleets"}).exit_code == 2);
    CHECK(call({"compare"}).exit_code == 2);
    const Outcome missing = call({"check", "no-such-file.json"});
    CHECK(missing.exit_code == 2);
    CHECK(missing.err.find("no-such-file.json") != std::string::npos);
    CHECK(missing.out.empty());
}

TEST_CASE("2: stack, certificate, gate and order of phases, each with place, caret and remedy") {
    const std::string programme = R"("programme": {"from": "old", "stacks": [
    {"name": "old", "os": "CentOS 7", "kafka_version": "2.8.2", "inter_broker_protocol": "2.8",
     "protocol": "ssl", "listeners": [{"protocol": "ssl", "client_certificate": true}],
     "certificate": {"issuer": "old CA"}, "trust": ["old CA", "new CA"]},
    {"name": "new", "like": "old", "os": "RHEL 9", "kafka_version": "3.4.1",
     "certificate": {"issuer": "new CA"}},
    {"name": "bumped", "like": "new", "inter_broker_protocol": "3.4"}],
    "passes": [{"name": "re-image", "target": "new", "gate": "broker_in_sync"},
               {"name": "bump", "target": "bumped", "reimage": false}]},
  )";
    const ScratchFolder folder;
    folder.write("good.json", small_case(programme));
    REQUIRE(call({"check", "good.json"}, folder.path()).exit_code == 0);
    struct Wrong {
        std::string_view what, instead, of, caret, remedy;
    };
    for (const Wrong& wrong :
         {Wrong{"a stack that cannot exist: a protocol that its binary does not know",
                R"("inter_broker_protocol": "3.9")",
                R"("inter_broker_protocol": "3.4")",
                "^^^^^ its brokers would exit at their start",
                "help: pin it to the version of the binary"},
          Wrong{"a stack that cannot exist: Kafka 4 with ZooKeeper",
                R"("kafka_version": "4.0.0")",
                R"("kafka_version": "3.4.1")",
                "gone with 4.0",
                "help: write \"kraft\", or an older version"},
          Wrong{"a certificate without issuer",
                R"({"key_bits": 2048})",
                R"({"issuer": "old CA"})",
                "^ nobody could trust it",
                "help: add \"issuer\": the CA that has signed it"},
          Wrong{"a gate on a metric that does not exist",
                R"("gate": "kafka_no_such_metric")",
                R"("gate": "broker_in_sync")",
                "^^^^^^^^^^^^^^^^^^^^^^ not a word of this field",
                "help: use one of the words below"},
          Wrong{"a cycle of phases",
                R"("target": "old", "reimage": false)",
                R"("target": "bumped", "reimage": false)",
                "^^^^^ left by a pass before it",
                "help: leave the pass out"}}) {
        CAPTURE(wrong.what);
        std::string text = programme;
        text.replace(text.find(wrong.of), wrong.of.size(), wrong.instead);
        folder.write("wrong.json", small_case(text));
        const Outcome outcome = call({"check", "wrong.json"}, folder.path());
        CHECK(outcome.exit_code == 2);
        CHECK(outcome.out.empty());
        CHECK(outcome.err.find("--> wrong.json:") != std::string::npos);
        CHECK(outcome.err.find(wrong.caret) != std::string::npos);
        CHECK(outcome.err.find(wrong.remedy) != std::string::npos);
    }
}

TEST_CASE("2: a plan for another case is refused") {
    const SmallFolder folder;
    folder.write("other.json", small_case(R"("comment": "changed", )"));
    CHECK(folder.call({"simulate", "plan.json", "-f", "other.json"}).exit_code == 2);
}

TEST_CASE("a lower bound that a plan's file claims is not believed") {
    const SmallFolder folder;
    const std::string plan = folder.read("plan.json");
    const auto claiming = [&](const std::string& seconds) {
        std::string text = plan;
        const std::size_t at = text.find("\"lower_bound_s\": ") + 17;
        folder.write("claims.json", text.replace(at, text.find(',', at) - at, seconds));
        return folder.call({"simulate", "claims.json", "-f", "case.json", "--json"});
    };
    const Outcome honest = folder.call({"simulate", "plan.json", "-f", "case.json", "--json"});
    CHECK(honest.err.empty());
    CHECK(claiming("1.0").err.empty());

    const Outcome too_high = claiming("1e6");
    CHECK(too_high.exit_code == 0);
    CHECK(too_high.err.find("warning[RC0406]: the file claims a lower bound of 277 h 47 min") == 0);
    CHECK(too_high.err.find("claims.json:7:20") != std::string::npos);
    const auto totals = [](const Outcome& run) {
        return nlohmann::ordered_json::parse(run.out)["totals"];
    };
    CHECK(totals(too_high) == totals(honest));
    CHECK(too_high.out.find("1000000") == std::string::npos);
    CHECK(folder.call({"compare", "plan.json", "claims.json", "-f", "case.json"})
              .err.find("RC0406") != std::string::npos);
}

TEST_CASE("2: output that cannot be written leaves nothing behind") {
    const SmallFolder folder;
    const Outcome lost =
        folder.call({"plan", "-f", "case.json", "--effort", "50", "-o", "no-folder/plan.json"});
    CHECK(lost.exit_code == 2);
    CHECK(lost.err.find("no-folder") != std::string::npos);
    CHECK(folder.names() == std::vector<std::string>{"case.json", "plan.json"});
}

TEST_CASE("2: an output that is no file is refused and stays what it is") {
    namespace fs = std::filesystem;
    const SmallFolder folder;
    fs::create_directory(folder.path() / "folder");
    fs::create_symlink("/dev/null", folder.path() / "to-device");
    fs::create_symlink("folder", folder.path() / "to-folder");
    fs::create_symlink("round", folder.path() / "round");
    const std::vector<std::string> before = folder.names();
    for (const std::string name :
         {"", "folder", "folder/", ".", "/dev/null", "to-device", "to-folder", "round"}) {
        CAPTURE(name);
        for (const bool joined : {false, true}) {
            const std::vector<std::string> out = joined ? std::vector<std::string>{"--out=" + name}
                                                        : std::vector<std::string>{"-o", name};
            std::vector<std::string> plan{"plan", "-f", "case.json", "--effort", "50"};
            plan.insert(plan.end(), out.begin(), out.end());
            const Outcome refused = folder.call(plan);
            CHECK(refused.exit_code == 2);
            CHECK(refused.err.find("help: ") != std::string::npos);
            CHECK(folder.names() == before);
        }
    }
    CHECK(fs::is_empty(folder.path() / "folder"));
    CHECK(fs::is_character_file("/dev/null"));
    CHECK(folder.call({"import", "case.json", "-o", ""}).exit_code == 2);
}

TEST_CASE("an output through a link writes the file it leads to; the link stays") {
    namespace fs = std::filesystem;
    const SmallFolder folder;
    fs::create_directory(folder.path() / "real");
    folder.write("real/old.json", "something long that is all replaced");
    fs::create_symlink("real/old.json", folder.path() / "to-old.json");
    fs::create_symlink("real/new.json", folder.path() / "to-new.json");
    for (const std::string name : {"old.json", "new.json"}) {
        CAPTURE(name);
        CHECK(folder.call({"plan", "-f", "case.json", "--effort", "50", "-o", "to-" + name})
                  .exit_code == 0);
        CHECK(fs::is_symlink(folder.path() / ("to-" + name)));
        CHECK(folder.read("real/" + name) == folder.read("plan.json"));
    }
}

TEST_CASE("3: no plan in place is safe; the list and the fixes are shown, nothing is written") {
    const ScratchFolder folder;
    folder.write("case.json", zero_slack_case());
    const Outcome none = call({"plan", "-f", "case.json", "-o", "plan.json"}, folder.path());
    CHECK(none.exit_code == 3);
    CHECK(none.out.find("c1/audit") != std::string::npos);
    CHECK(none.out.find("fix:") != std::string::npos);
    CHECK(folder.names() == std::vector<std::string>{"case.json"});

    const Outcome accepted = call(
        {"plan", "-f", "case.json", "--accept-breach", "audit", "--effort", "50"}, folder.path());
    CHECK(accepted.exit_code == 0);
    CHECK(accepted.out.find("accepted") != std::string::npos);
}

TEST_CASE("--exit-zero turns 1 and 3 into 0, and leaves 2") {
    const ScratchFolder folder;
    folder.write("case.json", zero_slack_case());
    const auto code = [&](const std::vector<std::string>& arguments) {
        return call(arguments, folder.path()).exit_code;
    };
    CHECK(code({"check", "case.json", "--exit-zero"}) == 0);
    CHECK(code({"plan", "-f", "case.json", "--exit-zero"}) == 0);
    CHECK(code({"plan", "-f", "none.json", "--exit-zero"}) == 2);
}

TEST_CASE("70: a bug says so, with the seed, the inputs and the command") {
    std::ostringstream out;
    std::ostringstream err;
    cli::Session session{.out = out,
                         .err = err,
                         .arguments = {"plan", "-f", "my case.json", "-j", "2"},
                         .options = {},
                         .inputs = {{"my case.json", "abc"}},
                         .assumptions = {}};
    session.options.seed = 7;
    const int code = cli::exit_code_of(session, []() -> cli::ExitCode {
        sim::ensure(false, "the sky is up");
        return cli::ExitCode::good;
    });
    CHECK(code == 70);
    CHECK(out.str().empty());
    CHECK(err.str().find("contract broken: the sky is up") != std::string::npos);
    CHECK(err.str().find("rollcast plan -f 'my case.json'    (seed 7)") != std::string::npos);
    CHECK(err.str().find("sha256 abc") != std::string::npos);
}

TEST_CASE("a usage error has one line for the cause and one for the remedy") {
    const Outcome wrong = call({"simulate", "--sed", "3", "plan.json"});
    CHECK(wrong.err ==
          "error: unknown option '--sed' of 'rollcast simulate'\nhelp: did you mean '--seed'?\n");
    CHECK(call({"simulat"}).err ==
          "error: unknown command 'simulat'\nhelp: did you mean 'simulate'?\n");
}

TEST_CASE("130 and 143: a signal ends the search, and the plan found until then is written") {
    for (const int number : {SIGINT, SIGTERM}) {
        CAPTURE(number);
        const ScratchFolder folder;
        const Outcome cut = call({"plan", "-o", "plan.json", "--json", "--effort", "4000000000"},
                                 folder.path(),
                                 SignalAfter{number, std::chrono::milliseconds(4'000)});
        CHECK(cut.exit_code == 128 + number);
        CHECK(cut.out.find("\"status\": \"interrupted\"") != std::string::npos);
        CHECK(folder.names() == std::vector<std::string>{"plan.json"});
        CHECK(call({"check", "plan.json"}, folder.path()).exit_code == 0);
    }
}
