// Faults that a run never met: a verdict that mentions them must not read as if it had survived
// them.
#pragma once

#include <string>

#include "models/case.hpp"
#include "models/verdict.hpp"

namespace rollcast::report {

/// Why `fault` did nothing in the run of `verdict`, in words; empty where it acted.
std::string why_idle(const models::Case& a_case,
                     const models::Verdict& verdict,
                     const models::Fault& fault);

}  // namespace rollcast::report
