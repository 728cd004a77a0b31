#include "cli/values.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "scenarios/format/diagnostic.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::cli {
namespace {

[[noreturn]] void refuse(const std::string& option,
                         const std::string& wanted,
                         const std::string& value,
                         const std::string& help) {
    throw UsageError(
        fmt::format("{} takes {}, not '{}'", option, wanted, scenarios::printable(value)), help);
}

/// All of `text` as a number; nothing where it is none or does not fit.
template <class Number>
std::optional<Number> number_of(const std::string& text) {
    Number value{};
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && stop == end && !text.empty() ? std::optional(value)
                                                                : std::nullopt;
}

template <class Number>
void require_between(const std::string& option,
                     const std::string& value,
                     const char* what,
                     Number least,
                     Number most) {
    const std::optional<Number> number = number_of<Number>(value);
    if (number && *number >= least && *number <= most) return;
    const std::string wanted = fmt::format("{} from {} to {}", what, least, most);
    const char* const help = !number           ? "write it in digits"
                             : *number < least ? "write more"
                                               : "write less";
    refuse(option, wanted, value, help);
}

}  // namespace

CLI::Validator one_of(const std::string& option, const std::vector<std::string>& words) {
    return CLI::Validator(
        [=](const std::string& value) {
            if (std::find(words.begin(), words.end(), value) != words.end()) return std::string();
            const std::vector<std::string> near = scenarios::nearest(value, words);
            refuse(option,
                   fmt::format("one of {}", fmt::join(words, ", ")),
                   value,
                   near.empty() ? "write one of them"
                                : fmt::format("did you mean '{}'?", near.front()));
        },
        "");
}

CLI::Validator whole_number(const std::string& option, std::uint64_t least, std::uint64_t most) {
    return CLI::Validator(
        [=](std::string& value) {
            require_between(option, value, "a whole number", least, most);
            value = std::to_string(*number_of<std::uint64_t>(value));
            return std::string();
        },
        "");
}

CLI::Validator decimal(const std::string& option, double least, double most) {
    return CLI::Validator(
        [=](const std::string& value) {
            require_between(option, value, "a number", least, most);
            return std::string();
        },
        "");
}

CLI::Validator not_empty(const std::string& option) {
    return CLI::Validator(
        [=](const std::string& value) {
            if (value.empty())
                throw UsageError(option + " takes a name, not an empty one", "name a file");
            return std::string();
        },
        "");
}

}  // namespace rollcast::cli
