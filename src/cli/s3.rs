//! `aws s3 ls`: buckets, and what is in one, as a listing (awscli/customizations/s3).

use serde_json::{Map, Value, json};

use super::argparse::{self, Check, Flag, Positional, Takes};
use super::aws::{Aws, ONLY_THESE};
use super::fail::Fail;
use super::operation::Request;
use super::pages::Pages;
use super::python;
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
    let listing = Listing::read(&parsed.rest)?;
    let path = listing.path.strip_prefix("s3://").unwrap_or(&listing.path);
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    let mut found = Found::default();
    if bucket.is_empty() {
        buckets(aws, &listing)?;
    } else {
        objects(aws, &listing, bucket, key, &mut found)?;
    }
    if listing.summarize {
        let size = listing.size(found.bytes);
        aws.print(&format!("\nTotal Objects: {}\n   Total Size: {size}\n", found.objects));
    }
    if !found.any && !key.is_empty() {
        return Err(Fail { text: String::new(), status: 1 });
    }
    Ok(())
}

/// What `ls` was asked for.
#[derive(Default)]
struct Listing {
    path: String,
    recursive: bool,
    human: bool,
    summarize: bool,
    page_size: Option<i64>,
    /// Only buckets whose names begin so.
    prefix: Option<String>,
}

impl Listing {
    fn read(words: &[String]) -> Result<Self, Fail> {
        let switch = |name: &str| Flag { takes: Takes::None, ..Flag::one(name) };
        let flags = [
            switch("--recursive"),
            Flag { check: Check::Int, ..Flag::one("--page-size") },
            switch("--human-readable"),
            switch("--summarize"),
            Flag { takes: Takes::Maybe, choices: &["requester"], ..Flag::one("--request-payer") },
            Flag::one("--bucket-name-prefix"),
            Flag::one("--bucket-region"),
        ];
        let parsed = argparse::parse(&flags, Positional::Maybe, words)?;
        if !parsed.rest.is_empty() {
            return Err(Fail::param(format_args!("Unknown options: {}", parsed.rest.join(","))));
        }
        let given = |at: usize| parsed.values.get(at).and_then(Option::as_ref);
        let word = |at: usize| given(at).and_then(|words| words.first()).cloned();
        Ok(Self {
            recursive: given(0).is_some(),
            page_size: word(1).and_then(|size| python::int(&size)),
            human: given(2).is_some(),
            summarize: given(3).is_some(),
            prefix: word(5),
            path: parsed.positional.unwrap_or_default(),
        })
    }

    fn size(&self, bytes: u64) -> String {
        if self.human { human(bytes) } else { bytes.to_string() }
    }
}

/// What was listed.
#[derive(Default)]
struct Found {
    /// Folders count as well.
    any: bool,
    objects: u64,
    bytes: u64,
}

/// `1 Byte`, `17 Bytes`, `1.5 KiB`, as the AWS CLI rounds.
#[expect(clippy::cast_precision_loss, reason = "one digit after the point is shown")]
fn human(bytes: u64) -> String {
    const BASE: f64 = 1024.0;
    match bytes {
        1 => return "1 Byte".to_owned(),
        0..1024 => return format!("{bytes} Bytes"),
        _ => {}
    }
    let mut amount = bytes as f64 / BASE;
    let mut units = ["KiB", "MiB", "GiB", "TiB", "PiB"].into_iter();
    while amount.round() >= BASE && units.len() > 1 {
        amount /= BASE;
        units.next();
    }
    format!("{amount:.1} {}", units.next().unwrap_or_default())
}

fn buckets(aws: &mut Aws<'_>, listing: &Listing) -> Result<(), Fail> {
    let mut input = Map::new();
    if let Some(prefix) = &listing.prefix {
        input.insert("Prefix".to_owned(), json!(prefix));
    }
    for page in pages(aws, "ListBuckets", input, listing)? {
        for bucket in items(&page, "Buckets") {
            aws.print(&format!("{} {}\n", moment(bucket, "CreationDate"), text(bucket, "Name")));
        }
    }
    Ok(())
}

/// A line a folder and object.
fn objects(
    aws: &mut Aws<'_>,
    listing: &Listing,
    bucket: &str,
    key: &str,
    found: &mut Found,
) -> Result<(), Fail> {
    let mut input = Map::new();
    input.insert("Bucket".to_owned(), json!(bucket));
    input.insert("Prefix".to_owned(), json!(key));
    if !listing.recursive {
        input.insert("Delimiter".to_owned(), json!("/"));
    }
    for page in pages(aws, "ListObjectsV2", input, listing)? {
        for folder in items(&page, "CommonPrefixes") {
            found.any = true;
            let name = text(folder, "Prefix").trim_end_matches('/');
            let name = name.rsplit('/').next().unwrap_or(name);
            aws.print(&format!("{:>30} {name}/\n", "PRE"));
        }
        for object in items(&page, "Contents") {
            let bytes = object.get("Size").and_then(Value::as_u64).unwrap_or(0);
            found.any = true;
            found.objects += 1;
            found.bytes += bytes;
            let key = text(object, "Key");
            let name = if listing.recursive { key } else { key.rsplit('/').next().unwrap_or(key) };
            let (when, size) = (moment(object, "LastModified"), listing.size(bytes));
            aws.print(&format!("{when} {size:>10} {name}\n"));
        }
    }
    Ok(())
}

fn pages(
    aws: &mut Aws<'_>,
    operation: &str,
    input: Map<String, Value>,
    listing: &Listing,
) -> Result<Vec<Value>, Fail> {
    let found = api::service("s3")
        .and_then(|s3| Some((s3, s3.operation(operation)?, s3.paginator(operation)?)));
    let Some((service, operation, paginator)) = found else { return Ok(Vec::new()) };
    let mut request = Request { input, ..Request::default() };
    if let Some(size) = listing.page_size {
        request.paging.insert("PageSize".to_owned(), json!(size));
    }
    Ok(Pages::fetch(aws, service, operation, paginator, request)?.list)
}

fn items<'v>(page: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    page.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// `2026-01-05 09:00:00` of the ISO form.
fn moment(value: &Value, name: &str) -> String {
    text(value, name).chars().take(19).map(|c| if c == 'T' { ' ' } else { c }).collect()
}
