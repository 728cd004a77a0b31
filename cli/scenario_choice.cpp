#include "cli/scenario_choice.hpp"

#include <vector>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::cli {

std::string chosen_case(const std::string& file,
                        const std::string& id,
                        const scenarios::PlanMaker& plans) {
    std::vector<std::string> ids;
    for (const scenarios::SuiteCase& c : scenarios::prepare_scenario(file, plans)) {
        ids.push_back(c.id);
        if (c.id == id) return c.id;
    }
    if (id.empty() && ids.size() == 1) return ids.front();
    throw UsageError(id.empty() ? "the scenario has more than one case"
                                : fmt::format("--case: no case is called '{}'", id),
                     "name one with --case; cases: " + scenarios::name_list(ids));
}

}  // namespace rollcast::cli
