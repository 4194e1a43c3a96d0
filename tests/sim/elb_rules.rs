//! What rules look at, what they answer, and how many there may be.
//!
//! Sources: facts `alb-and-network.md` §3 and ELB/load-balancer-limits; API-elbv2.

use drydock::cli;
use serde_json::{Value, json};

use crate::elb_traffic::balanced;
use crate::lab::Lab;

fn listener(lab: &Lab) -> String {
    lab.cloud.account().listeners.values().next().expect("a listener").arn.to_string()
}

fn rule(lab: &mut Lab, priority: u32, conditions: Value, action: Value) -> Result<(), String> {
    let request = json!({
        "ListenerArn": listener(lab), "Priority": priority, "Conditions": conditions, "Actions": [action],
    });
    lab.call("elbv2", "CreateRule", request).map(|_| ()).map_err(|error| error.1)
}

fn fixed(status: &str, body: &str) -> Value {
    let config = json!({ "StatusCode": status, "MessageBody": body, "ContentType": "text/plain" });
    json!({ "Type": "fixed-response", "FixedResponseConfig": config })
}

fn path(values: &[&str]) -> Value {
    json!([{ "Field": "path-pattern", "Values": values }])
}

fn curl(lab: &mut Lab, line: &str) -> String {
    let name = lab.cloud.account().load_balancers.values().next().expect("one").dns_name.clone();
    let printed = cli::run(&mut lab.cloud, &line.replace("LB", &name));
    printed.stdout.replace(&*name, "LB")
}

/// facts: alb-and-network §3: fixed responses and redirects; path patterns are about the path alone.
#[test]
fn the_load_balancer_answers_by_itself() {
    let mut lab = balanced(1);
    rule(&mut lab, 1, path(&["/closed"]), fixed("410", "gone")).expect("a rule");
    let config = json!({ "Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301" });
    let away = json!({ "Type": "redirect", "RedirectConfig": config });
    rule(&mut lab, 2, path(&["/shop/*"]), away).expect("a rule");
    let post = json!([{ "Field": "http-request-method", "HttpRequestMethodConfig": { "Values": ["POST"] } }]);
    rule(&mut lab, 3, post, fixed("405", "read only")).expect("a rule");
    assert_eq!(
        curl(&mut lab, "curl -i LB/closed?a=1"),
        "HTTP/1.1 410\nServer: awselb/2.0\nContent-Type: text/plain; charset=utf-8\n\ngone\n"
    );
    assert_eq!(
        curl(&mut lab, "curl -I LB/shop/a?b=c"),
        "HTTP/1.1 301 Moved Permanently\nServer: awselb/2.0\nLocation: https://LB:443/shop/a?b=c\n\n"
    );
    assert_eq!(curl(&mut lab, "curl -X POST LB/"), "read only\n");
    assert!(curl(&mut lab, "curl LB/?x=/closed").contains("answers."));
}

/// facts: alb-and-network §3: 5 values and 6 wildcards a rule, 100 rules a load balancer, 1,024 characters, five types.
#[test]
fn rules_have_limits() {
    let mut lab = balanced(0);
    let both = json!([
        { "Field": "path-pattern", "Values": ["/1", "/2", "/3"] },
        { "Field": "host-header", "Values": ["a", "b", "c"] },
    ]);
    let refusal = rule(&mut lab, 1, both, fixed("200", "")).expect_err("six values");
    assert_eq!(refusal, "A rule can have at most '5' condition values");
    let stars = path(&["/*/*/*", "/*/*/*/*"]);
    assert!(rule(&mut lab, 1, stars, fixed("200", "")).is_err(), "seven wildcards");
    assert!(rule(&mut lab, 1, path(&["/a"]), fixed("200", &"a".repeat(1_025))).is_err());
    assert!(rule(&mut lab, 1, path(&["/a"]), fixed("302", "")).is_err());
    for priority in 1..=100 {
        rule(&mut lab, priority, path(&["/a"]), fixed("200", "")).expect("a rule");
    }
    assert!(rule(&mut lab, 101, path(&["/a"]), fixed("200", "")).is_err());
}

/// API-elbv2 CreateTargetGroup: "idempotent": with the same settings each call succeeds.
#[test]
fn the_same_target_group_can_be_made_again() {
    let mut lab = balanced(0);
    let vpc = lab.cloud.account().vpcs.values().next().expect("a VPC").id.clone();
    let made = |port: u32| json!({ "Name": "web", "Protocol": "HTTP", "Port": port, "VpcId": &*vpc, "TargetType": "ip" });
    let again = lab.ok("elbv2", "CreateTargetGroup", made(80));
    let known = lab.cloud.account().target_groups.values().next().expect("a group").arn.clone();
    assert_eq!(again["TargetGroups"][0]["TargetGroupArn"], json!(&*known));
    let other = lab.call("elbv2", "CreateTargetGroup", made(81)).expect_err("another port");
    assert_eq!(other.0, "DuplicateTargetGroupName");
}

/// API-elbv2: RuleCondition, TargetGroupTuple.Weight, CreateRule.Actions; a redirect to itself is refused (seen in reports).
#[test]
fn rules_that_mean_nothing_are_refused() {
    let mut lab = balanced(1);
    let group = lab.cloud.account().target_groups.values().next().expect("one").arn.to_string();
    let forward = json!({ "Type": "forward", "TargetGroupArn": group });
    let again = json!({ "Type": "redirect", "RedirectConfig": { "StatusCode": "HTTP_301", "Query": "a=1" } });
    let twice = json!([path(&["/a"])[0], path(&["/b"])[0]]);
    let heavy = json!({ "Type": "forward",
        "ForwardConfig": { "TargetGroups": [{ "TargetGroupArn": group, "Weight": 1000 }] } });
    for (conditions, action, said) in [
        (twice, forward.clone(), "only one 'path-pattern' condition"),
        (path(&[&"/a".repeat(65)]), forward.clone(), "cannot be longer than '128'"),
        (path(&["/a"]), heavy, "between '0' and '999'"),
        (path(&["/a"]), again, "it creates a loop"),
    ] {
        let error = rule(&mut lab, 1, conditions, action).expect_err("refused");
        assert!(error.contains(said), "{error}");
    }
    for (first, said) in [
        (forward.clone(), "exactly one forward"),
        (json!({ "Type": "authenticate-oidc" }), "not part of this model"),
    ] {
        let request = json!({ "ListenerArn": listener(&lab), "Priority": 1, "Conditions": path(&["/a"]),
            "Actions": [first, forward] });
        let error = lab.call("elbv2", "CreateRule", request).expect_err("refused").1;
        assert!(error.contains(said), "{error}");
    }
    rule(&mut lab, 1, path(&["/a"]), forward).expect("a rule");
}
