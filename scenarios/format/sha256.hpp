// The fingerprint by which a plan knows the case that it was made for.
#pragma once

#include <string>
#include <string_view>

namespace rollcast::scenarios {

/// SHA-256 of `text`, 64 lower-case hexadecimal digits.
std::string sha256(std::string_view text);

}  // namespace rollcast::scenarios
