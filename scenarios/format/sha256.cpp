#include "scenarios/format/sha256.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "sim/contract.hpp"

namespace rollcast::scenarios {

std::string sha256(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    const int done =
        EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr);
    sim::ensure(done == 1, "SHA-256 is available");
    std::string hex;
    for (unsigned int i = 0; i < length; ++i) hex += fmt::format("{:02x}", digest[i]);
    return hex;
}

}  // namespace rollcast::scenarios
