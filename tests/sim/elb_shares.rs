//! Who gets a request besides whose turn it is: targets that warm up, clients that come back, zones that are not enabled.
//!
//! Sources: facts `alb-and-network.md` §2 ("Attributes", "AZs"); the ELB guide's pages "Sticky sessions" and "Edit target
//! group attributes".

use drydock::cli;
use drydock::cloud::input::Behaviour;
use drydock::cloud::net::start;
use drydock::cloud::rows::Kind;
use serde_json::json;

use crate::elb_traffic::{app, balanced, send, shares, tasks};
use crate::lab::{Lab, text};

fn set(lab: &mut Lab, attributes: &[(&str, &str)]) {
    let group = lab.cloud.account().target_groups.values().next().expect("a group").arn.clone();
    let pairs = attributes.iter().map(|(key, value)| json!({ "Key": key, "Value": value }));
    let pairs: Vec<_> = pairs.collect();
    let request = json!({ "TargetGroupArn": &*group, "Attributes": pairs });
    lab.ok("elbv2", "ModifyTargetGroupAttributes", request);
}

fn sticky(lab: &mut Lab, seconds: &str) {
    let attributes =
        [("stickiness.enabled", "true"), ("stickiness.lb_cookie.duration_seconds", seconds)];
    set(lab, &attributes);
}

fn desire(lab: &mut Lab, count: u32) {
    let request = json!({ "cluster": "dock", "service": "web", "desiredCount": count });
    lab.ok("ecs", "UpdateService", request);
}

/// The last second's requests by target, the smallest number first.
fn sorted(lab: &Lab) -> Vec<u64> {
    let mut all = shares(lab);
    all.sort_unstable();
    all
}

fn curl(lab: &mut Lab, rest: &str) -> String {
    let name = lab.cloud.account().load_balancers.values().next().expect("one").dns_name.clone();
    let printed = cli::run(&mut lab.cloud, &rest.replace("LB", &name));
    assert_eq!((printed.status, &*printed.stderr), (0, ""), "{rest}");
    printed.stdout
}

/// facts: alb-and-network §2, slow_start.duration_seconds: a linear ramp, and not for a first batch into an empty group.
#[test]
fn a_new_target_is_given_more_and_more() {
    let mut lab = balanced(2);
    set(&mut lab, &[("slow_start.duration_seconds", "100")]);
    send(&mut lab, 300);
    assert_eq!(shares(&lab), [150, 150], "targets that were there take part at once");
    desire(&mut lab, 3);
    while lab
        .all(Kind::Target)
        .iter()
        .filter(|row| row["TargetHealth"]["State"] == "healthy")
        .count()
        < 3
    {
        lab.wait(1);
    }
    let mut before = 0;
    for second in 0..100 {
        let all = sorted(&lab);
        assert_eq!(all.iter().sum::<u64>(), 300, "{all:?}");
        let (new, fair) = (all[0], 300 * second / (200 + second));
        assert!(new.abs_diff(fair) <= 2, "after {second} s: {new}, not {fair}");
        assert!(new + 1 >= before, "after {second} s: {new} after {before}");
        before = new;
        lab.wait(1);
    }
    lab.wait(2);
    assert_eq!(sorted(&lab), [100, 100, 100]);
}

/// facts: alb-and-network §2: not with least outstanding requests; 0 or 30 to 900 seconds; stickiness of 1 to 604800.
#[test]
fn attributes_have_ranges_and_exclude_one_another() {
    let mut lab = balanced(0);
    let group = lab.cloud.account().target_groups.values().next().expect("a group").arn.clone();
    let mut refused = |pairs: &[(&str, &str)]| {
        let pairs = pairs.iter().map(|(key, value)| json!({ "Key": key, "Value": value }));
        let pairs: Vec<_> = pairs.collect();
        let request = json!({ "TargetGroupArn": &*group, "Attributes": pairs });
        lab.call("elbv2", "ModifyTargetGroupAttributes", request).is_err()
    };
    let (slow, kind) = ("slow_start.duration_seconds", "load_balancing.algorithm.type");
    assert!(refused(&[(slow, "29")]) && refused(&[(slow, "901")]));
    assert!(refused(&[(slow, "30"), (kind, "least_outstanding_requests")]));
    assert!(refused(&[(kind, "weighted_random"), ("stickiness.enabled", "true")]));
    assert!(refused(&[("stickiness.lb_cookie.duration_seconds", "604801")]));
    assert!(!refused(&[(slow, "30")]));
    assert!(refused(&[(kind, "least_outstanding_requests")]), "slow start is on already");
    assert!(!refused(&[(slow, "0"), (kind, "least_outstanding_requests")]));
}

/// facts: alb-and-network §2, stickiness: it bypasses the algorithm; ELB guide: clients whose target is gone get another.
#[test]
fn clients_with_a_cookie_come_back_to_their_target() {
    let mut lab = balanced(2);
    sticky(&mut lab, "60");
    send(&mut lab, 10);
    assert_eq!(shares(&lab), [5, 5]);
    desire(&mut lab, 3);
    lab.wait(60);
    assert_eq!(sorted(&lab), [0, 5, 5], "the new task gets none of the old clients");
    send(&mut lab, 13);
    lab.wait(1);
    assert_eq!(sorted(&lab), [1, 6, 6], "new clients are spread over all");
    // The clients of a target that fails go to the others, and stay there.
    let old = tasks(&lab)[0].clone();
    app(&mut lab, &old, Behaviour::Crash);
    lab.wait(90);
    let after = sorted(&lab);
    assert_eq!(after.iter().sum::<u64>(), 13);
    assert_eq!(after[0], 0, "the task that replaces it has no clients: {after:?}");
    // A pause that is longer than the cookie's time: everybody is new.
    send(&mut lab, 0);
    lab.wait(70);
    send(&mut lab, 12);
    assert!(sorted(&lab).ends_with(&[4, 4, 4]), "{:?}", sorted(&lab));
}

/// facts: alb-and-network §2: cookie `AWSALB`; ELB guide: it is kept for seven days, its own time is the group's.
#[test]
fn curl_keeps_the_cookie_in_a_file() {
    let mut lab = balanced(2);
    let first = curl(&mut lab, "curl -i LB");
    assert!(!first.contains("Set-Cookie"), "{first}");
    sticky(&mut lab, "60");
    let answer = |lab: &mut Lab, line: &str| curl(lab, line);
    let (one, other) = (answer(&mut lab, "curl LB"), answer(&mut lab, "curl LB"));
    assert_ne!(one, other, "without the cookie it is round robin");
    let head = answer(&mut lab, "curl -I -c jar LB");
    assert!(head.starts_with("HTTP/1.1 200 OK\nSet-Cookie: AWSALB="), "{head}");
    assert!(head.contains("; Expires=Mon, 12 Jan 2026 09:") && head.ends_with(" GMT; Path=/\n\n"));
    let mine = answer(&mut lab, "curl -b jar LB");
    for _ in 0..5 {
        assert_eq!(answer(&mut lab, "curl -b jar LB"), mine);
    }
    lab.wait(61);
    let later = [answer(&mut lab, "curl -b jar LB"), answer(&mut lab, "curl -b jar LB")];
    assert_ne!(later[0], later[1], "the cookie is too old");
    let _ = answer(&mut lab, "curl -s -o /dev/null -b AWSALB=nonsense LB");
}

/// facts: alb-and-network §2, "AZs": `unused`, `Target.NotInUse`; §ecs "Service event texts" for what the service says.
#[test]
fn a_target_in_a_zone_that_is_not_enabled_is_not_used() {
    let mut lab = balanced(0);
    let network = json!({ "awsvpcConfiguration": { "subnets": [start::PUBLIC[2]], "assignPublicIp": "ENABLED" } });
    let request = json!({ "cluster": "dock", "service": "web", "desiredCount": 1,
        "networkConfiguration": network });
    lab.ok("ecs", "UpdateService", request);
    let target = loop {
        lab.wait(1);
        if let Some(row) = lab.all(Kind::Target).into_iter().next() {
            break row;
        }
    };
    assert_eq!(text(&target, "/TargetHealth/State"), "unused");
    assert_eq!(text(&target, "/TargetHealth/Reason"), "Target.NotInUse");
    lab.wait(10);
    let told = lab.story("web");
    let why = "due to (reason Target is in an Availability Zone that is not enabled for the load balancer)";
    assert!(told.iter().any(|said| said.contains(why)), "{told:?}");
}
