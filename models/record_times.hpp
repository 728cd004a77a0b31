// How long the small steps of a record's way take; parameters of the record fidelity and of the
// latency model.
#pragma once

#include "sim/units.hpp"

namespace rollcast::models {

struct RecordTimes {
    sim::Duration network = sim::microseconds(250);  // one way between two hosts; assumed
    sim::Duration service = sim::microseconds(300);  // a broker handles a request; assumed
    sim::Duration flush = sim::milliseconds(2);  // fsync, where every append is flushed; assumed
    sim::Duration propagation = sim::milliseconds(20);  // a decision reaches every broker; assumed
    sim::Duration resume = sim::milliseconds(100);      // a hung process is itself again; assumed
    sim::Duration write_back = sim::seconds(30);  // a dirty page reaches the disk (§2.7, assumed)
};

}  // namespace rollcast::models
