// Colouring instances in the DIMACS format, where a folder of them is at hand.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rollcast::support {

struct ColouringFile {
    std::string name;
    std::uint32_t vertices = 0;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;  // each once, from 0
    std::vector<std::int64_t> weight;  // by vertex; empty where the folder has none
    std::int64_t best_known = 0;       // colours, or weight of the classes
    bool proved = false;               // that nothing is better
};

/// The folder `colouring` or `max-colouring` of $ROLLCAST_DATA, or of `shared/data` beside the
/// repository; nothing where it is not there.
std::optional<std::filesystem::path> colouring_folder(const std::string& name);

/// Every instance that the table of the folder (best_known.tsv or optimum.tsv) lists, in its order.
std::vector<ColouringFile> colouring_files(const std::filesystem::path& folder);

}  // namespace rollcast::support
