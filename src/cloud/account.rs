//! The account: its tables by name.
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::autoscaling::activity::Activity;
use super::autoscaling::group::Group;
use super::bill::Bill;
use super::compute::instance::Instance;
use super::compute::template::LaunchTemplate;
use super::data;
use super::data::dynamodb::DataTable;
use super::data::s3::Bucket;
use super::data::secrets::Secret;
use super::docker::Docker;
use super::ecr::CacheRule;
use super::ecr::repository::Repository;
use super::ecs::capacity::provider::CapacityProvider;
use super::ecs::cluster::Cluster;
use super::ecs::instance::ContainerInstance;
use super::ecs::service::Service;
use super::ecs::task::Task;
use super::ecs::task_def::{Family, TaskDefinition};
use super::ecs::verdict::Placements;
use super::elbv2::listener::Listener;
use super::elbv2::load_balancer::LoadBalancer;
use super::elbv2::requests::Requests;
use super::elbv2::rule::Rule;
use super::elbv2::target_group::TargetGroup;
use super::elbv2::traffic::Traffic;
use super::iam;
use super::iam::log::Decisions;
use super::iam::managed::ManagedPolicy;
use super::iam::profile::InstanceProfile;
use super::iam::role::Role;
use super::inside::InsideCalls;
use super::net;
use super::net::endpoint::VpcEndpoint;
use super::net::eni::Eni;
use super::net::nat::{Address, NatGateway};
use super::net::route::RouteTable;
use super::net::security::SecurityGroup;
use super::net::subnet::{InternetGateway, Subnet, Vpc};
use super::scaling::policy::Policy as ScalingPolicy;
use super::scaling::schedule::ScheduledAction;
use super::scaling::target::Target as ScalableTarget;
use super::story::Story;
use super::table::{Id, Table};
use super::tokens::Tokens;
use super::trail::Trail;
use super::watch::alarms::Alarm;
use super::watch::load::Load;
use super::watch::logs::LogGroup;
use super::watch::metrics::Metrics;
use super::watch::work::Work;
use crate::cloud::map::{Map, Set};

/// What an account holds at its beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// Nothing but its root and an administrator.
    Empty,
    /// A VPC in three Availability Zones, each with a public and a private subnet, and the roles that ECS needs.
    #[default]
    DefaultVpc,
}

/// Everything the account knows.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// ECS clusters by name.
    pub clusters: Table<Cluster>,
    /// Task definitions by `family:revision`.
    pub task_definitions: Table<TaskDefinition>,
    /// Families of task definitions by name.
    pub families: Table<Family>,
    /// Tasks by id.
    pub tasks: Table<Task>,
    /// Services by ARN.
    pub services: Table<Service>,
    /// Container instances by id.
    pub container_instances: Table<ContainerInstance>,
    /// Capacity providers of Auto Scaling groups by name.
    pub capacity_providers: Table<CapacityProvider>,
    /// Searches for a place that found none.
    pub placements: Placements,
    /// No image can be pulled from any registry: a fault.
    pub registry_blocked: bool,
    /// EC2 instances by id.
    pub instances: Table<Instance>,
    /// VPCs by id.
    pub vpcs: Table<Vpc>,
    /// Subnets by id.
    pub subnets: Table<Subnet>,
    /// Internet gateways by id.
    pub internet_gateways: Table<InternetGateway>,
    /// Route tables by id.
    pub route_tables: Table<RouteTable>,
    /// Security groups by id.
    pub security_groups: Table<SecurityGroup>,
    /// Network interfaces by id.
    pub enis: Table<Eni>,
    /// NAT gateways by id.
    pub nat_gateways: Table<NatGateway>,
    /// Elastic addresses by allocation id.
    pub addresses: Table<Address>,
    /// VPC endpoints by id.
    pub endpoints: Table<VpcEndpoint>,
    /// Availability Zones that have failed.
    pub lost_zones: Set<Arc<str>>,
    /// Launch templates by id.
    pub launch_templates: Table<LaunchTemplate>,
    /// Auto Scaling groups by name.
    pub groups: Table<Group>,
    /// Their activities by id.
    pub scaling_activities: Table<Activity>,
    /// What all of it costs.
    pub bill: Bill,
    /// Load balancers by ARN.
    pub load_balancers: Table<LoadBalancer>,
    /// Target groups by ARN.
    pub target_groups: Table<TargetGroup>,
    /// Listeners by ARN.
    pub listeners: Table<Listener>,
    /// Rules of listeners by ARN, without the default ones.
    pub rules: Table<Rule>,
    /// Requests of clients.
    pub requests: Requests,
    /// What passes through load balancers.
    pub traffic: Map<Id<LoadBalancer>, Arc<Traffic>>,
    /// What requests cost the tasks that answer them.
    pub work: Arc<Map<Id<Task>, Work>>,
    /// Metrics of CloudWatch.
    pub metrics: Metrics,
    /// Alarms by name.
    pub alarms: Table<Alarm>,
    /// Scalable targets by resource id.
    pub scalable_targets: Table<ScalableTarget>,
    /// Scaling policies of Application Auto Scaling by ARN.
    pub scaling_policies: Table<ScalingPolicy>,
    /// Scheduled actions by resource id and name.
    pub scheduled_actions: Table<ScheduledAction>,
    /// Every minute is looked at.
    pub watching: bool,
    /// What clients ask of services: a fault.
    pub loads: Map<Id<Service>, Load>,
    /// IAM roles by name.
    pub roles: Table<Role>,
    /// The account's own managed policies by ARN.
    pub policies: Table<ManagedPolicy>,
    /// Instance profiles by name.
    pub instance_profiles: Table<InstanceProfile>,
    /// S3 buckets by name.
    pub buckets: Table<Bucket>,
    /// DynamoDB tables by name.
    pub data_tables: Table<DataTable>,
    /// Secrets by name.
    pub secrets: Table<Secret>,
    /// Repositories of the private registry by name.
    pub repositories: Table<Repository>,
    /// Its pull-through cache rules by prefix.
    pub cache_rules: Table<CacheRule>,
    /// How it is replicated.
    pub replication: Arc<serde_json::Value>,
    /// Log groups by name.
    pub log_groups: Table<LogGroup>,
    /// Docker on the learner's own machine.
    pub docker: Docker,
    /// Calls that are to act once.
    pub tokens: Tokens,
    /// Calls from containers.
    pub inside: InsideCalls,
    /// What was decided about callers other than the administrator.
    pub decisions: Decisions,
    /// Every call.
    pub trail: Trail,
    /// What happened, for the learner.
    pub story: Story,
}

impl Account {
    /// A fresh account.
    pub fn new(start: Start) -> Self {
        let mut account = Self::default();
        match start {
            Start::Empty => {}
            Start::DefaultVpc => {
                net::start::default_vpc(&mut account);
                iam::start::default_roles(&mut account);
                data::prepared(&mut account);
            }
        }
        account
    }

    /// Whether no table has changed between two snapshots. What is no table may have: metrics, the bill, the records.
    pub fn has_tables_of(&self, other: &Self) -> bool {
        self.clusters.same_as(&other.clusters)
            && self.task_definitions.same_as(&other.task_definitions)
            && self.families.same_as(&other.families)
            && self.tasks.same_as(&other.tasks)
            && self.services.same_as(&other.services)
            && self.container_instances.same_as(&other.container_instances)
            && self.capacity_providers.same_as(&other.capacity_providers)
            && self.instances.same_as(&other.instances)
            && self.vpcs.same_as(&other.vpcs)
            && self.subnets.same_as(&other.subnets)
            && self.internet_gateways.same_as(&other.internet_gateways)
            && self.route_tables.same_as(&other.route_tables)
            && self.security_groups.same_as(&other.security_groups)
            && self.enis.same_as(&other.enis)
            && self.nat_gateways.same_as(&other.nat_gateways)
            && self.addresses.same_as(&other.addresses)
            && self.endpoints.same_as(&other.endpoints)
            && self.launch_templates.same_as(&other.launch_templates)
            && self.groups.same_as(&other.groups)
            && self.scaling_activities.same_as(&other.scaling_activities)
            && self.load_balancers.same_as(&other.load_balancers)
            && self.target_groups.same_as(&other.target_groups)
            && self.listeners.same_as(&other.listeners)
            && self.rules.same_as(&other.rules)
            && self.alarms.same_as(&other.alarms)
            && self.scalable_targets.same_as(&other.scalable_targets)
            && self.scaling_policies.same_as(&other.scaling_policies)
            && self.scheduled_actions.same_as(&other.scheduled_actions)
            && self.roles.same_as(&other.roles)
            && self.policies.same_as(&other.policies)
            && self.instance_profiles.same_as(&other.instance_profiles)
            && self.buckets.same_as(&other.buckets)
            && self.data_tables.same_as(&other.data_tables)
            && self.secrets.same_as(&other.secrets)
            && self.repositories.same_as(&other.repositories)
            && self.cache_rules.same_as(&other.cache_rules)
            && self.log_groups.same_as(&other.log_groups)
    }
}
