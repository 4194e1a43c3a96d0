//! A lesson file cut into its parts: front matter, headings, fenced blocks and the prose between.

use super::{File, Problem};

/// The parts of a lesson file.
#[derive(Debug)]
pub(super) struct Page<'a> {
    /// The TOML between the `+++` lines.
    pub(super) front: Chunk<'a>,
    /// The steps, a heading each.
    pub(super) steps: Vec<StepText<'a>>,
}

/// A heading with what follows it.
#[derive(Debug)]
pub(super) struct StepText<'a> {
    pub(super) line: u32,
    pub(super) title: &'a str,
    pub(super) id: &'a str,
    pub(super) parts: Vec<Part<'a>>,
}

/// Prose, or a fenced block of a kind that lessons know.
#[derive(Debug)]
pub(super) enum Part<'a> {
    Prose(Chunk<'a>),
    Fence { kind: &'a str, body: Chunk<'a> },
}

/// A piece of the file. It keeps the line it begins at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk<'a> {
    pub(super) text: &'a str,
    pub(super) line: u32,
}

/// The kinds of fenced blocks that are not simply code.
pub(super) const KINDS: [&str; 5] = ["predict", "recall", "exam", "note", "task"];
/// The words that may stand behind the fence of a block that is code. Any other word is a slip.
const CODE: [&str; 4] = ["text", "json", "sh", "dockerfile"];

impl Chunk<'_> {
    /// The line of the file at a byte of the chunk.
    pub(super) fn line_at(&self, byte: usize) -> u32 {
        let before = self.text.get(..byte).unwrap_or(self.text);
        self.line + count(before.bytes().filter(|byte| *byte == b'\n').count())
    }
}

/// `02-ecs.md` is lesson 2, `ecs`.
pub(super) fn number_and_id(file: &str) -> Option<(u32, &str)> {
    let name = file.rsplit('/').next()?.strip_suffix(".md")?;
    let (number, id) = name.split_once('-')?;
    (number.len() == 2).then_some(())?;
    Some((number.parse().ok()?, id))
}

/// Cuts a file into its parts.
pub(super) fn cut<'a>(file: &'a File, problems: &mut Vec<Problem>) -> Option<Page<'a>> {
    let mut fail = |line: u32, what: &str| {
        problems.push(Problem { file: file.name.clone(), line, what: what.to_owned() });
    };
    let mut lines = Lines { text: &file.text, at: 0, line: 0 };
    if lines.next().is_none_or(|(_, _, text)| text.trim_end() != "+++") {
        fail(1, "front matter is missing, expected a line `+++` at the top");
        return None;
    }
    let Some(front) = lines.until(|text| text.trim_end() == "+++") else {
        fail(1, "front matter does not end, expected a second line `+++`");
        return None;
    };
    let mut page = Page { front, steps: Vec::new() };
    let mut prose_from: Option<(usize, u32)> = None;
    while let Some((start, line, text)) = lines.next() {
        let heading = text.strip_prefix("## ");
        let fence = text.strip_prefix("```").map(str::trim_end).filter(|word| !word.is_empty());
        let known = fence.is_some_and(|word| KINDS.contains(&word));
        if let Some(word) = fence.filter(|word| !known && !CODE.contains(word)) {
            let expected = [&KINDS[..], &CODE[..]].concat().join(", ");
            fail(line, &format!("unknown block `{word}`, expected one of {expected}"));
        }
        if let Some(word) = moved_block(text) {
            fail(line, &format!("`{word}` stands in, expected ```{word} at the line's beginning"));
        }
        if heading.is_none() && !known {
            if page.steps.is_empty() {
                if !text.trim().is_empty() {
                    fail(line, "text before the first step, expected `## Heading {#id}`");
                }
                continue;
            }
            prose_from = prose_from.or(Some((start, line)));
            if text.starts_with("```") && lines.until(|text| text.trim_end() == "```").is_none() {
                fail(line, "the code block does not end, expected a line ```");
            }
            continue;
        }
        close_prose(&mut page, &file.text, prose_from.take(), start);
        if let Some(heading) = heading {
            match titled(heading) {
                Some((title, id)) => {
                    page.steps.push(StepText { line, title, id, parts: Vec::new() });
                }
                None => fail(line, "a heading without an id, expected `## Heading {#id}`"),
            }
        } else if let Some(kind) = fence {
            match (lines.until(|text| text.trim_end() == "```"), page.steps.last_mut()) {
                (Some(body), Some(step)) => step.parts.push(Part::Fence { kind, body }),
                (Some(_), None) => fail(line, "a block before the first step"),
                (None, _) => fail(line, "the block does not end, expected a line ```"),
            }
        }
    }
    close_prose(&mut page, &file.text, prose_from, file.text.len());
    if page.steps.is_empty() {
        fail(1, "a lesson without a step, expected `## Heading {#id}`");
    }
    Some(page)
}

fn close_prose<'a>(page: &mut Page<'a>, text: &'a str, from: Option<(usize, u32)>, to: usize) {
    let Some((start, line)) = from else { return };
    let text = text.get(start..to).unwrap_or("");
    let step = page.steps.last_mut().filter(|_| !text.trim().is_empty());
    if let Some(step) = step {
        step.parts.push(Part::Prose(Chunk { text, line }));
    }
}

/// The kind of a block whose fence does not stand at the line's beginning, or is another one: it would be read as prose.
fn moved_block(line: &str) -> Option<&str> {
    let inner = line.trim_start();
    let moved = inner.len() < line.len() || inner.starts_with('~');
    let word = inner.trim_start_matches(['`', '~']).trim();
    (moved && (inner.starts_with("```") || inner.starts_with("~~~")) && KINDS.contains(&word))
        .then_some(word)
}

/// `Heading {#id}`.
fn titled(heading: &str) -> Option<(&str, &str)> {
    let (title, rest) = heading.trim_end().split_once("{#")?;
    let id = rest.strip_suffix('}')?;
    (is_id(id) && !title.trim().is_empty()).then_some((title.trim(), id))
}

/// Small letters, digits and hyphens, as in addresses.
pub(super) fn is_id(id: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !id.is_empty() && id.chars().all(allowed)
}

/// The lines of a text with their first byte and their number.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl<'a> Lines<'a> {
    /// Everything up to the line that ends it, which is taken as well.
    fn until(&mut self, ends: impl Fn(&str) -> bool) -> Option<Chunk<'a>> {
        let (from, line) = (self.at, self.line + 1);
        loop {
            let (start, _, text) = self.next()?;
            if ends(text) {
                return Some(Chunk { text: self.text.get(from..start)?, line });
            }
        }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, u32, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').map_or(rest.len(), |end| end + 1);
        self.at += length;
        self.line += 1;
        Some((start, self.line, rest.get(..length)?))
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
