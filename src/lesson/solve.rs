//! Playing lessons on a fresh account: where a step begins, what its solution leads to, which option is right.

use std::borrow::Cow;

use serde_json::Value;

use super::condition::{self, Since};
use super::goal::GoalWatch;
use super::model::{Lesson, Question, Right, Task};
use super::path;
use crate::cli::{self, Printed};
use crate::cloud::account::Start;
use crate::cloud::input::Input;
use crate::cloud::{Cloud, Watch};

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

/// The account at the beginning of step number `step` (from 0): the lesson's setup, the steps before with their setups
/// and reference solutions until their goals are met, and the step's own setup. `steps.len()` gives the account after the whole lesson.
pub fn stage(lesson: &Lesson, step: usize, seed: u64) -> Result<Cloud, CannotPlay> {
    let before =
        lesson.steps.get(..step).ok_or_else(|| CannotPlay::NoStep(lesson.id.clone(), step))?;
    let mut cloud = opening(lesson, seed)?;
    for task in before.iter().filter_map(|step| step.task.as_ref()) {
        play(&mut cloud, task.setup.iter())?;
        solve(&mut cloud, task)?;
    }
    if let Some(task) = lesson.steps.get(step).and_then(|step| step.task.as_ref()) {
        play(&mut cloud, task.setup.iter())?;
    }
    Ok(cloud)
}

/// The account before the first step: the lesson's start and setup.
pub fn opening(lesson: &Lesson, seed: u64) -> Result<Cloud, CannotPlay> {
    let mut cloud = Cloud::new(seed, start(&lesson.start)?);
    play(&mut cloud, lesson.setup.iter())?;
    Ok(cloud)
}

/// Plays lines; the first that fails ends it.
pub fn play<'a>(
    cloud: &mut Cloud,
    lines: impl Iterator<Item = &'a String>,
) -> Result<(), CannotPlay> {
    lines.into_iter().try_for_each(|line| must(line, perform(cloud, line, &mut |_| {})))
}

/// Plays a task's solution and lets time pass until its goals are met, for its limit at most. Says how they stand then.
pub fn solve(cloud: &mut Cloud, task: &Task) -> Result<GoalWatch, CannotPlay> {
    let mut goals = GoalWatch::begin(&task.goals, cloud);
    for line in &task.solution {
        let printed = perform(cloud, &line.line, &mut |now| goals.observe(&task.goals, now));
        if !line.refused {
            must(&line.line, printed)?;
        }
        goals.observe(&task.goals, cloud);
    }
    wait(cloud, task, &mut goals, &mut |_| {});
    Ok(goals)
}

/// Lets time pass, moment by moment, until all goals of a task are met, for its limit at most.
pub fn wait(cloud: &mut Cloud, task: &Task, goals: &mut GoalWatch, seen: &mut dyn FnMut(&Cloud)) {
    let end = cloud.now() + task.limit;
    while !task.goals.is_empty() && !goals.all_met() && cloud.now() < end {
        let due = [cloud.next_due(), goals.next_deadline(&task.goals)].into_iter().flatten().min();
        let to = due.unwrap_or(end).clamp(cloud.now() + 1, end);
        cloud.apply(&Input::Advance { to });
        goals.observe(&task.goals, cloud);
        seen(cloud);
    }
}

/// Runs a line of a lesson on an account. What stands in it for an id is filled in.
pub fn run_line(cloud: &mut Cloud, line: &str, seen: Watch<'_>) -> Printed {
    let filled = fill(line, cloud).into_owned();
    cli::run_watched(cloud, &filled, seen)
}

/// The same for a line whose answers nobody reads: who opens a lesson does not wait for their being printed.
fn perform(cloud: &mut Cloud, line: &str, seen: Watch<'_>) -> Printed {
    let filled = fill(line, cloud).into_owned();
    cli::perform(cloud, &filled, seen)
}

/// A line of a lesson with the ids of this account: `{task/1}` stands for the id of the oldest task, `{task/last}` for that
/// of the newest, `{task[group=family:web]/1}` for that of the oldest with this group, `{target-group/1.TargetGroupArn}` for
/// another member than the id. What stands for nothing is left as it is.
pub fn fill<'a>(line: &'a str, cloud: &Cloud) -> Cow<'a, str> {
    if line.contains('{') { fill_in(line, cloud) } else { Cow::Borrowed(line) }
}

#[inline(never)]
fn fill_in<'a>(line: &'a str, cloud: &Cloud) -> Cow<'a, str> {
    let mut filled = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        rest = after;
        let found =
            after.split_once('}').and_then(|(place, rest)| Some((id_of(place, cloud)?, rest)));
        if let Some((id, after_place)) = found {
            filled.push_str(&id);
            rest = after_place;
        } else {
            filled.push('{');
        }
    }
    if filled.is_empty() {
        return Cow::Borrowed(line);
    }
    filled.push_str(rest);
    Cow::Owned(filled)
}

/// What `task/1`, `task/last`, `task[group=family:web]/1` or `load-balancer/1.DNSName` stands for.
fn id_of(place: &str, cloud: &Cloud) -> Option<String> {
    let (which, number) = place.rsplit_once('/')?;
    let which = path::segment(which);
    let kind = condition::kind_of(which.name)?;
    let rows = kind.rows(cloud.account());
    let mut rows = rows.iter().filter(|row| which.is_meant(row));
    let (number, member) = number.split_once('.').unwrap_or((number, kind.id_member()));
    let row = match number {
        "last" => rows.next_back(),
        number => rows.nth(number.parse::<usize>().ok()?.checked_sub(1)?),
    };
    row?.get(member).and_then(Value::as_str).map(str::to_owned)
}

fn must(line: &str, printed: Printed) -> Result<(), CannotPlay> {
    if printed.status == 0 {
        return Ok(());
    }
    let said = printed.stderr.trim().to_owned();
    Err(CannotPlay::Line { line: line.to_owned(), said })
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
        run_line(&mut cloud, line, &mut |_| {});
    }
    let right = |right: &Right| match right {
        Right::When(condition) => condition::evaluate(condition, &cloud, asked).done,
        Right::Said(said) => *said,
    };
    let options = question.options.iter().enumerate();
    options.filter(|(_, option)| right(&option.right)).map(|(number, _)| number).collect()
}

/// The start of a name.
pub fn start(name: &str) -> Result<Start, CannotPlay> {
    match name {
        "empty" => Ok(Start::Empty),
        "default-vpc" => Ok(Start::DefaultVpc),
        other => Err(CannotPlay::NoStart(other.to_owned())),
    }
}
