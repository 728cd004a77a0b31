// The file that finished work is appended to, line by line, so that a kill loses none of it.
#pragma once

#include <fstream>
#include <mutex>
#include <string>

namespace rollcast::cli {

class JournalFile {
public:
    /// Reads the file that `--resume` names; nothing where that is empty or not there.
    explicit JournalFile(std::string file);

    /// Its whole lines: a last one that a kill has cut is none of them.
    const std::string& before() const { return before_; }
    /// Opens it to append, once `before` has proved to be a journal: what a kill has cut is cut
    /// away. False where no file is named. Throws UsageError where it cannot be written.
    bool open();
    /// Appends a line with its line break, from any thread.
    void append(const std::string& line);

private:
    std::string file_;
    std::string before_;
    std::ofstream out_;
    std::mutex lock_;
};

}  // namespace rollcast::cli
