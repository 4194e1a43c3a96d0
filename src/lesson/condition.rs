//! Whether a condition is so in an account, and how far it still is from being so.

use serde_json::{Value, json};

use super::model::{Condition, Count, Field, Test};
use super::path;
use crate::cloud::Cloud;
use crate::cloud::bill::Cost;
use crate::cloud::elbv2::requests::Request;
use crate::cloud::iam::grants;
use crate::cloud::input::{Call, Reply};
use crate::cloud::map::Set;
use crate::cloud::rows::Kind;
use crate::cloud::trail::Record;

/// How far something is: "1 of 2".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// It is so.
    pub done: bool,
    /// How many there are.
    pub got: u32,
    /// How many there should be.
    pub want: u32,
}

/// The moment a step began: conditions on calls count the calls after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Since {
    calls: u64,
    inside: u64,
    requests: u64,
}

impl Since {
    /// The present moment of an account.
    pub fn now(cloud: &Cloud) -> Self {
        let account = cloud.account();
        Self {
            calls: account.trail.count(),
            inside: account.inside.count(),
            requests: account.requests.count(),
        }
    }
}

/// Whether `condition` is so. One pass over the rows of each kind it names.
pub fn evaluate(condition: &Condition, cloud: &Cloud, since: Since) -> Progress {
    match condition {
        Condition::Rows { kind, fields, distinct, count } => {
            let rows = kind_of(kind).map_or_else(Vec::new, |kind| kind.rows(cloud.account()));
            counted(matching(&rows, fields, distinct.as_deref()), *count)
        }
        Condition::Requests { fields, distinct, count } => {
            let rows = requests_since(cloud, since);
            counted(matching(&rows, fields, distinct.as_deref()), *count)
        }
        Condition::Calls { service, operation, result, fields, count } => {
            let wanted = |made: Made<'_>| {
                let (_, call, reply) = made;
                *call.service == **service
                    && *call.operation == **operation
                    && result.as_deref().is_none_or(|code| code == word_of(reply))
                    && (fields.is_empty() || matches_call(fields, made))
            };
            counted(calls_since(cloud, since, &wanted), *count)
        }
        Condition::Cost { of, hour } => {
            let done = passes(hour, &json!(rate(cloud, of.as_deref())));
            Progress { done, got: u32::from(done), want: 1 }
        }
        Condition::May { role, all, only } => may(cloud, role, all, only.as_deref()),
        Condition::All(parts) => {
            let done = parts.iter().filter(|part| evaluate(part, cloud, since).done).count();
            Progress { done: done == parts.len(), got: small(done), want: small(parts.len()) }
        }
        Condition::Any(parts) => any(parts, cloud, since),
        Condition::Not(part) => {
            let done = !evaluate(part, cloud, since).done;
            Progress { done, got: u32::from(done), want: 1 }
        }
    }
}

#[inline(never)]
fn any(parts: &[Condition], cloud: &Cloud, since: Since) -> Progress {
    parts.iter().map(|part| evaluate(part, cloud, since)).reduce(nearer).unwrap_or_default()
}

/// How many rows match, or how many different values a field of them has.
fn matching(rows: &[Value], fields: &[Field], distinct: Option<&str>) -> usize {
    let matching = rows.iter().filter(|row| fields.iter().all(|field| holds(field, row)));
    match distinct {
        Some(at) => distinct_values(at, matching),
        None => matching.count(),
    }
}

/// Millionths of a dollar an hour.
#[inline(never)]
fn rate(cloud: &Cloud, of: Option<&str>) -> u64 {
    let bill = &cloud.account().bill;
    match of {
        None => bill.rate_of_all(),
        Some(title) => {
            Cost::ALL.iter().filter(|cost| cost.title() == title).map(|cost| bill.rate(*cost)).sum()
        }
    }
}

/// Counts the wanted things that the role may do; with one that it should not, none of it counts as done.
#[inline(never)]
fn may(cloud: &Cloud, role: &str, all: &[String], only: Option<&[String]>) -> Progress {
    let granted = grants::of_role(cloud.account(), cloud.now(), role);
    let is_granted = |pattern: &&String| granted.iter().any(|grant| grant.is_meant(pattern));
    let got = all.iter().filter(is_granted).count();
    let too_much = only.is_some_and(|only| {
        granted.iter().any(|grant| !only.iter().any(|pattern| grant.is_meant(pattern)))
    });
    Progress { done: got == all.len() && !too_much, got: small(got), want: small(all.len()) }
}

/// The kind of a word such as `task`.
pub fn kind_of(word: &str) -> Option<Kind> {
    Kind::ALL.iter().copied().find(|kind| kind.word() == word)
}

/// `ok` or the error's code, as in `data-result`.
pub fn result_of(record: &Record) -> &str {
    word_of(&record.reply)
}

fn word_of(reply: &Reply) -> &str {
    match reply {
        Ok(_) => "ok",
        Err(error) => &error.code,
    }
}

fn counted(got: usize, count: Count) -> Progress {
    let got = small(got);
    let enough = count.at_least.is_none_or(|least| got >= least);
    let not_too_many = count.at_most.is_none_or(|most| got <= most);
    let want = count.at_least.or(count.at_most).unwrap_or(1);
    Progress { done: enough && not_too_many, got, want }
}

/// Of two ways to the same end, the one that is done or needs less.
fn nearer(one: Progress, other: Progress) -> Progress {
    let missing = |progress: Progress| progress.want.abs_diff(progress.got);
    let one_first = (!one.done, missing(one)) <= (!other.done, missing(other));
    if one_first { one } else { other }
}

/// The requests since a moment as rows.
#[inline(never)]
fn requests_since(cloud: &Cloud, since: Since) -> Vec<Value> {
    let newest = cloud.account().requests.iter().rev();
    newest.take_while(|request| request.no > since.requests).map(Request::row).collect()
}

/// A call: who, what, and the answer.
type Made<'a> = (&'a str, &'a Call, &'a Reply);

/// How many of the calls since a moment are wanted: those in the trail, and those of containers that never got to AWS.
#[inline(never)]
fn calls_since(cloud: &Cloud, since: Since, wanted: &dyn Fn(Made<'_>) -> bool) -> usize {
    let records = cloud.account().trail.iter().rev();
    let records = records.take_while(|record| record.no > since.calls);
    let made = records.filter(|record| wanted((&record.by.0, &record.call, &record.reply)));
    let inside = cloud.account().inside.iter().rev();
    let inside = inside.take_while(|asked| asked.no > since.inside);
    let inside = inside.filter(|asked| asked.record.is_none());
    let asked = inside.filter(|one| wanted((one.identity().unwrap_or(""), &one.call, &one.reply)));
    made.count() + asked.count()
}

#[inline(never)]
fn matches_call(fields: &[Field], (by, call, reply): Made<'_>) -> bool {
    let output = reply.as_ref().map_or(Value::Null, |reply| (**reply).clone());
    let all = json!({ "by": by, "input": *call.input, "output": output });
    fields.iter().all(|field| holds(field, &all))
}

#[inline(never)]
fn distinct_values<'a>(at: &str, rows: impl Iterator<Item = &'a Value>) -> usize {
    let values = rows.flat_map(|row| path::values(row, at)).map(Value::to_string);
    values.collect::<Set<_>>().len()
}

fn holds(field: &Field, row: &Value) -> bool {
    let values = path::values(row, &field.path);
    match &field.test {
        Test::Exists(wanted) => values.iter().any(|value| is_something(value)) == *wanted,
        test => values.iter().any(|value| passes(test, value)),
    }
}

fn passes(test: &Test, value: &Value) -> bool {
    let string = value.as_str();
    match test {
        Test::Is(wanted) => value == wanted || is_same_number(value, wanted),
        Test::Contains(part) => string.is_some_and(|text| text.contains(part.as_str())),
        Test::Starts(part) => string.is_some_and(|text| text.starts_with(part.as_str())),
        Test::Ends(part) => string.is_some_and(|text| text.ends_with(part.as_str())),
        Test::Above(limit) => number(value).is_some_and(|number| number > *limit),
        Test::Below(limit) => number(value).is_some_and(|number| number < *limit),
        Test::Exists(_) => true,
    }
}

/// AWS writes some numbers as text (a task's cpu and memory) and some whole ones with a point (a policy's target): all
/// spellings compare as numbers. A fraction is left out.
fn number(value: &Value) -> Option<i64> {
    if let Some(number) = value.as_i64() {
        return Some(number);
    }
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.split('.').next()?.parse().ok()
}

fn is_same_number(value: &Value, wanted: &Value) -> bool {
    wanted.is_number() && number(value).is_some() && number(value) == number(wanted)
}

fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => true,
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(path: &str, test: Test) -> Field {
        Field { path: path.to_owned(), test }
    }

    #[test]
    fn a_list_on_the_way_stands_for_any_of_its_items() {
        let row = json!({ "containers": [{ "exitCode": 0 }, { "exitCode": 1 }], "cpu": "256" });
        assert!(holds(&field("containers.exitCode", Test::Is(json!(1))), &row));
        assert!(!holds(&field("containers.exitCode", Test::Is(json!(2))), &row));
        assert!(holds(&field("containers.exitCode", Test::Above(0)), &row));
        assert!(holds(&field("cpu", Test::Is(json!(256))), &row));
        assert!(!holds(&field("cpu", Test::Is(json!("512"))), &row));
    }

    #[test]
    fn an_empty_list_is_not_there() {
        let row = json!({ "attachments": [], "name": "web" });
        assert!(holds(&field("attachments", Test::Exists(false)), &row));
        assert!(holds(&field("gone.deep", Test::Exists(false)), &row));
        assert!(holds(&field("name", Test::Exists(true)), &row));
    }

    #[test]
    fn of_two_ways_the_nearer_one_is_shown() {
        let far = Progress { done: false, got: 0, want: 3 };
        let near = Progress { done: false, got: 2, want: 3 };
        assert_eq!(nearer(far, near), near);
        assert_eq!(nearer(near, Progress { done: true, got: 9, want: 1 }).got, 9);
    }
}
