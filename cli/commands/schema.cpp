#include <memory>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "scenarios/format/formats.hpp"

namespace rollcast::cli {

Action add_schema(CLI::App& command, Session& session) {
    const auto name = std::make_shared<std::string>();
    command
        .add_option("NAME",
                    *name,
                    fmt::format("what to describe: {}", fmt::join(scenarios::schema_names(), ", ")))
        ->required()
        ->option_text(" ");
    return [&session, name] {
        session.out << scenarios::schema(*name);
        return ExitCode::good;
    };
}

}  // namespace rollcast::cli
