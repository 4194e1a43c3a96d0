//! EC2 instances: the row and how AWS shows it.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::ami::{Ami, Os};
use super::tags::Tags;
use super::types::InstanceType;
use super::user_data::AgentConfig;
use crate::cloud::account::Account;
use crate::cloud::iam::names;
use crate::cloud::net::eni::{group_name, private_dns, public_dns};
use crate::cloud::shape::Shape;
use crate::cloud::table::Row;
use crate::cloud::time::SimTime;

/// A virtual machine.
#[derive(Clone, Debug)]
pub struct Instance {
    /// `i-…`.
    pub id: Arc<str>,
    /// What it boots from.
    pub ami: &'static Ami,
    /// How big it is.
    pub kind: &'static InstanceType,
    /// Where it is in its life.
    pub state: State,
    /// Counts starts, reboots and stops: a job that was meant for an earlier life checks it.
    pub life: u32,
    /// When it was last started.
    pub launched: SimTime,
    /// When it came to its present state.
    pub since: SimTime,
    /// Its Availability Zone.
    pub zone: Arc<str>,
    /// Its subnet's id.
    pub subnet: Arc<str>,
    /// Its VPC's id.
    pub vpc: Arc<str>,
    /// Its network interfaces, the primary one first, then those of its tasks; gone with the instance.
    pub enis: Vec<Arc<str>>,
    /// The name of its instance profile.
    pub profile: Option<Arc<str>>,
    /// What it was told to do at its first start, decoded.
    pub user_data: Option<Arc<str>>,
    /// What its user data tells the ECS agent.
    pub agent_config: AgentConfig,
    /// Who may reach its metadata and how.
    pub metadata: Metadata,
    /// The link of its ECS agent.
    pub agent: Agent,
    /// It cannot be reached: its zone is lost.
    pub impaired: bool,
    /// Why it is in its state, where AWS says so: code and sentence.
    pub reason: Option<(&'static str, Arc<str>)>,
    /// `r-…`: the launch it came with.
    pub reservation: Arc<str>,
    /// Its number in that launch.
    pub launch_index: u32,
    /// The Auto Scaling group that keeps it.
    pub group: Option<Arc<str>>,
    /// Key pair, kept and shown.
    pub key_name: Option<Arc<str>>,
    /// Spot capacity.
    pub spot: bool,
    /// What the API may not do to it.
    pub protection: Protection,
    /// The client token of its launch.
    pub token: Option<Arc<str>>,
    /// Tags.
    pub tags: Tags,
}

/// Where an instance is in its life (EC2 guide, "Instance lifecycle").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Starting.
    Pending,
    /// Up.
    Running,
    /// On its way to stopped.
    Stopping,
    /// Off, with its disk kept.
    Stopped,
    /// On its way to terminated.
    ShuttingDown,
    /// Gone; still visible for a while.
    Terminated,
}

/// What a user forbids the API to do to an instance; its Auto Scaling group and its own end may all the same (EC2 guide,
/// "Change instance termination protection").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Protection {
    /// `disableApiTermination`.
    pub terminate: bool,
    /// `disableApiStop`.
    pub stop: bool,
}

/// How the metadata service at 169.254.169.254 answers (EC2 guide, "Configure IMDS").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Metadata {
    /// It answers at all.
    pub enabled: bool,
    /// Only with a token (`IMDSv2`).
    pub token_required: bool,
    /// How many hops the token's answer may travel: with 1 it does not reach a container behind a bridge.
    pub hop_limit: u8,
    /// Tags can be read there.
    pub tags: bool,
}

/// The link of an instance's ECS agent to the control plane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Agent {
    /// No agent, or not started.
    #[default]
    None,
    /// Registered with this cluster, and connected.
    Connected(Arc<str>),
    /// Registered with this cluster, but out of touch.
    Disconnected(Arc<str>),
    /// It tried and could not register: why.
    Failed(Arc<str>),
}

impl Row for Instance {
    fn key(&self) -> &str {
        &self.id
    }
}

impl State {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::ShuttingDown => "shutting-down",
            Self::Terminated => "terminated",
        }
    }

    /// The number that goes with it.
    pub fn code(self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::Running => 16,
            Self::ShuttingDown => 32,
            Self::Terminated => 48,
            Self::Stopping => 64,
            Self::Stopped => 80,
        }
    }

    /// `{Code, Name}`.
    pub fn describe(self) -> Value {
        json!({ "Code": self.code(), "Name": self.name() })
    }

    /// It will never come back.
    pub fn is_over(self) -> bool {
        matches!(self, Self::ShuttingDown | Self::Terminated)
    }
}

impl Metadata {
    /// `MetadataOptions` as describe shows them.
    pub fn describe(self) -> Value {
        let enabled = |on: bool| if on { "enabled" } else { "disabled" };
        json!({
            "State": "applied",
            "HttpTokens": if self.token_required { "required" } else { "optional" },
            "HttpPutResponseHopLimit": self.hop_limit,
            "HttpEndpoint": enabled(self.enabled),
            "HttpProtocolIpv6": "disabled",
            "InstanceMetadataTags": enabled(self.tags),
        })
    }
}

impl Instance {
    /// It is up and can be reached.
    pub fn is_up(&self) -> bool {
        self.state == State::Running && !self.impaired
    }

    /// The instance as `DescribeInstances` shows it.
    pub fn describe(&self, account: &Account) -> Value {
        let windows = self.ami.os != Os::Linux;
        let placement = Shape::with_room(3)
            .text("AvailabilityZone", &self.zone)
            .text("GroupName", "")
            .text("Tenancy", "default");
        let cores = self.kind.vcpus.div_ceil(2);
        let processor = Shape::with_room(2).put("CoreCount", cores).put("ThreadsPerCore", 2);
        let none = || Value::Array(Vec::new());
        let mut shown = Shape::with_room(36)
            .text("InstanceId", &self.id)
            .text("ImageId", self.ami.id)
            .put("State", self.state.describe())
            .text("PrivateDnsName", "")
            .text("PublicDnsName", "")
            .put("StateTransitionReason", self.transition_reason())
            .put("AmiLaunchIndex", self.launch_index)
            .put("ProductCodes", none())
            .text("InstanceType", self.kind.name)
            .put("LaunchTime", self.launched.seconds())
            .put("Placement", placement.done())
            .put("Monitoring", Shape::with_room(1).text("State", "disabled").done())
            .text("Architecture", self.ami.arch)
            .put("BlockDeviceMappings", none())
            .put("EbsOptimized", false)
            .put("EnaSupport", true)
            .text("Hypervisor", "xen")
            .put("NetworkInterfaces", none())
            .text("RootDeviceName", self.ami.root_device())
            .text("RootDeviceType", "ebs")
            .put("SecurityGroups", none())
            .put("Tags", self.tags.describe())
            .text("VirtualizationType", "hvm")
            .put("CpuOptions", processor.done())
            .put("MetadataOptions", self.metadata.describe())
            .text("PlatformDetails", if windows { "Windows" } else { "Linux/UNIX" })
            .done();
        if let Some(members) = shown.as_object_mut() {
            self.add_network(account, members);
            self.add_optional(account, members);
        }
        shown
    }

    /// What an instance has as long as it is not terminated.
    fn add_network(&self, account: &Account, members: &mut Map<String, Value>) {
        let enis: Vec<_> = self.enis.iter().filter_map(|id| account.enis.find(id)).collect();
        let Some(eni) = enis.first() else { return };
        members.insert("SubnetId".into(), Value::from(&*self.subnet));
        members.insert("VpcId".into(), Value::from(&*self.vpc));
        members.insert("PrivateIpAddress".into(), Value::from(eni.private_ip.to_string()));
        members.insert("PrivateDnsName".into(), Value::from(private_dns(eni.private_ip)));
        if let Some(public) = eni.public_ip {
            members.insert("PublicIpAddress".into(), Value::from(public.to_string()));
            members.insert("PublicDnsName".into(), Value::from(public_dns(public)));
        }
        let groups = eni.groups.iter().map(|id| group_name(account, id));
        members.insert("SecurityGroups".into(), groups.collect());
        members.insert("SourceDestCheck".into(), json!(true));
        let interfaces = enis.iter().map(|eni| eni.describe_on_instance(account));
        members.insert("NetworkInterfaces".into(), interfaces.collect());
    }

    fn add_optional(&self, account: &Account, members: &mut Map<String, Value>) {
        if let Some(profile) = &self.profile {
            members.insert("IamInstanceProfile".into(), profile_shape(account, profile));
        }
        if let Some(key) = &self.key_name {
            members.insert("KeyName".into(), json!(key));
        }
        if let Some((code, message)) = &self.reason {
            members.insert("StateReason".into(), json!({ "Code": code, "Message": message }));
        }
        if self.ami.os != Os::Linux {
            members.insert("Platform".into(), json!("windows"));
        }
        if let Some(token) = &self.token {
            members.insert("ClientToken".into(), json!(token));
        }
        if self.spot {
            members.insert("InstanceLifecycle".into(), json!("spot"));
        }
    }

    fn transition_reason(&self) -> String {
        let Some((_, text)) = &self.reason else { return String::new() };
        let at = self.since.iso();
        let when = at.get(..19).unwrap_or(&at).replace('T', " ");
        let who = text.split_once(": ").map_or("Server", |(who, _)| match who {
            "Client.UserInitiatedShutdown" => "User",
            _ => "Service",
        });
        format!("{who} initiated ({when} GMT)")
    }
}

/// `{Arn, Id}` of an instance profile.
fn profile_shape(account: &Account, name: &str) -> Value {
    let profile = account.instance_profiles.find(name);
    let arn = profile.map_or_else(|| names::arn("instance-profile", "/", name), |row| row.arn());
    json!({ "Arn": arn, "Id": profile_id(name) })
}

/// The unique id of an instance profile.
pub fn profile_id(name: &str) -> String {
    names::unique_id("AIPA", name)
}
