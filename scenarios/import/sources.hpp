// From paths to parsed dumps: which files belong to which cluster, what each file is by its shape,
// and every problem of every file at once.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/format/diagnostic.hpp"
#include "scenarios/import/api_versions.hpp"
#include "scenarios/import/configs_describe.hpp"
#include "scenarios/import/consumer_groups.hpp"
#include "scenarios/import/dump_shape.hpp"
#include "scenarios/import/dump_text.hpp"
#include "scenarios/import/kcat.hpp"
#include "scenarios/import/log_dirs.hpp"
#include "scenarios/import/reassignment.hpp"
#include "scenarios/import/topics_describe.hpp"

namespace rollcast::scenarios {

/// A dump and the file it came from, as the user typed it.
template <class Dump>
struct Sourced {
    std::string file;
    Dump dump;
};

/// All dumps of one cluster, each kind in the order of the file names.
struct ClusterDumps {
    std::string name;
    std::vector<Sourced<TopicsDescribe>> topics;
    std::vector<Sourced<LogDirsDump>> log_dirs;
    std::vector<Sourced<AssignmentDump>> assignments;
    std::vector<Sourced<std::vector<DescribedConfigs>>> configs;
    std::vector<Sourced<std::vector<BrokerApis>>> api_versions;
    std::vector<Sourced<std::vector<DescribedGroup>>> groups;
    std::vector<Sourced<KcatDump>> kcat;  // JSON and text alike
};

/// What an import tells beside the case: files used, and what was missing or odd.
struct ImportNotes {
    std::vector<std::string> found;        // one line a file: what it is and holds
    std::vector<Diagnostic> warnings;      // RC05xx
    std::vector<std::string> assumptions;  // the defaults that stand in, for the case document

    /// The reference is valid until the next call.
    Diagnostic& warn(std::string_view code,
                     const std::string& file,
                     const std::string& message,
                     const std::string& help);
    /// A warning that says which default stands in: it goes into the case document too.
    void assume(std::string_view code,
                const std::string& cluster,
                const std::string& message,
                const std::string& help);
};

/// Reads all sources. Files named beside each other are one cluster; a folder with dumps is one
/// cluster, named as the folder; a folder whose subfolders hold dumps is one cluster a subfolder.
/// Throws InputError with every file that is missing, binary, cut, malformed or, where it was named
/// by itself, empty or of no known shape; in a folder such a file is a warning.
std::vector<ClusterDumps> read_sources(const std::vector<std::filesystem::path>& sources,
                                       ImportNotes& notes);

/// The error of a reader as a problem of `file` whose content is `text`.
Diagnostic to_diagnostic(const DumpError& error, const std::string& file, std::string_view text);

}  // namespace rollcast::scenarios
