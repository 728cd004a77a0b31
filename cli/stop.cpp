#include "cli/stop.hpp"

#include <csignal>

#include <unistd.h>

namespace rollcast::cli {
namespace {

std::atomic<bool> stop_flag{false};
std::atomic<int> first_signal{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free,
              "a signal handler may only touch what is lock-free");

}  // namespace

// C linkage: what the system calls.
extern "C" {
static void on_signal(int number) {
    int none = 0;
    if (!first_signal.compare_exchange_strong(none, number)) _exit(128 + number);
    stop_flag.store(true);
}
}

void catch_signals() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

const std::atomic<bool>& stop_requested() { return stop_flag; }

int signal_received() { return first_signal.load(); }

TimeLimit::TimeLimit(std::optional<std::chrono::milliseconds> limit) {
    if (!limit) return;
    thread_ = std::thread([this, span = *limit] {
        std::unique_lock lock(mutex_);
        if (!done_changed_.wait_for(lock, span, [this] { return done_; })) stop_flag.store(true);
    });
}

TimeLimit::~TimeLimit() {
    {
        const std::lock_guard lock(mutex_);
        done_ = true;
    }
    done_changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

}  // namespace rollcast::cli
