#include "cli/progress.hpp"

#include <iostream>

#include <unistd.h>

namespace rollcast::cli {
namespace {

constexpr std::chrono::milliseconds quiet_start{1'000};
constexpr std::chrono::milliseconds terminal_period{200};
constexpr std::chrono::milliseconds plain_period{30'000};
constexpr const char* clear_line = "\r\x1b[K";

}  // namespace

Progress::Progress(ProgressStyle style, std::string text) : text_(std::move(text)) {
    if (style == ProgressStyle::none) return;
    over_write_ = style == ProgressStyle::automatic && isatty(STDERR_FILENO) == 1;
    thread_ = std::thread([this] { show_until_done(); });
}

Progress::~Progress() {
    {
        const std::lock_guard lock(mutex_);
        done_ = true;
    }
    done_changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Progress::update(std::string text) {
    const std::lock_guard lock(mutex_);
    text_ = std::move(text);
}

void Progress::show_until_done() {
    std::unique_lock lock(mutex_);
    const auto over = [this] { return done_; };
    std::chrono::milliseconds wait = over_write_ ? quiet_start : plain_period;
    bool shown = false;
    while (!done_changed_.wait_for(lock, wait, over)) {
        show(text_);
        shown = true;
        wait = over_write_ ? terminal_period : plain_period;
    }
    if (shown && over_write_) std::cerr << clear_line << std::flush;
}

void Progress::show(const std::string& text) {
    if (over_write_) {
        std::cerr << clear_line << text.substr(0, 79) << std::flush;
    } else {
        std::cerr << text << "\n" << std::flush;
    }
}

}  // namespace rollcast::cli
