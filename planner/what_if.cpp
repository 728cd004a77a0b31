#include "planner/what_if.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "planner/certificate/check.hpp"
#include "planner/certify.hpp"

namespace rollcast::planner {

namespace {

using models::Case;
using sim::Duration;
using sim::Instant;

/// Windows counted at most; beyond, runs are longer than any horizon.
constexpr std::uint32_t most_nights = 4'000;

bool usable(const PlanResult& result) {
    const bool planned = result.status == PlanStatus::optimal ||
                         result.status == PlanStatus::feasible ||
                         result.status == PlanStatus::interrupted;
    return planned && result.verdict.safe();
}

/// Change windows that open before `until`; 0 where it is always open.
std::uint32_t nights_until(const models::Windows& windows, Duration until) {
    if (windows.always_open()) return 0;
    std::uint32_t nights = 0;
    Instant at{};
    while (nights < most_nights) {
        const models::Span open = windows.stretch_after(at);
        if (open.from >= Instant{until}) break;
        ++nights;
        at = open.to;
    }
    return nights;
}

/// Status, gap and reason of `result` for its own bound, by the independent checker.
void conclude(const Case& a_case, PlanResult& result) {
    const auto bound = static_cast<double>(result.bound.value.count());
    const auto makespan = static_cast<double>(result.verdict.makespan.count());
    result.gap = bound > 0.0 ? (makespan - bound) / bound : 0.0;
    certificate::Certificate certificate =
        certificate_of(a_case, result.plan, result.verdict, result.bound);
    const certificate::Judgement judgement = certificate::judge(a_case, result.plan, certificate);
    if (!judgement.accepted()) {
        result.certificate.reset();
        result.status = PlanStatus::feasible;
        result.reason = "no statement on how far from the best: " + judgement.differs.front();
        return;
    }
    const bool reached = certificate::proves_optimal(certificate);
    result.certificate = std::move(certificate);
    result.status = reached ? PlanStatus::optimal : PlanStatus::feasible;
    result.reason =
        reached ? fmt::format("plan and bound agree to 0.1 %: {}", result.bound.reason)
                : fmt::format(
                      "within {:.1f} % of the bound: {}", 100.0 * result.gap, result.bound.reason);
}

/// `point` with the plan for `less` where it has none of its own that ends sooner.
void carry_over(const Case& a_case, const WhatIfPoint& less, WhatIfPoint& point) {
    if (!usable(less.result)) return;
    const bool own =
        usable(point.result) && point.result.verdict.makespan <= less.result.verdict.makespan;
    if (own) return;
    point.used = less.used;
    point.result.plan = less.result.plan;
    point.result.verdict = less.result.verdict;
    conclude(a_case, point.result);
}

/// What no plan beats with more, no plan beats with less. Bounds are compared in wall time, which
/// only varying windows makes two of one proof.
void carry_bound_down(const Case& a_case, const WhatIfPoint& more, WhatIfPoint& point) {
    if (more.result.bound.value <= point.result.bound.value) return;
    point.result.bound = more.result.bound;
    if (usable(point.result)) conclude(a_case, point.result);
}

/// `values` and the setting after the last one, where there can be one.
std::vector<double> with_one_further(std::vector<double> values, Resource resource) {
    const double last = values.back();
    const bool counted = resource == Resource::crews || resource == Resource::image_slots ||
                         resource == Resource::max_down;
    const double step = values.size() > 1 ? last - values[values.size() - 2] : counted ? 1.0 : last;
    const bool a_day = resource == Resource::window && last + step > sim::to_seconds(sim::day);
    if (!a_day) values.push_back(last + step);
    return values;
}

void set_prices(std::vector<WhatIfPoint>& points) {
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
        const WhatIfPoint& next = points[i + 1];
        if (!usable(points[i].result) || !usable(next.result)) continue;
        const Duration saved = points[i].result.verdict.makespan - next.result.verdict.makespan;
        const double each = static_cast<double>(saved.count()) / (next.value - points[i].value);
        points[i].price = Duration{std::llround(each)};
    }
}

}  // namespace

Case with_resource(const Case& a_case, Resource resource, double value) {
    sim::ensure(value > 0.0, "an allowance is positive");
    Case changed = a_case;
    models::Limits& limits = changed.limits;
    switch (resource) {
        case Resource::crews:
            limits.crews = static_cast<int>(value);
            break;
        case Resource::image_slots:
            limits.image_slots = static_cast<int>(value);
            break;
        case Resource::max_down:
            limits.max_down = static_cast<int>(value);
            break;
        case Resource::window:
            sim::ensure(!limits.windows.always_open(), "the case has change windows");
            limits.windows = limits.windows.with_daily_length(sim::ceil_seconds(value));
            break;
        case Resource::mixed_version:
            limits.mixed_version_limit = sim::ceil_seconds(value);
            break;
        case Resource::throttle: {
            models::FleetTables tables = a_case.fleet.tables();
            for (models::Cluster& cluster : tables.clusters) {
                const models::ByteRate rate{std::llround(value)};
                cluster.config.leader_throttle = cluster.config.follower_throttle = rate;
            }
            changed.fleet = models::make_fleet(std::move(tables));
            break;
        }
    }
    return changed;
}

std::vector<WhatIfPoint> what_if(const Case& a_case,
                                 Resource resource,
                                 const std::vector<double>& values,
                                 const PlanOptions& options,
                                 const std::function<void(std::size_t)>& done) {
    sim::ensure(!values.empty(), "there is a setting to plan for");
    sim::ensure(
        std::adjacent_find(values.begin(), values.end(), std::greater_equal<>()) == values.end(),
        "settings ascend");
    Case nominal = a_case;
    nominal.faults.clear();
    std::vector<WhatIfPoint> points;
    for (const double value : with_one_further(values, resource)) {
        const Case changed = with_resource(nominal, resource, value);
        WhatIfPoint point{.value = value,
                          .result = make_plan(changed, options),
                          .used = value,
                          .binding = {},
                          .price = {}};
        if (!points.empty()) carry_over(changed, points.back(), point);
        points.push_back(std::move(point));
        if (done) done(points.size());
    }
    for (std::size_t i = points.size() - 1; i-- > 0;) {
        carry_bound_down(
            with_resource(nominal, resource, points[i].value), points[i + 1], points[i]);
    }
    for (WhatIfPoint& point : points) {
        if (!usable(point.result)) continue;
        // A plan that uses less waits for what it uses.
        const Case used = with_resource(nominal, resource, point.used);
        point.binding = binding_of(used, point.result);
        const models::Windows& windows = used.limits.windows;
        point.nights = nights_until(windows, point.result.verdict.makespan);
        point.bound_nights = nights_until(
            with_resource(nominal, resource, point.value).limits.windows, point.result.bound.value);
    }
    set_prices(points);
    points.resize(values.size());
    return points;
}

bool has_plan(const WhatIfPoint& point) { return usable(point.result); }

std::string_view to_string(Resource resource) {
    switch (resource) {
        case Resource::crews:
            return "crews";
        case Resource::image_slots:
            return "slots";
        case Resource::max_down:
            return "max_down";
        case Resource::window:
            return "window";
        case Resource::mixed_version:
            return "mixed_version";
        case Resource::throttle:
            return "throttle";
    }
    return "?";
}

}  // namespace rollcast::planner
