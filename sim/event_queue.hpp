// The future event list: what is due next, in one total order.
//
//     EventQueue<Event> queue;
//     queue.push(Instant{seconds(3)}, event);
//     while (!queue.empty()) handle(queue.pop());
//
// A simulation never schedules into its past, so a *monotone* queue will do: a radix heap in base
// 32 (Ahuja, Mehlhorn, Orlin, Tarjan, JACM 1990) over the nanoseconds. An event waits in the
// bucket of the highest digit in which its instant differs from the present. The lowest bucket is
// dealt into finer ones until it is small enough to be sorted; its events are then taken one by
// one. Nothing is ever compared with events that are far away, and no width has to be guessed, so
// milliseconds and hours may be mixed. Measured in docs/decisions/0002-event-queue.md.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "sim/contract.hpp"
#include "sim/units.hpp"

namespace rollcast::sim {

/// Events in the order (instant, sequence). The sequence is the number of the push, so events of
/// one instant leave in the order in which they were scheduled, and nothing else decides. A copy
/// is an independent queue with the same future; copy-assigning into used storage allocates
/// nothing once that is large enough.
template <class Payload>
class EventQueue {
    static_assert(std::is_trivially_copyable_v<Payload>);

public:
    struct Entry {
        Instant at;
        std::uint64_t sequence;
        Payload payload;
    };

    /// Schedules `payload` and returns its sequence. Throws ContractViolation when `at` lies
    /// before the last event popped (or before the start of the run). `Instant::never()` is
    /// allowed and sorts last.
    std::uint64_t push(Instant at, const Payload& payload) {
        ensure(at >= now_, "an event must not be scheduled in the past");
        const Entry entry{at, next_sequence_, payload};
        if (key_of(entry) >= sorted_end_) {
            put_into_bucket(entry);
        } else {
            insert_sorted(entry);
        }
        ++size_;
        return next_sequence_++;
    }

    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }

    /// The next event; not const, because it may have to be sorted out first. The reference holds
    /// until the next call. Requires a queue that is not empty.
    const Entry& top() {
        ensure(size_ != 0, "an empty queue has no next event");
        if (lane_is_next()) return lane_[lane_taken_];
        if (sorted_.empty()) refill_sorted();
        return sorted_.back();
    }

    /// Takes the next event out. Requires a queue that is not empty.
    Entry pop() {
        const Entry entry = top();
        if (lane_is_next()) {
            take_from_lane();
        } else {
            sorted_.pop_back();
        }
        --size_;
        now_ = entry.at;
        return entry;
    }

    /// Calls `use` for each entry that waits, in no particular order.
    template <class Use>
    void for_each(Use use) const {
        for (const Entry& entry : sorted_) use(entry);
        for (std::size_t i = lane_taken_; i < lane_.size(); ++i) use(lane_[i]);
        for (std::size_t level = 0; level < levels; ++level) {
            for (std::uint32_t left = occupied_digits_[level]; left != 0; left &= left - 1) {
                visit(buckets_[level][static_cast<std::size_t>(std::countr_zero(left))], use);
            }
        }
    }

    /// As new: no events, sequence 0, at the start of the run. Keeps the storage.
    void clear() {
        sorted_.clear();
        lane_.clear();
        entries_.clear();
        next_chunk_.clear();
        buckets_ = {};
        occupied_digits_ = {};
        occupied_levels_ = 0;
        free_chunk_ = none;
        lane_taken_ = 0;
        size_ = 0;
        present_ = 0;
        sorted_end_ = 0;
        next_sequence_ = 0;
        now_ = Instant{};
    }

private:
    static constexpr int digit_bits = 5;
    static constexpr std::uint32_t digits = 1U << digit_bits;
    static constexpr std::size_t levels = (63 + digit_bits - 1) / digit_bits;
    static constexpr std::uint32_t most_sorted_at_once = 32;
    static constexpr std::size_t deepest_insert = 64;
    static constexpr std::uint32_t chunk_size = 8;  // entries
    static constexpr std::uint32_t none = 0xffff'ffffU;

    /// A first-in first-out list of chunks, so that equal instants stay in the order of pushes.
    struct Bucket {
        std::uint32_t first_chunk;
        std::uint32_t last_chunk;
        std::uint32_t count;  // entries
    };

    static std::uint64_t key_of(const Entry& entry) {
        return static_cast<std::uint64_t>(entry.at.count());
    }

    // ---- The present: a short list, latest first, so that the next event is at its back ----

    /// Places an event that is due before the end of the sorted stretch.
    void insert_sorted(const Entry& entry) {
        if (entry.at == now_ && (!lane_.empty() || due_now_in_sorted())) {
            lane_.push_back(entry);
            return;
        }
        std::size_t place = sorted_.size();
        const std::size_t lowest = place > deepest_insert ? place - deepest_insert : 0;
        while (place > lowest && sorted_[place - 1].at <= entry.at) --place;
        if (place == lowest && lowest > 0) {
            return_to_buckets();
            put_into_bucket(entry);
            return;
        }
        sorted_.push_back(entry);
        for (std::size_t i = sorted_.size() - 1; i > place; --i) sorted_[i] = sorted_[i - 1];
        sorted_[place] = entry;
    }

    bool due_now_in_sorted() const { return !sorted_.empty() && sorted_.back().at == now_; }

    /// The lane holds events that were scheduled for the present instant while others of that
    /// instant were still to come: they follow those, however many there are, at no cost.
    bool lane_is_next() const { return !lane_.empty() && !due_now_in_sorted(); }

    void take_from_lane() {
        if (++lane_taken_ < lane_.size()) return;
        lane_.clear();
        lane_taken_ = 0;
    }

    /// Too much was inserted into the sorted stretch: deals what lies after the present out again.
    void return_to_buckets() {
        const auto later = [this](const Entry& entry) { return entry.at > now_; };
        const auto due_now = std::partition_point(sorted_.begin(), sorted_.end(), later);
        go_back_to(static_cast<std::uint64_t>(now_.count()));
        sorted_end_ = present_ + 1;
        for (auto entry = due_now; entry != sorted_.begin();) put_into_bucket(*--entry);
        sorted_.erase(sorted_.begin(), due_now);
    }

    /// Whoever looks at the next event moves the present ahead to it, and may then schedule before
    /// that. Buckets stay as they are where `key` has the digits of the present from the lowest one
    /// on that is occupied; else they are dealt out anew.
    void go_back_to(std::uint64_t key) {
        const std::uint64_t moved = key ^ present_;
        present_ = key;
        if (occupied_levels_ == 0) return;
        if (moved >> (std::countr_zero(occupied_levels_) * digit_bits) == 0) return;
        std::vector<Entry> all;
        while (occupied_levels_ != 0) {
            const auto level = static_cast<std::size_t>(std::countr_zero(occupied_levels_));
            for_each_taken(take_lowest_bucket(level),
                           [&all](const Entry& entry) { all.push_back(entry); });
        }
        for (const Entry& entry : all) put_into_bucket(entry);
    }

    /// Sorts the next events out of the lowest bucket. Requires that a bucket is occupied.
    void refill_sorted() {
        for (;;) {
            const auto level = static_cast<std::size_t>(std::countr_zero(occupied_levels_));
            const Bucket bucket = take_lowest_bucket(level);
            if (level == 0 || bucket.count <= most_sorted_at_once) {
                sort_out(bucket, static_cast<int>(level) * digit_bits);
                return;
            }
            deal_out(bucket);
        }
    }

    /// Insertion sort, earliest to the back; of equal instants the first pushed.
    void sort_out(const Bucket& bucket, int width_bits) {
        sorted_.resize(bucket.count);
        std::size_t first = bucket.count;
        for_each_taken(bucket, [&](const Entry& entry) {
            std::size_t place = --first;
            for (; place + 1 < bucket.count && sorted_[place + 1].at > entry.at; ++place) {
                sorted_[place] = sorted_[place + 1];
            }
            sorted_[place] = entry;
        });
        present_ = key_of(sorted_.back());
        sorted_end_ = ((present_ >> width_bits) + 1) << width_bits;
    }

    // ---- The future: buckets by (level, digit), in chunks of one pool ----

    /// Requires a key >= present_ that is not in the sorted stretch.
    void put_into_bucket(const Entry& entry) {
        const std::uint64_t key = key_of(entry);
        const int highest_bit = 63 - std::countl_zero((key ^ present_) | 1);
        const int level = highest_bit / digit_bits;
        const std::uint32_t digit =
            static_cast<std::uint32_t>(key >> (level * digit_bits)) & (digits - 1);
        Bucket& bucket = buckets_[static_cast<std::size_t>(level)][digit];
        const std::uint32_t place = bucket.count % chunk_size;
        if (place == 0) {
            const std::uint32_t chunk = take_chunk();
            (bucket.count == 0 ? bucket.first_chunk : next_chunk_[bucket.last_chunk]) = chunk;
            bucket.last_chunk = chunk;
            occupied_digits_[static_cast<std::size_t>(level)] |= 1U << digit;
            occupied_levels_ |= 1U << level;
        }
        entries_[bucket.last_chunk * chunk_size + place] = entry;
        ++bucket.count;
    }

    Bucket take_lowest_bucket(std::size_t level) {
        std::uint32_t& occupied = occupied_digits_[level];
        Bucket& bucket = buckets_[level][static_cast<std::size_t>(std::countr_zero(occupied))];
        occupied &= occupied - 1;
        if (occupied == 0) occupied_levels_ &= occupied_levels_ - 1;
        const Bucket taken = bucket;
        bucket.count = 0;
        return taken;
    }

    /// Moves the present to the bucket's first event and its events to lower levels.
    void deal_out(const Bucket& bucket) {
        present_ = ~std::uint64_t{0};
        std::uint32_t left = bucket.count;
        for (std::uint32_t chunk = bucket.first_chunk; left > 0; chunk = next_chunk_[chunk]) {
            const std::uint32_t here = std::min(left, chunk_size);
            for (std::uint32_t i = 0; i < here; ++i) {
                present_ = std::min(present_, key_of(entries_[chunk * chunk_size + i]));
            }
            left -= here;
        }
        for_each_taken(bucket, [this](const Entry& entry) { put_into_bucket(entry); });
    }

    /// Calls `use` for each event in the order of pushes, and frees its chunks. `use` gets a copy:
    /// it may put events into buckets, which may move the pool.
    template <class Use>
    void for_each_taken(const Bucket& bucket, Use use) {
        std::uint32_t chunk = bucket.first_chunk;
        for (std::uint32_t left = bucket.count; left > 0;) {
            const std::uint32_t here = std::min(left, chunk_size);
            for (std::uint32_t i = 0; i < here; ++i) {
                const Entry entry = entries_[chunk * chunk_size + i];
                use(entry);
            }
            left -= here;
            const std::uint32_t next = next_chunk_[chunk];
            next_chunk_[chunk] = free_chunk_;
            free_chunk_ = chunk;
            chunk = next;
        }
    }

    template <class Use>
    void visit(const Bucket& bucket, Use& use) const {
        std::uint32_t chunk = bucket.first_chunk;
        for (std::uint32_t left = bucket.count; left > 0; chunk = next_chunk_[chunk]) {
            const std::uint32_t here = std::min(left, chunk_size);
            for (std::uint32_t i = 0; i < here; ++i) use(entries_[chunk * chunk_size + i]);
            left -= here;
        }
    }

    std::uint32_t take_chunk() {
        if (free_chunk_ == none) {
            entries_.resize(entries_.size() + chunk_size);
            next_chunk_.push_back(none);
            return static_cast<std::uint32_t>(next_chunk_.size() - 1);
        }
        const std::uint32_t chunk = free_chunk_;
        free_chunk_ = next_chunk_[chunk];
        return chunk;
    }

    Instant now_{};  // of the last event popped
    std::uint64_t next_sequence_ = 0;
    std::size_t size_ = 0;
    std::uint64_t present_ = 0;     // ns; what buckets are relative to
    std::uint64_t sorted_end_ = 0;  // ns; events before it are in sorted_ or lane_
    std::vector<Entry> sorted_;     // latest first
    std::vector<Entry> lane_;       // all due now_
    std::size_t lane_taken_ = 0;
    std::uint32_t occupied_levels_ = 0;  // bit l: level l has an occupied bucket
    std::uint32_t free_chunk_ = none;
    std::array<std::uint32_t, levels> occupied_digits_{};
    std::array<std::array<Bucket, digits>, levels> buckets_{};
    std::vector<Entry> entries_;             // chunk c: entries 8 c .. 8 c + 7
    std::vector<std::uint32_t> next_chunk_;  // in its bucket, or in the list of free chunks
};

}  // namespace rollcast::sim
