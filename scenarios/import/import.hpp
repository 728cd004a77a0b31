// Import of real clusters: from what Kafka's own tools print to a case that can be simulated.
//
//   ImportOptions options;
//   options.log_dirs_at = {"log-dirs-1.txt=2024-05-01T10:00:00Z", "log-dirs-2.txt=1714558200"};
//   const ImportResult result = import_sources({"dumps/"}, options);
//   // result.case_document is a case; result.warnings says what was missing and what stood in
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "scenarios/format/diagnostic.hpp"
#include "scenarios/format/json_file.hpp"

namespace rollcast::scenarios {

struct ImportOptions {
    std::string name;   // of the case, and of the cluster where there is only one
    std::string racks;  // "1=a,2=b", or the path of a file of such pairs (side_files.hpp)
    std::filesystem::path rates_file;  // empty = none
    std::filesystem::path hosts_file;  // empty = none
    /// When log-dirs dumps were taken: "FILE=TIME", where FILE is the end of a path, or "TIME" for
    /// the dumps in the order of their names. TIME as in `moment_ms`. Modification times of files
    /// are never used: copying changes them.
    std::vector<std::string> log_dirs_at;
};

struct ImportResult {
    Json case_document;                // in the case format, loads as it is
    std::vector<Diagnostic> warnings;  // RC05xx: what was missing, and which default stands in
    std::vector<std::string> found;    // one line a source, then one a cluster
};

/// Reads files and folders (see `read_sources`) and assembles one fleet. Files are told by their
/// shape, not by their names. Throws InputError with every problem found in them.
ImportResult import_sources(const std::vector<std::filesystem::path>& sources,
                            const ImportOptions& options);

}  // namespace rollcast::scenarios
