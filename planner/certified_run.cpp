#include "planner/certified_run.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "models/simulate.hpp"

namespace rollcast::planner {

std::string differs_in_run(const models::Case& a_case,
                           const models::Plan& plan,
                           std::uint64_t seed,
                           int threads,
                           const certificate::Certificate& certificate) {
    models::Case nominal = a_case;
    nominal.faults.clear();
    const models::Verdict verdict =
        models::simulate(nominal, plan, {.seed = seed, .threads = threads});
    if (!verdict.safe()) return "the plan breaks a rule in the full simulation";
    for (const certificate::TimedStep& step : certificate.steps) {
        const auto ran = std::find_if(
            verdict.machines.begin(), verdict.machines.end(), [&](const models::MachineTimes& m) {
                return m.machine == step.machine;
            });
        if (ran != verdict.machines.end() && ran->start == step.start &&
            ran->stopped == step.stopped && ran->registered == step.registered &&
            ran->in_sync == step.in_sync && ran->end == step.end) {
            continue;
        }
        return fmt::format("{} does not run at the times that are certified",
                           a_case.fleet.machines()[step.machine].name);
    }
    return {};
}

}  // namespace rollcast::planner
