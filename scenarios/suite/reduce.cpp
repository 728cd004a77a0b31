#include "scenarios/suite/reduce.hpp"

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcast::scenarios {

namespace {

using Pointer = Json::json_pointer;

/// Every place of `tree` below `at`, the outer ones first, of lists the last entries first: what
/// goes away then moves no pointer that is still to come.
void places_below(const Json& tree, const Pointer& at, std::vector<Pointer>& into) {
    std::vector<std::pair<Pointer, const Json*>> children;
    if (tree.is_object()) {
        for (const auto& [key, value] : tree.items()) children.emplace_back(at / key, &value);
    }
    for (std::size_t i = tree.is_array() ? tree.size() : 0; i-- > 0;) {
        children.emplace_back(at / i, &tree[i]);
    }
    for (const auto& child : children) into.push_back(child.first);
    for (const auto& child : children) places_below(*child.second, child.first, into);
}

/// What of a scenario may be made smaller.
std::vector<Pointer> reducible(const Json& scenario) {
    std::vector<Pointer> places;
    for (const char* key : {"faults", "case", "plan", "set", "without"}) {
        const auto part = scenario.find(key);
        if (part == scenario.end() || !part->is_structured()) continue;
        places_below(*part, Pointer("") / key, places);
    }
    return places;
}

/// Smaller values to try for a number, boldest first.
std::vector<Json> smaller(const Json& value) {
    if (value.is_number_integer()) {
        const auto n = value.get<std::int64_t>();
        std::vector<Json> out;
        for (const std::int64_t next : {std::int64_t{0}, std::int64_t{1}, n / 2, n - 1}) {
            if (next >= 0 && next < n) out.emplace_back(next);
        }
        return out;
    }
    if (value.is_number_float() && value.get<double>() > 1.0) {
        return {Json(std::floor(value.get<double>() / 2))};
    }
    return {};
}

class Reducer {
public:
    Reducer(const StillFails& fails, const ReduceOptions& options)
        : fails_(fails), options_(options) {}

    /// Makes `scenario` smaller until nothing more goes. True where that was reached.
    bool reduce(Json& scenario) {
        for (bool moved = true; moved;) {
            moved = false;
            for (const Pointer& at : reducible(scenario)) {
                if (out_of_time()) return false;
                moved = reduce_at(scenario, at) || moved;
            }
        }
        return true;
    }

    std::size_t runs() const { return runs_; }

private:
    bool out_of_time() const {
        return runs_ >= options_.most_runs || (options_.stop != nullptr && options_.stop->load());
    }

    bool take(Json& scenario, Json candidate) {
        ++runs_;
        if (options_.progress) options_.progress(runs_, values_in(scenario));
        if (!fails_(candidate)) return false;
        scenario = std::move(candidate);
        return true;
    }

    /// Takes away what is at `at`, or makes it smaller.
    bool reduce_at(Json& scenario, const Pointer& at) {
        if (!scenario.contains(at)) return false;
        Json without = scenario;
        Json& parent = without[at.parent_pointer()];
        if (parent.is_array()) {
            parent.erase(static_cast<std::size_t>(std::stoul(at.back())));
        } else {
            parent.erase(at.back());
        }
        if (take(scenario, std::move(without))) return true;
        const Json value = scenario[at];
        for (const Json& next : smaller(value)) {
            Json candidate = scenario;
            candidate[at] = next;
            if (take(scenario, std::move(candidate))) return true;
        }
        return false;
    }

    const StillFails& fails_;
    const ReduceOptions& options_;
    std::size_t runs_ = 0;
};

/// `value` on one line where it fits into `line_width` from `indent` on, else an entry a line.
void append_pretty(const Json& value, std::size_t indent, std::size_t before, std::string& out) {
    constexpr std::size_t line_width = 100;
    const std::string flat = value.dump();
    const bool whole = !value.is_structured() || value.empty() ||
                       (indent > 0 && before + flat.size() < line_width);
    if (whole) {
        out += flat;
        return;
    }
    const std::string pad(indent + 2, ' ');
    std::string_view separator = value.is_object() ? "{\n" : "[\n";
    for (const auto& [key, entry] : value.items()) {
        const std::string name = value.is_object() ? Json(key).dump() + ": " : std::string();
        out += separator;
        out += pad + name;
        append_pretty(entry, indent + 2, pad.size() + name.size(), out);
        separator = ",\n";
    }
    out += "\n" + std::string(indent, ' ') + (value.is_object() ? "}" : "]");
}

}  // namespace

std::size_t values_in(const Json& tree) {
    if (!tree.is_structured()) return 1;
    std::size_t size = 1;
    for (const auto& [key, value] : tree.items()) size += key == "comment" ? 0 : values_in(value);
    return size;
}

std::string scenario_text(const Json& scenario) {
    std::string out;
    append_pretty(scenario, 0, 0, out);
    return out + "\n";
}

Reduction reduce_scenario(Json& scenario, const StillFails& fails, const ReduceOptions& options) {
    Reducer reducer(fails, options);
    const bool whole = reducer.reduce(scenario);
    return {reducer.runs(), whole};
}

}  // namespace rollcast::scenarios
