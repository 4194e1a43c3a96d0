//! One request from a client through a load balancer to a container, and what the client gets when it does not arrive.
//!
//! Sources: facts `alb-and-network.md` §2 (health checks, fail-open) and §4 (HTTP errors from the ALB).

use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use drydock::cloud::elbv2::request::{Ask, Sent, request};
use drydock::cloud::elbv2::sticky::Cookies;

use crate::played::play as run;

/// A load balancer `web` in two zones whose group of addresses expects port 80.
fn balanced() -> (Cloud, String) {
    let mut cloud = Cloud::new(7, Start::DefaultVpc);
    let account = cloud.account();
    let public = account.subnets.values().filter(|subnet| subnet.map_public_ip);
    let subnets: Vec<String> = public.take(2).map(|subnet| subnet.id.to_string()).collect();
    let vpc = account.vpcs.values().next().unwrap().id.to_string();
    run(
        &mut cloud,
        &format!("aws elbv2 create-load-balancer --name web --subnets {}", subnets.join(" ")),
    );
    let create = format!(
        "aws elbv2 create-target-group --name web --protocol HTTP --port 80 --target-type ip \
         --vpc-id {vpc} --query TargetGroups[0].TargetGroupArn --output text"
    );
    let group = run(&mut cloud, &create).trim().to_owned();
    let lb = run(
        &mut cloud,
        "aws elbv2 describe-load-balancers --query LoadBalancers[0].LoadBalancerArn --output text",
    );
    let listener = format!(
        "aws elbv2 create-listener --load-balancer-arn {} --protocol HTTP --port 80 \
         --default-actions Type=forward,TargetGroupArn={group}",
        lb.trim()
    );
    run(&mut cloud, &listener);
    let default = cloud.account().security_groups.values().next().unwrap().id.to_string();
    let open = format!(
        "aws ec2 authorize-security-group-ingress --group-id {default} --protocol tcp --port 80 \
         --cidr 0.0.0.0/0"
    );
    run(&mut cloud, &open);
    (cloud, group)
}

/// Runs nginx on Fargate and registers its address.
fn task(cloud: &mut Cloud, group: &str) -> String {
    let subnet = cloud.account().subnets.values().find(|s| s.map_public_ip).unwrap().id.to_string();
    run(cloud, "aws ecs create-cluster --cluster-name dock");
    run(
        cloud,
        "aws ecs register-task-definition --family web --network-mode awsvpc --cpu 256 --memory 512 \
         --requires-compatibilities FARGATE --container-definitions \
         name=web,image=nginx,portMappings=[{containerPort=80}]",
    );
    let start = format!(
        "aws ecs run-task --cluster dock --launch-type FARGATE --task-definition web \
         --network-configuration awsvpcConfiguration={{subnets=[{subnet}],assignPublicIp=ENABLED}}"
    );
    run(cloud, &start);
    run(cloud, "wait 3m");
    let task = cloud.account().tasks.values().next().unwrap().clone();
    let line = format!(
        "aws ecs describe-tasks --cluster dock --tasks {} --output text --query \
         tasks[0].containers[0].networkInterfaces[0].privateIpv4Address",
        task.id
    );
    let address = run(cloud, &line).trim().to_owned();
    run(
        cloud,
        &format!("aws elbv2 register-targets --target-group-arn {group} --targets Id={address}"),
    );
    run(cloud, "wait 10s");
    task.id.to_string()
}

fn ask(cookies: &str) -> Ask<'_> {
    Ask {
        host: "example.com",
        port: None,
        path: "/",
        method: "GET",
        cookies: Cookies::Sent(cookies),
    }
}

fn get(cloud: &mut Cloud) -> Sent {
    request(cloud, "web", ask("")).unwrap()
}

#[test]
fn a_request_reaches_the_container_behind_a_healthy_target() {
    let (mut cloud, group) = balanced();
    task(&mut cloud, &group);
    let sent = get(&mut cloud);
    assert_eq!(sent.status, 200, "{:?}", sent.hops);
    assert!(sent.task.is_some());
    assert!(sent.target_text().unwrap().ends_with(":80"));
}

#[test]
fn without_targets_the_answer_is_503() {
    let (mut cloud, _) = balanced();
    let sent = get(&mut cloud);
    assert_eq!((sent.status, sent.target), (503, None));
}

#[test]
fn a_port_on_which_nobody_listens_is_502() {
    let (mut cloud, group) = balanced();
    let id = task(&mut cloud, &group);
    run(&mut cloud, &format!("aws ecs stop-task --cluster dock --task {id}"));
    // The container has ended; its network interface is still there for a moment.
    let gone = (0..120).find_map(|_| {
        run(&mut cloud, "wait 500ms");
        let sent = get(&mut cloud);
        (sent.status != 200).then_some(sent.status)
    });
    assert_eq!(gone, Some(502));
}

#[test]
fn a_closed_security_group_is_504_and_the_target_is_unhealthy_by_timeout() {
    let (mut cloud, group) = balanced();
    task(&mut cloud, &group);
    let account = cloud.account();
    let default = account.security_groups.values().next().unwrap().id.to_string();
    let own = format!(
        "aws ec2 revoke-security-group-ingress --group-id {default} --ip-permissions \
         IpProtocol=-1,UserIdGroupPairs=[{{GroupId={default}}}]"
    );
    run(&mut cloud, &own);
    let inside = format!(
        "aws ec2 revoke-security-group-ingress --group-id {default} --protocol tcp --port 80 --cidr 0.0.0.0/0"
    );
    run(&mut cloud, &inside);
    run(&mut cloud, "wait 90s");
    let health = run(
        &mut cloud,
        &format!(
            "aws elbv2 describe-target-health --target-group-arn {group} --output text --query \
             TargetHealthDescriptions[0].TargetHealth.Reason"
        ),
    );
    assert_eq!(health.trim(), "Target.Timeout");
    // The client cannot reach the load balancer either: it carries the same security group.
    assert_eq!(get(&mut cloud).status, 0);
}

#[test]
fn a_load_balancer_that_does_not_exist_is_an_error() {
    let (mut cloud, _) = balanced();
    assert!(request(&mut cloud, "nothing", ask("")).is_err());
}
