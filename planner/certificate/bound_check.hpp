// What a proof proves, recomputed from the case.
#pragma once

#include <string>
#include <vector>

#include "models/case.hpp"
#include "planner/certificate/certificate.hpp"
#include "planner/certificate/minimum_step.hpp"

namespace rollcast::planner::certificate {

/// A duration that every plan needs, or why the proof is none.
struct Proved {
    sim::Duration value{};
    std::string wrong;        // empty: it holds
    bool windows_in = false;  // value: since the start of the run, change windows taken in
};

/// Evaluates `proof`, a rule that stands by itself (certificate.hpp), for plans that take every
/// machine of the case through its step: conflicting brokers wait for each other at
/// the gate that `steps` (by machine) were made for, and the limits of the case hold. In open time,
/// which change windows stretch by `wall_time`; only the rule `windows` speaks of the clock.
Proved prove(const models::Case& a_case, const std::vector<MinimumStep>& steps, const Proof& proof);

}  // namespace rollcast::planner::certificate
