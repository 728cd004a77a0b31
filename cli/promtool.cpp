#include "cli/promtool.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rollcast::cli {
namespace {

constexpr int oldest_major = 2;
constexpr int oldest_minor = 42;
constexpr const char* how_to_install =
    "install promtool 2.42 or later: scripts/install_deps.sh --alerts, or the package `prometheus`"
    " of Debian; or name it with --promtool FILE";

/// Starts `words` in `folder` with everything it prints going to `output`; 0 where it cannot.
pid_t start_program(std::vector<std::string> words,
                    const std::filesystem::path& folder,
                    const std::filesystem::path& output) {
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(
        &actions, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
    pid_t pid = 0;
    const int failed = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed == 0 ? pid : 0;
}

/// "2.42.0" of "promtool, version 2.42.0+ds (branch: ...".
std::string version_in(const std::string& text) {
    const std::string before = "version ";
    const std::size_t at = text.find(before);
    if (at == std::string::npos) return {};
    const std::size_t begin = at + before.size();
    return text.substr(begin, text.find_first_not_of("0123456789.", begin) - begin);
}

bool new_enough(const std::string& version) {
    std::istringstream text(version);
    int major = 0;
    int minor = 0;
    char dot = 0;
    if (!(text >> major >> dot >> minor)) return false;
    return major > oldest_major || (major == oldest_major && minor >= oldest_minor);
}

}  // namespace

WorkFolder::WorkFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "rollcast-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw EngineError("there is no folder for temporary files", "set TMPDIR to one");
    }
    path_ = name;
}

WorkFolder::~WorkFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void WorkFolder::write(const std::string& name, std::string_view text) const {
    std::ofstream file(path_ / name, std::ios::binary);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.close();
    if (!file) {
        throw EngineError(fmt::format("{} could not be written", (path_ / name).string()),
                          "make room there, or set TMPDIR to another folder");
    }
}

std::string WorkFolder::read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(path_ / name, std::ios::binary).rdbuf();
    return text.str();
}

Promtool::Promtool(std::string program) : program_(std::move(program)) {
    if (program_.find('/') != std::string::npos) {
        program_ = std::filesystem::absolute(program_).string();
    }
    const WorkFolder folder;
    const Answer answer = run({"--version"}, folder, "version");
    version_ = version_in(answer.text);
    if (new_enough(version_)) return;
    throw EngineError(
        version_.empty()
            ? fmt::format("'{}' does not say which version of promtool it is", program_)
            : fmt::format("'{}' is promtool {}, which is too old", program_, version_),
        how_to_install);
}

Promtool::Answer Promtool::run(const std::vector<std::string>& arguments,
                               const WorkFolder& folder,
                               const std::string& name) const {
    std::vector<std::string> words{program_};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const pid_t pid = start_program(std::move(words), folder.path(), folder.path() / name);
    if (pid == 0) {
        throw EngineError(fmt::format("'{}' was not found or cannot be run", program_),
                          how_to_install);
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    if (WIFSIGNALED(status)) {
        throw EngineError(
            fmt::format("promtool was ended by signal {}", WTERMSIG(status)),
            WTERMSIG(status) == SIGKILL
                ? "was there too little memory? fewer at a time (-j 1) or shorter windows "
                  "(--window 1h) need less"
                : "run it again");
    }
    return {WEXITSTATUS(status), folder.read(name)};
}

}  // namespace rollcast::cli
