//! Lifecycle policies: what one says, and which images it lets expire (facts/ecr §10).
use std::sync::Arc;

use serde_json::Value;

use super::image::Image;
use super::names;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::map::Set;
use crate::cloud::params::Params;
use crate::cloud::sort;
use crate::cloud::time::{DAY, SimTime};
use crate::cloud::wildcard;

/// A policy: its text and its rules, the lowest priority number first.
#[derive(Clone, Debug)]
pub struct Policy {
    /// What was written.
    pub text: Arc<str>,
    /// What it means.
    pub rules: Vec<Rule>,
    /// When it was last applied.
    pub evaluated: Option<SimTime>,
}

/// The outcome of a policy that was only tried.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The policy.
    pub policy: Policy,
    /// Previews of the repository so far.
    pub number: u32,
    /// The images that would expire, each with its rule; none while it is worked out.
    pub expiring: Option<Vec<(Image, u32)>>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Unique; the lowest is applied first.
    pub priority: u32,
    /// Which images it is about.
    pub about: About,
    /// Which of those expire.
    pub keeps: Keeps,
}

/// Which images a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// All.
    Any,
    /// Those without a tag.
    Untagged,
    /// Those with tags that match all of these, each by any tag.
    Tagged(Vec<Arc<str>>),
}

/// Which images a rule keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// The newest so many.
    Newest(usize),
    /// Those pushed in the last so many days.
    Days(u64),
    /// Those pulled, or else pushed, in the last so many days.
    PulledDays(u64),
}

impl Policy {
    /// Reads and checks a policy (sentences: MOTO:moto/ecr/policy_validation.py).
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        let value: Value = serde_json::from_str(text)
            .map_err(|_| unfit("Could not map policyString into LifecyclePolicy."))?;
        let Some(list) = value.get("rules").and_then(Value::as_array) else {
            return Err(unfit("object has missing required properties ([\"rules\"])"));
        };
        let mut rules = list.iter().map(Rule::read).collect::<Result<Vec<Rule>, ApiError>>()?;
        sort::by_key(&mut rules, |rule| rule.priority);
        check_together(&rules)?;
        Ok(Self { text: Arc::from(text), rules, evaluated: None })
    }

    /// The images that expire, each with the rule that did it. All rules look at the same images; then they are applied,
    /// the lowest number first. What a rule is about, no later rule can let expire, even where the first one keeps it.
    pub fn expiring(&self, images: &[Image], now: SimTime) -> Vec<(Arc<str>, u32)> {
        let mut taken: Set<&Arc<str>> = Set::new();
        let mut expiring = Vec::new();
        for rule in &self.rules {
            let mut about: Vec<&Image> =
                images.iter().rev().filter(|image| rule.about.covers(image)).collect();
            sort::by_key(&mut about, |image| std::cmp::Reverse(image.pushed));
            for (place, image) in about.into_iter().enumerate() {
                if taken.insert(&image.digest) && !rule.keeps.covers(image, place, now) {
                    expiring.push((Arc::clone(&image.digest), rule.priority));
                }
            }
        }
        expiring
    }
}

impl Rule {
    fn read(value: &Value) -> Result<Self, ApiError> {
        let rule = Params::new(value);
        let (selection, action) = (rule.inner("selection"), rule.inner("action"));
        only(rule, &["rulePriority", "description", "selection", "action"])?;
        needs(rule, &["action", "rulePriority", "selection"])?;
        only(action, &["type", "targetStorageClass"])?;
        needs(action, &["type"])?;
        let selects = ["tagStatus", "tagPrefixList", "tagPatternList", "countType", "countUnit"];
        only(selection, &[&selects[..], &["countNumber", "storageClass"]].concat())?;
        needs(selection, &["countNumber", "countType", "tagStatus"])?;
        if action.str("type") == Some("transition") {
            let text = "The action transition (archive) is not part of this model of AWS.";
            return Err(ApiError::new("NotInThisModel", text));
        }
        among(action.str("type"), &["expire"])?;
        let priority = rule.int("rulePriority").and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        let number = selection.int("countNumber").unwrap_or(0);
        let least = |what: i64, least: i64| {
            let text = format!(
                "numeric instance is lower than the required minimum (minimum: {least}, found: {what})"
            );
            if what < least { Err(unfit(&text)) } else { Ok(()) }
        };
        least(i64::from(priority), 1)?;
        least(number, 1)?;
        let count = u32::try_from(number).unwrap_or(u32::MAX);
        let keeps = match (selection.str("countType"), selection.str("countUnit")) {
            (Some("imageCountMoreThan"), None) => {
                Keeps::Newest(usize::try_from(count).unwrap_or(usize::MAX))
            }
            (Some("sinceImagePushed"), Some("days")) => Keeps::Days(u64::from(count)),
            (Some("sinceImagePulled"), Some("days")) => Keeps::PulledDays(u64::from(count)),
            _ => {
                return Err(unfit(
                    "instance failed to match exactly one schema (matched 0 out of 2)",
                ));
            }
        };
        Ok(Self { priority, about: About::read(selection)?, keeps })
    }
}

impl About {
    fn read(selection: Params<'_>) -> Result<Self, ApiError> {
        let status = selection.str("tagStatus");
        among(status, &["any", "tagged", "untagged"])?;
        let prefixes = selection.strings("tagPrefixList").map(|prefix| format!("{prefix}*"));
        let patterns = selection.strings("tagPatternList").map(str::to_owned);
        let tags: Vec<Arc<str>> = prefixes.chain(patterns).map(Arc::from).collect();
        match status {
            Some("tagged") if tags.is_empty() => {
                let text = "tagPatternList or tagPrefixList is required when tagStatus is tagged";
                Err(unfit(text))
            }
            Some("tagged") => Ok(Self::Tagged(tags)),
            _ if !tags.is_empty() => {
                Err(unfit("tagPrefixList and tagPatternList are for tagStatus tagged only"))
            }
            Some("untagged") => Ok(Self::Untagged),
            _ => Ok(Self::Any),
        }
    }

    fn covers(&self, image: &Image) -> bool {
        match self {
            Self::Any => true,
            Self::Untagged => image.tags.is_empty(),
            Self::Tagged(patterns) => patterns
                .iter()
                .all(|pattern| image.tags.iter().any(|tag| wildcard::matches(pattern, tag))),
        }
    }
}

impl Keeps {
    fn covers(self, image: &Image, place: usize, now: SimTime) -> bool {
        match self {
            Self::Newest(count) => place < count,
            Self::Days(days) => now.since(image.pushed) <= days * DAY,
            Self::PulledDays(days) => now.since(image.pulled.unwrap_or(image.pushed)) <= days * DAY,
        }
    }
}

/// What rules must not do together: facts/ecr §10, points 5 and the unique numbers.
fn check_together(rules: &[Rule]) -> Result<(), ApiError> {
    let numbers = Set::of(rules.iter().map(|rule| rule.priority));
    if numbers.len() != rules.len() {
        return Err(unfit("Rule priorities must be unique"));
    }
    if rules.is_empty() || rules.len() > limits::LIFECYCLE_RULES {
        let most = limits::LIFECYCLE_RULES;
        return Err(unfit(&format!("A policy has 1 to {most} rules")));
    }
    let before_last = rules.split_last().map_or(&[][..], |(_, before)| before);
    if before_last.iter().any(|rule| rule.about == About::Any) {
        return Err(unfit("The rule with tagStatus any must have the highest rulePriority"));
    }
    if rules.iter().filter(|rule| rule.about == About::Untagged).count() > 1 {
        return Err(unfit("Only one rule can select untagged images"));
    }
    Ok(())
}

fn only(object: Params<'_>, known: &[&str]) -> Result<(), ApiError> {
    let Some(members) = object.members() else { return Ok(()) };
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(unfit(&format!(
            "object instance has properties which are not allowed by the schema: ([\"{name}\"])"
        ))),
        None => Ok(()),
    }
}

fn needs(object: Params<'_>, names: &[&str]) -> Result<(), ApiError> {
    let missing: Vec<String> = names
        .iter()
        .filter(|name| object.value(name).is_none())
        .map(|n| format!("\"{n}\""))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(unfit(&format!("object has missing required properties ([{}])", missing.join(","))))
}

fn among(word: Option<&str>, known: &[&str]) -> Result<(), ApiError> {
    let word = word.unwrap_or("");
    if known.contains(&word) {
        return Ok(());
    }
    let list: Vec<String> = known.iter().map(|one| format!("\"{one}\"")).collect();
    Err(unfit(&format!(
        "instance value (\"{word}\") not found in enum (possible values: [{}])",
        list.join(",")
    )))
}

fn unfit(what: &str) -> ApiError {
    names::unfit("LifecyclePolicyText", &format!("Lifecycle policy validation failure: {what}"))
}
