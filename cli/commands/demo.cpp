#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/demo/study.hpp"
#include "cli/demo/text.hpp"
#include "cli/values.hpp"

namespace rollcast::cli {

Action add_demo(CLI::App& command, Session& session) {
    const auto effort = std::make_shared<std::uint64_t>(planner::PlanOptions{}.effort);
    command.add_option("--effort", *effort, "schedules the search evaluates")
        ->transform(whole_number("--effort", 0, UINT64_MAX))
        ->option_text("N");
    add_seed(command, session.options);
    add_jobs(command, session.options);
    add_json(command, session.options);
    add_exit_zero(command, session.options);
    add_progress(command, session.options);
    return [&session, effort] {
        const DemoStudy study = study_embedded_estate(session, *effort);
        const report::Provenance provenance = session.provenance();
        if (session.options.json) {
            session.print(demo_document(study, provenance));
        } else {
            session.out << demo_text(study, provenance);
        }
        return study.planned() ? ExitCode::good : ExitCode::no_plan;
    };
}

}  // namespace rollcast::cli
