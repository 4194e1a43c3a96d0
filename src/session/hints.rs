//! What helps a learner on: hints, solutions that are played, questions that the simulator answers.

use super::Session;
use super::demo::Demo;
use super::save::Answer;
use crate::lesson::model::Hint;
use crate::lesson::solve;

impl Session {
    /// Opens the next hint.
    pub fn hint(&mut self) -> Option<&Hint> {
        let rungs = self.current()?.task.as_ref()?.hints.len();
        self.hints_open = (self.hints_open + 1).min(rungs);
        self.hints().last()
    }

    /// The hints opened so far.
    pub fn hints(&self) -> &[Hint] {
        let all = self.current().and_then(|step| step.task.as_ref()).map_or(&[][..], |t| &t.hints);
        all.get(..self.hints_open).unwrap_or(all)
    }

    /// Plays the step's solution, one line at a time, in a timeline of its own. The step then counts as seen.
    pub fn show_me(&mut self) {
        let Some(task) = self.current().and_then(|step| step.task.as_ref()) else { return };
        let demo = Demo::solution(task, self.yours.fresh());
        self.past = None;
        self.shown = true;
        self.demo = Some(demo);
    }

    /// Plays the lines of a question of this step, in a timeline of their own.
    pub fn watch(&mut self, question: &str) {
        let Some(scene) = &self.scene else { return };
        if let Some(demo) = Demo::question(&scene.lesson, scene.step, question) {
            self.past = None;
            self.demo = Some(demo);
        }
    }

    /// What is being played.
    pub fn demo(&self) -> Option<&Demo> {
        self.demo.as_ref()
    }

    /// Plays the next line of the demo. False at its end.
    pub fn demo_next(&mut self) -> bool {
        self.past = None;
        self.demo.as_mut().is_some_and(Demo::play_next)
    }

    /// Ends the demo: the learner's own timeline is shown again.
    pub fn demo_stop(&mut self) {
        self.past = None;
        self.demo = None;
    }

    /// The option of a question of this step that is right.
    pub fn right_option(&self, question: &str) -> Option<u32> {
        let scene = self.scene.as_ref()?;
        solve::right_option(&scene.lesson, scene.step, question)
    }

    /// Judges an answer to a question of this step by running the simulator.
    pub fn answer(&self, question: &str, option: u32, confidence: Option<u8>) -> Option<Answer> {
        let right = self.right_option(question)?;
        Some(Answer { option, right: right == option, confidence })
    }
}
