// Draws named by their range, for what is made up at random: fleets, plans, faults.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/random.hpp"

namespace rollcast::sim {

class Dice {
public:
    explicit Dice(const RandomStream& random) : random_(random) {}

    /// least .. most, both included. Requires `least <= most`.
    std::int64_t between(std::int64_t least, std::int64_t most) {
        return least + static_cast<std::int64_t>(
                           random_.below(static_cast<std::uint64_t>(most - least + 1)));
    }
    /// A place in a list of `count`. Requires `count > 0`.
    std::uint32_t index(std::size_t count) {
        return static_cast<std::uint32_t>(random_.below(count));
    }
    bool chance(int percent) { return between(1, 100) <= percent; }
    template <class T>
    const T& one_of(const std::vector<T>& values) {
        return values[index(values.size())];
    }
    template <class T>
    void shuffle(std::vector<T>& values) {
        for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[index(i)]);
    }

private:
    RandomStream random_;
};

}  // namespace rollcast::sim
