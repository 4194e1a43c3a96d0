//! The account as rows of AWS's own describe shapes: what goals count, tables show and the inspector prints.

use serde_json::Value;

use super::account::Account;
use super::compute::template::LaunchTemplate;
use super::ecr::repository::Repository;
use super::ecs::capacity::provider::CapacityProvider;
use super::ecs::cluster::Cluster;
use super::ecs::instance::ContainerInstance;
use super::ecs::task_def::TaskDefinition;
use super::elbv2::load_balancer::LoadBalancer;
use super::elbv2::target_rows as targets;
use super::iam::role::Role;
use super::net::route::RouteTable;
use super::net::security::SecurityGroup;
use super::net::subnet::{InternetGateway, Subnet, Vpc};
use super::scaling::policy;
use super::scaling::schedule::ScheduledAction;
use super::scaling::target::Target;
use super::table::{Row, Table};
use super::watch::alarms::Alarm;

/// A kind of thing in the account. Its word is `data-kind` in the page and the key of a lesson's condition; its shape is
/// the API model's, so that the fields named in a lesson can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An ECS cluster.
    Cluster,
    /// A revision of a task definition.
    TaskDefinition,
    /// An ECS service.
    Service,
    /// An ECS task.
    Task,
    /// An ECS container instance.
    ContainerInstance,
    /// A capacity provider of the account's own.
    CapacityProvider,
    /// An EC2 instance.
    Instance,
    /// A launch template.
    LaunchTemplate,
    /// An Auto Scaling group.
    AutoScalingGroup,
    /// A VPC.
    Vpc,
    /// A subnet.
    Subnet,
    /// A security group.
    SecurityGroup,
    /// A route table.
    RouteTable,
    /// An internet gateway.
    InternetGateway,
    /// A NAT gateway.
    NatGateway,
    /// A VPC endpoint.
    VpcEndpoint,
    /// A network interface.
    NetworkInterface,
    /// A load balancer.
    LoadBalancer,
    /// A target group.
    TargetGroup,
    /// A target that is registered with a target group.
    Target,
    /// A listener of a load balancer.
    Listener,
    /// A scalable target of Application Auto Scaling.
    ScalableTarget,
    /// A scaling policy of Application Auto Scaling.
    ScalingPolicy,
    /// A scheduled action of Application Auto Scaling.
    ScheduledAction,
    /// An alarm of CloudWatch.
    Alarm,
    /// An Elastic IP address.
    ElasticIp,
    /// An IAM role.
    Role,
    /// A managed policy of the account's own.
    Policy,
    /// An instance profile.
    InstanceProfile,
    /// A repository of the private registry.
    Repository,
    /// An image in a repository.
    Image,
}

impl Kind {
    /// All kinds, in the order in which tables show them.
    pub const ALL: &'static [Self] = &[
        Self::Cluster,
        Self::TaskDefinition,
        Self::Service,
        Self::Task,
        Self::ContainerInstance,
        Self::CapacityProvider,
        Self::Instance,
        Self::LaunchTemplate,
        Self::AutoScalingGroup,
        Self::Vpc,
        Self::Subnet,
        Self::SecurityGroup,
        Self::RouteTable,
        Self::InternetGateway,
        Self::NatGateway,
        Self::ElasticIp,
        Self::VpcEndpoint,
        Self::NetworkInterface,
        Self::LoadBalancer,
        Self::TargetGroup,
        Self::Target,
        Self::Listener,
        Self::ScalableTarget,
        Self::ScalingPolicy,
        Self::ScheduledAction,
        Self::Alarm,
        Self::Role,
        Self::Policy,
        Self::InstanceProfile,
        Self::Repository,
        Self::Image,
    ];

    /// The word for it, as in `data-kind`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::TaskDefinition => "task-definition",
            Self::Service => "service",
            Self::Task => "task",
            Self::ContainerInstance => "container-instance",
            Self::CapacityProvider => "capacity-provider",
            Self::Instance => "instance",
            Self::LaunchTemplate => "launch-template",
            Self::AutoScalingGroup => "auto-scaling-group",
            Self::Vpc => "vpc",
            Self::Subnet => "subnet",
            Self::SecurityGroup => "security-group",
            Self::RouteTable => "route-table",
            Self::InternetGateway => "internet-gateway",
            Self::NatGateway => "nat-gateway",
            Self::ElasticIp => "elastic-ip",
            Self::VpcEndpoint => "vpc-endpoint",
            Self::NetworkInterface => "network-interface",
            Self::LoadBalancer => "load-balancer",
            Self::TargetGroup => "target-group",
            Self::Target => "target",
            Self::Listener => "listener",
            Self::ScalableTarget => "scalable-target",
            Self::ScalingPolicy => "scaling-policy",
            Self::ScheduledAction => "scheduled-action",
            Self::Alarm => "alarm",
            Self::Role => "role",
            Self::Policy => "policy",
            Self::InstanceProfile => "instance-profile",
            Self::Repository => "repository",
            Self::Image => "image",
        }
    }

    /// The service and the shape in the API model that its rows have.
    pub fn shape(self) -> (&'static str, &'static str) {
        match self {
            Self::Cluster => ("ecs", "Cluster"),
            Self::TaskDefinition => ("ecs", "TaskDefinition"),
            Self::Service => ("ecs", "Service"),
            Self::Task => ("ecs", "Task"),
            Self::ContainerInstance => ("ecs", "ContainerInstance"),
            Self::CapacityProvider => ("ecs", "CapacityProvider"),
            Self::Instance => ("ec2", "Instance"),
            Self::LaunchTemplate => ("ec2", "LaunchTemplate"),
            Self::AutoScalingGroup => ("autoscaling", "AutoScalingGroup"),
            Self::Vpc => ("ec2", "Vpc"),
            Self::Subnet => ("ec2", "Subnet"),
            Self::SecurityGroup => ("ec2", "SecurityGroup"),
            Self::RouteTable => ("ec2", "RouteTable"),
            Self::InternetGateway => ("ec2", "InternetGateway"),
            Self::NatGateway => ("ec2", "NatGateway"),
            Self::ElasticIp => ("ec2", "Address"),
            Self::VpcEndpoint => ("ec2", "VpcEndpoint"),
            Self::NetworkInterface => ("ec2", "NetworkInterface"),
            Self::LoadBalancer => ("elbv2", "LoadBalancer"),
            Self::TargetGroup => ("elbv2", "TargetGroup"),
            Self::Target => ("elbv2", "TargetHealthDescription"),
            Self::Listener => ("elbv2", "Listener"),
            Self::ScalableTarget => ("application-autoscaling", "ScalableTarget"),
            Self::ScalingPolicy => ("application-autoscaling", "ScalingPolicy"),
            Self::ScheduledAction => ("application-autoscaling", "ScheduledAction"),
            Self::Alarm => ("cloudwatch", "MetricAlarm"),
            Self::Role => ("iam", "Role"),
            Self::Policy => ("iam", "Policy"),
            Self::InstanceProfile => ("iam", "InstanceProfile"),
            Self::Repository => ("ecr", "Repository"),
            Self::Image => ("ecr", "ImageDetail"),
        }
    }

    /// The member that identifies a row to a person: `data-id`.
    pub fn id_member(self) -> &'static str {
        match self {
            Self::Cluster => "clusterName",
            Self::TaskDefinition => "taskDefinitionArn",
            Self::Service => "serviceName",
            Self::Task => "taskArn",
            Self::ContainerInstance => "containerInstanceArn",
            Self::CapacityProvider => "name",
            Self::Instance => "InstanceId",
            Self::LaunchTemplate => "LaunchTemplateId",
            Self::AutoScalingGroup => "AutoScalingGroupName",
            Self::Vpc => "VpcId",
            Self::Subnet => "SubnetId",
            Self::SecurityGroup => "GroupId",
            Self::RouteTable => "RouteTableId",
            Self::InternetGateway => "InternetGatewayId",
            Self::NatGateway => "NatGatewayId",
            Self::ElasticIp => "AllocationId",
            Self::VpcEndpoint => "VpcEndpointId",
            Self::NetworkInterface => "NetworkInterfaceId",
            Self::LoadBalancer => "LoadBalancerName",
            Self::TargetGroup => "TargetGroupName",
            Self::Listener => "ListenerArn",
            Self::ScalableTarget => "ResourceId",
            Self::ScheduledAction => "ScheduledActionName",
            Self::Target => "TargetId",
            Self::Alarm => "AlarmName",
            Self::Role => "RoleName",
            Self::ScalingPolicy | Self::Policy => "PolicyName",
            Self::InstanceProfile => "InstanceProfileName",
            Self::Repository => "repositoryName",
            Self::Image => "imageDigest",
        }
    }

    /// Members of its rows that AWS's shape does not have.
    pub fn own_members(self) -> &'static [&'static str] {
        match self {
            Self::Target => targets::OWN_MEMBERS,
            _ => &[],
        }
    }

    /// The rows of this kind, oldest first, as `describe-…` prints them.
    pub fn rows(self, account: &Account) -> Vec<Value> {
        (self.reader())(account)
    }

    /// The function that reads them: one for each kind, so that only those that are asked for need be there.
    fn reader(self) -> fn(&Account) -> Vec<Value> {
        match self {
            Self::Cluster => |account| all(&account.clusters, Cluster::describe),
            Self::TaskDefinition => {
                |account| all(&account.task_definitions, TaskDefinition::describe)
            }
            Self::Service => |account| all(&account.services, |row| row.describe(account)),
            Self::Task => |account| all(&account.tasks, |row| row.describe(account)),
            Self::ContainerInstance => {
                |account| all(&account.container_instances, ContainerInstance::describe)
            }
            Self::CapacityProvider => {
                |account| all(&account.capacity_providers, CapacityProvider::describe)
            }
            Self::Instance => |account| all(&account.instances, |row| row.describe(account)),
            Self::LaunchTemplate => {
                |account| all(&account.launch_templates, LaunchTemplate::describe)
            }
            Self::AutoScalingGroup => |account| all(&account.groups, |row| row.describe(account)),
            Self::Vpc => |account| all(&account.vpcs, Vpc::describe),
            Self::Subnet => |account| all(&account.subnets, Subnet::describe),
            Self::SecurityGroup => |account| all(&account.security_groups, SecurityGroup::describe),
            Self::RouteTable => |account| all(&account.route_tables, RouteTable::describe),
            Self::InternetGateway => {
                |account| all(&account.internet_gateways, InternetGateway::describe)
            }
            Self::NatGateway => |account| all(&account.nat_gateways, |row| row.describe(account)),
            Self::ElasticIp => |account| all(&account.addresses, |row| row.describe(account)),
            Self::VpcEndpoint => |account| all(&account.endpoints, |row| row.describe(account)),
            Self::NetworkInterface => |account| all(&account.enis, |row| row.describe(account)),
            Self::LoadBalancer => |account| all(&account.load_balancers, LoadBalancer::describe),
            Self::TargetGroup => |account| all(&account.target_groups, |row| row.describe(account)),
            Self::Listener => |account| all(&account.listeners, |row| row.describe(account)),
            Self::ScalableTarget => |account| all(&account.scalable_targets, Target::describe),
            Self::ScalingPolicy => |account| {
                all(&account.scaling_policies, |row| {
                    row.describe(policy::alarms_of(account, &row.arn))
                })
            },
            Self::ScheduledAction => {
                |account| all(&account.scheduled_actions, ScheduledAction::describe)
            }
            Self::Target => targets::rows,
            Self::Alarm => |account| all(&account.alarms, Alarm::describe),
            Self::Role => |account| all(&account.roles, Role::describe),
            Self::Policy => |account| all(&account.policies, |row| row.describe(account)),
            Self::InstanceProfile => {
                |account| all(&account.instance_profiles, |row| row.describe(account))
            }
            Self::Repository => |account| all(&account.repositories, Repository::describe),
            Self::Image => images,
        }
    }
}

fn images(account: &Account) -> Vec<Value> {
    let mut rows = Vec::new();
    for repository in account.repositories.values() {
        rows.extend(repository.images.iter().map(|image| image.describe(&repository.name)));
    }
    rows
}

fn all<V: Row>(table: &Table<V>, describe: impl Fn(&V) -> Value) -> Vec<Value> {
    let mut rows = Vec::with_capacity(table.len());
    table.each(|row| rows.push(describe(row)));
    rows
}
