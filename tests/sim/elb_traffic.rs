//! Clients that send requests to a load balancer all the time: who gets them, what comes back, what it costs the tasks,
//! and what is measured.
//!
//! Sources: facts `alb-and-network.md` §2 (round robin, fail-open, draining), §4 (HTTP errors from the ALB);
//! `scaling.md` §3 (metrics); the ELB guide's page on metrics. What an answer costs is a model: `limits.rs`.

use drydock::cli;
use drydock::cloud::elbv2::request::By;
use drydock::cloud::elbv2::traffic::Traffic;
use drydock::cloud::input::{Behaviour, Fault};
use drydock::cloud::limits;
use drydock::cloud::net::start;
use drydock::cloud::rows::Kind;
use serde_json::{Value, json};

use crate::ecs_fargate::dock;
use crate::lab::{Lab, rows_conform, text};
use crate::watch_metrics::to_full_minute;

/// A load balancer `web` in front of a service `web` of so many tasks of a quarter of a processor on Fargate, all healthy.
pub(crate) fn balanced(tasks: u32) -> Lab {
    let mut lab = dock("nginx:latest", json!({ "portMappings": [{ "containerPort": 80 }] }));
    let group = lab.cloud.account().security_groups.values().next().expect("a group").id.clone();
    let open = json!({ "GroupId": &*group, "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "0.0.0.0/0" });
    lab.ok("ec2", "AuthorizeSecurityGroupIngress", open);
    let subnets = json!([start::PUBLIC[0], start::PUBLIC[1]]);
    let made = lab.ok("elbv2", "CreateLoadBalancer", json!({ "Name": "web", "Subnets": subnets }));
    let balancer = text(&made, "/LoadBalancers/0/LoadBalancerArn");
    let group = target_group(&mut lab, "web");
    let forward = json!([{ "Type": "forward", "TargetGroupArn": group }]);
    let listener = json!({
        "LoadBalancerArn": balancer, "Protocol": "HTTP", "Port": 80, "DefaultActions": forward,
    });
    lab.ok("elbv2", "CreateListener", listener);
    service(&mut lab, "web", &group, tasks);
    lab.settle();
    lab.wait(30);
    lab
}

fn target_group(lab: &mut Lab, name: &str) -> String {
    let vpc = lab.cloud.account().vpcs.values().next().expect("a VPC").id.clone();
    let request = json!({
        "Name": name, "Protocol": "HTTP", "Port": 80, "VpcId": &*vpc, "TargetType": "ip",
    });
    let made = lab.ok("elbv2", "CreateTargetGroup", request);
    text(&made, "/TargetGroups/0/TargetGroupArn")
}

fn service(lab: &mut Lab, name: &str, group: &str, tasks: u32) {
    let network = json!({ "awsvpcConfiguration": {
        "subnets": [start::PUBLIC[0], start::PUBLIC[1]], "assignPublicIp": "ENABLED",
    } });
    let request = json!({
        "cluster": "dock", "serviceName": name, "taskDefinition": "web", "desiredCount": tasks,
        "launchType": "FARGATE", "networkConfiguration": network,
        "loadBalancers": [{ "targetGroupArn": group, "containerName": "web", "containerPort": 80 }],
    });
    lab.ok("ecs", "CreateService", request);
}

pub(crate) fn send(lab: &mut Lab, rate: u32) {
    let fault = json!({ "traffic": { "loadBalancer": "web", "requestsPerSecond": rate } });
    lab.inject(serde_json::from_value::<Fault>(fault).expect("a fault"));
}

fn traffic(lab: &Lab) -> &Traffic {
    lab.cloud.account().traffic.values().next().expect("traffic")
}

/// How many of the last second's requests went to each target, in the order of the targets' rows.
pub(crate) fn shares(lab: &Lab) -> Vec<u64> {
    let rows = lab.all(Kind::Target);
    rows.iter().map(|row| row["RequestsPerSecond"].as_u64().expect("a number")).collect()
}

/// Statuses of the last second's requests with their numbers.
fn statuses(lab: &Lab) -> Vec<(u16, u32)> {
    let mut found = std::collections::BTreeMap::new();
    for part in &traffic(lab).last {
        *found.entry(part.status).or_insert(0) += part.count;
    }
    found.into_iter().collect()
}

/// A statistic of a metric of `web` in the last `minutes`; `None` where nothing was measured.
fn measured(lab: &mut Lab, metric: &str, stat: &str, group: bool, minutes: u64) -> Option<f64> {
    let account = lab.cloud.account();
    let balancer =
        account.load_balancers.values().next().expect("a load balancer").path().to_owned();
    let target_group = account.target_groups.values().next().expect("a group").path().to_owned();
    let mut dimensions = vec![json!({ "Name": "LoadBalancer", "Value": balancer })];
    if group {
        dimensions.push(json!({ "Name": "TargetGroup", "Value": target_group }));
    }
    statistic(lab, "AWS/ApplicationELB", metric, stat, &Value::from(dimensions), minutes)
}

fn statistic(
    lab: &mut Lab,
    namespace: &str,
    metric: &str,
    stat: &str,
    dimensions: &Value,
    minutes: u64,
) -> Option<f64> {
    let now = lab.cloud.now().0 / 1_000;
    let request = json!({
        "Namespace": namespace, "MetricName": metric, "Period": 60 * minutes, "Statistics": [stat],
        "Dimensions": dimensions, "StartTime": now - minutes * 60, "EndTime": now,
    });
    let answer = lab.ok("cloudwatch", "GetMetricStatistics", request);
    answer["Datapoints"].as_array()?.first()?[stat].as_f64()
}

fn cpu(lab: &mut Lab, stat: &str) -> Option<f64> {
    let dimensions = json!([
        { "Name": "ServiceName", "Value": "web" }, { "Name": "ClusterName", "Value": "dock" },
    ]);
    statistic(lab, "AWS/ECS", "CPUUtilization", stat, &dimensions, 1)
}

/// The ids of the tasks that run, in the order of the targets.
pub(crate) fn tasks(lab: &Lab) -> Vec<String> {
    let rows = lab.all(Kind::Target);
    let arns = rows.iter().map(|row| row["TaskArn"].as_str().expect("its task"));
    arns.map(|arn| arn.rsplit('/').next().expect("an id").to_owned()).collect()
}

pub(crate) fn app(lab: &mut Lab, task: &str, behaviour: Behaviour) {
    lab.inject(Fault::App { task: task.to_owned(), behaviour });
}

#[test]
fn round_robin_gives_each_target_its_share() {
    // Source: facts/alb-and-network §2, "Round robin (model)".
    let mut lab = balanced(4);
    rows_conform(&lab);
    send(&mut lab, 10);
    let mut seen = vec![0; 4];
    for _ in 0..2 {
        let now = shares(&lab);
        assert_eq!(now.iter().sum::<u64>(), 10);
        seen.iter_mut().zip(now).for_each(|(all, one)| *all += one);
        lab.wait(1);
    }
    assert_eq!(seen, [5, 5, 5, 5], "what one second leaves over comes in the next");
    assert_eq!(statuses(&lab), [(200, 10)]);
    send(&mut lab, 0);
    lab.wait(2);
    assert_eq!(shares(&lab), [0, 0, 0, 0]);
}

#[test]
fn a_second_costs_the_same_at_any_rate_and_few_requests_are_kept() {
    let jobs = |rate: u32| {
        let mut lab = balanced(2);
        send(&mut lab, rate);
        let from = lab.cloud.now();
        let to = from + 60_000;
        let ran = lab.cloud.apply(&drydock::cloud::input::Input::Advance { to }).jobs_run;
        let traffic = traffic(&lab);
        assert!(traffic.last.len() <= 4 && traffic.sample.len() <= limits::TRAFFIC_KEPT);
        assert!(traffic.sample.iter().all(|one| one.part.count == 1 && one.part.task.is_some()));
        ran
    };
    assert_eq!(jobs(1), jobs(1_000));
}

#[test]
fn weights_share_out_requests_among_groups() {
    // Source: facts/alb-and-network §3, forward (weighted).
    let mut lab = balanced(1);
    let other = target_group(&mut lab, "green");
    let account = lab.cloud.account();
    let listener = account.listeners.values().next().expect("a listener").arn.clone();
    let blue = account.target_groups.values().next().expect("a group").arn.clone();
    let tuples = json!([
        { "TargetGroupArn": &*blue, "Weight": 9 }, { "TargetGroupArn": other, "Weight": 1 },
    ]);
    let actions = json!([{ "Type": "forward", "ForwardConfig": { "TargetGroups": tuples } }]);
    lab.ok(
        "elbv2",
        "ModifyListener",
        json!({ "ListenerArn": &*listener, "DefaultActions": actions }),
    );
    send(&mut lab, 3);
    let mut all = [0; 2];
    for _ in 0..10 {
        // The green group has no target.
        for (status, count) in statuses(&lab) {
            all[usize::from(status == 503)] += count;
        }
        lab.wait(1);
    }
    assert_eq!(all, [27, 3]);
}

#[test]
fn requests_heat_up_the_tasks_and_more_tasks_cool_them() {
    // Model: an answer needs REQUEST_CPU_US; a quarter of a processor answers 50 a second. Facts/scaling §3: percent of
    // what the definition says.
    let mut lab = balanced(2);
    to_full_minute(&mut lab);
    send(&mut lab, 60);
    lab.wait(60);
    let hot = cpu(&mut lab, "Average").expect("a minute");
    assert!((60.0..62.5).contains(&hot), "{hot}");
    let more = json!({ "cluster": "dock", "service": "web", "desiredCount": 4 });
    lab.ok("ecs", "UpdateService", more);
    lab.wait(180);
    let cool = cpu(&mut lab, "Average").expect("a minute");
    assert!((30.0..32.5).contains(&cool), "{cool}");
}

#[test]
fn a_task_with_too_much_to_do_is_slow_and_turns_requests_away() {
    // Model: OVERLOAD_WAIT_MS; answers of targets are counted as such (facts/alb-and-network §4, "5xx from the app").
    let mut lab = balanced(1);
    to_full_minute(&mut lab);
    send(&mut lab, 200);
    lab.wait(60);
    assert_eq!(cpu(&mut lab, "Maximum"), Some(100.0));
    let answered = measured(&mut lab, "HTTPCode_Target_2XX_Count", "Sum", true, 1).expect("some");
    let refused = measured(&mut lab, "HTTPCode_Target_5XX_Count", "Sum", true, 1).expect("some");
    assert!((2_900.0..3_200.0).contains(&answered), "{answered}");
    assert!(refused > 8_000.0, "{refused}");
    assert_eq!(measured(&mut lab, "HTTPCode_ELB_5XX_Count", "Sum", false, 1), None);
    let took = measured(&mut lab, "TargetResponseTime", "Maximum", true, 1).expect("some");
    assert!((2.0..2.1).contains(&took), "{took}");
    // It still passes its health checks.
    assert_eq!(lab.all(Kind::Target)[0]["TargetHealth"]["State"], "healthy");
}

#[test]
fn a_minute_of_requests_is_measured() {
    // Source: ELB guide, "CloudWatch metrics for your Application Load Balancer"; facts/scaling §3.
    let mut lab = balanced(2);
    to_full_minute(&mut lab);
    assert_eq!(measured(&mut lab, "RequestCount", "Sum", false, 1), None);
    send(&mut lab, 20);
    lab.wait(60);
    assert_eq!(measured(&mut lab, "RequestCount", "Sum", false, 1), Some(1_200.0));
    assert_eq!(measured(&mut lab, "RequestCount", "Average", true, 1), Some(1.0));
    assert_eq!(measured(&mut lab, "RequestCountPerTarget", "Sum", true, 1), Some(600.0));
    assert_eq!(measured(&mut lab, "HTTPCode_Target_2XX_Count", "Sum", false, 1), Some(1_200.0));
    assert_eq!(measured(&mut lab, "TargetResponseTime", "Average", false, 1), Some(0.02));
    assert_eq!(measured(&mut lab, "HealthyHostCount", "Maximum", true, 1), Some(2.0));
    assert_eq!(measured(&mut lab, "UnHealthyHostCount", "Maximum", true, 1), Some(0.0));
}

#[test]
fn a_crash_is_502_until_the_target_is_taken_out() {
    // Source: facts/alb-and-network §4, 502: the target refused the connection.
    let mut lab = balanced(2);
    to_full_minute(&mut lab);
    send(&mut lab, 10);
    let first = tasks(&lab)[0].clone();
    app(&mut lab, &first, Behaviour::Crash);
    lab.wait(1);
    assert_eq!(statuses(&lab), [(200, 5), (502, 5)]);
    let told = lab.story("web");
    assert!(told.iter().any(|text| text == "clients get 502"), "{told:?}");
    lab.wait(30);
    assert_eq!(statuses(&lab), [(200, 10)]);
    let told = lab.story("web");
    assert!(told.iter().any(|text| text == "clients get no more errors"), "{told:?}");
    lab.wait(60);
    let failed = measured(&mut lab, "HTTPCode_ELB_502_Count", "Sum", false, 2).expect("some");
    let refused = measured(&mut lab, "TargetConnectionErrorCount", "Sum", true, 2);
    assert_eq!(refused, Some(failed));
    assert_eq!(measured(&mut lab, "HTTPCode_ELB_5XX_Count", "Sum", false, 2), Some(failed));
}

#[test]
fn slow_answers_wait_and_break_when_the_task_ends() {
    // Source: facts/alb-and-network §4, 502: reset before the answer.
    let mut lab = balanced(1);
    to_full_minute(&mut lab);
    let only = tasks(&lab)[0].clone();
    app(&mut lab, &only, Behaviour::Slow);
    send(&mut lab, 2);
    lab.wait(4);
    assert_eq!(lab.all(Kind::Target)[0]["RequestsInFlight"], json!(10));
    send(&mut lab, 0);
    lab.wait(10);
    assert_eq!(lab.all(Kind::Target)[0]["RequestsInFlight"], json!(0));
    send(&mut lab, 2);
    lab.wait(2);
    app(&mut lab, &only, Behaviour::Crash);
    send(&mut lab, 0);
    to_full_minute(&mut lab);
    let answered = measured(&mut lab, "HTTPCode_Target_2XX_Count", "Sum", false, 1);
    assert_eq!(answered, Some(10.0));
    let broken = measured(&mut lab, "HTTPCode_ELB_502_Count", "Sum", false, 1);
    assert_eq!(broken, Some(6.0));
    let slow = measured(&mut lab, "TargetResponseTime", "Minimum", false, 1).expect("some");
    assert!(slow >= 8.0, "{slow}");
}

#[test]
fn least_outstanding_requests_avoids_the_slow_target() {
    // Source: facts/alb-and-network §2, "LOR: min in-flight".
    let mut lab = balanced(2);
    let group = lab.cloud.account().target_groups.values().next().expect("a group").arn.clone();
    let attributes =
        json!([{ "Key": "load_balancing.algorithm.type", "Value": "least_outstanding_requests" }]);
    let request = json!({ "TargetGroupArn": &*group, "Attributes": attributes });
    lab.ok("elbv2", "ModifyTargetGroupAttributes", request);
    send(&mut lab, 20);
    assert_eq!(shares(&lab), [10, 10]);
    let first = tasks(&lab)[0].clone();
    app(&mut lab, &first, Behaviour::Slow);
    lab.wait(3);
    let shares = shares(&lab);
    assert!(shares[0] <= 1 && shares[1] >= 19, "{shares:?}");
}

#[test]
fn an_application_that_fails_its_checks_answers_503_itself() {
    // Source: facts/alb-and-network §2, fail-open, and §4, "5xx from the app".
    let mut lab = balanced(1);
    to_full_minute(&mut lab);
    let only = tasks(&lab)[0].clone();
    app(&mut lab, &only, Behaviour::Unhealthy);
    send(&mut lab, 1);
    lab.wait(5);
    let last = &traffic(&lab).last;
    assert_eq!((last[0].status, last[0].by), (503, By::Target));
}

#[test]
fn without_targets_it_is_503_of_the_load_balancer() {
    // Source: facts/alb-and-network §4, 503.
    let mut lab = balanced(0);
    to_full_minute(&mut lab);
    send(&mut lab, 5);
    lab.wait(60);
    assert_eq!(measured(&mut lab, "HTTPCode_ELB_503_Count", "Sum", false, 1), Some(300.0));
    assert_eq!(measured(&mut lab, "RequestCount", "Sum", false, 1), None, "no target was chosen");
    assert_eq!(measured(&mut lab, "HealthyHostCount", "Maximum", true, 1), None);
}

#[test]
fn a_draining_target_gets_no_new_requests() {
    // Source: facts/alb-and-network §2, deregistration_delay: new requests stop immediately.
    let mut lab = balanced(2);
    send(&mut lab, 10);
    let less = json!({ "cluster": "dock", "service": "web", "desiredCount": 1 });
    lab.ok("ecs", "UpdateService", less);
    lab.wait(10);
    let rows = lab.all(Kind::Target);
    let states: Vec<_> = rows.iter().map(|row| text(row, "/TargetHealth/State")).collect();
    assert!(states.contains(&"draining".to_owned()), "{states:?}");
    for row in rows {
        let expected = if row["TargetHealth"]["State"] == "draining" { 0 } else { 10 };
        assert_eq!(row["RequestsPerSecond"], json!(expected), "{row:#}");
    }
    assert_eq!(statuses(&lab), [(200, 10)]);
}

#[test]
fn traffic_can_be_typed() {
    let mut lab = balanced(1);
    let typed = |lab: &mut Lab, line: &str| cli::run(&mut lab.cloud, line);
    for line in ["traffic web 7", "fault traffic web 7 / example.com"] {
        let printed = typed(&mut lab, line);
        assert_eq!((printed.status, printed.stderr.as_str()), (0, ""), "{line}");
        assert_eq!(traffic(&lab).rate, 7);
    }
    assert_eq!(&*traffic(&lab).host, "example.com");
    assert_ne!(typed(&mut lab, "traffic nothing 7").status, 0);
    assert_ne!(typed(&mut lab, "traffic web 100001").status, 0);
    assert_eq!(typed(&mut lab, "traffic web 0").status, 0);
}
