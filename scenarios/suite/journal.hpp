// What is known of the runs of a suite that was ended: one line of JSON a run, appended as soon as
// it is finished.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "scenarios/suite/suite.hpp"

namespace rollcast::scenarios {

/// The line of a finished run, with its line break.
std::string journal_line(const SuiteCase& c, const SuiteRun& run, std::string_view tool_version);

/// The finished runs of a journal.
class Journal {
public:
    Journal() = default;
    /// `text` is what was read; a last line without its line break was cut and counts for nothing.
    /// Runs of another version of the tool are left out. Throws InputError where a whole line is no
    /// entry of a journal.
    Journal(std::string_view text, const std::string& name, std::string_view tool_version);

    /// Fills what is known of `run`; false where nothing is, or where its scenario has changed.
    bool recall(const SuiteCase& c, SuiteRun& run) const;
    std::size_t size() const { return runs_.size(); }

private:
    struct Entry {
        MetricValues metrics;
        MetricValues control;
        std::uint64_t trace_hash = 0;
    };
    /// By id, fingerprint, seed.
    std::map<std::tuple<std::string, std::string, std::uint64_t>, Entry> runs_;
};

/// Bytes of `text` up to the end of its last whole line.
std::size_t whole_lines(std::string_view text);

}  // namespace rollcast::scenarios
