#include "tests/support/colouring_files.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace rollcast::support {

namespace {

void read_graph(const std::filesystem::path& path, ColouringFile& file) {
    std::ifstream stream(path);
    for (std::string line; std::getline(stream, line);) {
        std::istringstream words(line);
        std::string kind;
        words >> kind;
        if (kind == "p") {
            words >> kind >> file.vertices;
        } else if (kind == "e") {
            std::uint32_t a = 0;
            std::uint32_t b = 0;
            words >> a >> b;
            if (a != b) file.edges.emplace_back(std::min(a, b) - 1, std::max(a, b) - 1);
        }
    }
    std::sort(file.edges.begin(), file.edges.end());
    file.edges.erase(std::unique(file.edges.begin(), file.edges.end()), file.edges.end());
}

void read_weights(const std::filesystem::path& path, ColouringFile& file) {
    std::ifstream stream(path);
    for (std::int64_t weight = 0; stream >> weight;) file.weight.push_back(weight);
}

}  // namespace

std::optional<std::filesystem::path> colouring_folder(const std::string& name) {
    const char* data = std::getenv("ROLLCAST_DATA");
    const std::filesystem::path root =
        data != nullptr ? std::filesystem::path(data)
                        : std::filesystem::path(ROLLCAST_SOURCE_DIR) / ".." / "shared" / "data";
    if (!std::filesystem::is_directory(root / name)) return std::nullopt;
    return root / name;
}

std::vector<ColouringFile> colouring_files(const std::filesystem::path& folder) {
    const bool weighted = std::filesystem::exists(folder / "optimum.tsv");
    std::ifstream table(folder / (weighted ? "optimum.tsv" : "best_known.tsv"));
    std::vector<ColouringFile> files;
    std::string line;
    std::getline(table, line);  // the heading
    while (std::getline(table, line)) {
        std::istringstream words(line);
        ColouringFile file;
        std::string proved;
        if (!(words >> file.name >> file.best_known >> proved)) continue;
        file.proved = proved == "yes";
        read_graph(folder / (file.name + ".col"), file);
        if (weighted) read_weights(folder / (file.name + ".col.w"), file);
        files.push_back(std::move(file));
    }
    return files;
}

}  // namespace rollcast::support
