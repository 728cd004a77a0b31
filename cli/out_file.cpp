#include "cli/out_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenarios/format/diagnostic.hpp"

namespace rollcast::cli {

OutFile::OutFile(std::string file, std::ostream& out)
    : name_(std::move(file)), out_(name_ == "-" ? &out : nullptr) {
    if (out_ != nullptr) return;
    std::error_code none;
    const bool other =
        std::filesystem::exists(name_, none) && !std::filesystem::is_regular_file(name_, none);
    if (other) {
        file_.reset(std::fopen(name_.c_str(), "wb"));
        if (!file_) fail(errno);
        return;
    }
    beside_ = name_ + ".XXXXXX";
    const int descriptor = ::mkstemp(beside_.data());
    if (descriptor < 0) {
        const int reason = errno;
        beside_.clear();
        fail(reason);
    }
    ::fchmod(descriptor, 0644);
    file_.reset(::fdopen(descriptor, "wb"));
    if (!file_) fail(errno);
}

OutFile::~OutFile() {
    if (!beside_.empty()) ::unlink(beside_.c_str());
}

void OutFile::write(std::string_view piece) {
    if (out_ != nullptr) {
        out_->write(piece.data(), static_cast<std::streamsize>(piece.size()));
        return;
    }
    if (std::fwrite(piece.data(), 1, piece.size(), file_.get()) != piece.size()) fail(errno);
}

void OutFile::finish() {
    if (out_ != nullptr) return;
    if (std::fclose(file_.release()) != 0) fail(errno);
    if (beside_.empty()) return;
    if (std::rename(beside_.c_str(), name_.c_str()) != 0) fail(errno);
    beside_.clear();
}

void OutFile::fail(int reason) {
    scenarios::Diagnostic d;
    d.code = scenarios::code::not_written;
    d.file = name_;
    d.message =
        fmt::format("{} could not be written: {}", scenarios::quoted(name_), std::strerror(reason));
    d.help = "name a file in a folder that can be written to";
    throw scenarios::InputError(std::move(d));
}

}  // namespace rollcast::cli
