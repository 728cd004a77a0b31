// Independent pieces of work side by side; results land by index, so the number of threads shows
// in nothing but the time.
#pragma once

#include <cstddef>
#include <functional>

namespace rollcast::sim {

/// Calls `body(i)` once for each i below `count`, on up to `threads` threads (this one included),
/// and returns when all are done. Bodies share nothing that any of them writes. An exception is
/// rethrown here, of several the one with the lowest index; bodies not begun by then are left out.
void for_each_index(std::size_t count, int threads, const std::function<void(std::size_t)>& body);

}  // namespace rollcast::sim
