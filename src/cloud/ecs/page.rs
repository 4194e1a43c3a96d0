//! Lists in pages: `maxResults` and `nextToken`, as all of ECS's List actions have them.

use serde_json::Value;

use crate::cloud::error::ApiError;
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;

/// The most that one page holds (facts: API-ecs ListTasks.maxResults).
const PAGE: u32 = 100;

/// One page of `rows` under `member`. A row's number is what the next page continues after, so that rows that come or
/// go between two pages are neither shown twice nor missed.
pub(super) fn of(
    params: Params<'_>,
    member: &str,
    rows: impl Iterator<Item = (u32, String)>,
) -> Result<Value, ApiError> {
    of_values(params, member, rows.map(|(number, text)| (number, Value::String(text))))
}

/// The same with another size of a page where the request gives none (ListServices: 10).
pub(super) fn of_size(
    params: Params<'_>,
    member: &str,
    size: u32,
    rows: impl Iterator<Item = (u32, String)>,
) -> Result<Value, ApiError> {
    cut(params, member, size, rows.map(|(number, text)| (number, Value::String(text))))
}

/// The same for rows that are more than a text.
pub(super) fn of_values(
    params: Params<'_>,
    member: &str,
    rows: impl Iterator<Item = (u32, Value)>,
) -> Result<Value, ApiError> {
    cut(params, member, PAGE, rows)
}

fn cut(
    params: Params<'_>,
    member: &str,
    by_default: u32,
    rows: impl Iterator<Item = (u32, Value)>,
) -> Result<Value, ApiError> {
    let size = match params.int("maxResults") {
        None => by_default,
        Some(size) => u32::try_from(size)
            .ok()
            .filter(|size| (1..=PAGE).contains(size))
            .ok_or_else(|| ApiError::invalid("maxResults must be between 1 and 100"))?,
    };
    let after = match params.str("nextToken") {
        None => 0,
        Some(token) => u32::from_str_radix(token, 16)
            .map_err(|_| ApiError::invalid("Invalid token: the nextToken is not valid."))?,
    };
    let mut rows = rows.filter(|(number, _)| *number > after).peekable();
    let (mut page, mut last) = (Vec::new(), 0);
    while let Some((number, row)) = rows.next_if(|_| page.len() < size as usize) {
        page.push(row);
        last = number;
    }
    let more = rows.peek().map(|_| format!("{last:08x}"));
    Ok(Shape::with_room(2).put(member, page).maybe("nextToken", more).done())
}
