#include "cli/parser_pages.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace rollcast::cli {
namespace {

/// An option as a page shows it.
struct ShownOption {
    std::string long_name;   // without dashes; may be empty
    std::string short_name;  // the same
    std::string value;       // "FILE"; empty: it takes none
    std::vector<std::string> words;
    std::string description;
    bool positional = false;
};

std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words;
    if (text.find('|') == std::string::npos) return words;
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t end = std::min(text.find('|', begin), text.size());
        words.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return words;
}

std::vector<ShownOption> options_of(const CLI::App& command) {
    std::vector<ShownOption> options;
    for (const CLI::Option* option : command.get_options()) {
        ShownOption shown;
        if (!option->get_lnames().empty()) shown.long_name = option->get_lnames().front();
        if (!option->get_snames().empty()) shown.short_name = option->get_snames().front();
        shown.positional = option->get_positional();
        if (option->get_items_expected_max() > 0) {
            shown.value = shown.positional ? option->get_name(true) : option->get_option_text();
            if (shown.value.empty()) shown.value = "VALUE";
            shown.words = words_of(shown.value);
        }
        shown.description = option->get_description();
        options.push_back(std::move(shown));
    }
    return options;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string replaced_each(const std::string& text, char what, const std::string& with) {
    std::string out;
    for (const char c : text) {
        if (c == what) {
            out += with;
        } else {
            out += c;
        }
    }
    return out;
}

std::string troff(const std::string& text) {
    std::string out = replaced_each(replaced_each(text, '\\', "\\e"), '-', "\\-");
    out = replaced_each(out, '\n', "\n.br\n");
    if (!out.empty() && (out.front() == '.' || out.front() == '\'')) out.insert(0, "\\&");
    return out;
}

std::string man_option(const ShownOption& option) {
    std::string names;
    if (!option.short_name.empty()) names += fmt::format("\\fB\\-{}\\fR", troff(option.short_name));
    if (!option.long_name.empty()) {
        names +=
            (names.empty() ? "" : ", ") + fmt::format("\\fB\\-\\-{}\\fR", troff(option.long_name));
    }
    if (!option.value.empty()) {
        names += fmt::format("{}\\fI{}\\fR", names.empty() ? "" : " ", troff(option.value));
    }
    return fmt::format(".TP\n{}\n{}\n", names, troff(option.description));
}

std::string shell_words(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, " "));
}

/// In single quotes of a shell.
std::string single_quoted(const std::string& text) {
    return "'" + replaced_each(text, '\'', "'\\''") + "'";
}

std::vector<std::string> long_options(const CLI::App& command) {
    std::vector<std::string> names;
    for (const ShownOption& option : options_of(command)) {
        if (!option.long_name.empty()) names.push_back("--" + option.long_name);
    }
    return names;
}

std::vector<std::string> names_of_commands(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* command : commands_of(app)) names.push_back(command->get_name());
    return names;
}

/// A description in brackets of zsh's _arguments.
std::string zsh_text(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

std::string zsh_option(const ShownOption& option) {
    std::string what;
    if (!option.value.empty()) {
        what = option.words.empty() ? ":value:_files"
                                    : fmt::format(":value:({})", shell_words(option.words));
    }
    return single_quoted(
        fmt::format("*--{}[{}]{}", option.long_name, zsh_text(option.description), what));
}

}  // namespace

std::string man_page(const CLI::App& app, const std::string& version) {
    std::string text = fmt::format(
        ".TH ROLLCAST 1 \"\" \"rollcast {}\" \"User Commands\"\n.SH NAME\nrollcast \\- {}\n"
        ".SH SYNOPSIS\n.B rollcast\n[\\fICOMMAND\\fR] [\\fIOPTIONS\\fR]\n.SH COMMANDS\n",
        troff(version),
        troff(app.get_description()));
    for (const CLI::App* command : commands_of(app)) {
        text += fmt::format(
            ".SS \"rollcast {}\"\n{}\n", command->get_name(), troff(command->get_description()));
        for (const ShownOption& option : options_of(*command)) text += man_option(option);
        if (!command->get_footer().empty()) text += ".PP\n" + troff(command->get_footer()) + "\n";
    }
    return text +
           ".SH EXIT STATUS\n"
           ".TP\n0\nran, and every rule held\n"
           ".TP\n1\nran, and a rule is broken or a finding blocks\n"
           ".TP\n2\nusage or input error: nothing was run on it\n"
           ".TP\n3\nno safe plan exists within the limits\n"
           ".TP\n4\nanother program that was asked for is missing, too old, or failed\n"
           ".TP\n70\na bug\n"
           ".TP\n130, 143\nended early by SIGINT or SIGTERM; the partial result was written\n";
}

std::string bash_completion(const CLI::App& app) {
    std::string values;
    std::string options;
    for (const CLI::App* command : commands_of(app)) {
        for (const ShownOption& option : options_of(*command)) {
            if (option.words.empty()) continue;
            const std::string first =
                option.positional ? command->get_name() : "--" + option.long_name;
            values += fmt::format("        \"{} {}\") words=\"{}\" ;;\n",
                                  command->get_name(),
                                  first,
                                  shell_words(option.words));
        }
        options += fmt::format("            {}) words=\"{}\" ;;\n",
                               command->get_name(),
                               shell_words(long_options(*command)));
    }
    return fmt::format(
        "_rollcast() {{\n"
        "    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} words=\"\"\n"
        "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
        "        COMPREPLY=($(compgen -W \"{}\" -- \"$cur\"))\n"
        "        return\n"
        "    fi\n"
        "    case \"${{COMP_WORDS[1]}} $prev\" in\n{}    esac\n"
        "    if [ -z \"$words\" ] && [[ $cur == -* ]]; then\n"
        "        case \"${{COMP_WORDS[1]}}\" in\n{}        esac\n"
        "    fi\n"
        "    if [ -n \"$words\" ]; then\n"
        "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
        "    else\n"
        "        COMPREPLY=($(compgen -f -- \"$cur\"))\n"
        "    fi\n"
        "}}\n"
        "complete -o filenames -F _rollcast rollcast\n",
        shell_words(names_of_commands(app)),
        values,
        options);
}

std::string zsh_completion(const CLI::App& app) {
    std::string commands;
    std::string cases;
    for (const CLI::App* command : commands_of(app)) {
        commands += "        " +
                    single_quoted(fmt::format(
                        "{}:{}", command->get_name(), zsh_text(command->get_description()))) +
                    "\n";
        cases += fmt::format("        {})\n            _arguments", command->get_name());
        for (const ShownOption& option : options_of(*command)) {
            if (!option.long_name.empty()) cases += " \\\n                " + zsh_option(option);
        }
        cases += " \\\n                '*:file:_files'\n            ;;\n";
    }
    return fmt::format(
        "#compdef rollcast\n"
        "_rollcast() {{\n"
        "    local -a commands\n"
        "    commands=(\n{}    )\n"
        "    if (( CURRENT == 2 )); then\n"
        "        _describe command commands\n"
        "        return\n"
        "    fi\n"
        "    shift words\n"
        "    (( CURRENT-- ))\n"
        "    case $words[1] in\n{}    esac\n"
        "}}\n"
        "_rollcast \"$@\"\n",
        commands,
        cases);
}

std::string fish_completion(const CLI::App& app) {
    std::string text;
    for (const CLI::App* command : commands_of(app)) {
        text += fmt::format("complete -c rollcast -f -n __fish_use_subcommand -a {} -d {}\n",
                            command->get_name(),
                            single_quoted(command->get_description()));
        for (const ShownOption& option : options_of(*command)) {
            if (option.long_name.empty()) continue;
            text += fmt::format(
                "complete -c rollcast -n '__fish_seen_subcommand_from {}' -l {}{} -d {}\n",
                command->get_name(),
                option.long_name,
                option.value.empty() ? std::string()
                : option.words.empty()
                    ? std::string(" -r -F")
                    : fmt::format(" -x -a {}", single_quoted(shell_words(option.words))),
                single_quoted(replaced_each(option.description, '\n', " ")));
        }
    }
    return text;
}

}  // namespace rollcast::cli
