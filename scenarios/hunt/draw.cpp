#include "scenarios/hunt/draw.hpp"

#include <utility>

#include <fmt/format.h>

#include "models/policies/catalogue.hpp"
#include "scenarios/format/fault_reader.hpp"
#include "scenarios/format/load_case.hpp"
#include "scenarios/format/plan_file.hpp"
#include "scenarios/hunt/draw_parts.hpp"

namespace rollcast::scenarios {

namespace {

/// Of a hundred cases so many are of a family. Those that count records take a hundred times as
/// long as the others.
constexpr std::pair<HuntFamily, int> family_shares[] = {{HuntFamily::flow, 60},
                                                        {HuntFamily::tools, 15},
                                                        {HuntFamily::calm, 12},
                                                        {HuntFamily::planned, 5},
                                                        {HuntFamily::record, 5},
                                                        {HuntFamily::agree, 3}};

HuntFamily draw_family(sim::Dice& dice) {
    std::int64_t left = dice.between(1, 100);
    for (const auto& [family, share] : family_shares) {
        left -= share;
        if (left <= 0) return family;
    }
    return HuntFamily::flow;
}

models::PolicyKind draw_tool(sim::Dice& dice) {
    return static_cast<models::PolicyKind>(dice.between(0, models::policy_kind_count - 1));
}

/// The plan of `out`, and how the scenario says it.
models::Plan add_plan(const models::Case& a_case, DrawnCase& out, sim::Dice& dice) {
    if (out.family == HuntFamily::tools) {
        const models::PolicyKind kind = draw_tool(dice);
        out.scenario["policy"] = models::policy_info(kind).word;
        return models::policy_plan(a_case.fleet, {.kind = kind});
    }
    const bool event_driven = out.family == HuntFamily::calm || out.family == HuntFamily::planned;
    const Json plan = draw_plan(a_case.fleet, event_driven, dice);
    out.scenario["plan"] = plan;
    return load_plan_text(plan.dump(), "hunted plan", a_case).plan;
}

}  // namespace

DrawnCase draw_case(std::uint64_t seed, std::uint64_t number) {
    sim::Dice dice(sim::RandomStream(seed,
                                     static_cast<std::uint32_t>(number),
                                     sim::Draw::hunt,
                                     static_cast<std::uint32_t>(number >> 32)));
    DrawnCase out;
    out.family = draw_family(dice);
    const bool records = counts_records(out.family);
    out.scenario = {{"rollcast_scenario", 1},
                    {"teaches", fmt::format("Case {} of the hunt with seed {}.", number, seed)},
                    {"tags", Json::array({"hunt", to_string(out.family)})}};
    Json case_json = records ? draw_record_case(dice) : draw_flow_case(dice);
    LoadedCase loaded = load_case_text(case_json.dump(), "hunted case");
    out.scenario["case"] = std::move(case_json);
    auto what = std::make_shared<CaseAndPlan>();
    what->a_case = std::move(loaded.a_case);
    what->plan = add_plan(what->a_case, out, dice);
    Json faults = draw_faults(what->a_case.fleet, out.family, dice);
    if (!faults.empty()) {
        const Json file{{"rollcast_faults", 1}, {"faults", faults}};
        what->a_case.faults = load_faults_text(file.dump(), "hunted faults", what->a_case);
        out.scenario["faults"] = std::move(faults);
    }
    if (records) out.scenario["fidelity"] = "record";
    const bool nominal = out.family == HuntFamily::agree || out.family == HuntFamily::calm ||
                         out.family == HuntFamily::planned;
    out.sampled = !nominal && dice.chance(50);
    if (out.sampled) out.scenario["sampled"] = true;
    out.run_seed = static_cast<std::uint64_t>(dice.between(1, 1'000'000));
    out.scenario["seeds"] = Json::array({out.run_seed});
    out.scenario["expect"] =
        Json::array({{{"metric", "makespan"}, {"is", ">="}, {"value", "0 s"}, {"guard", true}}});
    out.what = std::move(what);
    return out;
}

}  // namespace rollcast::scenarios
