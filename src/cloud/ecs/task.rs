//! A task: one to ten containers placed together, and how AWS shows it.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use super::awsvpc::TaskEni;
use super::cluster::{self, Cluster};
use super::container::Container;
use super::instance::ContainerInstance;
use super::names;
use super::placement::Wishes;
use super::service::Service;
use super::task_def::{Needs, TaskDefinition};
use super::verdict::Placement;
use crate::cloud::account::Account;
use crate::cloud::elbv2::target_group::{TargetGroup, TargetKey};
use crate::cloud::shape::Shape;
use crate::cloud::table::{Id, Row};
use crate::cloud::time::SimTime;

/// A task.
#[derive(Clone, Debug)]
pub struct Task {
    /// 32 hexadecimal digits.
    pub id: Arc<str>,
    /// Its cluster.
    pub cluster: Id<Cluster>,
    /// The cluster's name, which stays when the cluster is gone.
    pub cluster_name: Arc<str>,
    /// The revision it was made from.
    pub definition: Arc<TaskDefinition>,
    /// What runs it.
    pub launch: LaunchType,
    /// What the call that made it said of all its tasks.
    pub request: Arc<Request>,
    /// What it takes from an instance, or what it bought of Fargate.
    pub needs: Arc<Needs>,
    /// It found no place at first: what it wants of one.
    pub(super) waits: Option<Arc<Wishes>>,
    /// Where it runs, unless on Fargate.
    pub instance: Option<Id<ContainerInstance>>,
    /// Its Availability Zone, once it has one.
    pub zone: Option<Arc<str>>,
    /// Where it is in its life.
    pub status: Status,
    /// It is to stop, or has: its desired status is `STOPPED`.
    pub stop: Option<StopCause>,
    /// Its containers in the definition's order.
    pub containers: Vec<Container>,
    /// Its network interface (awsvpc).
    pub eni: Option<TaskEni>,
    /// When what happened.
    pub times: Times,
    /// How its instance was found.
    pub placement: Option<Arc<Placement>>,
    /// The service it works for.
    pub owner: Option<Owner>,
    /// Where it is registered as a target.
    pub targets: Vec<(Id<TargetGroup>, TargetKey)>,
    /// Counts its changes, as the control plane does.
    pub version: u32,
}

/// The service and deployment that a task works for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The service.
    pub service: Id<Service>,
    /// The number of the deployment.
    pub deployment: u32,
    /// It counted as healthy once.
    pub was_healthy: bool,
}

/// What a call says of the tasks it makes.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// `family:…`, `service:…`, or the caller's own word.
    pub group: Arc<str>,
    /// The caller's word, or the deployment's id.
    pub started_by: Option<Arc<str>>,
    /// The capacity provider.
    pub provider: Option<Arc<str>>,
    /// Platform version, on Fargate.
    pub platform: Option<Arc<str>>,
    /// Overrides as given; an empty list of container overrides where none were.
    pub overrides: Value,
    /// Tags as given.
    pub tags: Value,
    /// ECS Exec is on.
    pub exec: bool,
    /// Subnets, security groups and public address (awsvpc).
    pub network: Option<super::awsvpc::Network>,
}

/// `lastStatus`, in the order of a life (facts: DG/task-lifecycle-explanation).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// The network interface is made and attached.
    Provisioning,
    /// Waits for the agent.
    Pending,
    /// Images are pulled, containers made and started.
    Activating,
    /// All containers run.
    Running,
    /// It is taken out of its target groups.
    Deactivating,
    /// Its containers were told to stop.
    Stopping,
    /// The network interface is taken away.
    Deprovisioning,
    /// Over. It can be described for a while.
    Stopped,
}

/// How clusters, instances and services count a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// On its way to `RUNNING`.
    Pending,
    /// `RUNNING`.
    Running,
    /// On its way out.
    Neither,
}

/// What runs a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LaunchType {
    /// Container instances of the account.
    Ec2,
    /// AWS Fargate.
    Fargate,
    /// Machines elsewhere (ECS Anywhere).
    External,
}

/// Why a task stops: a code and a sentence.
#[derive(Clone, Debug)]
pub struct StopCause {
    /// AWS's code, where there is one.
    pub code: Option<StopCode>,
    /// AWS's sentence.
    pub reason: Cow<'static, str>,
}

/// `stopCode` (facts: API-ecs TaskStopCode).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StopCode {
    /// It never ran.
    TaskFailedToStart,
    /// A container that it cannot do without has ended.
    EssentialContainerExited,
    /// Somebody stopped it.
    UserInitiated,
    /// Its service did.
    ServiceSchedulerInitiated,
    /// Spot capacity was taken back.
    SpotInterruption,
    /// Its host goes away.
    TerminationNotice,
}

/// When what happened to a task.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    /// It was made.
    pub created: SimTime,
    /// Its agent took it.
    pub connected: Option<SimTime>,
    /// The first image pull began.
    pub pull_started: Option<SimTime>,
    /// The last image pull ended.
    pub pull_stopped: Option<SimTime>,
    /// It came to `RUNNING`.
    pub started: Option<SimTime>,
    /// It was told to stop.
    pub stopping: Option<SimTime>,
    /// Its last container ended.
    pub execution_stopped: Option<SimTime>,
    /// It came to `STOPPED`.
    pub stopped: Option<SimTime>,
}

impl Row for Task {
    fn key(&self) -> &str {
        &self.id
    }
}

impl Status {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Provisioning => "PROVISIONING",
            Self::Pending => "PENDING",
            Self::Activating => "ACTIVATING",
            Self::Running => "RUNNING",
            Self::Deactivating => "DEACTIVATING",
            Self::Stopping => "STOPPING",
            Self::Deprovisioning => "DEPROVISIONING",
            Self::Stopped => "STOPPED",
        }
    }

    /// How it is counted.
    pub fn bucket(self) -> Bucket {
        match self {
            Self::Provisioning | Self::Pending | Self::Activating => Bucket::Pending,
            Self::Running => Bucket::Running,
            _ => Bucket::Neither,
        }
    }
}

impl LaunchType {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ec2 => "EC2",
            Self::Fargate => "FARGATE",
            Self::External => "EXTERNAL",
        }
    }

    /// The launch type of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Ec2, Self::Fargate, Self::External].into_iter().find(|one| one.word() == word)
    }
}

impl StopCode {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::TaskFailedToStart => "TaskFailedToStart",
            Self::EssentialContainerExited => "EssentialContainerExited",
            Self::UserInitiated => "UserInitiated",
            Self::ServiceSchedulerInitiated => "ServiceSchedulerInitiated",
            Self::SpotInterruption => "SpotInterruption",
            Self::TerminationNotice => "TerminationNotice",
        }
    }
}

impl Task {
    /// The ARN.
    pub fn arn(&self) -> String {
        names::arn(&format!("task/{}/{}", self.cluster_name, self.id))
    }

    /// `RUNNING`, or `STOPPED` from the moment a stop is asked for.
    pub fn desired(&self) -> &'static str {
        if self.stop.is_some() { "STOPPED" } else { "RUNNING" }
    }

    /// The service it belongs to, by its group.
    pub fn service_name(&self) -> Option<&str> {
        self.request.group.strip_prefix("service:")
    }

    /// `HEALTHY`, `UNHEALTHY` or `UNKNOWN` (facts: API-ecs HealthCheck): one unhealthy essential container is enough.
    pub fn health(&self) -> &'static str {
        use super::container::Health;
        let essential = self.definition.containers.iter().zip(&self.containers);
        let worst = essential
            .filter(|(definition, _)| definition.essential)
            .map(|(_, container)| container.health)
            .max();
        worst.unwrap_or(Health::Unknown).word()
    }

    /// The task as DescribeTasks shows it, without its tags.
    pub fn describe(&self, account: &Account) -> Value {
        self.shape(account, false)
    }

    /// The task as DescribeTasks shows it.
    pub(super) fn shape(&self, account: &Account, with_tags: bool) -> Value {
        let arn = self.arn();
        let containers: Vec<Value> = self
            .containers
            .iter()
            .zip(&self.definition.containers)
            .map(|(container, definition)| container.describe(self, &arn, definition))
            .collect();
        let host = self.instance.and_then(|id| account.container_instances.get(id));
        let fargate = self.launch == LaunchType::Fargate;
        let request = &self.request;
        let stop = self.stop.as_ref();
        let launch = request.provider.is_none().then(|| self.launch.word());
        let size = |units: u32, given: bool| (given || units > 0).then(|| units.to_string());
        let architecture =
            Shape::with_room(2).text("name", "ecs.cpu-architecture").text("value", "x86_64").done();
        Shape::with_room(34)
            .put("attachments", self.eni.iter().map(TaskEni::describe).collect::<Vec<_>>())
            .put("attributes", vec![architecture])
            .maybe("availabilityZone", self.zone.as_deref())
            .maybe("capacityProviderName", request.provider.as_deref())
            .put("clusterArn", cluster::arn(&self.cluster_name))
            .maybe("connectivity", self.times.connected.map(|_| "CONNECTED"))
            .at("connectivityAt", self.times.connected)
            .maybe("containerInstanceArn", host.map(|host| host.arn()))
            .put("containers", containers)
            .maybe("cpu", size(self.needs.cpu, fargate))
            .at("createdAt", Some(self.times.created))
            .put("desiredStatus", self.desired())
            .put("enableExecuteCommand", request.exec)
            .at("executionStoppedAt", self.times.execution_stopped)
            .text("group", &request.group)
            .put("healthStatus", self.health())
            .put("lastStatus", self.status.word())
            .maybe("launchType", launch.or(fargate.then_some("FARGATE")))
            .maybe("memory", size(self.needs.memory, fargate))
            .put("overrides", request.overrides.clone())
            .maybe("platformVersion", request.platform.as_deref())
            .maybe("platformFamily", fargate.then_some("Linux"))
            .at("pullStartedAt", self.times.pull_started)
            .at("pullStoppedAt", self.times.pull_stopped)
            .at("startedAt", self.times.started)
            .maybe("startedBy", request.started_by.as_deref())
            .maybe("stopCode", stop.and_then(|stop| stop.code).map(StopCode::word))
            .at("stoppedAt", self.times.stopped)
            .maybe("stoppedReason", stop.map(|stop| &*stop.reason))
            .at("stoppingAt", self.times.stopping)
            .put("tags", if with_tags { request.tags.clone() } else { Value::Array(Vec::new()) })
            .text("taskArn", &arn)
            .put("taskDefinitionArn", self.definition.arn())
            .put("version", self.version)
            .maybe("ephemeralStorage", fargate.then(|| self.storage()))
            .maybe("fargateEphemeralStorage", fargate.then(|| self.storage()))
            .done()
    }

    /// 20 GiB are included on Fargate (facts: DG/fargate-task-storage).
    fn storage(&self) -> Value {
        Shape::with_room(1).put("sizeInGiB", self.storage_gib()).done()
    }

    /// GiB of ephemeral storage on Fargate.
    pub fn storage_gib(&self) -> u32 {
        let of = |holder: Option<&Value>| holder?.get("sizeInGiB")?.as_u64();
        let overridden = of(self.request.overrides.get("ephemeralStorage"));
        let given = || of(self.definition.members.get("ephemeralStorage"));
        let size = overridden.or_else(given).and_then(|size| u32::try_from(size).ok());
        size.unwrap_or(20)
    }
}
