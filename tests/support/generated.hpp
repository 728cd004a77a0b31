// Files of the repository that a test makes. With ROLLCAST_WRITE_GENERATED set in the environment
// they are written anew.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

namespace rollcast::tests {

/// Checks that `path`, from the root of the repository, holds `text`.
inline void check_generated(const std::string& path, const std::string& text) {
    CAPTURE(path);
    const std::string whole = std::string(ROLLCAST_SOURCE_DIR) + "/" + path;
    if (std::getenv("ROLLCAST_WRITE_GENERATED") != nullptr) {
        std::ofstream(whole, std::ios::binary) << text;
    }
    std::ostringstream held;
    held << std::ifstream(whole, std::ios::binary).rdbuf();
    const bool same = held.str() == text;
    CHECK_MESSAGE(same, "run the test with ROLLCAST_WRITE_GENERATED=1 to write it again");
}

}  // namespace rollcast::tests
