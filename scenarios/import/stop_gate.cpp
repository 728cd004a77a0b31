#include "scenarios/import/stop_gate.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenarios/format/names.hpp"
#include "scenarios/import/cluster_settings.hpp"
#include "scenarios/import/topology.hpp"

namespace rollcast::scenarios {

namespace {

Diagnostic unanswered(const std::string& message, const std::string& help) {
    Diagnostic diagnostic;
    diagnostic.code = code::gate_unanswered;
    diagnostic.message = message;
    diagnostic.help = help;
    return diagnostic;
}

ClusterDumps one_cluster(const StopQuestion& question, ImportNotes& notes) {
    std::vector<ClusterDumps> clusters = read_sources(question.state, notes);
    if (clusters.size() == 1) return std::move(clusters.front());
    throw InputError(unanswered(fmt::format("the state is that of {} clusters", clusters.size()),
                                "name the dumps of the one cluster that the brokers belong to"));
}

std::vector<std::string> files_with_isr(const ClusterDumps& dumps) {
    std::vector<std::string> files;
    for (const auto& source : dumps.topics) files.push_back(source.file);
    for (const auto& source : dumps.kcat) files.push_back(source.file);
    if (!files.empty()) return files;
    throw InputError(
        unanswered("no dump of the state knows which replicas are in sync",
                   "give what `kafka-topics --describe` prints for all topics, taken now"));
}

/// The min ISR of a topic; 0 where nobody knows it.
std::int64_t known_min_isr(const StopQuestion& question,
                           const ClusterSettings& settings,
                           const std::string& topic) {
    bool assumed = false;
    const std::int64_t found = min_isr_of(settings, topic, assumed);
    return assumed ? question.min_isr.value_or(0) : found;
}

std::size_t count_of(const std::vector<std::int64_t>& ids, const std::set<std::int64_t>& brokers) {
    return static_cast<std::size_t>(std::count_if(
        ids.begin(), ids.end(), [&](std::int64_t id) { return brokers.contains(id); }));
}

void require_brokers(const StopQuestion& question, const Topology& topology) {
    std::set<std::int64_t> known;
    for (const auto& [name, partition] : topology.partitions) {
        known.insert(partition.replicas.begin(), partition.replicas.end());
    }
    std::vector<Diagnostic> unknown;
    for (const std::int64_t id : question.brokers) {
        if (known.contains(id)) continue;
        unknown.push_back(unanswered(fmt::format("broker {} holds no replica in this state", id),
                                     fmt::format("those that do: {}", fmt::join(known, ", "))));
    }
    if (!unknown.empty()) throw InputError(std::move(unknown));
}

void require_min_isr(const std::vector<std::string>& topics) {
    if (topics.empty()) return;
    throw InputError(unanswered(
        fmt::format("no dump tells min.insync.replicas of {}{}",
                    scenarios::quoted(topics.front()),
                    topics.size() == 1 ? "" : fmt::format(" and {} more", topics.size() - 1)),
        "give `kafka-configs --describe --all --entity-type brokers --entity-name ID` of a broker, "
        "too, or --min-isr"));
}

void judge(const StopQuestion& question,
           const TopicPartition& name,
           const MergedPartition& partition,
           std::int64_t min_isr,
           StopAnswer& answer) {
    const auto in_sync = static_cast<std::int64_t>(partition.isr.size());
    const bool under_it_now = in_sync < min_isr || !partition.leader;
    ++answer.partitions;
    if (count_of(partition.replicas, question.brokers) == 0) {
        answer.unwell_elsewhere += under_it_now ? 1 : 0;
        return;
    }
    ++answer.on_brokers;
    answer.leads += partition.leader && question.brokers.contains(*partition.leader) ? 1 : 0;
    ForbiddenStop stop{name, {}, min_isr, under_it_now};
    for (const std::int64_t id : partition.isr) {
        if (!question.brokers.contains(id)) stop.left.push_back(id);
    }
    const auto left = static_cast<std::int64_t>(stop.left.size());
    if (left >= min_isr && left > 0) {
        answer.last_margin += left == min_isr ? 1 : 0;
        return;
    }
    if (left == in_sync) {
        ++answer.no_worse;
        return;
    }
    const bool accepted = std::any_of(
        question.accepted.begin(), question.accepted.end(), [&](const std::string& pattern) {
            return matches(pattern, name.topic);
        });
    (accepted ? answer.accepted : answer.forbids).push_back(std::move(stop));
}

}  // namespace

StopAnswer may_stop(const StopQuestion& question) {
    ImportNotes notes;
    std::vector<Diagnostic> errors;
    const ClusterDumps dumps = one_cluster(question, notes);
    StopAnswer answer;
    answer.files = files_with_isr(dumps);
    const Topology topology = merge_topology(dumps, notes, errors);
    if (!errors.empty()) throw InputError(std::move(errors));
    require_brokers(question, topology);

    ImportNotes of_settings;  // what an import would assume for its case is not asked here
    const ClusterSettings settings(dumps, of_settings);
    std::map<std::string, std::int64_t> min_isr;
    std::vector<std::string> unknown;
    for (const std::string& topic : topology.topics) {
        min_isr[topic] = known_min_isr(question, settings, topic);
        if (min_isr[topic] == 0) unknown.push_back(topic);
    }
    require_min_isr(unknown);
    for (const auto& [name, partition] : topology.partitions) {
        judge(question, name, partition, min_isr.at(name.topic), answer);
    }
    answer.warnings = std::move(notes.warnings);
    return answer;
}

}  // namespace rollcast::scenarios
