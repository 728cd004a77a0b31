#include "scenarios/recorded/completeness.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <span>

#include <fmt/format.h>

#include "scenarios/import/dump_text.hpp"
#include "scenarios/recorded/table.hpp"

namespace rollcast::scenarios {

namespace {

constexpr const char* copy_again = "copy the run again; the table is cut, or of another run";

/// The number of lines of a table, and a refusal at the last one.
class LastRow {
public:
    LastRow(const std::filesystem::path& path, std::span<const std::string_view> columns)
        : table_(path, columns) {}

    [[noreturn]] void refuse(const std::string& message) const {
        static const Table::Row head{1, {{}}};
        table_.refuse(table_.rows().empty() ? head : table_.rows().back(), 0, message, copy_again);
    }

private:
    Table table_;
};

/// When the recorder saw all replicas in sync for the last time, in ms of the run; -1: never. Says
/// so where the load began and did not end.
std::int64_t last_sync(const std::filesystem::path& folder, const RecordedSetup& setup) {
    static constexpr std::array<std::string_view, 2> columns{"t_ms", "action"};
    const Table actions(folder / "actions.tsv", columns);
    std::int64_t seen = -1;
    bool begun = false;
    bool ended = false;
    for (const Table::Row& row : actions.rows()) {
        begun = begun || row.cells[1] == "load_start";
        ended = ended || row.cells[1] == "load_end";
        if (row.cells[1] == "urp_zero_seen") seen = actions.whole(row, 0) - setup.t0_ms;
    }
    if (begun && !ended) {
        actions.refuse(actions.rows().back(), 0, "the load has begun and not ended", copy_again);
    }
    return seen;
}

/// The last start of a broker before `until` that nothing has stopped again, and that has no
/// registration.
const RecordedAction* unregistered(const RecordedSetup& setup, std::int64_t until) {
    for (std::size_t i = 0; i < setup.actions.size(); ++i) {
        const RecordedAction& start = setup.actions[i];
        if (start.what != "start" || !whole_number(start.target) || start.registered_after_ms ||
            start.at_ms >= until) {
            continue;
        }
        const bool stopped =
            std::any_of(setup.actions.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                        setup.actions.end(),
                        [&](const RecordedAction& later) {
                            return later.target == start.target && later.at_ms < until;
                        });
        if (!stopped) return &start;
    }
    return nullptr;
}

/// The first partition whose last row misses a replica.
const RecordedTransition* behind(const RecordedSetup& setup,
                                 const std::vector<RecordedTransition>& transitions) {
    std::map<std::pair<std::string, int>, const RecordedTransition*> last;
    for (const RecordedTransition& row : transitions) last[{row.topic, row.partition}] = &row;
    for (const RecordedTopic& topic : setup.topics) {
        for (std::size_t p = 0; p < topic.replicas.size(); ++p) {
            const auto found = last.find({topic.name, static_cast<int>(p)});
            if (found == last.end()) continue;
            if (found->second->state.isr.size() < topic.replicas[p].size()) return found->second;
        }
    }
    return nullptr;
}

}  // namespace

void check_tables_whole(const std::filesystem::path& folder,
                        const RecordedSetup& setup,
                        const std::vector<RecordedTransition>& transitions) {
    const std::int64_t synced = last_sync(folder, setup);
    if (synced < 0) return;
    static constexpr std::array<std::string_view, 1> time{"t_ms"};
    if (const RecordedAction* start = unregistered(setup, synced)) {
        LastRow(folder / "sessions.tsv", time)
            .refuse(fmt::format(
                "broker {} was started {:.1f} s after the load, was back in sync, and has no "
                "registration",
                start->target,
                static_cast<double>(start->at_ms) / 1000.0));
    }
    if (transitions.empty() || transitions.back().at_ms >= synced) return;
    if (const RecordedTransition* partition = behind(setup, transitions)) {
        LastRow(folder / "transitions.tsv", time)
            .refuse(fmt::format(
                "all replicas were in sync {:.1f} s after the load, and the table ends with one "
                "missing of {}-{}",
                static_cast<double>(synced) / 1000.0,
                partition->topic,
                partition->partition));
    }
}

}  // namespace rollcast::scenarios
