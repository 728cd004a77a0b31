#include "scenarios/prometheus/rule_file.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "scenarios/format/diagnostic.hpp"
#include "scenarios/format/files.hpp"

namespace rollcast::scenarios {
namespace {

/// The byte of `text` at a place as yaml-cpp counts it: lines and columns from 0.
std::size_t byte_of(const std::string& text, const YAML::Mark& mark) {
    std::size_t at = 0;
    for (int line = 0; line < mark.line && at < text.size(); ++line) {
        const std::size_t end = text.find('\n', at);
        if (end == std::string::npos) return text.size();
        at = end + 1;
    }
    return std::min(text.size(), at + static_cast<std::size_t>(std::max(0, mark.column)));
}

[[noreturn]] void refuse_rules(const std::string& file,
                               const std::string& text,
                               const YAML::Mark& mark,
                               std::string_view code,
                               std::string message,
                               std::string help) {
    Diagnostic d;
    d.code = code;
    d.file = file;
    d.message = std::move(message);
    d.help = std::move(help);
    if (!mark.is_null()) {
        const std::size_t at = byte_of(text, mark);
        set_place(d, text, at, at);
    }
    throw InputError(std::move(d));
}

std::string scalar_of(const YAML::Node& node) { return node.IsScalar() ? node.Scalar() : ""; }

std::vector<std::pair<std::string, std::string>> pairs_of(const YAML::Node& node) {
    std::vector<std::pair<std::string, std::string>> pairs;
    if (!node.IsDefined() || !node.IsMap()) return pairs;
    for (const auto& entry : node) {
        pairs.emplace_back(scalar_of(entry.first), scalar_of(entry.second));
    }
    return pairs;
}

/// What can be said of a rule without knowing the language of its expression.
std::string problem_of(const YAML::Node& node, const PrometheusRule& rule) {
    static constexpr std::array<std::string_view, 7> known{
        "alert", "record", "expr", "for", "keep_firing_for", "labels", "annotations"};
    for (const auto& entry : node) {
        const std::string key = scalar_of(entry.first);
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            return fmt::format("a rule has no field {}", scenarios::quoted(key));
        }
    }
    if (rule.name().empty()) return "it has neither `alert` nor `record`";
    if (!rule.alert.empty() && !rule.record.empty()) return "it has both `alert` and `record`";
    if (rule.expression.empty()) return "it has no `expr`";
    return {};
}

PrometheusRule rule_of_node(const std::string& file,
                            const std::string& group,
                            const YAML::Node& node) {
    PrometheusRule rule;
    rule.file = file;
    rule.line = node.Mark().line + 1;
    rule.group = group;
    if (!node.IsMap()) {
        rule.problem = "it is no rule but something else";
        return rule;
    }
    const auto text = [&](const char* key) {
        const YAML::Node value = node[key];
        return value.IsDefined() ? scalar_of(value) : std::string();
    };
    rule.alert = text("alert");
    rule.record = text("record");
    rule.expression = text("expr");
    rule.hold = text("for");
    rule.keep_firing = text("keep_firing_for");
    rule.labels = pairs_of(node["labels"]);
    rule.annotations = pairs_of(node["annotations"]);
    rule.problem = problem_of(node, rule);
    return rule;
}

void read_groups(const std::string& file,
                 const YAML::Node& groups,
                 std::vector<PrometheusRule>& rules) {
    if (!groups.IsDefined() || !groups.IsSequence()) return;
    for (const YAML::Node& group : groups) {
        if (!group.IsMap() || !group["rules"].IsDefined()) continue;
        const YAML::Node name = group["name"];
        for (const YAML::Node& rule : group["rules"]) {
            rules.push_back(rule_of_node(file, name.IsDefined() ? scalar_of(name) : "", rule));
        }
    }
}

void read_document(const std::string& file,
                   const YAML::Node& document,
                   std::vector<PrometheusRule>& rules) {
    if (!document.IsMap()) return;
    read_groups(file, document["groups"], rules);
    const YAML::Node spec = document["spec"];
    if (spec.IsDefined() && spec.IsMap()) read_groups(file, spec["groups"], rules);
    const YAML::Node items = document["items"];
    if (!items.IsDefined() || !items.IsSequence()) return;
    for (const YAML::Node& item : items) read_document(file, item, rules);
}

}  // namespace

std::vector<PrometheusRule> read_prometheus_rules(const std::string& file) {
    const std::string text = read_text(file);
    std::vector<PrometheusRule> rules;
    try {
        for (const YAML::Node& document : YAML::LoadAll(text)) read_document(file, document, rules);
    } catch (const YAML::Exception& error) {
        refuse_rules(file,
                     text,
                     error.mark,
                     code::syntax,
                     fmt::format("the file is no YAML: {}", error.msg),
                     "rule files are YAML; `promtool check rules` says the same");
    }
    if (rules.empty()) {
        refuse_rules(file,
                     text,
                     YAML::Mark::null_mark(),
                     code::wrong_kind_of_file,
                     fmt::format("{} holds no rules of Prometheus", scenarios::quoted(file)),
                     "a rule file has `groups` with `rules`, at its top or in `spec`");
    }
    return rules;
}

}  // namespace rollcast::scenarios
