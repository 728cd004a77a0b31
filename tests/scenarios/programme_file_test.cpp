// Programmes of a case: how their passes are read, what the clusters run before them, and what
// cannot be.
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "models/programme.hpp"
#include "scenarios/format/load_case.hpp"
#include "tests/scenarios/small_case.hpp"

using namespace rollcast;
using scenarios::Diagnostic;
using scenarios::InputError;

namespace {

const std::string stack_list = R"("stacks": [
    {"name": "today", "os": "CentOS 7", "kafka_version": "2.8.2", "inter_broker_protocol": "2.8",
     "protocol": "ssl", "listeners": [{"protocol": "ssl", "client_certificate": true}],
     "certificate": {"issuer": "old CA"}, "trust": ["old CA"]},
    {"name": "trusting", "like": "today", "trust": ["old CA", "new CA"]},
    {"name": "imaged", "like": "trusting", "os": "RHEL 9", "kafka_version": "3.4.1",
     "certificate": {"issuer": "new CA"}},
    {"name": "bumped", "like": "imaged", "inter_broker_protocol": "3.4"}
  ])";

const std::string pass_list = R"("passes": [
    {"name": "trust", "target": "trusting", "reimage": false, "step": {"install_s": 30}},
    {"name": "re-image", "target": "imaged", "gate": "shared_partitions"},
    {"name": "bump", "target": "bumped", "reimage": false, "step": {"install_s": 30}}
  ])";

/// The small case with `step` of its own and a programme of three passes.
std::string with_programme() {
    return test::replaced(test::small_case(),
                          "\"name\": \"small\",",
                          fmt::format("\"name\": \"small\", \"step\": {{\"preflight_s\": 90}},\n"
                                      "  \"programme\": {{\"from\": \"today\",\n  {},\n  {}}},",
                                      stack_list,
                                      pass_list));
}

models::Case loaded(const std::string& text) { return scenarios::load_case_text(text, "c").a_case; }

/// Code and place of the one problem of the case with `from` replaced.
std::string programme_problem(const std::string& from,
                              const std::string& to,
                              const std::string& text = with_programme()) {
    REQUIRE(text.find(from) != std::string::npos);
    try {
        (void)loaded(test::replaced(text, from, to));
    } catch (const InputError& error) {
        const Diagnostic& d = error.diagnostics().front();
        if (error.diagnostics().size() != 1) return scenarios::render(error.diagnostics());
        CHECK(!d.help.empty());
        CHECK(!d.label.empty());
        CHECK(d.line > 0);
        return d.code + " " + d.pointer;
    }
    return "loaded";
}

}  // namespace

TEST_CASE("a programme is read: its passes, and the ends of the clusters that name none") {
    const models::Case a_case = loaded(with_programme());
    REQUIRE(a_case.programme.size() == 3);
    const models::Pass& trust = a_case.programme[0];
    CHECK(trust.name == "trust");
    CHECK(!trust.reimages);
    CHECK(!trust.gate.has_value());
    // What the pass does not say is as in the case's step, and what that does not say the default.
    CHECK(trust.step.install.nominal == sim::seconds(30));
    CHECK(trust.step.preflight.nominal == sim::seconds(90));
    CHECK(trust.step.post_flight.nominal == models::StepTimes{}.post_flight.nominal);
    CHECK(a_case.programme[1].gate == models::Gate::shared_partitions);
    CHECK(a_case.programme[1].reimages);
    const models::Fleet& fleet = a_case.fleet;
    const models::Cluster& cluster = fleet.clusters()[models::ClusterId{0}];
    CHECK(fleet.stacks()[cluster.stacks.now].name == "today");
    CHECK(fleet.stacks()[cluster.stacks.next].name == "bumped");
    CHECK(fleet.stacks()[a_case.programme[1].target].name == "imaged");
    CHECK(cluster.stack.os == "CentOS 7");
    CHECK(cluster.target.kafka_version == "3.4.1");
    CHECK(!cluster.stacks.clients.exists());
    // The second pass is the long one, and a restart has no time for images.
    CHECK(models::longest_pass(a_case) == 1);
    CHECK(models::case_of_pass(a_case, 0, {}).step.reimage.nominal == sim::Duration{});
    CHECK(models::case_of_pass(a_case, 1, {}).step.reimage.nominal == sim::minutes(35));
}

TEST_CASE("a restart signs and wipes nothing, whatever the plan asks for") {
    const models::Case a_case = loaded(with_programme());
    models::Plan plan;
    plan.data_disk = models::DataDisk::wipe;
    plan.checksums = models::Checksums::all_after_stop;
    CHECK(models::plan_of_pass(a_case, plan, 0).data_disk == models::DataDisk::keep);
    CHECK(models::plan_of_pass(a_case, plan, 0).checksums == models::Checksums::none);
    CHECK(models::plan_of_pass(a_case, plan, 0).gate == models::Gate::broker_in_sync);
    CHECK(models::plan_of_pass(a_case, plan, 1).data_disk == models::DataDisk::wipe);
    CHECK(models::plan_of_pass(a_case, plan, 1).checksums == models::Checksums::all_after_stop);
    CHECK(models::plan_of_pass(a_case, plan, 1).gate == models::Gate::shared_partitions);
}

TEST_CASE("a cluster that names its stack keeps it, and its stacks come before the programme's") {
    const std::string text =
        test::replaced(test::case_with_stacks(),
                       "\"name\": \"small\",",
                       "\"name\": \"small\", \"programme\": {\"stacks\": [{\"name\": \"third\"}],"
                       " \"passes\": [{\"name\": \"one\", \"target\": \"new\"}]},");
    const models::Case a_case = loaded(text);
    const models::Cluster& cluster = a_case.fleet.clusters()[models::ClusterId{0}];
    CHECK(a_case.fleet.stacks()[cluster.stacks.now].name == "old");
    CHECK(a_case.fleet.stacks()[models::StackId{2}].name == "third");
    const std::string end = "\"target\": \"new\"}]}";
    // Its own target is the last pass's.
    CHECK(programme_problem(end, "\"target\": \"third\"}]}", text) ==
          "RC0205 /programme/passes/0/target");
    // What nobody needs has no effect.
    const std::string begin = "\"programme\": {";
    CHECK(programme_problem(begin, begin + "\"from\": \"old\", ", text) ==
          "RC0205 /programme/from");
    CHECK(programme_problem(begin, begin + "\"client_stack\": \"old\", ", text) ==
          "RC0205 /programme/client_stack");
    CHECK(programme_problem("{\"name\": \"third\"}", "{\"name\": \"old\"}", text) ==
          "RC0303 /programme/stacks/0/name");
    CHECK(programme_problem("{\"name\": \"third\"}",
                            "{\"name\": \"third\", \"like\": \"old\"}",
                            text) == "RC0304 /programme/stacks/0/like");
}

TEST_CASE("what is wrong with a programme is said at its place, with a remedy") {
    CHECK(programme_problem("\"target\": \"imaged\"", "\"target\": \"imagde\"") ==
          "RC0304 /programme/passes/1/target");
    CHECK(programme_problem("\"from\": \"today\"", "\"from\": \"yesterday\"") ==
          "RC0304 /programme/from");
    CHECK(programme_problem("\"from\": \"today\",", "") == "RC0201 /programme");
    CHECK(programme_problem("\"name\": \"bump\"", "\"name\": \"trust\"") ==
          "RC0303 /programme/passes/2/name");
    // In a circle: to what the clusters run today, and to what an earlier pass has led to.
    CHECK(programme_problem("\"target\": \"bumped\"", "\"target\": \"today\"") ==
          "RC0318 /programme/passes/2/target");
    CHECK(programme_problem("\"target\": \"bumped\"", "\"target\": \"trusting\"") ==
          "RC0318 /programme/passes/2/target");
    CHECK(programme_problem("\"target\": \"bumped\"", "\"target\": \"imaged\"") == "loaded");
    CHECK(
        programme_problem("\"step\": {\"install_s\": 30}}\n", "\"step\": {\"reimage_s\": 3}}\n") ==
        "RC0205 /programme/passes/2/step/reimage_s");
    CHECK(programme_problem(pass_list, "\"passes\": []") == "RC0301 /programme/passes");
    CHECK(programme_problem("\"gate\": \"shared_partitions\"", "\"gate\": \"urp_zero\"") ==
          "RC0302 /programme/passes/1/gate");
    // A stack that cannot exist, and one that the clusters cannot come to.
    CHECK(programme_problem("\"inter_broker_protocol\": \"3.4\"",
                            "\"inter_broker_protocol\": \"3.9\"") ==
          "RC0316 /programme/stacks/3/inter_broker_protocol");
    CHECK(programme_problem("\"inter_broker_protocol\": \"3.4\"", "\"control_plane\": \"kraft\"") ==
          "RC0317 /programme/passes/2/target");
    CHECK(programme_problem("\"quorum\": {\"nodes\": 3}", "\"quorum\": {\"kind\": \"kraft\"}") ==
          "RC0316 /programme/from");
}

TEST_CASE("a fault names the pass whose step it waits for") {
    const std::string fault =
        R"("faults": [{"kind": "reimage_no_return", "machine": "c1/2",
  "when": {"machine": "c1/2", "phase": "reimage", "pass": "re-image"}}], "step": {)";
    const std::string text = test::replaced(with_programme(), "\"step\": {", fault);
    const models::Case a_case = loaded(text);
    CHECK(a_case.faults.front().trigger.pass == 1);
    CHECK(models::case_of_pass(a_case, 0, {}).faults.empty());
    CHECK(models::case_of_pass(a_case, 1, sim::hours(3)).faults.size() == 1);
    CHECK(programme_problem("\"pass\": \"re-image\"", "\"pass\": \"reimage\"", text) ==
          "RC0304 /faults/0/when/pass");
    const std::string without = test::replaced(
        test::small_case(), "\"name\": \"small\",", "\"name\": \"small\", " + fault + "},");
    CHECK(programme_problem("\"c1/2\"", "\"c1/2\"", without) == "RC0304 /faults/0/when/pass");
}

TEST_CASE("a case is made over the estate that comes with the program, and mends hosts of it") {
    const std::string text =
        R"({"rollcast_case": 1, "name": "ours", "fleet_from": "embedded_estate",
  "repairs": [{"broker": "c11/17", "certificate": "sha256"}]})";
    const scenarios::LoadedCase ours = scenarios::load_case_text(text, "c");
    const scenarios::LoadedCase theirs = scenarios::embedded_estate();
    CHECK(ours.a_case.name == "ours");
    CHECK(ours.a_case.fleet.partitions().size() == theirs.a_case.fleet.partitions().size());
    CHECK(ours.sha256 != theirs.sha256);
    std::size_t differ = 0;
    for (std::size_t b = 0; b < ours.a_case.fleet.brokers().size(); ++b) {
        const models::BrokerId id{static_cast<std::uint32_t>(b)};
        const models::Broker& mended = ours.a_case.fleet.brokers()[id];
        if (mended.certificate == theirs.a_case.fleet.brokers()[id].certificate) continue;
        ++differ;
        CHECK(mended.number == 17);
    }
    CHECK(differ == 1);
    CHECK(programme_problem("c11/17", "c11/71", text) == "RC0304 /repairs/0/broker");
    CHECK(programme_problem("embedded_estate", "embedded", text) == "RC0302 /fleet_from");
    CHECK(programme_problem("\"fleet_from\"", "\"fleet_file\": \"x.json\", \"fleet_from\"", text) ==
          "RC0205 ");
}

TEST_CASE("a pass says what clients run from its start on, and of which clusters") {
    const std::string pass = "\"target\": \"imaged\"";
    const std::string moved =
        test::replaced(with_programme(), pass, pass + ", \"client_stack\": \"trusting\"");
    const models::Case a_case = loaded(moved);
    CHECK(!models::clients_in(a_case, models::ClusterId{0}, 0).exists());
    CHECK(a_case.fleet.stacks()[models::clients_in(a_case, models::ClusterId{0}, 1)].name ==
          "trusting");
    CHECK(models::clients_in(a_case, models::ClusterId{0}, 2) == a_case.programme[1].clients);
    CHECK(models::case_of_pass(a_case, 1, {}).stacks[0].clients_moved);
    CHECK(!models::case_of_pass(a_case, 2, {}).stacks[0].clients_moved);

    const std::string stack = ", \"client_stack\": \"trusting\"";
    const std::string clusters = stack + ", \"client_clusters\": [\"c1\"]";
    CHECK(programme_problem(stack, clusters, moved) == "loaded");
    CHECK(programme_problem(stack, ", \"client_stack\": \"imagde\"", moved) ==
          "RC0304 /programme/passes/1/client_stack");
    CHECK(programme_problem(stack, stack + ", \"client_clusters\": [\"c2\"]", moved) ==
          "RC0304 /programme/passes/1/client_clusters/0");
    CHECK(programme_problem(stack, ", \"client_clusters\": [\"c1\"]", moved) ==
          "RC0205 /programme/passes/1/client_clusters");
}
