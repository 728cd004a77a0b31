// Student's distribution: how likely a mean that far from 0 is where nothing has changed.
#pragma once

namespace rollcast::scenarios {

/// The probability that Student's t with `degrees` >= 1 degrees of freedom is above `t`. By the
/// continued fraction of the regularised incomplete beta function (Abramowitz and Stegun 26.5.8,
/// 26.7.1), to ten digits.
double student_above(double t, double degrees);

/// The t that Student's t with `degrees` >= 1 is above with probability `above`, 0 < above <= 0.5.
double student_quantile(double above, double degrees);

}  // namespace rollcast::scenarios
