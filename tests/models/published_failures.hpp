// Published figures on how machines and disks fail (kafka-semantics §12, V9-V11), and ours: runs
// that the triggers by rate and the bursts of the fault catalogue drive.
#pragma once

#include <string>

#include "tests/support/published_figure.hpp"

namespace rollcast::support {

/// V9: 700 nodes that fail every 4.3 months each, 37 % of them in bursts; racks every 10.2 years.
const Figures& node_failures();
/// V9: how much longer stripes of three last, where nodes fail apart from each other.
const Figures& stripe_losses();
/// V10: 344,196 disks for a year.
const Figures& disk_failures();
/// V11: a part of a cluster loses its power.
const Figures& copyset_losses();
/// What these rows do not show, as lines of a list.
std::string failures_remark();

}  // namespace rollcast::support
