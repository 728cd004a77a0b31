// Faults whose target is what has the least margin.
#pragma once

#include <memory>

#include "models/case.hpp"
#include "models/plan.hpp"
#include "models/scope.hpp"
#include "models/simulate.hpp"

namespace rollcast::models {

/// The case with the targets that its faults strike in the run of `plan`; nothing where all are
/// named. A target is what counts most partitions that would fall under their floor without it (the
/// N-1 margin) in the run without faults: at the instant at which the fault starts, or, where that
/// is not given, at the worst of the run. Of equals the first; where none counts any, the first of
/// its cluster.
std::shared_ptr<const Case> with_worst_targets(const Case& a_case,
                                               const Plan& plan,
                                               const Scope& scope,
                                               const RunOptions& options);

}  // namespace rollcast::models
