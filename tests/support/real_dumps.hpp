// The dumps of two real clusters that lie in tests/data/dumps.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace rollcast::scenarios {

inline std::filesystem::path dumps_folder() {
    return std::filesystem::path(ROLLCAST_SOURCE_DIR) / "tests" / "data" / "dumps";
}

inline std::string file_text(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

/// "kraft-3.9/topics-describe.txt".
inline std::string real_dump(const std::string& name) { return file_text(dumps_folder() / name); }

/// A folder of one test, empty at the start and gone at the end.
class ScratchFolder {
public:
    explicit ScratchFolder(const std::string& name)
        : path_(std::filesystem::temp_directory_path() / ("rollcast-test-" + name)) {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ~ScratchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    const std::filesystem::path& path() const { return path_; }

    std::filesystem::path write(const std::string& name, const std::string& text) const {
        const std::filesystem::path file = path_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }

private:
    std::filesystem::path path_;
};

}  // namespace rollcast::scenarios
