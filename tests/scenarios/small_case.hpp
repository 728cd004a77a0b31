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

/// The same, whose cluster goes from one named stack to another, and whose racks have uplinks.
inline std::string case_with_stacks() {
    const std::string stacks = R"("defaults": {"rack": {"uplink_bytes_per_s": 10000000000}},
    "stacks": [
      {"name": "old", "os": "CentOS 7", "kafka_version": "2.8.2", "inter_broker_protocol": "2.8",
       "protocol": "ssl", "listeners": [{"protocol": "ssl", "client_certificate": true}],
       "certificate": {"issuer": "old CA"}, "trust": ["old CA", "new CA"], "principal": "kafka",
       "acls": [{"principal": "kafka", "allows": ["cluster"]},
                {"principal": "*", "allows": ["clients", "admin"]}]},
      {"name": "new", "like": "old", "os": "RHEL 9", "kafka_version": "3.4.1",
       "certificate": {"issuer": "new CA"}}
    ],
    "clusters": [)";
    const std::string named = R"("stack": "old", "target": "new", "racks")";
    return replaced(replaced(small_case(), "\"clusters\": [", stacks), "\"racks\"", named);
}

}  // namespace rollcast::test
