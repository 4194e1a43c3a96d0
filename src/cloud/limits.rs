//! Every quota and duration, with its unit in its name and where it comes from: a page of AWS's, or "chosen" where AWS
//! publishes none (docs/fidelity.md lists those).

use super::time::Millis;

/// The simulated account's number.
pub const ACCOUNT: &str = "111122223333";
/// The simulated Region.
pub const REGION: &str = "us-east-1";

/// The name of the account's administrator, a user.
pub const ADMINISTRATOR: &str = "ada";

/// Jobs in the queue, at most. Chosen: bounds the memory of a page.
pub const QUEUE_JOBS: u32 = 100_000;
/// Calls kept in the trail. Chosen.
pub const TRAIL_RECORDS: usize = 2_000;
/// Values (of any type, nested ones too) in all the answers that the trail keeps: about 2 MB, or 130 tasks
/// in full. Chosen: bounds the memory of a page.
pub const TRAIL_VALUES: u32 = 10_000;
/// Calls with a client token that are remembered. Chosen: bounds the memory of a page.
pub const CLIENT_TOKENS: usize = 100;
/// How long a client token counts, at most (API-ecs, "Ensuring idempotency"); for EC2, which says nothing, chosen.
pub const CLIENT_TOKEN_MS: Millis = 24 * 60 * 60 * 1_000;
/// Events kept for the time track. Chosen.
pub const STORY_EVENTS: usize = 5_000;
/// The longest that `settle` and `wait` may advance. Chosen.
pub const SETTLE_MAX_MS: Millis = 24 * 60 * 60 * 1_000;

/// vCPUs of On-Demand instances in the account. Chosen: AWS begins with 5 or 32 and raises it (EC2 guide, "On-Demand
/// Instance quotas"); lessons must not stop at that.
pub const INSTANCE_VCPUS: u32 = 640;
/// From a launch to `running`. Chosen: 20 to 30 s, as seen with Amazon Linux.
pub const INSTANCE_START_MS: (Millis, Millis) = (20_000, 30_000);
/// From StopInstances to `stopped`. Chosen.
pub const INSTANCE_STOP_MS: (Millis, Millis) = (20_000, 35_000);
/// From TerminateInstances to `terminated`. Chosen.
pub const INSTANCE_TERMINATE_MS: (Millis, Millis) = (25_000, 45_000);
/// How long a terminated instance can still be described: "a short while", about an hour (EC2 guide, "Terminate").
pub const INSTANCE_VISIBLE_MS: Millis = 60 * 60 * 1_000;
/// From `running` to the first try of the ECS agent to register. Chosen, so that launch to ACTIVE takes about 90 s
/// (facts: scaling §6, model).
pub const AGENT_START_MS: (Millis, Millis) = (45_000, 70_000);
/// The same on Windows, which boots longer. Chosen.
pub const AGENT_START_WINDOWS_MS: (Millis, Millis) = (180_000, 240_000);
/// How long an agent that could not register waits before it tries again. Chosen.
pub const AGENT_RETRY_MS: Millis = 60_000;
/// How long an agent needs to connect again when its network is back. Chosen.
pub const AGENT_RECONNECT_MS: Millis = 15_000;
/// From CreateNatGateway to `available`. Chosen: one to three minutes are common.
pub const NAT_START_MS: (Millis, Millis) = (90_000, 120_000);
/// From DeleteNatGateway to `deleted`. Chosen.
pub const NAT_STOP_MS: Millis = 45_000;
/// How long a deleted NAT gateway can still be described: about an hour (VPC guide, "Delete a NAT gateway").
pub const NAT_VISIBLE_MS: Millis = 60 * 60 * 1_000;
/// From CreateVpcEndpoint to `Available` for an interface endpoint. Chosen; a gateway endpoint is there at once.
pub const ENDPOINT_START_MS: Millis = 60_000;
/// From DeleteVpcEndpoints until an interface endpoint is gone. Chosen.
pub const ENDPOINT_STOP_MS: Millis = 60_000;
/// Rules of a security group in each direction (VPC guide, "Amazon VPC quotas").
pub const RULES_PER_GROUP: usize = 60;
/// Elastic addresses in the Region (VPC guide, "Amazon VPC quotas").
pub const ELASTIC_ADDRESSES: usize = 5;
/// Instances that a group may have. Chosen: bounds the work of one job.
pub const GROUP_SIZE_MAX: u32 = 200;
/// Seconds that a group rests after it has scaled, where it says nothing (API-asg AutoScalingGroup.DefaultCooldown).
pub const GROUP_COOLDOWN_S: u64 = 300;
/// How long a group takes to begin with what it was asked for. Chosen.
pub const GROUP_REACTS_MS: Millis = 5_000;
/// How long a group waits after a launch that failed everywhere. Chosen.
pub const GROUP_RETRY_MS: Millis = 60_000;
/// How long until a group's health check sees that an instance stopped or was terminated. Chosen.
pub const GROUP_HEALTH_CHECK_MS: Millis = 60_000;
/// How long until a group believes failed status checks of an instance. Chosen: several failed checks, one a minute.
pub const GROUP_STATUS_CHECK_MS: Millis = 180_000;
/// How long a lifecycle hook waits without a time of its own (API-asg LifecycleHookSpecification.HeartbeatTimeout).
pub const HOOK_TIMEOUT_S: u64 = 3_600;
/// Activities that are kept for a group. Chosen: AWS keeps those of six weeks.
pub const SCALING_ACTIVITIES: usize = 100;

/// Metrics that are kept. Chosen: bounds the memory of a page.
pub const METRICS: usize = 1_000;
/// Minutes kept of each metric. Chosen: half a day; AWS keeps 15 days of minutes.
pub const METRIC_MINUTES: usize = 720;
/// Data in one PutMetricData (API-cloudwatch PutMetricData).
pub const METRIC_DATA_AT_ONCE: usize = 1_000;
/// Datapoints of one GetMetricStatistics (API-cloudwatch GetMetricStatistics).
pub const DATAPOINTS_AT_ONCE: u64 = 1_440;
/// A minute's own metrics are measured so long before its end. Chosen.
pub const MEASURED_BEFORE_MS: Millis = 1;
/// CPU that a task without load uses. Chosen.
pub const IDLE_CPU_PERCENT: i64 = 1;
/// Memory that a task without load uses. Chosen.
pub const IDLE_MEMORY_PERCENT: i64 = 5;
/// Memory that a task uses while it leaks. Chosen.
pub const LEAK_MEMORY_PERCENT: i64 = 90;
/// Alarms in the account. Chosen: AWS allows 5,000 (CloudWatch guide, quotas).
pub const ALARMS: usize = 500;
/// Alarms that one DescribeAlarms shows (API-cloudwatch DescribeAlarms; AWS's default is 50).
pub const ALARMS_AT_ONCE: usize = 100;
/// The longest that the periods of an alarm may span (API-cloudwatch PutMetricAlarm.EvaluationPeriods).
pub const ALARM_SPAN_S: i64 = 86_400;
/// Periods that an alarm looks at beyond those it needs. Chosen, after the examples with three of five (CloudWatch guide,
/// "Configuring how CloudWatch alarms treat missing data").
pub const ALARM_EXTRA_PERIODS: u64 = 2;
/// Events of one LookupEvents (API-cloudtrail LookupEvents).
pub const LOOKUP_EVENTS: i64 = 50;
/// Events of one GetLogEvents (API-logs GetLogEvents).
pub const LOG_EVENTS: usize = 10_000;
/// Log groups, or streams of one, of one answer (API-logs DescribeLogGroups.limit).
pub const LOG_NAMES_AT_ONCE: usize = 50;

/// Minutes above the target after which target tracking adds tasks (facts: scaling §4a, observed).
pub const HIGH_ALARM_PERIODS: u32 = 3;
/// Minutes below 90 % of it after which it takes tasks away (facts: scaling §4a, observed).
pub const LOW_ALARM_PERIODS: u32 = 15;
/// Between two changes in the same direction where nothing else is said, for ECS (AAS guide, "Target tracking").
pub const SCALING_COOLDOWN_S: u64 = 300;
/// Scaling policies of one target (AAS guide, "Quotas").
pub const POLICIES_PER_TARGET: usize = 50;
/// Steps of a step scaling policy (AAS guide, "Quotas").
pub const STEPS_PER_POLICY: usize = 20;
/// The hook that managed draining adds to a group (DG/managed-instance-draining).
pub const DRAINING_HOOK: &str = "ecs-managed-draining-termination-hook";
/// How long managed draining holds an instance that has tasks (DG/managed-instance-draining).
pub const MANAGED_DRAINING_MS: Millis = 48 * 60 * 60 * 1_000;
/// The largest step of managed scaling, and the largest of its numbers (API-ecs ManagedScaling).
pub const SCALING_STEP_MAX: u32 = 10_000;
/// How long managed scaling waits after a scale-out where nothing is said (API-ecs ManagedScaling).
pub const WARMUP_S: u32 = 300;
/// Minutes above the target after which managed scaling adds instances (facts: scaling §5).
pub const CAPACITY_HIGH_PERIODS: u32 = 1;
/// Capacity providers of one cluster (facts: GR/ecs-service).
pub const PROVIDERS_PER_CLUSTER: usize = 20;
/// The greatest weight of a provider in a strategy (facts: API-ecs CapacityProviderStrategyItem.weight).
pub const WEIGHT_MAX: u32 = 1_000;
/// The greatest base of a provider in a strategy (facts: API-ecs CapacityProviderStrategyItem.base).
pub const BASE_MAX: u32 = 100_000;
/// Tasks of a cluster that may wait for a place in PROVISIONING (facts: GR/ecs-service).
pub const WAITING_TASKS_PER_CLUSTER: usize = 500;
/// How long a task waits for a place. AWS says 10 to 30 minutes (facts: containers-roadmap#2381). Chosen: the longest.
pub const WAITING_MS: Millis = 30 * 60 * 1_000;
/// Decisions kept for a scalable target or a capacity provider. Chosen.
pub const SCALING_DECISIONS: usize = 50;

/// IAM roles in the account (IAM guide, "IAM and AWS STS quotas").
pub const ROLES: usize = 1_000;
/// The account's own managed policies (IAM guide, quotas).
pub const POLICIES: usize = 1_500;
/// Managed policies of one role (IAM guide, quotas).
pub const POLICIES_PER_ROLE: usize = 10;
/// Characters of a managed policy, without white space (IAM guide, quotas).
pub const POLICY_SIZE: usize = 6_144;
/// Characters of all inline policies of a role, without white space (IAM guide, quotas).
pub const INLINE_POLICIES_SIZE: usize = 10_240;
/// Characters of a trust policy, without white space (IAM guide, quotas).
pub const TRUST_POLICY_SIZE: usize = 2_048;
/// Characters of a path (IAM guide, quotas).
pub const IAM_PATH_LENGTH: usize = 512;
/// A role's longest session where nothing else is said, in seconds (API-iam, CreateRole).
pub const SESSION_DEFAULT_S: u32 = 3_600;
/// Decisions kept for "Why?". Chosen.
pub const DECISIONS: usize = 500;
/// Calls from containers kept for "Why?". Chosen.
pub const INSIDE_CALLS: usize = 200;
/// Requests of clients kept to be followed. Chosen.
pub const REQUESTS: usize = 200;
/// The address from which the learner calls, for `aws:SourceIp`. Chosen, from the addresses for documentation.
pub const LEARNER_ADDRESS: &str = "203.0.113.25";
/// The longest session that a role can have, in seconds (API-iam, CreateRole).
pub const SESSION_MOST_S: u32 = 43_200;

/// Objects in a bucket. Chosen: bounds the memory of a page.
pub const BUCKET_OBJECTS: usize = 1_000;
/// Bytes of an object. Chosen.
pub const OBJECT_BYTES: usize = 64 * 1_024;
/// Items in a DynamoDB table. Chosen.
pub const TABLE_ITEMS: usize = 1_000;
/// Bytes of an item, as JSON. Chosen; AWS takes 400 KB (DynamoDB guide, quotas).
pub const ITEM_BYTES: usize = 16 * 1_024;
/// Log groups in the account. Chosen: AWS allows 1,000,000 (CloudWatch Logs guide, quotas).
pub const LOG_GROUPS: usize = 200;
/// Streams kept of a log group, the newest. Chosen.
pub const LOG_STREAMS: usize = 500;
/// Events kept of a stream, the newest. Chosen.
pub const LOG_STREAM_EVENTS: usize = 500;

/// Repositories in the registry. Chosen: AWS allows 100,000 (facts/ecr §14).
pub const REPOSITORIES: usize = 200;
/// Images of a repository. Chosen: AWS allows 100,000 (facts/ecr §14).
pub const IMAGES_PER_REPOSITORY: usize = 1_000;
/// Filters beside a tag mutability (API-ecr ImageTagMutabilityExclusionFilter).
pub const TAG_EXCLUSIONS: usize = 5;
/// Layers of a repository that are on their way. Chosen.
pub const LAYER_UPLOADS: usize = 20;
/// The size of a layer's parts that ECR asks for (facts/ecr §14: 5 to 10 MiB).
pub const LAYER_PART_BYTES: u64 = 10 * 1_024 * 1_024;
/// The least size of a part that is not the last (API-ecr LayerPartTooSmallException).
pub const LAYER_PART_LEAST_BYTES: u64 = 5 * 1_024 * 1_024;
/// The most that a part can have (API-ecr LayerPartBlob).
pub const LAYER_PART_MOST_BYTES: u64 = 20_971_520;
/// What is kept of a layer. Chosen: a configuration fits.
pub const LAYER_BODY_BYTES: usize = 16 * 1_024;
/// Characters of a repository policy (API-ecr RepositoryPolicyText).
pub const REPOSITORY_POLICY_SIZE: usize = 10_240;
/// Rules of a lifecycle policy (facts/ecr §14, unconfirmed).
pub const LIFECYCLE_RULES: usize = 50;
/// From PutLifecyclePolicy to its first effect: within 24 hours (facts/ecr §10). Chosen.
pub const LIFECYCLE_FIRST_MS: Millis = 12 * 60 * 60 * 1_000;
/// How often a lifecycle policy is applied after that. Chosen.
pub const LIFECYCLE_EVERY_MS: Millis = 24 * 60 * 60 * 1_000;
/// How long a lifecycle preview takes. Chosen.
pub const LIFECYCLE_PREVIEW_MS: Millis = 10_000;
/// How long a basic scan takes. Chosen.
pub const SCAN_MS: Millis = 15_000;
/// An image can be scanned once in so long (facts/ecr §9).
pub const SCAN_AGAIN_MS: Millis = 24 * 60 * 60 * 1_000;
/// How long a token of the registry is good for (facts/ecr §3).
pub const TOKEN_VALID_MS: Millis = 12 * 60 * 60 * 1_000;
/// Pull-through cache rules in the registry (ECR guide, quotas).
pub const CACHE_RULES: usize = 50;
/// Images of the learner's own Docker. Chosen.
pub const LOCAL_IMAGES: usize = 100;
/// Files in which `curl` keeps cookies. Chosen.
pub const COOKIE_FILES: usize = 20;

// ECS: quotas (facts: GR/ecs-service).

/// Containers in one task definition.
pub const CONTAINERS_PER_TASK_DEFINITION: usize = 10;
/// Tasks that one RunTask may start.
pub const TASKS_PER_RUN: i64 = 10;
/// Container instances that one StartTask may name.
pub const INSTANCES_PER_START: usize = 10;
/// Host ports that an instance can reserve, its own included (facts: API-ecs PortMapping).
pub const HOST_PORTS: usize = 100;
/// Characters of a task definition.
pub const TASK_DEFINITION_BYTES: usize = 65_536;
/// Characters of a task's overrides (facts: API-ecs TaskOverride).
pub const OVERRIDES_LENGTH: usize = 8_192;
/// Subnets in one awsvpcConfiguration.
pub const SUBNETS_PER_TASK: usize = 16;
/// Security groups in one awsvpcConfiguration.
pub const GROUPS_PER_TASK: usize = 5;
/// Tasks in the whole account, stopped ones included. Chosen: bounds the memory of a page.
pub const TASKS: usize = 10_000;
/// Tasks or container instances that one Describe may ask for (facts: API-ecs DescribeTasks).
pub const DESCRIBED_AT_ONCE: usize = 100;
/// Placement constraints of one task or service, those of its task definition included (facts/ecs §5).
pub const PLACEMENT_CONSTRAINTS: usize = 10;
/// Placement strategies of one task or service (facts/ecs §5).
pub const PLACEMENT_STRATEGIES: usize = 5;
/// Searches for a place that are kept for whoever asks why. Chosen.
pub const PLACEMENTS: usize = 200;
/// Verdicts about instances that are kept with the tasks that were placed: the newest 2,000 tasks on 10 instances, the
/// newest 40 on 500. Chosen: bounds the memory of a page.
pub const VERDICTS: u32 = 20_000;
/// Target groups of one service (facts: GR/ecs-service).
pub const TARGET_GROUPS_PER_SERVICE: usize = 5;
/// Tasks of one service (facts: GR/ecs-service).
pub const TASKS_PER_SERVICE: u32 = 5_000;
/// Tags of one resource (facts: GR/ecs-service).
pub const TAGS: usize = 50;
/// Services that one DescribeServices may ask for (facts: API-ecs DescribeServices).
pub const SERVICES_DESCRIBED: usize = 10;
/// Events that a service keeps (facts: DG23/service-event-messages.md).
pub const SERVICE_EVENTS: usize = 100;
/// Attributes of one's own on a container instance (facts: API-ecs PutAttributes).
pub const CUSTOM_ATTRIBUTES: usize = 10;
/// Docker's floor for a container's memory (facts/docker §2).
pub const CONTAINER_MEMORY_MIN_MIB: i64 = 6;

// ECS: durations.

/// PROVISIONING on Fargate and in awsvpc mode: the network interface is made and attached. Chosen: seconds (facts §3).
pub const ENI_ATTACH_MS: (Millis, Millis) = (8_000, 12_000);
/// PENDING on Fargate: a micro-VM boots and takes the task. Chosen.
pub const FARGATE_HANDOVER_MS: (Millis, Millis) = (6_000, 10_000);
/// PENDING on EC2: the agent asks for work. Chosen.
pub const AGENT_HANDOVER_MS: (Millis, Millis) = (500, 1_500);
/// From the pulled image to the running container (seen: Fargate about 2 s, 2023-05-02).
pub const CONTAINER_START_MS: Millis = 1_500;
/// DEACTIVATING of a task without targets. Chosen.
pub const DEACTIVATE_MS: Millis = 1_000;
/// DEPROVISIONING: the network interface is taken away (seen: about 16 s).
pub const ENI_DETACH_MS: Millis = 16_000;
/// How long stopped tasks can be described (facts: DG23/stopped-task-errors).
pub const STOPPED_TASK_KEPT_MS: Millis = 60 * 60 * 1_000;
/// How long deleted clusters and deregistered container instances can be described: about an hour (facts §1).
pub const INACTIVE_CLUSTER_KEPT_MS: Millis = 60 * 60 * 1_000;
/// From SIGTERM to SIGKILL where the definition says nothing (facts: API-ecs stopTimeout).
pub const STOP_TIMEOUT_MS: Millis = 30_000;
/// From a fault `leak` to the kill. Chosen.
pub const LEAK_MS: Millis = 30_000;
/// From a fault `crash` or `exit` to the end of the process. Chosen.
pub const CRASH_MS: Millis = 500;
/// A pull's fixed part. Chosen.
pub const PULL_BASE_MS: Millis = 1_000;
/// And its speed: about 20 MB/s (seen: nginx on Fargate in 4.5 s).
pub const PULL_KIB_PER_SECOND: u64 = 20_000;
/// A pull of an image whose layers are on the host already. Chosen.
pub const CACHED_PULL_MS: Millis = 300;
/// Five attempts to resolve a tag that does not exist. Chosen.
pub const FAILED_RESOLVE_MS: Millis = 5_000;
/// Attempts to reach a registry without a route. Chosen.
pub const UNREACHABLE_PULL_MS: Millis = 150_000;
/// Attempts of a task to reach an AWS service that it needs before its containers. Chosen: three of 30 s.
pub const UNREACHABLE_SERVICE_MS: Millis = 90_000;
/// What a task needs before its containers was refused. Chosen.
pub const REFUSED_START_MS: Millis = 3_000;

/// From a change to what the service scheduler makes of it. Chosen.
pub const SCHEDULER_REACTS_MS: Millis = 2_000;
/// A service is looked at again for tasks that come to count as healthy after one millisecond for so many tasks of it, at
/// least. Chosen: bounds the work for large services; small ones notice nothing.
pub const TASKS_LOOKED_AT_PER_MS: u64 = 10;
/// From a failed placement to the next attempt when nothing changes. Chosen.
pub const PLACEMENT_RETRY_MS: Millis = 60_000;
/// A task without a load balancer or a health check counts as healthy after it has run so long (facts: API-ecs
/// DeploymentConfiguration.minimumHealthyPercent).
pub const HEALTHY_AFTER_MS: Millis = 40_000;
/// The first wait of a service whose task failed to start. Chosen: facts/ecs §4, "Launch throttling".
pub const THROTTLE_FIRST_MS: Millis = 10_000;
/// The longest (facts: DG/service-throttle-logic).
pub const THROTTLE_MAX_MS: Millis = 27 * 60 * 1_000;
/// Failed starts in a row after which a service says that it cannot start tasks consistently. Chosen.
pub const INCONSISTENT_STARTS: u32 = 3;
/// After so long the same complaint is made again (facts: DG23/service-event-messages.md).
pub const COMPLAINT_REPEATS_MS: Millis = 6 * 60 * 60 * 1_000;
/// How long a deleted service can be described. Chosen.
pub const INACTIVE_SERVICE_KEPT_MS: Millis = 60 * 60 * 1_000;

// ECS: the machines.

/// The range from which Docker takes host ports (facts: Linux's ephemeral ports).
pub const DYNAMIC_PORT_FIRST: u16 = 32_768;
/// See [`DYNAMIC_PORT_FIRST`].
pub const DYNAMIC_PORT_LAST: u16 = 60_999;
/// The ECS agent (facts: AGENT v1.105.1).
pub const AGENT_VERSION: &str = "1.105.1";
/// Its build. Chosen.
pub const AGENT_HASH: &str = "*5f3c1a2b";
/// Docker on the ECS-optimized image. Chosen.
pub const DOCKER_VERSION: &str = "DockerVersion: 25.0.13";
/// The newest platform of Fargate on Linux (facts: DG/platform-fargate).
pub const FARGATE_PLATFORM: &str = "1.4.0";

/// Load balancers in a Region (facts: ELB/load-balancer-limits).
pub const LOAD_BALANCERS: usize = 50;
/// Rules of a load balancer, without the defaults (facts: ELB/load-balancer-limits).
pub const RULES_PER_LOAD_BALANCER: usize = 100;
/// Values in all conditions of a rule (facts: ELB/load-balancer-limits).
pub const RULE_CONDITION_VALUES: usize = 5;
/// `*` and `?` in all conditions of a rule (facts: ELB/load-balancer-limits).
pub const RULE_WILDCARDS: usize = 6;
/// Characters of a value of a rule's condition (API-elbv2 RuleCondition.Values).
pub const CONDITION_LENGTH: usize = 128;
/// The greatest weight of a target group in an action (API-elbv2 TargetGroupTuple.Weight).
pub const GROUP_WEIGHT_MAX: u32 = 999;
/// Target groups of one action (facts: ELB/load-balancer-limits).
pub const GROUPS_PER_ACTION: usize = 5;
/// Listeners of a load balancer (facts: ELB/load-balancer-limits).
pub const LISTENERS: usize = 50;
/// Characters of a fixed response (facts: alb-and-network §3).
pub const FIXED_RESPONSE_BYTES: usize = 1_024;
/// Targets in a target group (facts: ELB/load-balancer-limits).
pub const TARGETS_PER_GROUP: usize = 1_000;
/// From CreateLoadBalancer to `active`. Chosen: AWS says only that it takes a few minutes.
pub const LOAD_BALANCER_PROVISION_MS: Millis = 120_000;
/// From a registration to the first health check. Chosen.
pub const TARGET_FIRST_CHECK_MS: Millis = 5_000;
/// How long until a load balancer's nodes know that a target leaves. Chosen: AWS says that new requests stop at once.
pub const TARGETS_SEEN_AFTER_MS: Millis = 1_000;
/// How long a load balancer tries to connect (facts: ELB/load-balancer-troubleshooting, 504).
pub const ALB_CONNECT_TIMEOUT_MS: Millis = 10_000;
/// How long a load balancer waits for an answer (facts: alb-and-network §2, idle timeout).
pub const ALB_IDLE_TIMEOUT_MS: Millis = 60_000;
/// How long a healthy application takes to answer. Chosen.
pub const ANSWER_MS: Millis = 20;
/// CPU time that an application needs for an answer. Chosen: a quarter of a processor answers 50 requests a second.
pub const REQUEST_CPU_US: u64 = 5_000;
/// How long requests wait for a task's CPU at most; the task turns away those that would wait longer, with 503. Chosen:
/// less than a health check waits.
pub const OVERLOAD_WAIT_MS: Millis = 2_000;
/// CPU units by which the CPU of a task is judged that reserves none. Chosen: one processor.
pub const CPU_UNITS_OF_NO_SIZE: u32 = 1_024;
/// Requests a second that clients can be made to send. Chosen.
pub const TRAFFIC_PER_SECOND: u32 = 100_000;
/// Single requests that are kept of each second of traffic. Chosen.
pub const TRAFFIC_KEPT_PER_SECOND: usize = 3;
/// And in all, for each load balancer. Chosen.
pub const TRAFFIC_KEPT: usize = 24;
/// Without an error for so long, clients are told to get no more of them. Chosen.
pub const TRAFFIC_CALM_MS: Millis = 10_000;
/// How long an application takes that was made slow: longer than a health check waits. Chosen.
pub const SLOW_ANSWER_MS: Millis = 8_000;
