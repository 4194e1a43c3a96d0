//! Policy documents, read once and evaluated often.

use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::check::{self, Use};
use super::condition::{Condition, Operator};
use super::pattern::Pattern;

/// A policy document with its text, as the account keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What was written.
    pub text: Arc<str>,
    /// What it means.
    pub policy: Arc<Policy>,
}

/// What a policy document says: read when it is first asked for, because most of an account's policies never are.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    text: Arc<str>,
    statements: OnceLock<Vec<Statement>>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its own name.
    pub sid: Option<Arc<str>>,
    /// Allow or deny.
    pub effect: Effect,
    /// Whom it is about; absent in identity policies.
    pub principals: Option<Listed<Who>>,
    /// Which actions.
    pub actions: Listed<Pattern>,
    /// Which resources; absent in trust policies, which are about their role.
    pub resources: Option<Listed<Pattern>>,
    /// What else has to be true: all of it.
    pub conditions: Vec<Condition>,
    /// Where it stands in the text: first byte, and the byte after its end.
    pub span: (u32, u32),
}

/// What a statement does when it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, whatever else allows.
    Deny,
}

/// A list, or everything that is not in it (`NotAction`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// Everything but these.
    pub negated: bool,
    /// The items.
    pub items: Vec<T>,
}

/// Whom a statement can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// `*`.
    Anyone,
    /// A user, role, session or a whole account.
    Aws(Arc<str>),
    /// An AWS service such as `ecs-tasks.amazonaws.com`.
    Service(Arc<str>),
    /// An identity provider or canonical user: kept, matches nobody in this model.
    Other(Arc<str>),
}

impl Document {
    /// Reads a document; the error is IAM's sentence of `MalformedPolicyDocument`.
    pub fn parse(text: &str, used: Use) -> Result<Self, String> {
        let not_json = match used {
            Use::Trust => "This policy contains invalid Json",
            _ => "Syntax errors in policy.",
        };
        let value: Value = serde_json::from_str(text).map_err(|_| not_json.to_owned())?;
        check::document(&value, used)?;
        Ok(Self::prepared(text))
    }

    /// A document that is known to be right.
    pub fn prepared(text: &str) -> Self {
        let text: Arc<str> = Arc::from(text);
        let policy = Policy { text: Arc::clone(&text), statements: OnceLock::new() };
        Self { text, policy: Arc::new(policy) }
    }

    /// The document as botocore hands it to a program: parsed.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }
}

impl Policy {
    /// Its statements in the order of the document.
    pub fn statements(&self) -> &[Statement] {
        self.statements.get_or_init(|| statements(&self.text))
    }
}

impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Policy {}

impl Effect {
    /// The word in the document.
    pub fn word(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

impl Who {
    /// The name in the document.
    pub fn text(&self) -> &str {
        match self {
            Self::Anyone => "*",
            Self::Aws(name) | Self::Service(name) | Self::Other(name) => name,
        }
    }
}

fn statements(text: &str) -> Vec<Statement> {
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    let variables = value.get("Version").and_then(Value::as_str) == Some("2012-10-17");
    let spans = spans(text).into_iter().chain(std::iter::repeat((0, 0)));
    let statements = check::statements(&value);
    statements.iter().zip(spans).map(|(value, span)| statement(value, variables, span)).collect()
}

fn statement(value: &Value, variables: bool, span: (u32, u32)) -> Statement {
    let patterns = |name: &str, not_name: &str, variables: bool| {
        let negated = value.get(not_name).is_some();
        let name = if negated { not_name } else { name };
        value.get(name)?;
        let texts = check::list(value, name).into_iter();
        let items = texts.map(|text| Pattern::new(text, variables)).collect();
        Some(Listed { negated, items })
    };
    let effect = match value.get("Effect").and_then(Value::as_str) {
        Some("Allow") => Effect::Allow,
        _ => Effect::Deny,
    };
    let sid = value.get("Sid").and_then(Value::as_str).filter(|sid| !sid.is_empty());
    Statement {
        sid: sid.map(Arc::from),
        effect,
        principals: principals(value),
        actions: patterns("Action", "NotAction", false)
            .unwrap_or(Listed { negated: false, items: Vec::new() }),
        resources: patterns("Resource", "NotResource", variables),
        conditions: conditions(value, variables),
        span,
    }
}

fn principals(statement: &Value) -> Option<Listed<Who>> {
    let negated = statement.get("NotPrincipal").is_some();
    let value = statement.get(if negated { "NotPrincipal" } else { "Principal" })?;
    let items = match value {
        Value::String(text) => vec![aws(text)],
        Value::Object(kinds) => {
            let named = kinds.keys().flat_map(|kind| {
                check::list(value, kind).into_iter().map(|name| match kind.as_str() {
                    "AWS" => aws(name),
                    "Service" => Who::Service(Arc::from(name)),
                    _ => Who::Other(Arc::from(name)),
                })
            });
            named.collect()
        }
        _ => Vec::new(),
    };
    Some(Listed { negated, items })
}

fn aws(name: &str) -> Who {
    if name == "*" { Who::Anyone } else { Who::Aws(Arc::from(name)) }
}

#[inline(never)]
fn conditions(statement: &Value, variables: bool) -> Vec<Condition> {
    let mut all = Vec::new();
    let operators = statement.get("Condition").and_then(Value::as_object).into_iter().flatten();
    for (written, keys) in operators {
        let Some(operator) = Operator::parse(written) else { continue };
        for (key, values) in keys.as_object().into_iter().flatten() {
            let values = match values {
                Value::Array(items) => items.iter().map(plain).collect(),
                one => vec![plain(one)],
            };
            let values = values.iter().map(|text| Pattern::new(text, variables)).collect();
            let (written, key) = (Arc::from(written.as_str()), Arc::from(key.as_str()));
            all.push(Condition { written, operator, key, values });
        }
    }
    all
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Where the statements stand in a document that is known to be right: they are its objects at the
/// second level.
fn spans(text: &str) -> Vec<(u32, u32)> {
    let (mut spans, mut depth, mut start) = (Vec::new(), 0_u32, 0_u32);
    let (mut in_text, mut escaped) = (false, false);
    for (at, byte) in (0_u32..).zip(text.bytes()) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' if !in_text => {
                depth += 1;
                if depth == 2 {
                    start = at;
                }
            }
            b'}' if !in_text => {
                if depth == 2 {
                    spans.push((start, at + 1));
                }
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
    }
    spans
}

/// Line and column of a byte of the text, both from 1, as the policy simulator counts them.
pub fn position(text: &str, at: u32) -> (u32, u32) {
    let before = text.bytes().take(usize::try_from(at).unwrap_or(usize::MAX));
    before.fold((1, 1), |(line, column), byte| match byte {
        b'\n' => (line + 1, 1),
        _ => (line, column + 1),
    })
}
