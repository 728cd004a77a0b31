#include "scenarios/format/plan_file.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "scenarios/format/load_case.hpp"
#include "scenarios/format/names.hpp"
#include "tests/scenarios/small_case.hpp"

namespace {

using namespace rollcast;

const scenarios::LoadedCase& small() {
    static const auto loaded = scenarios::load_case_text(test::small_case(), "case.json");
    return loaded;
}

const models::Fleet& fleet() { return small().a_case.fleet; }

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
    plan.clusters.push_back(cluster);
    return plan;
}

std::string code_of(const std::string& text, const std::string& hash = "") {
    try {
        const auto loaded = scenarios::load_plan_text(text, "plan.json", small().a_case, hash);
        return loaded.warnings.empty() ? "" : loaded.warnings.front().code;
    } catch (const scenarios::InputError& error) {
        return error.diagnostics().front().code;
    }
}

}  // namespace

TEST_CASE("a plan survives writing and reading, to the same bytes") {
    scenarios::PlanFileMeta meta;
    meta.case_file = "case.json";
    meta.case_sha256 = small().sha256;
    meta.seed = 42;
    meta.makespan = sim::milliseconds(1'234'567);
    const std::string text = scenarios::write_plan(small().a_case, two_batches(), meta);

    const auto loaded =
        scenarios::load_plan_text(text, "plan.json", small().a_case, small().sha256);

    CHECK(loaded.warnings.empty());
    CHECK(loaded.plan.name == "two \"batches\"");
    CHECK(loaded.plan.gate == models::Gate::shared_partitions);
    CHECK(loaded.plan.data_disk == models::DataDisk::wipe);
    REQUIRE(loaded.plan.clusters.size() == 1);
    CHECK(loaded.plan.clusters[0].start == models::Start::barrier);
    CHECK(loaded.plan.clusters[0].batches[1].machines ==
          two_batches().clusters[0].batches[1].machines);
    CHECK(loaded.plan.clusters[0].quorum == two_batches().clusters[0].quorum);
    CHECK(loaded.meta.seed == 42);
    CHECK(loaded.meta.makespan == sim::milliseconds(1'234'567));
    CHECK_FALSE(loaded.meta.lower_bound.has_value());
    CHECK(scenarios::write_plan(small().a_case, loaded.plan, loaded.meta) == text);
}

TEST_CASE("a plan that does not fit the case is an error with its code") {
    const std::string good = scenarios::write_plan(small().a_case, two_batches(), {});
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
    const std::string text = scenarios::write_plan(small().a_case, two_batches(), meta);
    CHECK(code_of(text).empty());
    CHECK(code_of(text, small().sha256) == "RC0405");
    try {
        (void)scenarios::load_plan_text(text, "plan.json", small().a_case, small().sha256);
    } catch (const scenarios::InputError& error) {
        const std::string shown = scenarios::render(error.diagnostics());
        CHECK(shown.find(std::string(64, 'a')) != std::string::npos);
        CHECK(shown.find(small().sha256) != std::string::npos);
    }
}

TEST_CASE("machines have names, and names find their machines") {
    const scenarios::Names names(fleet());
    for (const models::MachineId m : models::Range<models::MachineId>(fleet().machines().size())) {
        CHECK(names.machine(scenarios::machine_name(fleet(), m)) == m);
    }
    CHECK(scenarios::machine_name(fleet(), models::MachineId{0}) == "c1/1");
    CHECK(scenarios::machine_name(fleet(), models::MachineId{6}) == "c1/zk1");
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
