// What the `policy` of a plan may hold, and the page on the policies: both from the catalogue of
// the models.
#include <algorithm>

#include <fmt/format.h>

#include "models/policies/catalogue.hpp"
#include "scenarios/format/formats.hpp"
#include "scenarios/format/policy_reader.hpp"

namespace rollcast::scenarios {

using models::PolicyInfo;
using models::PolicyKind;
using models::PolicyParameter;

namespace {

std::vector<const PolicyInfo*> all_policies() {
    std::vector<const PolicyInfo*> policies;
    policies.reserve(models::policy_kind_count);
    for (int k = 0; k < models::policy_kind_count; ++k) {
        policies.push_back(&models::policy_info(static_cast<PolicyKind>(k)));
    }
    return policies;
}

/// What has no unit is counted, or a switch.
Shape shape_of(const PolicyParameter& parameter) {
    return policy_counts(parameter.key) ? integer(parameter.least, parameter.most)
                                        : number(parameter.least, parameter.most);
}

std::string takers(std::string_view key) {
    std::string words;
    for (const PolicyInfo* policy : all_policies()) {
        for (std::size_t i = 0; i < policy->parameter_count(); ++i) {
            if (policy->parameters[i].key != key) continue;
            words += fmt::format("{}{}", words.empty() ? "" : ", ", policy->word);
        }
    }
    return words;
}

Record make_policy_record() {
    std::vector<std::string> words;
    for (const PolicyInfo* policy : all_policies()) words.emplace_back(policy->word);
    std::vector<Field> fields{
        {"name", choice(words), "Whose rule it is; see docs/policies.md.", Presence::required}};
    for (const PolicyInfo* policy : all_policies()) {
        for (std::size_t i = 0; i < policy->parameter_count(); ++i) {
            const PolicyParameter& parameter = policy->parameters[i];
            const auto known = std::find_if(fields.begin(), fields.end(), [&](const Field& field) {
                return field.key == parameter.key;
            });
            if (known == fields.end()) {
                fields.push_back({std::string(parameter.key),
                                  shape_of(parameter),
                                  fmt::format("{}: {}", takers(parameter.key), parameter.meaning)});
                continue;
            }
            const Shape shape = shape_of(parameter);
            sim::ensure(known->shape.kind == shape.kind && known->shape.least == shape.least &&
                            known->shape.most == shape.most,
                        "policies that share a parameter take the same values");
        }
    }
    return record("policy",
                  "A tool of today that decides what to start, and when, while the run goes on.",
                  std::move(fields));
}

std::string policy_section(const PolicyInfo& policy) {
    std::string section =
        fmt::format("\n## {}\n\nAfter {}. {}\n", policy.word, policy.tool, policy.rule);
    if (policy.parameter_count() == 0) return section;
    section +=
        "\n| parameter | takes | default | meaning | source of the default |\n"
        "|---|---|---|---|---|\n";
    for (std::size_t i = 0; i < policy.parameter_count(); ++i) {
        const PolicyParameter& parameter = policy.parameters[i];
        section += fmt::format("| `{}` | {:g} to {:g} | {:g} | {} | {} |\n",
                               parameter.key,
                               parameter.least,
                               parameter.most,
                               parameter.fallback,
                               parameter.meaning,
                               parameter.source);
    }
    return section;
}

constexpr std::string_view policies_page_introduction =
    R"(# What today's tools do

Each policy is the rule of a tool as a plan may name it: `"policy": {"name": "cp-ansible"}`, or
`rollcast simulate --policy cp-ansible`; `rollcast compare --tools` runs them all. It decides while
the run goes on, and sees what the tool sees: whether a process runs and answers, what leaders report
over JMX, what the metadata says, each when it looks. It never sees what only the simulator knows.

Every policy takes the same steps at a machine, and waits for the same crews and image slots; limits
of a plan (`max_down`, gates, batches) are not known to it. Its clocks run from the instant at which a
process begins to start: the work at the machine comes before. Where it gives up, the machines that
are left break the rule `finished`. A policy that would wait for ever ends the run when nothing else
goes on.

Cruise Control moves what a broker holds, or leads, away before the restart: bytes that are moved
count as catch-up, and a run ends when they are back. Runs that count records move nothing and do not
answer for it.

What they come to on the embedded estate is in [policies-estate.md](policies-estate.md).

This page is generated from the catalogue in `models/policies/`; a test compares the two.
)";

}  // namespace

bool policy_counts(std::string_view key) {
    return !key.ends_with("_s") && !key.ends_with("_share");
}

const Record& policy_record() {
    static const Record table = make_policy_record();
    return table;
}

std::string policy_page() {
    std::string page(policies_page_introduction);
    for (const PolicyInfo* policy : all_policies()) page += policy_section(*policy);
    return page;
}

}  // namespace rollcast::scenarios
