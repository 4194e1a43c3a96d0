//! What a lesson's lines talk about: values for the chips, and which of them help in this step.

use std::sync::OnceLock;

use serde_json::Value;

use crate::cli;
use crate::cloud::api::cli_name;
use crate::cloud::input::Call;
use crate::cloud::sort;
use crate::lesson::model::{Lesson, Step};

/// Stands for what the account itself fills in.
const AN_ID: char = '\u{fffc}';

/// Words in lines that call an operation of another name than their verb.
const OTHER_NAMES: &[&str] = &["wait", "s3", "tail", "get-login-password"];

/// Words and values that a step's lines use: what helps stands first, and names need not be typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hints {
    /// Beginnings of the step's own lines: `aws ecs run-task`, `wait`.
    pub heads: Vec<String>,
    /// Lines that are no calls, as words.
    pub words: Vec<Vec<String>>,
    calls: Vec<Line>,
}

/// A line that calls AWS.
#[derive(Clone, Debug)]
struct Line {
    text: String,
    words: Vec<String>,
    /// It is one of the step's own.
    own: bool,
    /// What it fills in, by operation and path: `RunTask/taskDefinition`. Read when its operation is asked for: a lesson
    /// has a hundred lines, and whoever builds one asks for one operation.
    given: OnceLock<Vec<Given>>,
}

/// A part of a call, and a value for it.
type Given = (String, Option<Value>);

impl Hints {
    /// What a step talks about. Its lesson's other lines add names, so that a chip alone gives nothing away. In a
    /// challenge the way is the learner's to find: verbs and flags stand in their usual places there.
    pub fn of(lesson: &Lesson, step: &Step) -> Self {
        let mut hints = Self::default();
        if let Some(task) = step.task.as_ref().filter(|task| !task.challenge) {
            task.solution.iter().for_each(|line| hints.learn(&line.line, true));
        }
        for line in &lesson.lines {
            hints.learn(line, false);
        }
        hints
    }

    /// Takes in one line. Lines of the step itself put their verb and their flags first.
    pub fn learn(&mut self, line: &str, own: bool) {
        let text = without_ids(line);
        let words = shlex::split(&text).unwrap_or_default();
        let Some(first) = words.first() else { return };
        let is_call = first == "aws";
        let verbs = match words.get(2) {
            _ if !is_call => 1,
            Some(word) if word == "wait" => 4,
            _ => 3,
        };
        let head = words.iter().take(verbs).cloned().collect::<Vec<_>>().join(" ");
        if own && !self.heads.contains(&head) {
            self.heads.push(head);
        }
        if is_call {
            self.calls.push(Line { text, words, own, given: OnceLock::new() });
        } else {
            self.words.push(words);
        }
    }

    /// The values that lines give to a part, not in the order in which the lines use them.
    pub(super) fn values(&self, path: &str) -> Vec<Value> {
        let given = self.calls.iter().flat_map(|line| line.given(path));
        different(given.filter_map(|(_, value)| value.as_ref()))
    }

    /// The queries that lines put to answers, as [`Hints::values`].
    pub(super) fn queries(&self) -> Vec<Value> {
        let pairs = self.calls.iter().flat_map(|line| line.words.windows(2));
        let queries = pairs.filter_map(|pair| match pair {
            [flag, query] if flag == "--query" => Some(Value::from(query.as_str())),
            _ => None,
        });
        different(queries.collect::<Vec<_>>().iter())
    }

    /// Whether the step's own lines fill a part in.
    pub(super) fn wants(&self, path: &str) -> bool {
        self.calls.iter().any(|line| line.own && line.given(path).next().is_some())
    }
}

impl Line {
    /// What the line says on a part; nothing if it calls another operation than the path is of.
    fn given<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a Given> {
        let operation = path.split('/').next().unwrap_or(path);
        let verb = cli_name(operation);
        let may_call = |word: &String| *word == verb || OTHER_NAMES.contains(&word.as_str());
        let all = if self.words.iter().any(may_call) { self.read() } else { &[] };
        all.iter().filter(move |(known, _)| known == path)
    }

    fn read(&self) -> &[Given] {
        self.given.get_or_init(|| {
            let (_, calls, _) = cli::rehearse(&self.text, Vec::new());
            calls.first().map_or_else(Vec::new, parts)
        })
    }
}

/// Lines are told apart by their text; whether one was read already says nothing of it.
impl PartialEq for Line {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.own == other.own
    }
}

/// Each value once.
fn different<'a>(values: impl Iterator<Item = &'a Value>) -> Vec<Value> {
    let mut different: Vec<Value> = Vec::new();
    for value in values {
        if !different.contains(value) {
            different.push(value.clone());
        }
    }
    sort::by_key(&mut different, Value::to_string);
    different
}

/// Every part of a call with its path.
fn parts(call: &Call) -> Vec<Given> {
    let mut parts = Vec::new();
    let mut open = vec![(call.operation.to_string(), &*call.input)];
    while let Some((path, value)) = open.pop() {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    // An entry of a map is opened by its name.
                    parts.push((path.clone(), Some(Value::from(name.as_str()))));
                    open.push((format!("{path}/{name}"), value));
                }
                parts.push((path, None));
            }
            Value::Array(items) => {
                open.extend(items.iter().map(|item| (path.clone(), item)));
                parts.push((path, None));
            }
            // What stands for an id of the account is in the account already.
            Value::String(text) if text.contains(AN_ID) => parts.push((path, None)),
            value => parts.push((path, Some(value.clone()))),
        }
    }
    parts
}

/// A lesson's line with a mark where an id of the account stands: `{task/1}`, `{target-group/1.TargetGroupArn}`.
fn without_ids(line: &str) -> String {
    let mut without = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('{') {
        without.push_str(before);
        let place = after.split_once('}').filter(|(place, _)| {
            place.contains('/')
                && !place.contains('{')
                && place.starts_with(|first: char| first.is_ascii_lowercase())
        });
        if let Some((_, after)) = place {
            without.push(AN_ID);
            rest = after;
        } else {
            without.push('{');
            rest = after;
        }
    }
    without + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::library;

    #[test]
    fn a_line_is_read_for_every_operation_that_it_calls() {
        let mut calls = 0;
        for head in library::lessons() {
            let lesson = library::embedded(&head.id).unwrap();
            for line in lesson.steps.iter().flat_map(|step| Hints::of(&lesson, step).calls) {
                let (_, called, _) = cli::rehearse(&line.text, Vec::new());
                let Some(call) = called.first() else { continue };
                assert!(line.given(&call.operation).next().is_some(), "{}", line.text);
                calls += 1;
            }
        }
        assert!(calls > 100, "{calls}");
    }
}
