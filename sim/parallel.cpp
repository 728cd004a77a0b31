#include "sim/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace rollcast::sim {

void for_each_index(std::size_t count, int threads, const std::function<void(std::size_t)>& body) {
    std::atomic<std::size_t> next{0};
    std::mutex failure_lock;
    std::exception_ptr failure;
    std::size_t failed_at = count;
    const auto work = [&] {
        for (std::size_t i = next++; i < count; i = next++) {
            try {
                body(i);
            } catch (...) {
                const std::lock_guard<std::mutex> guard(failure_lock);
                if (i < failed_at) {
                    failed_at = i;
                    failure = std::current_exception();
                }
                next = count;
            }
        }
    };
    const std::size_t wanted = std::min(count, static_cast<std::size_t>(std::max(threads, 1)));
    {
        std::vector<std::jthread> others;
        for (std::size_t t = 1; t < wanted; ++t) others.emplace_back(work);
        work();
    }
    if (failure) std::rethrow_exception(failure);
}

}  // namespace rollcast::sim
