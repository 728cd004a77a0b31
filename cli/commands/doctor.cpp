#include <filesystem>
#include <thread>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/files.hpp"
#include "report/words.hpp"

namespace rollcast::cli {
namespace {

std::string compiler() {
#if defined(__clang__)
    return fmt::format("clang {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
    return fmt::format("g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

/// What `doctor` found, in the order shown.
std::vector<std::pair<std::string, std::string>> findings(Session& session) {
    const OpenCase embedded = open_embedded_case(session);
    const models::Fleet& fleet = embedded.a_case.fleet;
    const bool has_case = std::filesystem::exists(default_case_file);
    return {
        {"version", tool_version()},
        {"compiler", compiler()},
        {"build_type", ROLLCAST_BUILD_TYPE},
        {"processors", std::to_string(std::thread::hardware_concurrency())},
        {"case", has_case ? default_case_file : embedded.from},
        {"embedded_estate",
         fmt::format("{}, {}, {}",
                     report::count_text(fleet.clusters().size(), "cluster", "clusters"),
                     report::count_text(fleet.machines().size(), "machine", "machines"),
                     report::count_text(fleet.partitions().size(), "partition", "partitions"))},
    };
}

}  // namespace

Action add_doctor(CLI::App& command, Session& session) {
    add_json(command, session.options);
    return [&session] {
        report::Json document = report::Json::object();
        for (const auto& [what, found] : findings(session)) {
            document[what] = found;
            if (!session.options.json) session.out << fmt::format("{:<16} {}\n", what, found);
        }
        if (session.options.json) session.print(document);
        return ExitCode::good;
    };
}

}  // namespace rollcast::cli
