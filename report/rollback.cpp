#include "report/rollback.hpp"

#include <fmt/format.h>

#include "report/layout.hpp"
#include "report/names.hpp"
#include "report/words.hpp"

namespace rollcast::report {

using models::Rollback;

std::string rollback_text(const models::Fleet& fleet, const Rollback& rollback) {
    const std::string name = cluster_name(fleet, rollback.cluster);
    if (rollback.outcome() == Rollback::Outcome::refused) {
        return fmt::format(
            "{} cannot turn back: {} has run what there is no way back from, a "
            "raised protocol or disks that the system of before does not mount",
            name,
            broker_name(fleet, rollback.past_return));
    }
    if (rollback.machines == 0) return name + " turns back: nothing had been taken down";
    const std::string rest = rollback.outcome() == Rollback::Outcome::complete
                                 ? std::string()
                                 : "; the others were not let go, or never came back";
    return fmt::format("{} turns back: {} of {} run again what they ran before{}",
                       name,
                       count_text(rollback.back),
                       count_text(rollback.machines, "machine", "machines"),
                       rest);
}

std::string rollbacks_text(const models::Fleet& fleet, const models::Verdict& verdict) {
    std::string out;
    for (const Rollback& rollback : verdict.rollbacks) {
        out += wrapped(fmt::format("at {} {}{}",
                                   clock_text(rollback.at),
                                   rollback_text(fleet, rollback),
                                   rollback.back > 0 ? ", the last at " + clock_text(rollback.end)
                                                     : std::string()),
                       4,
                       "  ");
    }
    return out;
}

Json rollbacks_json(const models::Fleet& fleet, const models::Verdict& verdict) {
    Json out = Json::array();
    for (const Rollback& rollback : verdict.rollbacks) {
        const bool past = rollback.past_return.exists();
        out.push_back({{"cluster", cluster_name(fleet, rollback.cluster)},
                       {"at_s", json_seconds(rollback.at)},
                       {"end_s", rollback.back > 0 ? json_seconds(rollback.end) : Json(nullptr)},
                       {"outcome", models::to_string(rollback.outcome())},
                       {"machines", rollback.machines},
                       {"back", rollback.back},
                       {"past_return",
                        past ? Json(broker_name(fleet, rollback.past_return)) : Json(nullptr)}});
    }
    return out;
}

}  // namespace rollcast::report
