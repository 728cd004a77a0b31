#include "report/policies.hpp"

#include <doctest/doctest.h>

using namespace rollcast;
using report::PolicyFamily;
using report::PolicyRow;
using report::Standing;

namespace {

PolicyRow row_of(PolicyFamily family, std::int64_t hours, std::uint64_t under_floor = 0) {
    PolicyRow row{.family = family, .what = {}, .nominal = {}, .broken = {}, .makespans = {}};
    row.nominal.machines = row.nominal.done = 10;
    row.nominal.makespan = sim::hours(hours);
    row.nominal.under_floor = under_floor;
    if (under_floor > 0) row.broken = {"min_isr"};
    return row;
}

}  // namespace

TEST_CASE("a policy is beaten, as good or ahead only where it ends and is as safe") {
    const PolicyRow ours = row_of(PolicyFamily::ours, 100);
    CHECK(report::standing(ours, ours) == Standing::is_ours);
    CHECK(report::standing(ours, row_of(PolicyFamily::tool, 120)) == Standing::beaten);
    CHECK(report::standing(ours, row_of(PolicyFamily::tool, 100)) == Standing::as_good);
    CHECK(report::standing(ours, row_of(PolicyFamily::tool, 90)) == Standing::ahead);
    CHECK(report::standing(ours, row_of(PolicyFamily::tool, 50, 3)) == Standing::less_safe);
    PolicyRow stuck = row_of(PolicyFamily::tool, 50);
    stuck.nominal.done = 9;
    CHECK(report::standing(ours, stuck) == Standing::not_ended);
    // What ours breaks, too, is no reason to leave one out.
    CHECK(report::standing(row_of(PolicyFamily::ours, 100, 5), row_of(PolicyFamily::tool, 90, 5)) ==
          Standing::ahead);
}

TEST_CASE("a table is matched unless some policy is ahead, and then it names it") {
    report::PolicyTable table{.rows = {row_of(PolicyFamily::ours, 100),
                                       row_of(PolicyFamily::tool, 120),
                                       row_of(PolicyFamily::tool, 50, 3)},
                              .plan = {},
                              .faults = {},
                              .left_out = {}};
    CHECK(report::all_matched(table));
    CHECK(report::policies_text(table).find("Every policy is matched") != std::string::npos);
    table.left_out.push_back("one, for the work was ended before");
    CHECK(report::policies_text(table).find("Every policy that was run") != std::string::npos);
    table.rows.push_back(row_of(PolicyFamily::tool, 90));
    table.rows.back().nominal.name = "quick";
    CHECK_FALSE(report::all_matched(table));
    CHECK(report::policies_text(table).find("Not matched: quick") != std::string::npos);
}
