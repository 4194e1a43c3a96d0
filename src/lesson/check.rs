//! Replays lessons and checks what only the simulator can tell: that goals are open, that the solution meets them and
//! nothing less does, that wrong ways are answered, that questions have one right answer.

use std::collections::BTreeSet;

use super::condition::{Since, evaluate};
use super::fields;
use super::goal::GoalWatch;
use super::model::{Condition, Html, Lesson, Question, Right, Step, Task};
use super::solve::{self, right_options, run_line};
use super::source::{self, Course, Located, Problem, SETUP, Sort};
use crate::cli::{self, Printed};
use crate::cloud::Cloud;

/// How many seeds a solution must work for.
const SEEDS: u64 = 8;

/// What was found in one step.
#[derive(Clone, Debug)]
pub struct Checked {
    /// `lesson/step`.
    pub step: String,
    /// The step's title.
    pub title: String,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

/// Whether a line can be made by taps in a step, in the account it comes to; the error says what is missing. The command
/// builder is above this layer, so it is handed in.
pub type CanTap<'a> = &'a dyn Fn(&Lesson, &Step, &str, &Cloud) -> Result<(), String>;

/// Replays a lesson and hands over what was found, step by step.
pub fn lesson(located: &Located, can_tap: CanTap<'_>, each: &mut dyn FnMut(Checked)) {
    let lesson = &located.lesson;
    let mut tracks = Vec::new();
    let mut broken = None;
    for more in 0..SEEDS {
        match solve::opening(lesson, lesson.seed.wrapping_add(more)) {
            Ok(cloud) => tracks.push(cloud),
            Err(error) => broken = Some((SETUP, format!("the lesson's setup: {error}"))),
        }
    }
    for step in &lesson.steps {
        let mut checker = Checker { located, step, can_tap, problems: Vec::new() };
        if let Some((part, what)) = &broken {
            let part = if part.is_empty() { &step.id } else { *part };
            checker.problems.push(located.problem(part, what.clone()));
        } else if let Err(what) = checker.step(&mut tracks) {
            checker.fail("task", what);
            broken = Some(("", format!("not reached, because `{}` cannot be solved", step.id)));
        }
        let step_name = format!("{}/{}", lesson.id, step.id);
        let (title, problems) = (step.title.clone(), checker.problems);
        each(Checked { step: step_name, title, problems });
    }
}

/// Points of the syllabus that a lesson should cover and that no step teaches or practises.
pub fn coverage(course: &Course, located: &Located) -> Vec<Problem> {
    let steps = || course.lessons.iter().flat_map(|located| &located.lesson.steps);
    let tasks = || steps().filter_map(|step| step.task.as_ref());
    let taught: BTreeSet<&String> = tasks().flat_map(|task| &task.teaches).collect();
    let in_questions =
        steps().flat_map(|step| step.questions()).flat_map(|(asked, _)| &asked.practises);
    let mut practised: BTreeSet<&String> = tasks().flat_map(|task| &task.practises).collect();
    practised.extend(in_questions);
    practised
        .extend(course.lessons.iter().flat_map(|at| &at.exam).flat_map(|asked| &asked.practises));
    let of_lesson =
        |id: &str| id.rsplit_once('-').is_some_and(|(name, _)| name == located.lesson.id);
    let mut problems = Vec::new();
    for point in course.syllabus.iter().filter(|point| of_lesson(&point.id)) {
        for (list, verb) in [(&taught, "teaches"), (&practised, "practises")] {
            if !list.contains(&point.id) {
                let what = format!("no step {verb} `{}`: {}", point.id, point.say);
                problems.push(located.problem("", what));
            }
        }
    }
    problems
}

struct Checker<'a> {
    located: &'a Located,
    step: &'a Step,
    can_tap: CanTap<'a>,
    problems: Vec<Problem>,
}

/// What came of some lines in a step.
struct Tried {
    cloud: Cloud,
    goals: GoalWatch,
    /// The mistakes whose sentence was shown.
    shown: BTreeSet<usize>,
    /// The lines that failed.
    failed: Vec<(usize, Printed)>,
}

impl Checker<'_> {
    /// Checks the step and moves every track to its end. An error: the step cannot be solved.
    fn step(&mut self, tracks: &mut [Cloud]) -> Result<(), String> {
        let pointers = self.names();
        let step = self.step;
        if let Some(task) = &step.task {
            for cloud in tracks.iter_mut() {
                solve::play(cloud, task.setup.iter()).map_err(|error| error.to_string())?;
            }
        }
        self.questions(tracks, false);
        let start = tracks.first().cloned();
        if let Some(task) = &step.task {
            if let Some(start) = tracks.first() {
                self.start(task, start);
                self.prefixes(task, start);
                self.mistakes(task, start);
            }
            for cloud in tracks.iter_mut() {
                *cloud = self.solution(task, cloud)?;
            }
        }
        self.questions(tracks, true);
        self.pointed(&pointers, [start.as_ref(), tracks.first()]);
        Ok(())
    }

    /// What the words of a step point at is there when it begins, or when it is solved.
    fn pointed(&mut self, pointers: &[(String, String)], moments: [Option<&Cloud>; 2]) {
        for (part, target) in pointers {
            let place = format!("{{{target}}}");
            let there = |cloud: &Cloud| *solve::fill(&place, cloud) != *place;
            if !moments.into_iter().flatten().any(there) {
                let what = format!(
                    "nothing is at `focus:{target}`, expected something that is there at the \
                     step's start or end"
                );
                self.fail(part, what);
            }
        }
    }

    /// Kinds, fields, operations; and what is pointed at, each with the part that does.
    fn names(&mut self) -> Vec<(String, String)> {
        let mut pointers = Vec::new();
        let step = self.step;
        for (question, _) in step.questions() {
            let part = format!("question/{}", question.id);
            for option in &question.options {
                if let Right::When(condition) = &option.right {
                    self.condition(&part, condition);
                }
            }
        }
        // Where a wrong way leads other things may be there: of these words only the kinds are checked.
        let mut astray = Vec::new();
        for said in source::texts(step) {
            let found = if said.sort == Sort::Astray { &mut astray } else { &mut pointers };
            self.pointers(&said.part, said.html, found);
        }
        let Some(task) = &step.task else { return pointers };
        for goal in &task.goals {
            let part = format!("goal/{}", goal.id);
            self.condition(&part, &goal.when);
            let kind = goal.ghost.as_ref().and_then(|ghost| fields::unknown_kind(&ghost.kind));
            self.fail_all(&part, kind);
        }
        let known = |name: &String| cli::fault_words().any(|(word, _)| word == name);
        for name in task.faults.iter().filter(|name| !known(name)) {
            let words: Vec<&str> = cli::fault_words().map(|(word, _)| word).collect();
            let words = words.join(", ");
            self.fail("task", format!("unknown `{name}`, expected a fault: {words}"));
        }
        for (number, mistake) in task.mistakes.iter().enumerate() {
            self.condition(&format!("mistake/{number}"), &mistake.when);
        }
        for hint in &task.hints {
            if let Some(focus) = &hint.focus {
                self.pointer("task", focus, &mut pointers);
            }
        }
        pointers
    }

    fn condition(&mut self, part: &str, condition: &Condition) {
        self.fail_all(part, fields::unknown(condition));
    }

    fn pointers(&mut self, part: &str, html: &Html, found: &mut Vec<(String, String)>) {
        for target in html.0.split("data-focus=\"").skip(1) {
            self.pointer(part, target.split('"').next().unwrap_or(""), found);
        }
    }

    fn pointer(&mut self, part: &str, target: &str, found: &mut Vec<(String, String)>) {
        match fields::unknown_kind(target.split('/').next().unwrap_or("")) {
            Some(unknown) => self.fail(part, unknown),
            None => found.push((part.to_owned(), target.to_owned())),
        }
    }

    fn start(&mut self, task: &Task, start: &Cloud) {
        if GoalWatch::begin(&task.goals, start).all_met() {
            self.fail("task", "all goals are met at the start, expected one that is open");
        }
        for number in shown(task, start, Since::now(start)) {
            self.fail(&format!("mistake/{number}"), "is shown at the start already");
        }
    }

    /// The solution meets all goals, fails nowhere, shows no mistake, and can be done by taps.
    fn solution(&mut self, task: &Task, start: &Cloud) -> Result<Cloud, String> {
        let lines: Vec<&str> = task.solution.iter().map(|line| line.line.as_str()).collect();
        let (lesson, step, can_tap) = (&self.located.lesson, self.step, self.can_tap);
        let tried = tried(start, task, &lines, &mut |number, line, cloud| {
            let filled = solve::fill(line, cloud);
            if let Err(what) = can_tap(lesson, step, &filled, cloud) {
                let what = format!("cannot be done by taps: {what}");
                self.fail(&format!("solution/{number}"), what);
            }
        });
        for (number, line) in task.solution.iter().enumerate() {
            let failed = tried.failed.iter().find(|(failed, _)| *failed == number);
            let part = format!("solution/{number}");
            match failed {
                Some((_, printed)) if !line.refused => {
                    self.fail(&part, format!("the line failed: {}", printed.stderr.trim()));
                    return Err("a line of the solution failed".to_owned());
                }
                None if line.refused => {
                    self.fail(&part, "the line is `refused`, expected that AWS refuses it");
                }
                _ => {}
            }
        }
        for number in tried.shown {
            self.fail(&format!("mistake/{number}"), "is shown on the way of the solution");
        }
        if task.goals.is_empty() || tried.goals.all_met() {
            return Ok(tried.cloud);
        }
        for (goal, standing) in task.goals.iter().zip(tried.goals.standings()) {
            if !standing.met() {
                let now = standing.progress;
                let what = format!(
                    "the goal is not met after the solution and {} s: {} of {}",
                    task.limit / 1_000,
                    now.got,
                    now.want
                );
                self.fail(&format!("goal/{}", goal.id), what);
            }
        }
        Err("the solution does not meet all goals".to_owned())
    }

    /// Nothing less than the whole solution is enough.
    fn prefixes(&mut self, task: &Task, start: &Cloud) {
        for length in 0..task.solution.len() {
            let part: Vec<&str> =
                task.solution.iter().take(length).map(|line| line.line.as_str()).collect();
            if tried(start, task, &part, &mut |_, _, _| {}).goals.all_met() {
                let what =
                    format!("the first {length} lines of the solution meet all goals already");
                self.fail(&format!("solution/{length}"), what);
            }
        }
    }

    /// Each wrong way leaves the step unsolved and shows its own sentence and no other.
    fn mistakes(&mut self, task: &Task, start: &Cloud) {
        for (number, mistake) in task.mistakes.iter().enumerate() {
            let part = format!("mistake/{number}");
            let lines: Vec<&str> = mistake.attempt.iter().map(String::as_str).collect();
            let tried = tried(start, task, &lines, &mut |_, _, _| {});
            for (number, printed) in &tried.failed {
                self.slip(&part, lines.get(*number).copied().unwrap_or_default(), printed);
            }
            if tried.goals.all_met() {
                self.fail(&part, "the wrong way solves the step");
            }
            if !tried.shown.contains(&number) {
                self.fail(&part, "its own attempt does not show it");
            }
            for other in tried.shown.iter().filter(|other| **other != number) {
                self.fail(&part, format!("its attempt shows mistake number {} as well", other + 1));
            }
        }
    }

    /// Exactly one option is right, and the same one for every seed.
    fn questions(&mut self, tracks: &[Cloud], after: bool) {
        let step = self.step;
        for (question, _) in step.questions().filter(|(_, closing)| *closing == after) {
            let answers: BTreeSet<Vec<usize>> =
                tracks.iter().map(|cloud| right_options(cloud.clone(), question)).collect();
            if let Some(cloud) = tracks.first() {
                self.lines(question, cloud.clone());
            }
            self.one_right(question, &answers);
        }
    }

    /// AWS may refuse a line of a question: that can be the answer. A slip of the pen cannot.
    fn lines(&mut self, question: &Question, mut cloud: Cloud) {
        for line in &question.run {
            let printed = run_line(&mut cloud, line, &mut |_| {});
            self.slip(&format!("question/{}", question.id), line, &printed);
        }
    }

    fn slip(&mut self, part: &str, line: &str, printed: &Printed) {
        /// The exit statuses of a shell, of the AWS CLI and of Docker for words that they do not know.
        const SLIPS: [i32; 4] = [2, 125, 127, 252];
        if SLIPS.contains(&printed.status) {
            self.fail(part, format!("`{line}` cannot be run: {}", printed.stderr.trim()));
        }
    }

    fn one_right(&mut self, question: &Question, answers: &BTreeSet<Vec<usize>>) {
        let part = format!("question/{}", question.id);
        match answers.iter().map(Vec::as_slice).collect::<Vec<_>>().as_slice() {
            [[_]] => {}
            [[]] => self.fail(&part, "no option is right, expected exactly one"),
            [several] => {
                let what = format!("{} options are right, expected exactly one", several.len());
                self.fail(&part, what);
            }
            _ => self.fail(&part, "the right option changes with the seed"),
        }
    }

    fn fail_all(&mut self, part: &str, problems: impl IntoIterator<Item = String>) {
        for what in problems {
            self.fail(part, what);
        }
    }

    fn fail(&mut self, part: &str, what: impl Into<String>) {
        let place = format!("{}/{part}", self.step.id);
        let problem = self.located.problem(place.trim_end_matches('/'), what);
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

/// Runs lines in a step and waits as long as the task allows. `before` sees each line with the account it comes to.
fn tried(
    start: &Cloud,
    task: &Task,
    lines: &[&str],
    before: &mut dyn FnMut(usize, &str, &Cloud),
) -> Tried {
    let mut cloud = start.clone();
    let mut goals = GoalWatch::begin(&task.goals, &cloud);
    let since = goals.since();
    let (mut mistakes, mut failed) = (BTreeSet::new(), Vec::new());
    for (number, line) in lines.iter().enumerate() {
        before(number, line, &cloud);
        let mut look = |now: &Cloud| {
            goals.observe(&task.goals, now);
            if !goals.all_met() {
                mistakes.extend(shown(task, now, since));
            }
        };
        let printed = run_line(&mut cloud, line, &mut look);
        look(&cloud);
        if printed.status != 0 {
            failed.push((number, printed));
        }
    }
    let mut late = BTreeSet::new();
    solve::wait(&mut cloud, task, &mut goals, &mut |now| late.extend(shown(task, now, since)));
    mistakes.extend(late);
    Tried { cloud, goals, shown: mistakes, failed }
}

/// The numbers of the mistakes that an account shows.
fn shown(task: &Task, cloud: &Cloud, since: Since) -> Vec<usize> {
    let mistakes = task.mistakes.iter().enumerate();
    let made = mistakes.filter(|(_, mistake)| evaluate(&mistake.when, cloud, since).done);
    made.map(|(number, _)| number).collect()
}
