#include "scenarios/import/current_state.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "scenarios/import/sources.hpp"
#include "scenarios/import/topology.hpp"

namespace rollcast::scenarios {
namespace {

using models::ClusterId;
using models::Fleet;
using models::PartitionId;

Diagnostic state_problem(std::string_view code, const std::string& message, const char* help) {
    Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.message = message;
    diagnostic.help = help;
    return diagnostic;
}

ClusterDumps dumps_of(const std::vector<std::filesystem::path>& state, ImportNotes& notes) {
    std::vector<ClusterDumps> clusters = read_sources(state, notes);
    if (clusters.size() != 1) {
        throw InputError(state_problem(
            code::gate_unanswered,
            fmt::format("the state is that of {} clusters", clusters.size()),
            "name the dumps of the one cluster, and its name in the case with --cluster"));
    }
    if (clusters.front().topics.empty() && clusters.front().kcat.empty()) {
        throw InputError(
            state_problem(code::gate_unanswered,
                          "no dump of the state knows which replicas are in sync",
                          "give what `kafka-topics --describe` prints for all topics, taken now"));
    }
    return std::move(clusters.front());
}

/// Takes over the state of one partition. Nothing but `wrong` where its replicas differ.
void take_over(const Fleet& fleet,
               PartitionId p,
               const MergedPartition& now,
               models::FleetTables& tables,
               CurrentState& out,
               std::vector<std::string>& wrong) {
    models::Partition& partition = tables.partitions[p];
    const auto replicas = fleet.replicas(p);
    std::uint8_t isr = 0;
    std::int8_t leader = -1;
    bool same = now.replicas.size() == replicas.size();
    for (std::size_t slot = 0; slot < replicas.size(); ++slot) {
        const std::int64_t number = fleet.brokers()[replicas[slot]].number;
        const auto holds = [number](const std::vector<std::int64_t>& ids) {
            return std::find(ids.begin(), ids.end(), number) != ids.end();
        };
        same = same && holds(now.replicas);
        if (holds(now.isr)) isr = static_cast<std::uint8_t>(isr | 1U << slot);
        if (now.leader == number) leader = static_cast<std::int8_t>(slot);
    }
    if (!same) {
        wrong.push_back(fleet.partition_name(p));
        return;
    }
    partition.isr = isr;
    partition.leader = leader;
    ++out.partitions;
    out.out_of_sync += models::isr_size(isr) < partition.rf ? 1 : 0;
}

}  // namespace

CurrentState with_current_state(const models::Case& a_case,
                                ClusterId cluster,
                                const std::vector<std::filesystem::path>& state) {
    ImportNotes notes;
    std::vector<Diagnostic> errors;
    const ClusterDumps dumps = dumps_of(state, notes);
    const Topology topology = merge_topology(dumps, notes, errors);
    if (!errors.empty()) throw InputError(std::move(errors));

    const Fleet& fleet = a_case.fleet;
    std::map<TopicPartition, PartitionId> known;
    for (const PartitionId p : fleet.clusters()[cluster].partitions()) {
        const models::Partition& partition = fleet.partitions()[p];
        known[{fleet.topics()[partition.topic].name, partition.number}] = p;
    }
    CurrentState out{a_case, 0, 0, {}, {}};
    for (const auto& source : dumps.topics) out.files.push_back(source.file);
    for (const auto& source : dumps.kcat) out.files.push_back(source.file);
    models::FleetTables tables = fleet.tables();
    std::vector<std::string> wrong;
    std::set<std::string> unknown;
    for (const auto& [name, now] : topology.partitions) {
        const auto found = known.find(name);
        if (found == known.end()) {
            unknown.insert(name.topic);
        } else {
            take_over(fleet, found->second, now, tables, out, wrong);
        }
    }
    if (!wrong.empty()) {
        throw InputError(state_problem(
            code::sources_disagree,
            fmt::format("the state shows {} on other brokers than the case{}",
                        wrong.front(),
                        wrong.size() == 1 ? "" : fmt::format(", and {} more", wrong.size() - 1)),
            "replicas were moved since: import the cluster again"));
    }
    if (!unknown.empty()) {
        notes.warn(
            code::state_differs,
            out.files.front(),
            fmt::format("the case has no topic `{}`{}",
                        *unknown.begin(),
                        unknown.size() == 1 ? "" : fmt::format(" and {} more", unknown.size() - 1)),
            "they protect nothing here: import the cluster again where they matter");
    }
    if (out.partitions < known.size()) {
        notes.warn(
            code::state_differs,
            out.files.front(),
            fmt::format(
                "the state shows {} of {} partitions of the cluster", out.partitions, known.size()),
            "take the dump of all topics; the others are taken as the case has them");
    }
    out.a_case.fleet = models::make_fleet(std::move(tables));
    out.warnings = std::move(notes.warnings);
    return out;
}

}  // namespace rollcast::scenarios
