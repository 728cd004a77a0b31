// Cases and plans from the parts of a scenario, whether they stand in it or in files.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "scenarios/format/load_case.hpp"
#include "scenarios/suite/changes.hpp"
#include "scenarios/suite/prepare.hpp"
#include "scenarios/suite/scenario_file.hpp"

namespace rollcast::scenarios {

/// Builds the runs of one scenario. All arguments outlive it.
class RunBuilder {
public:
    RunBuilder(const MergedScenario& scenario, const PlanMaker& plans, ScenarioProblems& problems)
        : scenario_(&scenario), plans_(&plans), problems_(&problems) {}

    /// Replaces the references of `tree` into which a change of the scenario leads by what they
    /// refer to.
    void inline_changed(Json& tree);
    /// Replaces every reference of `tree`, and that of its case to a file with its fleet.
    void inline_all(Json& tree);
    /// Problems with what these changes have set are shown where the scenario says them.
    void varied(const GridPoint& point) { point_ = point.changes; }

    /// What is wrong with values of the scenario itself: shown at the change that has set them.
    void misplaced_fields(const InputError& error, const std::string& name) {
        misplaced(error, name, "");
    }

    /// The case of `tree`; empty where there are problems.
    LoadedCase load_case_of(const Json& tree);
    /// The whole run; null where there are problems. What files hold is added to `hashed`.
    std::shared_ptr<CaseAndPlan> build(const Json& tree, std::string& hashed);

private:
    void inline_reference(Json& tree, const std::string& key);
    void add_faults(const Json& tree, models::Case& a_case, std::string& hashed);
    std::optional<models::Plan> plan_of(const Json& tree,
                                        const LoadedCase& loaded,
                                        std::string& hashed);
    std::optional<models::Plan> policy_of(const Json& policy, const models::Case& a_case);
    void misplaced(const InputError& error, const std::string& inner_name, const std::string& key);
    void report_policy(const std::string& word);
    bool changed(const std::string& key) const;

    const MergedScenario* scenario_;
    const PlanMaker* plans_;
    ScenarioProblems* problems_;
    std::vector<Substitution> point_;
    std::map<std::string, std::string> names_;  // of what was a reference, the file
};

}  // namespace rollcast::scenarios
