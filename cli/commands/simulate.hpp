// What `simulate` is asked for, and what its runs have in common with those of a programme.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/files.hpp"
#include "cli/session.hpp"
#include "models/ids.hpp"
#include "models/plan.hpp"
#include "models/simulate.hpp"
#include "report/numbers.hpp"
#include "sim/units.hpp"

namespace rollcast::cli {

struct SimulateOptions {
    CaseChoice choice;
    std::string plan;
    std::string policy;  // instead of a plan: the word of a tool
    std::vector<std::string> faults;
    std::string fidelity = "flow";
    std::string cluster;
    bool sampled = false;
    bool diary = false;
    std::uint64_t runs = 1;
};

/// What many runs showed: how many were safe, how long they took, and which of them is shown.
struct RunCount {
    std::uint64_t safe = 0;
    std::vector<sim::Duration> makespans;
    std::uint64_t shown_seed = 0;  // of the first that is not safe, else of the longest

    /// The makespan that a share of `share` of the runs does not exceed.
    sim::Duration quantile(double share) const;
    /// Counts a run; true where it is the one to be shown, so far.
    bool add(std::uint64_t seed, bool is_safe, sim::Duration makespan);

private:
    bool shown_safe_ = true;
    sim::Duration shown_makespan_{};
};

report::Json runs_json(const RunCount& runs);
std::string runs_text(const RunCount& runs);

/// How one run of `options` with `seed` is made.
models::RunOptions run_options(const Session& session,
                               const SimulateOptions& options,
                               std::uint64_t seed);

/// Runs the programme of the case, prints what came of it, and with --diary first tells it.
/// `only`: the cluster that is run alone, or none.
ExitCode simulate_programme(Session& session,
                            const OpenCase& opened,
                            const models::Plan& plan,
                            models::ClusterId only,
                            const SimulateOptions& options);

}  // namespace rollcast::cli
