// A migration as a programme of passes over the same clusters: trust added, machines re-imaged,
// protocol bumped, old trust removed (kafka-semantics §6.1, §6.3).
#pragma once

#include <optional>
#include <vector>

#include "models/case.hpp"
#include "models/plan.hpp"
#include "models/simulate.hpp"

namespace rollcast::models {

struct PassResult {
    sim::Duration starts{};  // after the start of the programme
    Verdict verdict;         // its instants count from the start of the pass
};

struct ProgrammeResult {
    std::vector<PassResult> passes;  // those that were begun
    sim::Duration makespan{};        // to the end of the last of them
    /// Clusters that were mixed for longer than `Limits::mixed_version_limit`, from the start of
    /// their first step to the end of their last; not judged where a pass has not finished.
    std::vector<ClusterId> mixed_too_long;

    /// Every pass was carried out, no rule is broken in any.
    bool safe(const Case& a_case) const;
};

/// Runs one pass after the other, each as soon as the one before is done, with the plan's orders,
/// its own step times and gate. The first pass that does not finish is the last. A case without
/// passes is one of them, to its target.
///
/// Of faults with an instant each pass has those that fall into it; what lasts longer than the pass
/// begins anew with the next. Faults that wait for a step are those of the first pass.
ProgrammeResult run_programme(const Case& a_case, const Plan& plan, const RunOptions& options);

/// The case of pass `pass` alone, `elapsed` after the start of the programme.
Case case_of_pass(const Case& a_case, std::size_t pass, sim::Duration elapsed);

/// A broker that runs `from` can go back to `to`: that binary knows the protocol and the message
/// format that `from` has brought into force, and its system mounts what `from` has formatted
/// (kafka-semantics §6.1, §6.4: XFS made by RHEL 9).
bool goes_back(const NodeStack& from, const NodeStack& to, DataDisk data_disk);

/// The first pass from whose first step on `cluster` cannot go back to the stack of before the
/// programme; nothing where it can to the end, or names no stacks.
std::optional<std::size_t> point_of_no_return(const Case& a_case, ClusterId c, DataDisk data_disk);

}  // namespace rollcast::models
