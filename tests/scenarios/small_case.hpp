// A small, good case for tests that break one thing in it.
#pragma once

#include <string>

namespace rollcast::test {

inline std::string small_case() {
    return R"({
  "rollcast_case": 1,
  "name": "small",
  "fleet": {
    "clusters": [
      {
        "name": "c1", "racks": ["a", "b", "c"], "brokers": 6, "quorum": {"nodes": 3},
        "config": {"session_timeout_s": 18},
        "topics": [
         {"name": "orders", "partitions": 12, "rf": 3, "min_isr": 2,
          "write_bytes_per_s": 2000000, "skew": 3}
        ]
      }
    ]
  }
}
)";
}

/// `text` with the first `from` replaced by `to`.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
}

}  // namespace rollcast::test
