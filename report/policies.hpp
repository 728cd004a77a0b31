// A plan against today's tools and against itself with less: the same estate, faults and seeds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/case.hpp"
#include "models/plan.hpp"
#include "models/verdict.hpp"
#include "planner/planner.hpp"
#include "report/document.hpp"
#include "report/numbers.hpp"
#include "report/tools.hpp"

namespace rollcast::report {

enum class PolicyFamily : std::uint8_t { ours, ablation, tool };

/// One way to roll the estate: a run by nominal durations, and some with drawn ones.
struct PolicyRow {
    PolicyFamily family = PolicyFamily::tool;
    std::string what;  // of an ablation: what is done instead
    ToolRun nominal;
    std::vector<std::string> broken;       // rules, in the nominal run
    std::vector<sim::Duration> makespans;  // of drawn runs in which every machine was done
    std::uint64_t runs = 0;                // drawn
    std::uint64_t unsafe = 0;              // drawn runs in which a partition fell under its floor
    std::uint64_t aborted = 0;             // drawn runs in which a machine was left
};

PolicyRow policy_row(PolicyFamily family,
                     std::string name,
                     const models::Case& a_case,
                     const models::Plan& plan,
                     const models::Verdict& nominal);
/// Counts a drawn run.
void add_run(PolicyRow& row, const models::Plan& plan, const models::Verdict& verdict);

/// What a table of policies is about.
struct PolicyTable {
    std::vector<PolicyRow> rows;  // the first is ours
    planner::PlanResult plan;     // of ours; no bound where it was read from a file
    std::vector<std::string> faults;
    std::vector<std::string> left_out;  // tools, with the reason
    std::uint64_t seed = 1;
};

/// How `row` stands against ours.
enum class Standing : std::uint8_t {
    is_ours,
    not_ended,  // machines are left
    less_safe,  // breaks a rule that ours holds, or puts more partitions under their floor
    beaten,     // as safe, and slower
    as_good,    // as safe, and within 0.1 % of ours
    ahead       // as safe, and faster
};
Standing standing(const PolicyRow& ours, const PolicyRow& row);

/// True where no row is ahead of ours.
bool all_matched(const PolicyTable& table);

std::string policies_text(const PolicyTable& table);
/// The same as a page of its own: `command` made it.
std::string policies_page(const models::Case& a_case,
                          const PolicyTable& table,
                          const std::string& command);
Json policies_json(const PolicyTable& table);

}  // namespace rollcast::report
