// What a random case is there to hold.
#pragma once

#include <optional>
#include <string_view>

#include "models/simulate.hpp"

namespace rollcast::scenarios {

enum class HuntFamily : std::uint8_t {
    flow,     // any plan, any faults, by rates
    tools,    // the same with a tool of today instead of a plan
    calm,     // nothing fails, event-driven order: no floor is broken that was kept at the start
    planned,  // as calm, and what the planner makes of it: its plan, its bound, its certificate
    record,   // records counted
    agree     // by rates and by records: leaders and ISRs are the same
};
inline constexpr int hunt_family_count = 6;

/// "flow", "tools", ...: also the tag of a scenario.
std::string_view to_string(HuntFamily family);
std::optional<HuntFamily> hunt_family(std::string_view word);

/// True where its cases count records.
constexpr bool counts_records(HuntFamily family) {
    return family == HuntFamily::record || family == HuntFamily::agree;
}

}  // namespace rollcast::scenarios
