// A programme of passes over the clusters of a case: `programme`.
#pragma once

#include <vector>

#include "models/case.hpp"
#include "models/fleet.hpp"
#include "scenarios/format/problems.hpp"
#include "scenarios/format/reader.hpp"

namespace rollcast::scenarios {

const Record& programme_record();

/// Reads the programme of the case `root`, if it has one: its stacks go behind those of `tables`,
/// and its clusters learn which ends they have and where the last pass leads. Adds a problem for
/// every name that is unknown, for a pass whose stack its clusters can not come to, and for passes
/// that go in a circle.
std::vector<models::Pass> read_programme(const Reader& root,
                                         models::FleetTables& tables,
                                         Problems& problems);

}  // namespace rollcast::scenarios
