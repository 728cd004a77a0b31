// Small files for calls of the program, each good or wrong in one way.
#pragma once

#include <string>

#include "tests/cli/program.hpp"

namespace rollcast::tests {

/// A clean cluster c1: six brokers in three racks, one topic, RF 3, min ISR 2. `more` is put
/// between its fields.
inline std::string small_case(const std::string& more = "") {
    return R"({
  "rollcast_case": 1,
  "name": "small",
  )" + more +
           R"("fleet": {"clusters": [{
    "name": "c1", "racks": ["a", "b", "c"], "brokers": 6, "quorum": {"nodes": 3},
    "topics": [{"name": "orders", "partitions": 12, "rf": 3, "min_isr": 2,
                "write_bytes_per_s": 2000000}]
  }]}
}
)";
}

/// The same with a topic that has as many replicas as its min ISR: no plan in place protects it.
inline std::string zero_slack_case() {
    std::string text = small_case();
    const std::string orders = R"("topics": [)";
    return text.replace(text.find(orders),
                        orders.size(),
                        orders + R"({"name": "audit", "partitions": 3, "rf": 3, "min_isr": 3,
                "write_bytes_per_s": 1000},
               )");
}

/// A barrier plan for the small case whose first batch holds two brokers that share partitions.
inline std::string conflicting_batch() {
    return R"({"rollcast_plan": 1, "name": "pairs", "clusters": [
  {"cluster": "c1", "start": "barrier", "quorum": ["c1/zk1", "c1/zk2", "c1/zk3"],
   "batches": [{"machines": ["c1/1", "c1/2"]}, {"machines": ["c1/3"]}, {"machines": ["c1/4"]},
               {"machines": ["c1/5"]}, {"machines": ["c1/6"]}]}]})";
}

/// Faults for the small case: rack b loses its power when the first broker is being re-imaged.
inline std::string power_loss() {
    return R"({"rollcast_faults": 1, "faults": [
  {"name": "rack b dark", "kind": "rack_power_loss", "rack": "c1/b", "at_s": 1200,
   "duration_s": 900}
]}
)";
}

}  // namespace rollcast::tests
