#include "scenarios/suite/quantity.hpp"

#include <charconv>
#include <cmath>
#include <span>

#include <fmt/format.h>

namespace rollcast::scenarios {

namespace {

struct Unit {
    std::string_view name;
    double size;
};

constexpr Unit time_units[] = {
    {"ms", 1e-3}, {"s", 1.0}, {"min", 60.0}, {"h", 3'600.0}, {"d", 86'400.0}};
constexpr Unit byte_units[] = {{"B", 1.0}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}};

std::span<const Unit> unit_table(Dimension dimension) {
    if (dimension == Dimension::time) return time_units;
    if (dimension == Dimension::bytes) return byte_units;
    return {};
}

}  // namespace

std::optional<Quantity> parse_quantity(Dimension dimension, std::string_view text) {
    double value = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
    std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    while (unit.starts_with(' ')) unit.remove_prefix(1);
    if (unit == "%") return Quantity{value / 100.0, true};
    if (unit.empty() && unit_table(dimension).empty()) return Quantity{value, false};
    for (const Unit& known : unit_table(dimension)) {
        if (known.name == unit) return Quantity{value * known.size, false};
    }
    return std::nullopt;
}

std::vector<std::string> units_of(Dimension dimension) {
    std::vector<std::string> names;
    for (const Unit& unit : unit_table(dimension)) names.emplace_back(unit.name);
    return names;
}

std::string quantity_text(Dimension dimension, double value) {
    const std::span<const Unit> units = unit_table(dimension);
    if (units.empty()) return fmt::format("{:.10g}", value);
    const Unit* best = dimension == Dimension::time ? &units[1] : &units[0];
    for (const Unit& unit : units) {
        if (unit.size > best->size && std::abs(value) >= unit.size) best = &unit;
    }
    return fmt::format("{:.4g} {}", value / best->size, best->name);
}

}  // namespace rollcast::scenarios
