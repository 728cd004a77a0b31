// The future event list: what is due next, in one total order.
//
//     EventQueue<Event> queue;
//     queue.push(Instant{seconds(3)}, event);
//     while (!queue.empty()) handle(queue.pop());
#pragma once

#include <algorithm>
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
    /// before the last event popped.
    std::uint64_t push(Instant at, const Payload& payload) {
        ensure(at >= last_popped_, "an event must not be scheduled in the past");
        heap_.push_back(Entry{at, next_sequence_, payload});
        std::push_heap(heap_.begin(), heap_.end(), later);
        return next_sequence_++;
    }

    bool empty() const { return heap_.empty(); }
    std::size_t size() const { return heap_.size(); }

    /// The next event. Requires a queue that is not empty.
    const Entry& top() {
        ensure(!heap_.empty(), "an empty queue has no next event");
        return heap_.front();
    }

    /// Takes the next event out. Requires a queue that is not empty.
    Entry pop() {
        ensure(!heap_.empty(), "an empty queue has no next event");
        std::pop_heap(heap_.begin(), heap_.end(), later);
        const Entry entry = heap_.back();
        heap_.pop_back();
        last_popped_ = entry.at;
        return entry;
    }

    /// As new: no events, sequence 0, and the past begins at the earliest instant again.
    void clear() {
        heap_.clear();
        next_sequence_ = 0;
        last_popped_ = Instant{};
    }

private:
    static bool later(const Entry& a, const Entry& b) {
        return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
    }

    std::vector<Entry> heap_;
    std::uint64_t next_sequence_ = 0;
    Instant last_popped_{};
};

}  // namespace rollcast::sim
