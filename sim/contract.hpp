// What must hold in every build: a broken contract is a bug of the program, never bad input.
#pragma once

#include <stdexcept>
#include <string>

namespace rollcast::sim {

/// Thrown when the program broke its own contract. Only `main`, tests, and what runs many cases
/// (suites, hunts: a case that breaks must not end the others) catch it.
class ContractViolation : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

/// Throws ContractViolation with `what_must_hold` unless `condition` holds. In all builds.
constexpr void ensure(bool condition, const char* what_must_hold) {
    if (!condition) throw ContractViolation(std::string("contract broken: ") + what_must_hold);
}

}  // namespace rollcast::sim
