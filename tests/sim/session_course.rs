//! Every step of every lesson, played as a learner plays it: lines, then one event after another.

use drydock::lesson::{library, solve};
use drydock::session::share::Shared;
use drydock::session::{Session, StepState};

/// More events than any step needs.
const EVENTS_MAX: usize = 400;

#[test]
fn next_event_leads_to_the_end_of_every_step_and_a_link_replays_it() {
    for head in library::lessons() {
        let lesson = library::embedded(&head.id).unwrap();
        for step in &lesson.steps {
            let place = format!("{}/{}", lesson.id, step.id);
            let mut session = Session::step(&lesson, &step.id).unwrap();
            for line in step.task.iter().flat_map(|task| &task.solution) {
                let filled = solve::fill(line.line.trim(), session.cloud()).into_owned();
                let printed = session.run(&filled);
                assert_eq!(
                    printed.status != 0,
                    line.refused,
                    "{place}: {filled}: {}",
                    printed.stderr
                );
            }
            let mut events = 0;
            while !step.goals().is_empty() && session.state() != StepState::Solved {
                assert!(session.next_event(), "{place}: open, and nothing is due");
                events += 1;
                assert!(events < EVENTS_MAX, "{place}: open after {events} events");
            }
            session.tick(1_500);
            let shared = Shared::decode(&session.share()).unwrap();
            let mut again = Session::step(&lesson, &step.id).unwrap();
            again.replay(&shared);
            assert_eq!(again.cloud().digest(), session.cloud().digest(), "{place}");
        }
    }
}
