//! One learner at work: an account, a step's goals, a past to go back to. Pure: the whole product can be played in a
//! native test.

pub mod compare;
pub mod demo;
pub mod embed;
mod hints;
pub mod history;
pub mod marks;
pub mod route;
pub mod scenes;
pub mod save;
pub mod share;
pub mod view;

use std::sync::Arc;

use crate::cli::Printed;
use crate::cloud::Cloud;
use crate::cloud::account::Start;
use crate::cloud::time::{HOUR, Millis, SimTime};
use crate::lesson::condition;
use crate::lesson::model::{Condition, Lesson, Step};
use crate::lesson::solve;
use compare::Compared;
use demo::Demo;
use history::{Entry, History, Moment};
use save::{Run, SIM_VERSION};
use share::Shared;

/// How far "Next event" looks ahead: further than any cooldown or deregistration delay goes by default.
const LOOK_AHEAD_MS: Millis = 5 * HOUR;

/// What a learner has before them: a step of a lesson, or the sandbox.
#[derive(Debug)]
pub struct Session {
    scene: Option<Scene>,
    yours: History,
    /// The timeline before the last reset and whether it had solved the step, to take it back.
    before_reset: Option<Box<(History, bool)>>,
    /// A moment of the past that is shown instead of now.
    past: Option<Moment>,
    /// Another branch of the timeline, beside the learner's.
    compared: Option<Box<Compared>>,
    /// A solution or a question's lines, played in a timeline of their own.
    demo: Option<Demo>,
    solved: bool,
    shown: bool,
    hints_open: usize,
}

/// A step of a lesson.
#[derive(Clone, Debug)]
struct Scene {
    lesson: Arc<Lesson>,
    step: usize,
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Not done yet.
    Open,
    /// Its solution was shown.
    Seen,
    /// Its goals were met by the learner.
    Solved,
}

/// How a goal stands, for showing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalView {
    /// Its id: `data-goal`.
    pub id: String,
    /// The goal as a sentence (HTML of the lesson).
    pub say: String,
    /// It was met.
    pub met: bool,
    /// How many are so at present, and how many are wanted.
    pub got: u32,
    /// How many are wanted.
    pub want: u32,
    /// For a goal that has to hold: how long it has held, and how long it has to, in milliseconds.
    pub hold: Option<(Millis, Millis)>,
    /// When it was so and broke again.
    pub broke_at: Option<SimTime>,
}

impl Session {
    /// A step of a lesson from its reference state; none if there is no such step or its setup cannot be played.
    pub fn step(lesson: &Arc<Lesson>, step: &str) -> Option<Self> {
        let position = lesson.position(step)?;
        let cloud = solve::stage(lesson, position, lesson.seed).ok()?;
        let goals = lesson.steps.get(position)?.goals().into();
        let scene = Scene { lesson: Arc::clone(lesson), step: position };
        Some(Self::new(Some(scene), History::new(cloud, goals)))
    }

    /// The whole simulator without goals.
    pub fn sandbox() -> Self {
        let cloud = Cloud::new(solve::SANDBOX_SEED, Start::DefaultVpc);
        Self::new(None, History::new(cloud, Arc::default()))
    }

    fn new(scene: Option<Scene>, yours: History) -> Self {
        let mut session = Self {
            scene,
            yours,
            before_reset: None,
            past: None,
            compared: None,
            demo: None,
            solved: false,
            shown: false,
            hints_open: 0,
        };
        session.commit();
        session
    }

    /// The lesson at work.
    pub fn lesson(&self) -> Option<&Arc<Lesson>> {
        self.scene.as_ref().map(|scene| &scene.lesson)
    }

    /// The step at work.
    pub fn current(&self) -> Option<&Step> {
        let scene = self.scene.as_ref()?;
        scene.lesson.steps.get(scene.step)
    }

    // ---- what is shown

    /// The account that is shown: now, a moment of the past, or a demo's.
    pub fn cloud(&self) -> &Cloud {
        &self.moment().cloud
    }

    /// The timeline that is shown: the learner's own or a demo's.
    pub fn timeline(&self) -> &History {
        self.demo.as_ref().map_or(&self.yours, |demo| &demo.history)
    }

    /// How the step's goals stand in what is shown.
    pub fn goals(&self) -> Vec<GoalView> {
        let Moment { cloud, watch } = self.moment();
        let goals = self.timeline().goals().iter();
        goals
            .zip(watch.standings())
            .map(|(goal, standing)| GoalView {
                id: goal.id.clone(),
                say: goal.say.0.clone(),
                met: standing.met(),
                got: standing.progress.got,
                want: if is_whole(&goal.when) { 1 } else { standing.progress.want },
                hold: goal.hold.map(|hold| (standing.held(cloud.now()).min(hold), hold)),
                broke_at: standing.broke_at,
            })
            .collect()
    }

    /// How the step stands.
    pub fn state(&self) -> StepState {
        match (self.solved, self.shown) {
            (true, _) => StepState::Solved,
            (false, true) => StepState::Seen,
            (false, false) => StepState::Open,
        }
    }

    /// The sentence for a known wrong way that the learner's account shows, as HTML of the lesson.
    pub fn mistake(&self) -> Option<&str> {
        let task = self.current()?.task.as_ref()?;
        let Moment { cloud, watch } = self.yours.live();
        let mut made = task.mistakes.iter();
        let made = made.find(|m| condition::evaluate(&m.when, cloud, watch.since()).done)?;
        Some(&made.say.0).filter(|_| !watch.all_met()).map(String::as_str)
    }

    // ---- what the learner does

    /// Runs a terminal line, typed or made by taps.
    pub fn run(&mut self, line: &str) -> Printed {
        if let Some(refused) = self.refuse() {
            return Printed { stderr: format!("{refused}\n"), status: 1, ..Printed::default() };
        }
        let printed = self.yours.run(line);
        self.follow();
        self.commit();
        printed
    }

    /// Lets virtual time pass. True if something happened.
    pub fn tick(&mut self, millis: Millis) -> bool {
        if self.past.is_some() {
            return false;
        }
        let history = self.demo.as_mut().map_or(&mut self.yours, |demo| &mut demo.history);
        let to = history.live().cloud.now() + millis;
        let happened = history.advance(to) > 0;
        let beside = self.follow();
        self.commit();
        happened || beside
    }

    /// When something happens next by itself: a job is due, or a goal will have held for long enough.
    pub fn next_due(&self) -> Option<SimTime> {
        let timeline = self.timeline();
        [timeline.live().next_due(timeline.goals()), self.beside_due()].into_iter().flatten().min()
    }

    /// Goes to the next moment at which something happens that people would call an event: something changes, or a goal
    /// is met or broken. A minute of metrics alone is none. False if no event comes in the next five hours.
    pub fn next_event(&mut self) -> bool {
        self.past = None;
        let now = self.timeline().live().cloud.now();
        let beside = self.compared.as_ref().filter(|_| self.demo.is_none());
        let timelines = [Some(self.timeline()), beside.map(|compared| &compared.other)];
        let ahead = timelines.into_iter().flatten().filter_map(|it| it.next_event(LOOK_AHEAD_MS));
        let Some(at) = { ahead }.filter(|at| *at > now).min() else { return false };
        self.tick(at.since(now));
        true
    }

    /// Takes back the last line that changed something; gives it.
    pub fn undo(&mut self) -> Option<String> {
        self.leave_past_and_demo();
        let entry = self.yours.undo();
        self.follow();
        entry.map(|entry| entry.line)
    }

    /// Runs the line again that was taken back last; gives it with what it printed.
    pub fn redo(&mut self) -> Option<(String, Printed)> {
        self.leave_past_and_demo();
        let (entry, printed) = self.yours.redo()?;
        self.follow();
        self.commit();
        Some((entry.line, printed))
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        self.yours.can_undo()
    }

    /// Whether there is something to redo.
    pub fn can_redo(&self) -> bool {
        self.yours.can_redo()
    }

    /// Puts the step back to its start, where it is not solved. [`Session::unreset`] takes that back.
    pub fn reset(&mut self) {
        self.leave_past_and_demo();
        self.compared = None;
        let fresh = self.yours.fresh();
        let before = std::mem::replace(&mut self.yours, fresh);
        self.before_reset = Some(Box::new((before, std::mem::take(&mut self.solved))));
        self.commit();
    }

    /// Takes the last reset back, unless something was done since.
    pub fn unreset(&mut self) -> bool {
        match self.before_reset.take() {
            Some(before) if !self.yours.can_undo() => {
                (self.yours, self.solved) = *before;
                true
            }
            _ => false,
        }
    }

    // ---- the past

    /// Shows the moment `at`; the present if `at` is not before it.
    pub fn seek(&mut self, at: SimTime) {
        let at = at.max(self.timeline().start());
        let past = at < self.timeline().live().cloud.now();
        self.past = past.then(|| self.timeline().at(at));
        self.follow();
    }

    /// Shows the present again.
    pub fn go_live(&mut self) {
        self.past = None;
        self.follow();
    }

    /// A moment of the past is shown.
    pub fn is_past(&self) -> bool {
        self.past.is_some()
    }

    /// Goes on from the moment shown: what came after it is dropped. False if it is the present.
    pub fn fork_here(&mut self) -> bool {
        let Some(past) = self.past.take() else { return false };
        self.demo = None;
        self.yours.fork(past.cloud.now());
        self.commit();
        true
    }

    // ---- keeping

    /// What is needed to have this again.
    pub fn saved(&self) -> Run {
        Run {
            lesson: self.lesson().map(|lesson| lesson.id.clone()),
            step: self.current().map(|step| step.id.clone()),
            sim: SIM_VERSION,
            inputs: self.yours.entries().map(|(entry, _)| entry.clone()).collect(),
            now: self.yours.elapsed(),
            shown: self.shown,
            hints: u32::try_from(self.hints_open).unwrap_or(0),
        }
    }

    /// Does again what was saved.
    pub fn restore(&mut self, run: &Run) {
        self.play(&run.inputs, run.now);
        self.shown = run.shown;
        self.hints_open = usize::try_from(run.hints).unwrap_or(0);
    }

    /// The data of a share link for what has been done.
    pub fn share(&self) -> String {
        let entries = self.yours.entries().map(|(entry, _)| entry);
        Shared::new(entries, self.yours.elapsed()).encode()
    }

    /// Does what a share link carries.
    pub fn replay(&mut self, shared: &Shared) {
        self.play(&shared.entries(), shared.n);
    }

    fn play(&mut self, entries: &[Entry], now: Millis) {
        self.leave_past_and_demo();
        self.yours.replay(entries, now);
        self.commit();
    }

    fn moment(&self) -> &Moment {
        self.past.as_ref().unwrap_or_else(|| self.timeline().live())
    }

    fn refuse(&self) -> Option<&'static str> {
        if self.demo.is_some() {
            return Some(
                "A demonstration is playing. Stop it first: your own account waits as you left it.",
            );
        }
        let past = "This is the past, and it can only be looked at. Go back to now, or fork here.";
        self.is_past().then_some(past)
    }

    fn leave_past_and_demo(&mut self) {
        self.past = None;
        self.demo = None;
    }

    fn commit(&mut self) {
        self.solved |= self.yours.live().watch.all_met();
    }
}

/// A condition made of several, or about what a role may do: how many of its parts hold is no number that the goal's
/// sentence speaks of.
fn is_whole(when: &Condition) -> bool {
    matches!(when, Condition::All(_) | Condition::May { .. })
}
