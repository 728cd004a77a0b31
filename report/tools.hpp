// What today's tools made of a case: how far each came, what it broke, why it stopped.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/case.hpp"
#include "models/plan.hpp"
#include "models/verdict.hpp"
#include "report/numbers.hpp"

namespace rollcast::report {

/// What a table of tools shows of one run.
struct ToolRun {
    std::string name;
    std::uint64_t machines = 0;  // of the plan
    std::uint64_t done = 0;
    sim::Duration makespan{};  // until the last step was over, or the run
    std::uint64_t under_floor = 0;
    double under_floor_seconds = 0.0;  // partition-seconds
    double at_floor_seconds = 0.0;     // partition-seconds: exposure
    std::uint64_t most_down = 0;       // brokers of one cluster without a process at once
    std::uint64_t leader_moves = 0;
    std::uint64_t gave_up = 0;         // clusters
    std::uint64_t blocked = 0;         // clusters
    std::vector<std::string> stopped;  // "c01 at 3 h 10 min: reason"; every reason once
};

ToolRun tool_run(const models::Case& a_case,
                 const models::Plan& plan,
                 const models::Verdict& verdict);

/// One row a tool, then why those that stopped did.
std::string tools_text(const std::vector<ToolRun>& runs);
Json tools_json(const std::vector<ToolRun>& runs);

/// The clusters whose policy stopped, with the reason, a line each; empty where none did.
std::string stopped_text(const models::Case& a_case, const models::Verdict& verdict);
Json stopped_json(const models::Case& a_case, const models::Verdict& verdict);

/// `plan` with what its policy started together as its batches, and what it never started as the
/// last.
models::Plan as_it_ran(const models::Plan& plan, const models::Verdict& verdict);

}  // namespace rollcast::report
