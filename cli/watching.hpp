// What a run is watched with: the plan that is carried out, and the alert rules.
#pragma once

#include <string>

#include "cli/files.hpp"
#include "models/alert_rules.hpp"

namespace rollcast::cli {

/// The rules of `file`; those that come with the program where it is empty. Throws InputError.
models::AlertRules open_alert_rules(Session& session, const std::string& file);

/// The plan of `file`; the quickest of the simple ones where it is empty. Throws InputError;
/// UsageError where there is no such plan.
models::Plan plan_to_watch(Session& session, const std::string& file, const OpenCase& opened);

}  // namespace rollcast::cli
