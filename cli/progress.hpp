// What is going on, for work that takes longer than a second; on stderr only.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace rollcast::cli {

enum class ProgressStyle {
    automatic,  // a line that is written over on a terminal, else plain
    plain,      // a new line every 30 s
    none
};

/// Shows its text from a second after its start until it is destroyed, then clears a terminal's
/// line. `update` may be called from any thread, as often as the work likes.
class Progress {
public:
    Progress(ProgressStyle style, std::string text);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void update(std::string text);

private:
    void show_until_done();
    void show(const std::string& text);

    bool over_write_ = false;
    std::mutex mutex_;
    std::condition_variable done_changed_;
    bool done_ = false;
    std::string text_;
    std::thread thread_;
};

}  // namespace rollcast::cli
