// What a plan waits for: which limit, cluster or quorum makes it as long as it is.
#pragma once

#include <string>
#include <vector>

#include "models/case.hpp"
#include "planner/holds.hpp"
#include "planner/planner.hpp"

namespace rollcast::planner {

/// One constraint and the time of the critical chain during which it was what was waited for.
struct Waited {
    std::string what;  // "crews", "conflicts of c07", "quorum of c01", "change windows", ...
    sim::Duration time{};
    bool operator==(const Waited&) const = default;
};

/// What holds a plan up.
struct Binding {
    std::string what;     // empty where there is no plan
    bool proved = false;  // the bound rests on it too, and the plan is within 2 % of the bound
    /// The chain of waits that ends with the last machine, summed by constraint, the longest first;
    /// with the step of the last machine they add up to the makespan.
    std::vector<Waited> waited;
    sim::Duration last_step{};
};

/// By the critical chain of the run in `result`, and by its bound where plan and bound are close.
Binding binding_of(const models::Case& a_case, const PlanResult& result);

/// What `hold` waited for, in the words of Waited::what.
std::string waited_for(const models::Fleet& fleet, const Hold& hold);

}  // namespace rollcast::planner
