// Renderings held against files under tests/golden. With ROLLCAST_UPDATE_GOLDEN set in the
// environment the files are written anew instead, and the diff is there to be reviewed.
#pragma once

#include <string>

namespace rollcast::tests {

/// The expected text of tests/golden/`name`; writes `actual` there first where golden files are
/// being updated.
std::string golden(const std::string& name, const std::string& actual);

}  // namespace rollcast::tests
