//! A lesson file to a [`Lesson`]: front matter, steps, blocks.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::names::Names;
use super::page::{self, Chunk, Part, StepText};
use super::text::{
    GoalText, HintText, LessonText, LineText, MistakeText, NoteText, OptionText, QuestionText,
    TaskText,
};
use super::writer::{EMPTY_LINE, Writer};
use super::{FRONT, File, Located, NEEDS, Problem, SETUP, complete, html};
use crate::cloud::time::DAY;
use crate::lesson::model::{
    Answer, Block, Body, Ghost, Goal, Hint, Lesson, Line, Mark, Mistake, Note, Question, Right,
    Step, Task, WIDGETS,
};

/// How much virtual time goals may take where a task does not say.
const LIMIT_MS: u64 = 10 * 60 * 1_000;
/// Minutes that a lesson may take, at most.
const MINUTES: u32 = 600;
const STARTS: [&str; 2] = ["empty", "default-vpc"];

/// Compiles one file.
pub(super) fn lesson(file: &File, names: &Names, problems: &mut Vec<Problem>) -> Option<Located> {
    let page = page::cut(file, problems)?;
    let writer = Writer { file: &file.name, names, problems };
    let mut maker = Maker { writer, places: BTreeMap::new(), step: "" };
    let mut lesson = maker.front(page.front)?;
    let mut exam = Vec::new();
    for step in &page.steps {
        maker.step = step.id;
        if maker.places.insert(step.id.to_owned(), step.line).is_some() {
            maker.writer.fail(step.line, format!("a second step `{}`", step.id));
        }
        if step.parts.is_empty() {
            let what = "an empty step, expected text, a question or a task below its heading";
            maker.writer.fail(step.line, what);
        }
        let body = maker.body(step, &mut exam);
        lesson.steps.push(Step::new(step.id.to_owned(), step.title.to_owned(), body));
    }
    lesson.lines = lines(&lesson.steps);
    let places = maker.places;
    Some(Located { lesson, exam, file: file.name.clone(), places })
}

/// What `Lesson::lines` is to be.
fn lines(steps: &[Step]) -> Vec<String> {
    let mut lines = BTreeSet::new();
    for task in steps.iter().filter_map(|step| step.task.as_ref()) {
        lines.extend(task.setup.iter().cloned());
        lines.extend(task.solution.iter().map(|line| line.line.clone()));
        lines.extend(task.mistakes.iter().flat_map(|mistake| mistake.attempt.iter().cloned()));
    }
    lines.into_iter().collect()
}

struct Maker<'a> {
    writer: Writer<'a>,
    places: BTreeMap<String, u32>,
    step: &'a str,
}

impl Maker<'_> {
    fn front(&mut self, chunk: Chunk<'_>) -> Option<Lesson> {
        let text: LessonText = self.writer.toml(chunk)?;
        let named = page::number_and_id(self.writer.file);
        let (number, id) = named.unwrap_or((0, ""));
        if named.is_none() {
            self.writer.fail(1, "no file name of a lesson, expected one such as 02-ecs.md");
        } else if id != text.id.get_ref() {
            let what =
                format!("the lesson's id is `{}`, expected that of its file", text.id.get_ref());
            self.writer.fail(chunk.line_at(text.id.span().start), what);
        }
        let minutes = *text.minutes.get_ref();
        if !(1..=MINUTES).contains(&minutes) {
            let what = format!("a lesson of {minutes} minutes, expected 1 to {MINUTES}");
            self.writer.fail(chunk.line_at(text.minutes.span().start), what);
        }
        let setup_at = text.setup.as_ref().map(|setup| chunk.line_at(setup.span().start));
        let setup_at = setup_at.unwrap_or(chunk.line);
        self.places.insert(SETUP.to_owned(), setup_at);
        self.places.insert(FRONT.to_owned(), chunk.line_at(text.summary.span().start));
        let needs = text.needs.first().map_or(chunk.line, |need| chunk.line_at(need.span().start));
        self.places.insert(NEEDS.to_owned(), needs);
        let start = [text.start];
        let starts = |start: &str| STARTS.contains(&start);
        let start = self.writer.known(&start, chunk, starts, "`empty` or `default-vpc`");
        Some(Lesson {
            id: text.id.into_inner(),
            number,
            title: self.writer.plain(&text.title, chunk),
            summary: self.writer.inline(&text.summary, chunk),
            minutes,
            needs: text.needs.into_iter().map(Spanned::into_inner).collect(),
            seed: text.seed,
            start: start.into_iter().collect(),
            setup: self
                .writer
                .lines(text.setup.map(Spanned::into_inner).unwrap_or_default(), setup_at),
            steps: Vec::new(),
            lines: Vec::new(),
        })
    }

    fn body(&mut self, text: &StepText<'_>, exam: &mut Vec<Question>) -> Body {
        let mut body = Body::default();
        for part in &text.parts {
            let (kind, chunk) = match part {
                Part::Prose(chunk) => ("prose", *chunk),
                Part::Fence { kind, body } => (*kind, *body),
            };
            let block = match kind {
                "prose" => Some(Block::Prose(self.writer.blocks(chunk))),
                "predict" => self.prediction(chunk).map(Block::Predict),
                "recall" => self.question(chunk).map(Block::Recall),
                "note" => self.note(chunk).map(Block::Note),
                "exam" => {
                    exam.extend(self.question(chunk));
                    None
                }
                _ => {
                    if body.task.is_some() {
                        self.writer.fail(chunk.line, "a second task in a step, expected one");
                    }
                    body.task = self.task(chunk);
                    None
                }
            };
            let list = if body.task.is_some() { &mut body.closing } else { &mut body.blocks };
            list.extend(block);
        }
        body
    }

    fn note(&mut self, chunk: Chunk<'_>) -> Option<Note> {
        let text: NoteText = self.writer.toml(chunk)?;
        let mark = match text.mark.get_ref().as_str() {
            "model" => Mark::Model,
            "changed" => Mark::Changed,
            other => {
                let what = format!("unknown mark `{other}`, expected `model` or `changed`");
                self.writer.fail(chunk.line_at(text.mark.span().start), what);
                return None;
            }
        };
        let say = self.writer.inline(&text.say, chunk);
        let source = text.source.as_ref().and_then(|key| self.writer.source(key, chunk));
        if mark == Mark::Changed && source.is_none() {
            self.writer.fail(chunk.line, "a change at AWS without a source, expected `source`");
        }
        Some(Note { mark, say, source })
    }

    fn prediction(&mut self, chunk: Chunk<'_>) -> Option<Question> {
        let question = self.question(chunk)?;
        if question.options.iter().any(|option| matches!(option.right, Right::Said(_))) {
            let what = "a prediction that says itself what is right, expected `when` in each \
                 option: running the lines tells";
            self.writer.fail(chunk.line, what);
        }
        Some(question)
    }

    fn question(&mut self, chunk: Chunk<'_>) -> Option<Question> {
        let text: QuestionText = self.writer.toml(chunk)?;
        self.place(&format!("question/{}", text.id.get_ref()), chunk.line);
        if !page::is_id(text.id.get_ref()) {
            self.writer.fail(chunk.line, "a question's id has letters, digits and hyphens only");
        }
        let options: Vec<Answer> =
            text.options.iter().filter_map(|option| self.option(option, chunk)).collect();
        self.one_way_to_be_right(&options, &text, chunk);
        Some(Question {
            practises: self.points(&text.practises, chunk),
            ask: self.writer.inline(&text.ask, chunk),
            confidence: text.confidence,
            run: self.writer.lines(text.run, chunk.line),
            options,
            after: self.writer.inline(&text.after, chunk),
            id: text.id.into_inner(),
        })
    }

    fn option(&mut self, option: &Spanned<OptionText>, chunk: Chunk<'_>) -> Option<Answer> {
        let line = chunk.line_at(option.span().start);
        let text = option.get_ref();
        let right = match (&text.when, text.right) {
            (Some(when), None) => Right::When(self.writer.condition(when, chunk)?),
            (None, Some(right)) => Right::Said(right),
            _ => {
                self.writer.fail(line, "an option has either `when` or `right`");
                return None;
            }
        };
        let because = text.because.as_ref().map(|text| self.writer.inline(text, chunk));
        Some(Answer { say: self.writer.inline(&text.say, chunk), because, right })
    }

    fn one_way_to_be_right(&mut self, options: &[Answer], text: &QuestionText, chunk: Chunk<'_>) {
        if text.options.len() < 2 {
            self.writer.fail(chunk.line, "a question with fewer than two options");
        }
        let said = options.iter().filter(|option| matches!(option.right, Right::Said(_))).count();
        let right = options.iter().filter(|option| option.right == Right::Said(true)).count();
        if said > 0 && (said != text.options.len() || right != 1 || !text.run.is_empty()) {
            let what = "options that say themselves whether they are right: expected `right` in \
                 each, true in one, and no `run`";
            self.writer.fail(chunk.line, what);
        }
        let mut said = BTreeSet::new();
        if options.iter().any(|option| !said.insert(&option.say.0)) {
            self.writer.fail(chunk.line, "two options say the same, expected different ones");
        }
    }

    fn task(&mut self, chunk: Chunk<'_>) -> Option<Task> {
        let text: TaskText = self.writer.toml(chunk)?;
        self.place("task", chunk.line);
        let goals = text.goals.iter().filter_map(|goal| self.goal(goal, chunk)).collect();
        let hints = text.hints.iter().map(|hint| self.hint(hint, chunk)).collect();
        let solution =
            text.solution.iter().enumerate().map(|(at, line)| self.line(at, line, chunk)).collect();
        let mistakes = text.mistake.iter().enumerate();
        let mistakes =
            mistakes.filter_map(|(at, mistake)| self.mistake(at, mistake, chunk)).collect();
        let task = Task {
            teaches: self.points(&text.teaches, chunk),
            practises: self.points(&text.practises, chunk),
            widgets: self.widgets(&text.widgets, chunk),
            faults: text.faults,
            challenge: text.challenge,
            limit: self.limit(text.limit.as_ref(), chunk),
            setup: self.writer.lines(text.setup, chunk.line),
            goals,
            hints,
            success: text
                .success
                .as_ref()
                .map(|text| self.writer.inline(text, chunk))
                .unwrap_or_default(),
            solution,
            mistakes,
        };
        complete::check(&mut self.writer, &task, chunk.line);
        Some(task)
    }

    fn limit(&mut self, text: Option<&Spanned<String>>, chunk: Chunk<'_>) -> u64 {
        let Some(text) = text else { return LIMIT_MS };
        let limit = self.writer.duration(text, chunk).unwrap_or(LIMIT_MS);
        if limit > DAY {
            let what = format!("a limit of `{}`, expected 24h at most", text.get_ref());
            self.writer.fail(chunk.line_at(text.span().start), what);
        }
        limit.min(DAY)
    }

    fn goal(&mut self, goal: &Spanned<GoalText>, chunk: Chunk<'_>) -> Option<Goal> {
        let line = chunk.line_at(goal.span().start);
        let text = goal.get_ref();
        self.place(&format!("goal/{}", text.id), line);
        if !page::is_id(&text.id) {
            self.writer.fail(line, "a goal's id has small letters, digits and hyphens only");
        }
        let ghost = text.ghost.as_ref().map(|ghost| Ghost {
            kind: ghost.kind.clone(),
            say: self.writer.plain(&ghost.say, chunk),
        });
        Some(Goal {
            id: text.id.clone(),
            say: self.writer.inline(&text.say, chunk),
            when: self.writer.condition(&text.when, chunk)?,
            hold: text.hold.as_ref().and_then(|hold| self.writer.duration(hold, chunk)),
            ghost,
        })
    }

    fn hint(&mut self, hint: &Spanned<HintText>, chunk: Chunk<'_>) -> Hint {
        let line = chunk.line_at(hint.span().start);
        let (say, focus) = match hint.get_ref() {
            HintText::Plain(say) => (say, None),
            HintText::Pointing { say, focus } => (say, Some(focus.clone())),
        };
        if focus.as_ref().is_some_and(|focus| !html::is_focus(focus)) {
            self.writer.fail(line, "`focus` points at nothing, expected one such as instance/1");
        }
        Hint { say: self.writer.inline_at(say, line), focus }
    }

    fn line(&mut self, at: usize, text: &Spanned<LineText>, chunk: Chunk<'_>) -> Line {
        let line = chunk.line_at(text.span().start);
        self.place(&format!("solution/{at}"), line);
        let (LineText::Plain(words) | LineText::Captioned { line: words, .. }) = text.get_ref();
        if words.trim().is_empty() {
            self.writer.fail(line, EMPTY_LINE);
        }
        match text.get_ref() {
            LineText::Plain(text) => {
                Line { line: text.trim().to_owned(), caption: None, refused: false }
            }
            LineText::Captioned { line: text, caption, refused } => Line {
                line: text.trim().to_owned(),
                caption: Some(self.writer.inline_at(caption, line)),
                refused: *refused,
            },
        }
    }

    fn mistake(
        &mut self,
        at: usize,
        mistake: &Spanned<MistakeText>,
        chunk: Chunk<'_>,
    ) -> Option<Mistake> {
        let text = mistake.get_ref();
        let line = chunk.line_at(mistake.span().start);
        self.place(&format!("mistake/{at}"), line);
        Some(Mistake {
            when: self.writer.condition(&text.when, chunk)?,
            say: self.writer.inline(&text.say, chunk),
            attempt: self.writer.lines(text.attempt.clone(), line),
        })
    }

    fn points(&mut self, names: &[Spanned<String>], chunk: Chunk<'_>) -> Vec<String> {
        let points = self.writer.names;
        let known = |id: &str| points.has_point(id);
        self.writer.known(names, chunk, known, "a point of syllabus.toml such as `ecs-4`")
    }

    fn widgets(&mut self, names: &[Spanned<String>], chunk: Chunk<'_>) -> Vec<String> {
        let known = |name: &str| WIDGETS.contains(&name);
        let expected = format!("a widget: {}", WIDGETS.join(", "));
        self.writer.known(names, chunk, known, &expected)
    }

    fn place(&mut self, part: &str, line: u32) {
        if self.places.insert(format!("{}/{part}", self.step), line).is_some() {
            self.writer.fail(line, format!("a second `{part}` in this step"));
        }
    }
}
