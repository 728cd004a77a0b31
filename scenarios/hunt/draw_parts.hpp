// The parts of a random case, each drawn from the dice that it is handed.
#pragma once

#include "models/case.hpp"
#include "scenarios/format/json_file.hpp"
#include "scenarios/hunt/family.hpp"
#include "sim/dice.hpp"

namespace rollcast::scenarios {

/// A case file for runs by rates: hours of simulated time, gigabytes.
Json draw_flow_case(sim::Dice& dice);
/// A case file for runs that count records: minutes, a few hundred records a second.
Json draw_record_case(sim::Dice& dice);

/// A plan file for `fleet`: every machine, in batches at random. `event_driven`: never with
/// barriers, nor with what a plan may ask for besides.
Json draw_plan(const models::Fleet& fleet, bool event_driven, sim::Dice& dice);

/// Faults that the reader of faults takes for `fleet`. Those of runs that count records last and
/// begin within minutes.
Json draw_faults(const models::Fleet& fleet, HuntFamily family, sim::Dice& dice);

}  // namespace rollcast::scenarios
