// A case as its cluster is now: ISRs and leaders from what its tools print.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "models/case.hpp"
#include "scenarios/format/diagnostic.hpp"

namespace rollcast::scenarios {

struct CurrentState {
    models::Case a_case;
    std::size_t partitions = 0;   // whose state was taken over
    std::size_t out_of_sync = 0;  // of them with fewer in sync than replicas
    std::vector<std::string> files;
    std::vector<Diagnostic> warnings;
};

/// `a_case` with the ISRs and leaders of `cluster` as `state` shows them, dumps of that one cluster
/// as `import` takes them. Topics that the case does not have, and partitions that no dump shows,
/// stay as they are, with a warning. Throws InputError where a dump cannot be read, is of several
/// clusters, knows no ISRs, or shows a partition on other brokers than the case does.
CurrentState with_current_state(const models::Case& a_case,
                                models::ClusterId cluster,
                                const std::vector<std::filesystem::path>& state);

}  // namespace rollcast::scenarios
