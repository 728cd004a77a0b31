#include "cli/arguments.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "scenarios/format/suggest.hpp"

namespace rollcast::cli {
namespace {

std::string help_for(const std::string& wrong,
                     const std::vector<std::string>& known,
                     const std::string& otherwise) {
    const std::vector<std::string> near = scenarios::nearest(wrong, known);
    return near.empty() ? otherwise : fmt::format("did you mean '{}'?", near.front());
}

std::string full_name(const CLI::App& app) {
    return app.get_parent() == nullptr ? app.get_name()
                                       : full_name(*app.get_parent()) + " " + app.get_name();
}

/// Long options with their dashes, as typed.
std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
}

std::vector<std::string> command_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        names.push_back(command->get_name());
    }
    return names;
}

[[noreturn]] void unknown_option(const CLI::App& app, const std::string& name) {
    throw UsageError(
        fmt::format("unknown option '{}' of '{}'", name, full_name(app)),
        help_for(
            name, option_names(app), fmt::format("'{} --help' lists its options", full_name(app))));
}

bool is_option(const std::string& token) {
    return token.size() > 1 && token.front() == '-' &&
           std::isdigit(static_cast<unsigned char>(token[1])) == 0;
}

/// An option as it stands in the arguments.
struct Use {
    std::string name;           // "--name" or "-n"
    bool value_inside = false;  // "--name=value", "-nvalue"
    bool value_missing = false;
};

/// `next` is the argument behind `token`; nullptr where there is none.
Use use_of(const std::string& token, const std::string* next) {
    const bool is_long = token.rfind("--", 0) == 0;
    const std::size_t equals = token.find('=');
    Use use;
    use.name = is_long ? token.substr(0, equals) : token.substr(0, 2);
    use.value_inside = is_long ? equals != std::string::npos : token.size() > 2;
    use.value_missing = use.value_inside ? is_long && equals + 1 == token.size()
                                         : next == nullptr || is_option(*next);
    return use;
}

/// Refuses a flag with a value, an option without one, and one that is among those `given`.
void check_use(const CLI::Option& option,
               const Use& use,
               const std::vector<const CLI::Option*>& given) {
    const bool flag = option.get_items_expected_max() == 0;
    if (flag && use.value_inside) {
        throw UsageError(fmt::format("option '{}' takes no value", use.name),
                         fmt::format("write '{}' alone", use.name));
    }
    if (!flag && use.value_missing) {
        const std::string& value = option.get_option_text();
        throw UsageError(fmt::format("option '{}' needs a value", use.name),
                         fmt::format("write '{} {}'", use.name, value.empty() ? "VALUE" : value));
    }
    const bool once = !flag && option.get_multi_option_policy() == CLI::MultiOptionPolicy::Throw &&
                      option.get_items_expected_max() == 1;
    if (once && std::find(given.begin(), given.end(), &option) != given.end()) {
        throw UsageError(fmt::format("option '{}' is given twice", use.name),
                         "leave one of them out");
    }
}

/// Whether the option written as `token` ("--name", "--name=value", "-n", "-nvalue") takes its
/// value from the next argument. Throws where the command has no such option, or not in this way.
bool takes_next(const CLI::App& app,
                const std::string& token,
                const std::string* next,
                std::vector<const CLI::Option*>& given) {
    const Use use = use_of(token, next);
    const CLI::Option* option = app.get_option_no_throw(use.name);
    if (option == nullptr) unknown_option(app, use.name);
    check_use(*option, use, given);
    given.push_back(option);
    return option->get_items_expected_max() > 0 && !use.value_inside;
}

bool takes_operands(const CLI::App& app) {
    return !app.get_options([](const CLI::Option* o) { return o->get_positional(); }).empty();
}

/// The command that `token` names, or `app` itself where it takes operands.
const CLI::App& command_or_operand(const CLI::App& app, const std::string& token) {
    const std::vector<std::string> commands = command_names(app);
    const auto found = std::find(commands.begin(), commands.end(), token);
    if (found != commands.end()) return *app.get_subcommand(token);
    if (takes_operands(app)) return app;
    if (commands.empty()) {
        throw UsageError(fmt::format("'{}' takes no operand, found '{}'", full_name(app), token),
                         fmt::format("'{} --help' shows how it is called", full_name(app)));
    }
    throw UsageError(
        fmt::format("unknown command '{}'", token),
        help_for(token, commands, fmt::format("commands: {}", fmt::join(commands, ", "))));
}

[[noreturn]] void option_before_command(const std::string& option, const CLI::App& command) {
    throw UsageError(fmt::format("option '{}' stands before the command", option),
                     fmt::format("write '{} {}'", full_name(command), option));
}

/// Walks the arguments the way CLI11 will, and throws at the first that nothing answers to.
void find_unknown(const CLI::App& app, const std::vector<std::string>& arguments) {
    const CLI::App* current = &app;
    std::string option_before;
    std::vector<const CLI::Option*> given;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& token = arguments[i];
        if (token == "--") return;
        if (token.size() > 1 && token.front() == '-') {
            const std::string* next = i + 1 < arguments.size() ? &arguments[i + 1] : nullptr;
            if (takes_next(*current, token, next, given)) ++i;
            if (option_before.empty()) option_before = token;
        } else if (const CLI::App& next = command_or_operand(*current, token); &next != current) {
            if (!option_before.empty()) option_before_command(option_before, next);
            current = &next;
        }
    }
}

/// CLI11's messages repeat the option in different ways; one line, no final stop.
std::string cleaned(std::string message) {
    std::replace(message.begin(), message.end(), '\n', ' ');
    while (!message.empty() && (message.back() == ' ' || message.back() == '.')) {
        message.pop_back();
    }
    return message;
}

}  // namespace

std::string parse_arguments(CLI::App& app, const std::vector<std::string>& arguments) {
    find_unknown(app, arguments);
    try {
        std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
        app.parse(reversed);
    } catch (const CLI::CallForHelp&) {
        return app.help();
    } catch (const CLI::CallForVersion& version) {
        return std::string(version.what()) + "\n";
    } catch (const CLI::ParseError& error) {
        const std::vector<CLI::App*> given = app.get_subcommands();
        const std::string name = full_name(given.empty() ? app : *given.front());
        std::string message = cleaned(error.what());
        const std::string required = " is required";
        if (error.get_name() == "RequiredError" && message.ends_with(required)) {
            message.resize(message.size() - required.size());
            message = fmt::format("'{}' needs {}", name, message);
        }
        throw UsageError(message, fmt::format("'{} --help' shows how it is called", name));
    }
    return {};
}

}  // namespace rollcast::cli
