#include "tests/report/golden.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace rollcast::tests {

std::string golden(const std::string& name, const std::string& actual) {
    const std::string path = std::string(ROLLCAST_SOURCE_DIR) + "/tests/golden/" + name;
    if (std::getenv("ROLLCAST_UPDATE_GOLDEN") != nullptr) {
        std::ofstream(path, std::ios::binary) << actual;
    }
    std::ostringstream expected;
    expected << std::ifstream(path, std::ios::binary).rdbuf();
    return expected.str();
}

}  // namespace rollcast::tests
