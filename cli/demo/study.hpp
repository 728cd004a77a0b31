// What the demo finds out about the embedded estate; how it is shown is another matter.
#pragma once

#include <string>
#include <vector>

#include "cli/files.hpp"
#include "cli/session.hpp"
#include "planner/planner.hpp"

namespace rollcast::cli {

/// The found plan under one fault that strikes where it hurts most.
struct FaultStudy {
    models::Fault fault;
    std::string why_there;  // one clause: why this target and this moment
    models::Verdict verdict;
    std::string effect;  // one clause beyond the rules; may be empty
};

struct DemoStudy {
    OpenCase opened;
    std::vector<planner::Finding> findings;
    planner::PlanResult rack_at_a_time;
    planner::PlanResult one_at_a_time;
    planner::PlanResult greedy;
    planner::PlanResult best;
    std::vector<FaultStudy> faults;  // empty where there is no safe plan

    /// True where `best` may be proposed.
    bool planned() const;
};

/// Audits, plans by four policies and tries the best plan under four faults. A signal ends it
/// early: what was not reached is empty.
DemoStudy study_embedded_estate(Session& session, std::uint64_t effort);

}  // namespace rollcast::cli
