// The field tables of every file that rollcast reads, and what is generated from them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/format/fields.hpp"

namespace rollcast::scenarios {

const Record& case_record();
const Record& fleet_record();
const Record& topic_record();
const Record& fault_record();
const Record& faults_record();
const Record& plan_record();
const Record& policy_record();
const Record& alerts_record();
const Record& scenario_record();
const Record& expectation_record();

/// Names that `schema` knows: "case", "plan", "faults", "alerts", "scenario".
std::vector<std::string> schema_names();

/// JSON Schema (draft 2020-12) of a kind of file, indented, ending in a line break. Throws
/// InputError on a name that is not in `schema_names`.
std::string schema(std::string_view name);

/// docs/faults.md: every kind of fault.
std::string fault_page();

/// docs/policies.md: every policy that a plan may name.
std::string policy_page();

/// docs/case-format.md: every object and field of every kind of file but scenarios.
std::string format_page();

/// A section for every record that is reached from `root` and is not in docs/case-format.md.
std::string record_sections(const Record& root);

/// docs/scenarios.md: the scenario language, and every metric of a result.
std::string scenario_page();

}  // namespace rollcast::scenarios
