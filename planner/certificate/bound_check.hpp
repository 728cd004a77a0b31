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
    std::string wrong;  // empty: it holds
};

/// Evaluates `proof`, a rule that stands by itself (certificate.hpp), for plans that take every
/// machine of the case through its step: conflicting brokers wait for each other at
/// the gate that `steps` (by machine) were made for, and the limits of the case hold. In open time:
/// change windows stretch it by `wall_time`.
Proved prove(const models::Case& a_case, const std::vector<MinimumStep>& steps, const Proof& proof);

/// The earliest time from the start of the run by which `needed` of open time has passed.
sim::Duration wall_time(const models::Windows& windows, sim::Duration needed);

}  // namespace rollcast::planner::certificate
