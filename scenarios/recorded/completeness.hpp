// Tables of a recorded run that end too soon at the end of a row: what the recorder saw at the end
// of a run must follow from them.
#pragma once

#include <filesystem>
#include <vector>

#include "scenarios/recorded/recorded_run.hpp"

namespace rollcast::scenarios {

/// Throws InputError with file and line where
/// - actions.tsv has the begin of the load and not its end,
/// - a broker was started, all replicas were in sync later (`urp_zero_seen`) without its having
///   been stopped again, and sessions.tsv has no registration of it,
/// - all replicas were in sync, and transitions.tsv ends before that with a partition that misses
///   one.
/// A table from which what was seen has been taken out is not cut: nothing can be said of it.
void check_tables_whole(const std::filesystem::path& folder,
                        const RecordedSetup& setup,
                        const std::vector<RecordedTransition>& transitions);

}  // namespace rollcast::scenarios
