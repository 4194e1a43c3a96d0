//! The house rules of lessons: what can be told from the text alone. What needs the simulator is in `lesson::solve`.

use std::collections::{BTreeMap, BTreeSet};

use super::said::{self, Said, Sort};
use super::{Course, FRONT, Located, NEEDS, Problem};
use crate::lesson::model::{Block, Html, Step};

/// Words before the first thing to do or to answer in a step, at most.
const WORDS_BEFORE_ACTION: usize = 120;
/// What makes a number a figure about AWS, which needs a source.
const UNITS: [&str; 28] = [
    "%",
    "percent",
    "weeks",
    "months",
    "years",
    "TB",
    "USD",
    "s",
    "ms",
    "second",
    "seconds",
    "minute",
    "minutes",
    "hour",
    "hours",
    "day",
    "days",
    "KiB",
    "MiB",
    "GiB",
    "MB",
    "GB",
    "vCPU",
    "vCPUs",
    "units",
    "containers",
    "instances",
    "tasks",
];

/// Checks the course as a whole.
pub(super) fn check(course: &Course, problems: &mut Vec<Problem>) {
    let numbers: BTreeMap<&str, u32> =
        course.lessons.iter().map(|at| (at.lesson.id.as_str(), at.lesson.number)).collect();
    let mut taken = BTreeSet::new();
    for located in &course.lessons {
        let lesson = &located.lesson;
        for name in [lesson.id.clone(), format!("number {}", lesson.number)] {
            if taken.contains(&name) {
                problems.push(located.problem("", format!("a second lesson `{name}`")));
            }
            taken.insert(name);
        }
        for need in &lesson.needs {
            if numbers.get(need.as_str()).is_none_or(|number| *number >= lesson.number) {
                let what = format!("needs `{need}`, expected a lesson before this one");
                problems.push(located.problem(NEEDS, what));
            }
        }
        for place in links_to_steps(&lesson.summary.0).filter(|place| !course.has_step(place)) {
            problems.push(located.problem(FRONT, no_step(place)));
        }
        if has_figure(&lesson.summary.0) && !cites(&lesson.summary.0) {
            let what =
                "a figure without a source in the summary, expected none or [^key] beside it";
            problems.push(located.problem(FRONT, what));
        }
        let mut questions = BTreeSet::new();
        let asked = lesson.steps.iter().flat_map(|step| step.questions());
        for (question, _) in asked.filter(|(question, _)| !questions.insert(&question.id)) {
            let what = format!("a second question `{}` in this lesson", question.id);
            problems.push(located.problem("", what));
        }
        for step in &lesson.steps {
            check_step(course, located, step, problems);
        }
    }
}

impl Course {
    /// Whether `lesson/step` is there.
    pub(super) fn has_step(&self, place: &str) -> bool {
        let Some((lesson, step)) = place.split_once('/') else { return false };
        let mut lessons = self.lessons.iter().map(|located| &located.lesson);
        lessons.any(|found| found.id == lesson && found.step(step).is_some())
    }
}

fn check_step(course: &Course, located: &Located, step: &Step, problems: &mut Vec<Problem>) {
    let mut fail = |part: &str, what: String| {
        problems.push(located.problem(&format!("{}/{part}", step.id), what));
    };
    let words = words_before_action(step);
    if words > WORDS_BEFORE_ACTION {
        fail("", format!("{words} words before there is something to do, expected 120 at most"));
    }
    let texts = said::texts(step);
    for Said { part, html, sort } in &texts {
        if outside_code(&html.0).contains('!') {
            let said = start(html);
            fail(part, format!("an exclamation mark in `{said}`, expected a plain sentence"));
        }
        let paragraphs = html.0.split("</p>").filter(|_| *sort == Sort::Claim);
        for claim in paragraphs.filter(|claim| has_figure(claim) && !cites(claim)) {
            let said = start(&Html(claim.to_owned()));
            fail(part, format!("a figure without a source in `{said}`, expected [^key] beside it"));
        }
        for place in links_to_steps(&html.0).filter(|place| !course.has_step(place)) {
            fail(part, no_step(place));
        }
    }
    let teaches = step.task.as_ref().is_some_and(|task| !task.teaches.is_empty());
    let sourced = |said: &Said<'_>| said.sort == Sort::Sourced || cites(&said.html.0);
    if teaches && !texts.iter().any(sourced) {
        let what = "a step that teaches without a source, expected [^key] in its text";
        fail("", what.to_owned());
    }
}

fn words_before_action(step: &Step) -> usize {
    let prose = step.blocks.iter().map_while(|block| match block {
        Block::Prose(html) => Some(html.text().split_whitespace().count()),
        Block::Note(note) => Some(note.say.text().split_whitespace().count()),
        Block::Predict(_) | Block::Recall(_) => None,
    });
    prose.sum()
}

fn cites(html: &str) -> bool {
    html.contains("class=\"source\"")
}

/// A number with a unit, or money, outside code. The lesson's own numbers are written as code.
fn has_figure(html: &str) -> bool {
    let text = Html(outside_code(html)).text();
    let words: Vec<&str> = text.split_whitespace().collect();
    let number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let unit = |word: &str| UNITS.contains(&word.trim_end_matches([',', '.', ';', ':', ')']));
    let measured = words.windows(2).any(|pair| match pair {
        [figure, next] => number(figure) && unit(next),
        _ => false,
    });
    // Thousands are nobody's own numbers: `5,000 services` is a quota.
    let thousands = |word: &str| {
        let parts = word.split_once(',');
        parts.is_some_and(|(before, after)| number(before) && number(after))
    };
    let marked = |word: &str| {
        let digits = word.contains(|c: char| c.is_ascii_digit());
        digits && (word.contains('%') || word.contains('$') || thousands(word))
    };
    measured || words.iter().any(|word| marked(word))
}

/// The HTML without what stands between `<code>` and `</code>`.
fn outside_code(html: &str) -> String {
    let mut rest = html;
    let mut outside = String::new();
    while let Some((before, after)) = rest.split_once("<code") {
        outside.push_str(before);
        rest = after.split_once("</code>").map_or("", |(_, after)| after);
    }
    outside.push_str(rest);
    outside
}

/// The steps that a text links to, as `lesson/step`.
pub(super) fn links_to_steps(html: &str) -> impl Iterator<Item = &str> {
    let addresses = html.split("href=\"#/l/").skip(1);
    addresses.filter_map(|rest| rest.split('"').next())
}

/// Said of a link to a step that is not there.
pub(super) fn no_step(place: &str) -> String {
    format!("a link to `{place}`, expected a step as `lesson/step`")
}

fn start(html: &Html) -> String {
    html.text().split_whitespace().take(6).collect::<Vec<&str>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_with_a_unit_is_a_figure() {
        for figure in [
            "<p>It takes 30 seconds.</p>",
            "costs $0.10",
            "at most 100%, no more",
            "5,000 services",
            "90 percent of it",
            "50 % empty",
            "kept for 15 months",
        ] {
            assert!(has_figure(figure), "{figure}");
        }
        for none in
            ["<p>Run 2 of them</p>", "wait <code>30 s</code> then", "EC2 instances", "0, 1 or 2"]
        {
            assert!(!has_figure(none), "{none}");
        }
    }
}
