//! `RunInstances`: from a request to machines that start.

use std::sync::Arc;

use serde_json::{Value, json};

use super::instance::{Agent, Instance, State};
use super::spec::{LaunchSpec, invalid, over_template};
use super::user_data::AgentConfig;
use super::{Ec2Job, cost, life, template};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::net::eni::{self, EniOwner, NewEni};
use crate::cloud::net::subnet::Subnet;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;

pub(super) fn run_instances(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let (min, max) = counts(params)?;
    let template = template::data(cx.account, params.inner("LaunchTemplate"))?;
    let merged = over_template(&template, params);
    let spec = LaunchSpec::read(cx.account, Params::new(&merged))?;
    let subnet = place(cx.account, &spec, min)?;
    let room = room(cx.account, &spec, &subnet);
    let reservation: Arc<str> = Arc::from(format!("r-{}", cx.rng.hex(17)));
    let mut ids = Vec::new();
    for index in 0..max.min(room) {
        ids.push(launch(cx, &spec, &subnet.id, &reservation, index)?);
    }
    let rows = ids.iter().filter_map(|id| cx.account.instances.find(id));
    let instances: Vec<Value> = rows.map(|row| row.describe(cx.account)).collect();
    Ok(json!({
        "ReservationId": reservation,
        "OwnerId": limits::ACCOUNT,
        "Groups": [],
        "Instances": instances,
    }))
}

/// Starts one instance in a subnet. What can be refused was checked by [`LaunchSpec::read`] and [`place`].
pub fn launch(
    cx: &mut Ctx<'_>,
    spec: &LaunchSpec,
    subnet: &Arc<str>,
    reservation: &Arc<str>,
    index: u32,
) -> Result<Arc<str>, ApiError> {
    let (_, subnet) = eni::subnet_of(cx.account, subnet)?;
    let id: Arc<str> = Arc::from(format!("i-{}", cx.rng.hex(17)));
    let interface = eni::create(
        cx,
        NewEni {
            subnet: Arc::clone(&subnet.id),
            groups: spec.groups.clone(),
            public: spec.public.unwrap_or(subnet.map_public_ip),
            owner: EniOwner::Instance(Arc::clone(&id)),
        },
    )?;
    let user_data = spec.user_data.as_deref().unwrap_or_default();
    cx.account.instances.insert(Instance {
        id: Arc::clone(&id),
        ami: spec.ami,
        kind: spec.kind,
        state: State::Pending,
        life: 1,
        launched: cx.now,
        since: cx.now,
        zone: Arc::clone(&subnet.zone),
        subnet: Arc::clone(&subnet.id),
        vpc: Arc::clone(&subnet.vpc),
        enis: Vec::new(),
        profile: spec.profile.clone(),
        agent_config: AgentConfig::of(user_data),
        user_data: spec.user_data.clone(),
        metadata: spec.metadata,
        agent: Agent::None,
        impaired: false,
        reason: None,
        reservation: Arc::clone(reservation),
        launch_index: index,
        group: None,
        key_name: spec.key_name.clone(),
        spot: spec.spot,
        protection: spec.protection,
        token: spec.token.clone(),
        tags: spec.tags.clone(),
    });
    eni::attach(cx, &interface, &id);
    cost::begins(cx, &id);
    cx.tell(Tone::Change, "instance", &id, "pending");
    life::later(
        cx,
        limits::INSTANCE_START_MS,
        Ec2Job::Started { instance: Arc::clone(&id), life: 1 },
    );
    Ok(id)
}

/// The subnet for a launch of at least `count`, or why there is none.
pub fn place(account: &Account, spec: &LaunchSpec, count: u32) -> Result<Arc<Subnet>, ApiError> {
    let subnet = match &spec.subnet {
        Some(id) => eni::subnet_of(account, id)?.1,
        None => default_subnet(account, spec)?,
    };
    if let Some(zone) = spec.zone.as_ref().filter(|zone| **zone != subnet.zone) {
        return Err(ApiError::new(
            "InvalidParameterValue",
            format!("The availability zone '{zone}' does not match the subnet's."),
        ));
    }
    eni::groups_or_default(account, &subnet.vpc, spec.groups.clone())?;
    if subnet.available() < u64::from(count) {
        return Err(eni::no_address_left(&subnet.id));
    }
    if account.lost_zones.contains(&subnet.zone) {
        return Err(no_capacity(account, spec, &subnet.zone));
    }
    if unused_vcpus(account) < count.saturating_mul(spec.kind.vcpus) {
        return Err(quota_exceeded());
    }
    Ok(subnet)
}

fn counts(params: Params<'_>) -> Result<(u32, u32), ApiError> {
    let read = |name| params.int(name).and_then(|count| u32::try_from(count).ok()).unwrap_or(0);
    let (min, max) = (read("MinCount"), read("MaxCount"));
    if min == 0 {
        return Err(invalid("minCount", "0", "Invalid min count."));
    }
    if max < min {
        let why = "minCount may not exceed maxCount.";
        return Err(invalid("minCount", &min.to_string(), why));
    }
    Ok((min, max))
}

/// The default subnet of the asked zone, else of the first zone that has one and works.
#[inline(never)]
fn default_subnet(account: &Account, spec: &LaunchSpec) -> Result<Arc<Subnet>, ApiError> {
    let vpc = account.vpcs.values().find(|vpc| vpc.is_default).ok_or_else(|| {
        ApiError::new(
            "MissingInput",
            "No subnets found for the default VPC. Please specify a subnet.",
        )
    })?;
    let zone_fits = |zone: &Arc<str>| match &spec.zone {
        Some(wanted) => wanted == zone,
        None => !account.lost_zones.contains(zone),
    };
    let mut subnets = account.subnets.values().filter(|subnet| subnet.vpc == vpc.id);
    let found = subnets.find(|subnet| subnet.default_for_zone && zone_fits(&subnet.zone));
    found.cloned().ok_or_else(|| {
        let zone = spec.zone.as_deref().unwrap_or("");
        let text = format!("No default subnet for availability zone: '{zone}'.");
        ApiError::new("MissingInput", text)
    })
}

#[inline(never)]
fn no_capacity(account: &Account, spec: &LaunchSpec, zone: &str) -> ApiError {
    let others = crate::cloud::net::start::ZONES.into_iter();
    let others: Vec<&str> = others.filter(|zone| !account.lost_zones.contains(*zone)).collect();
    let kind = spec.kind.name;
    ApiError {
        status: 500,
        ..ApiError::new(
            "InsufficientInstanceCapacity",
            format!(
                "We currently do not have sufficient {kind} capacity in the Availability Zone you \
                 requested ({zone}). Our system will be working on provisioning additional \
                 capacity. You can currently get {kind} capacity by not specifying an Availability \
                 Zone in your request or choosing {}.",
                others.join(", ")
            ),
        )
    }
}

/// How many instances of this sort still fit: AWS launches as many as it can from `MinCount` to `MaxCount`.
fn room(account: &Account, spec: &LaunchSpec, subnet: &Subnet) -> u32 {
    let addresses = u32::try_from(subnet.available()).unwrap_or(u32::MAX);
    addresses.min(unused_vcpus(account) / spec.kind.vcpus.max(1))
}

fn unused_vcpus(account: &Account) -> u32 {
    let on = |state| matches!(state, State::Pending | State::Running);
    let up = account.instances.values().filter(|instance| on(instance.state));
    let used: u32 = up.map(|instance| instance.kind.vcpus).sum();
    limits::INSTANCE_VCPUS.saturating_sub(used)
}

#[inline(never)]
fn quota_exceeded() -> ApiError {
    ApiError::new(
        "VcpuLimitExceeded",
        format!(
            "You have requested more vCPU capacity than your current vCPU limit of {} allows for \
             the instance bucket that the specified instance type belongs to. Please visit \
             http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
            limits::INSTANCE_VCPUS
        ),
    )
}
