//! Metrics, logs and the record of calls. Sources: API-cloudwatch, API-logs, API-cloudtrail; facts/scaling §3.

use drydock::cli;
use drydock::cloud::input::{Fault, Input};
use drydock::cloud::net::start;
use drydock::cloud::time::{MINUTE, SimTime};
use serde_json::{Value, json};

use crate::ecs_fargate::{dock, run_in_public};
use crate::lab::{Lab, text};

/// A cluster `dock` with a service `web` of so many running tasks on Fargate.
pub(crate) fn running_service(tasks: u32) -> Lab {
    let mut lab = dock("nginx:latest", json!({}));
    let network = json!({ "awsvpcConfiguration": {
        "subnets": [start::PUBLIC[0], start::PUBLIC[1]], "assignPublicIp": "ENABLED",
    } });
    let request = json!({
        "cluster": "dock", "serviceName": "web", "taskDefinition": "web", "desiredCount": tasks,
        "launchType": "FARGATE", "networkConfiguration": network,
    });
    lab.ok("ecs", "CreateService", request);
    lab.settle();
    to_full_minute(&mut lab);
    lab
}

/// Lets time pass to the beginning of the next minute.
pub(crate) fn to_full_minute(lab: &mut Lab) {
    let to = SimTime((lab.cloud.now().0 / MINUTE + 1) * MINUTE);
    lab.cloud.apply(&Input::Advance { to });
}

/// Puts load on `web`.
pub(crate) fn load(lab: &mut Lab, cpu: u32) {
    let fault = json!({ "load": { "service": "web", "cluster": "dock", "cpuPercent": cpu } });
    lab.inject(serde_json::from_value::<Fault>(fault).expect("a fault"));
}

/// A statistic of the service's metric in the last `minutes`, oldest first.
fn measured(lab: &mut Lab, metric: &str, stat: &str, minutes: u64) -> Vec<f64> {
    let now = lab.cloud.now().0 / 1_000;
    let request = json!({
        "Namespace": "AWS/ECS", "MetricName": metric, "Period": 60, "Statistics": [stat],
        "Dimensions": [
            { "Name": "ServiceName", "Value": "web" }, { "Name": "ClusterName", "Value": "dock" },
        ],
        "StartTime": now - minutes * 60, "EndTime": now,
    });
    let answer = lab.ok("cloudwatch", "GetMetricStatistics", request);
    let points = answer["Datapoints"].as_array().expect("a list");
    points.iter().map(|point| point[stat].as_f64().expect("a number")).collect()
}

#[test]
fn load_is_spread_over_the_tasks_that_run() {
    // Source: the laboratory's `load`: more tasks, less each. Each task is one measurement.
    let mut lab = running_service(2);
    load(&mut lab, 60);
    lab.wait(120);
    assert_eq!(measured(&mut lab, "CPUUtilization", "Average", 2), [60.0, 60.0]);
    assert_eq!(measured(&mut lab, "CPUUtilization", "SampleCount", 1), [2.0]);
    let more = json!({ "cluster": "dock", "service": "web", "desiredCount": 4 });
    lab.ok("ecs", "UpdateService", more);
    lab.wait(300);
    assert_eq!(measured(&mut lab, "CPUUtilization", "Average", 1), [30.0]);
}

#[test]
fn a_service_without_tasks_has_no_metric() {
    // Source: facts/scaling §3, "No metric while count = 0".
    let mut lab = running_service(1);
    lab.wait(60);
    assert_eq!(measured(&mut lab, "MemoryUtilization", "Average", 1), [5.0]);
    lab.ok(
        "ecs",
        "UpdateService",
        json!({ "cluster": "dock", "service": "web", "desiredCount": 0 }),
    );
    lab.wait(300);
    assert!(measured(&mut lab, "MemoryUtilization", "Average", 1).is_empty());
}

#[test]
fn tasks_with_a_size_cannot_use_more_than_they_have() {
    let mut lab = running_service(1);
    load(&mut lab, 180);
    lab.wait(60);
    assert_eq!(measured(&mut lab, "CPUUtilization", "Maximum", 1), [100.0]);
}

#[test]
fn metrics_of_ones_own_are_added_up_by_period() {
    let mut lab = Lab::new();
    let at = lab.cloud.now().0 / 1_000;
    let datum = |seconds: u64, value: f64| json!({ "MetricName": "Crates", "Timestamp": at + seconds, "Value": value, "Unit": "Count" });
    let data = json!([datum(0, 1.5), datum(30, 2.5), datum(60, 8.0)]);
    lab.ok("cloudwatch", "PutMetricData", json!({ "Namespace": "Harbour", "MetricData": data }));
    let mut request = json!({
        "Namespace": "Harbour", "MetricName": "Crates", "Period": 60,
        "Statistics": ["Sum", "Average", "Minimum", "Maximum", "SampleCount"],
        "StartTime": at, "EndTime": at + 120,
    });
    let answer = lab.ok("cloudwatch", "GetMetricStatistics", request.clone());
    let expected = json!([
        { "Timestamp": at as f64, "Sum": 4.0, "Average": 2.0, "Minimum": 1.5, "Maximum": 2.5,
          "SampleCount": 2.0, "Unit": "Count" },
        { "Timestamp": (at + 60) as f64, "Sum": 8.0, "Average": 8.0, "Minimum": 8.0, "Maximum": 8.0,
          "SampleCount": 1.0, "Unit": "Count" },
    ]);
    assert_eq!(answer["Datapoints"], expected);
    request["Period"] = json!(120);
    let answer = lab.ok("cloudwatch", "GetMetricStatistics", request.clone());
    assert_eq!(answer["Datapoints"][0]["Average"], 4.0);
    request["Period"] = json!(7);
    assert_eq!(
        lab.refused("cloudwatch", "GetMetricStatistics", request).0,
        "InvalidParameterValue"
    );
    let reserved = json!({ "Namespace": "AWS/ECS", "MetricData": data });
    assert_eq!(lab.refused("cloudwatch", "PutMetricData", reserved).0, "InvalidParameterValue");
}

#[test]
fn the_load_of_a_service_can_be_typed_and_must_exist() {
    let mut lab = running_service(1);
    let typed = cli::run(&mut lab.cloud, "fault load web 90 40 dock");
    assert_eq!((typed.status, typed.stderr.as_str()), (0, ""));
    lab.wait(60);
    assert_eq!(measured(&mut lab, "CPUUtilization", "Average", 1), [90.0]);
    assert_eq!(measured(&mut lab, "MemoryUtilization", "Average", 1), [40.0]);
    assert_ne!(cli::run(&mut lab.cloud, "fault load nothing 90 40 dock").status, 0);
}

#[test]
fn containers_with_awslogs_have_a_stream_each() {
    // Source: ECS guide, "awslogs-stream-prefix": prefix/container/task.
    let options = json!({ "awslogs-group": "/ecs/web", "awslogs-region": "us-east-1",
        "awslogs-stream-prefix": "quay" });
    let mut lab = Lab::new();
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    let mut definition = crate::ecs_fargate::definition(
        "crash",
        json!({ "logConfiguration": { "logDriver": "awslogs", "options": options } }),
    );
    definition["executionRoleArn"] = json!("arn:aws:iam::111122223333:role/ecsTaskExecutionRole");
    lab.ok("ecs", "RegisterTaskDefinition", definition);
    lab.ok("logs", "CreateLogGroup", json!({ "logGroupName": "/ecs/web" }));
    let ran = lab.ok("ecs", "RunTask", run_in_public(1));
    let arn = text(&ran, "/tasks/0/taskArn");
    let stream = format!("quay/web/{}", arn.rsplit('/').next().expect("an id"));
    let mut request = json!({ "logGroupName": "/ecs/web", "logStreamName": stream });
    let none = lab.refused("logs", "GetLogEvents", request.clone());
    assert_eq!(none.1, "The specified log stream does not exist.");
    lab.settle();
    let answer = lab.ok("logs", "GetLogEvents", request.clone());
    let told: Vec<&str> =
        answer["events"].as_array().unwrap().iter().filter_map(|e| e["message"].as_str()).collect();
    assert_eq!(told, ["crash started", "crash ended with exit code 1"]);
    request["nextToken"] = answer["nextForwardToken"].clone();
    assert_eq!(lab.ok("logs", "GetLogEvents", request.clone())["events"], json!([]));
    request["nextToken"] = json!("nonsense");
    lab.refused("logs", "GetLogEvents", request.clone());
    // API-logs: `limit` and tokens, forward from the head and backward from the tail.
    for (head, token) in [(true, "nextForwardToken"), (false, "nextBackwardToken")] {
        let mut request = json!({ "logGroupName": "/ecs/web", "logStreamName": stream, "limit": 1,
            "startFromHead": head });
        let mut told = Vec::new();
        for _ in 0..3 {
            let page = lab.ok("logs", "GetLogEvents", request.clone());
            told.push(page["events"][0]["message"].as_str().unwrap_or_default().len());
            request["nextToken"] = page[token].clone();
        }
        let (first, last) = ("crash started".len(), "crash ended with exit code 1".len());
        assert_eq!(told, if head { [first, last, 0] } else { [last, first, 0] });
    }
    for (operation, rows) in [
        ("FilterLogEvents", "events"),
        ("DescribeLogStreams", "logStreams"),
        ("DescribeLogGroups", "logGroups"),
    ] {
        lab.ok("ecs", "RunTask", run_in_public(1));
        lab.settle();
        let mut request = json!({ "limit": 1 });
        if operation == "DescribeLogGroups" {
            lab.ok("logs", "CreateLogGroup", json!({ "logGroupName": "more" }));
        } else {
            request["logGroupName"] = json!("/ecs/web");
        }
        let first = lab.ok("logs", operation, request.clone());
        assert_eq!(first[rows].as_array().map(Vec::len), Some(1), "{operation}");
        request["nextToken"] = first["nextToken"].clone();
        let second = lab.ok("logs", operation, request.clone());
        assert_ne!(first[rows], second[rows], "{operation}");
        request["nextToken"] = json!("nonsense");
        lab.refused("logs", operation, request);
    }
    let both = json!({ "logGroupName": "/ecs/web", "orderBy": "LastEventTime", "logStreamNamePrefix": "q" });
    lab.refused("logs", "DescribeLogStreams", both);
}

#[test]
fn the_record_of_calls_can_be_searched_newest_first() {
    let mut lab = dock("nginx:latest", json!({}));
    lab.refused("ecs", "DeleteCluster", json!({ "cluster": "nothing" }));
    let by = |key: &str, value: &str| json!({ "LookupAttributes": [{ "AttributeKey": key, "AttributeValue": value }] });
    let names = |answer: &Value| -> Vec<String> {
        let events = answer["Events"].as_array().expect("a list").iter();
        events.map(|event| text(event, "/EventName")).collect()
    };
    let answer = lab.ok("cloudtrail", "LookupEvents", by("EventSource", "ecs.amazonaws.com"));
    assert_eq!(names(&answer), ["DeleteCluster", "RegisterTaskDefinition", "CreateCluster"]);
    let body: Value = serde_json::from_str(&text(&answer, "/Events/0/CloudTrailEvent")).unwrap();
    assert_eq!(body["errorCode"], "ClusterNotFoundException");
    assert_eq!(body["userIdentity"]["userName"], "ada");
    let answer = lab.ok("cloudtrail", "LookupEvents", by("ResourceName", "dock"));
    assert_eq!(names(&answer), ["CreateCluster"]);
    let page = lab.ok("cloudtrail", "LookupEvents", json!({ "MaxResults": 2 }));
    let next = json!({ "MaxResults": 2, "NextToken": page["NextToken"] });
    let next = lab.ok("cloudtrail", "LookupEvents", next);
    assert_eq!(names(&page).len(), 2);
    assert_ne!(page["Events"][1]["EventId"], next["Events"][0]["EventId"]);
}
