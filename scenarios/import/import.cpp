#include "scenarios/import/import.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/format/files.hpp"
#include "scenarios/import/cluster_document.hpp"
#include "scenarios/import/cluster_hosts.hpp"

namespace rollcast::scenarios {
namespace {

namespace fs = std::filesystem;

Diagnostic option_error(const std::string& file,
                        std::size_t line,
                        const std::string& message,
                        const std::string& help) {
    Diagnostic diagnostic;
    diagnostic.code = code::import_option;
    diagnostic.file = file;
    diagnostic.line = static_cast<int>(line);
    diagnostic.message = message;
    diagnostic.help = help;
    return diagnostic;
}

/// Parses text of a side file; its problems are problems of an option.
template <class Parse>
auto parse_side(const std::string& file, const std::string& text, Parse parse) {
    try {
        return parse(text);
    } catch (const DumpError& error) {
        Diagnostic diagnostic = to_diagnostic(error, file, text);
        diagnostic.code = code::import_option;
        throw InputError(diagnostic);
    }
}

struct SideFiles {
    SideFacts facts;
    std::string racks_file, rates_file, hosts_file;  // as they are called in messages
};

SideFiles read_side_files(const ImportOptions& options) {
    SideFiles side;
    side.racks_file = "--racks";
    side.rates_file = options.rates_file.string();
    side.hosts_file = options.hosts_file.string();
    if (!options.racks.empty()) {
        const bool pairs = options.racks.find('=') != std::string::npos;
        if (!pairs) side.racks_file = options.racks;
        side.facts.racks = parse_side(
            side.racks_file, pairs ? options.racks : read_text(options.racks), parse_racks);
    }
    if (!options.rates_file.empty()) {
        side.facts.rates = parse_side(side.rates_file, read_text(options.rates_file), parse_rates);
    }
    if (!options.hosts_file.empty()) {
        side.facts.hosts = parse_side(side.hosts_file, read_text(options.hosts_file), parse_hosts);
    }
    return side;
}

bool ends_with_path(const std::string& file, const std::string& end) {
    return file == end || (file.size() > end.size() && file.ends_with(end) &&
                           file[file.size() - end.size() - 1] == '/');
}

/// The log-dirs dumps of all clusters, each with its time where one was given.
class DumpTimes {
public:
    explicit DumpTimes(const std::vector<ClusterDumps>& clusters) : times_(clusters.size()) {
        for (std::size_t i = 0; i < clusters.size(); ++i) {
            for (const auto& source : clusters[i].log_dirs) times_[i].push_back({&source, {}});
        }
    }

    void set(const std::vector<std::string>& given) {
        std::size_t unnamed = 0;
        for (const std::string& entry : given) {
            const std::size_t equals = entry.rfind('=');
            const std::string time = equals == std::string::npos ? entry : entry.substr(equals + 1);
            const auto at_ms = moment_ms(time);
            if (!at_ms) {
                fail("`" + time + "` is not a time",
                     "write seconds or milliseconds since 1970, or 2024-05-01T10:00:00Z");
            }
            TimedLogDirs& dump =
                equals == std::string::npos ? nth(unnamed++) : named(entry.substr(0, equals));
            if (dump.at_ms) fail("`" + dump.source->file + "` is given two times", "remove one");
            dump.at_ms = at_ms;
        }
        for (const auto& dumps : times_) check_distinct(dumps);
    }

    const std::vector<TimedLogDirs>& of(std::size_t cluster) const { return times_[cluster]; }

private:
    [[noreturn]] static void fail(const std::string& message, const std::string& help) {
        throw InputError(option_error("--log-dirs-at", 0, message, help));
    }

    TimedLogDirs& nth(std::size_t place) {
        if (times_.size() != 1) {
            fail("a time without a file, and several clusters", "write FILE=TIME for each dump");
        }
        if (place >= times_.front().size()) {
            fail(fmt::format("more times than log-dirs dumps ({})", times_.front().size()),
                 "write one time a dump, in the order of their names, or FILE=TIME");
        }
        return times_.front()[place];
    }

    TimedLogDirs& named(const std::string& file) {
        TimedLogDirs* found = nullptr;
        std::string known;
        for (auto& dumps : times_) {
            for (TimedLogDirs& dump : dumps) {
                known += (known.empty() ? "" : ", ") + dump.source->file;
                if (!ends_with_path(dump.source->file, file)) continue;
                if (found != nullptr) {
                    fail("`" + file + "` is the name of several dumps", "write more of its path");
                }
                found = &dump;
            }
        }
        if (found == nullptr) {
            fail("`" + file + "` is no log-dirs dump among the sources",
                 known.empty() ? "add the output of `kafka-log-dirs --describe`"
                               : "the log-dirs dumps are: " + known);
        }
        return *found;
    }

    static void check_distinct(const std::vector<TimedLogDirs>& dumps) {
        for (const TimedLogDirs& a : dumps) {
            for (const TimedLogDirs& b : dumps) {
                if (&a != &b && a.at_ms && a.at_ms == b.at_ms) {
                    fail("`" + a.source->file + "` and `" + b.source->file + "` have the same time",
                         "give each dump the time at which it was taken");
                }
            }
        }
    }

    std::vector<std::vector<TimedLogDirs>> times_;
};

/// Facts about brokers, topics or clusters that nobody has are mistakes.
class FactCheck {
public:
    FactCheck(const std::vector<ClusterDumps>& dumps,
              const std::vector<ImportedCluster>& clusters,
              std::vector<Diagnostic>& errors)
        : dumps_(dumps), clusters_(clusters), errors_(errors) {}

    void run(const SideFiles& side) {
        for (const RackFact& fact : side.facts.racks) {
            broker(side.racks_file, fact.line, fact.cluster, fact.broker);
        }
        for (const RateFact& fact : side.facts.rates) {
            topic(
                side.rates_file, fact.line, fact.cluster, {fact.topic, fact.partition.value_or(0)});
        }
        const HostFacts& hosts = side.facts.hosts;
        for (const BrokerFact& fact : hosts.brokers) {
            broker(side.hosts_file, fact.line, fact.cluster, fact.id);
        }
        for (const DiskFact& fact : hosts.disks) {
            broker(side.hosts_file, fact.line, fact.cluster, fact.broker);
        }
        for (const QuorumFact& fact : hosts.quorum) {
            broker(side.hosts_file, fact.line, fact.cluster, fact.broker);
        }
    }

private:
    void broker(const std::string& file,
                std::size_t line,
                const std::string& scope,
                std::optional<std::int64_t> id) {
        check(
            file, line, scope, id ? "broker " + std::to_string(*id) : "broker", [&](std::size_t i) {
                const auto& brokers = clusters_[i].brokers;
                return !id || std::find(brokers.begin(), brokers.end(), *id) != brokers.end();
            });
    }

    void topic(const std::string& file,
               std::size_t line,
               const std::string& scope,
               const TopicPartition& name) {
        check(file, line, scope, "partition " + partition_text(name), [&](std::size_t i) {
            return clusters_[i].topology.partitions.count(name) != 0;
        });
    }

    template <class Holds>
    void check(const std::string& file,
               std::size_t line,
               const std::string& scope,
               const std::string& what,
               Holds holds) {
        bool cluster = false, found = false;
        std::string names;
        for (std::size_t i = 0; i < clusters_.size(); ++i) {
            names += (names.empty() ? "" : ", ") + dumps_[i].name;
            if (!in_scope(scope, dumps_[i].name)) continue;
            cluster = true;
            found = found || holds(i);
        }
        if (!cluster) {
            errors_.push_back(option_error(
                file, line, "no cluster is named `" + scope + "`", "the clusters are: " + names));
        } else if (!found) {
            errors_.push_back(option_error(
                file, line, "no cluster has " + what, "correct the line, or remove it"));
        }
    }

    const std::vector<ClusterDumps>& dumps_;
    const std::vector<ImportedCluster>& clusters_;
    std::vector<Diagnostic>& errors_;
};

std::string case_name(const ImportOptions& options,
                      const std::vector<fs::path>& sources,
                      const std::vector<ClusterDumps>& clusters) {
    if (!options.name.empty()) return options.name;
    if (clusters.size() == 1) return clusters.front().name;
    const fs::path folder = (sources.front() / "").lexically_normal().parent_path();
    const std::string name = sources.size() == 1 ? folder.filename().string() : "";
    return name.empty() || name == "." || name == ".." ? "fleet" : name;
}

}  // namespace

ImportResult import_sources(const std::vector<fs::path>& sources, const ImportOptions& options) {
    ImportNotes notes;
    const SideFiles side = read_side_files(options);
    std::vector<ClusterDumps> dumps = read_sources(sources, notes);
    if (dumps.size() == 1 && !options.name.empty()) dumps.front().name = options.name;
    DumpTimes times(dumps);
    times.set(options.log_dirs_at);

    std::vector<Diagnostic> errors;
    std::vector<ImportedCluster> clusters;
    for (std::size_t i = 0; i < dumps.size(); ++i) {
        clusters.push_back(import_cluster(dumps[i], side.facts, times.of(i), notes, errors));
        notes.found.push_back(clusters.back().summary);
    }
    FactCheck(dumps, clusters, errors).run(side);
    if (!errors.empty()) throw InputError(std::move(errors));

    ImportResult result;
    const std::string name = case_name(options, sources, dumps);
    bool rates_assumed = false;
    Json fleet = {{"name", name}, {"clusters", Json::array()}};
    for (ImportedCluster& cluster : clusters) {
        fleet["clusters"].push_back(std::move(cluster.document));
        rates_assumed = rates_assumed || cluster.rates_assumed;
    }
    result.case_document = {{"rollcast_case", 1}, {"name", name}};
    result.case_document["rates_assumed"] = rates_assumed;
    result.case_document["assumptions"] = notes.assumptions;
    result.case_document["fleet"] = std::move(fleet);
    result.warnings = std::move(notes.warnings);
    result.found = std::move(notes.found);
    return result;
}

}  // namespace rollcast::scenarios
