//! The course as the library has it, outside of any browser: what there is to show, and what has to come of it.

use std::sync::Arc;

use drydock::lesson::library;
use drydock::lesson::model::{Lesson, Line, Step};
use drydock::lesson::solve;
use drydock::session::{Session, StepState};

/// After so many events a solution counts as one that leads nowhere.
const EVENTS_MAX: usize = 600;

/// A step of a lesson, played natively beside the page.
pub(crate) struct Scene {
    pub lesson: Arc<Lesson>,
    pub step: Step,
    /// The step's account. What a test does in the page it does here as well.
    pub native: Session,
}

/// Every lesson, in the order of the course.
pub(crate) fn lessons() -> Vec<Arc<Lesson>> {
    let heads = library::lessons();
    assert!(!heads.is_empty(), "the library has no lessons");
    heads.iter().map(|head| library::embedded(&head.id).expect("a lesson of the list")).collect()
}

/// Every step of every lesson.
pub(crate) fn scenes() -> Vec<Scene> {
    lessons().iter().flat_map(of).collect()
}

/// Every step of a lesson.
pub(crate) fn of(lesson: &Arc<Lesson>) -> Vec<Scene> {
    lesson.steps.iter().map(|step| scene(lesson, &step.id)).collect()
}

/// Every step of the course's first lesson.
pub(crate) fn first_lesson() -> Vec<Scene> {
    of(&lessons().remove(0))
}

/// A step by its ids.
pub(crate) fn scene(lesson: &Arc<Lesson>, id: &str) -> Scene {
    let step = lesson.step(id).expect("a step of the lesson").clone();
    let native = Session::step(lesson, id).expect("a step that can be set up");
    Scene { lesson: Arc::clone(lesson), step, native }
}

impl Scene {
    /// The step's address, with its `#`.
    pub(crate) fn address(&self) -> String {
        format!("#/l/{}/{}", self.lesson.id, self.step.id)
    }

    /// The lines of the reference solution.
    pub(crate) fn solution(&self) -> Vec<Line> {
        self.step.task.iter().flat_map(|task| task.solution.clone()).collect()
    }

    /// A line of the solution with this account's ids in it.
    pub(crate) fn filled(&self, line: &Line) -> String {
        solve::fill(line.line.trim(), self.native.cloud()).into_owned()
    }

    /// Runs a line.
    pub(crate) fn run(&mut self, line: &str) {
        self.play(line, false);
    }

    /// Runs a line, which AWS refuses only where the lesson says so.
    pub(crate) fn play(&mut self, line: &str, refused: bool) {
        let printed = self.native.run(line);
        let said = printed.stderr;
        assert_eq!(printed.status != 0, refused, "{}: `{line}` says {said}", self.address());
    }

    /// Does all that the reference solution does.
    pub(crate) fn solve(&mut self) {
        for line in self.solution() {
            let filled = self.filled(&line);
            self.play(&filled, line.refused);
        }
        self.finish();
    }

    /// Lets time pass, event by event, until the goals are met; gives the number of events.
    pub(crate) fn finish(&mut self) -> usize {
        let mut events = 0;
        while self.is_open() {
            assert!(self.native.next_event(), "{}: open, and nothing is due", self.address());
            events += 1;
            assert!(events < EVENTS_MAX, "{}: open after {events} events", self.address());
        }
        events
    }

    /// The step has goals that are not met.
    pub(crate) fn is_open(&self) -> bool {
        !self.step.goals().is_empty() && self.native.state() != StepState::Solved
    }

    /// The digest that the page has to show now.
    pub(crate) fn digest(&self) -> String {
        self.native.cloud().digest()
    }

    /// The ids of the goals.
    pub(crate) fn goals(&self) -> Vec<String> {
        self.step.goals().iter().map(|goal| goal.id.clone()).collect()
    }
}
