// Text inside XML and HTML.
#pragma once

#include <string>
#include <string_view>

namespace rollcast::report {

/// `text` as the content of an XML element or attribute; control characters and what is no UTF-8
/// are replaced.
std::string xml_escaped(std::string_view text);

}  // namespace rollcast::report
