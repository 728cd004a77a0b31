// Entities and rules by the names that an operator knows them by.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/case.hpp"
#include "models/verdict.hpp"

namespace rollcast::report {

/// Host name of a machine or broker, "cluster/rack".
std::string machine_name(const models::Fleet& fleet, models::MachineId machine);
std::string broker_name(const models::Fleet& fleet, models::BrokerId broker);
std::string rack_name(const models::Fleet& fleet, models::RackId rack);
std::string cluster_name(const models::Fleet& fleet, models::ClusterId cluster);

/// "rack c07/b", "broker c07-b12", "log dir /data/1 of c07-b12".
std::string domain_name(const models::Fleet& fleet, const models::Domain& domain);

/// "a, b, c and 12 more": at most `most` of `names`.
std::string listed(const std::vector<std::string>& names, std::size_t most);

/// The rule in two or three words ("min ISR"), and as the promise that it makes.
std::string_view rule_title(models::Rule rule);
std::string_view rule_promise(models::Rule rule);

/// What the subjects of a rule are: "partition", "group", "machine", ... in singular and plural.
struct SubjectWords {
    std::string_view singular;
    std::string_view plural;
};
SubjectWords subject_words(models::Rule rule);

/// Why a run ended with machines left over, as a sentence without its full stop.
std::string_view unfinished_text(models::Unfinished reason);

/// One link of a chain of causes as a sentence: "c07-b07 entered its step (batch 41)".
std::string cause_text(const models::Case& a_case, const models::Cause& cause);

/// What a fault does, as a phrase: "rack c07/b without power for 10 min 00 s".
std::string fault_text(const models::Fleet& fleet, const models::Fault& fault);

}  // namespace rollcast::report
