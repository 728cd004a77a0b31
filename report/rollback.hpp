// What became of clusters that a stop rule of the plan turned back.
#pragma once

#include <string>

#include "models/case.hpp"
#include "models/verdict.hpp"
#include "report/document.hpp"

namespace rollcast::report {

/// One of them, as a sentence without its instant: "c1 turns back: ...".
std::string rollback_text(const models::Fleet& fleet, const models::Rollback& rollback);
/// A line each, with the instant; empty where none was turned back.
std::string rollbacks_text(const models::Fleet& fleet, const models::Verdict& verdict);
Json rollbacks_json(const models::Fleet& fleet, const models::Verdict& verdict);

}  // namespace rollcast::report
