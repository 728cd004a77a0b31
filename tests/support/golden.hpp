// Results held against files under tests/golden. With ROLLCAST_UPDATE_GOLDEN set in the environment
// the files are written anew instead, and the diff is there to be reviewed.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace rollcast::tests {

/// The expected text of tests/golden/`name`; writes `actual` there first where golden files are
/// being updated.
inline std::string golden(const std::string& name, const std::string& actual) {
    const std::string path = std::string(ROLLCAST_SOURCE_DIR) + "/tests/golden/" + name;
    if (std::getenv("ROLLCAST_UPDATE_GOLDEN") != nullptr) {
        std::ofstream(path, std::ios::binary) << actual;
    }
    std::ostringstream expected;
    expected << std::ifstream(path, std::ios::binary).rdbuf();
    return expected.str();
}

}  // namespace rollcast::tests
