// Behaviours that hang on the version of the broker binary.
#pragma once

#include <string_view>

namespace rollcast::models {

/// True where `version` ("3.9.1") is `major`.`minor` or later; false where it cannot be read.
bool at_least(std::string_view version, int major, int minor);
/// True where `version` is earlier than `major`.`minor`; false where it cannot be read.
bool before(std::string_view version, int major, int minor);

/// From 3.7 on the high watermark stands still while the ISR is smaller than min ISR
/// (KAFKA-15583, kafka-semantics §1.4).
inline bool high_watermark_freezes(std::string_view version) { return at_least(version, 3, 7); }

}  // namespace rollcast::models
