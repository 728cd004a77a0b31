// What a list of faults may hold, and the page on the kinds: both from the catalogue of the models.
#include <algorithm>

#include <fmt/format.h>

#include "models/faults/catalogue.hpp"
#include "scenarios/format/formats.hpp"

namespace rollcast::scenarios {

using models::FaultInfo;
using models::FaultKind;
using models::FaultParameter;
using models::FaultTarget;

namespace {

std::vector<const FaultInfo*> all_kinds() {
    std::vector<const FaultInfo*> kinds;
    kinds.reserve(models::fault_kind_count);
    for (int k = 0; k < models::fault_kind_count; ++k) {
        kinds.push_back(&models::fault_info(static_cast<FaultKind>(k)));
    }
    return kinds;
}

/// The words of the kinds for which `holds`, parted by commas.
template <class Holds>
std::string words_of(Holds holds) {
    std::string words;
    for (const FaultInfo* kind : all_kinds()) {
        if (!holds(*kind)) continue;
        words += fmt::format("{}{}", words.empty() ? "" : ", ", kind->word);
    }
    return words;
}

std::vector<std::string> kind_words() {
    std::vector<std::string> words;
    for (const FaultInfo* kind : all_kinds()) words.emplace_back(kind->word);
    return words;
}

std::vector<std::string> phases() {
    std::vector<std::string> words;
    words.reserve(models::step_phase_count);
    for (int i = 0; i < models::step_phase_count; ++i) {
        words.emplace_back(to_string(static_cast<models::StepPhase>(i)));
    }
    return words;
}

const Record& trigger_record() {
    static const Record table = record(
        "trigger",
        "A moment of the step of a machine, or of the first of a batch.",
        {
            {"machine",
             text(),
             "\"cluster/number\" of a broker, or \"cluster/node\" of a quorum node."},
            {"cluster", text(), "Or a cluster, with `batch`."},
            {"batch",
             integer(1, 1e6),
             "Its batch, from 1: the first of its brokers that enters the phase."},
            {"phase", choice(phases()), "The phase that its step enters.", required},
            {"delay_s", seconds(), "So long after it.", optional, 0},
            {"pass", text(), "Pass of the case's programme in which that is. Default: its first."},
        });
    return table;
}

const Record& rate_record() {
    static const Record table =
        record("fault_rate",
               "How often a fault comes: at moments of a Poisson process. They hang on the seed "
               "and on the "
               "fault's name alone.",
               {{"per_day", number(1e-6, 1e6), "Times a day, on average.", required}});
    return table;
}

std::string_view naming(FaultTarget target) {
    switch (target) {
        case FaultTarget::broker:
            return "\"cluster/number\", or \"cluster/worst\" for the one with the least N-1 margin";
        case FaultTarget::rack:
            return "\"cluster/rack\" or \"cluster/worst\"";
        case FaultTarget::machine:
            return "\"cluster/number\" or \"cluster/node\"";
        case FaultTarget::log_dir:
            return "\"cluster/number/path\" of a log dir or \"cluster/worst\"";
        case FaultTarget::quorum_node:
            return "\"cluster/node\"";
        case FaultTarget::cluster:
            return "Its name";
        case FaultTarget::topic:
            return "\"cluster/topic\"";
    }
    return "";
}

Shape shape_of(const FaultParameter& parameter) {
    return parameter.whole ? integer(parameter.least, parameter.most)
                           : number(parameter.least, parameter.most);
}

/// One field a key, whichever kinds take it.
std::vector<Field> parameter_fields() {
    std::vector<Field> fields;
    for (const FaultInfo* kind : all_kinds()) {
        for (std::size_t i = 0; i < kind->parameter_count(); ++i) {
            const FaultParameter& parameter = kind->parameters[i];
            const auto known = std::find_if(fields.begin(), fields.end(), [&](const Field& field) {
                return field.key == parameter.key;
            });
            if (known != fields.end()) {
                const Shape shape = shape_of(parameter);
                sim::ensure(known->shape.least == shape.least && known->shape.most == shape.most,
                            "kinds of fault that share a parameter take the same values");
                continue;
            }
            const std::string takers = words_of([&](const FaultInfo& other) {
                return std::any_of(other.parameters.begin(),
                                   other.parameters.end(),
                                   [&](const FaultParameter& p) { return p.key == parameter.key; });
            });
            fields.push_back({std::string(parameter.key),
                              shape_of(parameter),
                              fmt::format("{}: {}", takers, parameter.meaning)});
        }
    }
    return fields;
}

Record make_fault_record() {
    std::vector<Field> fields{
        {"kind", choice(kind_words()), "What fails; see docs/faults.md.", required},
        {"name", text(), "Name in reports. Default: kind and target."}};
    for (int t = 0; t < models::fault_target_count; ++t) {
        const auto target = static_cast<FaultTarget>(t);
        fields.push_back(
            {std::string(to_string(target)),
             text(),
             fmt::format("{}; for {}.", naming(target), words_of([&](const FaultInfo& kind) {
                             return kind.target == target;
                         }))});
    }
    fields.push_back({"at_s",
                      seconds(),
                      "Seconds after the start of the run; or give `when`, `rate` or `moment`."});
    fields.push_back({"when", object(trigger_record()), "Or a moment of a step."});
    fields.push_back({"rate", object(rate_record()), "Or how often it comes."});
    fields.push_back(
        {"moment",
         choice({"worst"}),
         "Or the instant at which the run without faults is most exposed to the failure "
         "of the target."});
    const std::string endless = words_of([](const FaultInfo& kind) { return !kind.lasts; });
    fields.push_back({"duration_s",
                      seconds(),
                      fmt::format("Until it is over; 0 = never. Required but for {}.", endless)});
    for (Field& field : parameter_fields()) fields.push_back(std::move(field));
    return record("fault", "What fails, where and when.", std::move(fields));
}

std::string parameter_line(const FaultParameter& parameter) {
    return fmt::format("| `{}` | {:g} to {:g} | {:g} | {} | {} |\n",
                       parameter.key,
                       parameter.least,
                       parameter.most,
                       parameter.fallback,
                       parameter.meaning,
                       parameter.source);
}

std::string kind_section(const FaultInfo& kind) {
    std::string section =
        fmt::format("\n### {}\n\n{} Strikes a {}.", kind.word, kind.effect, to_string(kind.target));
    section += fmt::format("\n\n- Shown by: {}\n- Over: {}\n- Source: {}{}.\n",
                           kind.shows,
                           kind.over_by,
                           kind.source.starts_with("§") ? "kafka-semantics " : "",
                           kind.source);
    section += kind.lasts ? "- `duration_s`: until it is over.\n" : "- Takes no duration.\n";
    if (kind.parameter_count() == 0) return section;
    section +=
        "\n| parameter | takes | default | meaning | source of the default |\n"
        "|---|---|---|---|---|\n";
    for (std::size_t i = 0; i < kind.parameter_count(); ++i) {
        section += parameter_line(kind.parameters[i]);
    }
    return section;
}

constexpr std::string_view faults_page_introduction =
    R"(# What can fail

Every fault acts on the state of the world: a process, a rate, a machine. It never writes a figure, an
alert or a verdict; those follow. How a file names faults, their targets and their moments is in
[case-format.md](case-format.md#fault).

This page is generated from the catalogue in `models/faults/`; a test compares the two.
)";

}  // namespace

const Record& fault_record() {
    static const Record table = make_fault_record();
    return table;
}

const Record& faults_record() {
    static const Record table =
        record("faults",
               "A list of faults, in a file of its own.",
               {
                   {"rollcast_faults", integer(1, 1), "Format version.", required},
                   {"name", text(), "Name in reports."},
                   {"faults", list(object(fault_record())), "The faults.", required},
               });
    return table;
}

std::string fault_page() {
    std::string page(faults_page_introduction);
    for (int f = 0; f < models::fault_family_count; ++f) {
        const auto family = static_cast<models::FaultFamily>(f);
        std::string sections;
        for (const FaultInfo* kind : all_kinds()) {
            if (kind->family == family) sections += kind_section(*kind);
        }
        if (!sections.empty()) page += fmt::format("\n## {}\n{}", to_string(family), sections);
    }
    return page;
}

}  // namespace rollcast::scenarios
