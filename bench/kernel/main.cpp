// Runs the benchmarks of the kernel and sets ours beside their peers: `BM_HoldExponential/1000`
// beside `BM_HoldExponentialStd/1000`, `BM_Drain/100` beside `BM_DrainSimgrid/100`. Both of a pair
// carry the counter `answer`; a pair that did not do the same work is an error.
#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

namespace {

struct Measured {
    double time = 0.0;
    double answer = 0.0;
};

class PairReporter : public benchmark::ConsoleReporter {
public:
    void ReportRuns(const std::vector<Run>& runs) override {
        ConsoleReporter::ReportRuns(runs);
        for (const Run& run : runs) {
            failed_ = failed_ || run.error_occurred;
            const auto answer = run.counters.find("answer");
            if (run.run_type != Run::RT_Iteration || answer == run.counters.end()) continue;
            Measured& measured = measured_[run.run_name.function_name + '/' + run.run_name.args];
            const bool manual = !run.run_name.time_type.empty();
            const double time = manual ? run.GetAdjustedRealTime() : run.GetAdjustedCPUTime();
            if (measured.time == 0.0 || time < measured.time) measured.time = time;
            measured.answer = answer->second.value;
        }
    }

    /// Prints the peer's time over ours for every pair. Returns whether all answers agree
    /// and no benchmark failed. Of repetitions the fastest counts.
    bool print_ratios(std::ostream& out) const {
        bool agree = !failed_;
        for (const auto& [name, ours] : measured_) {
            for (const char* peer_name : {"Std", "Simgrid"}) {
                std::string peer_key = name;
                peer_key.insert(name.find('/'), peer_name);
                const auto peer = measured_.find(peer_key);
                if (peer == measured_.end()) continue;
                const double scale = std::max(std::abs(ours.answer), std::abs(peer->second.answer));
                const bool same = std::abs(ours.answer - peer->second.answer) <= 1e-9 * scale;
                out << "ratio " << name << " " << peer->second.time / ours.time
                    << (same ? "" : "  ANSWERS DIFFER") << '\n';
                agree = agree && same;
            }
        }
        return agree;
    }

private:
    std::map<std::string, Measured> measured_;
    bool failed_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    PairReporter reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter);
    return reporter.print_ratios(std::cout) ? 0 : 1;
}
