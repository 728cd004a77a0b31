// Exponential and logarithm that give the same bits on every compiler, optimisation level and
// C library: only + - * / and the bit pattern of a double. (libm's last bit differs between
// libraries, and a draw that decides an event order must not depend on it.)
#pragma once

namespace rollcast::sim {

/// e^x within 1e-13 relative error; infinity above the largest double, 0 below the smallest.
/// Requires a number (not NaN).
double exp_exact(double x);

/// Natural logarithm within 1e-13 relative error. Requires `0 < x` and `x` finite.
double log_exact(double x);

}  // namespace rollcast::sim
