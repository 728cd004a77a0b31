#include "scenarios/format/plan_file.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "scenarios/format/load_case.hpp"
#include "scenarios/format/names.hpp"
#include "tests/scenarios/small_case.hpp"

namespace {

using namespace rollcast;

const scenarios::LoadedCase& small_loaded() {
    static const auto loaded = scenarios::load_case_text(test::small_case(), "case.json");
    return loaded;
}

const models::Fleet& small_fleet() { return small_loaded().a_case.fleet; }

/// Machines 0-5 are the brokers, 6-8 the quorum nodes.
models::Plan two_batches() {
    models::Plan plan;
    plan.name = "two \"batches\"";
    plan.gate = models::Gate::shared_partitions;
    plan.data_disk = models::DataDisk::wipe;
    models::ClusterPlan cluster;
    cluster.cluster = models::ClusterId{0};
    cluster.start = models::Start::barrier;
    const auto machines = [](std::initializer_list<std::uint32_t> ids) {
        std::vector<models::MachineId> result;
        for (const std::uint32_t id : ids) result.push_back(models::MachineId{id});
        return result;
    };
    cluster.batches = {{machines({0, 3}), -2}, {machines({5, 1, 4, 2}), 7}};
    cluster.quorum = machines({8, 7, 6});
    cluster.quorum_priority = 3;
    cluster.keeps_crews = true;
    plan.clusters.push_back(cluster);
    return plan;
}

std::string code_of(const std::string& text, const std::string& hash = "") {
    try {
        const auto loaded =
            scenarios::load_plan_text(text, "plan.json", small_loaded().a_case, hash);
        return loaded.warnings.empty() ? "" : loaded.warnings.front().code;
    } catch (const scenarios::InputError& error) {
        return error.diagnostics().front().code;
    }
}

}  // namespace

TEST_CASE("a plan survives writing and reading, to the same bytes") {
    scenarios::PlanFileMeta meta;
    meta.case_file = "case.json";
    meta.case_sha256 = small_loaded().sha256;
    meta.seed = 42;
    meta.makespan = sim::milliseconds(1'234'567);
    const std::string text = scenarios::write_plan(small_loaded().a_case, two_batches(), meta);

    const auto loaded =
        scenarios::load_plan_text(text, "plan.json", small_loaded().a_case, small_loaded().sha256);

    CHECK(loaded.warnings.empty());
    CHECK(loaded.plan.name == "two \"batches\"");
    CHECK(loaded.plan.gate == models::Gate::shared_partitions);
    CHECK(loaded.plan.data_disk == models::DataDisk::wipe);
    REQUIRE(loaded.plan.clusters.size() == 1);
    CHECK(loaded.plan.clusters[0].start == models::Start::barrier);
    CHECK(loaded.plan.clusters[0].keeps_crews);
    CHECK(loaded.plan.clusters[0].batches[1].machines ==
          two_batches().clusters[0].batches[1].machines);
    CHECK(loaded.plan.clusters[0].quorum == two_batches().clusters[0].quorum);
    CHECK(loaded.meta.seed == 42);
    CHECK(loaded.meta.makespan == sim::milliseconds(1'234'567));
    CHECK_FALSE(loaded.meta.lower_bound.has_value());
    CHECK(scenarios::write_plan(small_loaded().a_case, loaded.plan, loaded.meta) == text);
}

TEST_CASE("a plan that does not fit the case is an error with its code") {
    const std::string good = scenarios::write_plan(small_loaded().a_case, two_batches(), {});
    CHECK(code_of(good).empty());
    CHECK(code_of(test::replaced(good, "c1/4", "c1/44")) == "RC0401");
    CHECK(code_of(test::replaced(good, "\"cluster\": \"c1\"", "\"cluster\": \"c2\"")) == "RC0401");
    CHECK(code_of(test::replaced(good, "c1/4", "c1/1")) == "RC0402");
    CHECK(code_of(test::replaced(good, ", \"c1/4\"", "")) == "RC0403");
    CHECK(code_of(test::replaced(good, "c1/4", "c1/zk1")) == "RC0404");
}

TEST_CASE("a plan made for another case is refused with both hashes") {
    scenarios::PlanFileMeta meta;
    meta.case_sha256 = std::string(64, 'a');
    const std::string text = scenarios::write_plan(small_loaded().a_case, two_batches(), meta);
    CHECK(code_of(text).empty());
    CHECK(code_of(text, small_loaded().sha256) == "RC0405");
    try {
        (void)scenarios::load_plan_text(
            text, "plan.json", small_loaded().a_case, small_loaded().sha256);
    } catch (const scenarios::InputError& error) {
        const std::string shown = scenarios::render(error.diagnostics());
        CHECK(shown.find(std::string(64, 'a')) != std::string::npos);
        CHECK(shown.find(small_loaded().sha256) != std::string::npos);
    }
}

TEST_CASE("machines have names, and names find their machines") {
    const scenarios::Names names(small_fleet());
    for (const models::MachineId m :
         models::Range<models::MachineId>(small_fleet().machines().size())) {
        CHECK(names.machine(scenarios::machine_name(small_fleet(), m)) == m);
    }
    CHECK(scenarios::machine_name(small_fleet(), models::MachineId{0}) == "c1/1");
    CHECK(scenarios::machine_name(small_fleet(), models::MachineId{6}) == "c1/zk1");
    CHECK_FALSE(names.machine("c1/").has_value());
}

TEST_CASE("wildcards match any text and any one character") {
    CHECK(scenarios::matches("c1/*", "c1/orders"));
    CHECK(scenarios::matches("*/ord?rs", "c1/orders"));
    CHECK(scenarios::matches("*", ""));
    CHECK_FALSE(scenarios::matches("c1/order", "c1/orders"));
    CHECK_FALSE(scenarios::matches("?", ""));
    CHECK(scenarios::matches("*a*b", "xaxbxb"));
}

TEST_CASE("a plan with a policy holds every machine, survives writing, and takes its parameters") {
    const std::string text =
        R"({"rollcast_plan": 1, "name": "a tool",
            "policy": {"name": "strimzi-v2", "max_batch": 5, "leader_sleep_s": 2.5}})";
    const auto loaded = scenarios::load_plan_text(text, "plan.json", small_loaded().a_case, "");
    CHECK(loaded.warnings.empty());
    REQUIRE(loaded.plan.policy.has_value());
    CHECK(loaded.plan.policy->kind == models::PolicyKind::strimzi_v2);
    CHECK(loaded.plan.policy->value(0) == 5);
    CHECK(loaded.plan.policy->value(1) == 60);  // its default
    CHECK(loaded.plan.policy->value(2) == 2.5);
    REQUIRE(loaded.plan.clusters.size() == 1);
    CHECK(loaded.plan.clusters[0].batches[0].machines.size() == 6);
    CHECK(loaded.plan.clusters[0].quorum.size() == 3);

    const std::string written = scenarios::write_plan(small_loaded().a_case, loaded.plan, {});
    const auto again = scenarios::load_plan_text(written, "plan.json", small_loaded().a_case, "");
    CHECK(scenarios::write_plan(small_loaded().a_case, again.plan, {}) == written);
    CHECK(again.plan.policy->value(2) == 2.5);
}

TEST_CASE("what does not go with a policy is an error at its place") {
    const auto plan = [](const std::string& fields) {
        return R"({"rollcast_plan": 1, "name": "a tool")" + fields + "}";
    };
    CHECK(code_of(plan("")) == "RC0201");
    CHECK(code_of(plan(R"(, "policy": {"name": "helm"})")) == "RC0302");
    CHECK(code_of(plan(R"(, "policy": {"name": "msk", "retries": 3})")) == "RC0205");
    CHECK(code_of(plan(R"(, "policy": {"name": "cp-ansible", "retries": 1.5})")) == "RC0202");
    CHECK(code_of(plan(R"(, "policy": {"name": "cp-ansible", "retries": -1})")) == "RC0301");
    CHECK(code_of(plan(R"(, "policy": {"name": "msk"}, "gate": "broker_in_sync")")) == "RC0205");
    CHECK(code_of(plan(R"(, "policy": {"name": "msk"})")).empty());
}

TEST_CASE("rollout and checks survive writing; what cannot be is an error with its code") {
    models::Plan plan = two_batches();
    plan.rollout = {.retries = 3,
                    .canary = 2,
                    .canary_soak = sim::hours(1),
                    .halt_cluster = 1,
                    .halt_fleet = 4,
                    .on_stop = models::OnStop::roll_back};
    plan.preflight = {.in_sync = true, .quorum_full = true, .as_golden = true};
    plan.post_flight = {.all_in_sync = true, .no_reassignment = true};
    const std::string text = scenarios::write_plan(small_loaded().a_case, plan, {});
    const models::Plan read =
        scenarios::load_plan_text(text, "plan.json", small_loaded().a_case, "").plan;
    CHECK(read.rollout.retries == 3);
    CHECK(read.rollout.canary == 2);
    CHECK(read.rollout.canary_soak == sim::hours(1));
    CHECK_FALSE(read.rollout.halt_batch.has_value());
    CHECK(read.rollout.halt_cluster == 1);
    CHECK(read.rollout.halt_fleet == 4);
    CHECK(read.rollout.on_stop == models::OnStop::roll_back);
    CHECK(read.preflight.in_sync);
    CHECK_FALSE(read.preflight.all_in_sync);
    CHECK(read.preflight.quorum_full);
    CHECK(read.preflight.as_golden);
    CHECK_FALSE(read.preflight.no_reassignment);
    CHECK(read.post_flight.all_in_sync);
    CHECK(read.post_flight.no_reassignment);
    CHECK(scenarios::write_plan(small_loaded().a_case, read, {}) == text);

    const auto with = [](const std::string& fields) {
        std::string changed = scenarios::write_plan(small_loaded().a_case, two_batches(), {});
        const std::string name =
            "\"cluster\": \"" + small_fleet().clusters()[models::ClusterId{0}].name;
        changed.insert(changed.find(name), fields);
        return code_of(changed);
    };
    const std::string own = small_fleet().clusters()[models::ClusterId{0}].name;
    CHECK(with("\"after\": [\"" + own + "\"], ") == "RC0407");
    CHECK(with("\"after\": [\"nowhere\"], ") == "RC0401");
    CHECK(code_of(R"({"rollcast_plan": 1, "name": "t", "policy": {"name": "msk"},
                      "rollout": {"canary": 1}})") == "RC0205");
    // What nothing stops does not roll back, and no tool of today does.
    CHECK(code_of(R"({"rollcast_plan": 1, "name": "t", "policy": {"name": "msk"},
                      "rollout": {"halt_cluster_after": 1, "on_stop": "roll_back"}})") == "RC0205");
    const auto rollout = [](const std::string& fields) {
        std::string changed = scenarios::write_plan(small_loaded().a_case, two_batches(), {});
        changed.insert(changed.find("\"clusters\""), "\"rollout\": {" + fields + "},\n  ");
        return code_of(changed);
    };
    CHECK(rollout(R"("on_stop": "roll_back")") == "RC0205");
    CHECK(rollout(R"("on_stop": "roll_back", "halt_batch_after": 2)").empty());
    CHECK(rollout(R"("on_stop": "roll_on")") == "RC0302");
}
