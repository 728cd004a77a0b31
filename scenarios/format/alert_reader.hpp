// Sets of alert rules.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "models/alert_rules.hpp"

namespace rollcast::scenarios {

/// The rules of a file. Throws InputError; a metric that no run can give comes with the names that
/// are near.
models::AlertRules load_alerts(const std::filesystem::path& path);

/// The same from text; `name` stands for the file in messages.
models::AlertRules load_alerts_text(std::string_view text, std::string_view name);

/// The set that the executable carries: scenarios/library/alert_rules.json.
models::AlertRules embedded_alerts();
std::string_view alert_rules_text();

/// docs/metrics.md: every metric that a run can give.
std::string metrics_page();

}  // namespace rollcast::scenarios
