//! Amazon S3: buckets and their objects.
use std::sync::Arc;

use serde_json::{Value, json};

use crate::cloud::account::Account;
use crate::cloud::action::{Action, Ctx, read, write};
use crate::cloud::base64;
use crate::cloud::error::ApiError;
use crate::cloud::iam::names::unique_id;
use crate::cloud::iam::refusal;
use crate::cloud::map::{Map, Set};
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;
use crate::cloud::sort;
use crate::cloud::story::Tone;
use crate::cloud::table::{Id, Row};
use crate::cloud::time::SimTime;
use crate::cloud::{authorize, limits};

/// The actions of S3 in this model.
pub const ACTIONS: &[Action] = &[
    read("ListBuckets", list_buckets),
    read("ListObjectsV2", list_objects),
    read("GetObject", get_object),
    write("PutObject", put_object),
];

/// A bucket.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// Unique in the world.
    pub name: Arc<str>,
    /// When it was made.
    pub created: SimTime,
    /// Its objects by key, in the order in which S3 lists them.
    pub objects: Map<Arc<str>, Object>,
}

/// An object: its content is text in this model.
#[derive(Clone, Debug)]
pub struct Object {
    /// What is in it.
    pub body: Arc<str>,
    /// When it was written.
    pub modified: SimTime,
    /// Its type, where one was given.
    pub content_type: Option<Arc<str>>,
}

impl Row for Bucket {
    fn key(&self) -> &str {
        &self.name
    }
}

impl Bucket {
    /// An empty bucket.
    pub fn new(name: &str, created: SimTime) -> Self {
        Self { name: Arc::from(name), created, objects: Map::new() }
    }

    /// Its ARN; bucket-level actions are about it.
    pub fn arn(&self) -> String {
        format!("arn:aws:s3:::{}", self.name)
    }

    /// The ARN of one of its objects.
    pub fn object_arn(&self, key: &str) -> String {
        format!("arn:aws:s3:::{}/{key}", self.name)
    }

    /// Writes an object.
    pub fn put(&mut self, key: &str, body: &str, now: SimTime) {
        let object = Object { body: Arc::from(body), modified: now, content_type: None };
        self.objects.insert(Arc::from(key), object);
    }

    /// The bucket as ListBuckets shows it.
    pub fn describe(&self) -> Value {
        json!({ "Name": self.name, "CreationDate": self.created.seconds() })
    }
}

impl Object {
    /// S3 takes the MD5 of the content; the model takes another hash of it, as it may for encrypted
    /// objects.
    fn etag(&self) -> String {
        let mut state = 0xcbf2_9ce4_8422_2325_u64;
        for byte in self.body.bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        format!("\"{state:016x}{:016x}\"", state.rotate_left(29).wrapping_mul(31))
    }
}

fn list_buckets(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let prefix = params.str("Prefix").unwrap_or("");
    let after = params.str("ContinuationToken").map_or(Ok(String::new()), read_token)?;
    // Facts: API-s3 ListBuckets, max-buckets.
    let most = params.int("MaxBuckets").unwrap_or(10_000);
    let most = usize::try_from(most).ok().filter(|most| (1..=10_000).contains(most));
    let Some(most) = most else {
        let text = "Argument max-buckets must be an integer between 1 and 10000";
        return Err(ApiError::new("InvalidArgument", text));
    };
    let elsewhere = params.str("BucketRegion").is_some_and(|region| region != limits::REGION);
    let mut buckets: Vec<_> = cx.account.buckets.values().collect();
    buckets.retain(|bucket| !elsewhere && bucket.name.starts_with(prefix) && *bucket.name > *after);
    sort::by(&mut buckets, |a, b| a.name.cmp(&b.name));
    let more = buckets.len() > most;
    buckets.truncate(most);
    let token = buckets.last().filter(|_| more).map(|last| base64::encode(&*last.name));
    let shown: Vec<Value> = buckets.into_iter().map(|bucket| bucket.describe()).collect();
    let owner = unique_id("", limits::ACCOUNT).to_lowercase();
    let reply = Shape::with_room(4).put("Buckets", shown).put("Owner", json!({ "ID": owner }));
    let reply = reply.maybe("ContinuationToken", token);
    Ok(reply.maybe("Prefix", params.str("Prefix")).done())
}

/// The name of the last bucket that was shown.
#[inline(never)]
fn read_token(token: &str) -> Result<String, ApiError> {
    let name = base64::decode(token).and_then(|bytes| String::from_utf8(bytes).ok());
    name.ok_or_else(|| {
        ApiError::new("InvalidArgument", "The continuation token provided is incorrect")
    })
}

fn list_objects(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let bucket = named(cx.account, params)?;
    let prefix = params.str("Prefix").unwrap_or("");
    let after = params.str("ContinuationToken").or(params.str("StartAfter")).unwrap_or("");
    let most = params.int("MaxKeys").unwrap_or(1_000).clamp(0, 1_000);
    let most = usize::try_from(most).unwrap_or(1_000);
    let (mut contents, mut folders) = (Vec::new(), Set::new());
    let (mut last, mut more) = ("", false);
    for (key, object) in &bucket.objects {
        let Some(rest) = key.strip_prefix(prefix).filter(|_| **key > *after) else { continue };
        let folder = params.str("Delimiter").and_then(|delimiter| {
            let end = rest.find(delimiter)? + delimiter.len();
            key.get(..prefix.len() + end)
        });
        let known = folder.is_some_and(|folder| folders.contains(folder));
        if !known && contents.len() + folders.len() >= most {
            more = true;
            break;
        }
        last = key;
        match folder {
            Some(folder) => {
                folders.insert(folder);
            }
            None => contents.push(json!({
                "Key": key,
                "LastModified": object.modified.seconds(),
                "ETag": object.etag(),
                "Size": object.body.len(),
                "StorageClass": "STANDARD",
            })),
        }
    }
    let count = contents.len() + folders.len();
    let folders: Vec<Value> =
        folders.into_iter().map(|folder| json!({ "Prefix": folder })).collect();
    let mut reply = json!({
        "IsTruncated": more,
        "Name": bucket.name,
        "Prefix": prefix,
        "MaxKeys": most,
        "KeyCount": count,
    });
    if let Some(members) = reply.as_object_mut() {
        let mut add = |name: &str, value: Value, there: bool| {
            if there {
                members.insert(name.to_owned(), value);
            }
        };
        let (some, folded) = (!contents.is_empty(), !folders.is_empty());
        add("Contents", Value::Array(contents), some);
        add("CommonPrefixes", Value::Array(folders), folded);
        add("NextContinuationToken", json!(last), more);
    }
    Ok(reply)
}

fn get_object(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let bucket = named(cx.account, params)?;
    let Some(object) = bucket.objects.get(params.required("Key")) else {
        let arn = bucket.arn();
        return Err(no_such_key(cx, &arn));
    };
    Ok(json!({
        "Body": object.body,
        "AcceptRanges": "bytes",
        "LastModified": object.modified.seconds(),
        "ContentLength": object.body.len(),
        "ETag": object.etag(),
        "ContentType": object.content_type.as_deref().unwrap_or("binary/octet-stream"),
        "ServerSideEncryption": "AES256",
        "Metadata": {},
    }))
}

/// Who may not list a bucket does not learn that a key is missing (S3 guide, GetObject).
fn no_such_key(cx: &mut Ctx<'_>, bucket: &str) -> ApiError {
    let decision = authorize::caller_may(cx, "s3:ListBucket", bucket);
    if !decision.allowed() {
        return refusal::error("s3", &decision);
    }
    ApiError { status: 404, ..ApiError::new("NoSuchKey", "The specified key does not exist.") }
}

fn put_object(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let bucket = named(cx.account, params)?;
    let (key, body) = (params.required("Key"), params.str("Body").unwrap_or(""));
    let full = bucket.objects.len() >= limits::BUCKET_OBJECTS && !bucket.objects.contains_key(key);
    if body.len() > limits::OBJECT_BYTES || full {
        let sentence = "Your proposed upload exceeds the maximum allowed size";
        return Err(ApiError::new("EntityTooLarge", sentence));
    }
    let object = Object {
        body: Arc::from(body),
        modified: cx.now,
        content_type: params.str("ContentType").map(Arc::from),
    };
    let etag = object.etag();
    let name = Arc::clone(&bucket.name);
    let id = row(cx.account, &name)?;
    if let Some(bucket) = cx.account.buckets.edit(id) {
        bucket.objects.insert(Arc::from(key), object);
    }
    cx.tell(Tone::Change, "bucket", &name, format!("object {key} written"));
    Ok(json!({ "ETag": etag, "ServerSideEncryption": "AES256" }))
}

fn named<'a>(account: &'a Account, params: Params<'_>) -> Result<&'a Arc<Bucket>, ApiError> {
    account.buckets.find(params.required("Bucket")).ok_or_else(no_such_bucket)
}

fn row(account: &Account, name: &str) -> Result<Id<Bucket>, ApiError> {
    account.buckets.id(name).ok_or_else(no_such_bucket)
}

fn no_such_bucket() -> ApiError {
    let sentence = "The specified bucket does not exist";
    ApiError { status: 404, ..ApiError::new("NoSuchBucket", sentence) }
}
