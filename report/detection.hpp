// Who would notice which fault: as text, as JSON and as a page.
#pragma once

#include <string>
#include <vector>

#include "models/sightings.hpp"
#include "report/document.hpp"

namespace rollcast::report {

/// Everything that a detection shows is about.
struct Detection {
    const models::Case& a_case;
    const models::AlertRules& rules;
    const models::Sightings& sightings;
};

/// The faults of the case, those that nobody notices on top, then the slowest noticed first.
std::string sightings_text(const Detection& detection);

/// What it would cost not to have `gone`: the faults that would be noticed later, or not at all.
std::string without_text(const Detection& detection, const models::Observer& gone);

/// docs/detection.md: the rules, and who would notice which fault.
std::string detection_page(const Detection& detection);

/// "faults", "fires_anyway" and "rules" of a document.
Json sightings_json(const Detection& detection);
Json without_json(const Detection& detection, const models::Observer& gone);

/// The document of `--json`; `gone`: what to show the lack of.
Json detection_document(const Detection& detection,
                        const std::vector<models::Observer>& gone,
                        bool ok,
                        const Provenance& provenance);

/// True where somebody in the field notices every fault that strikes and changes something.
bool all_noticed(const models::Sightings& sightings);

}  // namespace rollcast::report
