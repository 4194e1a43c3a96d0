//! JSON in, JSON out: one object a line, in order (CONTRACT.md, section 2).

use std::io::{self, BufRead, Write};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::cli;
use crate::cloud::Cloud;
use crate::cloud::elbv2::request::{self, Ask};
use crate::cloud::elbv2::sticky::Cookies;
use crate::cloud::error::ApiError;
use crate::cloud::input::{Call, Fault, Input, Principal};
use crate::cloud::inside::container_call;
use crate::cloud::limits;
use crate::cloud::time::{Millis, parse_duration};
use crate::lesson::solve;

/// What a line may ask for, as the sentence about a line that asks for something else says it.
const WORDS: &str = "`service` with `operation` and `input`, or one of `advance`, `settle`, `inject`, `container`, \
                     `request`, `line`, `reset`, `digest`";
/// What a file may begin with, where a program has marked it as UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Answers lines until there are no more.
pub(super) fn run(
    mut cloud: Cloud,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> io::Result<u8> {
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let answer = answer(&mut cloud, &line).unwrap_or_else(|refused| refused.json());
        writeln!(out, "{answer}")?;
        out.flush()?;
        line.clear();
    }
    Ok(0)
}

/// A line that was not answered with what it asked for.
struct Refused {
    code: String,
    message: String,
    status: u16,
}

impl Refused {
    fn bad(message: impl Into<String>) -> Self {
        Self { code: "BadRequest".to_owned(), message: message.into(), status: 400 }
    }

    fn json(&self) -> Value {
        json!({ "error": { "code": self.code, "message": self.message, "status": self.status } })
    }
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self { code: error.code.into_owned(), message: error.message, status: error.status }
    }
}

fn answer(cloud: &mut Cloud, line: &[u8]) -> Result<Value, Refused> {
    let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
    let request: Value = serde_json::from_slice(line)
        .map_err(|error| Refused::bad(format!("The line is not JSON: {error}.")))?;
    let object = request
        .as_object()
        .ok_or_else(|| Refused::bad("The line is not an object, such as {\"advance\":\"90s\"}."))?;
    if object.contains_key("service") {
        return call(cloud, object);
    }
    let mut entries = object.iter();
    let (Some((word, value)), None) = (entries.next(), entries.next()) else {
        return Err(Refused::bad(format!("A line has one key: {WORDS}.")));
    };
    match word.as_str() {
        "advance" => Ok(advance(cloud, length(value)?)),
        "settle" => Ok(settle(cloud, length(value)?)),
        "inject" => inject(cloud, value),
        "line" => {
            let text = value.as_str().ok_or_else(|| Refused::bad("`line` is a text."))?;
            let printed = cli::run(cloud, text);
            Ok(json!({
                "status": printed.status, "stdout": printed.stdout, "stderr": printed.stderr,
            }))
        }
        "reset" => reset(cloud, value),
        "digest" if *value == Value::Bool(true) => Ok(json!({ "digest": cloud.digest() })),
        "container" => container(cloud, value),
        "request" => client_request(cloud, value),
        "digest" => Err(Refused::bad("`digest` is asked for with true: {\"digest\":true}.")),
        other => {
            let other: String = other.chars().take(60).collect();
            Err(Refused::bad(format!("There is nothing named `{other}` to ask for: {WORDS}.")))
        }
    }
}

/// The code in a container calls AWS. Without credentials the error's code is `NoCredentials`.
fn container(cloud: &mut Cloud, value: &Value) -> Result<Value, Refused> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct FromContainer {
        task: String,
        container: String,
        service: String,
        operation: String,
        #[serde(default)]
        input: Map<String, Value>,
    }
    let from: FromContainer = members("container", value)?;
    let call = Call::new(&from.service, &from.operation, Value::Object(from.input));
    let asked = container_call(cloud, &from.task, &from.container, &call);
    let identity = asked.identity();
    Ok(match &asked.reply {
        Ok(output) => json!({ "identity": identity, "output": **output }),
        Err(error) => json!({
            "identity": identity,
            "error": { "code": error.code, "message": error.message, "status": error.status },
        }),
    })
}

/// One request from a client on the internet.
fn client_request(cloud: &mut Cloud, value: &Value) -> Result<Value, Refused> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    struct FromClient {
        load_balancer: String,
        #[serde(default)]
        host: String,
        #[serde(default)]
        path: String,
    }
    let from: FromClient = members("request", value)?;
    let path = if from.path.is_empty() { "/" } else { &from.path };
    let ask = Ask { host: &from.host, port: None, path, method: "GET", cookies: Cookies::Sent("") };
    let sent = request::request(cloud, &from.load_balancer, ask)?;
    let task = sent.task.and_then(|id| cloud.account().tasks.get(id)).map(|task| task.arn());
    Ok(json!({ "status": sent.status, "target": sent.target_text(), "task": task }))
}

fn call(cloud: &mut Cloud, object: &Map<String, Value>) -> Result<Value, Refused> {
    let known = ["service", "operation", "input", "as"];
    if let Some(other) = object.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(Refused::bad(format!("A call has no `{other}`.")));
    }
    let text = |name: &str| match object.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(Refused::bad(format!("`{name}` is a text."))),
    };
    let missing = |name: &str| Refused::bad(format!("A call needs `{name}`."));
    let service = text("service")?.ok_or_else(|| missing("service"))?;
    let operation = text("operation")?.ok_or_else(|| missing("operation"))?;
    let input = object.get("input").cloned().unwrap_or_else(|| json!({}));
    if !input.is_object() {
        return Err(Refused::bad("`input` is an object."));
    }
    let by = match text("as")? {
        Some(arn) if arn.starts_with("arn:") => Principal(arn.into()),
        Some(other) => return Err(Refused::bad(format!("`{other}` is not a principal's ARN."))),
        None => Principal::administrator(),
    };
    let call = Call::new(service, operation, input);
    let output = cloud.apply(&Input::Call { by, call }).into_reply()?;
    Ok(json!({ "output": *output }))
}

fn advance(cloud: &mut Cloud, length: Millis) -> Value {
    let to = cloud.now() + length;
    let outcome = cloud.apply(&Input::Advance { to });
    json!({ "now": cloud.now().seconds(), "events": outcome.jobs_run })
}

fn settle(cloud: &mut Cloud, limit: Millis) -> Value {
    let settled = cloud.settle(limit, &mut |_| {}).settled;
    json!({ "now": cloud.now().seconds(), "settled": settled })
}

fn inject(cloud: &mut Cloud, value: &Value) -> Result<Value, Refused> {
    let fault = Fault::deserialize(value)
        .map_err(|error| Refused::bad(format!("This is no fault: {error}.")))?;
    cloud.apply(&Input::Inject { fault }).into_reply()?;
    Ok(json!({ "now": cloud.now().seconds() }))
}

fn reset(cloud: &mut Cloud, value: &Value) -> Result<Value, Refused> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Reset {
        seed: Option<u64>,
        start: Option<String>,
    }
    let reset: Reset = members("reset", value)?;
    let start = solve::start(reset.start.as_deref().unwrap_or("default-vpc"))
        .map_err(|error| Refused::bad(format!("{error}.")))?;
    *cloud = Cloud::new(reset.seed.unwrap_or(solve::SANDBOX_SEED), start);
    Ok(json!({ "now": cloud.now().seconds() }))
}

/// The members of an object; serde would take a list of their values as well.
fn members<'a, T: Deserialize<'a>>(word: &str, value: &'a Value) -> Result<T, Refused> {
    if !value.is_object() {
        return Err(Refused::bad(format!("`{word}` is an object.")));
    }
    T::deserialize(value)
        .map_err(|error| Refused::bad(format!("`{word}` cannot be read: {error}.")))
}

fn length(value: &Value) -> Result<Millis, Refused> {
    let text = value.as_str().ok_or_else(|| Refused::bad("A length of time is a text: 90s."))?;
    let length = parse_duration(text).map_err(|error| Refused::bad(format!("{error}.")))?;
    if length > limits::SETTLE_MAX_MS {
        return Err(Refused::bad("Time passes by a day at most at once: 24h."));
    }
    Ok(length)
}
