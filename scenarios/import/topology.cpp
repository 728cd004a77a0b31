#include "scenarios/import/topology.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace rollcast::scenarios {
namespace {

constexpr std::size_t shown_per_source = 3;

/// What one source says about the partitions, in one shape for all sources.
struct View {
    std::string file;
    bool complete = true;   // lists all topics of the cluster
    bool has_state = true;  // knows ISR and leader
    std::map<TopicPartition, MergedPartition> partitions;
    std::vector<std::string> topics;
};

View view_of(const Sourced<TopicsDescribe>& source) {
    View view{source.file, true, true, {}, {}};
    for (const DescribedTopic& topic : source.dump.topics) {
        if (topic.marked_for_deletion) continue;
        view.topics.push_back(topic.name);
        for (const DescribedPartition& partition : topic.partitions) {
            view.partitions[{topic.name, partition.number}] = {
                partition.replicas, partition.isr, partition.leader, partition.line};
        }
    }
    return view;
}

std::vector<std::string> topic_names(const std::map<TopicPartition, MergedPartition>& partitions) {
    std::vector<std::string> names;
    for (const auto& [name, partition] : partitions) {
        if (names.empty() || names.back() != name.topic) names.push_back(name.topic);
    }
    return names;
}

View view_of(const Sourced<KcatDump>& source) {
    View view{source.file, source.dump.all_topics, true, {}, {}};
    for (const auto& [name, partition] : source.dump.partitions) {
        // A broker that is gone may stand in the ISR that a broker caches; replicas are the truth.
        MergedPartition merged{partition.replicas, {}, partition.leader, 0};
        for (const std::int64_t id : partition.isr) {
            const auto& all = partition.replicas;
            if (std::find(all.begin(), all.end(), id) != all.end()) merged.isr.push_back(id);
        }
        view.partitions[name] = merged;
    }
    view.topics = topic_names(view.partitions);
    return view;
}

View view_of(const Sourced<AssignmentDump>& source) {
    View view{source.file, false, false, {}, {}};
    for (const auto& [name, replicas] : source.dump.replicas) {
        view.partitions[name] = {replicas, replicas, replicas.front(), 0};
    }
    view.topics = topic_names(view.partitions);
    return view;
}

std::vector<View> all_views(const ClusterDumps& dumps) {
    std::vector<View> views;
    // The last description is the youngest as far as anybody can tell.
    for (auto source = dumps.topics.rbegin(); source != dumps.topics.rend(); ++source) {
        if (!source->dump.selection_only) views.push_back(view_of(*source));
    }
    for (const auto& source : dumps.kcat) {
        if (!source.dump.partitions.empty()) views.push_back(view_of(source));
    }
    for (const auto& source : dumps.assignments) views.push_back(view_of(source));
    std::stable_partition(views.begin(), views.end(), [](const View& v) { return v.has_state; });
    return views;
}

std::vector<std::int64_t> sorted(std::vector<std::int64_t> ids) {
    std::sort(ids.begin(), ids.end());
    return ids;
}

Diagnostic error_of(std::string_view code,
                    const std::string& file,
                    const std::string& message,
                    const std::string& help) {
    Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.file = file;
    diagnostic.message = message;
    diagnostic.help = help;
    return diagnostic;
}

/// The partitions of `has` that `lacks` does not list, in words; empty where there are none.
std::string missing_in(const View& lacks, const View& has) {
    std::vector<std::string> missing;
    for (const auto& [name, partition] : has.partitions) {
        if (lacks.partitions.count(name) == 0) missing.push_back(partition_text(name));
    }
    if (missing.empty()) return "";
    std::string text;
    for (std::size_t i = 0; i < std::min(missing.size(), shown_per_source); ++i) {
        text += (i == 0 ? "" : ", ") + missing[i];
    }
    if (missing.size() > shown_per_source) {
        text += fmt::format(" and {} more", missing.size() - shown_per_source);
    }
    return text;
}

/// "ISR 1,2, leader 1 (topics.txt:12)".
std::string state_text(const View& view, const MergedPartition& partition) {
    return fmt::format("ISR {}, leader {} ({}{})",
                       partition.isr.empty() ? "none" : id_text(partition.isr),
                       partition.leader ? std::to_string(*partition.leader) : "none",
                       view.file,
                       partition.line > 0 ? fmt::format(":{}", partition.line) : "");
}

class Merger {
public:
    Merger(ImportNotes& notes, std::vector<Diagnostic>& errors) : notes_(notes), errors_(errors) {}

    Topology merge(const ClusterDumps& dumps) {
        const std::vector<View> views = all_views(dumps);
        if (views.empty()) fail_without_topology(dumps);
        const View& first = views.front();
        for (std::size_t i = 1; i < views.size(); ++i) compare(first, views[i]);
        if (!first.has_state) {
            notes_.assume(
                code::isr_unknown,
                dumps.name,
                "no source says which replicas are in sync; every ISR is taken as full and "
                "every preferred leader as leading",
                "add the output of `kafka-topics --describe`");
        }
        if (!first.complete) {
            notes_.warn(
                code::topics_maybe_missing,
                first.file,
                "this source may not list all topics of the cluster; what is missing here is "
                "not protected",
                "add the output of `kafka-topics --describe`, which lists all of them");
        }
        warn_of_reassignments(dumps);
        const bool described = std::any_of(
            dumps.topics.begin(), dumps.topics.end(), [](const Sourced<TopicsDescribe>& source) {
                return !source.dump.selection_only;
            });
        return {first.partitions, first.topics, described};
    }

private:
    [[noreturn]] static void fail_without_topology(const ClusterDumps& dumps) {
        throw InputError(
            error_of(code::no_topology,
                     "",
                     "no source says where the replicas of cluster `" + dumps.name + "` are",
                     "add the output of `kafka-topics --describe`, `kcat -L -J` or "
                     "`kafka-reassign-partitions --generate`"));
    }

    void compare(const View& first, const View& other) {
        const std::string not_there = missing_in(first, other);
        if (!not_there.empty()) {
            errors_.push_back(
                error_of(code::dump_incomplete,
                         first.file,
                         "these partitions are missing here, though " + other.file +
                             " lists them: " + not_there,
                         "one of the dumps is cut or older; take both again at one time"));
        }
        const std::string not_here = other.complete ? missing_in(other, first) : "";
        if (!not_here.empty()) {
            errors_.push_back(
                error_of(code::dump_incomplete,
                         other.file,
                         "these partitions are missing here, though " + first.file +
                             " lists them: " + not_here,
                         "one of the dumps is cut or older; take both again at one time"));
        }
        compare_partitions(first, other);
    }

    void compare_partitions(const View& first, const View& other) {
        std::size_t disagreeing = 0, reordered = 0, moved = 0;
        std::vector<std::string> examples;
        for (const auto& [name, theirs] : other.partitions) {
            const auto ours = first.partitions.find(name);
            if (ours == first.partitions.end()) continue;
            if (sorted(ours->second.replicas) != sorted(theirs.replicas)) {
                if (++disagreeing <= shown_per_source) {
                    disagree(first, other, name, ours->second, theirs);
                }
            } else if (ours->second.replicas != theirs.replicas) {
                ++reordered;
            }
            if (other.has_state && (sorted(ours->second.isr) != sorted(theirs.isr) ||
                                    ours->second.leader != theirs.leader)) {
                if (++moved <= shown_per_source) {
                    examples.push_back(fmt::format("`{}`: {} against {}",
                                                   partition_text(name),
                                                   state_text(other, theirs),
                                                   state_text(first, ours->second)));
                }
            }
        }
        if (disagreeing > shown_per_source) {
            errors_.push_back(
                error_of(code::sources_disagree,
                         other.file,
                         fmt::format("{} more partitions have other replicas than in {}",
                                     disagreeing - shown_per_source,
                                     first.file),
                         "take both dumps again while no reassignment runs"));
        }
        warn_of_order(first, other, reordered);
        warn_of_state(first, other, moved, std::move(examples));
    }

    void disagree(const View& first,
                  const View& other,
                  const TopicPartition& name,
                  const MergedPartition& ours,
                  const MergedPartition& theirs) {
        errors_.push_back(error_of(
            code::sources_disagree,
            other.file,
            fmt::format("`{}` is on brokers {} here, and on {} in {}",
                        partition_text(name),
                        id_text(theirs.replicas),
                        id_text(ours.replicas),
                        first.file),
            "the dumps are of different clusters or times; take both again while no reassignment "
            "runs"));
    }

    void warn_of_order(const View& first, const View& other, std::size_t reordered) {
        if (reordered == 0) return;
        notes_.warn(code::state_differs,
                    other.file,
                    fmt::format("{} partitions have their replicas in another order than in {}, "
                                "so other preferred leaders; {} is taken",
                                reordered,
                                first.file,
                                first.file),
                    "");
    }

    void warn_of_state(const View& first,
                       const View& other,
                       std::size_t moved,
                       std::vector<std::string> examples) {
        if (moved == 0) return;
        Diagnostic& warning =
            notes_.warn(code::state_differs,
                        other.file,
                        fmt::format("{} partitions have another ISR or leader than in {}: the "
                                    "dumps are of different moments; {} is taken",
                                    moved,
                                    first.file,
                                    first.file),
                        "take the dumps at one time to be rid of this");
        warning.notes = std::move(examples);
    }

    void warn_of_reassignments(const ClusterDumps& dumps) {
        for (const auto& source : dumps.topics) {
            std::size_t moving = 0;
            for (const DescribedTopic& topic : source.dump.topics) {
                moving +=
                    static_cast<std::size_t>(std::count_if(topic.partitions.begin(),
                                                           topic.partitions.end(),
                                                           [](const DescribedPartition& partition) {
                                                               return !partition.adding.empty() ||
                                                                      !partition.removing.empty();
                                                           }));
            }
            if (moving == 0) continue;
            notes_.warn(
                code::reassignment_running,
                source.file,
                fmt::format("a reassignment of {} partitions was running; they are imported "
                            "with old and new replicas",
                            moving),
                "let it end, and take the dumps again");
        }
    }

    ImportNotes& notes_;
    std::vector<Diagnostic>& errors_;
};

}  // namespace

Topology merge_topology(const ClusterDumps& dumps,
                        ImportNotes& notes,
                        std::vector<Diagnostic>& errors) {
    return Merger(notes, errors).merge(dumps);
}

}  // namespace rollcast::scenarios
