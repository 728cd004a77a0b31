#include "cli/vary.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenarios/format/diagnostic.hpp"
#include "scenarios/format/suggest.hpp"
#include "scenarios/suite/quantity.hpp"

namespace rollcast::cli {
namespace {

using planner::Resource;

constexpr std::size_t most_settings = 200;
constexpr double most_machines = 100'000;
constexpr double seconds_of_hour = 3'600;
constexpr double seconds_of_day = 86'400;

enum class Unit { machines, time, rate };

Unit unit_of(Resource resource) {
    switch (resource) {
        case Resource::window:
        case Resource::mixed_version:
            return Unit::time;
        case Resource::throttle:
            return Unit::rate;
        default:
            return Unit::machines;
    }
}

std::vector<std::string> names() {
    std::vector<std::string> names;
    names.reserve(planner::resource_count);
    for (int r = 0; r < planner::resource_count; ++r) {
        names.emplace_back(to_string(static_cast<Resource>(r)));
    }
    return names;
}

/// Part of the option's value, with its place in it.
struct Piece {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// Reads one option's value; every refusal marks the piece that is wrong.
class VaryReader {
public:
    explicit VaryReader(const std::string& text) : text_(text) {}

    Vary read() {
        const std::size_t equals = text_.find('=');
        if (equals == std::string::npos) {
            refuse({0, text_.size()},
                   scenarios::code::missing_field,
                   "the settings are missing",
                   "write NAME=LEAST..MOST, for example crews=4..24");
        }
        read_name({0, equals});
        const Piece rest{equals + 1, text_.size()};
        const std::size_t dots = text_.find("..", rest.begin);
        if (dots == std::string::npos) {
            read_list(rest);
        } else {
            read_range(rest, dots);
        }
        return std::move(vary_);
    }

private:
    std::string_view of(Piece piece) const {
        return std::string_view(text_).substr(piece.begin, piece.end - piece.begin);
    }

    [[noreturn]] void refuse(Piece piece,
                             std::string_view code,
                             const std::string& message,
                             const std::string& help,
                             std::vector<std::string> suggestions = {}) const {
        scenarios::Diagnostic diagnostic;
        diagnostic.code = code;
        diagnostic.file = "--vary";
        diagnostic.message = message;
        diagnostic.help = help;
        diagnostic.suggestions = std::move(suggestions);
        scenarios::set_place(diagnostic, text_, piece.begin, std::max(piece.end, piece.begin));
        throw scenarios::InputError(diagnostic);
    }

    void read_name(Piece piece) {
        const std::vector<std::string> known = names();
        const std::string name(of(piece));
        const auto found = std::find(known.begin(), known.end(), name);
        if (found == known.end()) {
            refuse(piece,
                   scenarios::code::unknown_word,
                   fmt::format("nothing is called {}", scenarios::quoted(name)),
                   fmt::format("what can be varied: {}", fmt::join(known, ", ")),
                   scenarios::nearest(name, known));
        }
        vary_.resource = static_cast<Resource>(found - known.begin());
    }

    std::optional<double> number(std::string_view value) const {
        switch (unit_of(vary_.resource)) {
            case Unit::time:
                if (const auto read = parse_quantity(scenarios::Dimension::time, value)) {
                    return read->share ? std::nullopt : std::optional(read->value);
                }
                return std::nullopt;
            case Unit::rate: {
                if (value.ends_with("/s")) value.remove_suffix(2);
                const auto read = parse_quantity(scenarios::Dimension::bytes, value);
                return read && !read->share ? std::optional(read->value) : std::nullopt;
            }
            case Unit::machines: {
                std::uint32_t whole = 0;
                const auto [end, error] =
                    std::from_chars(value.data(), value.data() + value.size(), whole);
                const bool all = error == std::errc() && end == value.data() + value.size();
                return all ? std::optional<double>(whole) : std::nullopt;
            }
        }
        return std::nullopt;
    }

    std::string wanted() const {
        switch (unit_of(vary_.resource)) {
            case Unit::time:
                return "a duration with its unit, for example 6h or 90min";
            case Unit::rate:
                return "a rate with its unit, for example 50MB/s";
            case Unit::machines:
                break;
        }
        return "a whole number from 1 on";
    }

    double read_value(Piece piece) const {
        const std::optional<double> value = number(of(piece));
        if (!value) {
            refuse(piece,
                   scenarios::code::not_a_number,
                   fmt::format("{} takes {}", to_string(vary_.resource), wanted()),
                   piece.begin == piece.end ? "write one here" : "write it so");
        }
        const bool window = vary_.resource == Resource::window;
        const double most = window ? seconds_of_day : 1e15;
        const bool machines = unit_of(vary_.resource) == Unit::machines;
        if (*value <= 0.0 || *value > (machines ? most_machines : most)) {
            refuse(piece,
                   scenarios::code::out_of_range,
                   fmt::format("{} takes {}",
                               to_string(vary_.resource),
                               window     ? "more than 0 and at most 24h"
                               : machines ? "1 to 100000"
                                          : "more than 0"),
                   *value <= 0.0 ? "write more" : "write less");
        }
        return *value;
    }

    void read_list(Piece rest) {
        std::size_t begin = rest.begin;
        while (true) {
            const std::size_t comma = std::min(text_.find(',', begin), rest.end);
            vary_.values.push_back(read_value({begin, comma}));
            if (comma == rest.end) break;
            begin = comma + 1;
        }
        std::sort(vary_.values.begin(), vary_.values.end());
        vary_.values.erase(std::unique(vary_.values.begin(), vary_.values.end()),
                           vary_.values.end());
        if (vary_.values.size() > most_settings) {
            refuse(
                rest,
                scenarios::code::grid_too_large,
                fmt::format("{} settings, and {} are the most", vary_.values.size(), most_settings),
                "leave some out");
        }
    }

    double step(Piece piece, Piece range) const {
        if (piece.begin < piece.end || text_.back() == ':') return read_value(piece);
        switch (unit_of(vary_.resource)) {
            case Unit::machines:
                return 1.0;
            case Unit::time:
                return seconds_of_hour;
            case Unit::rate:
                break;
        }
        refuse(range,
               scenarios::code::missing_field,
               "a range of rates needs a step",
               fmt::format("write it behind a colon: {}:10MB/s", of(range)));
    }

    void read_range(Piece rest, std::size_t dots) {
        const std::size_t colon = std::min(text_.find(':', dots), rest.end);
        const Piece last{dots + 2, colon};
        const double least = read_value({rest.begin, dots});
        const double most = read_value(last);
        if (most < least) {
            refuse(last,
                   scenarios::code::out_of_range,
                   "the range ends before it begins",
                   fmt::format("write {}={}..{}",
                               to_string(vary_.resource),
                               of(last),
                               of({rest.begin, dots})));
        }
        const Piece step_at{std::min(colon + 1, rest.end), rest.end};
        const double by = step(step_at, rest);
        const double count = std::floor((most - least) / by + 1e-9) + 1.0;
        if (count > static_cast<double>(most_settings)) {
            refuse(rest,
                   scenarios::code::grid_too_large,
                   fmt::format("{:.0f} settings, and {} are the most", count, most_settings),
                   "write a larger step behind a colon, or a shorter range");
        }
        for (int i = 0; i < static_cast<int>(count); ++i) vary_.values.push_back(least + i * by);
        if (vary_.values.back() < most) vary_.values.push_back(most);
    }

    const std::string& text_;
    Vary vary_;
};

}  // namespace

Vary parse_vary(const std::string& text) { return VaryReader(text).read(); }

std::string vary_names() { return fmt::format("{}", fmt::join(names(), ", ")); }

}  // namespace rollcast::cli
