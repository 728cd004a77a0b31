// Prometheus' own tool, run as a program: what checks and evaluates alert rules.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace rollcast::cli {

/// Another program is missing, too old, or failed. Exit code 4.
class EngineError : public std::runtime_error {
public:
    EngineError(const std::string& message, std::string help)
        : std::runtime_error(message), help_(std::move(help)) {}
    const std::string& help() const { return help_; }

private:
    std::string help_;
};

/// A folder for files of another program, gone with its object.
class WorkFolder {
public:
    WorkFolder();
    ~WorkFolder();
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    void write(const std::string& name, std::string_view text) const;
    std::string read(const std::string& name) const;

private:
    std::filesystem::path path_;
};

/// A promtool that is new enough: 2.42, which has keep_firing_for.
class Promtool {
public:
    /// `program`: a name, looked for on the path, or a file. Throws EngineError.
    explicit Promtool(std::string program);

    const std::string& version() const { return version_; }

    struct Answer {
        int exit_code = 0;
        std::string text;  // stdout and stderr, as they came
    };
    /// Runs it in `folder`, its output beside the files there under `name`. Throws EngineError
    /// where it was ended by a signal.
    Answer run(const std::vector<std::string>& arguments,
               const WorkFolder& folder,
               const std::string& name) const;

private:
    std::string program_;
    std::string version_;
};

}  // namespace rollcast::cli
