#include "report/handover/csv.hpp"

#include <fmt/format.h>

#include "report/handover/step_order.hpp"
#include "report/names.hpp"
#include "report/numbers.hpp"
#include "scenarios/format/diagnostic.hpp"

namespace rollcast::report {
namespace {

constexpr std::size_t longest_cell = 32'000;  // what spreadsheets take

std::string seconds_cell(sim::Instant t) {
    return t == sim::Instant::never() ? std::string() : json_seconds(t).dump();
}

}  // namespace

std::string csv_cell(std::string_view text) {
    std::string inside;
    constexpr std::string_view formula = "=+-@\t\r";
    if (!text.empty() && formula.find(text.front()) != std::string_view::npos) inside += '\'';
    inside += scenarios::printable(text, longest_cell);
    if (inside.find_first_of("\",\r\n'") == std::string::npos) return inside;
    std::string quoted_text = "\"";
    for (const char c : inside) {
        if (c == '"') quoted_text += '"';
        quoted_text += c;
    }
    return quoted_text + '"';
}

std::string csv_row(const std::vector<std::string>& cells) {
    std::string row;
    for (std::size_t i = 0; i < cells.size(); ++i) row += (i == 0 ? "" : ",") + csv_cell(cells[i]);
    return row + "\r\n";
}

std::string steps_csv(const models::Case& a_case, const models::Verdict& verdict) {
    std::string text = csv_row({"machine",
                                "cluster",
                                "rack",
                                "batch",
                                "reached",
                                "start_s",
                                "stopped_s",
                                "registered_s",
                                "in_sync_s",
                                "end_s"});
    for (const HandoverBatch& batch : batches_by_start(a_case, verdict)) {
        for (const models::MachineTimes& times : batch.steps) {
            const models::Machine& machine = a_case.fleet.machines()[times.machine];
            text += csv_row({machine.name,
                             a_case.fleet.clusters()[machine.cluster].name,
                             a_case.fleet.racks()[machine.rack].name,
                             fmt::format("{}", times.batch + 1),
                             std::string(models::to_string(times.reached)),
                             seconds_cell(times.start),
                             seconds_cell(times.stopped),
                             seconds_cell(times.registered),
                             seconds_cell(times.in_sync),
                             seconds_cell(times.end)});
        }
    }
    return text;
}

}  // namespace rollcast::report
