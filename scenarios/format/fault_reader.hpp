// Faults of a case, or of a file of their own.
#pragma once

#include <filesystem>
#include <vector>

#include "models/case.hpp"
#include "scenarios/format/reader.hpp"

namespace rollcast::scenarios {

/// The faults of a file. Throws InputError; a target that the case does not have comes with the
/// names that are near.
std::vector<models::Fault> load_faults(const std::filesystem::path& path,
                                       const models::Case& a_case);

/// The same from text; `name` stands for the file in messages.
std::vector<models::Fault> load_faults_text(std::string_view text,
                                            std::string_view name,
                                            const models::Case& a_case);

/// Reads objects that fit `fault_record`, of a case whose fleet and programme are read. Problems go
/// into `problems`.
std::vector<models::Fault> read_faults(const std::vector<Reader>& faults,
                                       const models::Case& a_case,
                                       Problems& problems);

}  // namespace rollcast::scenarios
