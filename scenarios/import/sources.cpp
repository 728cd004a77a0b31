#include "scenarios/import/sources.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/format/files.hpp"

namespace rollcast::scenarios {
namespace {

namespace fs = std::filesystem;

/// Byte of `line` and `column` (code points) in `text`.
std::size_t offset_of(std::string_view text, std::size_t line, std::size_t column) {
    std::size_t at = 0;
    for (std::size_t number = 1; number < line; ++number) {
        const std::size_t end = text.find('\n', at);
        if (end == std::string_view::npos) break;
        at = end + 1;
    }
    for (std::size_t passed = 1; passed < column && at < text.size() && text[at] != '\n';
         ++passed) {
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
    }
    return std::min(at, text.size());
}

/// Files without a dump that an error names.
constexpr std::size_t most_named = 10;

struct Folder {
    std::vector<fs::path> files;
    std::vector<fs::path> folders;
};

/// The content of a folder in the order of names; hidden entries are left out.
Folder list_folder(const fs::path& path) {
    Folder folder;
    for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
        if (entry.path().filename().string().front() == '.') continue;
        if (entry.is_directory()) folder.folders.push_back(entry.path());
        if (entry.is_regular_file()) folder.files.push_back(entry.path());
    }
    std::sort(folder.files.begin(), folder.files.end());
    std::sort(folder.folders.begin(), folder.folders.end());
    return folder;
}

/// "it is empty" from "`dump.txt` is empty".
std::string reason_of(const Diagnostic& diagnostic) {
    const std::size_t verb = diagnostic.message.rfind("` is ");
    return verb == std::string::npos ? diagnostic.message
                                     : "it" + diagnostic.message.substr(verb + 1);
}

std::string folder_name(const fs::path& path) {
    const fs::path normal = path.lexically_normal();
    const fs::path name =
        normal.has_filename() ? normal.filename() : normal.parent_path().filename();
    const std::string text = name.string();
    return text.empty() || text == "." || text == ".." || text == "dumps" ? "cluster" : text;
}

class SourceReader {
public:
    explicit SourceReader(ImportNotes& notes) : notes_(notes) {}

    std::vector<ClusterDumps> read(const std::vector<fs::path>& sources) {
        if (sources.empty()) fail("no source was named", "name dump files, or a folder of them");
        std::vector<fs::path> loose;
        for (const fs::path& source : sources) {
            if (fs::is_directory(source)) {
                read_folder(source);
            } else {
                loose.push_back(source);
            }
        }
        read_loose(loose);
        if (!errors_.empty()) throw InputError(errors_);
        check_names();
        return std::move(clusters_);
    }

private:
    [[noreturn]] static void fail(const std::string& message,
                                  const std::string& help,
                                  std::vector<std::string> notes = {}) {
        Diagnostic diagnostic;
        diagnostic.code = code::no_topology;
        diagnostic.message = message;
        diagnostic.help = help;
        diagnostic.notes = std::move(notes);
        throw InputError(diagnostic);
    }

    void read_folder(const fs::path& path) {
        const Folder folder = list_folder(path);
        ClusterDumps own{folder_name(path), {}, {}, {}, {}, {}, {}, {}};
        bool used = false;
        const std::size_t unused_before = unused_.size();
        for (const fs::path& file : folder.files) used = read_file(file, false, own) || used;
        if (used) {
            clusters_.push_back(std::move(own));
            return;
        }
        const std::size_t before = clusters_.size();
        for (const fs::path& below : folder.folders) read_subfolder(below);
        if (clusters_.size() == before && errors_.empty()) {
            fail("no dump in the folder " + scenarios::quoted(path.string()) +
                     " or in its subfolders",
                 "the tools whose output is known: " + known_tools(),
                 {unused_.end() - static_cast<std::ptrdiff_t>(
                                      std::min(unused_.size() - unused_before, most_named)),
                  unused_.end()});
        }
    }

    void read_subfolder(const fs::path& path) {
        ClusterDumps cluster{folder_name(path), {}, {}, {}, {}, {}, {}, {}};
        bool used = false;
        for (const fs::path& file : list_folder(path).files) {
            used = read_file(file, false, cluster) || used;
        }
        if (used) clusters_.push_back(std::move(cluster));
    }

    /// Files named by themselves join the one folder beside them, or are a cluster.
    void read_loose(const std::vector<fs::path>& files) {
        if (files.empty()) return;
        if (clusters_.size() > 1) {
            fail(scenarios::quoted(files.front().string()) + " stands beside several clusters",
                 "move the file into the folder of the cluster that it belongs to");
        }
        if (clusters_.empty()) clusters_.push_back({"cluster", {}, {}, {}, {}, {}, {}, {}});
        for (const fs::path& file : files) read_file(file, true, clusters_.front());
    }

    void check_names() const {
        for (std::size_t i = 0; i < clusters_.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (clusters_[i].name == clusters_[j].name) {
                    fail("two clusters are named " + scenarios::quoted(clusters_[i].name),
                         "give their folders different names");
                }
            }
        }
    }

    /// True where the file is a dump, readable or not.
    bool read_file(const fs::path& path, bool named, ClusterDumps& cluster) {
        const std::string file = path.string();
        std::string text;
        try {
            text = read_text(path);
        } catch (const InputError& error) {
            const std::string& code = error.diagnostics().front().code;
            const bool harmless = code == code::file_empty || code == code::not_text;
            if (named || !harmless) {
                errors_.insert(
                    errors_.end(), error.diagnostics().begin(), error.diagnostics().end());
            } else {
                skip(file, reason_of(error.diagnostics().front()));
            }
            return false;
        }
        return read_content(file, text, named, cluster);
    }

    bool read_content(const std::string& file,
                      const std::string& text,
                      bool named,
                      ClusterDumps& cluster) {
        const std::optional<DumpShape> shape = recognise(text);
        if (!shape && named) {
            Diagnostic diagnostic;
            diagnostic.code = code::dump_unknown_shape;
            diagnostic.file = file;
            diagnostic.message = content_lines(text).empty()
                                     ? "nothing but log lines in this file"
                                     : "this is the output of no tool that is known here";
            diagnostic.help = "the tools whose output is known: " + known_tools();
            errors_.push_back(diagnostic);
        }
        if (!shape) {
            if (!named) {
                skip(file,
                     content_lines(text).empty()
                         ? "nothing but log lines is in it (as in a list of under-replicated "
                           "partitions where there are none)"
                         : "no known tool prints this");
            }
            return false;
        }
        try {
            warn_of_open_end(*shape, file, text);
            notes_.found.push_back(file + ": " + std::string(shape_name(*shape)) + ", " +
                                   parse(*shape, file, text, cluster));
        } catch (const DumpError& error) {
            errors_.push_back(to_diagnostic(error, file, text));
        }
        return true;
    }

    /// Dumps that do not say how long they are may end anywhere; an open last line is a hint.
    void warn_of_open_end(DumpShape shape, const std::string& file, const std::string& text) {
        const bool counted = shape == DumpShape::log_dirs || shape == DumpShape::assignment ||
                             shape == DumpShape::kcat_json || shape == DumpShape::kcat_text;
        if (counted || text.back() == '\n') return;
        notes_.warn(code::last_line_open,
                    file,
                    "the last line has no line break, so the end of the dump may be missing",
                    "take the dump again, or end the file with a line break if it is whole");
    }

    void skip(const std::string& file, const std::string& why) {
        notes_.warn(code::source_unused, file, "this file is not used: " + why, "");
        unused_.push_back(file + " is not used: " + why);
    }

    /// Parses and keeps a dump; returns what it holds, in words.
    static std::string parse(DumpShape shape,
                             const std::string& file,
                             const std::string& text,
                             ClusterDumps& cluster) {
        switch (shape) {
            case DumpShape::topics_describe: {
                cluster.topics.push_back({file, parse_topics_describe(text)});
                const TopicsDescribe& dump = cluster.topics.back().dump;
                return fmt::format("{} topics{}",
                                   dump.topics.size(),
                                   dump.selection_only ? ", a selection of partitions" : "");
            }
            case DumpShape::log_dirs:
                cluster.log_dirs.push_back({file, parse_log_dirs(text)});
                return fmt::format("{} brokers", cluster.log_dirs.back().dump.brokers.size());
            case DumpShape::assignment:
                cluster.assignments.push_back({file, parse_assignment(text)});
                return fmt::format("{} partitions",
                                   cluster.assignments.back().dump.replicas.size());
            case DumpShape::configs:
                cluster.configs.push_back({file, parse_configs_describe(text)});
                return fmt::format("settings of {} brokers or topics",
                                   cluster.configs.back().dump.size());
            case DumpShape::api_versions:
                cluster.api_versions.push_back({file, parse_api_versions(text)});
                return fmt::format("{} brokers", cluster.api_versions.back().dump.size());
            case DumpShape::consumer_groups:
                cluster.groups.push_back({file, parse_consumer_groups(text)});
                return fmt::format("{} groups", cluster.groups.back().dump.size());
            case DumpShape::kcat_json:
                cluster.kcat.push_back({file, parse_kcat_json(text)});
                break;
            case DumpShape::kcat_text:
                cluster.kcat.push_back({file, parse_kcat_text(text)});
                break;
        }
        const KcatDump& dump = cluster.kcat.back().dump;
        return fmt::format(
            "{} brokers, {} partitions", dump.brokers.size(), dump.partitions.size());
    }

    static std::string known_tools() {
        std::string names;
        for (int shape = 0; shape <= static_cast<int>(DumpShape::kcat_text); ++shape) {
            if (!names.empty()) names += ", ";
            names += shape_name(static_cast<DumpShape>(shape));
        }
        return names;
    }

    ImportNotes& notes_;
    std::vector<ClusterDumps> clusters_;
    std::vector<Diagnostic> errors_;
    std::vector<std::string> unused_;  // files and why, in words
};

}  // namespace

Diagnostic& ImportNotes::warn(std::string_view code,
                              const std::string& file,
                              const std::string& message,
                              const std::string& help) {
    Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.severity = Severity::warning;
    diagnostic.file = file;
    diagnostic.message = message;
    diagnostic.help = help;
    return warnings.emplace_back(std::move(diagnostic));
}

void ImportNotes::assume(std::string_view code,
                         const std::string& cluster,
                         const std::string& message,
                         const std::string& help) {
    warn(code, "", cluster + ": " + message, help);
    assumptions.push_back(std::string(code) + " " + cluster + ": " + message);
}

std::vector<ClusterDumps> read_sources(const std::vector<fs::path>& sources, ImportNotes& notes) {
    return SourceReader(notes).read(sources);
}

Diagnostic to_diagnostic(const DumpError& error, const std::string& file, std::string_view text) {
    Diagnostic diagnostic;
    diagnostic.code =
        error.kind() == DumpError::Kind::truncated ? code::dump_cut : code::dump_malformed;
    diagnostic.file = file;
    diagnostic.message = error.what();
    diagnostic.help = error.help();
    const std::size_t begin = offset_of(text, error.line(), error.column());
    set_place(diagnostic, text, begin, begin);
    return diagnostic;
}

}  // namespace rollcast::scenarios
