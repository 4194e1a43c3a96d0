//! Alarms. Sources: API-cloudwatch; CloudWatch guide, "Configuring how CloudWatch alarms treat missing data" (the table of
//! examples with three of three datapoints in a range of five).

use serde_json::{Value, json};

use crate::lab::{Lab, text};

fn put_alarm(lab: &mut Lab, missing: &str, more: Value) {
    let mut request = json!({
        "AlarmName": "draught", "Namespace": "Harbour", "MetricName": "Draught", "Statistic": "Average",
        "Period": 60, "EvaluationPeriods": 3, "Threshold": 70.0,
        "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": missing,
    });
    for (name, value) in more.as_object().expect("members") {
        request[name] = value.clone();
    }
    lab.ok("cloudwatch", "PutMetricAlarm", request);
}

fn alarm(lab: &mut Lab) -> Value {
    lab.ok("cloudwatch", "DescribeAlarms", json!({ "AlarmNames": ["draught"] }))["MetricAlarms"][0]
        .clone()
}

fn measure(lab: &mut Lab, value: u32) {
    let data = json!([{ "MetricName": "Draught", "Value": value }]);
    lab.ok("cloudwatch", "PutMetricData", json!({ "Namespace": "Harbour", "MetricData": data }));
}

/// The state after five minutes in which these were measured: `X` breaches, `0` does not, `-` is missing.
fn after(pattern: &str, missing: &str) -> String {
    let mut lab = Lab::new();
    let minutes: Vec<char> = pattern.chars().collect();
    for (n, minute) in minutes.iter().enumerate() {
        match minute {
            'X' => measure(&mut lab, 80),
            '0' => measure(&mut lab, 10),
            _ => {}
        }
        if n + 1 == minutes.len() {
            put_alarm(&mut lab, missing, json!({}));
        }
        lab.wait(60);
    }
    text(&alarm(&mut lab), "/StateValue")
}

#[test]
fn missing_data_are_treated_as_the_guide_shows() {
    let none = "INSUFFICIENT_DATA";
    for (pattern, missing, ignore, breaching, not_breaching) in [
        ("0-X-X", "OK", "OK", "OK", "OK"),
        ("----0", "OK", "OK", "OK", "OK"),
        ("-----", none, none, "ALARM", "OK"),
        ("0XX-X", "ALARM", "ALARM", "ALARM", "ALARM"),
        ("--X--", "ALARM", none, "ALARM", "OK"),
        // Too early to tell: the state stays.
        ("----X", none, none, "ALARM", "OK"),
    ] {
        assert_eq!(after(pattern, "missing"), missing, "{pattern} missing");
        assert_eq!(after(pattern, "ignore"), ignore, "{pattern} ignore");
        assert_eq!(after(pattern, "breaching"), breaching, "{pattern} breaching");
        assert_eq!(after(pattern, "notBreaching"), not_breaching, "{pattern} notBreaching");
    }
}

#[test]
fn three_minutes_over_the_threshold_make_an_alarm_and_one_below_ends_it() {
    let mut lab = Lab::new();
    put_alarm(&mut lab, "missing", json!({}));
    assert_eq!(alarm(&mut lab)["StateReason"], "Unchecked: Initial alarm creation");
    for _ in 0..2 {
        measure(&mut lab, 80);
        lab.wait(60);
    }
    assert_eq!(alarm(&mut lab)["StateValue"], "INSUFFICIENT_DATA");
    measure(&mut lab, 90);
    lab.wait(60);
    let shown = alarm(&mut lab);
    assert_eq!(shown["StateValue"], "ALARM");
    assert_eq!(
        shown["StateReason"],
        "Threshold Crossed: 3 out of the last 3 datapoints [90.0 (05/01/26 09:02:00), 80.0 (05/01/26 \
         09:01:00), 80.0 (05/01/26 09:00:00)] were greater than the threshold (70.0) (minimum 3 \
         datapoints for OK -> ALARM transition)."
    );
    let data: Value = serde_json::from_str(&text(&shown, "/StateReasonData")).unwrap();
    assert_eq!(data["recentDatapoints"], json!([80.0, 80.0, 90.0]));
    measure(&mut lab, 60);
    lab.wait(60);
    assert_eq!(
        alarm(&mut lab)["StateReason"],
        "Threshold Crossed: 1 out of the last 3 datapoints [60.0 (05/01/26 09:03:00)] was not greater \
         than the threshold (70.0) (minimum 1 datapoint for ALARM -> OK transition)."
    );
    lab.wait(600);
    let shown = alarm(&mut lab);
    assert_eq!(shown["StateValue"], "INSUFFICIENT_DATA");
    assert_eq!(shown["StateReason"], "Insufficient Data: 3 datapoints were unknown.");
}

#[test]
fn two_of_three_are_enough_where_the_alarm_says_so() {
    let mut lab = Lab::new();
    put_alarm(&mut lab, "missing", json!({ "DatapointsToAlarm": 2 }));
    for value in [80, 10, 80] {
        measure(&mut lab, value);
        lab.wait(60);
    }
    assert_eq!(alarm(&mut lab)["StateValue"], "ALARM");
}

#[test]
fn an_alarm_that_is_put_again_keeps_its_state_and_one_that_is_not_there_cannot_be_deleted() {
    let mut lab = Lab::new();
    put_alarm(&mut lab, "breaching", json!({}));
    lab.wait(60);
    put_alarm(&mut lab, "breaching", json!({ "Threshold": 75 }));
    let shown = alarm(&mut lab);
    assert_eq!((&shown["StateValue"], &shown["Threshold"]), (&json!("ALARM"), &json!(75.0)));
    let names = json!({ "AlarmNames": ["draught", "nothing"] });
    assert_eq!(lab.refused("cloudwatch", "DeleteAlarms", names).0, "ResourceNotFound");
    lab.ok("cloudwatch", "DeleteAlarms", json!({ "AlarmNames": ["draught"] }));
    let all = lab.ok("cloudwatch", "DescribeAlarms", json!({}));
    assert_eq!(all["MetricAlarms"], json!([]));
    let wrong = json!({
        "AlarmName": "a", "Namespace": "N", "MetricName": "M", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 2, "DatapointsToAlarm": 3, "Threshold": 1,
        "ComparisonOperator": "LessThanThreshold",
    });
    assert_eq!(lab.refused("cloudwatch", "PutMetricAlarm", wrong).0, "InvalidParameterValue");
}

#[test]
fn alarms_do_not_keep_an_account_from_being_settled() {
    let mut lab = Lab::new();
    put_alarm(&mut lab, "missing", json!({}));
    let before = lab.cloud.now();
    assert_eq!(lab.settle(), before);
}
