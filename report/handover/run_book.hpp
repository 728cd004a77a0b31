// A plan as a run book in Markdown: what to do at each step, what to check, when to stop, and what
// going back from there takes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/case.hpp"
#include "models/plan.hpp"
#include "models/simulate.hpp"

namespace rollcast::report {

/// What happens if a machine is lost in its step and the cluster is turned back there: simulated,
/// the cluster alone.
struct GoingBack {
    models::MachineId machine;
    std::size_t taken_down = 0;          // that were to go back
    std::size_t back = 0;                // that did
    sim::Duration takes{};               // to the end of the last step back
    bool refused = false;                // past the point of no return
    std::vector<models::Rule> broken{};  // promises, but for `finished`, that break in that run
};

/// At the first machine of at most `most` batches, evenly spread. None where the plan follows a
/// tool's rules, which know no way back, or looks at steps without re-images. Uses the threads of
/// `options`.
std::vector<GoingBack> ways_back(const models::Case& a_case,
                                 const models::Plan& plan,
                                 const models::Verdict& verdict,
                                 const models::RunOptions& options,
                                 std::size_t most);

/// The run book of the run `verdict` of `plan`.
std::string run_book(const models::Case& a_case,
                     const models::Plan& plan,
                     const models::Verdict& verdict,
                     const std::vector<GoingBack>& back);

}  // namespace rollcast::report
