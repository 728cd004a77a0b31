// Every kind of fault by its row: neutral it changes nothing, to the hash; at its default it moves
// something that its own file does not name, in the direction of its source; its remedy helps.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "tests/support/fault_rows.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support::fault_rows;
using rollcast::support::Lab;

namespace {

/// By kind.
std::vector<FaultRow> all_rows() {
    std::vector<FaultRow> rows;
    for (const auto& family : {machine_rows(), link_rows(), operation_rows()}) {
        rows.insert(rows.end(), family.begin(), family.end());
    }
    std::stable_sort(rows.begin(), rows.end(), [](const FaultRow& a, const FaultRow& b) {
        return a.kind < b.kind;
    });
    return rows;
}

/// The bench with the fault of the row at its default, as its last fault.
Lab struck(const FaultRow& row) {
    Lab lab = row.bench();
    lab.fault(support::fault_of(row.kind, sim::seconds(100), {}));
    if (row.strike) row.strike(lab);
    return lab;
}

Lab without_last(Lab lab) {
    lab.a_case.faults.pop_back();
    return lab;
}

/// Everything is where it was: in sync, led, served, the quorum complete, nothing left to migrate.
bool healed(const Seen& seen) {
    const RunState& state = seen.world.state();
    const Cluster& cluster = state.fleet().clusters()[ClusterId{0}];
    for (const PartitionId p : cluster.partitions()) {
        const auto replicas = state.fleet().replicas(p);
        for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
            if (state.load.absent(p, slot)) continue;
            if (!state.partitions[p].in_sync(slot)) return false;
        }
        if (!support::served(seen.world, p.value)) return false;
    }
    return state.clusters[ClusterId{0}].quorum_ok && seen.verdict.unfinished == Unfinished::no;
}

std::string file_of(FaultKind kind) {
    std::ostringstream text;
    text << std::ifstream(std::string(ROLLCAST_SOURCE_DIR) + "/models/faults/" +
                          std::string(fault_info(kind).word) + ".cpp")
                .rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("every kind of fault has its row") {
    const std::vector<FaultRow> rows = all_rows();
    REQUIRE(rows.size() == fault_kind_count);
    for (int k = 0; k < fault_kind_count; ++k) {
        const FaultRow& row = rows[static_cast<std::size_t>(k)];
        CAPTURE(fault_info(static_cast<FaultKind>(k)).word);
        REQUIRE(row.kind == static_cast<FaultKind>(k));
        const bool has_bench = row.bench != nullptr;
        CHECK(has_bench);
        CHECK(!row.neutral.because.empty());
        CHECK(!row.moves.empty());
        CHECK(!row.source.empty());
        CHECK(!row.cure.what.empty());
    }
}

TEST_CASE("every kind of fault, neutral: the hash is that of the run without it") {
    for (const FaultRow& row : all_rows()) {
        CAPTURE(fault_info(row.kind).word);
        CAPTURE(row.neutral.because);
        Lab lab = struck(row);
        row.neutral.set(lab);
        CHECK(run_over(lab).verdict.trace_hash == run_over(without_last(lab)).verdict.trace_hash);
    }
}

TEST_CASE("every kind of fault, at its default, moves what its source says, and does not name it") {
    for (const FaultRow& row : all_rows()) {
        CAPTURE(fault_info(row.kind).word);
        CAPTURE(row.source);
        const std::string file = file_of(row.kind);
        REQUIRE(!file.empty());
        const Lab lab = struck(row);
        for (const auto& value : lab.a_case.faults.back().values) CHECK(!value.has_value());
        const Seen with = run_over(lab);
        const Seen without = run_over(without_last(lab));
        for (const Move& move : row.moves) {
            CAPTURE(move.field.name);
            CHECK(file.find(move.field.name) == std::string::npos);
            const double by = move.field.read(with) - move.field.read(without);
            CHECK((move.up ? by : -by) > 0.0);
        }
    }
}

TEST_CASE("every kind of fault: its remedy ends the harm, or keeps it away") {
    for (const FaultRow& row : all_rows()) {
        CAPTURE(fault_info(row.kind).word);
        CAPTURE(row.cure.what);
        const Lab lab = struck(row);
        Lab left = lab;
        if (row.cure.withheld) row.cure.withheld(left);
        Lab mended = lab;
        if (row.cure.applied) row.cure.applied(mended);
        const Seen cured = run_over(mended);
        const double calm = row.cure.harm.read(run_over(without_last(lab)));
        const double harm = row.cure.harm.read(run_over(left));
        const double after = row.cure.harm.read(cured);
        CAPTURE(row.cure.harm.name);
        CAPTURE(calm);
        CAPTURE(harm);
        CAPTURE(after);
        CHECK(harm != calm);
        CHECK(std::abs(after - calm) < std::abs(harm - calm));
        CHECK(healed(cured));
    }
}
