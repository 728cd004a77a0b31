// What every command is handed: the options that several of them share, and where results go.
#pragma once

#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/exit_code.hpp"
#include "cli/progress.hpp"
#include "report/document.hpp"

namespace rollcast::cli {

/// Options that several commands share; a command adds those that do something for it.
struct CommonOptions {
    bool json = false;
    bool exit_zero = false;
    std::uint64_t seed = 1;
    int jobs = 0;  // 0 = as many as the machine has processors
    ProgressStyle progress = ProgressStyle::automatic;

    int threads() const;
};

/// One call of the program.
struct Session {
    std::ostream& out;                   // stdout
    std::ostream& err;                   // stderr
    std::vector<std::string> arguments;  // as typed
    CommonOptions options;
    std::vector<report::Input> inputs;     // files that were read, in order
    std::vector<std::string> assumptions;  // what stands in for what the case does not know

    /// Where a document of this call comes from. The command that repeats it leaves out what cannot
    /// change the result (threads, progress).
    report::Provenance provenance() const;
    /// The one document of `--json`.
    void print(const report::Json& document);
};

/// What runs a command once its options are parsed.
using Action = std::function<ExitCode()>;

void add_json(CLI::App& command, CommonOptions& options);
void add_exit_zero(CLI::App& command, CommonOptions& options);
/// `-o`, the file that a command writes. An empty name is refused, not taken for none.
CLI::Option* add_out(CLI::App& command, std::string& file, const std::string& description);
void add_seed(CLI::App& command, CommonOptions& options);
void add_jobs(CLI::App& command, CommonOptions& options);
void add_progress(CLI::App& command, CommonOptions& options);

/// Version of the program, "0.1.0".
std::string tool_version();

}  // namespace rollcast::cli
