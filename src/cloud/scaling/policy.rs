//! Scaling policies: the row, PutScalingPolicy, DescribeScalingPolicies, DeleteScalingPolicy, and the alarms that belong
//! to a target tracking policy.

use std::sync::Arc;

use serde_json::{Value, json};

use super::arithmetic::{Adjustment, Step, low_threshold};
use super::{DIMENSION, no_target, page, resource, validation};
use crate::cloud::action::Ctx;
use crate::cloud::ecs::names::new_uuid;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;
use crate::cloud::sort;
use crate::cloud::story::Tone;
use crate::cloud::table::Row;
use crate::cloud::time::{Millis, SECOND, SimTime};
use crate::cloud::watch::alarms::{self, Alarm};
use crate::cloud::watch::number::{self, Milli};

/// A scaling policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its ARN: alarms name it as their action.
    pub arn: Arc<str>,
    /// Unique for its target.
    pub name: Arc<str>,
    /// Its target.
    pub resource: Arc<str>,
    /// How it decides.
    pub rule: Rule,
    /// The configuration as given.
    pub given: Arc<Value>,
    /// When it was put first.
    pub created: SimTime,
}

/// How a policy decides.
#[derive(Clone, Debug)]
pub enum Rule {
    /// Keeps a metric at a target.
    Track(Track),
    /// Does what the alarm's breach calls for.
    Steps {
        /// How steps change the number.
        kind: Adjustment,
        /// The steps.
        steps: Vec<Step>,
        /// A change by percent moves by at least so many.
        least: u32,
        /// Between two changes.
        cooldown: Millis,
    },
}

/// A target tracking policy.
#[derive(Clone, Debug)]
pub struct Track {
    /// The value that the metric is to have.
    pub target: Milli,
    /// After tasks were added.
    pub cooldown_out: Millis,
    /// After tasks were taken away.
    pub cooldown_in: Millis,
    /// It may take tasks away.
    pub scales_in: bool,
    /// The name of the alarm that adds tasks.
    pub high: Arc<str>,
    /// The name of the alarm that takes tasks away.
    pub low: Arc<str>,
}

impl Row for Policy {
    fn key(&self) -> &str {
        &self.arn
    }
}

impl Policy {
    /// The policy as DescribeScalingPolicies shows it; `alarms` are those that set it off.
    pub fn describe(&self, alarms: Value) -> Value {
        let (kind, member) = match self.rule {
            Rule::Track(_) => ("TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration"),
            Rule::Steps { .. } => ("StepScaling", "StepScalingPolicyConfiguration"),
        };
        Shape::with_room(9)
            .text("PolicyARN", &self.arn)
            .text("PolicyName", &self.name)
            .put("ServiceNamespace", "ecs")
            .text("ResourceId", &self.resource)
            .put("ScalableDimension", DIMENSION)
            .put("PolicyType", kind)
            .put(member, (*self.given).clone())
            .put("Alarms", alarms)
            .at("CreationTime", Some(self.created))
            .done()
    }
}

/// The alarms that set a policy off.
pub fn alarms_of(account: &crate::cloud::account::Account, arn: &str) -> Value {
    let ours =
        account.alarms.values().filter(|alarm| alarm.actions.iter().any(|one| **one == *arn));
    ours.map(|alarm| json!({ "AlarmName": alarm.name, "AlarmARN": alarm.arn() })).collect()
}

pub(super) fn put(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let resource: Arc<str> = Arc::from(resource(params)?);
    if cx.account.scalable_targets.id(&resource).is_none() {
        return Err(no_target(&resource));
    }
    let name = params.required("PolicyName");
    let before = find(cx, &resource, name);
    if before.is_none() && of(cx, &resource).count() >= limits::POLICIES_PER_TARGET {
        return Err(ApiError::new(
            "LimitExceededException",
            "The maximum number of scaling policies for this scalable target was reached",
        ));
    }
    let track = params.value("TargetTrackingScalingPolicyConfiguration");
    let steps = params.value("StepScalingPolicyConfiguration");
    let uuid = new_uuid(cx.rng);
    let arn = match &before {
        Some(policy) => Arc::clone(&policy.arn),
        None => arn(&uuid, &resource, name),
    };
    let (rule, given, owned) = match (params.str("PolicyType"), track, steps) {
        (Some("PredictiveScaling"), ..) => {
            return Err(ApiError::new(
                "NotInThisModel",
                "Predictive scaling is not part of this model of AWS.",
            ));
        }
        (Some("TargetTrackingScaling"), Some(given), None) => {
            let (rule, alarms) = read_track(cx, &resource, &arn, Params::new(given))?;
            (rule, given, alarms)
        }
        (Some("StepScaling") | None, None, Some(given)) => {
            (read_steps(Params::new(given))?, given, Vec::new())
        }
        _ => {
            return Err(validation(
                "The policy type and the policy configuration do not belong together",
            ));
        }
    };
    let created = before.as_ref().map_or(cx.now, |policy| policy.created);
    if let Some(policy) = &before {
        forget(cx, policy);
    }
    cx.account.scaling_policies.insert(Policy {
        arn: Arc::clone(&arn),
        name: Arc::from(name),
        resource,
        rule,
        given: Arc::new(given.clone()),
        created,
    });
    cx.tell(Tone::Change, "scaling-policy", &Arc::from(name), "put");
    for alarm in owned {
        alarms::set(cx, alarm)?;
    }
    Ok(json!({ "PolicyARN": arn, "Alarms": alarms_of(cx.account, &arn) }))
}

fn arn(uuid: &str, resource: &str, name: &str) -> Arc<str> {
    Arc::from(format!(
        "arn:aws:autoscaling:{}:{}:scalingPolicy:{uuid}:resource/ecs/{resource}:policyName/{name}",
        limits::REGION,
        limits::ACCOUNT
    ))
}

/// A target tracking policy with its two alarms: high 3 of 3 minutes, low 15 of 15 below 90 % (facts/scaling §4a).
fn read_track(
    cx: &mut Ctx<'_>,
    resource: &str,
    arn: &str,
    given: Params<'_>,
) -> Result<(Rule, Vec<Alarm>), ApiError> {
    let target = given.value("TargetValue").and_then(number::read).filter(|value| *value > 0);
    let target = target.ok_or_else(|| validation("TargetValue must be greater than 0"))?;
    let metric = read_metric(resource, given)?;
    let scales_in = !given.bool("DisableScaleIn").unwrap_or(false);
    let mut alarm = |word: &str, (comparison, periods, threshold): (&str, u32, Milli)| {
        let uuid = new_uuid(cx.rng);
        let mut request = metric.clone();
        let members = json!({
            "AlarmName": format!("TargetTracking-{resource}-{word}-{uuid}"),
            "AlarmDescription": format!("DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {arn}."),
            "AlarmActions": [arn],
            "Period": 60,
            "EvaluationPeriods": periods,
            "Threshold": number::value(threshold),
            "ComparisonOperator": comparison,
        });
        if let (Some(request), Value::Object(members)) = (request.as_object_mut(), members) {
            request.extend(members);
        }
        Alarm::read(cx.now, request)
    };
    let high = alarm("AlarmHigh", ("GreaterThanThreshold", limits::HIGH_ALARM_PERIODS, target))?;
    let low =
        alarm("AlarmLow", ("LessThanThreshold", limits::LOW_ALARM_PERIODS, low_threshold(target)))?;
    let rule = Rule::Track(Track {
        target,
        cooldown_out: cooldown(given, "ScaleOutCooldown")?,
        cooldown_in: cooldown(given, "ScaleInCooldown")?,
        scales_in,
        high: Arc::clone(&high.name),
        low: Arc::clone(&low.name),
    });
    let mut owned = vec![high];
    owned.extend(scales_in.then_some(low));
    Ok((rule, owned))
}

/// The metric of a policy as members of PutMetricAlarm.
fn read_metric(resource: &str, given: Params<'_>) -> Result<Value, ApiError> {
    let own = given.inner("CustomizedMetricSpecification");
    if own.members().is_some() {
        if own.value("Metrics").is_some() {
            return Err(ApiError::new(
                "NotInThisModel",
                "Metric math is not part of this model of AWS.",
            ));
        }
        return Ok(json!({
            "Namespace": own.required("Namespace"), "MetricName": own.required("MetricName"),
            "Statistic": own.str("Statistic").unwrap_or("Average"),
            "Dimensions": own.list("Dimensions"),
        }));
    }
    let predefined = given.inner("PredefinedMetricSpecification");
    let mut parts = resource.split('/').skip(1);
    let (cluster, service) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let of_service = |name: &str| {
        json!({
            "Namespace": "AWS/ECS", "MetricName": name, "Statistic": "Average",
            "Dimensions": [
                { "Name": "ClusterName", "Value": cluster }, { "Name": "ServiceName", "Value": service },
            ],
        })
    };
    match predefined.str("PredefinedMetricType") {
        Some("ECSServiceAverageCPUUtilization") => Ok(of_service("CPUUtilization")),
        Some("ECSServiceAverageMemoryUtilization") => Ok(of_service("MemoryUtilization")),
        Some("ALBRequestCountPerTarget") => requests(predefined.str("ResourceLabel")),
        Some(other) => {
            Err(validation(format!("The metric type {other} does not fit the namespace ecs")))
        }
        None => Err(validation(
            "Either PredefinedMetricSpecification or CustomizedMetricSpecification is required",
        )),
    }
}

/// `app/<lb>/<id>/targetgroup/<tg>/<id>` (facts/scaling §3).
fn requests(label: Option<&str>) -> Result<Value, ApiError> {
    let split = label.and_then(|label| {
        let at = label.find("/targetgroup/")?;
        label.starts_with("app/").then(|| (label.get(..at), label.get(at + 1..)))
    });
    let Some((Some(balancer), Some(group))) = split else {
        return Err(validation(
            "ResourceLabel must be app/<load-balancer-name>/<load-balancer-id>/targetgroup/\
             <target-group-name>/<target-group-id>",
        ));
    };
    Ok(json!({
        "Namespace": "AWS/ApplicationELB", "MetricName": "RequestCountPerTarget", "Statistic": "Sum",
        "Dimensions": [
            { "Name": "LoadBalancer", "Value": balancer }, { "Name": "TargetGroup", "Value": group },
        ],
    }))
}

fn cooldown(given: Params<'_>, name: &str) -> Result<Millis, ApiError> {
    let seconds = given.int(name).map_or(Ok(limits::SCALING_COOLDOWN_S), u64::try_from);
    seconds.map(|s| s * SECOND).map_err(|_| validation(format!("{name} must not be negative")))
}

fn read_steps(given: Params<'_>) -> Result<Rule, ApiError> {
    let kind = match given.str("AdjustmentType") {
        Some("ExactCapacity") => Adjustment::Exact,
        Some("PercentChangeInCapacity") => Adjustment::Percent,
        Some("ChangeInCapacity") => Adjustment::Change,
        _ => return Err(validation("AdjustmentType is required for step scaling")),
    };
    let bound = |step: Params<'_>, name: &str| step.value(name).and_then(number::read);
    let mut steps: Vec<Step> = given
        .list("StepAdjustments")
        .iter()
        .map(Params::new)
        .map(|step| Step {
            lower: bound(step, "MetricIntervalLowerBound"),
            upper: bound(step, "MetricIntervalUpperBound"),
            by: step.int("ScalingAdjustment").unwrap_or(0),
        })
        .collect();
    if steps.is_empty() || steps.len() > limits::STEPS_PER_POLICY {
        return Err(validation("A step scaling policy needs 1 to 20 step adjustments"));
    }
    sort::by_key(&mut steps, |step| (step.lower.is_some(), step.lower));
    for pair in steps.windows(2) {
        if let [one, next] = pair
            && (one.upper.is_none() || one.upper != next.lower)
        {
            return Err(validation(
                "Step adjustments must not have gaps or overlap, and at most one lower and one upper bound \
                 may be left out",
            ));
        }
    }
    if steps.iter().any(|step| step.lower.zip(step.upper).is_some_and(|(from, to)| from >= to)) {
        return Err(validation("The upper bound of a step must be greater than its lower bound"));
    }
    let least = given.int("MinAdjustmentMagnitude").and_then(|least| u32::try_from(least).ok());
    Ok(Rule::Steps {
        kind,
        steps,
        least: least.unwrap_or(0),
        cooldown: cooldown(given, "Cooldown")?,
    })
}

fn of<'a>(cx: &'a Ctx<'_>, resource: &'a str) -> impl Iterator<Item = &'a Arc<Policy>> {
    cx.account.scaling_policies.values().filter(move |policy| *policy.resource == *resource)
}

fn find(cx: &Ctx<'_>, resource: &str, name: &str) -> Option<Arc<Policy>> {
    of(cx, resource).find(|policy| *policy.name == *name).cloned()
}

/// Takes a policy away together with the alarms that it owns.
fn forget(cx: &mut Ctx<'_>, policy: &Policy) {
    if let Rule::Track(track) = &policy.rule {
        alarms::remove(cx, &track.high);
        alarms::remove(cx, &track.low);
    }
    if let Some(row) = cx.account.scaling_policies.id(&policy.arn) {
        cx.account.scaling_policies.remove(row);
    }
}

pub(super) fn remove_all(cx: &mut Ctx<'_>, resource: &str) {
    let all: Vec<Arc<Policy>> = of(cx, resource).cloned().collect();
    for policy in &all {
        forget(cx, policy);
    }
}

pub(super) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let (resource, name) = (resource(params)?, params.required("PolicyName"));
    let Some(policy) = find(cx, resource, name) else {
        return Err(ApiError::new(
            "ObjectNotFoundException",
            format!(
                "No scaling policy found for service namespace: ecs, resource ID: {resource}, scalable \
                 dimension: {DIMENSION}: {name}"
            ),
        ));
    };
    forget(cx, &policy);
    cx.tell(Tone::Change, "scaling-policy", &policy.name, "deleted");
    Ok(json!({}))
}

pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let wanted: Vec<&str> = params.strings("PolicyNames").collect();
    let of = params.str("ResourceId").map(|_| resource(params)).transpose()?;
    let ours = params.str("ServiceNamespace") == Some("ecs");
    let rows = cx.account.scaling_policies.iter().filter(|(_, policy)| {
        ours && (wanted.is_empty() || wanted.contains(&&*policy.name))
            && of.is_none_or(|of| of == &*policy.resource)
    });
    let shown = |policy: &Policy| policy.describe(alarms_of(cx.account, &policy.arn));
    let rows = rows.map(|(id, policy)| (u64::from(id.number()), shown(policy)));
    page(params, "ScalingPolicies", rows)
}
