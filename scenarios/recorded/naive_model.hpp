// What a spreadsheet would say of a recorded run: every death is noticed after the whole time-out,
// and a broker that is back has missed its bytes over the rate. Only there to show what the detail
// of the real model buys.
#pragma once

#include <vector>

#include "models/case.hpp"
#include "models/run_state.hpp"

namespace rollcast::scenarios {

std::vector<models::Transition> naive_transitions(const models::Case& a_case, sim::Instant end);

}  // namespace rollcast::scenarios
