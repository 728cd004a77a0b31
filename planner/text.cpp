#include "planner/text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace rollcast::planner {

std::string text(sim::Duration duration) {
    const std::int64_t s = duration.count() / sim::seconds(1).count();
    const std::int64_t min =
        (duration.count() + sim::seconds(30).count()) / sim::minutes(1).count();
    if (min >= 60) return fmt::format("{} h {:02} min", min / 60, min % 60);
    if (s >= 60) return fmt::format("{} min {} s", s / 60, s % 60);
    return fmt::format("{} s", s);
}

std::string text(sim::Bytes bytes) {
    constexpr std::array<const char*, 6> units{"B", "kB", "MB", "GB", "TB", "PB"};
    auto value = static_cast<double>(bytes.count());
    std::size_t unit = 0;
    while (value >= 1'000.0 && unit + 1 < units.size()) {
        value /= 1'000.0;
        ++unit;
    }
    return unit == 0 ? fmt::format("{} B", bytes.count())
                     : fmt::format("{:.1f} {}", value, units[unit]);
}

std::string counted(std::uint64_t count, const std::string& what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string listed(const std::vector<std::string>& names, std::size_t most) {
    std::string all;
    for (std::size_t i = 0; i < std::min(most, names.size()); ++i) {
        if (i > 0) all += ", ";
        all += names[i];
    }
    if (names.size() > most) all += fmt::format(" and {} more", names.size() - most);
    return all;
}

std::vector<std::string> machine_names(const models::Fleet& fleet,
                                       const std::vector<models::MachineId>& machines) {
    std::vector<std::string> names;
    names.reserve(machines.size());
    for (const models::MachineId m : machines) names.push_back(fleet.machines()[m].name);
    return names;
}

}  // namespace rollcast::planner
