#include "report/what_if.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "report/layout.hpp"
#include "report/words.hpp"

namespace rollcast::report {
namespace {

using planner::Resource;
using planner::WhatIfPoint;

bool counted(Resource resource) {
    return resource == Resource::crews || resource == Resource::image_slots ||
           resource == Resource::max_down;
}

std::string value_text(Resource resource, double value) {
    if (resource == Resource::throttle) return bytes_text(value) + "/s";
    return counted(resource) ? count_text(static_cast<std::uint64_t>(value)) : seconds_text(value);
}

std::string unit_text(Resource resource) {
    if (resource == Resource::throttle) return "bytes/s";
    return counted(resource) ? "machines" : "seconds";
}

/// What more of it saves, and of how much: "1 h 02 min" a unit, or to the next setting.
std::string price_text(Resource resource, const std::vector<WhatIfPoint>& points, std::size_t i) {
    if (!points[i].price) return "-";
    if (counted(resource)) return duration_text(*points[i].price);
    const bool next = i + 1 < points.size();
    if (!next || !planner::has_plan(points[i + 1])) return "-";
    return duration_text(points[i].result.verdict.makespan - points[i + 1].result.verdict.makespan);
}

std::string binds_text(Resource resource, const WhatIfPoint& point) {
    const std::string as_at = point.used < point.value
                                  ? fmt::format(" (as at {})", value_text(resource, point.used))
                                  : "";
    return point.binding.what + (point.binding.proved ? " *" : "") + as_at;
}

std::string csv_text(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

Json seconds_or_null(const WhatIfPoint& point, sim::Duration duration) {
    return planner::has_plan(point) ? json_seconds(duration) : Json(nullptr);
}

Json point_json(const WhatIfPoint& point) {
    const planner::PlanResult& result = point.result;
    const bool planned = planner::has_plan(point);
    Json waited = Json::array();
    for (const planner::Waited& w : point.binding.waited) {
        waited.push_back({{"what", w.what}, {"s", json_seconds(w.time)}});
    }
    return {
        {"value", json_number(point.value)},
        {"used", planned ? json_number(point.used) : Json(nullptr)},
        {"status", planner::to_string(result.status)},
        {"reason", result.reason},
        {"makespan_s", seconds_or_null(point, result.verdict.makespan)},
        {"nights", point.nights > 0 ? Json(point.nights) : Json(nullptr)},
        {"lower_bound_s",
         result.bound.kind.empty() ? Json(nullptr) : json_seconds(result.bound.value)},
        {"lower_bound_nights", point.bound_nights > 0 ? Json(point.bound_nights) : Json(nullptr)},
        {"lower_bound_kind", result.bound.kind},
        {"gap", planned && result.certificate ? json_share(result.gap) : Json(nullptr)},
        {"binds", planned ? Json(point.binding.what) : Json(nullptr)},
        {"binds_proved", point.binding.proved},
        {"waited", std::move(waited)},
        {"last_step_s", seconds_or_null(point, point.binding.last_step)},
        {"one_more_saves_s", point.price ? json_seconds(*point.price) : Json(nullptr)}};
}

}  // namespace

std::string what_if_text(Resource resource, const std::vector<WhatIfPoint>& points) {
    const bool nights = std::any_of(
        points.begin(), points.end(), [](const WhatIfPoint& p) { return p.nights > 0; });
    std::vector<std::string> header{std::string(to_string(resource)), "makespan", "bound", "gap"};
    if (nights) header.insert(header.begin() + 2, "nights");
    header.emplace_back(counted(resource) ? "one more saves" : "the next saves");
    header.emplace_back("binds");
    Table table(header);
    std::string without;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const WhatIfPoint& point = points[i];
        const planner::PlanResult& result = point.result;
        const bool planned = planner::has_plan(point);
        std::vector<std::string> row{
            value_text(resource, point.value),
            planned ? duration_text(result.verdict.makespan) : "-",
            result.bound.kind.empty() ? "-" : duration_text(result.bound.value),
            planned && result.certificate ? percent_text(result.gap) : "-",
        };
        if (nights) {
            row.insert(
                row.begin() + 2,
                planned ? fmt::format("{} of >= {}", point.nights, point.bound_nights) : "-");
        }
        row.push_back(price_text(resource, points, i));
        row.push_back(planned ? binds_text(resource, point)
                              : std::string(planner::to_string(result.status)));
        table.add(std::move(row));
        if (planned) continue;
        without += wrapped(
            fmt::format("{}: {}", value_text(resource, point.value), result.reason), 4, "  ");
    }
    std::string out = table.text();
    out += "\n" + wrapped(
                      "binds: what the critical chain of the plan waits for longest; *: what the "
                      "bound rests on, where plan and bound are within 2 %. A setting at which the "
                      "search found nothing better than with less takes that plan (as at).",
                      2);
    return without.empty() ? out : out + "\nwithout a plan\n" + without;
}

std::string what_if_csv(Resource resource, const std::vector<WhatIfPoint>& points) {
    std::string out = fmt::format(
        "{},used,status,makespan_s,nights,lower_bound_s,lower_bound_nights,gap,"
        "one_more_saves_s,binds,binds_proved\n",
        to_string(resource));
    const auto cell = [](const Json& value) { return value.is_null() ? "" : value.dump(); };
    for (const WhatIfPoint& point : points) {
        const Json json = point_json(point);
        for (const char* number : {"value", "used"}) out += cell(json[number]) + ",";
        out += csv_text(json["status"].get<std::string>()) + ",";
        for (const char* number : {"makespan_s",
                                   "nights",
                                   "lower_bound_s",
                                   "lower_bound_nights",
                                   "gap",
                                   "one_more_saves_s"}) {
            out += cell(json[number]) + ",";
        }
        out += csv_text(point.binding.what) + (point.binding.proved ? ",true\n" : ",false\n");
    }
    return out;
}

Json what_if_document(Resource resource,
                      const std::vector<WhatIfPoint>& points,
                      bool ok,
                      const Provenance& provenance) {
    Json list = Json::array();
    for (const WhatIfPoint& point : points) list.push_back(point_json(point));
    Json document{
        {"summary", {{"ok", ok}, {"status", provenance.interrupted ? "interrupted" : "complete"}}},
        {"schema_version", schema_version},
        {"vary", to_string(resource)},
        {"unit", unit_text(resource)},
        {"points", std::move(list)}};
    document.update(provenance_json(provenance));
    return document;
}

}  // namespace rollcast::report
