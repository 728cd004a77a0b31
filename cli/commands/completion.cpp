#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/parser_pages.hpp"
#include "cli/values.hpp"

namespace rollcast::cli {

Action add_completion(CLI::App& command, Session& session) {
    const auto shell = std::make_shared<std::string>();
    command.add_option("SHELL", *shell, "bash, zsh or fish")
        ->check(one_of("SHELL", {"bash", "zsh", "fish"}))
        ->required()
        ->option_text(" ");
    command.footer("For example: source <(rollcast completion bash)");
    return [&session, &command, shell] {
        const CLI::App& app = *command.get_parent();
        session.out << (*shell == "bash"  ? bash_completion(app)
                        : *shell == "zsh" ? zsh_completion(app)
                                          : fish_completion(app));
        return ExitCode::good;
    };
}

Action add_man(CLI::App& command, Session& session) {
    command.footer("For example: rollcast man | man -l -");
    return [&session, &command] {
        session.out << man_page(*command.get_parent(), tool_version());
        return ExitCode::good;
    };
}

}  // namespace rollcast::cli
