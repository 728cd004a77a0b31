// Runs the built program as a shell would.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rollcast::tests {

/// What a call of the program left behind. Ended by a signal: 128 + its number.
struct Outcome {
    int exit_code = -1;
    std::string out;
    std::string err;
};

/// Sends `number` once `after` has passed.
struct SignalAfter {
    int number = 0;
    std::chrono::milliseconds after{};
};

/// Runs rollcast with `arguments` in `folder`, no standard input.
Outcome call(const std::vector<std::string>& arguments,
             const std::filesystem::path& folder,
             std::optional<SignalAfter> signal = std::nullopt);
/// The same in an empty folder.
Outcome call(const std::vector<std::string>& arguments);

/// Runs another program, found as a shell finds it; nothing where it is not installed.
std::optional<Outcome> call_other(const std::vector<std::string>& words,
                                  const std::filesystem::path& folder);

/// An empty folder that is gone with its object.
class ScratchFolder {
public:
    ScratchFolder();
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    void write(const std::string& name, const std::string& text) const;
    std::string read(const std::string& name) const;
    /// Names of everything in it, sorted.
    std::vector<std::string> names() const;

private:
    std::filesystem::path path_;
};

}  // namespace rollcast::tests
