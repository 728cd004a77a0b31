#include "tests/cli/program.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rollcast::tests {
namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

/// Starts the program `words`, found as a shell finds it, with its output going to files in
/// `outputs`; 0 where there is no such program.
pid_t start(std::vector<std::string> words,
            const std::filesystem::path& folder,
            const std::filesystem::path& outputs) {
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    constexpr int write_new = O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(
        &actions, STDOUT_FILENO, (outputs / "out").c_str(), write_new, 0600);
    posix_spawn_file_actions_addopen(
        &actions, STDERR_FILENO, (outputs / "err").c_str(), write_new, 0600);
    posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
    pid_t pid = 0;
    const int failed = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed == 0 ? pid : 0;
}

int exit_code_of(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Outcome call(const std::vector<std::string>& arguments,
             const std::filesystem::path& folder,
             std::optional<SignalAfter> signal) {
    const ScratchFolder outputs;
    std::vector<std::string> words{ROLLCAST_EXECUTABLE};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const pid_t pid = start(words, folder, outputs.path());
    if (pid == 0) throw std::runtime_error("the program cannot be started");
    if (signal) {
        std::this_thread::sleep_for(signal->after);
        kill(pid, signal->number);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return {exit_code_of(status), outputs.read("out"), outputs.read("err")};
}

std::optional<Outcome> call_other(const std::vector<std::string>& words,
                                  const std::filesystem::path& folder) {
    const ScratchFolder outputs;
    const pid_t pid = start(words, folder, outputs.path());
    if (pid == 0) return std::nullopt;
    int status = 0;
    waitpid(pid, &status, 0);
    return Outcome{exit_code_of(status), outputs.read("out"), outputs.read("err")};
}

Outcome call(const std::vector<std::string>& arguments) {
    const ScratchFolder folder;
    return call(arguments, folder.path());
}

ScratchFolder::ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "rollcast-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for temporary files");
    path_ = name;
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void ScratchFolder::write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
}

std::string ScratchFolder::read(const std::string& name) const { return read_file(path_ / name); }

std::vector<std::string> ScratchFolder::names() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
        found.push_back(entry.path().filename().string());
    }
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace rollcast::tests
