// The one document that `--json` prints: the same fields, in the same order, for every command.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/case.hpp"
#include "models/programme.hpp"
#include "planner/planner.hpp"
#include "report/comparison.hpp"
#include "report/numbers.hpp"

namespace rollcast::report {

/// Raised whenever a field changes its meaning or goes away; new fields do not count.
inline constexpr int schema_version = 1;

/// One input file and the SHA-256 of its bytes, as hexadecimal digits.
struct Input {
    std::string file;
    std::string sha256;
};

/// What made a document: enough to make it again.
struct Provenance {
    std::string tool_version;
    std::uint64_t seed = 1;
    std::vector<Input> inputs;
    std::vector<std::string> assumptions;  // what stands in for what the case does not know
    std::string reproduce;                 // the command line
    bool repeatable = true;                // false: a time limit or a signal ended the work
    bool interrupted = false;              // by a signal: partial result
};

/// Document of a case that was only looked at.
Json check_document(const models::Case& a_case,
                    const std::vector<planner::Finding>& findings,
                    bool ok,
                    const Provenance& provenance);
/// Document of one run of a plan.
Json run_document(const models::Case& a_case,
                  const models::Plan& plan,
                  const models::Verdict& verdict,
                  const std::vector<planner::Finding>& findings,
                  const Provenance& provenance);
/// Document of one run of a programme. `rules` are those of all passes together; `violations` and
/// the like stand in `programme`, by pass; there are no totals and no margin of the whole.
Json programme_document(const models::Case& a_case,
                        const models::Plan& plan,
                        const models::ProgrammeResult& result,
                        const std::vector<planner::Finding>& findings,
                        const Provenance& provenance);
/// Document of what the planner found.
Json plan_document(const models::Case& a_case,
                   const planner::PlanResult& result,
                   const Provenance& provenance);

/// Document of several results; `ok` as the caller judges them.
Json comparison_document(const std::vector<Compared>& results,
                         bool ok,
                         const Provenance& provenance);

/// Where the document came from; the last fields of each.
Json provenance_json(const Provenance& provenance);

/// Indented by two, UTF-8 as it is, with a final newline. Bytes that are no UTF-8 are replaced.
std::string document_text(const Json& document);

}  // namespace rollcast::report
