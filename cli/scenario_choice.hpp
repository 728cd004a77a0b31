// The case of a scenario that a command works on.
#pragma once

#include <string>

#include "scenarios/suite/prepare.hpp"

namespace rollcast::cli {

/// The case of `file` that `id` (--case) names, or its only one. Throws UsageError with those that
/// there are, and InputError.
std::string chosen_case(const std::string& file,
                        const std::string& id,
                        const scenarios::PlanMaker& plans);

}  // namespace rollcast::cli
