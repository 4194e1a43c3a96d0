//! What all Describe actions of EC2 share: ids that must exist, filters, pages.

use serde_json::{Value, json};

use crate::cloud::error::ApiError;
use crate::cloud::params::Params;
use crate::cloud::table::{Row, Table};
use crate::cloud::wildcard;

/// How one Describe action is asked.
#[derive(Debug)]
pub struct Listing {
    /// The request's list of ids.
    pub ids: &'static str,
    /// The response's list of rows.
    pub rows: &'static str,
    /// Filters and the member each looks at; a list on the way means any of its elements.
    pub filters: &'static [(&'static str, &'static str)],
    /// AWS's error for an id that does not exist.
    pub missing: fn(&str) -> ApiError,
}

/// The rows that a request asks for, as `{rows: […], NextToken}`.
pub fn answer<V: Row>(
    listing: &Listing,
    params: Params<'_>,
    table: &Table<V>,
    describe: impl Fn(&V) -> Value,
) -> Result<Value, ApiError> {
    let found = rows(listing, params, table, describe)?;
    page(listing.rows, params, found)
}

/// The rows that a request asks for by its ids and filters.
pub fn rows<V: Row>(
    listing: &Listing,
    params: Params<'_>,
    table: &Table<V>,
    describe: impl Fn(&V) -> Value,
) -> Result<Vec<Value>, ApiError> {
    // `DescribeNatGateways` alone calls them `Filter`.
    let filters = params.list("Filters").iter().chain(params.list("Filter")).map(Params::new);
    let filters =
        filters.map(|filter| Filter::read(listing, filter)).collect::<Result<Vec<_>, _>>()?;
    let mut asked: Vec<&str> = params.strings(listing.ids).collect();
    asked.dedup();
    let mut shown = Vec::new();
    if asked.is_empty() {
        shown.extend(table.values().map(|row| describe(row)));
    } else {
        for id in asked {
            shown.push(describe(table.find(id).ok_or_else(|| (listing.missing)(id))?));
        }
    }
    shown.retain(|row| filters.iter().all(|filter| filter.accepts(row)));
    Ok(shown)
}

/// Of the rows found, those whose `field` is among the texts that the request's list `member` asks for, if it asks for any.
/// A text that nothing has is `missing`, unless filters may have left it out.
#[inline(never)]
pub fn named(
    params: Params<'_>,
    member: &str,
    field: &str,
    mut found: Vec<Value>,
    missing: fn(&str) -> ApiError,
) -> Result<Vec<Value>, ApiError> {
    let asked: Vec<&str> = params.strings(member).collect();
    if asked.is_empty() {
        return Ok(found);
    }
    let is = |row: &Value, text: &str| row.get(field).and_then(Value::as_str) == Some(text);
    let absent = asked.iter().find(|text| !found.iter().any(|row| is(row, text)));
    if let (Some(text), true) = (absent, params.list("Filters").is_empty()) {
        return Err(missing(text));
    }
    found.retain(|row| asked.iter().any(|text| is(row, text)));
    Ok(found)
}

/// One page of rows under `member`; the token is the number of the next row.
pub fn page(member: &str, params: Params<'_>, rows: Vec<Value>) -> Result<Value, ApiError> {
    let skip: usize = match params.str("NextToken") {
        None => 0,
        Some(token) => token.parse().map_err(|_| bad_token())?,
    };
    let size = params.int("MaxResults").and_then(|size| usize::try_from(size).ok());
    let size = size.unwrap_or(usize::MAX);
    let more = rows.len() > skip.saturating_add(size);
    let page: Vec<Value> = rows.into_iter().skip(skip).take(size).collect();
    let mut reply = json!({});
    if let Some(members) = reply.as_object_mut() {
        members.insert(member.to_owned(), Value::Array(page));
        if more {
            members.insert("NextToken".into(), json!((skip + size).to_string()));
        }
    }
    Ok(reply)
}

fn bad_token() -> ApiError {
    ApiError::new("InvalidNextToken", "The specified pagination token is not valid.")
}

/// One filter of a request: a row passes if one of the values matches one of the fields.
struct Filter<'a> {
    path: Path<'a>,
    values: Vec<&'a str>,
}

enum Path<'a> {
    Member(&'static str),
    Tag(&'a str),
    TagKey,
}

impl<'a> Filter<'a> {
    fn read(listing: &Listing, filter: Params<'a>) -> Result<Self, ApiError> {
        let name = filter.required("Name");
        let known = listing.filters.iter().find(|(known, _)| *known == name);
        let path = match (known, name.strip_prefix("tag:")) {
            (Some((_, member)), _) => Path::Member(member),
            (None, Some(key)) => Path::Tag(key),
            (None, None) if name == "tag-key" => Path::TagKey,
            _ => {
                let text = format!("The filter '{name}' is invalid");
                return Err(ApiError::new("InvalidParameterValue", text));
            }
        };
        Ok(Self { path, values: filter.strings("Values").collect() })
    }

    fn accepts(&self, row: &Value) -> bool {
        let tags = || row.get("Tags").or_else(|| row.get("TagSet")).and_then(Value::as_array);
        match self.path {
            Path::Member(path) => self.any(row, path),
            Path::TagKey => tags().is_some_and(|tags| tags.iter().any(|tag| self.any(tag, "Key"))),
            Path::Tag(key) => tags().is_some_and(|tags| {
                let named = |tag: &&Value| tag.get("Key").and_then(Value::as_str) == Some(key);
                tags.iter().find(named).is_some_and(|tag| self.any(tag, "Value"))
            }),
        }
    }

    /// Some value at the path matches some value of the filter.
    fn any(&self, at: &Value, path: &str) -> bool {
        if let Value::Array(items) = at {
            return items.iter().any(|item| self.any(item, path));
        }
        if let Some((first, rest)) = path.split_once('.') {
            return at.get(first).is_some_and(|inner| self.any(inner, rest));
        }
        let found = if path.is_empty() { Some(at) } else { at.get(path) };
        match found {
            Some(Value::Array(items)) => items.iter().any(|item| self.any(item, "")),
            Some(Value::String(text)) => self.matches(text),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => self.matches(&value.to_string()),
            _ => false,
        }
    }

    fn matches(&self, text: &str) -> bool {
        self.values.iter().any(|value| wildcard::matches(value, text))
    }
}
