#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "cli/files.hpp"
#include "scenarios/format/files.hpp"

namespace rollcast::cli {
namespace {

struct InitOptions {
    std::string folder = ".";
    bool force = false;
    bool story = false;
};

ExitCode init(Session& session, const InitOptions& options) {
    const std::filesystem::path folder(options.folder);
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed) {
        throw UsageError(
            fmt::format("the folder '{}' cannot be made: {}", options.folder, failed.message()),
            "name a folder that can be written to");
    }
    const std::vector<ShippedFile> files = options.story ? story_files() : shipped_files();
    for (const ShippedFile& file : files) {
        if (!options.force && std::filesystem::exists(folder / file.name)) {
            throw UsageError(fmt::format("'{}' is there already",
                                         (folder / file.name).lexically_normal().string()),
                             "nothing was written; add --force to write over it");
        }
    }
    for (const ShippedFile& file : files) {
        const std::filesystem::path path = (folder / file.name).lexically_normal();
        scenarios::write_atomically(path, file.text);
        session.out << fmt::format("wrote {}: {}\n", path.string(), file.what);
    }
    const bool here = folder.lexically_normal() == ".";
    const std::string enter = here ? "" : fmt::format("cd {} && ", options.folder);
    if (options.story) {
        session.out << fmt::format(
            "next:  {}rollcast check {}\n       rollcast simulate {} -f {} --diary\n",
            enter,
            story_case_file,
            story_plan_file,
            story_case_file);
        return ExitCode::good;
    }
    session.out << fmt::format(
        "next:  {}rollcast check {}\n       rollcast plan -o plan.json\n"
        "       rollcast simulate plan.json -s {}\n",
        enter,
        default_case_file,
        default_faults_file);
    return ExitCode::good;
}

}  // namespace

Action add_init(CLI::App& command, Session& session) {
    const auto options = std::make_shared<InitOptions>();
    command.add_option("DIR", options->folder, "where to write; made if it is not there [.]")
        ->option_text(" ");
    command.add_flag("--force", options->force, "write over files that are there");
    command.add_flag("--story",
                     options->story,
                     "write a migration over weeks, with faults, instead: a case and its plan");
    return [&session, options] { return init(session, *options); };
}

}  // namespace rollcast::cli
