// A migration as a programme of passes over the same clusters: trust added, machines re-imaged,
// protocol bumped, old trust removed (kafka-semantics §6.1, §6.3).
#pragma once

#include <functional>
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

/// How long a cluster was on its way: from the start of its first step to the end of its last,
/// both after the start of the programme.
struct ClusterSpan {
    ClusterId cluster;
    sim::Duration from{};
    sim::Duration to{};

    sim::Duration length() const { return to - from; }
};

struct ProgrammeResult {
    std::vector<PassResult> passes;  // those that were begun
    sim::Duration makespan{};        // to the end of the last of them
    /// Clusters with a step in a pass that was carried out, in cluster order.
    std::vector<ClusterSpan> spans;
    /// Those that took longer than `Limits::mixed_version_limit`; not judged where a pass has not
    /// finished.
    std::vector<ClusterId> mixed_too_long;

    /// Every pass was carried out, no rule is broken in any.
    bool safe(const Case& a_case) const;
};

/// Runs one pass after the other, each as soon as the one before is done, with the plan's orders,
/// its own step times and gate. The first pass that does not finish is the last. A case without
/// passes is one of them, to its target.
///
/// Of faults with an instant each pass has those that fall into it; what lasts longer than the pass
/// begins anew with the next. Faults that wait for a step are those of the pass that they name.
/// Where durations are drawn, each pass has draws of its own.
ProgrammeResult run_programme(const Case& a_case, const Plan& plan, const RunOptions& options);

/// The whole as one verdict: one answer a rule, the one of all passes that promises least, and the
/// time limit of the whole; totals over the passes; machines and exposed domains once for every
/// pass. Instants of rules count from the start of the programme, those of machines and domains
/// from that of their pass.
Verdict whole_verdict(const ProgrammeResult& result);

/// One pass: its case, its plan, the options of the programme with the seed of the pass.
using PassRun = std::function<Verdict(const Case&, const Plan&, const RunOptions&)>;
/// The same with another way to run a pass: one cluster alone, or with somebody who looks on.
ProgrammeResult run_programme(const Case& a_case,
                              const Plan& plan,
                              const RunOptions& options,
                              const PassRun& run);

/// The case of pass `pass` alone, `elapsed` after the start of the programme.
Case case_of_pass(const Case& a_case, std::size_t pass, sim::Duration elapsed);
/// `plan` with what pass `pass` has instead of its own.
Plan plan_of_pass(const Case& a_case, const Plan& plan, std::size_t pass);

/// What the clients of `c` run in pass `pass`: none where nobody says.
StackId clients_in(const Case& a_case, ClusterId c, std::size_t pass);

/// The pass whose steps take longest when nothing fails, the first of several: what a plan is made
/// for. 0 where the case has no programme.
std::size_t longest_pass(const Case& a_case);

/// The first pass from whose first step on `cluster` cannot go back to the stack of before the
/// programme; nothing where it can to the end, or names no stacks.
std::optional<std::size_t> point_of_no_return(const Case& a_case, ClusterId c, DataDisk data_disk);

}  // namespace rollcast::models
