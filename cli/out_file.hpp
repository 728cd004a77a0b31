// A file that is written piece by piece, and is there whole or not at all.
#pragma once

#include <cstdio>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

namespace rollcast::cli {

/// Writes beside `file` until `finish`; "-": to `out`, at once. What is no regular file (a pipe, a
/// device) is written to as it is.
class OutFile {
public:
    /// Throws InputError (RC0112) where it cannot be written, as the others do.
    OutFile(std::string file, std::ostream& out);
    /// Without `finish` before: what was written is thrown away.
    ~OutFile();
    OutFile(const OutFile&) = delete;
    OutFile& operator=(const OutFile&) = delete;

    void write(std::string_view piece);
    void finish();

private:
    [[noreturn]] void fail(int reason);

    struct Closer {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::string name_;
    std::string beside_;  // empty: nothing to rename
    std::ostream* out_;   // where that is written to instead
    std::unique_ptr<std::FILE, Closer> file_;
};

}  // namespace rollcast::cli
