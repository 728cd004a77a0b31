#include "scenarios/recorded/clients.hpp"

#include <algorithm>
#include <cmath>

#include "models/world.hpp"
#include "scenarios/recorded/quantile.hpp"
#include "sim/parallel.hpp"

namespace rollcast::scenarios {

namespace {

template <class Of>
ClientFigure figure(const ClientPrediction& prediction,
                    models::TopicId topic,
                    double observed,
                    Of of) {
    std::vector<double> values;
    for (const models::RecordResult& seed : prediction) {
        for (const models::TopicRecords& counts : seed.topics) {
            if (counts.topic == topic) values.push_back(of(counts));
        }
    }
    ClientFigure made;
    made.observed = observed;
    if (values.empty()) return made;
    std::sort(values.begin(), values.end());
    made.low = quantile(values, 0.025);
    made.median = quantile(values, 0.5);
    made.high = quantile(values, 0.975);
    return made;
}

}  // namespace

ClientPrediction predict_clients(const RecordedCase& recorded,
                                 std::int64_t seconds,
                                 std::uint64_t first_seed,
                                 int seeds,
                                 int threads) {
    ClientPrediction prediction(static_cast<std::size_t>(seeds));
    sim::for_each_index(prediction.size(), threads, [&](std::size_t i) {
        const models::Plan nothing;
        models::World world(recorded.a_case,
                            nothing,
                            models::Scope::whole(recorded.a_case.fleet),
                            {.fidelity = models::Fidelity::record,
                             .seed = first_seed + i,
                             .sampled = true,
                             .horizon = sim::seconds(seconds)});
        world.run_until(sim::Instant{sim::seconds(seconds)});  // the load goes on to the end
        const models::Verdict verdict = world.verdict();
        if (verdict.records) prediction[i] = *verdict.records;
    });
    return prediction;
}

std::vector<ClientScore> score_clients(const RecordedCase& recorded,
                                       const ClientPrediction& prediction,
                                       const RecordedTruth& truth) {
    const models::Fleet& fleet = recorded.a_case.fleet;
    std::vector<ClientScore> scores;
    for (const RecordedClients& clients : truth.clients) {
        models::TopicId t = models::TopicId::none();
        for (const models::TopicId each : models::Range<models::TopicId>(fleet.topics().size())) {
            if (fleet.topics()[each].name == clients.topic) t = each;
        }
        const auto seconds = [](std::int64_t ms) { return static_cast<double>(ms) / 1e3; };
        const auto records = [&](std::int64_t observed, auto of) {
            return figure(prediction, t, static_cast<double>(observed), of);
        };
        ClientScore score;
        score.topic = clients.topic;
        score.loss_forbidden = fleet.topics()[t].acks_all == 1.0;
        score.acked_lost = records(clients.acked_lost, [](const models::TopicRecords& c) {
            return static_cast<double>(c.acked_lost);
        });
        score.duplicates = records(clients.duplicates, [](const models::TopicRecords& c) {
            return static_cast<double>(c.duplicates);
        });
        score.failed = records(clients.failed, [](const models::TopicRecords& c) {
            return static_cast<double>(c.failures());
        });
        for (std::size_t e = 1; e < models::send_error_count; ++e) {
            const std::string name(models::to_string(static_cast<models::SendError>(e)));
            const auto seen = clients.errors.find(name);
            const ClientFigure of_class = records(
                seen == clients.errors.end() ? 0 : seen->second,
                [e](const models::TopicRecords& c) { return static_cast<double>(c.failed[e]); });
            if (!of_class.nothing()) score.failed_by_class.emplace(name, of_class);
        }
        score.producer_stall_s =
            figure(prediction, t, seconds(clients.producer_stall_ms), [](const auto& c) {
                return sim::to_seconds(c.producer_stall.in_rows);
            });
        score.consumer_stall_s =
            figure(prediction, t, seconds(clients.consumer_stall_ms), [](const auto& c) {
                return sim::to_seconds(c.consumer_stall.in_rows);
            });
        scores.push_back(std::move(score));
    }
    return scores;
}

}  // namespace rollcast::scenarios
