#include "cli/journal_file.hpp"

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "scenarios/format/files.hpp"
#include "scenarios/suite/journal.hpp"

namespace rollcast::cli {

JournalFile::JournalFile(std::string file) : file_(std::move(file)) {
    if (file_.empty() || !std::filesystem::exists(file_)) return;
    if (std::filesystem::file_size(file_) == 0) return;
    before_ = scenarios::read_text(file_);
    before_.resize(scenarios::whole_lines(before_));
}

bool JournalFile::open() {
    if (file_.empty()) return false;
    if (std::filesystem::is_regular_file(file_)) {
        std::filesystem::resize_file(file_, before_.size());
    }
    out_.open(file_, std::ios::binary | std::ios::app);
    if (out_) return true;
    throw UsageError(fmt::format("--resume: {} cannot be written", file_),
                     "name a file in a folder that can be written to");
}

void JournalFile::append(const std::string& line) {
    const std::lock_guard<std::mutex> guard(lock_);
    out_ << line << std::flush;
}

}  // namespace rollcast::cli
