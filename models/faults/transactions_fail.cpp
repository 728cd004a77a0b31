// Only transactions fail, while both stacks run side by side.
#include <algorithm>

#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo transactions_fail{
    .word = "transactions_fail",
    .family = FaultFamily::version,
    .target = FaultTarget::cluster,
    .parameters = {{{.key = "share",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 0.1,
                     .meaning =
                         "Share of the writes of idempotent producers that are in transactions.",
                     .source = "assumed"}}},
    .phrase =
        "{0} of the idempotent writes to {target} are in transactions and fail while it is mixed, "
        "for {duration}",
    .effect =
        "New brokers send a version of AddPartitionsToTxn that the old ones do not know: writes in "
        "transactions fail from the first new broker to the last old one.",
    .shows = "Client errors, and nothing else: every broker is up and in sync.",
    .over_by = "All brokers run one stack, or the bug is mended.",
    .source = "§6.2 (KAFKA-16692)",
    .starts = set_links,
    .ends = set_links,
    .links = [](const Fleet&, const Fault& fault, LinkRules& rules) {
        rules.transactions_failing = std::max(rules.transactions_failing, fault.value(0));
    }};

}  // namespace rollcast::models::faults
