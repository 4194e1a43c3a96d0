//! PutMetricData and GetMetricStatistics.

use serde_json::{Value, json};

use super::metrics::{MetricKey, Stat, read_point};
use super::{combination, not_here, number, value_error};
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;
use crate::cloud::time::{MINUTE, SECOND, SimTime};

pub(super) fn put(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let namespace = params.required("Namespace");
    if namespace.starts_with("AWS/") {
        return Err(value_error(
            "The value AWS/ for parameter Namespace is invalid. Custom metrics must not begin with AWS/.",
        ));
    }
    let data = params.list("MetricData");
    if data.len() > limits::METRIC_DATA_AT_ONCE {
        return Err(value_error(
            "The collection MetricData must not have a size greater than 1000.",
        ));
    }
    let mut points = Vec::with_capacity(data.len());
    for datum in data.iter().map(Params::new) {
        let Some(point) = read_point(datum) else {
            return Err(ApiError::new(
                "MissingParameter",
                "At least one of the parameters Value, Values, StatisticValues must be specified.",
            ));
        };
        let at = datum.value("Timestamp").and_then(SimTime::read).unwrap_or(cx.now);
        points.push((MetricKey::read(namespace, datum), at, datum.str("Unit"), point));
    }
    for (key, at, unit, point) in points {
        cx.account.metrics.add(&key, at, unit.unwrap_or("None"), point);
    }
    Ok(json!({}))
}

pub(super) fn statistics(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    if params.value("ExtendedStatistics").is_some() {
        return Err(not_here("Percentiles of metrics"));
    }
    let stats: Vec<Stat> = params.strings("Statistics").filter_map(Stat::read).collect();
    if stats.len() < params.list("Statistics").len() {
        return Err(value_error(
            "The parameter Statistics must be a value in the set [ SampleCount, Average, Sum, Minimum, Maximum ].",
        ));
    }
    if stats.is_empty() {
        return Err(ApiError::new(
            "MissingParameter",
            "The request must contain the parameter Statistics or ExtendedStatistics.",
        ));
    }
    let (from, to) = span(params)?;
    let period = params.int("Period").and_then(|period| u64::try_from(period).ok()).unwrap_or(0);
    if !matches!(period, 1 | 5 | 10 | 20 | 30) && (period == 0 || !period.is_multiple_of(60)) {
        return Err(value_error("The parameter Period must be a multiple of 60."));
    }
    let wanted = to.since(from) / (period * SECOND);
    if wanted > limits::DATAPOINTS_AT_ONCE {
        return Err(combination(format!(
            "You have requested up to {wanted} datapoints, which exceeds the limit of 1,440. You may \
             reduce the datapoints requested by increasing Period, or decreasing the time range."
        )));
    }
    let key = MetricKey::read(params.required("Namespace"), params);
    let asked = params.str("Unit");
    let series = cx.account.metrics.get(&key);
    let series = series.filter(|series| asked.is_none_or(|unit| *series.unit == *unit)).cloned();
    let minutes = (period * SECOND).div_ceil(MINUTE);
    let (first, end) = (from.0 / MINUTE, to.0.div_ceil(MINUTE));
    let mut datapoints = Vec::new();
    for (from, series) in series.iter().flat_map(|series| {
        let begins = (0..).map(|n| first + n * minutes).take_while(|start| *start < end);
        begins.map(move |start| (start, series))
    }) {
        if let Some(point) = series.over(from, (from + minutes).min(end)) {
            let start = Shape::with_room(4).at("Timestamp", Some(SimTime(from * MINUTE)));
            let filled = stats
                .iter()
                .fold(start, |shape, stat| shape.put(stat.word(), number::value(point.get(*stat))));
            datapoints.push(filled.text("Unit", &series.unit).done());
        }
    }
    Ok(json!({ "Label": key.name, "Datapoints": datapoints }))
}

fn span(params: Params<'_>) -> Result<(SimTime, SimTime), ApiError> {
    let time = |name: &str| {
        let read = params.value(name).and_then(SimTime::read);
        read.ok_or_else(|| value_error(format!("The parameter {name} is not a valid time.")))
    };
    let (from, to) = (time("StartTime")?, time("EndTime")?);
    if from >= to {
        return Err(value_error(
            "The parameter StartTime must be less than the parameter EndTime.",
        ));
    }
    Ok((from, to))
}
