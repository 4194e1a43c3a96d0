//! The lesson compiler: Markdown with TOML in it to [`Lesson`]. Used by build.rs, by the laboratory and by tests, and
//! never part of the page.
//!
//! It finds every mistake that needs no simulator, and says where: `lessons/02-ecs.md:41: what, what was expected`.

mod complete;
mod condition;
mod house;
mod html;
mod names;
mod page;
mod said;
mod step;
mod text;
mod writer;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::lesson::model::{Lesson, Point, Question, Term};
pub use names::Names;
pub use said::{Said, Sort, texts};

/// A mistake in a lesson's source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// What is wrong, and what was expected.
    pub what: String,
}

/// Everything in `lessons/`, compiled.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// The lessons in order.
    pub lessons: Vec<Located>,
    /// The glossary in order.
    pub glossary: Vec<Term>,
    /// The points of the syllabus.
    pub syllabus: Vec<Point>,
}

/// A lesson with the lines of its parts.
#[derive(Clone, Debug)]
pub struct Located {
    /// The lesson.
    pub lesson: Lesson,
    /// Questions in the manner of an examination, for review. The page does not ask them yet.
    pub exam: Vec<Question>,
    /// Its file.
    pub file: String,
    places: BTreeMap<String, u32>,
}

/// A file with its text.
#[derive(Clone, Debug)]
pub struct File {
    /// As it is to be named in problems.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// The part that is the lesson's own setup. No step has such an id.
pub const SETUP: &str = "+setup";
/// The part that is the lesson's front matter.
pub const FRONT: &str = "+front";
/// The part that names the lessons before it.
pub const NEEDS: &str = "+needs";

impl Located {
    /// A problem at a part: [`SETUP`], [`FRONT`], [`NEEDS`], `step`, `step/goal/id`, `step/solution/0`, `step/mistake/0` or `step/question/id`. A part
    /// without a line of its own stands at its step.
    pub fn problem(&self, part: &str, what: impl Into<String>) -> Problem {
        let step = part.split('/').next().unwrap_or(part);
        let line = self.places.get(part).or_else(|| self.places.get(step)).copied();
        Problem { file: self.file.clone(), line: line.unwrap_or(1), what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// Compiles the lessons of a folder with its glossary, sources and syllabus. A file of `instead` takes the place of the
/// folder's lesson of the same name, or is added.
pub fn read(folder: &Path, instead: &[PathBuf]) -> Result<Course, Vec<Problem>> {
    let beside = |name: &str| open(&folder.join(name));
    let shared = [beside("glossary.toml")?, beside("sources.toml")?, beside("syllabus.toml")?];
    let mut paths = BTreeMap::new();
    for path in lesson_files(folder)?.iter().chain(instead) {
        paths.insert(path.file_name().map(OsStr::to_owned), path.clone());
    }
    let lessons = paths.values().map(|path| open(path)).collect::<Result<Vec<File>, _>>()?;
    compile(&shared, &lessons)
}

/// Compiles lessons from texts. `shared` is the glossary, the sources and the syllabus.
pub fn compile(shared: &[File; 3], lessons: &[File]) -> Result<Course, Vec<Problem>> {
    let mut problems = Vec::new();
    let [glossary, sources, syllabus] = shared;
    let names = Names::read(glossary, sources, syllabus, &mut problems);
    if !problems.is_empty() {
        // Every name that a lesson takes from there would be unknown now.
        problems.sort();
        return Err(problems);
    }
    let mut course = Course { syllabus: names.points(), ..Course::default() };
    for file in lessons {
        course.lessons.extend(step::lesson(file, &names, &mut problems));
    }
    course.lessons.sort_by_key(|located| located.lesson.number);
    course.glossary = names.glossary(&course, &mut problems);
    house::check(&course, &mut problems);
    problems.sort();
    problems.dedup();
    if problems.is_empty() { Ok(course) } else { Err(problems) }
}

fn open(path: &Path) -> Result<File, Vec<Problem>> {
    let text = std::fs::read_to_string(path).map_err(|error| unread(path, &error))?;
    // Some editors mark a file as UTF-8.
    let text = text.trim_start_matches('\u{feff}').to_owned();
    Ok(File { name: path.display().to_string(), text })
}

/// The lessons of a folder: the files whose names begin with a number of two digits.
fn lesson_files(folder: &Path) -> Result<Vec<PathBuf>, Vec<Problem>> {
    let entries = std::fs::read_dir(folder).map_err(|error| unread(folder, &error))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unread(folder, &error))?.path();
        if page::number_and_id(&path.to_string_lossy()).is_some() {
            paths.push(path);
        }
    }
    Ok(paths)
}

fn unread(path: &Path, error: &std::io::Error) -> Vec<Problem> {
    let what = format!("{error}, expected a file that can be read");
    vec![Problem { file: path.display().to_string(), line: 1, what }]
}
