// Changes of a scenario by JSON pointer, and the grids that are made of them.
#pragma once

#include <string>
#include <vector>

#include "models/fleet.hpp"
#include "scenarios/format/json_file.hpp"
#include "scenarios/suite/scenario_file.hpp"

namespace rollcast::scenarios {

/// One change: `value` at `pointer`; null removes what is there. `place`: where the scenario file
/// says so, as a pointer.
struct Substitution {
    std::string pointer;
    Json value;
    std::string place;
};

/// The changes of `field` ("set" or "without").
std::vector<Substitution> changes_of(const MergedScenario& scenario, const std::string& field);

/// Makes `changes` in `tree`. A pointer to what is not there is a problem at its place: its first
/// step must exist, and every entry of a list; objects below that which are left out are made.
void apply_changes(const std::vector<Substitution>& changes,
                   Json& tree,
                   ScenarioProblems& problems);

/// One point of a grid.
struct GridPoint {
    std::string label;  // "broker=c1/0, factor=0.1"; empty where there is no grid
    std::vector<Substitution> changes;
};

/// Every combination of the values of `matrix`, the last axis the fastest; selectors ask `fleet`.
/// One point without changes where there is no grid. More than 10,000 are a problem.
std::vector<GridPoint> grid_points(const MergedScenario& scenario,
                                   const models::Fleet& fleet,
                                   ScenarioProblems& problems);

/// True where an axis of the grid asks the fleet.
bool grid_selects(const MergedScenario& scenario);

}  // namespace rollcast::scenarios
