// Text inside Markdown.
#pragma once

#include <string>
#include <string_view>

namespace rollcast::report {

/// `text` as text of Markdown and of the HTML in it: what would be taken for either is escaped.
std::string markdown_escaped(std::string_view text);

}  // namespace rollcast::report
