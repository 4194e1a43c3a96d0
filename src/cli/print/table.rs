//! `--output table`: boxes with a title, a column a name in alphabetical order, and a box for each
//! list or structure inside (awscli/table.py and its formatter).

use serde_json::{Map, Value};

use crate::cli::python;
use crate::cli::shell::OUTPUT_BYTES;
use crate::cloud::sort;

/// A table that is wider turns each of its one-row sections on its side. The AWS CLI asks the
/// terminal for this and takes 80 where it cannot.
const TERMINAL_COLUMNS: usize = 80;

/// The table of an answer to `operation`; nothing for an empty answer. The error is what Python
/// says of rows that do not fit in one table.
#[inline(never)]
pub(super) fn document(operation: &str, value: &Value) -> Result<String, String> {
    let mut table = Table { sections: Vec::new() };
    table.build(Some(operation), value, 0)?;
    if table.sections.is_empty() {
        return Ok(String::new());
    }
    if table.width() > TERMINAL_COLUMNS {
        table.turn_single_rows();
    }
    let lines: usize = table.sections.iter().map(|section| section.rows.len() + 4).sum();
    if table.width().saturating_mul(lines) > OUTPUT_BYTES {
        return Err("The table is too big for this terminal.".to_owned());
    }
    Ok(table.render())
}

#[derive(Default)]
struct Section {
    title: String,
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
    indent: usize,
    widths: Vec<usize>,
    columns: Option<usize>,
}

struct Table {
    sections: Vec<Section>,
}

impl Table {
    fn build(&mut self, title: Option<&str>, value: &Value, indent: usize) -> Result<bool, String> {
        if !is_something(value) {
            return Ok(false);
        }
        if let Some(title) = title {
            self.begin(title, indent);
        }
        match value {
            Value::Array(items) => match items.first() {
                Some(Value::Object(_)) => self.objects(items, indent, title)?,
                _ => {
                    for item in items {
                        self.item(item)?;
                    }
                }
            },
            Value::Object(members) => self.object(members, indent)?,
            _ => {}
        }
        Ok(true)
    }

    fn begin(&mut self, title: &str, indent: usize) {
        self.sections.push(Section { title: title.to_owned(), indent, ..Section::default() });
    }

    fn item(&mut self, item: &Value) -> Result<(), String> {
        match item {
            Value::Array(cells) if cells.iter().all(is_scalar) => {
                self.row(cells.iter().map(python::text).collect())
            }
            Value::Array(_) | Value::Object(_) => self.build(None, item, 0).map(|_| ()),
            scalar => self.row(vec![python::text(scalar)]),
        }
    }

    /// One row with the names as its header; a single value stands beside its name.
    fn object(&mut self, members: &Map<String, Value>, indent: usize) -> Result<(), String> {
        let (headers, more) = columns([members]);
        let cell = |name: &str| members.get(name).map(python::text).unwrap_or_default();
        match headers.as_slice() {
            [] => {}
            [one] => self.row(vec![(*one).to_owned(), cell(one)])?,
            several => {
                self.header(several);
                self.row(several.iter().map(|name| cell(name)).collect())?;
            }
        }
        for name in more {
            self.build(Some(name), members.get(name).unwrap_or(&Value::Null), indent + 1)?;
        }
        Ok(())
    }

    /// A row an object. What is inside an object follows it, and then the header comes again.
    fn objects(
        &mut self,
        items: &[Value],
        indent: usize,
        title: Option<&str>,
    ) -> Result<(), String> {
        let (headers, more) = columns(items.iter().filter_map(Value::as_object));
        self.header(&headers);
        for (at, item) in items.iter().enumerate() {
            if at > 0 && !more.is_empty() {
                self.begin(title.unwrap_or_default(), indent);
                self.header(&headers);
            }
            let cell = |name: &&str| item.get(*name).map(python::text).unwrap_or_default();
            self.row(headers.iter().map(cell).collect())?;
            for name in &more {
                if let Some(value) = item.get(*name) {
                    self.build(Some(name), value, indent + 1)?;
                }
            }
        }
        Ok(())
    }

    fn header(&mut self, names: &[&str]) {
        if let Some(section) = self.sections.last_mut() {
            section.headers = names.iter().map(|name| (*name).to_owned()).collect();
            let headers = section.headers.clone();
            section.widen(&headers);
        }
    }

    fn row(&mut self, cells: Vec<String>) -> Result<(), String> {
        let Some(section) = self.sections.last_mut() else { return Ok(()) };
        let columns = *section.columns.get_or_insert(cells.len());
        if cells.len() != columns {
            let found = cells.len();
            return Err(format!("Row should have {columns} elements, instead it has {found}"));
        }
        section.widen(&cells);
        section.rows.push(cells);
        Ok(())
    }

    fn width(&self) -> usize {
        self.sections.iter().map(Section::total_width).max().unwrap_or(0)
    }

    fn turn_single_rows(&mut self) {
        for section in &mut self.sections {
            if section.rows.len() != 1 || section.headers.is_empty() {
                continue;
            }
            let headers = std::mem::take(&mut section.headers);
            let cells = std::mem::take(&mut section.rows).into_iter().flatten();
            section.widths.clear();
            for (header, cell) in headers.into_iter().zip(cells) {
                let row = vec![header, cell];
                section.widen(&row);
                section.rows.push(row);
            }
        }
    }

    fn render(&self) -> String {
        let width = self.width();
        let mut out = format!("{}\n", "-".repeat(width));
        for section in &self.sections {
            section.render(width - section.indent * 2, &mut out);
        }
        out
    }
}

/// Whether Python takes a value for true: boxes are drawn for nothing else.
fn is_something(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64() != Some(0.0),
        other => crate::cli::jmespath::is_true(other),
    }
}

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

/// The names with single values and the other names, each in alphabetical order. A name can be both.
fn columns<'v>(
    objects: impl IntoIterator<Item = &'v Map<String, Value>>,
) -> (Vec<&'v str>, Vec<&'v str>) {
    let (mut headers, mut more) = (Vec::new(), Vec::new());
    for (name, value) in objects.into_iter().flatten() {
        if is_scalar(value) { headers.push(name.as_str()) } else { more.push(name.as_str()) }
    }
    for names in [&mut headers, &mut more] {
        sort::plain(names);
        names.dedup();
    }
    (headers, more)
}

/// The columns of the terminal that a text takes. East Asian letters take two; Python counts a few
/// more as wide (`é`), which this does not.
fn length(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum()
}

impl Section {
    fn widen(&mut self, cells: &[String]) {
        self.widths.resize(self.widths.len().max(cells.len()), 0);
        for (width, cell) in self.widths.iter_mut().zip(cells) {
            *width = (*width).max(length(cell));
        }
    }

    fn total_width(&self) -> usize {
        let cells: usize = self.widths.iter().map(|width| width + 4).sum();
        let outside = 2 + 2 * self.indent;
        (cells + outside).max(length(&self.title) + outside)
    }

    fn render(&self, width: usize, out: &mut String) {
        if !self.title.is_empty() {
            self.line(&center(&self.title, width, "|"), out);
            if self.headers.is_empty() && self.rows.is_empty() {
                self.line(&format!("+{}+", "-".repeat(width.saturating_sub(2))), out);
            }
        }
        let widths = self.scaled_widths(width);
        let edge = |at: usize| if at == 0 { "|" } else { "" };
        if !self.headers.is_empty() {
            self.line(&rule(&widths), out);
            let cells = self.headers.iter().zip(&widths).enumerate();
            let line: String =
                cells.map(|(at, (header, width))| center(header, *width, edge(at))).collect();
            self.line(&line, out);
        }
        if self.rows.is_empty() || widths.is_empty() {
            return;
        }
        self.line(&rule(&widths), out);
        for row in &self.rows {
            let cells = row.iter().zip(&widths).enumerate();
            let line: String =
                cells.map(|(at, (cell, width))| left(cell, *width, edge(at))).collect();
            self.line(&line, out);
        }
        self.line(&rule(&widths), out);
    }

    fn line(&self, text: &str, out: &mut String) {
        let edge = "|".repeat(self.indent);
        for part in [&edge, text, &edge, "\n"] {
            out.push_str(part);
        }
    }

    /// The columns stretched to the table's width; what rounding leaves over goes to single columns.
    fn scaled_widths(&self, width: usize) -> Vec<usize> {
        let natural: Vec<usize> = self.widths.iter().map(|width| width + 4).collect();
        let total: usize = natural.iter().sum();
        let float = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
        let factor = float(width) / float(total);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a cast saturates"
        )]
        let scale = |natural: &usize| (factor * float(*natural)).round_ties_even() as usize;
        let mut scaled: Vec<usize> = natural.iter().map(scale).collect();
        while !scaled.is_empty() {
            match scaled.iter().sum::<usize>().cmp(&width) {
                std::cmp::Ordering::Equal => break,
                std::cmp::Ordering::Greater => {
                    let over = scaled.iter().sum::<usize>() - width;
                    scaled.iter_mut().take(over).for_each(|width| *width = width.saturating_sub(1));
                }
                std::cmp::Ordering::Less => {
                    let under = width - scaled.iter().sum::<usize>();
                    scaled.iter_mut().rev().take(under).for_each(|width| *width += 1);
                }
            }
        }
        scaled
    }
}

fn rule(widths: &[usize]) -> String {
    let part = |(at, width): (usize, &usize)| match at {
        0 => format!("+{}+", "-".repeat(width.saturating_sub(2))),
        _ => format!("{}+", "-".repeat(width.saturating_sub(1))),
    };
    widths.iter().enumerate().map(part).collect()
}

fn center(text: &str, width: usize, edge: &str) -> String {
    let before = (width / 2).saturating_sub(length(text) / 2 + 1);
    let after = width.saturating_sub(1 + edge.len() + before + length(text));
    format!("{edge}{}{text}{}|", " ".repeat(before), " ".repeat(after))
}

fn left(text: &str, width: usize, edge: &str) -> String {
    let fits = width > length(text) + 2 + edge.len();
    let padding = if fits { 2 } else { 0 };
    let after = width.saturating_sub(edge.len() + padding + length(text) + 1);
    format!("{edge}{}{text}{}|", " ".repeat(padding), " ".repeat(after))
}
