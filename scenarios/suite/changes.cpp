#include "scenarios/suite/changes.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "scenarios/format/names.hpp"
#include "scenarios/format/suggest.hpp"
#include "scenarios/suite/selectors.hpp"

namespace rollcast::scenarios {

namespace {

constexpr std::size_t largest_grid = 10'000;

/// The steps of a JSON pointer; nothing where it is none.
std::optional<std::vector<std::string>> steps_of(std::string_view pointer) {
    if (!pointer.starts_with('/')) return std::nullopt;
    std::vector<std::string> steps;
    for (std::size_t at = 0; at < pointer.size(); ++at) {
        if (pointer[at] == '/') {
            steps.emplace_back();
        } else if (pointer[at] == '~' && at + 1 < pointer.size()) {
            steps.back() += pointer[++at] == '1' ? '/' : '~';
        } else {
            steps.back() += pointer[at];
        }
    }
    return steps;
}

std::optional<std::size_t> list_index(const Json& list, const std::string& step) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
    const bool whole = error == std::errc() && end == step.data() + step.size();
    if (!whole || index >= list.size()) return std::nullopt;
    return index;
}

/// What `step` of `tree` leads to; null where it leads nowhere.
Json* below(Json& tree, const std::string& step) {
    if (tree.is_object()) {
        const auto found = tree.find(step);
        return found == tree.end() ? nullptr : &*found;
    }
    if (!tree.is_array()) return nullptr;
    const std::optional<std::size_t> index = list_index(tree, step);
    return index ? &tree[*index] : nullptr;
}

void put(Json& parent, const std::string& step, const Json& value) {
    if (parent.is_array()) {
        const std::size_t index = list_index(parent, step).value_or(0);
        if (value.is_null()) {
            parent.erase(index);
        } else {
            parent[index] = value;
        }
    } else if (value.is_null()) {
        parent.erase(step);
    } else {
        parent[step] = value;
    }
}

void report_nothing_there(const Substitution& change,
                          const Json* reached,
                          const std::string& step,
                          ScenarioProblems& problems) {
    Diagnostic& d =
        problems.of(change.place)
            .error(code::nothing_there,
                   change.place,
                   fmt::format("the scenario has nothing at {}", scenarios::quoted(change.pointer)),
                   Part::key);
    d.label = fmt::format("no {} there", scenarios::quoted(step));
    d.help = "name a value of the scenario, such as \"/faults/0/at_s\"";
    if (reached == nullptr) return;
    std::vector<std::string> known;
    if (reached->is_object()) {
        for (const auto& [key, unused] : reached->items()) known.push_back(key);
    }
    if (reached->is_array())
        d.notes.push_back(fmt::format("the list has {} entries, from 0", reached->size()));
    if (!known.empty()) suggest(d, step, known, "fields there");
}

void apply_change(const Substitution& change, Json& tree, ScenarioProblems& problems) {
    const std::optional<std::vector<std::string>> steps = steps_of(change.pointer);
    if (!steps) return report_nothing_there(change, nullptr, change.pointer, problems);
    Json* at = &tree;
    for (std::size_t i = 0; i + 1 < steps->size(); ++i) {
        Json* next = below(*at, (*steps)[i]);
        // A section that a file leaves out is there with its defaults.
        const bool left_out =
            next == nullptr && i > 0 && at->is_object() && !change.value.is_null();
        if (left_out) next = &((*at)[(*steps)[i]] = Json::object());
        if (next == nullptr) return report_nothing_there(change, at, (*steps)[i], problems);
        at = next;
    }
    const std::string& last = steps->back();
    const bool fits = at->is_object() || below(*at, last) != nullptr;
    if (!fits) return report_nothing_there(change, at, last, problems);
    put(*at, last, change.value);
}

struct Axis {
    std::string pointer;
    std::string name;  // in labels
    std::string place;
    std::vector<Json> values;
};

/// The last step of a pointer that is no list index: "broker" of "/faults/0/broker".
std::string short_name(const std::string& pointer) {
    const std::vector<std::string> steps = steps_of(pointer).value_or(std::vector<std::string>{});
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        const bool number =
            !step->empty() && step->find_first_not_of("0123456789") == std::string::npos;
        if (!number) return *step;
    }
    return pointer;
}

std::vector<Axis> axes_of(const MergedScenario& scenario,
                          const models::Fleet& fleet,
                          ScenarioProblems& problems) {
    std::vector<Axis> axes;
    const auto matrix = scenario.root.find("matrix");
    if (matrix == scenario.root.end()) return axes;
    for (const auto& [pointer, values] : matrix->items()) {
        Axis axis{.pointer = pointer,
                  .name = short_name(pointer),
                  .place = "/matrix" + pointer_step(pointer),
                  .values = {}};
        if (values.is_array()) {
            axis.values.assign(values.begin(), values.end());
        } else {
            for (std::string& name : selected(values, axis.place, fleet, problems)) {
                axis.values.emplace_back(std::move(name));
            }
        }
        if (axis.values.empty() && !problems.has_errors()) {
            Diagnostic& d =
                problems.of(axis.place)
                    .error(code::out_of_range, axis.place, "an axis of the grid has no values");
            d.label = "nothing to take";
            d.help = "write a list of values, or a selector that finds something";
        }
        axes.push_back(std::move(axis));
    }
    for (Axis& axis : axes) {
        const auto alike = std::count_if(axes.begin(), axes.end(), [&](const Axis& other) {
            return short_name(other.pointer) == short_name(axis.pointer);
        });
        if (alike > 1) axis.name = axis.pointer;
    }
    return axes;
}

std::string value_label(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

std::vector<Substitution> changes_of(const MergedScenario& scenario, const std::string& field) {
    std::vector<Substitution> changes;
    const auto found = scenario.root.find(field);
    if (found == scenario.root.end()) return changes;
    for (const auto& [pointer, value] : found->items()) {
        changes.push_back({pointer, value, pointer_step(field) + pointer_step(pointer)});
    }
    return changes;
}

void apply_changes(const std::vector<Substitution>& changes,
                   Json& tree,
                   ScenarioProblems& problems) {
    for (const Substitution& change : changes) apply_change(change, tree, problems);
}

bool grid_selects(const MergedScenario& scenario) {
    const auto matrix = scenario.root.find("matrix");
    return matrix != scenario.root.end() &&
           std::any_of(
               matrix->begin(), matrix->end(), [](const Json& axis) { return !axis.is_array(); });
}

std::vector<GridPoint> grid_points(const MergedScenario& scenario,
                                   const models::Fleet& fleet,
                                   ScenarioProblems& problems) {
    std::vector<GridPoint> points{{}};
    for (const Axis& axis : axes_of(scenario, fleet, problems)) {
        if (points.size() * axis.values.size() > largest_grid) {
            Diagnostic& d =
                problems.of(axis.place)
                    .error(code::grid_too_large,
                           axis.place,
                           fmt::format("the grid has more than {} points", largest_grid));
            d.label = fmt::format("{} values here", axis.values.size());
            d.help = "make an axis shorter, or split the scenario";
            return {};
        }
        std::vector<GridPoint> longer;
        for (const GridPoint& point : points) {
            for (const Json& value : axis.values) {
                GridPoint next = point;
                next.label += fmt::format(
                    "{}{}={}", next.label.empty() ? "" : ", ", axis.name, value_label(value));
                next.changes.push_back({axis.pointer, value, axis.place});
                longer.push_back(std::move(next));
            }
        }
        points = std::move(longer);
    }
    return points;
}

}  // namespace rollcast::scenarios
