//! Alarms: the row, PutMetricAlarm, DescribeAlarms, DeleteAlarms.

use std::sync::Arc;

use serde_json::{Value, json};

use super::metrics::{MetricKey, Stat};
use super::number::{self, Milli};
use super::{combination, not_here, value_error, wake};
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;
use crate::cloud::sort;
use crate::cloud::story::{Cause, Tone};
use crate::cloud::table::Row;
use crate::cloud::time::{MINUTE, SimTime};

/// An alarm on one metric.
#[derive(Clone, Debug)]
pub struct Alarm {
    /// Unique in the Region.
    pub name: Arc<str>,
    /// What it watches.
    pub metric: MetricKey,
    /// Which statistic of it.
    pub stat: Stat,
    /// The length of a period, in minutes.
    pub period: u64,
    /// How many periods are looked at.
    pub periods: u32,
    /// How many of them have to breach.
    pub to_alarm: u32,
    /// What a value is compared with.
    pub threshold: Milli,
    /// How.
    pub comparison: Comparison,
    /// What a period without data stands for.
    pub missing: Missing,
    /// ARNs of what it sets off.
    pub actions: Vec<Arc<str>>,
    /// Whether it sets them off.
    pub acts: bool,
    /// How it stands.
    pub state: State,
    /// Why, in a sentence.
    pub reason: Arc<str>,
    /// Why, as JSON.
    pub reason_data: Option<Arc<str>>,
    /// When the state last changed.
    pub updated: SimTime,
    /// What the story tells of that: decisions go back to it.
    pub cause: Option<Cause>,
    /// When it was put.
    pub configured: SimTime,
    /// The request: what is only kept comes from here.
    pub given: Arc<Value>,
}

/// How a value is compared with the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
}

/// What a period without data stands for (CloudWatch guide, "Configuring how CloudWatch alarms treat missing data").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Missing {
    /// Nothing: without any data the state is `INSUFFICIENT_DATA`.
    Missing,
    /// The state stays.
    Ignore,
    /// It breaches.
    Breaching,
    /// It does not.
    NotBreaching,
}

/// How an alarm stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// The metric is on the good side.
    Ok,
    /// The metric is on the bad side.
    Alarm,
    /// Too little is known.
    InsufficientData,
}

impl Row for Alarm {
    fn key(&self) -> &str {
        &self.name
    }
}

impl Comparison {
    fn read(word: &str) -> Option<Self> {
        match word {
            "GreaterThanThreshold" => Some(Self::Greater),
            "GreaterThanOrEqualToThreshold" => Some(Self::GreaterOrEqual),
            "LessThanThreshold" => Some(Self::Less),
            "LessThanOrEqualToThreshold" => Some(Self::LessOrEqual),
            _ => None,
        }
    }

    /// Whether a value is on the bad side.
    pub fn breached(self, value: Milli, threshold: Milli) -> bool {
        match self {
            Self::Greater => value > threshold,
            Self::GreaterOrEqual => value >= threshold,
            Self::Less => value < threshold,
            Self::LessOrEqual => value <= threshold,
        }
    }

    /// The bad side is below the threshold.
    pub fn is_below(self) -> bool {
        matches!(self, Self::Less | Self::LessOrEqual)
    }

    /// In AWS's sentences.
    pub fn words(self) -> &'static str {
        match self {
            Self::Greater => "greater than",
            Self::GreaterOrEqual => "greater than or equal to",
            Self::Less => "less than",
            Self::LessOrEqual => "less than or equal to",
        }
    }
}

impl State {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

impl Alarm {
    /// An alarm as PutMetricAlarm describes it, not judged yet.
    pub fn read(now: SimTime, input: Value) -> Result<Self, ApiError> {
        let params = Params::new(&input);
        if params.value("Metrics").is_some() || params.value("EvaluationCriteria").is_some() {
            return Err(not_here("Alarms on expressions"));
        }
        if params.value("ExtendedStatistic").is_some() {
            return Err(not_here("Alarms on percentiles"));
        }
        let (Some(namespace), Some(_), Some(period)) =
            (params.str("Namespace"), params.str("MetricName"), params.int("Period"))
        else {
            return Err(ApiError::new(
                "ValidationError",
                "The parameters MetricName, Namespace and Period are required.",
            ));
        };
        let stat = params.str("Statistic").and_then(Stat::read);
        let stat = stat.ok_or_else(|| combination("A Statistic must be specified."))?;
        let comparison = Comparison::read(params.required("ComparisonOperator"));
        let comparison = comparison
            .ok_or_else(|| not_here("Alarms with anomaly detection and other comparisons"))?;
        let threshold = params.value("Threshold").and_then(number::read);
        let threshold = threshold.ok_or_else(|| value_error("A Threshold must be specified."))?;
        let (periods, to_alarm) = periods(params, period)?;
        Ok(Self {
            name: Arc::from(params.required("AlarmName")),
            metric: MetricKey::read(namespace, params),
            stat,
            period: u64::try_from(period).unwrap_or(60).div_ceil(60),
            periods,
            to_alarm,
            threshold,
            comparison,
            missing: missing(params.str("TreatMissingData"))?,
            actions: params.strings("AlarmActions").map(Arc::from).collect(),
            acts: params.bool("ActionsEnabled").unwrap_or(true),
            state: State::InsufficientData,
            reason: Arc::from("Unchecked: Initial alarm creation"),
            reason_data: None,
            updated: now,
            cause: None,
            configured: now,
            given: Arc::new(input),
        })
    }

    /// `arn:aws:cloudwatch:…:alarm:<name>`.
    pub fn arn(&self) -> String {
        arn(&self.name)
    }

    /// The alarm as DescribeAlarms shows it.
    pub fn describe(&self) -> Value {
        let given = Params::new(&self.given);
        let kept = |name: &str| given.value(name).cloned();
        let list = |name: &str| kept(name).unwrap_or_else(|| json!([]));
        Shape::with_room(26)
            .text("AlarmName", &self.name)
            .put("AlarmArn", self.arn())
            .maybe("AlarmDescription", kept("AlarmDescription"))
            .at("AlarmConfigurationUpdatedTimestamp", Some(self.configured))
            .put("ActionsEnabled", self.acts)
            .put("OKActions", list("OKActions"))
            .put("AlarmActions", list("AlarmActions"))
            .put("InsufficientDataActions", list("InsufficientDataActions"))
            .put("StateValue", self.state.word())
            .text("StateReason", &self.reason)
            .maybe("StateReasonData", self.reason_data.as_deref())
            .at("StateUpdatedTimestamp", Some(self.updated))
            .text("MetricName", &self.metric.name)
            .text("Namespace", &self.metric.namespace)
            .put("Statistic", self.stat.word())
            .put("Dimensions", self.metric.dimensions())
            .maybe("Period", kept("Period"))
            .maybe("Unit", kept("Unit"))
            .put("EvaluationPeriods", self.periods)
            .maybe("DatapointsToAlarm", kept("DatapointsToAlarm"))
            .put("Threshold", number::value(self.threshold))
            .maybe("ComparisonOperator", kept("ComparisonOperator"))
            .maybe("TreatMissingData", kept("TreatMissingData"))
            .at("StateTransitionedTimestamp", Some(self.updated))
            .done()
    }
}

/// The ARN of an alarm.
pub fn arn(name: &str) -> String {
    format!("arn:aws:cloudwatch:{}:{}:alarm:{name}", limits::REGION, limits::ACCOUNT)
}

/// N and M of "M out of N".
fn periods(params: Params<'_>, period: i64) -> Result<(u32, u32), ApiError> {
    if !matches!(period, 10 | 20 | 30) && period % 60 != 0 {
        return Err(value_error("Period must be 10, 20, 30, or any multiple of 60."));
    }
    let number = |name: &str| params.int(name).and_then(|number| u32::try_from(number).ok());
    let periods = number("EvaluationPeriods").unwrap_or(1);
    let to_alarm = number("DatapointsToAlarm").unwrap_or(periods);
    if to_alarm > periods {
        return Err(value_error(
            "DatapointsToAlarm must be less than or equal to EvaluationPeriods.",
        ));
    }
    let span = period.saturating_mul(i64::from(periods));
    if span > limits::ALARM_SPAN_S {
        return Err(combination(
            "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).",
        ));
    }
    Ok((periods, to_alarm))
}

fn missing(word: Option<&str>) -> Result<Missing, ApiError> {
    match word {
        None | Some("missing") => Ok(Missing::Missing),
        Some("ignore") => Ok(Missing::Ignore),
        Some("breaching") => Ok(Missing::Breaching),
        Some("notBreaching") => Ok(Missing::NotBreaching),
        Some(_) => Err(value_error(
            "TreatMissingData should be one of the following: [ignore, missing, breaching, notBreaching].",
        )),
    }
}

/// Adds an alarm, or changes the one of its name, which keeps its state (API-cloudwatch PutMetricAlarm).
pub fn set(cx: &mut Ctx<'_>, mut alarm: Alarm) -> Result<(), ApiError> {
    let name = Arc::clone(&alarm.name);
    if let Some(id) = cx.account.alarms.id(&name) {
        if let Some(there) = cx.account.alarms.edit(id) {
            (alarm.state, alarm.updated) = (there.state, there.updated);
            alarm.cause = there.cause;
            alarm.reason = Arc::clone(&there.reason);
            alarm.reason_data.clone_from(&there.reason_data);
            *there = alarm;
        }
        cx.tell(Tone::Change, "alarm", &name, "changed");
    } else if cx.account.alarms.len() >= limits::ALARMS {
        return Err(ApiError::new("LimitExceeded", "The maximum limit for alarms was reached."));
    } else {
        cx.account.alarms.insert(alarm);
        cx.tell(Tone::Change, "alarm", &name, "created");
    }
    wake(cx);
    Ok(())
}

/// Takes an alarm away, if it is there.
pub fn remove(cx: &mut Ctx<'_>, name: &Arc<str>) {
    if let Some(id) = cx.account.alarms.id(name) {
        cx.account.alarms.remove(id);
        cx.tell(Tone::Change, "alarm", name, "deleted");
    }
}

pub(super) fn put(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let members = params.members().cloned().map_or(Value::Null, Value::Object);
    let alarm = Alarm::read(cx.now, members)?;
    set(cx, alarm)?;
    Ok(json!({}))
}

/// All are deleted, or none if one does not exist (API-cloudwatch DeleteAlarms).
pub(super) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let names: Vec<Arc<str>> = params.strings("AlarmNames").map(Arc::from).collect();
    if let Some(none) = names.iter().find(|name| cx.account.alarms.id(name).is_none()) {
        return Err(ApiError {
            status: 404,
            ..ApiError::new("ResourceNotFound", format!("Alarms do not exist: [{none}]"))
        });
    }
    for name in &names {
        remove(cx, name);
    }
    Ok(json!({}))
}

#[expect(clippy::unnecessary_wraps, reason = "actions share one form")]
pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let names: Vec<&str> = params.strings("AlarmNames").collect();
    // All alarms of the model watch a metric.
    let types = params.list("AlarmTypes");
    let of_metrics = types.is_empty() || types.iter().any(|one| one == "MetricAlarm");
    let starts = |text: &str, member: &str| params.str(member).is_none_or(|p| text.starts_with(p));
    let fits = |alarm: &&Arc<Alarm>| {
        of_metrics
            && (names.is_empty() || names.contains(&&*alarm.name))
            && starts(&alarm.name, "AlarmNamePrefix")
            && params.str("StateValue").is_none_or(|word| word == alarm.state.word())
            && (params.str("ActionPrefix").is_none()
                || alarm.actions.iter().any(|action| starts(action, "ActionPrefix")))
    };
    let mut found: Vec<&Arc<Alarm>> = cx.account.alarms.values().filter(fits).collect();
    sort::by(&mut found, |a, b| a.name.cmp(&b.name));
    let after = params.str("NextToken").unwrap_or("");
    let size = params.int("MaxRecords").and_then(|n| usize::try_from(n).ok());
    let size = size.unwrap_or(limits::ALARMS_AT_ONCE).min(limits::ALARMS_AT_ONCE);
    let mut rest = found.into_iter().filter(|alarm| *alarm.name > *after).peekable();
    let (mut page, mut last) = (Vec::new(), "");
    while let Some(alarm) = rest.next_if(|_| page.len() < size) {
        page.push(alarm.describe());
        last = &alarm.name;
    }
    let more = rest.peek().map(|_| last);
    let shown = Shape::with_room(3).put("CompositeAlarms", json!([])).put("MetricAlarms", page);
    Ok(shown.maybe("NextToken", more).done())
}

/// The periods that an alarm looks at, newest first: the minute each begins with.
pub fn starts(alarm: &Alarm, now: SimTime, count: u64) -> impl Iterator<Item = u64> {
    let (end, period) = (now.0 / MINUTE, alarm.period);
    (1..=count).map(move |n| end.saturating_sub(n * period))
}
