//! Lines that engineers bring from elsewhere: selections, refusals and flags that change what a call means.

use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use expect_test::{Expect, expect};

use crate::cli_support::screen;

/// Runs a script, and compares what its last `lines` commands show.
fn check(script: &str, expected: Expect) {
    let (before, after) = script.split_once("---\n").unwrap_or(("", script));
    let mut cloud = Cloud::new(1, Start::DefaultVpc);
    let said = screen(&mut cloud, before);
    assert!(!said.contains("rror"), "{said}");
    let said = screen(&mut cloud, after);
    expected.assert_eq(&said.replace("An error occurred ", "").replace("when calling the ", ""));
}

// API-ec2 DescribeSecurityGroups.GroupNames, DescribeLaunchTemplates.LaunchTemplateNames, DescribeAddresses.PublicIps.
#[test]
fn what_is_asked_for_by_name_is_what_is_shown() {
    check(
        r#"aws ec2 create-security-group --group-name web --description d
aws ec2 create-launch-template --launch-template-name one --launch-template-data '{"InstanceType":"t3.small"}'
aws ec2 create-launch-template --launch-template-name two --launch-template-data '{"InstanceType":"t3.small"}'
aws ec2 allocate-address
---
aws ec2 describe-security-groups --group-names web --query 'SecurityGroups[].GroupName'
aws ec2 describe-security-groups --group-names web nope
aws ec2 describe-security-groups --group-names nope --filters Name=vpc-id,Values=elsewhere --query 'SecurityGroups'
aws ec2 describe-launch-templates --launch-template-names two --query 'LaunchTemplates[].LaunchTemplateName'
aws ec2 describe-launch-templates --launch-template-names nope
aws ec2 describe-addresses --public-ips 192.0.2.1"#,
        expect![[r#"
            $ aws ec2 describe-security-groups --group-names web --query 'SecurityGroups[].GroupName'
            [
                "web"
            ]
            $ aws ec2 describe-security-groups --group-names web nope

            (InvalidGroup.NotFound) DescribeSecurityGroups operation: The security group 'nope' does not exist
            [254]
            $ aws ec2 describe-security-groups --group-names nope --filters Name=vpc-id,Values=elsewhere --query 'SecurityGroups'
            []
            $ aws ec2 describe-launch-templates --launch-template-names two --query 'LaunchTemplates[].LaunchTemplateName'
            [
                "two"
            ]
            $ aws ec2 describe-launch-templates --launch-template-names nope

            (InvalidLaunchTemplateName.NotFoundException) DescribeLaunchTemplates operation: The specified launch template, with template name, does not exist.
            [254]
            $ aws ec2 describe-addresses --public-ips 192.0.2.1

            (InvalidAddress.NotFound) DescribeAddresses operation: Address '192.0.2.1' not found.
            [254]
        "#]],
    );
}

// API-ec2 DescribeNatGateways.Filter: the only action of EC2 that has one filter by this name.
#[test]
fn nat_gateways_are_filtered() {
    check(
        "aws ec2 create-nat-gateway --connectivity-type private --subnet-id subnet-0a1a1a1a1a1a1a1a1
---
aws ec2 describe-nat-gateways --filter Name=state,Values=pending --query 'length(NatGateways)'
aws ec2 describe-nat-gateways --filter Name=state,Values=deleted --query 'length(NatGateways)'
aws ec2 describe-nat-gateways --filter Name=colour,Values=red",
        expect![[r#"
            $ aws ec2 describe-nat-gateways --filter Name=state,Values=pending --query 'length(NatGateways)'
            1
            $ aws ec2 describe-nat-gateways --filter Name=state,Values=deleted --query 'length(NatGateways)'
            0
            $ aws ec2 describe-nat-gateways --filter Name=colour,Values=red

            (InvalidParameterValue) DescribeNatGateways operation: The filter 'colour' is invalid
            [254]
        "#]],
    );
}

// API-ec2 RunInstances.DryRun.
#[test]
fn a_dry_run_does_nothing() {
    check(
        "aws ec2 run-instances --image-id resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id --dry-run
aws ec2 describe-instances --query 'length(Reservations)'
aws ec2 describe-vpcs --no-dry-run --query 'length(Vpcs)'",
        expect![[r#"
            $ aws ec2 run-instances --image-id resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id --dry-run

            (DryRunOperation) RunInstances operation: Request would have succeeded, but DryRun flag is set.
            [254]
            $ aws ec2 describe-instances --query 'length(Reservations)'
            0
            $ aws ec2 describe-vpcs --no-dry-run --query 'length(Vpcs)'
            1
        "#]],
    );
}

// API-ecs ListTaskDefinitionFamilies.status: both by default. ListTasks names a service that is not there as missing (seen in
// reports).
#[test]
fn lists_of_ecs_are_those_of_the_api() {
    check(
        r#"aws ecs create-cluster
aws ecs register-task-definition --family old --container-definitions '[{"name":"a","image":"nginx","memory":64}]'
aws ecs register-task-definition --family new --container-definitions '[{"name":"a","image":"nginx","memory":64}]'
aws ecs deregister-task-definition --task-definition old:1
aws ecs create-service --service-name web --task-definition new --desired-count 0
---
aws ecs list-task-definition-families --query 'families[]' --output text
aws ecs list-task-definition-families --status ACTIVE --query 'families[]' --output text
aws ecs list-task-definition-families --status INACTIVE --query 'families[]' --output text
aws ecs list-tasks --service-name web
aws ecs list-tasks --service-name wep"#,
        expect![[r#"
            $ aws ecs list-task-definition-families --query 'families[]' --output text
            new	old
            $ aws ecs list-task-definition-families --status ACTIVE --query 'families[]' --output text
            new
            $ aws ecs list-task-definition-families --status INACTIVE --query 'families[]' --output text
            old
            $ aws ecs list-tasks --service-name web
            {
                "taskArns": []
            }
            $ aws ecs list-tasks --service-name wep

            (ServiceNotFoundException) ListTasks operation: Service not found.
            [254]
        "#]],
    );
}

// facts/ecs §6: base 0 to 100000, weight 0 to 1000 (API-ecs CapacityProviderStrategyItem).
#[test]
fn a_strategy_has_bounds() {
    check(
        "aws ecs create-cluster --capacity-providers FARGATE FARGATE_SPOT
---
aws ecs put-cluster-capacity-providers --cluster default --capacity-providers FARGATE FARGATE_SPOT --default-capacity-provider-strategy capacityProvider=FARGATE,weight=1001
aws ecs put-cluster-capacity-providers --cluster default --capacity-providers FARGATE FARGATE_SPOT --default-capacity-provider-strategy capacityProvider=FARGATE,weight=1,base=100001
aws ecs put-cluster-capacity-providers --cluster default --capacity-providers FARGATE FARGATE_SPOT --default-capacity-provider-strategy capacityProvider=FARGATE,weight=1000,base=100000 --query cluster.status",
        expect![[r#"
            $ aws ecs put-cluster-capacity-providers --cluster default --capacity-providers FARGATE FARGATE_SPOT --default-capacity-provider-strategy capacityProvider=FARGATE,weight=1001

            (InvalidParameterException) PutClusterCapacityProviders operation: A weight must be between 0 and 1000, a base between 0 and 100000.
            [254]
            $ aws ecs put-cluster-capacity-providers --cluster default --capacity-providers FARGATE FARGATE_SPOT --default-capacity-provider-strategy capacityProvider=FARGATE,weight=1,base=100001

            (InvalidParameterException) PutClusterCapacityProviders operation: A weight must be between 0 and 1000, a base between 0 and 100000.
            [254]
            $ aws ecs put-cluster-capacity-providers --cluster default --capacity-providers FARGATE FARGATE_SPOT --default-capacity-provider-strategy capacityProvider=FARGATE,weight=1000,base=100000 --query cluster.status
            "ACTIVE"
        "#]],
    );
}

// facts/alb §2: codes 200 to 499; the path is one, the port a number or `traffic-port` (API-elbv2 CreateTargetGroup).
#[test]
fn a_health_check_has_texts_that_mean_something() {
    check(
        "aws elbv2 create-target-group --name a --protocol HTTP --port 80 --vpc-id vpc-0d0d0d0d0d0d0d0d0 --matcher HttpCode=600
aws elbv2 create-target-group --name a --protocol HTTP --port 80 --vpc-id vpc-0d0d0d0d0d0d0d0d0 --matcher HttpCode=ok
aws elbv2 create-target-group --name a --protocol HTTP --port 80 --vpc-id vpc-0d0d0d0d0d0d0d0d0 --health-check-path health
aws elbv2 create-target-group --name a --protocol HTTP --port 80 --vpc-id vpc-0d0d0d0d0d0d0d0d0 --health-check-port web
aws elbv2 create-target-group --name a --protocol HTTP --port 80 --vpc-id vpc-0d0d0d0d0d0d0d0d0 --matcher HttpCode=200-299,404 --health-check-path /ok --health-check-port 8080 --query 'TargetGroups[].Matcher'",
        expect![[r#"
            $ aws elbv2 create-target-group --name a --protocol HTTP --port 80 --vpc-id vpc-0d0d0d0d0d0d0d0d0 --matcher HttpCode=600

            (ValidationError) CreateTargetGroup operation: Health check matcher HTTP code '600' must be within '200-499' inclusive
            [254]
            $ aws elbv2 create-target-group --name a --protocol HTTP --port 80 --vpc-id vpc-0d0d0d0d0d0d0d0d0 --matcher HttpCode=ok

            (ValidationError) CreateTargetGroup operation: Health check matcher HTTP code 'ok' must be within '200-499' inclusive
            [254]
            $ aws elbv2 create-target-group --name a --protocol HTTP --port 80 --vpc-id vpc-0d0d0d0d0d0d0d0d0 --health-check-path health

            (ValidationError) CreateTargetGroup operation: Health check path 'health' must begin with a '/'
            [254]
            $ aws elbv2 create-target-group --name a --protocol HTTP --port 80 --vpc-id vpc-0d0d0d0d0d0d0d0d0 --health-check-port web

            (ValidationError) CreateTargetGroup operation: Health check port 'web' must be 'traffic-port' or a number from 1 to 65535
            [254]
            $ aws elbv2 create-target-group --name a --protocol HTTP --port 80 --vpc-id vpc-0d0d0d0d0d0d0d0d0 --matcher HttpCode=200-299,404 --health-check-path /ok --health-check-port 8080 --query 'TargetGroups[].Matcher'

            Parameter validation failed:
            Invalid type for parameter Matcher.HttpCode, value: ['200-299', '404'], type: <class 'list'>, valid types: <class 'str'>
            [252]
        "#]],
    );
}

// Docker: `--no-cache` runs every instruction again; the base is on the machine already.
#[test]
fn a_build_without_cache_runs_its_instructions_again() {
    let mut cloud = Cloud::new(1, Start::DefaultVpc);
    screen(&mut cloud, "docker build -t web:v1 .");
    let again = |cloud: &mut Cloud, line: &str| screen(cloud, line).matches("CACHED").count();
    assert_eq!(again(&mut cloud, "docker build -t web:v1 ."), 3);
    assert_eq!(again(&mut cloud, "docker build --no-cache -t web:v1 ."), 1);
}

// OPERATIONS.md: one honest sentence, and the nearest that is.
#[test]
fn what_is_not_here_names_the_nearest_that_is() {
    let nearest = |service: &str, operation: &str| {
        let call = drydock::cloud::input::Call::new(service, operation, serde_json::json!({}));
        let by = drydock::cloud::input::Principal::administrator();
        let input = drydock::cloud::input::Input::Call { by, call };
        let reply = Cloud::new(1, Start::DefaultVpc).apply(&input).into_reply();
        reply.err().map(|error| error.message).unwrap_or_default()
    };
    for (service, operation, there) in [
        ("ecs", "UpdateCluster", "ecs:CreateCluster"),
        ("ecs", "DeleteTaskDefinitions", "ecs:ListTaskDefinitions"),
        ("elbv2", "DescribeLoadBalancerAttributes", "elbv2:DescribeLoadBalancers"),
        ("eks", "ListClusters", "ecs:ListClusters"),
        ("ec2", "CreateSubnet", "ec2:DescribeSubnets"),
        ("sts", "AssumeRoleWithWebIdentity", "sts:AssumeRole"),
    ] {
        let said = nearest(service, operation);
        let ends = format!("not part of this model of AWS. The nearest that is: {there}.");
        assert!(said.ends_with(&ends), "{said}");
    }
    assert_eq!(nearest("x", "Y"), "x:Y is not part of this model of AWS.");
    assert_eq!(nearest("", ""), ": is not part of this model of AWS.");
    assert_eq!(nearest("sqs", "ListQueues"), "sqs:ListQueues is not part of this model of AWS.");
}

// API-cloudwatch GetMetricStatistics.Unit and Statistics, DescribeAlarms.AlarmTypes.
#[test]
fn metrics_and_alarms_are_those_that_were_asked_for() {
    check(
        "aws cloudwatch put-metric-data --namespace Harbor --metric-name Ships --value 3 --unit Count --timestamp 2026-01-05T09:00:00Z
aws cloudwatch put-metric-alarm --alarm-name many --namespace Harbor --metric-name Ships --statistic Sum --period 60 --evaluation-periods 1 --threshold 5 --comparison-operator GreaterThanThreshold
---
aws cloudwatch get-metric-statistics --namespace Harbor --metric-name Ships --start-time 2026-01-05T09:00:00Z --end-time 2026-01-05T09:05:00Z --period 60 --statistics Sum --unit Count --query 'Datapoints[].Sum'
aws cloudwatch get-metric-statistics --namespace Harbor --metric-name Ships --start-time 2026-01-05T09:00:00Z --end-time 2026-01-05T09:05:00Z --period 60 --statistics Sum --unit Percent --query Datapoints
aws cloudwatch get-metric-statistics --namespace Harbor --metric-name Ships --start-time 2026-01-05T09:00:00Z --end-time 2026-01-05T09:05:00Z --period 60 --statistics Sum Median
aws cloudwatch describe-alarms --alarm-types CompositeAlarm --query 'length(MetricAlarms)'
aws cloudwatch describe-alarms --alarm-types CompositeAlarm MetricAlarm --query 'length(MetricAlarms)'",
        expect![[r#"
            $ aws cloudwatch get-metric-statistics --namespace Harbor --metric-name Ships --start-time 2026-01-05T09:00:00Z --end-time 2026-01-05T09:05:00Z --period 60 --statistics Sum --unit Count --query 'Datapoints[].Sum'
            [
                3.0
            ]
            $ aws cloudwatch get-metric-statistics --namespace Harbor --metric-name Ships --start-time 2026-01-05T09:00:00Z --end-time 2026-01-05T09:05:00Z --period 60 --statistics Sum --unit Percent --query Datapoints
            []
            $ aws cloudwatch get-metric-statistics --namespace Harbor --metric-name Ships --start-time 2026-01-05T09:00:00Z --end-time 2026-01-05T09:05:00Z --period 60 --statistics Sum Median

            (InvalidParameterValue) GetMetricStatistics operation: The parameter Statistics must be a value in the set [ SampleCount, Average, Sum, Minimum, Maximum ].
            [254]
            $ aws cloudwatch describe-alarms --alarm-types CompositeAlarm --query 'length(MetricAlarms)'
            0
            $ aws cloudwatch describe-alarms --alarm-types CompositeAlarm MetricAlarm --query 'length(MetricAlarms)'
            1
        "#]],
    );
}

// Enums of the API models: a word of another case or spelling is refused, never read as the default.
#[test]
fn a_word_that_is_none_of_its_enum_is_refused() {
    check(
        r#"aws ecs create-cluster
aws ecs register-task-definition --family web --network-mode awsvpc --requires-compatibilities FARGATE --cpu 256 --memory 512 --container-definitions '[{"name":"web","image":"nginx"}]'
---
aws ecs run-task --task-definition web --launch-type FARGATE --network-configuration 'awsvpcConfiguration={subnets=[subnet-0a1a1a1a1a1a1a1a1],assignPublicIp=enabled}'
aws ecs run-task --task-definition web --launch-type fargate --network-configuration 'awsvpcConfiguration={subnets=[subnet-0a1a1a1a1a1a1a1a1]}'
aws ecs list-tasks --query 'length(taskArns)'
aws ecs register-task-definition --family web --network-mode AWSVPC --container-definitions '[{"name":"web","image":"nginx"}]'
aws ecs describe-clusters --include ALL
aws elbv2 create-load-balancer --name web --scheme private --subnets subnet-0a1a1a1a1a1a1a1a1 subnet-0b1b1b1b1b1b1b1b1
aws elbv2 describe-load-balancers --query 'length(LoadBalancers)'
aws ecr create-repository --repository-name web --image-tag-mutability immutable
aws ec2 run-instances --image-id resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id --instance-type t3.small --metadata-options HttpTokens=needed
aws iam list-policies --scope Mine"#,
        expect![[r#"
            $ aws ecs run-task --task-definition web --launch-type FARGATE --network-configuration 'awsvpcConfiguration={subnets=[subnet-0a1a1a1a1a1a1a1a1],assignPublicIp=enabled}'

            (InvalidParameterException) RunTask operation: 1 validation error detected: Value 'enabled' at 'networkConfiguration.awsvpcConfiguration.assignPublicIp' failed to satisfy constraint: Member must satisfy enum value set: [ENABLED, DISABLED]
            [254]
            $ aws ecs run-task --task-definition web --launch-type fargate --network-configuration 'awsvpcConfiguration={subnets=[subnet-0a1a1a1a1a1a1a1a1]}'

            (InvalidParameterException) RunTask operation: Invalid launch type: fargate
            [254]
            $ aws ecs list-tasks --query 'length(taskArns)'
            0
            $ aws ecs register-task-definition --family web --network-mode AWSVPC --container-definitions '[{"name":"web","image":"nginx"}]'

            (ClientException) RegisterTaskDefinition operation: Invalid network mode.
            [254]
            $ aws ecs describe-clusters --include ALL

            (InvalidParameterException) DescribeClusters operation: 1 validation error detected: Value 'ALL' at 'include[0]' failed to satisfy constraint: Member must satisfy enum value set: [ATTACHMENTS, CONFIGURATIONS, SETTINGS, STATISTICS, TAGS]
            [254]
            $ aws elbv2 create-load-balancer --name web --scheme private --subnets subnet-0a1a1a1a1a1a1a1a1 subnet-0b1b1b1b1b1b1b1b1

            (ValidationError) CreateLoadBalancer operation: 1 validation error detected: Value 'private' at 'scheme' failed to satisfy constraint: Member must satisfy enum value set: [internet-facing, internal]
            [254]
            $ aws elbv2 describe-load-balancers --query 'length(LoadBalancers)'
            0
            $ aws ecr create-repository --repository-name web --image-tag-mutability immutable

            (InvalidParameterException) CreateRepository operation: Invalid parameter at 'imageTagMutability' failed to satisfy constraint: 'Member must satisfy enum value set: [MUTABLE, IMMUTABLE, IMMUTABLE_WITH_EXCLUSION, MUTABLE_WITH_EXCLUSION]'
            [254]
            $ aws ec2 run-instances --image-id resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id --instance-type t3.small --metadata-options HttpTokens=needed

            (InvalidParameterValue) RunInstances operation: Invalid value 'needed' for MetadataOptions.HttpTokens.
            [254]
            $ aws iam list-policies --scope Mine

            (ValidationError) ListPolicies operation: 1 validation error detected: Value 'Mine' at 'scope' failed to satisfy constraint: Member must satisfy enum value set: [All, AWS, Local]
            [254]
        "#]],
    );
}

// Docker CLI: `docker images --filter` as the ECR guide's first steps have it; longer names of commands.
#[test]
fn docker_lists_what_was_asked_for() {
    check(
        "docker build -t hello-world .
docker buildx build -t hello-harbor:v2 --build-arg VERSION=2 .
docker image tag hello-world hello-world:v1
---
docker images --filter reference=hello-world
docker image ls --filter=reference='hello-*:v?' -q
docker images -f dangling=true
docker images --filter colour=red
docker images --format json
docker image inspect hello-world
docker history --no-trunc hello-world
docker push --all-tags hello-world",
        expect![[r#"
            $ docker images --filter reference=hello-world
            REPOSITORY    TAG      IMAGE ID       CREATED                  SIZE
            hello-world   latest   a5a5a0ddd209   Less than a second ago   207MB
            hello-world   v1       a5a5a0ddd209   Less than a second ago   207MB
            $ docker image ls --filter=reference='hello-*:v?' -q
            5f487e858a07
            a5a5a0ddd209
            $ docker images -f dangling=true
            REPOSITORY   TAG   IMAGE ID   CREATED   SIZE
            $ docker images --filter colour=red
            Error response from daemon: invalid filter 'colour=red'
            [1]
            $ docker images --format json
            unknown flag: --format
            [125]
            $ docker image inspect hello-world
            docker: 'inspect' is not a docker command of this terminal. `docker` alone lists them.
            [1]
            $ docker history --no-trunc hello-world
            docker history: the option --no-trunc is not part of this terminal.
            [125]
            $ docker push --all-tags hello-world
            docker push: the option --all-tags is not part of this terminal.
            [125]
        "#]],
    );
}
