// From a scenario file to runs: one case for every point of its grid.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/case.hpp"
#include "models/plan.hpp"
#include "models/simulate.hpp"
#include "scenarios/format/diagnostic.hpp"
#include "scenarios/suite/expectation.hpp"

namespace rollcast::scenarios {

/// Policies that are none of a tool's: who knows them makes their plans.
struct PlanMaker {
    std::vector<std::string> words;
    /// The plan of `word` for a case; nothing, and why, where there is none.
    std::function<std::optional<models::Plan>(
        const models::Case& a_case, const std::string& word, std::string& why)>
        make;
};

/// A case and the plan that it is run with.
struct CaseAndPlan {
    models::Case a_case;
    models::Plan plan;
};

/// One point of a scenario's grid: what is run, once for each seed.
struct SuiteCase {
    std::string id;      // "disk/slow_disk", "disk/slow_disk[broker=c1/0]"
    std::string family;  // the folder of the file
    std::string file;    // as it was named
    std::string teaches;
    std::vector<std::string> tags;
    std::vector<Expectation> expectations;
    std::shared_ptr<const CaseAndPlan> run;
    std::shared_ptr<const CaseAndPlan> control;  // the same without what is taught
    std::vector<std::uint64_t> seeds;
    models::Fidelity fidelity = models::Fidelity::flow;
    bool sampled = false;
    bool watched = false;        // some expectation is about alerts or checks
    bool needs_control = false;  // some expectation is against it
    std::string fingerprint;     // SHA-256 of all that decides the result, the seed aside
    /// The place of an expectation: line and column of the file that says it.
    std::vector<Diagnostic> places;
    Json tree;  // the scenario as it is run, every reference as it stands
};

/// Every case of the scenario at `path`, in the order of its grid. Throws InputError with every
/// problem found.
std::vector<SuiteCase> prepare_scenario(const std::filesystem::path& path, const PlanMaker& plans);

/// One case of a scenario that refers to nothing: its case, plan and faults stand in it. Throws
/// InputError; none where `id` is not a case of it.
std::optional<Json> self_contained(const std::filesystem::path& path,
                                   const std::string& id,
                                   const PlanMaker& plans);

/// The one case of a scenario that stands in `scenario`; `path` is where it would stand. Throws
/// InputError.
SuiteCase prepare_inline(const Json& scenario,
                         const std::filesystem::path& path,
                         const PlanMaker& plans);

/// The tags of a scenario, its bases read; nothing else of it is checked.
std::vector<std::string> tags_of(const std::filesystem::path& path);

/// Files under `paths`, sorted: a file as it is named, of a folder every file below it whose name
/// ends in ".scenario.json". Throws InputError where a path does not exist or holds none.
std::vector<std::string> find_scenarios(const std::vector<std::string>& paths);

}  // namespace rollcast::scenarios
