//! `aws s3 ls`: buckets, and what is in one, as a listing (awscli/customizations/s3).

use serde_json::{Value, json};

use super::argparse::{self, Flag, Positional, Takes};
use super::aws::{Aws, ONLY_THESE};
use super::fail::Fail;
use super::operation::Request;
use super::pages::Pages;
use crate::cloud::api;

/// Runs the words after `aws s3`.
#[inline(never)]
pub(super) fn run(aws: &mut Aws<'_>, words: &[String]) -> Result<(), Fail> {
    let expected = Positional::Choice("subcommand", &["ls", "help"], ONLY_THESE);
    let parsed = argparse::parse(&[], expected, words)?;
    if parsed.positional.as_deref() == Some("help")
        || parsed.rest.first().is_some_and(|w| w == "help")
    {
        aws.help(&["s3"]);
        return Ok(());
    }
    let switch = |name: &str| Flag { takes: Takes::None, ..Flag::one(name) };
    let flags = [switch("--recursive"), switch("--summarize"), Flag::one("--page-size")];
    let parsed = argparse::parse(&flags, Positional::Maybe, &parsed.rest)?;
    if !parsed.rest.is_empty() {
        return Err(Fail::param(format_args!("Unknown options: {}", parsed.rest.join(","))));
    }
    let given = |at: usize| parsed.values.get(at).is_some_and(Option::is_some);
    let path = parsed.positional.unwrap_or_default();
    let path = path.strip_prefix("s3://").unwrap_or(&path);
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    if bucket.is_empty() {
        return buckets(aws);
    }
    let mut input = json!({ "Bucket": bucket, "Prefix": key });
    if !given(0)
        && let Value::Object(input) = &mut input
    {
        input.insert("Delimiter".to_owned(), json!("/"));
    }
    let (lines, bytes) = objects(aws, input, given(0))?;
    let found = lines.len();
    aws.print(&lines.concat());
    if given(1) {
        let objects = lines.iter().filter(|line| !line.trim_start().starts_with("PRE ")).count();
        aws.print(&format!("\nTotal Objects: {objects}\n   Total Size: {bytes}\n"));
    }
    if found == 0 && !key.is_empty() {
        return Err(Fail { text: String::new(), status: 1 });
    }
    Ok(())
}

fn buckets(aws: &mut Aws<'_>) -> Result<(), Fail> {
    let found = api::service("s3").and_then(|s3| Some((s3, s3.operation("ListBuckets")?)));
    let Some((service, operation)) = found else { return Ok(()) };
    let reply = aws.call(service, operation, json!({}))?;
    for bucket in reply.get("Buckets").and_then(Value::as_array).into_iter().flatten() {
        aws.print(&format!("{} {}\n", moment(bucket, "CreationDate"), text(bucket, "Name")));
    }
    Ok(())
}

/// A line a folder and object, and how many bytes they have together.
fn objects(aws: &mut Aws<'_>, input: Value, whole_key: bool) -> Result<(Vec<String>, u64), Fail> {
    let found = api::service("s3")
        .and_then(|s3| Some((s3, s3.operation("ListObjectsV2")?, s3.paginator("ListObjectsV2")?)));
    let (Some((service, operation, paginator)), Value::Object(input)) = (found, input) else {
        return Ok((Vec::new(), 0));
    };
    let request = Request { input, ..Request::default() };
    let pages = Pages::fetch(aws, service, operation, paginator, request)?;
    let (mut lines, mut bytes) = (Vec::new(), 0);
    for page in &pages.list {
        for folder in page.get("CommonPrefixes").and_then(Value::as_array).into_iter().flatten() {
            let name = text(folder, "Prefix").trim_end_matches('/');
            lines.push(format!("{:>30} {}/\n", "PRE", name.rsplit('/').next().unwrap_or(name)));
        }
        for object in page.get("Contents").and_then(Value::as_array).into_iter().flatten() {
            let size = object.get("Size").and_then(Value::as_u64).unwrap_or(0);
            let key = text(object, "Key");
            let name = if whole_key { key } else { key.rsplit('/').next().unwrap_or(key) };
            bytes += size;
            lines.push(format!("{} {size:>10} {name}\n", moment(object, "LastModified")));
        }
    }
    Ok((lines, bytes))
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// `2026-01-05 09:00:00` of the ISO form.
fn moment(value: &Value, name: &str) -> String {
    text(value, name).chars().take(19).map(|c| if c == 'T' { ' ' } else { c }).collect()
}
