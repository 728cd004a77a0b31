// Ctrl-C: the first signal asks the work to stop and hand over what it has, the second ends the
// program at once.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace rollcast::cli {

/// Catches SIGINT and SIGTERM from now on.
void catch_signals();

/// Set by the first signal, or by a TimeLimit; the work looks at it now and then.
const std::atomic<bool>& stop_requested();

/// The signal that came, 0 if none did.
int signal_received();

/// Sets the stop flag when `limit` has passed, unless it is destroyed before. No limit: does
/// nothing.
class TimeLimit {
public:
    explicit TimeLimit(std::optional<std::chrono::milliseconds> limit);
    ~TimeLimit();
    TimeLimit(const TimeLimit&) = delete;
    TimeLimit& operator=(const TimeLimit&) = delete;

private:
    std::mutex mutex_;
    std::condition_variable done_changed_;
    bool done_ = false;
    std::thread thread_;
};

}  // namespace rollcast::cli
