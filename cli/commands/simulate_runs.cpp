#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/commands/simulate.hpp"
#include "cli/stop.hpp"
#include "report/words.hpp"

namespace rollcast::cli {

sim::Duration RunCount::quantile(double share) const {
    std::vector<sim::Duration> sorted = makespans;
    std::sort(sorted.begin(), sorted.end());
    const auto rank =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

bool RunCount::add(std::uint64_t seed, bool is_safe, sim::Duration makespan) {
    const bool worse = is_safe != shown_safe_ ? !is_safe : is_safe && makespan > shown_makespan_;
    const bool shown = makespans.empty() || worse;
    safe += is_safe ? 1 : 0;
    makespans.push_back(makespan);
    if (!shown) return false;
    shown_seed = seed;
    shown_safe_ = is_safe;
    shown_makespan_ = makespan;
    return true;
}

report::Json runs_json(const RunCount& runs) {
    return {{"count", runs.makespans.size()},
            {"safe", runs.safe},
            {"makespan_p50_s", report::json_seconds(runs.quantile(0.5))},
            {"makespan_p95_s", report::json_seconds(runs.quantile(0.95))},
            {"shown_seed", runs.shown_seed}};
}

std::string runs_text(const RunCount& runs) {
    return fmt::format("{} of {} safe; makespan p50 {}, p95 {}; below: seed {}\n\n",
                       runs.safe,
                       report::count_text(runs.makespans.size(), "run", "runs"),
                       report::duration_text(runs.quantile(0.5)),
                       report::duration_text(runs.quantile(0.95)),
                       runs.shown_seed);
}

models::RunOptions run_options(const Session& session,
                               const SimulateOptions& options,
                               std::uint64_t seed) {
    return {.fidelity =
                options.fidelity == "record" ? models::Fidelity::record : models::Fidelity::flow,
            .seed = seed,
            .sampled = options.sampled || options.runs > 1,
            .threads = session.options.threads(),
            .stop = &stop_requested()};
}

}  // namespace rollcast::cli
