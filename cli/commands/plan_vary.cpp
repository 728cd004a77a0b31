#include "cli/commands/plan_vary.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/vary.hpp"
#include "planner/what_if.hpp"
#include "report/layout.hpp"
#include "report/what_if.hpp"
#include "report/words.hpp"

namespace rollcast::cli {
namespace {

void require_windows(const models::Case& a_case, const Vary& vary) {
    const bool window = vary.resource == planner::Resource::window;
    if (!window || !a_case.limits.windows.always_open()) return;
    throw UsageError("--vary window: the case has no change windows",
                     "add \"windows\" to its limits: 'rollcast schema case' shows how");
}

}  // namespace

ExitCode plan_vary(Session& session,
                   const OpenCase& opened,
                   const planner::PlanOptions& plan,
                   const VaryOptions& options) {
    const Vary vary = parse_vary(options.settings);
    require_windows(opened.a_case, vary);
    const std::vector<planner::WhatIfPoint> points = [&] {
        Progress progress(session.options.progress, "planning " + opened.a_case.name);
        return planner::what_if(
            opened.a_case, vary.resource, vary.values, plan, [&](std::size_t done) {
                progress.update(fmt::format("planning {}: {} of {} settings of {}",
                                            opened.a_case.name,
                                            std::min(done, vary.values.size()),
                                            vary.values.size(),
                                            to_string(vary.resource)));
            });
    }();
    const bool ok = std::any_of(points.begin(), points.end(), planner::has_plan);
    if (session.options.json) {
        session.print(report::what_if_document(vary.resource, points, ok, session.provenance()));
    } else if (options.csv) {
        session.out << report::what_if_csv(vary.resource, points);
    } else {
        session.out << fmt::format("case {} ({}), policy {}, seed {}\n\n",
                                   opened.a_case.name,
                                   opened.from,
                                   planner::to_string(plan.policy),
                                   session.options.seed)
                    << report::what_if_text(vary.resource, points) << "\n"
                    << report::wrapped(session.provenance().reproduce, 13, "reproduce:   ");
    }
    return ok ? ExitCode::good : ExitCode::no_plan;
}

}  // namespace rollcast::cli
