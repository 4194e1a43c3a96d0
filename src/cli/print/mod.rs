//! Answers as text, byte for byte as AWS CLI v2 prints them.

mod json;
mod table;
mod text;
mod yaml;

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::aws::Answer;
use super::fail::Fail;
use super::globals::{Globals, Output};

/// A document that no flag changes.
pub(super) fn plain_json(value: &Value) -> String {
    json::document(value)
}

/// An answer to an operation in the format and with the query that the flags ask for.
pub(super) fn answer(globals: &Globals, operation: &str, answer: &Answer) -> Result<String, Fail> {
    match (globals.output, answer) {
        (Output::Text, answer) => as_text(globals, answer),
        (Output::YamlStream, answer) => as_stream(globals, answer),
        (_, Answer::One(reply)) => whole(globals, operation, reply),
        (_, Answer::Pages(pages)) => whole(globals, operation, &pages.whole()),
    }
}

#[inline(never)]
fn as_text(globals: &Globals, answer: &Answer) -> Result<String, Fail> {
    match answer {
        Answer::One(reply) => text::document(query(globals, reply)?.as_ref()).map_err(Fail::other),
        Answer::Pages(pages) => {
            let mut out = String::new();
            for part in pages.parts() {
                let part = query(globals, &part)?;
                out.push_str(&text::document(part.as_ref()).map_err(Fail::other)?);
            }
            Ok(out)
        }
    }
}

#[inline(never)]
fn as_stream(globals: &Globals, answer: &Answer) -> Result<String, Fail> {
    match answer {
        Answer::One(reply) => Ok(stream(query(globals, reply)?.as_ref())),
        Answer::Pages(pages) => {
            let mut out = String::new();
            for page in &pages.list {
                let page = query(globals, page)?.into_owned();
                out.push_str(&yaml::document(&Value::Array(vec![page])));
            }
            Ok(out)
        }
    }
}

fn whole(globals: &Globals, operation: &str, reply: &Value) -> Result<String, Fail> {
    let value = query(globals, reply)?;
    match globals.output {
        Output::Table => table::document(operation, &value).map_err(Fail::other),
        _ if value.as_object().is_some_and(Map::is_empty) => Ok(String::new()),
        Output::Yaml => Ok(yaml::document(&value)),
        _ => Ok(json::document(&value)),
    }
}

fn stream(value: &Value) -> String {
    if value.as_object().is_some_and(Map::is_empty) {
        return String::new();
    }
    yaml::document(&Value::Array(vec![value.clone()]))
}

fn query<'v>(globals: &Globals, value: &'v Value) -> Result<Cow<'v, Value>, Fail> {
    match &globals.query {
        None => Ok(Cow::Borrowed(value)),
        Some(query) => query.search(value).map(Cow::Owned).map_err(Fail::other),
    }
}
