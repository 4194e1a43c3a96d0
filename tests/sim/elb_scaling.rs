//! Requests through a load balancer make a service grow.

use serde_json::{Value, json};

use crate::elb_traffic::{balanced, send, shares};
use crate::watch_metrics::to_full_minute;

#[test]
fn requests_make_a_service_scale_out() {
    // Source: facts/scaling §3, ALBRequestCountPerTarget: requests per target per minute; §4a, three minutes of breach.
    let mut lab = balanced(2);
    let account = lab.cloud.account();
    let balancer =
        account.load_balancers.values().next().expect("a load balancer").path().to_owned();
    let group = account.target_groups.values().next().expect("a group").path().to_owned();
    let of = |more: Value| {
        let mut request = json!({ "ServiceNamespace": "ecs", "ResourceId": "service/dock/web",
            "ScalableDimension": "ecs:service:DesiredCount" });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        request
    };
    let bounds = of(json!({ "MinCapacity": 1, "MaxCapacity": 6 }));
    lab.ok("application-autoscaling", "RegisterScalableTarget", bounds);
    let metric = json!({ "PredefinedMetricType": "ALBRequestCountPerTarget",
        "ResourceLabel": format!("{balancer}/{group}") });
    let policy = of(json!({ "PolicyName": "requests", "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": 600.0, "PredefinedMetricSpecification": metric } }));
    lab.ok("application-autoscaling", "PutScalingPolicy", policy);
    to_full_minute(&mut lab);
    send(&mut lab, 40);
    lab.wait(60 * 8);
    assert_eq!(shares(&lab), [10, 10, 10, 10]);
}
