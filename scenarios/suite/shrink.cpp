#include "scenarios/suite/shrink.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

namespace rollcast::scenarios {

namespace {

using Pointer = Json::json_pointer;

/// Why a run fails: what has to stay so while the case gets smaller.
struct Reason {
    std::size_t expectation = 0;
    std::set<std::string> broken;  // rules
    MetricValue unfinished;
    bool operator==(const Reason&) const = default;
};

std::optional<Reason> reason_of(const SuiteRun& run) {
    const auto failed =
        std::find_if(run.judged.begin(), run.judged.end(), [](const Judged& j) { return !j.held; });
    if (!run.done || failed == run.judged.end()) return std::nullopt;
    Reason out;
    out.expectation = static_cast<std::size_t>(failed - run.judged.begin());
    const auto& metrics = result_metrics();
    for (std::size_t m = 0; m < metrics.size(); ++m) {
        const bool broken = run.metrics[m] == MetricValue{std::string("broken")};
        if (metrics[m].name.ends_with(".answer") && broken) out.broken.insert(metrics[m].name);
    }
    out.unfinished = run.metrics[*result_metric_called("unfinished")];
    return out;
}

/// Values in a tree, remarks aside.
std::size_t size_of_tree(const Json& tree) {
    if (!tree.is_structured()) return 1;
    std::size_t size = 1;
    for (const auto& [key, value] : tree.items())
        size += key == "comment" ? 0 : size_of_tree(value);
    return size;
}

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

class Shrinker {
public:
    Shrinker(const std::filesystem::path& path,
             const PlanMaker& plans,
             const ShrinkOptions& options)
        : path_(path), plans_(plans), options_(options) {}

    /// The run of `scenario`; nothing where it cannot be run.
    std::optional<SuiteRun> run(const Json& scenario) {
        ++runs_;
        try {
            const SuiteCase c = prepare_inline(scenario, path_, plans_);
            return run_case(c, options_.seed, {.stop = options_.stop});
        } catch (const InputError&) {
            return std::nullopt;
        }
    }

    /// Makes `scenario` smaller until nothing more goes. True where that was reached.
    bool shrink(Json& scenario, const Reason& reason) {
        for (bool moved = true; moved;) {
            moved = false;
            for (const Pointer& at : reducible(scenario)) {
                if (out_of_time()) return false;
                moved = reduce(scenario, at, reason) || moved;
            }
        }
        return true;
    }

    std::size_t runs() const { return runs_; }

private:
    bool out_of_time() const {
        return runs_ >= options_.most_runs || (options_.stop != nullptr && options_.stop->load());
    }

    bool fails_as_before(const Json& scenario, const Reason& reason) {
        const std::optional<SuiteRun> result = run(scenario);
        if (options_.progress) options_.progress(runs_, size_of_tree(scenario));
        if (!result) return false;
        const std::optional<Reason> now = reason_of(*result);
        return now && *now == reason;
    }

    bool take(Json& scenario, Json candidate, const Reason& reason) {
        if (!fails_as_before(candidate, reason)) return false;
        scenario = std::move(candidate);
        return true;
    }

    /// Takes away what is at `at`, or makes it smaller.
    bool reduce(Json& scenario, const Pointer& at, const Reason& reason) {
        if (!scenario.contains(at)) return false;
        Json without = scenario;
        Json& parent = without[at.parent_pointer()];
        if (parent.is_array()) {
            parent.erase(static_cast<std::size_t>(std::stoul(at.back())));
        } else {
            parent.erase(at.back());
        }
        if (take(scenario, std::move(without), reason)) return true;
        const Json value = scenario[at];
        for (const Json& next : smaller(value)) {
            Json candidate = scenario;
            candidate[at] = next;
            if (take(scenario, std::move(candidate), reason)) return true;
        }
        return false;
    }

    std::filesystem::path path_;
    const PlanMaker& plans_;
    const ShrinkOptions& options_;
    std::size_t runs_ = 0;
};

/// The scenario with one seed and nothing but the expectation that fails.
Json narrowed(const Json& scenario, std::size_t expectation, std::uint64_t seed) {
    Json out = scenario;
    out["seeds"] = Json::array({seed});
    out["expect"] = Json::array({scenario.at("expect").at(expectation)});
    return out;
}

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

std::string scenario_text(const Json& scenario) {
    std::string out;
    append_pretty(scenario, 0, 0, out);
    return out + "\n";
}

std::optional<Shrunk> shrink_case(const Json& scenario,
                                  const std::filesystem::path& path,
                                  const PlanMaker& plans,
                                  const ShrinkOptions& options) {
    const SuiteCase whole = prepare_inline(scenario, path, plans);
    const SuiteRun first = run_case(whole, options.seed, {.stop = options.stop});
    std::optional<Reason> reason = reason_of(first);
    if (!reason) return std::nullopt;
    Shrunk out;
    const Expectation& failed = whole.expectations[reason->expectation];
    out.reason = fmt::format(
        "{}: was {}",
        expectation_text(failed),
        metric_text(result_metrics()[failed.metric], first.judged[reason->expectation].actual));
    out.scenario = narrowed(scenario, reason->expectation, options.seed);
    out.size_before = size_of_tree(out.scenario);
    reason->expectation = 0;
    Shrinker shrinker(path, plans, options);
    out.whole = shrinker.shrink(out.scenario, *reason);
    out.runs = shrinker.runs();
    out.size_after = size_of_tree(out.scenario);
    return out;
}

}  // namespace rollcast::scenarios
