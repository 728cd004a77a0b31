#include "report/alerts/fired.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "report/prometheus/open_metrics.hpp"

namespace rollcast::report {
namespace {

std::string alert_name(const std::vector<Label>& labels) {
    const auto found = std::find_if(
        labels.begin(), labels.end(), [](const Label& l) { return l.name == "alertname"; });
    return found == labels.end() ? std::string() : found->value;
}

/// What fires just now, by its labels.
class FiringBook {
public:
    void begin(const AlertEdge& edge) {
        const auto [at, added] = open_.emplace(labels_text(edge.labels), alerts_.size());
        if (!added) return;
        alerts_.push_back({alert_name(edge.labels), edge.labels, edge.at});
    }
    void end(const std::string& labels, sim::Instant at) {
        const auto found = open_.find(labels);
        if (found == open_.end()) return;
        alerts_[found->second].resolved = at;
        open_.erase(found);
    }
    /// Ends what is not among `firing`.
    void keep(const std::set<std::string>& firing, sim::Instant at) {
        std::vector<std::string> gone;
        for (const auto& [labels, index] : open_) {
            if (firing.count(labels) == 0) gone.push_back(labels);
        }
        for (const std::string& labels : gone) end(labels, at);
    }
    std::vector<FiredAlert> take() { return std::move(alerts_); }

private:
    std::vector<FiredAlert> alerts_;
    std::map<std::string, std::size_t> open_;
};

}  // namespace

std::vector<FiredAlert> fired_alerts(const std::vector<AnsweredStretch>& stretches) {
    FiringBook book;
    for (const AnsweredStretch& each : stretches) {
        std::set<std::string> at_start;
        for (const AlertEdge& edge : each.answer.edges) {
            if (edge.at == each.stretch.reported_from) at_start.insert(labels_text(edge.labels));
        }
        book.keep(at_start, each.stretch.reported_from);
        for (const AlertEdge& edge : each.answer.edges) {
            if (edge.fires) {
                book.begin(edge);
            } else {
                book.end(labels_text(edge.labels), edge.at);
            }
        }
    }
    return book.take();
}

std::string labels_but_name(const std::vector<Label>& labels) {
    std::vector<Label> others;
    std::copy_if(labels.begin(), labels.end(), std::back_inserter(others), [](const Label& l) {
        return l.name != "alertname";
    });
    return labels_text(others);
}

}  // namespace rollcast::report
