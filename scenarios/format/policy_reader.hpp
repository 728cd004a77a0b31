// The `policy` of a plan.
#pragma once

#include <string>
#include <string_view>

#include "models/plan.hpp"
#include "scenarios/format/reader.hpp"

namespace rollcast::scenarios {

/// Reads an object of `policy_record`. Adds a problem for every parameter that its policy does not
/// take.
models::PolicyChoice read_policy(const Reader& reader, Problems& problems);

/// The same as a file holds it: name, and the parameters that are set.
std::string write_policy(const models::PolicyChoice& choice);

/// True where the parameter `key` of a policy is a whole number: it has neither the unit of a time
/// nor that of a share.
bool policy_counts(std::string_view key);

}  // namespace rollcast::scenarios
