//! Playing lessons on a fresh account: where a step begins, what its solution leads to, which option is right.

use super::condition::{self, Since};
use super::model::{Lesson, Question, Right, Step};
use crate::cli;
use crate::cloud::Cloud;
use crate::cloud::account::Start;

/// The seed of the sandbox's account.
pub const SANDBOX_SEED: u64 = 1;

/// A line of a lesson that could not be played.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotPlay {
    /// There is no such step.
    #[error("lesson `{0}` has no step number {1}")]
    NoStep(String, usize),
    /// The lesson names a start that the simulator does not have.
    #[error("there is no start `{0}`: use `default-vpc` or `empty`")]
    NoStart(String),
    /// A line failed.
    #[error("`{line}` failed: {said}")]
    Line {
        /// The line.
        line: String,
        /// What it printed on its error output.
        said: String,
    },
}

/// The account at the beginning of step number `step` (from 0): the lesson's setup, the reference solutions of the steps
/// before, and the step's own setup. `steps.len()` gives the account after the whole lesson.
pub fn stage(lesson: &Lesson, step: usize, seed: u64) -> Result<Cloud, CannotPlay> {
    let before =
        lesson.steps.get(..step).ok_or_else(|| CannotPlay::NoStep(lesson.id.clone(), step))?;
    let mut cloud = Cloud::new(seed, start(&lesson.start)?);
    play(&mut cloud, lesson.setup.iter())?;
    for step in before {
        play(&mut cloud, setup(step))?;
        play(&mut cloud, solution(step))?;
    }
    if let Some(step) = lesson.steps.get(step) {
        play(&mut cloud, setup(step))?;
    }
    Ok(cloud)
}

/// Plays lines; the first that fails ends it.
pub fn play<'a>(
    cloud: &mut Cloud,
    lines: impl Iterator<Item = &'a String>,
) -> Result<(), CannotPlay> {
    for line in lines {
        let printed = cli::run(cloud, line);
        if printed.status != 0 {
            let said = printed.stderr.trim().to_owned();
            return Err(CannotPlay::Line { line: line.clone(), said });
        }
    }
    Ok(())
}

/// The number of the one right option of a question, found by running the question's lines. None if there is no such
/// question or not exactly one option is right.
pub fn right_option(lesson: &Lesson, step: usize, question: &str) -> Option<u32> {
    let questions = lesson.steps.get(step)?.questions();
    let (question, after) = { questions }.find(|(found, _)| found.id == question)?;
    let staged = stage(lesson, if after { step + 1 } else { step }, lesson.seed).ok()?;
    match right_options(staged, question).as_slice() {
        [only] => u32::try_from(*only).ok(),
        _ => None,
    }
}

/// The numbers of all right options of a question that is asked at `cloud`.
pub fn right_options(mut cloud: Cloud, question: &Question) -> Vec<usize> {
    let asked = Since::now(&cloud);
    for line in &question.run {
        // A line of a question may fail: that can be the answer.
        cli::run(&mut cloud, line);
    }
    let right = |right: &Right| match right {
        Right::When(condition) => condition::evaluate(condition, &cloud, asked).done,
        Right::Said(said) => *said,
    };
    let options = question.options.iter().enumerate();
    options.filter(|(_, option)| right(&option.right)).map(|(number, _)| number).collect()
}

fn start(name: &str) -> Result<Start, CannotPlay> {
    match name {
        "empty" => Ok(Start::Empty),
        "default-vpc" => Ok(Start::DefaultVpc),
        other => Err(CannotPlay::NoStart(other.to_owned())),
    }
}

fn setup(step: &Step) -> impl Iterator<Item = &String> {
    step.task.iter().flat_map(|task| task.setup.iter())
}

fn solution(step: &Step) -> impl Iterator<Item = &String> {
    step.task.iter().flat_map(|task| task.solution.iter().map(|line| &line.line))
}
