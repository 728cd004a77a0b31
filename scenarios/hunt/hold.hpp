// What holds of every run, whatever fails in it: looked at after every single event.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "models/simulate.hpp"
#include "scenarios/hunt/family.hpp"
#include "scenarios/suite/prepare.hpp"

namespace rollcast::scenarios {

/// An invariant that did not hold.
struct BrokenInvariant {
    std::string invariant;  // "recount", "records", ...
    std::string text;       // what was wrong, a sentence
    double at_s = 0.0;      // after the start of the run

    /// What stays the same while the case gets smaller: the sentence without its numbers.
    std::string reason() const;
};

/// What became of one case.
struct HeldCase {
    HuntFamily family = HuntFamily::flow;
    std::uint64_t events = 0;  // after each of which the invariants were held
    std::uint64_t kinds = 0;   // bit k: some fault of the case is of kind k
    std::optional<BrokenInvariant> broken;
};

/// What is wrong with what the planner makes of a case in which nothing fails, and whose plan ran
/// with `verdict`; empty = nothing. Made by who knows the planner.
using PlanJudge = std::function<std::string(
    const CaseAndPlan& what, const models::Verdict& verdict, std::uint64_t seed)>;

/// Runs a case and looks at it after every event: the books against a recount, time against itself,
/// min ISR totals against an integration, the whole fleet against its clusters run apart; of cases
/// that count records what is committed, in which order it is read, what is lost; of `calm` and
/// `planned` ones the floors; of `agree` both fidelities against each other. A contract that is
/// violated on the way is an invariant that broke.
HeldCase hold_invariants(HuntFamily family,
                         const CaseAndPlan& what,
                         const models::RunOptions& options,
                         const PlanJudge& judge);

/// The options of a run of `family`: those that count records end after an hour.
models::RunOptions hunt_options(HuntFamily family, std::uint64_t seed, bool sampled);

/// The family of a scenario: by its tag, else by its fidelity.
HuntFamily family_of_case(const SuiteCase& c);

}  // namespace rollcast::scenarios
