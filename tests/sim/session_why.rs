//! "Why?": each question that a learner can ask has an answer with its sentence, its cause and what would have helped.
//! All of it is computed from what the simulator recorded.

use drydock::cloud::data::BUCKET;
use drydock::cloud::input::{Behaviour, Call, Fault};
use drydock::cloud::inside::container_call;
use drydock::cloud::net::start;
use drydock::cloud::rows::Kind;
use drydock::session::view::rows::Rows;
use drydock::session::view::why::{Answer, at_moment, denied, denied_inside, why};
use serde_json::{Value, json};

use crate::ecs_fargate::{definition, dock, run_in_public, run_one};
use crate::ecs_hosts::{harbour, register, run};
use crate::ecs_services::{ec2_service, fargate_service, update};
use crate::iam_access::{APP, call, put, with_role};
use crate::iam_roles::{policy, trust};
use crate::lab::{Lab, text};
use crate::watch_metrics::{load, running_service};

/// The answers about the newest thing of a kind.
fn answers(lab: &Lab, kind: &str) -> Vec<Answer> {
    let rows = Rows::of(lab.cloud.account());
    let row = rows.get(kind).last().expect("a row");
    why(&lab.cloud, kind, row).answers
}

#[track_caller]
fn first(lab: &Lab, kind: &str) -> Answer {
    answers(lab, kind).into_iter().next().expect("an answer")
}

/// The sentence has this in it, the counterfactual that, and the way back ends there.
#[track_caller]
fn says(answer: &Answer, sentence: &str, instead: &str, cause: &str) {
    assert!(answer.says.contains(sentence), "{answer:#?}");
    assert!(answer.instead.as_deref().unwrap_or("").contains(instead), "{answer:#?}");
    assert!(answer.chain.iter().any(|link| link.text.contains(cause)), "{answer:#?}");
    assert!(answer.chain.iter().all(|link| !link.id.is_empty() && link.at.0 > 0), "{answer:#?}");
}

// ---- a task that was not placed (facts: ecs §3, the reasons of failures)

#[test]
fn a_taken_port_names_the_task_that_holds_it() {
    let ports = json!({ "portMappings": [{ "containerPort": 80, "hostPort": 80 }] });
    let mut lab = harbour(&[("t3.medium", 0)], ports);
    run(&mut lab, 2, json!({}));
    let answer = first(&lab, "task-definition");
    says(&answer, "port 80/tcp is taken", "if its host port were 0", "holds port 80");
    says(&answer, "came closest", "", "your call ecs:RunTask");
    assert_eq!(answer.aws, "RESOURCE:PORTS");
    let holder = &answer.chain[0];
    assert_eq!((holder.kind, holder.at), ("task", lab.cloud.now()));
    assert!(Rows::of(lab.cloud.account()).find("task", &holder.id).is_some());
}

#[test]
fn cpu_and_memory_name_the_task_that_took_most() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    run(&mut lab, 1, json!({}));
    register(&mut lab, json!({ "memory": 3800 }));
    run(&mut lab, 1, json!({}));
    says(
        &first(&lab, "task-definition"),
        "3448 MiB left; the task needs 3800",
        "at most 3448 MiB",
        "MiB on i-",
    );
    register(&mut lab, json!({ "cpu": 2000 }));
    run(&mut lab, 1, json!({}));
    says(
        &first(&lab, "task-definition"),
        "1792 CPU units left; the task needs 2000",
        "at most 1792",
        "CPU units on i-",
    );
}

#[test]
fn an_attribute_that_no_host_has_leads_to_the_plan() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    // Agents tell which log drivers they have, and this is none of them.
    register(&mut lab, json!({ "logConfiguration": { "logDriver": "splunk" } }));
    run(&mut lab, 1, json!({}));
    let answer = first(&lab, "task-definition");
    says(
        &answer,
        "it lacks the attribute com.amazonaws.ecs.capability.logging-driver.splunk",
        "had the attribute",
        "your call ecs:RegisterTaskDefinition",
    );
}

#[test]
fn interfaces_and_zones_are_named() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    let container = json!([{ "name": "web", "image": "nginx", "memory": 64 }]);
    let request =
        json!({ "family": "vpc", "networkMode": "awsvpc", "containerDefinitions": container });
    lab.ok("ecs", "RegisterTaskDefinition", request);
    let more = |subnet: &str| {
        json!({ "taskDefinition": "vpc", "networkConfiguration": {
            "awsvpcConfiguration": { "subnets": [subnet] },
        } })
    };
    let made = run(&mut lab, 3, more(start::PUBLIC[0]));
    let answer = first(&lab, "task-definition");
    says(
        &answer,
        "network interfaces for tasks are in use",
        "another container instance",
        "took the last network interface",
    );
    let arn = text(&made, "/tasks/0/taskArn");
    lab.ok("ecs", "StopTask", json!({ "cluster": "dock", "task": arn }));
    lab.settle();
    run(&mut lab, 1, more(start::PUBLIC[2]));
    let answer = first(&lab, "task-definition");
    says(
        &answer,
        "us-east-1a, where the task has no subnet",
        "a subnet in us-east-1a",
        "your call ecs:RunTask",
    );
}

#[test]
fn an_agent_that_is_away_leads_to_the_fault() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    let id = text(&lab.all(Kind::Instance)[0], "/InstanceId");
    lab.inject(Fault::DisconnectAgent(id));
    lab.settle();
    run(&mut lab, 1, json!({}));
    let answer = first(&lab, "task-definition");
    says(&answer, "its agent is not connected", "were connected", "a fault that was injected");
}

// ---- a task that stopped (facts: ecs §3, stopCode)

#[test]
fn an_image_that_is_not_there() {
    let mut lab = dock("nginx:nope", json!({}));
    run_one(&mut lab);
    lab.settle();
    let answer = first(&lab, "task");
    assert!(answer.aws.starts_with("TaskFailedToStart CannotPullContainerError"), "{answer:?}");
    says(
        &answer,
        "could not be pulled",
        "an image that exists",
        "your call ecs:RegisterTaskDefinition web:1",
    );
    says(&answer, "", "", "your call ecs:RunTask");
}

#[test]
fn an_image_that_cannot_be_reached() {
    let mut lab = dock("nginx", json!({}));
    let mut request = run_in_public(1);
    request["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"] = json!("DISABLED");
    lab.ok("ecs", "RunTask", request);
    lab.settle();
    says(
        &first(&lab, "task"),
        "no way from the task to the registry",
        "a NAT gateway",
        "your call ecs:RunTask",
    );
}

#[test]
fn an_essential_container_that_exits() {
    let mut lab = dock("crash", json!({}));
    run_one(&mut lab);
    lab.settle();
    let answer = first(&lab, "task");
    assert_eq!(answer.aws, "EssentialContainerExited Essential container in task exited");
    says(&answer, "exited with an error code", "", "web exited with code 1");
    says(&answer, "the whole task stopped", "", "your call ecs:RunTask");
}

#[test]
fn a_task_that_somebody_stopped() {
    let mut lab = dock("nginx", json!({}));
    let task = run_one(&mut lab);
    lab.settle();
    lab.ok("ecs", "StopTask", json!({ "cluster": "dock", "task": task }));
    lab.settle();
    let answer = first(&lab, "task");
    assert!(answer.aws.starts_with("UserInitiated"));
    says(&answer, "Somebody asked", "would still run without that call", "your call ecs:StopTask");
}

#[test]
fn a_task_that_its_service_stopped() {
    let mut lab = dock("nginx", json!({}));
    fargate_service(&mut lab, 1, json!({}));
    lab.settle();
    update(&mut lab, json!({ "desiredCount": 0 }));
    lab.settle();
    let answer = first(&lab, "task");
    assert!(answer.aws.starts_with("ServiceSchedulerInitiated Scaling activity"));
    says(&answer, "wanted fewer tasks", "", "your call ecs:UpdateService");
}

#[test]
fn a_task_whose_memory_ran_out_leads_to_the_fault() {
    let mut lab = dock("nginx", json!({}));
    let task = run_one(&mut lab);
    lab.settle();
    lab.inject(Fault::App { task, behaviour: Behaviour::Leak });
    lab.settle();
    says(
        &first(&lab, "task"),
        "more memory than its limit",
        "higher memory limit",
        "a fault that was injected",
    );
}

#[test]
fn a_task_that_went_with_its_host() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    run(&mut lab, 1, json!({}));
    lab.settle();
    let id = text(&lab.all(Kind::Instance)[0], "/InstanceId");
    lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [id] }));
    lab.settle();
    let answer = first(&lab, "task");
    says(&answer, "the task went with it", "another instance", "your call ec2:TerminateInstances");
}

#[test]
fn a_task_whose_zone_failed() {
    let mut lab = dock("nginx", json!({}));
    run_one(&mut lab);
    lab.settle();
    lab.inject(Fault::LoseZone("us-east-1a".to_owned()));
    lab.settle();
    says(
        &first(&lab, "task"),
        "infrastructure",
        "another Availability Zone",
        "a fault that was injected",
    );
}

// ---- a target that is not healthy (facts: alb-and-network §2, target states and reasons)

/// A load balancer whose group `web` of addresses has a running Fargate task behind port 80, and the group's ARN.
fn balanced() -> (Lab, String, String) {
    let mut lab = dock("nginx", json!({}));
    let subnets: Vec<&str> = start::PUBLIC[..2].to_vec();
    let made = lab.ok("elbv2", "CreateLoadBalancer", json!({ "Name": "web", "Subnets": subnets }));
    let lb = text(&made, "/LoadBalancers/0/LoadBalancerArn");
    let vpc = text(&lab.all(Kind::Vpc)[0], "/VpcId");
    let group =
        json!({ "Name": "web", "Protocol": "HTTP", "Port": 80, "TargetType": "ip", "VpcId": vpc });
    let group =
        text(&lab.ok("elbv2", "CreateTargetGroup", group), "/TargetGroups/0/TargetGroupArn");
    let listener = json!({ "LoadBalancerArn": lb, "Protocol": "HTTP", "Port": 80,
        "DefaultActions": [{ "Type": "forward", "TargetGroupArn": group }] });
    lab.ok("elbv2", "CreateListener", listener);
    let task = run_one(&mut lab);
    lab.settle();
    (lab, group, task)
}

fn address(lab: &Lab) -> String {
    let tasks = lab.all(Kind::Task);
    text(tasks.last().unwrap(), "/containers/0/networkInterfaces/0/privateIpv4Address")
}

fn add(lab: &mut Lab, group: &str, port: u16) {
    let targets = json!([{ "Id": address(lab), "Port": port }]);
    lab.ok("elbv2", "RegisterTargets", json!({ "TargetGroupArn": group, "Targets": targets }));
}

fn reason(lab: &Lab) -> String {
    text(lab.all(Kind::Target).last().unwrap(), "/TargetHealth/Reason")
}

#[test]
fn a_new_target_waits_for_its_first_check() {
    let (mut lab, group, _) = balanced();
    add(&mut lab, &group, 80);
    assert_eq!(reason(&lab), "Elb.RegistrationInProgress");
    says(&first(&lab, "target"), "has not been asked yet", "", "your call elbv2:RegisterTargets");
    lab.settle();
    assert_eq!(answers(&lab, "target"), [], "a healthy target raises no question");
}

#[test]
fn a_port_on_which_nobody_listens() {
    let (mut lab, group, _) = balanced();
    add(&mut lab, &group, 81);
    lab.wait(10);
    assert_eq!(reason(&lab), "Elb.InitialHealthChecking");
    says(
        &first(&lab, "target"),
        "1 of 2",
        "listened on the port",
        "your call elbv2:RegisterTargets",
    );
    lab.wait(60);
    assert_eq!(reason(&lab), "Target.FailedHealthChecks");
    says(
        &first(&lab, "target"),
        "nothing listens on port 81",
        "listened on the port",
        "your call elbv2:RegisterTargets",
    );
}

#[test]
fn an_answer_that_the_group_does_not_want() {
    let (mut lab, group, task) = balanced();
    add(&mut lab, &group, 80);
    lab.settle();
    let group = json!({ "TargetGroupArn": group, "Matcher": { "HttpCode": "201" } });
    lab.ok("elbv2", "ModifyTargetGroup", group.clone());
    lab.wait(90);
    assert_eq!(reason(&lab), "Target.ResponseCodeMismatch");
    says(
        &first(&lab, "target"),
        "it answers 200, and the group wants 201",
        "if it answered 201",
        "your call elbv2:ModifyTargetGroup",
    );
    let mut group = group;
    group["Matcher"]["HttpCode"] = json!("200");
    lab.ok("elbv2", "ModifyTargetGroup", group);
    lab.inject(Fault::App { task, behaviour: Behaviour::Unhealthy });
    lab.wait(400);
    says(
        &first(&lab, "target"),
        "it answers 503",
        "if it answered 200",
        "a fault that was injected",
    );
}

#[test]
fn an_answer_that_comes_too_late() {
    let (mut lab, group, task) = balanced();
    add(&mut lab, &group, 80);
    lab.settle();
    lab.inject(Fault::App { task, behaviour: Behaviour::Slow });
    lab.wait(120);
    assert_eq!(reason(&lab), "Target.Timeout");
    says(
        &first(&lab, "target"),
        "ms to answer, and the check waits 5 s",
        "within 5 s",
        "a fault that was injected",
    );
}

#[test]
fn a_security_group_that_lets_nothing_through() {
    let (mut lab, group, _) = balanced();
    add(&mut lab, &group, 80);
    lab.settle();
    let own = lab.all(Kind::SecurityGroup)[0].clone();
    let permissions = own["IpPermissions"].clone();
    lab.ok(
        "ec2",
        "RevokeSecurityGroupIngress",
        json!({ "GroupId": own["GroupId"], "IpPermissions": permissions }),
    );
    lab.wait(90);
    assert_eq!(reason(&lab), "Target.Timeout");
    let answer = first(&lab, "target");
    says(
        &answer,
        "lets TCP 80 in from",
        "let TCP 80 through",
        "your call ec2:RevokeSecurityGroupIngress",
    );
    assert!(answer.looks.iter().any(|(passed, _)| !passed), "{answer:?}");
}

#[test]
fn a_target_that_is_taken_out_or_not_used() {
    let (mut lab, group, _) = balanced();
    add(&mut lab, &group, 80);
    lab.settle();
    let targets = json!([{ "Id": address(&lab), "Port": 80 }]);
    lab.ok("elbv2", "DeregisterTargets", json!({ "TargetGroupArn": group, "Targets": targets }));
    assert_eq!(reason(&lab), "Target.DeregistrationInProgress");
    says(
        &first(&lab, "target"),
        "has 5 min to finish",
        "shorter deregistration delay",
        "your call elbv2:DeregisterTargets",
    );
    let listener = text(&lab.all(Kind::Listener)[0], "/ListenerArn");
    lab.ok("elbv2", "DeleteListener", json!({ "ListenerArn": listener }));
    lab.settle();
    add(&mut lab, &group, 80);
    assert_eq!(reason(&lab), "Target.NotInUse");
    says(
        &first(&lab, "target"),
        "No listener",
        "if a listener forwarded",
        "your call elbv2:CreateTargetGroup",
    );
}

// ---- a call that was denied (facts: iam §4 and §5)

fn last(lab: &Lab) -> Answer {
    let account = lab.cloud.account();
    denied(account, account.trail.count()).expect("a denied call")
}

#[test]
fn nothing_allows_it() {
    let mut lab = with_role(&[policy("Allow", "ecs:Describe*", "*")]);
    call(&mut lab, APP, "ecs", "ListClusters", json!({})).unwrap_err();
    let answer = last(&lab);
    says(
        &answer,
        "app may not do ecs:ListClusters. No identity-based policy allows it",
        "statement 1 of p0",
        "your call iam:PutRolePolicy",
    );
    assert!(answer.looks[0].1.contains("ecs:ListClusters is not in Action"), "{answer:?}");
    assert!(!answer.looks[0].0);
    let bare = &mut with_role(&[]);
    call(bare, APP, "ecs", "ListClusters", json!({})).unwrap_err();
    says(
        &last(bare),
        "What is not allowed is denied",
        "if a policy of app allowed ecs:ListClusters",
        "your call iam:CreateRole",
    );
    assert_eq!(answers(bare, "role").len(), 1, "the role knows of it");
}

#[test]
fn a_statement_denies_it() {
    let mut lab = with_role(&[policy("Allow", "ecs:*", "*"), policy("Deny", "ecs:List*", "*")]);
    call(&mut lab, APP, "ecs", "ListClusters", json!({})).unwrap_err();
    says(
        &last(&lab),
        "A deny is final",
        "statement 1 of p0 allows it",
        "your call iam:PutRolePolicy",
    );
    let mut lab = with_role(&[policy("Deny", "ecs:List*", "*")]);
    call(&mut lab, APP, "ecs", "ListClusters", json!({})).unwrap_err();
    says(
        &last(&lab),
        "Statement 1 of identity-based policy p0 denies it",
        "would still be denied",
        "your call iam:PutRolePolicy",
    );
}

#[test]
fn a_boundary_does_not_allow_it() {
    let mut lab = Lab::new();
    let bound = json!({ "PolicyName": "bound", "PolicyDocument": policy("Allow", "s3:*", "*") });
    let bound = text(&lab.ok("iam", "CreatePolicy", bound), "/Policy/Arn");
    let role = json!({ "RoleName": "app", "PermissionsBoundary": bound,
        "AssumeRolePolicyDocument": trust("ecs-tasks.amazonaws.com") });
    lab.ok("iam", "CreateRole", role);
    put(&mut lab, "all", &policy("Allow", "ecs:*", "*"));
    call(&mut lab, APP, "ecs", "ListClusters", json!({})).unwrap_err();
    says(
        &last(&lab),
        "No permissions boundary allows it",
        "boundary allowed ecs:ListClusters",
        "app called ecs:ListClusters",
    );
}

#[test]
fn a_role_may_not_be_passed() {
    let mut lab = with_role(&[policy("Allow", "ec2:*", "*")]);
    let launch = crate::ec2_instances::host("dock");
    call(&mut lab, APP, "ec2", "RunInstances", launch).unwrap_err();
    says(
        &last(&lab),
        "app may not do iam:PassRole on ecsInstanceRole",
        "",
        "your call iam:PutRolePolicy",
    );
}

#[test]
fn a_role_trusts_somebody_else() {
    let mut lab = dock("nginx", json!({}));
    let role = json!({ "RoleName": "app", "AssumeRolePolicyDocument": trust("ec2.amazonaws.com") });
    lab.ok("iam", "CreateRole", role);
    let mut request = definition("nginx", json!({}));
    request["taskRoleArn"] = json!(APP);
    lab.ok("ecs", "RegisterTaskDefinition", request);
    lab.refused("ecs", "RunTask", run_in_public(1));
    let answer = last(&lab);
    says(
        &answer,
        "ecs-tasks.amazonaws.com may not do sts:AssumeRole on app",
        "trust policy of app named ecs-tasks",
        "your call iam:CreateRole",
    );
}

/// A running Fargate task, with further members of its definition and its container.
fn inside(task: Value, container: Value) -> (Lab, String) {
    let mut lab = dock("nginx", json!({}));
    let role =
        json!({ "RoleName": "app", "AssumeRolePolicyDocument": trust("ecs-tasks.amazonaws.com") });
    lab.ok("iam", "CreateRole", role);
    let mut request = definition("nginx", container);
    for (name, value) in task.as_object().unwrap() {
        request[name] = value.clone();
    }
    lab.ok("ecs", "RegisterTaskDefinition", request);
    let task = run_one(&mut lab);
    lab.settle();
    (lab, task)
}

fn asks(lab: &mut Lab, task: &str) -> Answer {
    let call = Call::new("s3", "ListObjectsV2", json!({ "Bucket": BUCKET }));
    let asked = container_call(&mut lab.cloud, task, "web", &call);
    let answer = denied_inside(lab.cloud.account(), &asked).expect("a failed call");
    assert!(answers(lab, "task").contains(&answer), "the task knows of it");
    answer
}

#[test]
fn code_in_a_container_is_denied_in_four_ways() {
    let (mut lab, task) = inside(json!({}), json!({}));
    says(
        &asks(&mut lab, &task),
        "has no credentials",
        "named a task role",
        "your call ecs:RegisterTaskDefinition",
    );
    let roled = json!({ "taskRoleArn": APP });
    let (mut lab, task) = inside(roled.clone(), json!({}));
    let answer = asks(&mut lab, &task);
    says(
        &answer,
        "app may not do s3:ListBucket",
        "if a policy of app allowed",
        "your call iam:CreateRole",
    );
    assert!(answer.looks[1].0, "the task role was found: {answer:?}");
    let key = json!({ "environment": [{ "name": "AWS_ACCESS_KEY_ID", "value": "AKIAIOSFODNN7EXAMPLE" }] });
    let (mut lab, task) = inside(roled.clone(), key);
    says(
        &asks(&mut lab, &task),
        "AWS does not know",
        "no access key",
        "your call ecs:RegisterTaskDefinition",
    );
    let (mut lab, task) = inside(roled, json!({}));
    let route =
        json!({ "RouteTableId": start::PUBLIC_ROUTES, "DestinationCidrBlock": "0.0.0.0/0" });
    lab.ok("ec2", "DeleteRoute", route);
    says(&asks(&mut lab, &task), "never reached AWS", "a NAT gateway", "");
}

// ---- a deployment that does not finish (facts: ecs §4)

#[test]
fn a_deployment_says_what_it_waits_for() {
    let mut lab = dock("nginx", json!({}));
    let rules = json!({ "minimumHealthyPercent": 100, "maximumPercent": 150 });
    fargate_service(&mut lab, 1, json!({ "deploymentConfiguration": rules }));
    lab.wait(10);
    says(&first(&lab, "service"), "A new task is", "", "your call ecs:CreateService");
    lab.settle();
    assert_eq!(answers(&lab, "service"), [], "it is steady");
    update(&mut lab, json!({ "forceNewDeployment": true }));
    lab.settle();
    says(
        &first(&lab, "service"),
        "may neither stop nor start",
        "lower minimumHealthyPercent",
        "your call ecs:UpdateService",
    );
}

#[test]
fn a_deployment_whose_tasks_fail_waits_or_gives_up() {
    let mut lab = dock("nginx:nope", json!({}));
    fargate_service(&mut lab, 1, json!({}));
    lab.wait(300);
    says(
        &first(&lab, "service"),
        "in a row failed to start",
        "came to run",
        "CannotPullContainerError",
    );
    let mut lab = dock("crash", json!({}));
    let rules = json!({ "deploymentCircuitBreaker": { "enable": true, "rollback": false } });
    fargate_service(&mut lab, 1, json!({ "deploymentConfiguration": rules }));
    lab.settle();
    says(
        &first(&lab, "service"),
        "circuit breaker stopped it",
        "a revision that works",
        "web exited with code 1",
    );
}

#[test]
fn a_deployment_without_a_place_names_the_host() {
    let ports = json!({ "portMappings": [{ "containerPort": 80, "hostPort": 80 }] });
    let mut lab = harbour(&[("t3.medium", 0)], ports.clone());
    ec2_service(&mut lab, 1, json!({}));
    lab.settle();
    register(&mut lab, ports);
    update(&mut lab, json!({ "taskDefinition": "web" }));
    lab.settle();
    let both = answers(&lab, "service");
    says(&both[0], "port 80/tcp is taken", "host port were 0", "holds port 80");
    says(&both[1], "no place for the next task", "host port were 0", "your call ecs:UpdateService");
}

/// A goal that was met and broke names the event that broke it.
#[test]
fn a_moment_names_its_failure_first() {
    let mut lab = dock("nginx", json!({}));
    let task = run_one(&mut lab);
    lab.settle();
    lab.inject(Fault::App { task, behaviour: Behaviour::Unhealthy });
    let link = at_moment(lab.cloud.account(), lab.cloud.now()).expect("an event");
    assert!(link.text.ends_with("the application fails its health checks"), "{link:?}");
    assert_eq!(at_moment(lab.cloud.account(), lab.cloud.now() + 1), None);
}

// ---- scaling that waits (facts: scaling §4)

/// A service that keeps its CPU at 60 %, between bounds, with a load.
fn tracked((tasks, min, max): (u32, u32, u32), cpu: u32) -> Lab {
    let mut lab = running_service(tasks);
    let target = json!({ "ServiceNamespace": "ecs", "ResourceId": "service/dock/web",
        "ScalableDimension": "ecs:service:DesiredCount" });
    let with = |more: Value| {
        let mut request = target.clone();
        more.as_object().unwrap().iter().for_each(|(name, value)| request[name] = value.clone());
        request
    };
    let bounds = with(json!({ "MinCapacity": min, "MaxCapacity": max }));
    lab.ok("application-autoscaling", "RegisterScalableTarget", bounds);
    let policy = with(json!({ "PolicyName": "cpu", "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": { "TargetValue": 60.0,
            "PredefinedMetricSpecification": { "PredefinedMetricType": "ECSServiceAverageCPUUtilization" } } }));
    lab.ok("application-autoscaling", "PutScalingPolicy", policy);
    load(&mut lab, cpu);
    lab
}

#[test]
fn scaling_waits_for_its_alarm() {
    let mut lab = tracked((2, 1, 10), 90);
    lab.wait(61);
    let answer = first(&lab, "service");
    assert!(answer.is_calm);
    says(
        &answer,
        "Policy cpu waits for its alarm: 1 of 3 minutes in a row are greater than 60",
        "rings in about",
        "load",
    );
    lab.wait(60);
    says(
        &first(&lab, "service"),
        "2 of 3 minutes",
        "about 60 s",
        "your call application-autoscaling:PutScalingPolicy",
    );
}

#[test]
fn scaling_is_held_back_by_a_bound_or_a_cooldown() {
    let mut lab = tracked((1, 1, 2), 200);
    lab.wait(600);
    let answer = first(&lab, "service");
    says(
        &answer,
        "The service has 2 tasks: the maximum",
        "higher maximum capacity",
        "RegisterScalableTarget",
    );
    says(&answer, "", "", "alarm TargetTracking-service/dock/web-AlarmHigh");
    assert_eq!(first(&lab, "scalable-target"), answer);
    let mut lab = tracked((4, 2, 10), 60);
    lab.wait(16 * 60);
    load(&mut lab, 40);
    lab.wait(15 * 60);
    load(&mut lab, 1);
    lab.wait(4 * 60);
    let answer = first(&lab, "service");
    says(&answer, "A cooldown goes on for another", "shorter cooldown", "ecs:UpdateService");
}
