#include "report/handover/trace.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "models/metrics.hpp"
#include "report/handover/step_order.hpp"
#include "report/names.hpp"
#include "report/numbers.hpp"

namespace rollcast::report {
namespace {

using models::Fleet;
using models::MachineTimes;
using sim::Instant;

std::int64_t microseconds_of(Instant t) { return t.count() / 1'000; }

/// The events of a trace, as they are added.
class TraceEvents {
public:
    TraceEvents(const models::Case& a_case, const models::WatchedRun& run)
        : case_(a_case), run_(run) {}

    Json take() {
        name_tracks();
        for (const MachineTimes& times : run_.verdict.machines) add_step(times);
        add_batches();
        add_faults();
        add_counter(models::Metric::under_replicated, "partitions out of sync");
        add_counter(models::Metric::under_min_isr, "partitions under min ISR");
        add_counter(models::Metric::group_lag_seconds, "seconds that consumers are behind");
        add_arrows();
        return std::move(events_);
    }

private:
    static std::int64_t process_of(models::ClusterId c) {
        return static_cast<std::int64_t>(c.index()) + 1;
    }
    std::int64_t thread_of(models::MachineId m) const {
        const models::Machine& machine = case_.fleet.machines()[m];
        return static_cast<std::int64_t>(m.index()) -
               case_.fleet.clusters()[machine.cluster].first_machine + 1;
    }

    Json& event(std::string_view phase,
                std::string name,
                models::ClusterId c,
                std::int64_t thread) {
        events_.push_back(
            {{"ph", phase}, {"name", std::move(name)}, {"pid", process_of(c)}, {"tid", thread}});
        return events_.back();
    }

    void name_tracks() {
        for (const models::ClusterId c :
             models::Range<models::ClusterId>(case_.fleet.clusters().size())) {
            event("M", "process_name", c, 0)["args"]["name"] = cluster_name(case_.fleet, c);
            event("M", "process_sort_index", c, 0)["args"]["sort_index"] = process_of(c);
            event("M", "thread_name", c, 0)["args"]["name"] = "batches";
            for (const models::MachineId m : case_.fleet.clusters()[c].machines()) {
                const models::RackId rack = case_.fleet.machines()[m].rack;
                event("M", "thread_name", c, thread_of(m))["args"]["name"] = fmt::format(
                    "{} rack {}", machine_name(case_.fleet, m), case_.fleet.racks()[rack].name);
            }
        }
    }

    void slice(const MachineTimes& times, std::string name, Instant from, Instant to) {
        if (from == Instant::never()) return;
        to = std::min(to, run_.end);
        if (to <= from) return;
        const models::ClusterId c = case_.fleet.machines()[times.machine].cluster;
        Json& x = event("X", std::move(name), c, thread_of(times.machine));
        x["cat"] = "step";
        x["ts"] = microseconds_of(from);
        x["dur"] = microseconds_of(to) - microseconds_of(from);
    }

    void add_step(const MachineTimes& times) {
        if (times.start == Instant::never()) return;
        slice(times, fmt::format("step, batch {}", times.batch + 1), times.start, times.end);
        slice(times, "drain and stop", times.start, std::min(times.stopped, times.end));
        slice(times,
              "re-image, install, start",
              times.stopped,
              std::min(times.registered, times.end));
        slice(times, "catch-up", times.registered, std::min(times.in_sync, times.end));
        slice(times, "checks and soak", times.in_sync, times.end);
    }

    void add_batches() {
        std::int64_t id = 0;
        for (const HandoverBatch& batch : batches_by_start(case_, run_.verdict)) {
            Instant end{};
            for (const MachineTimes& times : batch.steps) end = std::max(end, times.end);
            const std::string name = fmt::format("batch {}", batch.number + 1);
            for (const auto& [phase, at] :
                 {std::pair("b", batch.start()), std::pair("e", std::min(end, run_.end))}) {
                Json& x = event(phase, name, batch.cluster, 0);
                x["cat"] = "batch";
                x["id"] = id;
                x["ts"] = microseconds_of(at);
                x["args"]["machines"] = batch.steps.size();
            }
            ++id;
        }
    }

    void add_faults() {
        for (std::size_t f = 0; f < case_.faults.size(); ++f) {
            if (run_.fault_starts[f] == Instant::never()) continue;
            const models::ClusterId struck = models::struck_cluster(case_.fleet, case_.faults[f]);
            Json& x = event(
                "i", case_.faults[f].name, struck.exists() ? struck : models::ClusterId{0}, 0);
            x["cat"] = "fault";
            x["s"] = "g";
            x["ts"] = microseconds_of(run_.fault_starts[f]);
            x["args"]["what"] = fault_text(case_.fleet, case_.faults[f]);
        }
    }

    /// The sum over a cluster's series of `metric`, where it changes.
    void add_counter(models::Metric metric, const std::string& name) {
        std::map<models::ClusterId, std::map<Instant, double>> changes;
        for (const models::SeriesStore& store : run_.series) {
            for (const models::Target& target : store.targets()) {
                if (target.source != models::info_of(metric).source) continue;
                const models::Series* series = store.find(target, metric);
                if (series == nullptr) continue;
                double before = 0.0;
                for (const models::Point& point : *series) {
                    const double value = point.present() ? point.value : 0.0;
                    changes[target.subject.cluster][std::max(point.at, Instant{})] +=
                        value - before;
                    before = value;
                }
            }
        }
        for (const auto& [cluster, by_time] : changes) {
            double sum = 0.0;
            for (const auto& [at, change] : by_time) {
                sum += change;
                if (change == 0.0 && at != Instant{}) continue;
                Json& x = event("C", name, cluster, 0);
                x["ts"] = microseconds_of(at);
                x["args"]["value"] = json_number(std::max(0.0, sum));
            }
        }
    }

    /// Within a cluster a start follows the last end before it, where there is one.
    void add_arrows() {
        std::map<models::ClusterId, std::vector<const MachineTimes*>> by_end;
        for (const MachineTimes& times : run_.verdict.machines) {
            if (times.end == Instant::never()) continue;
            by_end[case_.fleet.machines()[times.machine].cluster].push_back(&times);
        }
        for (auto& [cluster, ended] : by_end) {
            std::stable_sort(ended.begin(), ended.end(), [](const auto* a, const auto* b) {
                return a->end < b->end;
            });
        }
        std::int64_t id = 0;
        for (const MachineTimes& times : run_.verdict.machines) {
            if (times.start == Instant::never()) continue;
            const models::ClusterId c = case_.fleet.machines()[times.machine].cluster;
            const auto& ended = by_end[c];
            const auto after = std::upper_bound(
                ended.begin(), ended.end(), times.start, [](Instant t, const MachineTimes* other) {
                    return t < other->end;
                });
            if (after == ended.begin()) continue;
            const MachineTimes& before = **std::prev(after);
            if (before.machine == times.machine) continue;
            arrow(c, id++, before, times);
        }
    }

    void arrow(models::ClusterId c,
               std::int64_t id,
               const MachineTimes& from,
               const MachineTimes& to) {
        Json& s = event("s", "lets start", c, thread_of(from.machine));
        s["cat"] = "gate";
        s["id"] = id;
        s["ts"] = std::max(microseconds_of(from.start), microseconds_of(from.end) - 1);
        Json& f = event("f", "lets start", c, thread_of(to.machine));
        f["cat"] = "gate";
        f["id"] = id;
        f["bp"] = "e";
        f["ts"] = microseconds_of(to.start);
    }

    const models::Case& case_;
    const models::WatchedRun& run_;
    Json events_ = Json::array();
};

}  // namespace

std::string trace_text(const models::Case& a_case, const models::WatchedRun& run) {
    Json document{{"displayTimeUnit", "ms"},
                  {"otherData", {{"case", a_case.name}, {"time", "simulated, from 0"}}}};
    document["traceEvents"] = TraceEvents(a_case, run).take();
    return document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace rollcast::report
