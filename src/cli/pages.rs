//! Answers in pages: fetched until there is no more, cut at `--max-items`, and put together as
//! botocore's paginators do.

use serde_json::{Map, Value, json};

use super::aws::Aws;
use super::fail::Fail;
use super::operation::Request;
use super::python;
use crate::cloud::api::{Operation, Paginator, Service};
use crate::cloud::base64;

/// All pages of an answer.
#[derive(Debug, Default)]
pub(super) struct Pages {
    /// The pages, cut where `--max-items` asks for it.
    pub(super) list: Vec<Value>,
    /// Members of the first page that are no lists cut into pages.
    pub(super) keep: Map<String, Value>,
    /// Where to go on, if there is more.
    pub(super) resume: Option<String>,
    /// The paths of the lists that are cut into pages.
    pub(super) results: &'static [&'static str],
}

/// Pages asked for, at most. Chosen: a service that never stops must not stop the terminal.
const PAGES: usize = 10_000;

/// The name under which the place of a cut travels in a token.
const CUT: &str = "boto_truncate_amount";

impl Pages {
    /// Calls until all is there.
    #[inline(never)]
    pub(super) fn fetch(
        aws: &mut Aws<'_>,
        service: &'static Service,
        operation: &'static Operation,
        paginator: &'static Paginator,
        request: Request,
    ) -> Result<Self, Fail> {
        let mut fetch = Fetch {
            paginator,
            input: request.input,
            max_items: request
                .paging
                .get("MaxItems")
                .map(|most| most.as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(0)),
            pages: Self { results: &paginator.results, ..Self::default() },
        };
        let start = request.paging.get("StartingToken").and_then(Value::as_str);
        let start = start.map(decode).transpose()?;
        if let Some((token, _)) = &start {
            fetch.set_token(token);
        }
        if let (Some(limit), Some(size)) = (paginator.limit, request.paging.get("PageSize")) {
            fetch.input.insert(limit.to_owned(), size.clone());
        }
        let skip = start.map(|(_, skip)| skip);
        let mut last = None;
        let mut count = 0;
        for number in 0..PAGES {
            let input = Value::Object(fetch.input.clone());
            let page = aws.call(service, operation, input)?;
            let first = (number == 0).then_some(skip.unwrap_or(0));
            let Some(next) = fetch.page(page, first, skip.is_some(), &mut count) else { break };
            if last.as_ref() == Some(&next) {
                let token = python::text(&json!({ paginator.input_token: next }));
                return Err(Fail::other(format_args!(
                    "Error during pagination: The same next token was received twice: {token}"
                )));
            }
            fetch.set_token(&next);
            last = Some(next);
        }
        Ok(fetch.pages)
    }

    /// The pages put together, as JSON, YAML and tables show them.
    #[inline(never)]
    pub(super) fn whole(&self) -> Value {
        let mut whole = Value::Object(Map::new());
        for page in &self.list {
            for path in self.results {
                let Some(found) = get(page, path).filter(|found| !found.is_null()) else {
                    continue;
                };
                let mut joined = get(&whole, path).cloned().unwrap_or_default();
                match (&mut joined, found) {
                    (Value::Array(items), Value::Array(more)) => items.extend(more.iter().cloned()),
                    (Value::Null, found) => joined = found.clone(),
                    (Value::String(text), Value::String(more)) => text.push_str(more),
                    _ => {}
                }
                set(&mut whole, path, joined);
            }
        }
        if let Value::Object(members) = &mut whole {
            merge(members, &self.keep);
            if let Some(token) = &self.resume {
                members.insert("NextToken".to_owned(), Value::from(token.as_str()));
            }
        }
        whole
    }

    /// The parts that text output shows one after the other: a part a page, then the token.
    #[inline(never)]
    pub(super) fn parts(&self) -> Vec<Value> {
        let mut parts = Vec::with_capacity(self.list.len() + 1);
        for (number, page) in self.list.iter().enumerate() {
            let mut part = Value::Object(if number == 0 { self.keep.clone() } else { Map::new() });
            for path in self.results {
                set(&mut part, path, get(page, path).cloned().unwrap_or_default());
            }
            parts.push(part);
        }
        if let Some(token) = &self.resume {
            parts.push(json!({ "NextToken": { "NextToken": token } }));
        }
        parts
    }
}

struct Fetch {
    paginator: &'static Paginator,
    input: Map<String, Value>,
    max_items: Option<usize>,
    pages: Pages,
}

impl Fetch {
    fn set_token(&mut self, token: &Value) {
        let name = self.paginator.input_token;
        if token.is_null() || token == "None" {
            self.input.remove(name);
        } else {
            self.input.insert(name.to_owned(), token.clone());
        }
    }

    /// Takes a page in; gives the token of the next one, if one is wanted. `first` is set for the
    /// first page, to the number of items that an earlier answer showed already.
    fn page(
        &mut self,
        mut page: Value,
        first: Option<usize>,
        resumed: bool,
        count: &mut usize,
    ) -> Option<Value> {
        let primary = self.paginator.results.first().copied().unwrap_or_default();
        let skip = first.unwrap_or(0);
        if first.is_some() {
            if resumed {
                self.skip(&mut page, skip);
            }
            for path in &self.paginator.keep {
                let value = get(&page, path).cloned().unwrap_or_default();
                let mut keep = Value::Object(std::mem::take(&mut self.pages.keep));
                set(&mut keep, path, value);
                if let Value::Object(keep) = keep {
                    self.pages.keep = keep;
                }
            }
        }
        let items = get(&page, primary).and_then(Value::as_array).map_or(0, Vec::len);
        let over = self.max_items.map_or(0, |most| (*count + items).saturating_sub(most));
        if over > 0 {
            let kept = items.saturating_sub(over);
            let list: Vec<Value> = get(&page, primary)
                .and_then(Value::as_array)
                .map(|list| list.iter().take(kept).cloned().collect())
                .unwrap_or_default();
            set(&mut page, primary, Value::Array(list));
            let name = self.paginator.input_token;
            let token = json!({ name: self.input.get(name), CUT: kept + skip });
            self.pages.resume = Some(encode(&token));
            self.pages.list.push(page);
            return None;
        }
        *count += items;
        let next = self.next_token(&page);
        self.pages.list.push(page);
        let next = next?;
        if self.max_items == Some(*count) {
            self.pages.resume = Some(encode(&json!({ self.paginator.input_token: next })));
            return None;
        }
        Some(next)
    }

    /// Leaves out what an earlier answer showed: the first items, and all other lists.
    fn skip(&self, page: &mut Value, items: usize) {
        for (at, path) in self.paginator.results.iter().enumerate() {
            let left = match get(page, path) {
                Some(Value::Array(list)) if at == 0 => list.iter().skip(items).cloned().collect(),
                Some(Value::Array(_)) => json!([]),
                Some(Value::String(_)) if at > 0 => json!(""),
                Some(Value::Number(_)) if at > 0 => json!(0),
                _ => Value::Null,
            };
            set(page, path, left);
        }
    }

    fn next_token(&self, page: &Value) -> Option<Value> {
        if let Some(more) = self.paginator.more
            && !get(page, more).is_some_and(super::jmespath::is_true)
        {
            return None;
        }
        get(page, self.paginator.output_token)
            .filter(|token| super::jmespath::is_true(token))
            .cloned()
    }
}

fn get<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, name| value.get(name))
}

/// Puts a value at a path; structures on the way are made.
fn set(value: &mut Value, path: &str, new: Value) {
    let mut place = value;
    for name in path.split('.') {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Value::Object(members) = place else { return };
        place = members.entry(name).or_insert(Value::Null);
    }
    *place = new;
}

fn merge(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (name, value) in from {
        match (into.get_mut(name), value) {
            (Some(Value::Object(inner)), Value::Object(from)) => merge(inner, from),
            _ => {
                into.insert(name.clone(), value.clone());
            }
        }
    }
}

/// A token as the AWS CLI shows it: Python's JSON in base64.
fn encode(token: &Value) -> String {
    let Value::Object(members) = token else { return String::new() };
    let members: Vec<String> =
        members.iter().map(|(name, value)| format!("{}: {value}", json!(name))).collect();
    base64::encode(format!("{{{}}}", members.join(", ")))
}

/// The service's own token, and how many items of its page were shown already.
fn decode(text: &str) -> Result<(Value, usize), Fail> {
    let json = base64::decode(text).and_then(|bytes| serde_json::from_slice(&bytes).ok());
    if let Some(Value::Object(mut members)) = json {
        let cut = members.remove(CUT).and_then(|cut| cut.as_u64());
        let cut = cut.and_then(|cut| usize::try_from(cut).ok()).unwrap_or(0);
        let token = members.into_iter().next().map(|(_, token)| token).unwrap_or_default();
        return Ok((token, cut));
    }
    // The form of old versions: `token___3`.
    match text.split("___").collect::<Vec<_>>().as_slice() {
        [token, cut] if cut.parse::<usize>().is_ok() => {
            Ok((Value::from(*token), cut.parse().unwrap_or(0)))
        }
        [token] => Ok((Value::from(*token), 0)),
        [_, _] => Ok((Value::from(text), 0)),
        _ => Err(Fail::other(format_args!("Bad starting token: {text}"))),
    }
}
