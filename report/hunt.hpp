// What a campaign of random cases showed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "report/document.hpp"
#include "scenarios/hunt/hunt.hpp"

namespace rollcast::report {

/// A case that broke, as people are told of it.
struct HuntFinding {
    std::size_t index = 0;  // among the cases
    std::string name;       // "case 17", "disk/slow_disk, seed 1"
    std::string reproduce;  // the command that shows it again
    std::string file = {};  // where the small scenario is; empty: none was written
    std::size_t size_before = 0;
    std::size_t size_after = 0;
};

struct HuntReport {
    const std::vector<scenarios::HuntedCase>& cases;
    std::vector<HuntFinding> findings;  // in the order of the cases

    std::size_t done() const;
};

/// Counts by family, kinds of fault met, and each finding with its reproduce line.
std::string hunt_text(const HuntReport& hunted);

Json hunt_document(const HuntReport& hunted, const Provenance& provenance);

}  // namespace rollcast::report
