//! Prepared accounts for the sandbox: each is a list of terminal lines, so it can be undone, shared and read.

use super::Session;
use crate::lesson::solve;

/// A prepared account.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// Its name.
    pub title: &'static str,
    /// What there is, in a sentence.
    pub what: &'static str,
    /// The lines that make it. Ids are filled in as in lessons: `{target-group/1.TargetGroupArn}`.
    pub lines: &'static [&'static str],
}

/// All scenes, in the order in which they are offered.
pub const SCENES: &[Scene] = &[
    Scene {
        title: "A load-balanced service on EC2",
        what: "Two hosts, a service of two tasks on dynamic ports, a load balancer before them.",
        lines: BALANCED,
    },
    Scene {
        title: "A service on Fargate",
        what: "Three tasks without a host of yours, spread over two Availability Zones.",
        lines: FARGATE,
    },
    Scene {
        title: "A service that scales",
        what: "Target tracking keeps CPU at 60 %. The load has just gone up.",
        lines: SCALING,
    },
    Scene {
        title: "A cluster that is full",
        what: "One host, and a service that wants one task more than there is room for.",
        lines: FULL,
    },
];

const CLUSTER: &str = "aws ecs create-cluster --cluster-name dock";
const HOSTS: &str = "aws ec2 run-instances --image-id ami-0ec52023000000001 --instance-type t3.medium --count 2 \
    --iam-instance-profile Name=ecsInstanceRole --subnet-id subnet-0a1a1a1a1a1a1a1a1 \
    --user-data '#!/bin/bash\necho ECS_CLUSTER=dock >> /etc/ecs/ecs.config'";
const ON_FARGATE: &str = "aws ecs register-task-definition --family web --network-mode awsvpc --requires-compatibilities FARGATE \
    --cpu 256 --memory 512 --container-definitions '[{\"name\":\"web\",\"image\":\"nginx\",\"portMappings\":[{\"containerPort\":80}]}]'";

const BALANCED: &[&str] = &[
    CLUSTER,
    HOSTS,
    "aws ec2 create-security-group --group-name alb --description 'HTTP from everywhere' --vpc-id vpc-0d0d0d0d0d0d0d0d0",
    "aws ec2 authorize-security-group-ingress --group-id {security-group[GroupName=alb]/1} --protocol tcp --port 80 --cidr 0.0.0.0/0",
    "aws elbv2 create-load-balancer --name web --subnets subnet-0a1a1a1a1a1a1a1a1 subnet-0b1b1b1b1b1b1b1b1 \
     --security-groups {security-group[GroupName=alb]/1} sg-0d0d0d0d0d0d0d0d0",
    "aws elbv2 create-target-group --name web --protocol HTTP --port 80 --target-type instance --vpc-id vpc-0d0d0d0d0d0d0d0d0",
    "aws elbv2 create-listener --load-balancer-arn {load-balancer/1.LoadBalancerArn} --protocol HTTP --port 80 \
     --default-actions Type=forward,TargetGroupArn={target-group/1.TargetGroupArn}",
    "aws ecs register-task-definition --family web --network-mode bridge --container-definitions \
     '[{\"name\":\"web\",\"image\":\"nginx\",\"cpu\":256,\"memory\":512,\"portMappings\":[{\"containerPort\":80,\"hostPort\":0}]}]'",
    "wait 5m",
    "aws ecs create-service --cluster dock --service-name web --task-definition web --launch-type EC2 --desired-count 2 \
     --load-balancers targetGroupArn={target-group/1.TargetGroupArn},containerName=web,containerPort=80",
    "wait 2m",
];

const FARGATE: &[&str] = &[CLUSTER, ON_FARGATE, FARGATE_SERVICE, "wait 2m"];

const FARGATE_SERVICE: &str = "aws ecs create-service --cluster dock --service-name web --task-definition web --desired-count 3 \
    --launch-type FARGATE --network-configuration \
    'awsvpcConfiguration={subnets=[subnet-0a1a1a1a1a1a1a1a1,subnet-0b1b1b1b1b1b1b1b1],assignPublicIp=ENABLED}'";

const SCALING: &[&str] = &[
    CLUSTER,
    ON_FARGATE,
    FARGATE_SERVICE,
    "aws application-autoscaling register-scalable-target --service-namespace ecs --resource-id service/dock/web \
     --scalable-dimension ecs:service:DesiredCount --min-capacity 2 --max-capacity 8",
    "aws application-autoscaling put-scaling-policy --service-namespace ecs --resource-id service/dock/web \
     --scalable-dimension ecs:service:DesiredCount --policy-name cpu --policy-type TargetTrackingScaling \
     --target-tracking-scaling-policy-configuration \
     '{\"TargetValue\":60.0,\"PredefinedMetricSpecification\":{\"PredefinedMetricType\":\"ECSServiceAverageCPUUtilization\"}}'",
    "wait 3m",
    "fault load web 90 40 dock",
    "wait 1m",
];

const FULL: &[&str] = &[
    CLUSTER,
    "aws ec2 run-instances --image-id ami-0ec52023000000001 --instance-type t3.small \
     --iam-instance-profile Name=ecsInstanceRole --subnet-id subnet-0a1a1a1a1a1a1a1a1 \
     --user-data '#!/bin/bash\necho ECS_CLUSTER=dock >> /etc/ecs/ecs.config'",
    "aws ecs register-task-definition --family web --network-mode bridge --container-definitions \
     '[{\"name\":\"web\",\"image\":\"nginx\",\"cpu\":512,\"memory\":512,\"portMappings\":[{\"containerPort\":80,\"hostPort\":0}]}]'",
    "wait 5m",
    "aws ecs create-service --cluster dock --service-name web --task-definition web --launch-type EC2 --desired-count 4",
    "wait 2m",
];

impl Session {
    /// A line of a scene with the ids of the account at work.
    pub fn filled(&self, line: &str) -> String {
        solve::fill(line, self.cloud()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::played::worked;
    use crate::session::view::rows::{Read, Rows};
    use crate::session::view::why::why;

    fn prepared(title: &str) -> Session {
        let scene = SCENES.iter().find(|scene| scene.title == title).unwrap();
        let mut session = Session::sandbox();
        for line in scene.lines {
            let line = session.filled(line);
            worked(&line, session.run(&line));
        }
        session
    }

    fn count(session: &Session, kind: &str, path: &str, value: &str) -> usize {
        let rows = Rows::of(session.cloud().account());
        rows.get(kind).iter().filter(|row| row.json.text(path) == value).count()
    }

    #[test]
    fn a_balanced_service_has_healthy_targets() {
        let session = prepared("A load-balanced service on EC2");
        assert_eq!(count(&session, "target", "TargetHealth.State", "healthy"), 2);
    }

    #[test]
    fn a_fargate_service_runs() {
        let session = prepared("A service on Fargate");
        assert_eq!(count(&session, "task", "lastStatus", "RUNNING"), 3);
    }

    #[test]
    fn a_scaling_service_is_about_to_scale() {
        let mut session = prepared("A service that scales");
        session.tick(5 * crate::cloud::time::MINUTE);
        let rows = Rows::of(session.cloud().account());
        assert!(rows.get("service")[0].json.number("desiredCount") > Some(3));
    }

    #[test]
    fn a_full_cluster_says_why() {
        let session = prepared("A cluster that is full");
        assert_eq!(count(&session, "task", "lastStatus", "RUNNING"), 3);
        let rows = Rows::of(session.cloud().account());
        let answers = why(session.cloud(), "service", &rows.get("service")[0]).answers;
        assert_eq!(answers[0].title, "Why it was not placed");
    }
}
