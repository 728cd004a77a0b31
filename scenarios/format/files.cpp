#include "scenarios/format/files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenarios/format/diagnostic.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t stretch = std::size_t{1} << 20;
constexpr std::size_t largest_file = std::size_t{256} << 20;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

Diagnostic about_file(std::string_view code, const fs::path& path, std::string message) {
    Diagnostic d;
    d.code = code;
    d.file = path.string();
    d.message = std::move(message);
    return d;
}

std::vector<std::string> neighbours(const fs::path& path) {
    std::vector<std::string> names;
    std::error_code ignored;
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        names.push_back(entry.path().filename().string());
        if (names.size() == 1'000) break;
    }
    std::erase(names, path.filename().string());  // a link that leads nowhere
    std::sort(names.begin(), names.end());
    return names;
}

[[noreturn]] void throw_missing(const fs::path& path) {
    Diagnostic d = about_file(code::file_missing,
                              path,
                              fmt::format("file {} not found", scenarios::quoted(path.string())));
    d.suggestions = nearest(path.filename().string(), neighbours(path));
    d.help =
        d.suggestions.empty()
            ? "check the path; `rollcast init` writes an example case"
            : fmt::format("did you mean {}?",
                          scenarios::quoted((path.parent_path() / d.suggestions.front()).string()));
    throw InputError(std::move(d));
}

[[noreturn]] void throw_unreadable(const fs::path& path, std::string_view reason) {
    Diagnostic d =
        about_file(code::file_unreadable,
                   path,
                   fmt::format("cannot read {}: {}", scenarios::quoted(path.string()), reason));
    d.help = "name a file that may be read";
    throw InputError(std::move(d));
}

[[noreturn]] void throw_not_text(const fs::path& path, std::string_view what, std::string help) {
    Diagnostic d =
        about_file(code::not_text,
                   path,
                   fmt::format("{} is {}, not text", scenarios::quoted(path.string()), what));
    d.help = std::move(help);
    throw InputError(std::move(d));
}

/// Looks at what was read last; names the commonest kinds of binary.
void check_text(const fs::path& path, std::string_view text, std::size_t new_from) {
    if (new_from == 0) {
        if (text.starts_with("\x1F\x8B") || text.starts_with("\x28\xB5\x2F\xFD")) {
            throw_not_text(path, "compressed", "decompress it first (gunzip, unzstd)");
        }
        if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
            throw_not_text(path, "UTF-16", "save it as UTF-8");
        }
    }
    const std::size_t zero = text.find('\0', new_from);
    if (zero != std::string_view::npos) {
        throw_not_text(path,
                       fmt::format("binary (a zero byte at offset {})", zero),
                       "name a text file in UTF-8");
    }
}

[[noreturn]] void throw_too_large(const fs::path& path) {
    Diagnostic d = about_file(
        code::file_too_large,
        path,
        fmt::format(
            "{} is larger than {} MiB", scenarios::quoted(path.string()), largest_file >> 20));
    d.help = "describe the estate by groups and repetition, or split it";
    throw InputError(std::move(d));
}

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

[[noreturn]] void throw_not_written(const fs::path& path,
                                    std::string_view reason,
                                    std::string help) {
    Diagnostic d =
        about_file(code::not_written,
                   path,
                   fmt::format("cannot write {}: {}", scenarios::quoted(path.string()), reason));
    d.help = std::move(help);
    throw InputError(std::move(d));
}

[[noreturn]] void throw_not_written(const fs::path& path, int error) {
    throw_not_written(
        path, std::strerror(error), "check that the folder exists, may be written and has space");
}

/// Where links lead from `named`, be there a file or not.
fs::path behind_links(const fs::path& named) {
    std::error_code none;
    fs::path path = named;
    for (int links = 0; fs::is_symlink(path, none); ++links) {
        if (links == 40) throw_not_written(named, ELOOP);
        path = path.parent_path() / fs::read_symlink(path, none);
    }
    return path;
}

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

std::string read_text(const fs::path& path, const WhileReading& while_reading) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found) throw_missing(path);
    if (fs::is_directory(status)) throw_unreadable(path, "it is a folder");
    const File file(std::fopen(path.c_str(), "rb"));
    if (!file) throw_unreadable(path, std::strerror(errno));

    std::string text;
    while (true) {
        const std::size_t before = text.size();
        text.resize(before + stretch);
        const std::size_t got = std::fread(text.data() + before, 1, stretch, file.get());
        text.resize(before + got);
        if (got == 0 && std::ferror(file.get()) != 0) throw_unreadable(path, std::strerror(errno));
        if (got == 0) break;
        check_text(path, text, before);
        if (before == 0 && text.starts_with(byte_order_mark)) text.erase(0, byte_order_mark.size());
        if (while_reading) while_reading(text, before);
        if (text.size() > largest_file) throw_too_large(path);
    }
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
        Diagnostic d = about_file(
            code::file_empty, path, fmt::format("{} is empty", scenarios::quoted(path.string())));
        d.help = "write the file again; `rollcast init` writes an example case";
        throw InputError(std::move(d));
    }
    return text;
}

void write_atomically(const fs::path& named, std::string_view text) {
    // A link stays a link, and what is no file (a device, a pipe, a folder) is not replaced by one.
    std::error_code none;
    if (named.empty()) throw_not_written(named, "the name is empty", "name a file");
    const fs::path path = behind_links(named);
    if (fs::exists(path, none) && !fs::is_regular_file(path, none)) {
        throw_not_written(named,
                          fs::is_directory(path, none) ? "it is a folder" : "it is no file",
                          "name a file; what is written takes the place of a whole file");
    }
    std::string temporary = path.string() + ".XXXXXX";
    const int descriptor = ::mkstemp(temporary.data());
    if (descriptor < 0) throw_not_written(path, errno);
    const auto give_up = [&] {
        const int reason = errno;
        ::unlink(temporary.c_str());
        throw_not_written(path, reason);
    };
    const bool written =
        write_all(descriptor, text) && ::fchmod(descriptor, 0644) == 0 && ::fsync(descriptor) == 0;
    const int reason = errno;
    const bool closed = ::close(descriptor) == 0;
    if (!written) errno = reason;
    if (!written || !closed) give_up();
    if (std::rename(temporary.c_str(), path.c_str()) != 0) give_up();
}

}  // namespace rollcast::scenarios
