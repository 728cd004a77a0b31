#include "cli/session.hpp"

#include <algorithm>
#include <thread>

#include "cli/stop.hpp"
#include "cli/values.hpp"
#include "report/words.hpp"

namespace rollcast::cli {
namespace {

/// The length of an option that cannot change a result, with its value: 0, 1 or 2 arguments.
std::size_t without_effect(const std::string& argument) {
    if (argument == "-j" || argument == "--jobs" || argument == "--progress") return 2;
    const bool joined = argument.rfind("--jobs=", 0) == 0 ||
                        argument.rfind("--progress=", 0) == 0 ||
                        (argument.rfind("-j", 0) == 0 && argument.size() > 2);
    return joined ? 1 : 0;
}

std::string reproducing_command(const std::vector<std::string>& arguments) {
    std::string out = "rollcast";
    for (std::size_t i = 0; i < arguments.size();) {
        const std::size_t skipped = without_effect(arguments[i]);
        if (skipped == 0) out += " " + report::shell_quoted(arguments[i]);
        i += std::max<std::size_t>(skipped, 1);
    }
    return out;
}

}  // namespace

int CommonOptions::threads() const {
    if (jobs > 0) return jobs;
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

report::Provenance Session::provenance() const {
    return {.tool_version = tool_version(),
            .seed = options.seed,
            .inputs = inputs,
            .assumptions = assumptions,
            .reproduce = reproducing_command(arguments),
            .repeatable = !stop_requested(),
            .interrupted = signal_received() != 0};
}

void Session::print(const report::Json& document) { out << report::document_text(document); }

std::string tool_version() { return ROLLCAST_VERSION; }

void add_json(CLI::App& command, CommonOptions& options) {
    command.add_flag("--json", options.json, "print one JSON document and nothing else");
}

void add_exit_zero(CLI::App& command, CommonOptions& options) {
    command.add_flag("--exit-zero",
                     options.exit_zero,
                     "exit 0 where the result is bad (1) or no plan exists (3)");
}

CLI::Option* add_out(CLI::App& command, std::string& file, const std::string& description) {
    return command.add_option("-o,--out", file, description)->check(not_empty("--out"));
}

void add_seed(CLI::App& command, CommonOptions& options) {
    command.add_option("--seed", options.seed, "seed of everything that is drawn [1]")
        ->transform(whole_number("--seed", 0, UINT64_MAX))
        ->option_text("N");
}

void add_jobs(CLI::App& command, CommonOptions& options) {
    command
        .add_option("-j,--jobs",
                    options.jobs,
                    "threads [as many as processors]; the result is the same at any number")
        ->transform(whole_number("--jobs", 1, 1024))
        ->option_text("N");
}

void add_progress(CLI::App& command, CommonOptions& options) {
    add_choice<ProgressStyle>(
        command,
        "--progress",
        options.progress,
        {{"auto", ProgressStyle::automatic},
         {"plain", ProgressStyle::plain},
         {"none", ProgressStyle::none}},
        "on stderr: a line on a terminal (auto), a line every 30 s (plain), none");
}

}  // namespace rollcast::cli
