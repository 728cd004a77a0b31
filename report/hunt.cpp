#include "report/hunt.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "models/faults/catalogue.hpp"
#include "report/layout.hpp"
#include "report/words.hpp"

namespace rollcast::report {
namespace {

using scenarios::HuntedCase;
using scenarios::HuntFamily;

struct HuntCount {
    std::size_t cases = 0;
    std::uint64_t events = 0;
    std::size_t broken = 0;

    void add(const HuntedCase& hunted) {
        if (!hunted.done) return;
        ++cases;
        events += hunted.held.events;
        broken += hunted.held.broken ? 1 : 0;
    }
};

struct HuntCounts {
    HuntCount all;
    std::array<HuntCount, scenarios::hunt_family_count> by_family{};
    std::array<std::size_t, models::fault_kind_count> by_kind{};  // cases with such a fault
};

HuntCounts count_hunted(const std::vector<HuntedCase>& cases) {
    HuntCounts counts;
    for (const HuntedCase& hunted : cases) {
        counts.all.add(hunted);
        counts.by_family[static_cast<std::size_t>(hunted.held.family)].add(hunted);
        for (std::size_t k = 0; k < counts.by_kind.size(); ++k) {
            counts.by_kind[k] += hunted.done ? (hunted.held.kinds >> k) & 1U : 0;
        }
    }
    return counts;
}

std::string kinds_text(const HuntCounts& counts) {
    const auto met = std::count_if(
        counts.by_kind.begin(), counts.by_kind.end(), [](std::size_t n) { return n > 0; });
    if (met == 0) return "no faults";
    const auto [least, most] = std::minmax_element(counts.by_kind.begin(), counts.by_kind.end());
    const std::string_view rarest =
        models::fault_info(static_cast<models::FaultKind>(least - counts.by_kind.begin())).word;
    return fmt::format("{} of {} kinds of fault; the rarest, {}, in {}, the commonest in {}",
                       met,
                       counts.by_kind.size(),
                       rarest,
                       count_text(*least, "case", "cases"),
                       count_text(*most));
}

}  // namespace

std::size_t HuntReport::done() const {
    return static_cast<std::size_t>(
        std::count_if(cases.begin(), cases.end(), [](const HuntedCase& c) { return c.done; }));
}

std::string hunt_text(const HuntReport& hunted) {
    const HuntCounts counts = count_hunted(hunted.cases);
    std::string text = fmt::format("{}: {} broken, looked at after each of {}\n",
                                   count_text(counts.all.cases, "case", "cases"),
                                   count_text(counts.all.broken),
                                   count_text(counts.all.events, "event", "events"));
    if (hunted.done() < hunted.cases.size()) {
        text += fmt::format("{} not run\n", count_text(hunted.cases.size() - hunted.done()));
    }
    text += "\n";
    Table table({"family", "cases", "events", "broken"});
    for (std::size_t f = 0; f < counts.by_family.size(); ++f) {
        const HuntCount& count = counts.by_family[f];
        if (count.cases == 0) continue;
        table.add({std::string(scenarios::to_string(static_cast<HuntFamily>(f))),
                   count_text(count.cases),
                   count_text(count.events),
                   count_text(count.broken)});
    }
    text += table.text() + "\n" + wrapped(kinds_text(counts));
    for (const HuntFinding& finding : hunted.findings) {
        const scenarios::BrokenInvariant& broken = *hunted.cases[finding.index].held.broken;
        text += "\n" + wrapped(finding.name, 2, "broken: ");
        text += wrapped(fmt::format("{}: {}", broken.invariant, broken.text), 4, "  - ");
        text += fmt::format("    at {}\n", seconds_text(broken.at_s));
        if (!finding.file.empty()) {
            text += wrapped(fmt::format("{}: {} of {} values left",
                                        finding.file,
                                        count_text(finding.size_after),
                                        count_text(finding.size_before)),
                            11,
                            "    small: ");
        }
        text += wrapped(finding.reproduce, 15, "    reproduce: ");
    }
    return text;
}

Json hunt_document(const HuntReport& hunted, const Provenance& provenance) {
    const HuntCounts counts = count_hunted(hunted.cases);
    Json document{{"schema_version", schema_version},
                  {"summary",
                   {{"ok", counts.all.broken == 0 && hunted.done() == hunted.cases.size()},
                    {"cases", counts.all.cases},
                    {"not_run", hunted.cases.size() - hunted.done()},
                    {"events", counts.all.events},
                    {"broken", counts.all.broken}}}};
    Json families = Json::object();
    for (std::size_t f = 0; f < counts.by_family.size(); ++f) {
        const HuntCount& count = counts.by_family[f];
        families[std::string(scenarios::to_string(static_cast<HuntFamily>(f)))] = {
            {"cases", count.cases}, {"events", count.events}, {"broken", count.broken}};
    }
    document["families"] = std::move(families);
    Json kinds = Json::object();
    for (std::size_t k = 0; k < counts.by_kind.size(); ++k) {
        kinds[std::string(models::fault_info(static_cast<models::FaultKind>(k)).word)] =
            counts.by_kind[k];
    }
    document["cases_by_fault"] = std::move(kinds);
    document["broken"] = Json::array();
    for (const HuntFinding& finding : hunted.findings) {
        const HuntedCase& found = hunted.cases[finding.index];
        Json entry{{"name", finding.name},
                   {"family", scenarios::to_string(found.held.family)},
                   {"invariant", found.held.broken->invariant},
                   {"text", found.held.broken->text},
                   {"at_s", json_number(found.held.broken->at_s)},
                   {"reproduce", finding.reproduce}};
        if (!finding.file.empty()) {
            entry["small"] = {{"file", finding.file},
                              {"values_before", finding.size_before},
                              {"values_after", finding.size_after}};
        }
        document["broken"].push_back(std::move(entry));
    }
    document["provenance"] = provenance_json(provenance);
    return document;
}

}  // namespace rollcast::report
