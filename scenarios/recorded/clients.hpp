// What clients of a recorded run saw, against what counting records predicts.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/record_result.hpp"
#include "scenarios/recorded/recorded_case.hpp"

namespace rollcast::scenarios {

/// Clients' outcomes by seed, in the record fidelity; topics in the order of the case.
using ClientPrediction = std::vector<models::RecordResult>;

ClientPrediction predict_clients(const RecordedCase& recorded,
                                 std::int64_t seconds,
                                 std::uint64_t first_seed,
                                 int seeds,
                                 int threads);

/// One figure, observed and predicted with a 95 % interval over the seeds.
struct ClientFigure {
    double observed = 0.0;
    double low = 0.0;
    double median = 0.0;
    double high = 0.0;
    bool within() const { return observed >= low && observed <= high; }
    /// Nothing was seen and nothing was expected.
    bool nothing() const { return observed == 0.0 && high == 0.0; }
};

struct ClientScore {
    std::string topic;
    ClientFigure acked_lost;  // records
    ClientFigure duplicates;
    ClientFigure failed;
    std::map<std::string, ClientFigure> failed_by_class;
    ClientFigure producer_stall_s;  // longest stretch of 100 ms rows without an acknowledgement
    ClientFigure consumer_stall_s;  // without a record
    /// Producers wait for all in-sync replicas: Kafka forbids loss without an unclean election.
    bool loss_forbidden = false;
};

std::vector<ClientScore> score_clients(const RecordedCase& recorded,
                                       const ClientPrediction& prediction,
                                       const RecordedTruth& truth);

}  // namespace rollcast::scenarios
