//! `fault …` and `traffic …`: what breaks, mends or loads the account from outside. Each becomes the
//! JSON that the laboratory's `inject` takes.

use serde_json::{Map, Value, json};

use super::fail::Fail;
use crate::cloud::input::Fault;

/// A word after `fault`, the key of the fault, and what follows.
struct Form {
    word: &'static str,
    key: &'static str,
    takes: Takes,
    what: &'static str,
}

enum Takes {
    /// Nothing: the fault is a switch with this position.
    Switch(bool),
    /// One name.
    Name(&'static str),
    /// A word a member; those from the given place on may be left out.
    Members(&'static [&'static str], usize),
}

const FORMS: &[Form] = &[
    Form {
        word: "stop-instance",
        key: "stopInstance",
        takes: Takes::Name("instance"),
        what: "An EC2 instance stops, as if its hardware had failed.",
    },
    Form {
        word: "lose-zone",
        key: "loseZone",
        takes: Takes::Name("zone"),
        what: "An Availability Zone fails.",
    },
    Form {
        word: "restore-zone",
        key: "restoreZone",
        takes: Takes::Name("zone"),
        what: "A failed Availability Zone works again.",
    },
    Form {
        word: "disconnect-agent",
        key: "disconnectAgent",
        takes: Takes::Name("instance"),
        what: "The ECS agent of an instance loses its connection.",
    },
    Form {
        word: "connect-agent",
        key: "connectAgent",
        takes: Takes::Name("instance"),
        what: "The ECS agent of an instance is connected again.",
    },
    Form {
        word: "block-registry",
        key: "blockRegistry",
        takes: Takes::Switch(true),
        what: "No image can be pulled.",
    },
    Form {
        word: "unblock-registry",
        key: "blockRegistry",
        takes: Takes::Switch(false),
        what: "Images can be pulled again.",
    },
    Form {
        word: "app",
        key: "app",
        takes: Takes::Members(&["task", "behaviour"], 2),
        what: "A task's application does one of: crash, exit, slow, leak, unhealthy, recover.",
    },
    Form {
        word: "load",
        key: "load",
        takes: Takes::Members(&["service", "cpuPercent", "memoryPercent", "cluster"], 2),
        what: "What the tasks of a service use now, in percent.",
    },
    Form {
        word: "traffic",
        key: "traffic",
        takes: Takes::Members(&["loadBalancer", "requestsPerSecond", "path", "host"], 2),
        what: "Clients send requests to a load balancer; 0 a second ends it.",
    },
    Form {
        word: "interrupt-spot",
        key: "interruptSpot",
        takes: Takes::Name("task"),
        what: "Spot capacity is taken back: a task has two minutes left.",
    },
];

/// The fault that the words after `fault` name.
#[inline(never)]
pub(super) fn fault(words: &[String]) -> Result<Fault, Fail> {
    let Some((first, rest)) = words.split_first() else {
        return Err(Fail::honest("usage: fault <what>", 2));
    };
    if first.starts_with('{') {
        let value = serde_json::from_str(first).unwrap_or_default();
        return read(value, "This is no fault. `fault` lists them.");
    }
    let Some(form) = FORMS.iter().find(|form| form.word == first) else {
        return Err(Fail::honest(
            format_args!("There is no fault `{first}`.\n{}", list().trim_end()),
            2,
        ));
    };
    let usage = format!("usage: fault {}", form.usage());
    let value = form.value(rest).ok_or_else(|| Fail::honest(&usage, 2))?;
    read(json!({ form.key: value }), &usage)
}

/// The fault behind `traffic <load balancer> <requests per second>`, also with a path and a host.
#[inline(never)]
pub(super) fn traffic(words: &[String]) -> Result<Fault, Fail> {
    const USAGE: &str = "usage: traffic <load balancer> <requests per second> [path] [host]";
    let form = FORMS.iter().find(|form| form.word == "traffic");
    let value = form.and_then(|form| form.value(words)).ok_or_else(|| Fail::honest(USAGE, 2))?;
    read(json!({ "traffic": value }), USAGE)
}

/// The words that may follow `fault`, each with what it does.
pub fn words() -> impl Iterator<Item = (&'static str, &'static str)> {
    FORMS.iter().map(|form| (form.word, form.what))
}

/// What the word at a place behind a fault names.
pub(super) fn parameter(fault: &str, place: usize) -> Option<&'static str> {
    match FORMS.iter().find(|form| form.word == fault)?.takes {
        Takes::Switch(_) => None,
        Takes::Name(name) => (place == 0).then_some(name),
        Takes::Members(names, _) => names.get(place).copied(),
    }
}

/// What may come next in a fault that has these words, and whether it could be injected as it is.
pub fn asks(words: &[String]) -> (Option<&'static str>, bool) {
    let Some((first, rest)) = words.split_first() else { return (None, false) };
    let whole = FORMS.iter().find(|form| form.word == first).and_then(|form| form.value(rest));
    (parameter(first, rest.len()), whole.is_some())
}

fn read(value: Value, otherwise: &str) -> Result<Fault, Fail> {
    serde_json::from_value(value).map_err(|error| {
        let unknown = error.to_string().contains("expected one of `stopInstance`");
        Fail::honest(if unknown { "This fault is not part of the model." } else { otherwise }, 2)
    })
}

/// A number, or the word as it is: then the fault cannot be read.
fn number(word: &str) -> Value {
    word.parse::<u32>().map_or_else(|_| Value::from(word), Value::from)
}

/// All faults, a line each.
#[inline(never)]
pub(super) fn list() -> String {
    let line = |form: &Form| format!("fault {:<57} {}\n", form.usage(), form.what);
    FORMS.iter().map(line).collect()
}

impl Form {
    fn usage(&self) -> String {
        let mut words = vec![self.word.to_owned()];
        match &self.takes {
            Takes::Switch(_) => {}
            Takes::Name(name) => words.push(format!("<{name}>")),
            Takes::Members(names, needed) => {
                let word = |(at, name): (usize, &&str)| {
                    if at < *needed { format!("<{name}>") } else { format!("[{name}]") }
                };
                words.extend(names.iter().enumerate().map(word));
            }
        }
        words.join(" ")
    }

    fn value(&self, words: &[String]) -> Option<Value> {
        match (&self.takes, words) {
            (Takes::Switch(on), []) => Some(Value::Bool(*on)),
            (Takes::Name(_), [name]) => Some(Value::from(name.as_str())),
            (Takes::Members(names, needed), words)
                if (*needed..=names.len()).contains(&words.len()) =>
            {
                let mut members = Map::new();
                for (name, word) in names.iter().zip(words) {
                    let value = match *name {
                        "cpuPercent" | "memoryPercent" | "requestsPerSecond" => number(word),
                        _ => Value::from(word.as_str()),
                    };
                    members.insert((*name).to_owned(), value);
                }
                Some(Value::Object(members))
            }
            _ => None,
        }
    }
}
