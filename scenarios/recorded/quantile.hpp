// The value that a share of sorted values does not exceed.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace rollcast::scenarios {

inline double quantile(const std::vector<double>& sorted, double share) {
    const auto rank =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

}  // namespace rollcast::scenarios
