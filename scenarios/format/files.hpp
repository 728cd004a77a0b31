// Reading whole text files and writing whole files or nothing.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace rollcast::scenarios {

/// Called after each stretch that was read, with all of the text so far and where the new stretch
/// begins. May throw to end the reading early.
using WhileReading = std::function<void(std::string_view text, std::size_t new_from)>;

/// The bytes of the file. Throws InputError where it is missing (with names that are near),
/// a folder, unreadable, empty, binary (holds a zero byte, is compressed or UTF-16) or larger than
/// 256 MiB. A byte order mark is removed. Reads in stretches of 1 MiB.
std::string read_text(const std::filesystem::path& path, const WhileReading& while_reading = {});

/// Writes `text` beside `path` and renames it into place, so that the file is there whole or as it
/// was before. Throws InputError (RC0112) where that fails.
void write_atomically(const std::filesystem::path& path, std::string_view text);

}  // namespace rollcast::scenarios
