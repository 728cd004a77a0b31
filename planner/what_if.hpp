// The plan at several settings of one limit: what each brings, and what binds then.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "models/case.hpp"
#include "planner/binding.hpp"
#include "planner/planner.hpp"

namespace rollcast::planner {

/// What can be varied. Each is an allowance: a plan that gets by with less is a plan for more.
enum class Resource : std::uint8_t {
    crews,          // machines
    image_slots,    // machines
    max_down,       // brokers of a cluster
    window,         // length of the daily change window, seconds; it opens when it does in the case
    mixed_version,  // limit from a cluster's first start to its last end, seconds
    throttle        // follower and leader replication throttle of every cluster, bytes/s
};
inline constexpr int resource_count = 6;

/// `a_case` with `resource` set to `value`. Throws ContractViolation where `value` is not positive,
/// and for a window where the case has none.
models::Case with_resource(const models::Case& a_case, Resource resource, double value);

/// One setting.
struct WhatIfPoint {
    double value = 0.0;
    PlanResult result;  // bound, gap and certificate are those of this setting
    /// The setting whose plan this is: below `value` where more brought nothing that was found.
    double used = 0.0;
    Binding binding;
    std::uint32_t nights = 0;        // change windows from the first to the last that it runs in
    std::uint32_t bound_nights = 0;  // no plan is through in fewer
    /// Less makespan at the next setting, for each unit of the difference; for the last one at
    /// a setting that is one step further. Nothing where there is no plan here.
    std::optional<sim::Duration> price;
};

/// Plans `a_case` at each of `values` (ascending, at least one, none twice). The makespan never
/// rises with the value, and neither does the bound: a plan for less is a plan for more, and what
/// no plan beats with more no plan beats with less.
///
/// `done` is called with the number of settings that are planned; it may be empty.
std::vector<WhatIfPoint> what_if(const models::Case& a_case,
                                 Resource resource,
                                 const std::vector<double>& values,
                                 const PlanOptions& options,
                                 const std::function<void(std::size_t)>& done);

/// A plan of this point, safe in the full simulation.
bool has_plan(const WhatIfPoint& point);

std::string_view to_string(Resource resource);

}  // namespace rollcast::planner
