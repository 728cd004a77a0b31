// Faults as files give them: every kind, every way to say when, and what can never happen.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "models/faults/catalogue.hpp"
#include "scenarios/format/diagnostic.hpp"
#include "scenarios/format/fault_reader.hpp"
#include "scenarios/format/load_case.hpp"
#include "scenarios/format/names.hpp"
#include "tests/scenarios/small_case.hpp"

using namespace rollcast;
using models::Fault;
using models::FaultInfo;
using models::FaultKind;

namespace {

const models::Case& small() {
    static const models::Case a_case =
        scenarios::load_case_text(test::case_with_stacks(), "case.json").a_case;
    return a_case;
}

std::vector<Fault> read(const std::string& fault) {
    return scenarios::load_faults_text(
        "{\"rollcast_faults\": 1, \"faults\": [" + fault + "]}", "f.json", small());
}

/// The first fault_problem of a fault: its code and the text at its place.
std::string fault_problem(const std::string& fault) {
    try {
        read(fault);
        return "none";
    } catch (const scenarios::InputError& error) {
        const scenarios::Diagnostic& d = error.diagnostics().front();
        CHECK(!d.help.empty());
        return d.code + ": " + d.message;
    }
}

/// The first of what a kind strikes, by its name.
std::string target_of(const FaultInfo& info) {
    const models::Fleet& fleet = small().fleet;
    switch (info.target) {
        case models::FaultTarget::broker:
            return scenarios::broker_name(fleet, models::BrokerId{0});
        case models::FaultTarget::rack:
            return scenarios::rack_name(fleet, models::RackId{0});
        case models::FaultTarget::machine:
            return scenarios::machine_name(fleet, models::MachineId{0});
        case models::FaultTarget::log_dir:
            return scenarios::log_dir_name(fleet, models::LogDirId{0});
        case models::FaultTarget::quorum_node:
            return scenarios::quorum_node_name(fleet, models::QuorumNodeId{0});
        case models::FaultTarget::cluster:
            return fleet.clusters()[models::ClusterId{0}].name;
        case models::FaultTarget::topic:
            return scenarios::topic_name(fleet, models::TopicId{0});
    }
    return "";
}

std::string as_file(const FaultInfo& info) {
    return fmt::format(R"({{"kind": "{}", "{}": "{}", "at_s": 5{}}})",
                       info.word,
                       to_string(info.target),
                       target_of(info),
                       info.lasts ? ", \"duration_s\": 60" : "");
}

}  // namespace

TEST_CASE("every kind of fault is read with its defaults, and by its place in the catalogue") {
    for (int k = 0; k < models::fault_kind_count; ++k) {
        const auto kind = static_cast<FaultKind>(k);
        const FaultInfo& info = models::fault_info(kind);
        CAPTURE(info.word);
        CHECK(models::fault_kind(info.word) == kind);
        const std::vector<Fault> faults = read(as_file(info));
        REQUIRE(faults.size() == 1);
        CHECK(faults[0].kind == kind);
        CHECK(models::struck_cluster(small().fleet, faults[0]) == models::ClusterId{0});
        for (std::size_t i = 0; i < info.parameter_count(); ++i) {
            CHECK(faults[0].value(i) == info.parameters[i].fallback);
            CHECK(info.parameters[i].least <= info.parameters[i].fallback);
            CHECK(info.parameters[i].fallback <= info.parameters[i].most);
            CHECK(!info.parameters[i].source.empty());
        }
        for (const std::string_view words :
             {info.phrase, info.effect, info.shows, info.over_by, info.source}) {
            CHECK(!words.empty());
        }
        CHECK((info.possible == nullptr) == info.only.empty());
    }
}

TEST_CASE("the moments of faults: by a batch, at a rate, at the worst moment") {
    const auto crash = [](const std::string& when) {
        return read(R"({"kind": "broker_crash", "broker": "c1/1", "duration_s": 60, )" + when + "}")
            .front()
            .trigger;
    };
    const models::FaultTrigger batch =
        crash(R"("when": {"cluster": "c1", "batch": 2, "phase": "reimage", "delay_s": 3})");
    CHECK(batch.batch_of == models::ClusterId{0});
    CHECK(batch.batch == 1);
    CHECK(batch.phase == models::StepPhase::reimage);
    CHECK(batch.delay == sim::seconds(3));
    CHECK(crash(R"("rate": {"per_day": 0.5})").per_day == 0.5);
    CHECK(crash(R"("moment": "worst")").worst_moment);
}

TEST_CASE("a parameter is read in its unit; of another kind it is an error") {
    const std::string burst = R"({"kind": "correlated_burst", "cluster": "c1", "at_s": 5,
                                  "duration_s": 60, "machines": 3, "within_s": 30})";
    CHECK(read(burst).front().value(0) == 3.0);
    CHECK(read(burst).front().value(1) == 30.0);
    CHECK(fault_problem(R"({"kind": "broker_crash", "broker": "c1/1", "at_s": 5, "duration_s": 60,
                      "machines": 3})") ==
          "RC0205: `broker_crash` does not take the field `machines`");
    CHECK(
        fault_problem(R"({"kind": "min_isr_set", "topic": "c1/orders", "at_s": 5, "duration_s": 60,
                      "min_isr": 1.5})")
            .starts_with("RC02"));
}

TEST_CASE("a fault that can never happen is an error, at its place and with its remedy") {
    const auto crash = [](const std::string& when) {
        return fault_problem(R"({"kind": "broker_crash", "broker": "c1/1", "duration_s": 60, )" +
                             when + "}");
    };
    CHECK(crash(R"("at_s": 1, "moment": "worst")") ==
          "RC0205: a fault takes one of `at_s`, `when`, `rate` and `moment`");
    CHECK(crash(R"("when": {"cluster": "c1", "batch": 99, "phase": "reimage"})") ==
          "RC0311: no plan of `c1` has a batch 99");
    CHECK(crash(R"("when": {"cluster": "c1", "batch": 1, "phase": "lost"})") ==
          "RC0311: a broker's step never enters the phase `lost`");
    CHECK(crash(R"("when": {"cluster": "c9", "batch": 1, "phase": "reimage"})") ==
          "RC0304: unknown cluster `c9`");
    CHECK(crash(R"("when": {"cluster": "c1", "phase": "reimage"})") ==
          "RC0205: a moment is of a `machine`, or of a `batch` of a `cluster`");
    CHECK(crash(R"("when": {"machine": "c1/1", "cluster": "c1", "batch": 1, "phase": "start"})") ==
          "RC0205: a moment is of a `machine`, or of a `batch` of a `cluster`");
    CHECK(crash(R"("rate": {"per_day": 0})").starts_with("RC0301"));
    CHECK(fault_problem(
              R"({"kind": "surge", "cluster": "c1", "duration_s": 60, "moment": "worst"})") ==
          "RC0311: `c1` has no worst moment");
    CHECK(fault_problem(
              R"({"kind": "min_isr_set", "topic": "c1/none", "duration_s": 60, "at_s": 1})") ==
          "RC0304: unknown topic `c1/none`");
    CHECK(fault_problem(R"({"kind": "log_dir_fails", "log_dir": "c1/1/no", "duration_s": 60,
                      "at_s": 1})") == "RC0304: unknown log dir `c1/1/no`");
    CHECK(fault_problem(R"({"kind": "quorum_node_lost", "quorum_node": "c1/1", "duration_s": 60,
                      "at_s": 1})") == "RC0304: unknown quorum node `c1/1`");
    CHECK(fault_problem(R"({"kind": "data_disk_lost", "machine": "c1/zk1"})") ==
          "RC0311: `data_disk_lost` can do nothing to `c1/zk1`");
}
