#include "scenarios/study/axis.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "scenarios/format/suggest.hpp"
#include "scenarios/suite/quantity.hpp"

namespace rollcast::scenarios {

namespace {

constexpr std::size_t most_values = 1'000;
constexpr std::size_t default_instants = 25;

/// A part of what was typed.
struct TextPart {
    std::size_t begin = 0;
    std::size_t end = 0;
};

[[noreturn]] void refuse(const std::string& text,
                         TextPart place,
                         std::string_view code,
                         std::string message,
                         std::string label,
                         std::string help) {
    Diagnostic d;
    d.code = code;
    d.file = "--vary";
    d.message = std::move(message);
    d.label = std::move(label);
    d.help = std::move(help);
    set_place(d, text, place.begin, std::max(place.end, place.begin + 1));
    throw InputError(std::move(d));
}

std::size_t clusters_in(const Json& scenario) {
    const Json::json_pointer at("/case/fleet/clusters");
    return scenario.contains(at) && scenario[at].is_array() ? scenario[at].size() : 0;
}

std::vector<std::string> of_every_cluster(const Json& scenario,
                                          const std::vector<std::string>& below) {
    std::vector<std::string> pointers;
    for (std::size_t c = 0; c < clusters_in(scenario); ++c) {
        for (const std::string& path : below) {
            pointers.push_back(fmt::format("/case/fleet/clusters/{}{}", c, path));
        }
    }
    return pointers;
}

/// Where a short hand stands in `scenario`; none where there is no such place.
std::vector<std::string> places_of_short_hand(std::string_view name, const Json& scenario) {
    if (name == "fault-time") {
        const bool fault = scenario.contains("faults") && !scenario["faults"].empty();
        return fault ? std::vector<std::string>{"/faults/0/at_s"} : std::vector<std::string>{};
    }
    if (name == "throttle") {
        return of_every_cluster(
            scenario,
            {"/config/leader_throttle_bytes_per_s", "/config/follower_throttle_bytes_per_s"});
    }
    if (name == "batch-size") return {"/case/limits/max_down_per_cluster"};
    if (name == "crews") return {"/case/limits/crews"};
    return {"/case/step/observe_delay_s"};  // telemetry-delay
}

/// A number as JSON has it: whole ones without a point.
Json json_of(double number) {
    if (number == std::floor(number) && std::abs(number) < 9e15) {
        return static_cast<std::int64_t>(number);
    }
    return number;
}

/// Reads the values of one axis.
class ValueReader {
public:
    ValueReader(const std::string& text, StudyAxis& axis) : text_(text), axis_(axis) {}

    void read(TextPart values) {
        const std::string_view view = std::string_view(text_).substr(0, values.end);
        const std::size_t dots = view.find("..", values.begin);
        if (values.begin >= values.end) {
            refuse(text_,
                   values,
                   code::missing_field,
                   "no values are given",
                   "nothing here",
                   "write a list, \"1,2,4\", or a range, \"1..8:1\" or \"0 h..6 h/13\"");
        }
        if (dots != std::string_view::npos) return read_range(values, dots);
        for (std::size_t at = values.begin; at <= values.end;) {
            const std::size_t comma = std::min(view.find(',', at), values.end);
            read_value({at, comma});
            at = comma + 1;
        }
    }

private:
    void add(double number) {
        axis_.numbers.push_back(number);
        axis_.values.push_back(json_of(number));
    }

    void read_value(TextPart place) {
        const std::string word = text_.substr(place.begin, place.end - place.begin);
        if (word.empty()) {
            refuse(text_,
                   place,
                   code::missing_field,
                   "a value of the list is empty",
                   "empty",
                   "remove the comma, or write a value");
        }
        const std::optional<double> number = number_at(place);
        if (number) return add(*number);
        if (axis_.dimension != Dimension::number) refuse_quantity(place);
        const Json json = Json::parse(word, nullptr, false);
        axis_.values.push_back(json.is_discarded() ? Json(word) : json);
    }

    std::optional<double> number_at(TextPart place) const {
        const std::string_view word =
            std::string_view(text_).substr(place.begin, place.end - place.begin);
        const std::optional<Quantity> read = parse_quantity(axis_.dimension, word);
        if (!read || read->share) return std::nullopt;
        return read->value;
    }

    double needed(TextPart place) const {
        const std::optional<double> number = number_at(place);
        if (!number) refuse_quantity(place);
        return *number;
    }

    [[noreturn]] void refuse_quantity(TextPart place) const {
        const std::vector<std::string> units = units_of(axis_.dimension);
        refuse(text_,
               place,
               code::unit_missing,
               fmt::format("{} is no {}",
                           scenarios::quoted(text_.substr(place.begin, place.end - place.begin)),
                           units.empty() ? "number" : "number with its unit"),
               units.empty() ? "not a number" : "takes a number and a unit",
               units.empty() ? "write a number" : "units: " + name_list(units));
    }

    void read_range(TextPart values, std::size_t dots) {
        const std::size_t mark = text_.find_first_of(":/", dots);
        const std::size_t end = std::min(mark, values.end);
        const double from = needed({values.begin, dots});
        const double to = needed({dots + 2, end});
        if (end == values.end) {
            refuse(text_,
                   {dots, end},
                   code::missing_field,
                   "the range has no step",
                   "from where to where, and not how fine",
                   "add \":STEP\", or \"/N\" for so many values");
        }
        const TextPart rest{end + 1, values.end};
        if (text_[end] == '/') return add_evenly(from, to, rest);
        const double step = needed(rest);
        const double count = std::floor((to - from) / step + 1e-9);
        if (!(step != 0.0) || count < 0 || count >= static_cast<double>(most_values)) {
            refuse(text_,
                   rest,
                   code::out_of_range,
                   fmt::format("this step leads to no range of 1 to {} values", most_values),
                   "does not lead from the one to the other",
                   "choose another step, or write \"/N\"");
        }
        for (double i = 0; i <= count; ++i) add(from + i * step);
    }

    void add_evenly(double from, double to, TextPart place) {
        std::size_t count = 0;
        const char* const last = text_.data() + place.end;
        const auto [end, error] = std::from_chars(text_.data() + place.begin, last, count);
        if (error != std::errc() || end != last || count < 2 || count > most_values) {
            refuse(text_,
                   place,
                   code::out_of_range,
                   fmt::format("a range has 2 to {} values", most_values),
                   "not such a number",
                   "write \"/11\" for 11 values");
        }
        for (std::size_t i = 0; i < count; ++i) {
            const double value =
                from + (to - from) * static_cast<double>(i) / static_cast<double>(count - 1);
            // To the millisecond or the byte: what files hold.
            const double part = axis_.dimension == Dimension::bytes ? 1.0 : 1e-3;
            const bool exact = axis_.dimension == Dimension::number;
            add(exact ? value : std::round(value / part) * part);
        }
    }

    const std::string& text_;
    StudyAxis& axis_;
};

void find_place(const std::string& text,
                std::size_t equals,
                const Json& scenario,
                StudyAxis& axis) {
    const TextPart place{0, equals};
    const auto& known = study_short_hands();
    const auto found = std::find_if(
        known.begin(), known.end(), [&](const StudyShortHand& s) { return s.name == axis.name; });
    if (found != known.end()) {
        axis.dimension = found->dimension;
        axis.pointers = places_of_short_hand(axis.name, scenario);
        if (axis.name == "fault-time") {
            axis.instead_of = {"/faults/0/when", "/faults/0/rate", "/faults/0/moment"};
        }
        if (axis.pointers.empty()) {
            refuse(text,
                   place,
                   code::nothing_there,
                   fmt::format("the scenario has no {}", found->meaning),
                   "not there",
                   "add a fault to the scenario, or vary something else");
        }
        return;
    }
    if (axis.name.starts_with('/')) {
        axis.pointers = {axis.name};
        return;
    }
    std::vector<std::string> names;
    names.reserve(std::size(known));
    for (const StudyShortHand& s : known) names.emplace_back(s.name);
    const std::vector<std::string> near = nearest(axis.name, names);
    refuse(text,
           place,
           code::unknown_name,
           fmt::format("nothing to vary is called {}", scenarios::quoted(axis.name)),
           "neither a short name nor a JSON pointer",
           near.empty()
               ? fmt::format("write a pointer such as \"/case/limits/crews\", or one of {}",
                             name_list(names))
               : fmt::format("did you mean {}?", scenarios::quoted(near.front())));
}

}  // namespace

std::string StudyAxis::label(std::size_t value) const {
    if (dimension != Dimension::number) return quantity_text(dimension, numbers[value]);
    return values[value].is_string() ? values[value].get<std::string>() : values[value].dump();
}

const std::vector<StudyShortHand>& study_short_hands() {
    static const std::vector<StudyShortHand> table{
        {"fault-time", Dimension::time, "fault that comes at an instant (the first)"},
        {"throttle", Dimension::bytes, "replication throttle of every cluster, both ends, bytes/s"},
        {"batch-size", Dimension::number, "most brokers of a cluster in a step at once"},
        {"crews", Dimension::number, "machines between preflight and registration"},
        {"telemetry-delay", Dimension::time, "delay until the orchestrator sees what happened"}};
    return table;
}

StudyAxis read_axis(const std::string& text,
                    const Json& scenario,
                    const std::function<double()>& makespan_s) {
    StudyAxis axis;
    axis.text = text;
    const std::size_t equals = std::min(text.find('='), text.size());
    axis.name = text.substr(0, equals);
    find_place(text, equals, scenario, axis);
    if (equals == text.size() && axis.name == "fault-time") {
        const double end = makespan_s();
        for (std::size_t i = 0; i < default_instants; ++i) {
            axis.numbers.push_back(
                std::round(end * static_cast<double>(i) / (default_instants - 1)));
            axis.values.push_back(json_of(axis.numbers.back()));
        }
        return axis;
    }
    ValueReader(text, axis).read({std::min(equals + 1, text.size()), text.size()});
    if (axis.numbers.size() != axis.values.size()) axis.numbers.clear();
    return axis;
}

}  // namespace rollcast::scenarios
