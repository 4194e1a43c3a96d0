//! Rules: which requests a listener treats otherwise. The lowest priority number is looked at first, the default last.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Text;
use super::actions::{self, Act};
use super::listener::{self, Listener};
use super::names::{arn, invalid, no_rule};
use super::targets;
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::sort;
use crate::cloud::story::Tone;
use crate::cloud::table::{Id, Row};

/// A rule that is not the default.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its ARN.
    pub arn: Text,
    /// Its listener.
    pub listener: Id<Listener>,
    /// 1 to 50000; lower is looked at first.
    pub priority: u32,
    /// All of them must hold.
    pub conditions: Vec<Condition>,
    /// The same as they are shown.
    pub shown: Value,
    /// What is done.
    pub act: Act,
    /// The same as it is shown.
    pub actions: Value,
}

/// What a request must be like: one of the values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The host, without regard to case; `*` and `?` stand for other letters.
    Host(Vec<Text>),
    /// The path; `*` and `?` stand for other letters.
    Path(Vec<Text>),
    /// The method.
    Method(Vec<Text>),
}

impl Row for Rule {
    fn key(&self) -> &str {
        &self.arn
    }
}

impl Rule {
    /// As DescribeRules shows it.
    pub fn describe(&self) -> Value {
        json!({
            "RuleArn": self.arn,
            "Priority": self.priority.to_string(),
            "Conditions": self.shown,
            "Actions": self.actions,
            "IsDefault": false,
        })
    }

    /// Its conditions: `path-pattern /api*`.
    pub fn words(&self) -> String {
        let one = |condition: &Condition| {
            let (field, values) = condition.parts();
            format!("{field} {}", values.join(" or "))
        };
        self.conditions.iter().map(one).collect::<Vec<_>>().join(" and ")
    }

    /// The rule speaks of this request. What follows a `?` is not part of its path.
    pub fn matches(&self, host: &str, path: &str, method: &str) -> bool {
        let path = path.split('?').next().unwrap_or(path);
        self.conditions.iter().all(|condition| match condition {
            Condition::Host(values) => {
                let host = host.to_ascii_lowercase();
                values.iter().any(|value| matches_pattern(&value.to_ascii_lowercase(), &host))
            }
            Condition::Path(values) => values.iter().any(|value| matches_pattern(value, path)),
            Condition::Method(values) => values.iter().any(|value| **value == *method),
        })
    }
}

impl Condition {
    /// Its field as AWS names it, and its values.
    pub fn parts(&self) -> (&'static str, &[Text]) {
        match self {
            Self::Host(values) => ("host-header", values),
            Self::Path(values) => ("path-pattern", values),
            Self::Method(values) => ("http-request-method", values),
        }
    }
}

/// The path patterns of a load balancer's rules, as they were given.
pub fn paths(account: &Account, balancer: &str) -> Vec<Text> {
    let id = account.load_balancers.id(balancer);
    let listeners = id.map_or_else(Vec::new, |id| super::listener::of_load_balancer(account, id));
    let rules = account.rules.values().filter(|rule| listeners.contains(&rule.listener));
    let conditions = rules.flat_map(|rule| &rule.conditions);
    let patterns = conditions.filter_map(|condition| match condition {
        Condition::Path(values) => Some(values),
        _ => None,
    });
    patterns.flatten().cloned().collect()
}

/// The rules of a listener in the order in which they are looked at.
pub fn of_listener(account: &Account, listener: Id<Listener>) -> Vec<Arc<Rule>> {
    let ours = account.rules.values().filter(|rule| rule.listener == listener);
    let mut rules: Vec<Arc<Rule>> = ours.cloned().collect();
    sort::by_key(&mut rules, |rule| rule.priority);
    rules
}

/// Whether `text` fits `pattern`, in which `*` stands for any letters and `?` for one.
pub fn matches_pattern(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    // `reached[n]`: the part of the pattern so far fits the first `n` letters of the text.
    let mut reached = vec![false; text.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for letter in pattern {
        let mut next = vec![false; text.len() + 1];
        let mut any = false;
        for (n, slot) in next.iter_mut().enumerate() {
            any |= reached.get(n).copied().unwrap_or(false);
            let before = n.checked_sub(1).and_then(|n| Some((reached.get(n)?, text.get(n)?)));
            *slot = match (letter, before) {
                ('*', _) => any,
                ('?', Some((fits, _))) => *fits,
                (_, Some((fits, other))) => *fits && *other == letter,
                (_, None) => false,
            };
        }
        reached = next;
    }
    reached.last().copied().unwrap_or(false)
}

pub(super) fn create(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = listener::of(cx.account, params.required("ListenerArn"))?;
    let Some(listener) = cx.account.listeners.get(id).cloned() else { return Ok(json!({})) };
    let priority = params.int("Priority").and_then(|p| u32::try_from(p).ok());
    let priority = priority.filter(|p| (1..=50_000).contains(p));
    let priority = priority.ok_or_else(|| invalid("Priority must be between 1 and 50000"))?;
    let rules = of_listener(cx.account, id);
    if rules.iter().any(|rule| rule.priority == priority) {
        return Err(ApiError::new(
            "PriorityInUse",
            format!("Priority '{priority}' is currently in use"),
        ));
    }
    let ours = listener::of_load_balancer(cx.account, listener.load_balancer);
    let all = cx.account.rules.values().filter(|rule| ours.contains(&rule.listener)).count();
    if all >= limits::RULES_PER_LOAD_BALANCER {
        return Err(ApiError::new("TooManyRules", "The maximum number of rules has been reached"));
    }
    let (conditions, shown) = read_conditions(params.list("Conditions"))?;
    let (act, actions) = actions::read(cx.account, params.list("Actions"))?;
    actions::check_one_balancer(cx.account, &act, listener.load_balancer)?;
    let path = listener.arn.split_once(":listener/").map_or("", |(_, path)| path);
    let arn = arn(&format!("listener-rule/{path}/{}", cx.rng.hex(16)));
    let row = Rule { arn: Arc::from(arn), listener: id, priority, conditions, shown, act, actions };
    let shape = row.describe();
    cx.account.rules.insert(row);
    told(cx, &listener, format!("rule {priority} added"));
    targets::groups_changed(cx);
    Ok(json!({ "Rules": [shape] }))
}

pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let mut shapes = Vec::new();
    for arn in params.strings("RuleArns") {
        let rule = cx.account.rules.find(arn).ok_or_else(|| no_rule(arn))?;
        shapes.push(rule.describe());
    }
    if let Some(arn) = params.str("ListenerArn") {
        let id = listener::of(cx.account, arn)?;
        shapes.extend(of_listener(cx.account, id).iter().map(|rule| rule.describe()));
        shapes.extend(cx.account.listeners.get(id).map(|listener| default_rule(listener)));
    } else if shapes.is_empty() {
        return Err(invalid("You must specify either listener rule ARNs or a listener ARN"));
    }
    actions::page(params, "Rules", shapes)
}

pub(super) fn modify(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let arn = params.required("RuleArn");
    let id = cx.account.rules.id(arn).ok_or_else(|| no_rule(arn))?;
    let Some(old) = cx.account.rules.get(id).cloned() else { return Ok(json!({})) };
    let listener = cx.account.listeners.get(old.listener).cloned();
    let (conditions, shown) = match params.list("Conditions") {
        [] => (old.conditions.clone(), old.shown.clone()),
        list => read_conditions(list)?,
    };
    let (act, actions) = match params.list("Actions") {
        [] => (old.act.clone(), old.actions.clone()),
        list => actions::read(cx.account, list)?,
    };
    if let Some(listener) = &listener {
        actions::check_one_balancer(cx.account, &act, listener.load_balancer)?;
    }
    if let Some(rule) = cx.account.rules.edit(id) {
        (rule.conditions, rule.shown, rule.act, rule.actions) = (conditions, shown, act, actions);
    }
    if let Some(listener) = &listener {
        told(cx, listener, format!("rule {} changed", old.priority));
    }
    targets::groups_changed(cx);
    let shape = cx.account.rules.get(id).map(|rule| rule.describe());
    Ok(json!({ "Rules": [shape] }))
}

pub(super) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let arn = params.required("RuleArn");
    let id = cx.account.rules.id(arn).ok_or_else(|| no_rule(arn))?;
    if let Some(rule) = cx.account.rules.remove(id)
        && let Some(listener) = cx.account.listeners.get(rule.listener).cloned()
    {
        told(cx, &listener, format!("rule {} deleted", rule.priority));
    }
    targets::groups_changed(cx);
    Ok(json!({}))
}

/// The default rule of a listener, which is shown with the others.
fn default_rule(listener: &Listener) -> Value {
    let path = listener.arn.split_once(":listener/").map_or("", |(_, path)| path);
    json!({
        "RuleArn": arn(&format!("listener-rule/{path}/default")),
        "Priority": "default",
        "Conditions": [],
        "Actions": listener.actions,
        "IsDefault": true,
    })
}

fn told(cx: &mut Ctx<'_>, listener: &Listener, text: String) {
    if let Some(lb) = cx.account.load_balancers.get(listener.load_balancer) {
        let name = Arc::clone(&lb.name);
        cx.tell(Tone::Change, "load-balancer", &name, text);
    }
}

fn read_conditions(list: &[Value]) -> Result<(Vec<Condition>, Value), ApiError> {
    let mut conditions = Vec::new();
    let mut shown = Vec::new();
    let (mut count, mut wildcards) = (0, 0);
    for value in list {
        let params = Params::new(value);
        let field = params.required("Field");
        let config = match field {
            "host-header" => "HostHeaderConfig",
            "path-pattern" => "PathPatternConfig",
            "http-request-method" => "HttpRequestMethodConfig",
            other => {
                return Err(invalid(format!("Conditions on '{other}' are not part of this model")));
            }
        };
        let mut values: Vec<Text> = params.inner(config).strings("Values").map(Arc::from).collect();
        if values.is_empty() {
            values = params.strings("Values").map(Arc::from).collect();
        }
        if values.is_empty() {
            return Err(invalid("A condition value must be specified"));
        }
        // API-elbv2 RuleCondition: one of each of these fields, values of so many characters (sentences chosen).
        if list.iter().filter(|one| Params::new(one).str("Field") == Some(field)).count() > 1 {
            return Err(invalid(format!("A rule can have only one '{field}' condition")));
        }
        if let Some(long) = values.iter().find(|value| value.len() > limits::CONDITION_LENGTH) {
            let most = limits::CONDITION_LENGTH;
            let text =
                format!("Condition value '{long}' cannot be longer than '{most}' characters");
            return Err(invalid(text));
        }
        count += values.len();
        wildcards += values.iter().map(|value| value.matches(['*', '?']).count()).sum::<usize>();
        let at_most = |most: usize, what: &str| {
            Err(invalid(format!("A rule can have at most '{most}' condition {what}")))
        };
        if count > limits::RULE_CONDITION_VALUES {
            return at_most(limits::RULE_CONDITION_VALUES, "values");
        }
        if wildcards > limits::RULE_WILDCARDS {
            return at_most(limits::RULE_WILDCARDS, "wildcards");
        }
        let mut shape = json!({ "Field": field, "Values": values });
        if let Some(shape) = shape.as_object_mut() {
            shape.insert(config.to_owned(), json!({ "Values": values }));
        }
        shown.push(shape);
        conditions.push(match field {
            "host-header" => Condition::Host(values),
            "path-pattern" => Condition::Path(values),
            _ => Condition::Method(values),
        });
    }
    if conditions.is_empty() {
        return Err(invalid("A condition must be specified"));
    }
    Ok((conditions, Value::Array(shown)))
}

#[cfg(test)]
mod tests {
    use super::matches_pattern;

    #[test]
    fn stars_and_question_marks_stand_for_other_letters() {
        for (pattern, text, fits) in [
            ("/", "/", true),
            ("/api/*", "/api/", true),
            ("/api/*", "/api/v1/users", true),
            ("/api/*", "/app", false),
            ("*.example.com", "www.example.com", true),
            ("*.example.com", "example.com", false),
            ("/a?c", "/abc", true),
            ("/a?c", "/ac", false),
            ("*", "", true),
            ("", "x", false),
            ("/a*b*c", "/axxbyyc", true),
            ("/a*b*c", "/axxbyy", false),
        ] {
            assert_eq!(matches_pattern(pattern, text), fits, "{pattern} {text}");
        }
    }
}
