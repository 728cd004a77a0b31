// How long the phases of one machine's step take: `step` of a case, and of a pass of its programme.
#pragma once

#include "models/step.hpp"
#include "scenarios/format/problems.hpp"
#include "scenarios/format/reader.hpp"

namespace rollcast::scenarios {

const Record& step_record();

/// The durations of `reader`. Adds a problem where a 95th percentile is below its median.
models::StepTimes read_step(const Reader& reader, Problems& problems);

}  // namespace rollcast::scenarios
