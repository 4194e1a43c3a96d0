//! "Show me" and predictions: lines played one at a time in a timeline of their own, beside the learner's.

use crate::cli::Printed;
use crate::lesson::model::{Lesson, Line, Task};
use crate::lesson::solve;

use super::history::History;

/// Lines being played.
#[derive(Clone, Debug)]
pub struct Demo {
    /// The timeline they are played in.
    pub history: History,
    /// What is being played.
    pub title: String,
    /// The lines with their captions.
    pub lines: Vec<Line>,
    /// How many of them have been played.
    pub played: usize,
    /// What they printed.
    pub printed: Vec<Printed>,
}

impl Demo {
    /// A task's solution. `history` is a fresh one of its step.
    pub fn solution(task: &Task, history: History) -> Self {
        Self::new("Show me".to_owned(), task.solution.clone(), history)
    }

    /// The lines that answer a question of a step.
    pub fn question(lesson: &Lesson, step: usize, question: &str) -> Option<Self> {
        let current = lesson.steps.get(step)?;
        let (found, after) = current.questions().find(|(found, _)| found.id == question)?;
        let stage = if after { step + 1 } else { step };
        let cloud = solve::stage(lesson, stage, lesson.seed).ok()?;
        let line = |line: &String| Line { line: line.clone(), caption: None, refused: false };
        let lines = found.run.iter().map(line).collect();
        let history = History::new(cloud, current.goals().into());
        Some(Self::new("What happens".to_owned(), lines, history))
    }

    fn new(title: String, lines: Vec<Line>, history: History) -> Self {
        Self { history, title, lines, played: 0, printed: Vec::new() }
    }

    /// The line that comes next.
    pub fn upcoming(&self) -> Option<&Line> {
        self.lines.get(self.played)
    }

    /// Plays the next line. False at the end.
    pub fn play_next(&mut self) -> bool {
        let Some(line) = self.lines.get_mut(self.played) else { return false };
        // The ids of this timeline's account come into the line, which from now on shows them.
        line.line = solve::fill(&line.line, &self.history.live().cloud).into_owned();
        self.printed.push(self.history.run(&line.line));
        self.played += 1;
        true
    }
}
