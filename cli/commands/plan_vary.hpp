// `plan --vary`: the plan at several settings of one limit.
#pragma once

#include <string>

#include "cli/files.hpp"
#include "cli/session.hpp"
#include "planner/planner.hpp"

namespace rollcast::cli {

/// What of it is asked for.
struct VaryOptions {
    std::string settings;  // of --vary; empty: not asked for
    bool csv = false;
};

/// Throws InputError where the settings cannot be read, UsageError where the case has no such limit
/// to vary. `plan` is complete but for its progress.
ExitCode plan_vary(Session& session,
                   const OpenCase& opened,
                   const planner::PlanOptions& plan,
                   const VaryOptions& options);

}  // namespace rollcast::cli
