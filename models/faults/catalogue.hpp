// The kinds of fault that there are: one table for running them, for reading files, for schemas and
// documentation, and for the words of results.
#pragma once

#include <optional>

#include "models/faults/kind.hpp"

namespace rollcast::models {

const FaultInfo& fault_info(FaultKind kind);

/// The kind whose word is `word`.
std::optional<FaultKind> fault_kind(std::string_view word);

std::string_view to_string(FaultFamily family);
/// Also the field of files that names it.
std::string_view to_string(FaultTarget target);

}  // namespace rollcast::models
