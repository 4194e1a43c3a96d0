//! Auto Scaling groups: the row and how AWS shows it.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::source::Source;
use crate::cloud::account::Account;
use crate::cloud::compute::instance::{Instance, State};
use crate::cloud::limits;
use crate::cloud::net::nat::without_nulls;
use crate::cloud::sort;
use crate::cloud::table::Row;
use crate::cloud::time::{Millis, SimTime};

/// A group that keeps a number of instances running.
#[derive(Clone, Debug)]
pub struct Group {
    /// Unique in the account.
    pub name: Arc<str>,
    /// The random part of its ARN.
    pub uuid: Arc<str>,
    /// What its instances are launched from.
    pub source: Source,
    /// How many instances it keeps.
    pub size: Size,
    /// Its subnets, in the order in which they were given.
    pub subnets: Vec<Arc<str>>,
    /// New instances are protected from scale-in.
    pub protect_new: bool,
    /// In which order instances go.
    pub policies: Vec<Policy>,
    /// Hooks that hold instances up on their way in or out.
    pub hooks: Vec<Hook>,
    /// Its instances, oldest first.
    pub members: Vec<Member>,
    /// Its newest activities, oldest first, by id.
    pub activities: VecDeque<Arc<str>>,
    /// Tags: key, value, and whether instances get it too.
    pub tags: Vec<(Arc<str>, Arc<str>, bool)>,
    /// What else the request said: kept and returned.
    pub given: Arc<Map<String, Value>>,
    /// Why its capacity was last asked to change, until an activity has told it.
    pub reason: Option<Arc<str>>,
    /// Instances over the desired number, to even out the zones.
    pub extra: u32,
    /// An instance that failed is being replaced.
    pub replacing: bool,
    /// What waits in the queue for it.
    pub queued: Queued,
    /// It was asked to go with all it has.
    pub deleting: bool,
    /// When it was made.
    pub created: SimTime,
}

/// Jobs of a group that wait in the queue: one of each sort is enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Queued {
    /// To balance it.
    pub balance: bool,
    /// To try again.
    pub retry: bool,
}

/// Bounds and goal of a group's number of instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// At least.
    pub min: u32,
    /// At most.
    pub max: u32,
    /// What it is to have now.
    pub desired: u32,
}

/// One instance of a group.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its id.
    pub instance: Arc<str>,
    /// Its zone.
    pub zone: Arc<str>,
    /// Where it is in the group.
    pub state: Lifecycle,
    /// The group holds it for well.
    pub healthy: bool,
    /// Scale-in does not touch it.
    pub protected: bool,
    /// The version of the launch template it came from.
    pub version: u32,
    /// The activity that is under way about it.
    pub activity: Option<Arc<str>>,
    /// Counts its waits at hooks: a timeout of an earlier wait means nothing.
    pub waits: u32,
}

/// Where an instance is in its group (ASG guide, "Amazon EC2 Auto Scaling instance lifecycle").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lifecycle {
    /// Starting.
    Pending,
    /// Started, held up by a hook.
    PendingWait,
    /// In use.
    InService,
    /// To be terminated, held up by a hook.
    TerminatingWait,
    /// Being terminated.
    Terminating,
}

/// A lifecycle hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Unique in its group.
    pub name: Arc<str>,
    /// It holds up instances that go, not those that come.
    pub on_the_way_out: bool,
    /// How long it waits for somebody to go on.
    pub timeout: Millis,
    /// After the time is over the instance goes on; else a launch is given up. A termination goes on either way.
    pub then_continue: bool,
}

/// A rule for which instance goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Of the oldest template version, then the one closest to its next full hour.
    Default,
    /// The newest.
    NewestInstance,
    /// The oldest.
    OldestInstance,
    /// Of the oldest template version.
    OldestLaunchTemplate,
    /// The one closest to its next full hour.
    ClosestToNextInstanceHour,
}

impl Row for Group {
    fn key(&self) -> &str {
        &self.name
    }
}

impl Lifecycle {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::PendingWait => "Pending:Wait",
            Self::InService => "InService",
            Self::TerminatingWait => "Terminating:Wait",
            Self::Terminating => "Terminating",
        }
    }

    /// It is on its way out and counts no more.
    pub fn is_leaving(self) -> bool {
        matches!(self, Self::TerminatingWait | Self::Terminating)
    }
}

impl Policy {
    /// The policy of a name; those of warm pools and fleets behave like the default here.
    pub fn parse(name: &str) -> Self {
        match name {
            "NewestInstance" => Self::NewestInstance,
            "OldestInstance" => Self::OldestInstance,
            "OldestLaunchTemplate" => Self::OldestLaunchTemplate,
            "ClosestToNextInstanceHour" => Self::ClosestToNextInstanceHour,
            _ => Self::Default,
        }
    }
}

impl Group {
    /// The ARN.
    pub fn arn(&self) -> String {
        format!(
            "arn:aws:autoscaling:{}:{}:autoScalingGroup:{}:autoScalingGroupName/{}",
            limits::REGION,
            limits::ACCOUNT,
            self.uuid,
            self.name
        )
    }

    /// Instances that are in use or on their way in.
    pub fn staying(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| !member.state.is_leaving())
    }

    /// How many they are.
    pub fn count(&self) -> u32 {
        u32::try_from(self.staying().count()).unwrap_or(u32::MAX)
    }

    /// The member of an instance.
    pub fn member(&self, instance: &str) -> Option<&Member> {
        self.members.iter().find(|member| &*member.instance == instance)
    }

    /// The member of an instance, to be changed.
    pub fn member_mut(&mut self, instance: &str) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| &*member.instance == instance)
    }

    /// The group as `DescribeAutoScalingGroups` shows it.
    pub fn describe(&self, account: &Account) -> Value {
        let mut shown = json!({
            "AutoScalingGroupName": self.name,
            "AutoScalingGroupARN": self.arn(),
            "MinSize": self.size.min,
            "MaxSize": self.size.max,
            "DesiredCapacity": self.size.desired,
            "DefaultCooldown": limits::GROUP_COOLDOWN_S,
            "AvailabilityZones": self.zones(account),
            "LoadBalancerNames": [],
            "TargetGroupARNs": [],
            "HealthCheckType": "EC2",
            "HealthCheckGracePeriod": 0,
            "Instances": self.members.iter().map(|m| m.describe(account, self)).collect::<Vec<_>>(),
            "CreatedTime": self.created.seconds(),
            "SuspendedProcesses": [],
            "VPCZoneIdentifier": self.subnets.join(","),
            "EnabledMetrics": [],
            "Status": self.deleting.then_some("Delete in progress"),
            "Tags": self.tags.iter().map(|tag| self.describe_tag(tag)).collect::<Vec<_>>(),
            "TerminationPolicies": ["Default"],
            "NewInstancesProtectedFromScaleIn": self.protect_new,
            "ServiceLinkedRoleARN": format!(
                "arn:aws:iam::{}:role/aws-service-role/autoscaling.amazonaws.com/\
                 AWSServiceRoleForAutoScaling",
                limits::ACCOUNT
            ),
            "TrafficSources": [],
        });
        if let Some(members) = shown.as_object_mut() {
            for (name, value) in &*self.given {
                members.insert(name.clone(), value.clone());
            }
        }
        without_nulls(shown)
    }

    fn zones<'a>(&self, account: &'a Account) -> Vec<&'a str> {
        let subnets = self.subnets.iter().filter_map(|id| account.subnets.find(id));
        let mut zones: Vec<&str> = subnets.map(|subnet| &*subnet.zone).collect();
        sort::plain(&mut zones);
        zones.dedup();
        zones
    }

    fn describe_tag(&self, (key, value, propagate): &(Arc<str>, Arc<str>, bool)) -> Value {
        json!({
            "ResourceId": self.name,
            "ResourceType": "auto-scaling-group",
            "Key": key,
            "Value": value,
            "PropagateAtLaunch": propagate,
        })
    }
}

impl Member {
    fn describe(&self, account: &Account, group: &Group) -> Value {
        let kind = account.instances.find(&self.instance).map(|instance| instance.kind.name);
        without_nulls(json!({
            "InstanceId": self.instance,
            "InstanceType": kind,
            "AvailabilityZone": self.zone,
            "LifecycleState": self.state.word(),
            "HealthStatus": if self.healthy { "Healthy" } else { "Unhealthy" },
            "LaunchTemplate": group.source.describe(account, Some(self.version)),
            "ProtectedFromScaleIn": self.protected,
        }))
    }
}

/// The instance runs and can be reached: all that a health check of type EC2 asks.
pub fn is_well(instance: &Instance) -> bool {
    matches!(instance.state, State::Pending | State::Running) && !instance.impaired
}
