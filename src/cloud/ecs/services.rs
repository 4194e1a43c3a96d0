//! The calls about services: create, update, delete, describe, list.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::cluster::{self, Cluster};
use super::deployment::{Rules, Spec};
use super::service::{self, Balancer, Service, ServiceStatus};
use super::service_request::{DEPLOYS, read_balancers, read_rules, read_spec};
use super::task::LaunchType;
use super::{deploy, names, page, scheduler};
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::map::Set;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;
use crate::cloud::table::Id;
use crate::cloud::time::SECOND;
use crate::cloud::watch;

pub(super) fn create(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let cluster = names::active_cluster(cx.account, params)?;
    let name = params.required("serviceName");
    if !names::is_valid_name(name) {
        return Err(ApiError::invalid(
            "Service names may only contain letters, numbers, underscores, and hyphens.",
        ));
    }
    let row = cx.account.clusters.get(cluster).cloned().ok_or_else(cluster::not_found)?;
    let arn: Arc<str> = Arc::from(service::arn(&row.name, name));
    let before = cx.account.services.id(&arn);
    match before.and_then(|id| cx.account.services.get(id)).map(|service| service.status) {
        Some(ServiceStatus::Active) => {
            return Err(ApiError::invalid("Creation of service was not idempotent."));
        }
        Some(ServiceStatus::Draining) => {
            return Err(ApiError::invalid("Unable to Start a service that is still Draining."));
        }
        Some(ServiceStatus::Inactive) | None => {}
    }
    check_controller(params)?;
    let daemon = params.str("schedulingStrategy") == Some("DAEMON");
    let members = params.members().cloned().map_or(Value::Null, Value::Object);
    let spec = Arc::new(read_spec(cx, cluster, name, members.clone())?);
    let desired = desired_count(params, daemon, spec.launch)?;
    let rules = read_rules(params, None)?;
    let balancers = read_balancers(cx.account, params, &spec)?;
    let grace = grace(params)?.unwrap_or(0);
    check_rules(params, &rules, daemon)?;
    let rebalances = match params.str("availabilityZoneRebalancing") {
        Some(word) => word == "ENABLED",
        // On by default where nothing speaks against it (facts: DG/service-rebalancing).
        None => !daemon && rules.most_percent != 100 && spec.wishes.spread_over_zones_first(),
    };
    if let Some(gone) = before {
        cx.account.services.remove(gone);
    }
    let id = cx.account.services.insert(Service {
        arn,
        name: Arc::from(name),
        cluster,
        cluster_name: Arc::clone(&row.name),
        status: ServiceStatus::Active,
        desired: desired.unwrap_or(0),
        daemon,
        rules,
        grace,
        rebalances,
        deployments: Vec::new(),
        numbers: 0,
        last_good: None,
        balancers,
        events: VecDeque::new(),
        tasks: Set::new(),
        rebalancing: None,
        steady: false,
        complaint: None,
        wake: None,
        retry: None,
        created: cx.now,
        created_by: Arc::clone(&cx.by.0),
        given: Arc::new(members),
    });
    if let Some(cluster) = cx.account.clusters.edit(cluster) {
        cluster.services += 1;
    }
    cx.tell(Tone::Change, "service", &Arc::from(name), "created");
    watch::wake(cx);
    deploy::begin(cx, id, spec);
    scheduler::wake(cx, id, limits::SCHEDULER_REACTS_MS);
    Ok(json!({ "service": shown(cx, id) }))
}

pub(super) fn update(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let cluster = names::active_cluster(cx.account, params)?;
    let id = find(cx, cluster, params.required("service"))?;
    let service = cx.account.services.get(id).cloned().ok_or_else(not_found)?;
    if service.status != ServiceStatus::Active {
        return Err(ApiError::new("ServiceNotActiveException", "Service was not ACTIVE."));
    }
    check_controller(params)?;
    let launch = service.primary().map_or(LaunchType::Ec2, |primary| primary.spec.launch);
    let desired = desired_count_given(params, service.daemon, launch)?;
    let rules = read_rules(params, Some(&service.rules))?;
    let grace = grace(params)?;
    let deploys = params.bool("forceNewDeployment").unwrap_or(false)
        || DEPLOYS.iter().any(|member| params.value(member).is_some());
    let new = if deploys { Some(new_spec(cx, cluster, &service, params)?) } else { None };
    let (spec, balancers) = new.unzip();
    check_rules(params, &rules, service.daemon)?;
    let Some(row) = cx.account.services.edit(id) else { return Err(not_found()) };
    row.rules = rules;
    row.grace = grace.unwrap_or(row.grace);
    row.desired = desired.unwrap_or(row.desired);
    row.rebalances = match params.str("availabilityZoneRebalancing") {
        Some(word) => word == "ENABLED",
        None => row.rebalances,
    };
    row.balancers = balancers.unwrap_or_else(|| row.balancers.clone());
    let desired = row.desired;
    if let Some(primary) = row.deployments.first_mut() {
        primary.desired = desired;
    }
    keep(row, params);
    let name = Arc::clone(&row.name);
    cx.tell(Tone::Change, "service", &name, "updated");
    if let Some(spec) = spec {
        deploy::begin(cx, id, spec);
    }
    scheduler::wake(cx, id, limits::SCHEDULER_REACTS_MS);
    Ok(json!({ "service": shown(cx, id) }))
}

/// What a new deployment starts, and the target groups of its tasks.
#[inline(never)]
fn new_spec(
    cx: &Ctx<'_>,
    cluster: Id<Cluster>,
    service: &Service,
    params: Params<'_>,
) -> Result<(Arc<Spec>, Vec<Balancer>), ApiError> {
    let spec = Arc::new(read_spec(cx, cluster, &service.name, merged(service, params))?);
    let members = Params::new(&spec.members);
    let given = if params.value("loadBalancers").is_some() { params } else { members };
    let balancers = read_balancers(cx.account, given, &spec)?;
    Ok((spec, balancers))
}

/// Members that the service only keeps.
fn keep(row: &mut Service, params: Params<'_>) {
    let mut given = row.given.as_object().cloned().unwrap_or_default();
    for name in ["propagateTags", "enableECSManagedTags", "serviceRegistries"] {
        if let Some(value) = params.value(name) {
            given.insert(name.to_owned(), value.clone());
        }
    }
    row.given = Arc::new(Value::Object(given));
}

/// The request of the newest deployment with an update over it.
fn merged(service: &Service, params: Params<'_>) -> Value {
    let before = service.primary().map(|primary| Arc::clone(&primary.spec.members));
    let mut members: Map<String, Value> =
        before.as_ref().and_then(|before| before.as_object()).cloned().unwrap_or_default();
    if params.value("capacityProviderStrategy").is_some() {
        members.remove("launchType");
    }
    for (name, value) in params.members().into_iter().flatten() {
        if !value.is_null()
            && !matches!(name.as_str(), "service" | "cluster" | "forceNewDeployment")
        {
            members.insert(name.clone(), value.clone());
        }
    }
    Value::Object(members)
}

pub(super) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let cluster = names::active_cluster(cx.account, params)?;
    let id = find(cx, cluster, params.required("service"))?;
    let service = cx.account.services.get(id).cloned().ok_or_else(not_found)?;
    let force = params.bool("force").unwrap_or(false);
    if service.status == ServiceStatus::Inactive {
        return Err(not_found());
    }
    if service.desired > 0 && !force && !service.daemon {
        return Err(ApiError::invalid("The service cannot be stopped while it is scaled above 0."));
    }
    if let Some(service) = cx.account.services.edit(id) {
        service.status = ServiceStatus::Draining;
        service.desired = 0;
        for deployment in &mut service.deployments {
            deployment.desired = 0;
        }
    }
    cx.tell(Tone::Change, "service", &service.name, "DRAINING");
    scheduler::wake(cx, id, limits::SCHEDULER_REACTS_MS);
    Ok(json!({ "service": shown(cx, id) }))
}

pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let cluster = names::active_cluster(cx.account, params)?;
    let asked = params.list("services").len();
    if !(1..=limits::SERVICES_DESCRIBED).contains(&asked) {
        return Err(ApiError::invalid("Services cannot be empty and can have at most 10 items."));
    }
    let with_tags = params.strings("include").any(|include| include == "TAGS");
    let (mut services, mut failures) = (Vec::new(), Vec::new());
    for reference in params.strings("services") {
        let found = find(cx, cluster, reference).ok();
        if let Some(service) = found.and_then(|id| cx.account.services.get(id)) {
            services.push(service.shape(cx.account, with_tags));
        } else {
            failures.push(names::missing(cx.account, cluster, "service", reference));
        }
    }
    Ok(json!({ "services": services, "failures": failures }))
}

pub(super) fn list(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let cluster = names::active_cluster(cx.account, params)?;
    let launch = params.str("launchType");
    let strategy = params.str("schedulingStrategy");
    let rows = cx.account.services.iter().filter(|(_, service)| {
        let of = service.primary().map(|primary| primary.spec.launch.word());
        let scheduling = if service.daemon { "DAEMON" } else { "REPLICA" };
        service.cluster == cluster
            && service.status != ServiceStatus::Inactive
            && launch.is_none_or(|launch| of == Some(launch))
            && strategy.is_none_or(|strategy| strategy == scheduling)
    });
    let rows = rows.map(|(id, service)| (id.number(), service.arn.to_string()));
    // Facts: API-ecs ListServices.maxResults: 10 where nothing is said.
    page::of_size(params, "serviceArns", 10, rows)
}

/// A deleted service is no longer shown, unless it was made anew.
#[inline(never)]
pub(super) fn forget(cx: &mut Ctx<'_>, id: Id<Service>) {
    cx.account.services.remove(id);
}

/// The service that a request names.
pub(super) fn find(
    cx: &Ctx<'_>,
    cluster: Id<Cluster>,
    reference: &str,
) -> Result<Id<Service>, ApiError> {
    let name = cx.account.clusters.get(cluster).map_or("", |cluster| &cluster.name);
    let arn = service::arn(name, names::short(reference));
    cx.account.services.id(&arn).ok_or_else(not_found)
}

/// AWS's answer for a service that does not exist (facts/ecs §3: MOTO).
pub(super) fn not_found() -> ApiError {
    ApiError::new("ServiceNotFoundException", "Service not found.")
}

fn shown(cx: &Ctx<'_>, id: Id<Service>) -> Option<Value> {
    cx.account.services.get(id).map(|service| service.describe(cx.account))
}

fn grace(params: Params<'_>) -> Result<Option<u64>, ApiError> {
    match params.int("healthCheckGracePeriodSeconds") {
        None => Ok(None),
        Some(seconds) => u64::try_from(seconds)
            .map(|seconds| Some(seconds * SECOND))
            .map_err(|_| ApiError::invalid("healthCheckGracePeriodSeconds must not be negative.")),
    }
}

fn check_controller(params: Params<'_>) -> Result<(), ApiError> {
    match params.inner("deploymentController").str("type") {
        None | Some("ECS") => Ok(()),
        Some(other) => Err(ApiError::new(
            "UnsupportedFeatureException",
            format!("The deployment controller {other} is not part of this model of AWS."),
        )),
    }
}

/// A daemon's most is 100 percent (facts/ecs §4); rebalancing starts a task before it stops another one (facts:
/// DG/service-rebalancing).
fn check_rules(params: Params<'_>, rules: &Rules, daemon: bool) -> Result<(), ApiError> {
    let rebalancing = params.str("availabilityZoneRebalancing") == Some("ENABLED");
    if daemon && rules.most_percent != 100 {
        return Err(ApiError::invalid(
            "The daemon scheduling strategy does not support a maximumPercent other than 100.",
        ));
    }
    if rebalancing && (daemon || rules.most_percent == 100) {
        return Err(ApiError::invalid(
            "Availability Zone rebalancing does not support the daemon scheduling strategy or a \
             maximumPercent of 100.",
        ));
    }
    Ok(())
}

/// The number of tasks of a new service.
fn desired_count(
    params: Params<'_>,
    daemon: bool,
    launch: LaunchType,
) -> Result<Option<u32>, ApiError> {
    let given = desired_count_given(params, daemon, launch)?;
    if given.is_none() && !daemon {
        return Err(ApiError::invalid("Desired count cannot be blank."));
    }
    Ok(given)
}

fn desired_count_given(
    params: Params<'_>,
    daemon: bool,
    launch: LaunchType,
) -> Result<Option<u32>, ApiError> {
    if daemon && launch == LaunchType::Fargate {
        return Err(ApiError::invalid(
            "The DAEMON scheduling strategy is not supported for the FARGATE launch type.",
        ));
    }
    let Some(count) = params.int("desiredCount") else { return Ok(None) };
    if daemon {
        return Err(ApiError::invalid(
            "The daemon scheduling strategy does not support a desired count for services. Remove \
             the desired count value and try again.",
        ));
    }
    u32::try_from(count)
        .ok()
        .filter(|count| *count <= limits::TASKS_PER_SERVICE)
        .map(Some)
        .ok_or_else(|| ApiError::invalid("Desired count must be between 0 and 5000."))
}
