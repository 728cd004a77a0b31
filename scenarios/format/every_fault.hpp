// A fault of every kind that there is, to look at what each does to a case.
#pragma once

#include <vector>

#include "models/case.hpp"

namespace rollcast::scenarios {

/// One fault of every kind in the catalogue, with the defaults of its parameters and for half an
/// hour: on the last broker of the first cluster, on its rack, its first topic and so on. It
/// strikes an hour after the start of the run; at the start, where it can do without a trigger.
/// Left out are kinds that can do nothing to this case.
std::vector<models::Fault> one_of_every_kind(const models::Case& a_case);

}  // namespace rollcast::scenarios
