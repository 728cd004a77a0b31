// What the values of options may be, told in this program's words rather than in CLI11's.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

namespace rollcast::cli {

/// Each checks the value of `option` (as typed: "--policy") and throws UsageError with what is
/// allowed, and with what was probably meant.
CLI::Validator one_of(const std::string& option, const std::vector<std::string>& words);
/// Digits alone: a sign would wrap around in an unsigned option, a leading zero means octal to
/// CLI11. To be added with `transform`.
CLI::Validator whole_number(const std::string& option, std::uint64_t least, std::uint64_t most);
CLI::Validator decimal(const std::string& option, double least, double most);
CLI::Validator not_empty(const std::string& option);

/// An option that takes one of a closed set of words, shown in this order.
template <class Value>
CLI::Option* add_choice(CLI::App& command,
                        const std::string& name,
                        Value& value,
                        const std::vector<std::pair<std::string, Value>>& words,
                        const std::string& description) {
    std::vector<std::string> known;
    std::string shown;
    for (const auto& [word, unused] : words) {
        known.push_back(word);
        shown += (shown.empty() ? "" : "|") + word;
    }
    const auto assign = [&value, words](const std::string& given) {
        for (const auto& [word, meant] : words) {
            if (word == given) value = meant;
        }
    };
    return command.add_option_function<std::string>(name, assign, description)
        ->check(one_of(name, known))
        ->option_text(shown);
}

}  // namespace rollcast::cli
