//! `lab check`: compiles lessons, replays them, one line a step.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};

use crate::cloud::Cloud;
use crate::lesson::check::{self, Checked};
use crate::lesson::model::{Block, Lesson, Step};
use crate::lesson::source::{self, Course, Located, Problem};
use crate::session::view::builder::{self, Hints};

/// Where a lesson outside any folder of lessons finds glossary, sources and syllabus.
const HOME: &str = "lessons";

/// Checks every lesson of the paths. The exit status is 1 if anything is wrong.
pub(super) fn run(paths: &[PathBuf], out: &mut dyn Write) -> io::Result<u8> {
    let mut tally = Tally::default();
    for path in paths {
        match compile(path) {
            Ok((course, wanted)) => {
                let lessons = course.lessons.iter().filter(|located| wanted(&located.file));
                for located in lessons {
                    replay(&course, located, &mut tally, out)?;
                }
            }
            Err(problems) => {
                for problem in &problems {
                    writeln!(out, "{problem}")?;
                }
                tally.failed += problems.len();
            }
        }
    }
    tally.close(out)
}

type Wanted = Box<dyn Fn(&str) -> bool>;

/// The course, and which of its files were asked for.
fn compile(path: &Path) -> Result<(Course, Wanted), Vec<Problem>> {
    if path.is_dir() {
        return Ok((source::read(path, &[])?, Box::new(|_| true)));
    }
    // A file that is named without a folder lies in this one.
    let parent = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = parent.unwrap_or(Path::new("."));
    let has_course = folder.join("syllabus.toml").is_file();
    let course =
        source::read(if has_course { folder } else { Path::new(HOME) }, &[path.to_owned()])?;
    let wanted = path.display().to_string();
    Ok((course, Box::new(move |file| file == wanted)))
}

fn replay(
    course: &Course,
    located: &Located,
    tally: &mut Tally,
    out: &mut dyn Write,
) -> io::Result<()> {
    // Drawn on a terminal only.
    let bar = ProgressBar::new(located.lesson.steps.len() as u64);
    let style = ProgressStyle::with_template("{wide_bar} {pos} of {len} {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(located.lesson.id.clone());
    let mut written = Ok(());
    let before = tally.failed;
    check::lesson(located, &can_tap, &mut |checked| {
        if written.is_ok() {
            written = bar.suspend(|| write_step(&checked, out));
        }
        tally.count(&checked);
        bar.inc(1);
    });
    bar.finish_and_clear();
    written?;
    let uncovered = check::coverage(course, located);
    for problem in &uncovered {
        writeln!(out, "{problem}")?;
    }
    tally.failed += uncovered.len();
    tally.rows.push(row(located, tally.failed - before));
    Ok(())
}

/// By the page's own command builder, with what it offers in this step.
fn can_tap(lesson: &Lesson, step: &Step, line: &str, cloud: &Cloud) -> Result<(), String> {
    builder::taps_for(line, cloud, &Hints::of(lesson, step)).map(|_| ())
}

fn write_step(checked: &Checked, out: &mut dyn Write) -> io::Result<()> {
    let word = if checked.problems.is_empty() { "ok  " } else { "FAIL" };
    writeln!(out, "{word} {}: {}", checked.step, checked.title)?;
    checked.problems.iter().try_for_each(|problem| writeln!(out, "{problem}"))
}

/// What was found so far.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    rows: Vec<[String; 6]>,
}

impl Tally {
    fn count(&mut self, checked: &Checked) {
        if checked.problems.is_empty() {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
    }

    fn close(mut self, out: &mut dyn Write) -> io::Result<u8> {
        let head = ["lesson", "steps", "goals", "questions", "words", "failed"];
        self.rows.insert(0, head.map(str::to_owned));
        writeln!(out)?;
        for [lesson, rest @ ..] in &self.rows {
            write!(out, "{lesson:<14}")?;
            rest.iter().try_for_each(|cell| write!(out, "{cell:>11}"))?;
            writeln!(out)?;
        }
        writeln!(out, "{} passed, {} failed", self.passed, self.failed)?;
        Ok(u8::from(self.failed > 0))
    }
}

fn row(located: &Located, failed: usize) -> [String; 6] {
    let lesson = &located.lesson;
    let goals: usize = lesson.steps.iter().map(|step| step.goals().len()).sum();
    let questions: usize = lesson.steps.iter().map(|step| step.questions().count()).sum();
    let questions = questions + located.exam.len();
    let counts = [lesson.steps.len(), goals, questions, words(lesson), failed];
    let [steps, goals, questions, words, failed] = counts.map(|count| count.to_string());
    [lesson.id.clone(), steps, goals, questions, words, failed]
}

/// The words of the prose, without questions and tasks.
fn words(lesson: &Lesson) -> usize {
    let blocks = lesson.steps.iter().flat_map(|step| step.blocks.iter().chain(&step.closing));
    let count = |block: &Block| match block {
        Block::Prose(html) => html.text().split_whitespace().count(),
        Block::Note(note) => note.say.text().split_whitespace().count(),
        Block::Predict(_) | Block::Recall(_) => 0,
    };
    blocks.map(count).sum()
}
