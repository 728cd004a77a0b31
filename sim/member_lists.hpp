// Many small lists of 32-bit members in one flat pool: growing, shrinking and copying them costs no
// allocation once the pool is large enough.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace rollcast::sim {

/// Lists 0 .. count-1, each a segment of the pool whose room is a power of two. A segment that
/// became too small is kept for the next list that needs that room.
class MemberLists {
public:
    void add_list() { lists_.emplace_back(); }

    std::span<const std::uint32_t> operator[](std::size_t list) const {
        return {pool_.data() + lists_[list].begin, lists_[list].size};
    }

    /// Appends `member` and returns its position.
    std::uint32_t push(std::size_t list, std::uint32_t member) {
        if (lists_[list].size == lists_[list].room) grow(lists_[list]);
        List& grown = lists_[list];
        pool_[grown.begin + grown.size] = member;
        return grown.size++;
    }

    /// Removes the member at `position`; the last one takes its place and is returned.
    std::uint32_t swap_remove(std::size_t list, std::uint32_t position) {
        List& shrunk = lists_[list];
        const std::uint32_t last = pool_[shrunk.begin + --shrunk.size];
        pool_[shrunk.begin + position] = last;
        return last;
    }

private:
    struct List {
        std::uint32_t begin = 0;
        std::uint32_t size = 0;
        std::uint32_t room = 0;
    };
    static constexpr std::uint32_t none = 0xffff'ffffU;
    static constexpr std::uint32_t least_room = 4;

    void grow(List& list) {
        const std::uint32_t room = std::max(least_room, 2 * list.room);
        const std::uint32_t begin = take_segment(room);
        std::copy_n(pool_.begin() + list.begin, list.size, pool_.begin() + begin);
        if (list.room > 0) keep_segment(list.begin, list.room);
        list.begin = begin;
        list.room = room;
    }

    std::uint32_t take_segment(std::uint32_t room) {
        std::uint32_t& head = free_[static_cast<std::size_t>(std::countr_zero(room))];
        if (head != none) {
            const std::uint32_t begin = head;
            head = pool_[begin];
            return begin;
        }
        const auto begin = static_cast<std::uint32_t>(pool_.size());
        pool_.resize(pool_.size() + room);
        return begin;
    }

    /// The first word of a free segment links to the next free one of the same room.
    void keep_segment(std::uint32_t begin, std::uint32_t room) {
        std::uint32_t& head = free_[static_cast<std::size_t>(std::countr_zero(room))];
        pool_[begin] = head;
        head = begin;
    }

    static constexpr std::array<std::uint32_t, 32> no_free_segments() {
        std::array<std::uint32_t, 32> heads{};
        heads.fill(none);
        return heads;
    }

    std::vector<List> lists_;
    std::vector<std::uint32_t> pool_;
    std::array<std::uint32_t, 32> free_ = no_free_segments();
};

}  // namespace rollcast::sim
