//! Tasks with a network interface of their own: the request for it, its making and its end.
use std::sync::Arc;

use serde_json::Value;

use super::names;
use super::task::{LaunchType, Task};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::map::Set;
use crate::cloud::net::eni::{self, Eni, EniOwner, NewEni, private_dns};
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;
use crate::cloud::table::Id;

/// Where the network interfaces of tasks are to be made (`awsvpcConfiguration`).
#[derive(Clone, Debug)]
pub struct Network {
    /// Subnets' ids, at least one.
    pub subnets: Vec<Arc<str>>,
    /// Security groups' ids; none means the VPC's default group.
    pub groups: Vec<Arc<str>>,
    /// With a public address.
    pub public: bool,
}

/// A task's network interface as its attachment.
#[derive(Clone, Debug)]
pub struct TaskEni {
    /// The attachment's id.
    pub attachment: Arc<str>,
    /// The subnet chosen for it.
    pub subnet: Arc<str>,
    /// How far it is.
    pub state: EniState,
    /// The interface, once it is made: `eni-…`.
    pub id: Option<Arc<str>>,
    /// Its private address.
    pub private_ip: Option<std::net::Ipv4Addr>,
    /// Its hardware address.
    pub mac: Option<Arc<str>>,
}

/// The state of an attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EniState {
    /// Wanted.
    Precreated,
    /// Made and attached.
    Attached,
    /// Gone.
    Deleted,
}

impl Network {
    /// Reads `networkConfiguration` and checks it against the account (sentences: facts/ecs §3 and reports of users).
    pub fn read(
        account: &Account,
        configuration: Params<'_>,
        launch: LaunchType,
    ) -> Result<Self, ApiError> {
        let vpc = configuration.inner("awsvpcConfiguration");
        let list = |name: &str| -> Vec<Arc<str>> { vpc.strings(name).map(Arc::from).collect() };
        let (subnets, groups) = (list("subnets"), list("securityGroups"));
        let public = vpc.str("assignPublicIp") == Some("ENABLED");
        if subnets.is_empty() {
            return Err(ApiError::invalid("subnets can not be empty."));
        }
        if subnets.len() > limits::SUBNETS_PER_TASK || groups.len() > limits::GROUPS_PER_TASK {
            return Err(ApiError::invalid(format!(
                "awsvpcConfiguration can have at most {} subnets and {} security groups.",
                limits::SUBNETS_PER_TASK,
                limits::GROUPS_PER_TASK
            )));
        }
        if public && launch != LaunchType::Fargate {
            return Err(ApiError::invalid(
                "Assign public IP is not supported for this launch type",
            ));
        }
        let mut of: Option<Arc<str>> = None;
        for id in &subnets {
            let (_, subnet) =
                eni::subnet_of(account, id).map_err(|error| retrieving("subnet", id, &error))?;
            if of.as_ref().is_some_and(|vpc| *vpc != subnet.vpc) {
                return Err(ApiError::invalid("All subnets must belong to the same VPC."));
            }
            of = Some(Arc::clone(&subnet.vpc));
        }
        for id in &groups {
            let one = vec![Arc::clone(id)];
            eni::groups_or_default(account, of.as_deref().unwrap_or(""), one)
                .map_err(|error| retrieving("security group", id, &error))?;
        }
        Ok(Self { subnets, groups, public })
    }
}

impl Network {
    /// The subnet for the next task: in the zone of its instance, else the subnets take turns.
    pub(super) fn subnet(&self, account: &Account, zone: Option<&str>) -> Option<Arc<str>> {
        let Some(zone) = zone else {
            let turn = usize::try_from(account.tasks.created()).unwrap_or(0);
            // Fargate leaves out a zone that has failed, if another is given.
            let works = |id: &&Arc<str>| !is_lost(account, id);
            let working: Vec<&Arc<str>> = self.subnets.iter().filter(works).collect();
            let all = || self.subnets.get(turn % self.subnets.len().max(1));
            return working.get(turn % working.len().max(1)).copied().or_else(all).cloned();
        };
        let in_zone =
            |id: &&Arc<str>| account.subnets.find(id).is_some_and(|one| *one.zone == *zone);
        self.subnets.iter().find(in_zone).cloned()
    }

    /// The zones of the subnets.
    pub(super) fn zones(&self, account: &Account) -> Set<Arc<str>> {
        let found = self.subnets.iter().filter_map(|id| account.subnets.find(id));
        Set::of(found.map(|subnet| Arc::clone(&subnet.zone)))
    }
}

fn is_lost(account: &Account, subnet: &str) -> bool {
    let subnet = account.subnets.find(subnet);
    subnet.is_some_and(|subnet| account.lost_zones.contains(&subnet.zone))
}

/// AWS passes EC2's complaint on.
fn retrieving(what: &str, id: &str, error: &ApiError) -> ApiError {
    ApiError::invalid(format!(
        "Error retrieving {what} information for [{id}]: {} (ErrorCode: {})",
        error.message, error.code
    ))
}

impl TaskEni {
    /// An attachment that waits to be made in `subnet`.
    pub(super) fn wanted(cx: &mut Ctx<'_>, subnet: &Arc<str>) -> Self {
        Self {
            attachment: names::new_uuid(cx.rng),
            subnet: Arc::clone(subnet),
            state: EniState::Precreated,
            id: None,
            private_ip: None,
            mac: None,
        }
    }

    /// The attachment as DescribeTasks shows it.
    pub(super) fn describe(&self) -> Value {
        let status = match self.state {
            EniState::Precreated => "PRECREATED",
            EniState::Attached => "ATTACHED",
            EniState::Deleted => "DELETED",
        };
        let detail = |name: &str, value: &str| {
            Shape::with_room(2).text("name", name).text("value", value).done()
        };
        let mut details = vec![detail("subnetId", &self.subnet)];
        if let (Some(id), Some(ip), Some(mac)) = (&self.id, self.private_ip, &self.mac) {
            details.push(detail("networkInterfaceId", id));
            details.push(detail("macAddress", mac));
            details.push(detail("privateDnsName", &private_dns(ip)));
            details.push(detail("privateIPv4Address", &ip.to_string()));
        }
        Shape::with_room(4)
            .text("id", &self.attachment)
            .text("type", "ElasticNetworkInterface")
            .text("status", status)
            .put("details", details)
            .done()
    }

    /// The interface as each container of the task shows it.
    pub(super) fn of_container(&self) -> Value {
        let ip = self.private_ip.map(|ip| ip.to_string());
        Shape::with_room(2)
            .text("attachmentId", &self.attachment)
            .maybe("privateIpv4Address", ip)
            .done()
    }
}

/// Makes the interface of a task. The error is the reason why the task cannot start (facts: DG/failed-to-start-error).
pub(super) fn attach(cx: &mut Ctx<'_>, id: Id<Task>) -> Result<(), String> {
    let Some(task) = cx.account.tasks.get(id) else { return Ok(()) };
    let request = Arc::clone(&task.request);
    let (Some(wanted), Some(network)) = (&task.eni, &request.network) else { return Ok(()) };
    let (subnet, host) = (Arc::clone(&wanted.subnet), task.instance);
    if task.launch == LaunchType::Fargate && is_lost(cx.account, &subnet) {
        // DG/api_failures_messages.
        return Err(
            "Capacity is unavailable at this time. Please try again later or in a different \
                    availability zone"
                .to_owned(),
        );
    }
    let new = NewEni {
        subnet: Arc::clone(&subnet),
        groups: network.groups.clone(),
        public: network.public,
        owner: EniOwner::Task(Arc::from(task.arn())),
    };
    let made = eni::create(cx, new).map_err(|error| {
        let public = if network.public { "enabled" } else { "disabled" };
        format!(
            "Unexpected EC2 error while attempting to Create Network Interface with public IP \
             assignment {public} in subnet '{subnet}': {}",
            error.code
        )
    })?;
    let host = host.and_then(|id| cx.account.container_instances.get(id));
    if let Some(host) = host.map(|host| Arc::clone(&host.ec2_id)) {
        eni::attach(cx, &made, &host);
    }
    let Some(eni) = cx.account.enis.find(&made).cloned() else { return Ok(()) };
    if let Some(task) = cx.account.tasks.edit(id) {
        task.zone = Some(Arc::clone(&eni.zone));
        if let Some(wanted) = task.eni.as_mut() {
            wanted.state = EniState::Attached;
            wanted.private_ip = Some(eni.private_ip);
            wanted.mac = Some(Arc::clone(&eni.mac));
            wanted.id = Some(made);
        }
    }
    Ok(())
}

/// Takes the interface of a task away.
pub(super) fn detach(cx: &mut Ctx<'_>, id: Id<Task>) {
    let Some(eni) = cx.account.tasks.edit(id).and_then(|task| task.eni.as_mut()) else { return };
    eni.state = EniState::Deleted;
    if let Some(id) = eni.id.clone() {
        eni::delete(cx, &id);
    }
}

/// The interface through which the images of a task are pulled: its own on Fargate, its host's on EC2. A machine
/// elsewhere has none here.
pub fn pulls_through<'a>(account: &'a Account, task: &Task) -> Option<&'a Arc<Eni>> {
    let id = match task.launch {
        LaunchType::Fargate => task.eni.as_ref()?.id.as_ref()?,
        LaunchType::Ec2 | LaunchType::External => {
            let host = account.container_instances.get(task.instance?)?;
            account.instances.find(&host.ec2_id)?.enis.first()?
        }
    };
    account.enis.find(id)
}
