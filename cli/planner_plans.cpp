#include "cli/planner_plans.hpp"

#include <optional>
#include <string>
#include <utility>

#include "cli/stop.hpp"
#include "planner/planner.hpp"

namespace rollcast::cli {
namespace {

constexpr std::pair<const char*, planner::Policy> planner_words[] = {
    {"one", planner::Policy::one_at_a_time},
    {"rack", planner::Policy::rack_at_a_time},
    {"greedy", planner::Policy::greedy_batches},
    {"event", planner::Policy::event_driven},
    {"best", planner::Policy::best}};

}  // namespace

scenarios::PlanMaker planner_plans() {
    scenarios::PlanMaker maker;
    for (const auto& [word, unused] : planner_words) maker.words.emplace_back(word);
    maker.make = [](const models::Case& a_case,
                    const std::string& word,
                    std::string& why) -> std::optional<models::Plan> {
        planner::PlanOptions options;
        for (const auto& [known, policy] : planner_words) {
            if (known == word) options.policy = policy;
        }
        options.stop = &stop_requested();
        planner::PlanResult made = planner::make_plan(a_case, options);
        why = made.reason;
        if (made.plan.clusters.empty()) return std::nullopt;
        return std::move(made.plan);
    };
    return maker;
}

}  // namespace rollcast::cli
