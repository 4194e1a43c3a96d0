//! Task definitions: families of numbered revisions.
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::container_def::{ContainerDef, Protocol};
use super::size;
use super::task_def_rules::{Completed, complete};
use super::{names, page};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::map::Set;
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;
use crate::cloud::sort;
use crate::cloud::story::Tone;
use crate::cloud::table::{Id, Row};
use crate::cloud::time::SimTime;

/// One revision of a task definition.
#[derive(Clone, Debug)]
pub struct TaskDefinition {
    /// `family:revision`.
    pub name: Arc<str>,
    /// The family.
    pub family: Arc<str>,
    /// Counts up from 1 in its family.
    pub revision: u32,
    /// `ACTIVE`; a deregistered one is `INACTIVE` and keeps running where it runs (facts: API-ecs).
    pub active: bool,
    /// When it was deregistered.
    pub deregistered: Option<SimTime>,
    /// How its containers reach the network.
    pub network: NetworkMode,
    /// CPU units of the whole task, where given.
    pub cpu: Option<u32>,
    /// MiB of the whole task, where given.
    pub memory: Option<u32>,
    /// It can run on Fargate.
    pub fargate: bool,
    /// Its containers in the order given.
    pub containers: Vec<ContainerDef>,
    /// Attributes that a container instance must have.
    pub attributes: Vec<Arc<str>>,
    /// `memberOf` expressions that bind every task of it.
    pub constraints: Vec<Arc<str>>,
    /// The operating system that it asks for (`runtimePlatform`), where it does.
    pub os_family: Option<Arc<str>>,
    /// Everything else that DescribeTaskDefinition shows.
    pub members: Arc<Map<String, Value>>,
    /// Tags.
    pub tags: Arc<Value>,
}

/// How the containers of a task reach the network (facts: API-ecs RegisterTaskDefinition.networkMode).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NetworkMode {
    /// Docker's bridge on the host: host ports are mapped. The default on EC2.
    Bridge,
    /// The host's own network.
    Host,
    /// A network interface of the task's own.
    Awsvpc,
    /// No network at all.
    None,
}

/// What a task takes from a container instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// CPU units.
    pub cpu: u32,
    /// MiB.
    pub memory: u32,
    /// Fixed host ports.
    pub ports: Vec<(u16, Protocol)>,
    /// A network interface.
    pub eni: bool,
    /// GPUs.
    pub gpus: u32,
    /// A machine of one's own instead of EC2's.
    pub external: bool,
}

/// A family: the thread through its revisions.
#[derive(Clone, Debug)]
pub struct Family {
    /// The name.
    pub name: Arc<str>,
    /// The newest revision ever registered; numbers are not used again.
    pub newest: u32,
    /// Revisions that are `ACTIVE`.
    pub active: Set<u32>,
}

impl Row for TaskDefinition {
    fn key(&self) -> &str {
        &self.name
    }
}

impl Row for Family {
    fn key(&self) -> &str {
        &self.name
    }
}

impl TaskDefinition {
    /// The ARN.
    pub fn arn(&self) -> String {
        names::arn(&format!("task-definition/{}", self.name))
    }

    /// The revision as DescribeTaskDefinition shows it.
    pub fn describe(&self) -> Value {
        let mut shown = (*self.members).clone();
        shown.insert("status".into(), json!(if self.active { "ACTIVE" } else { "INACTIVE" }));
        if let Some(time) = self.deregistered {
            shown.insert("deregisteredAt".into(), time.seconds());
        }
        Value::Object(shown)
    }

    /// What a task of it takes from an instance: the task's own values if it has any, else the sum of its containers'
    /// (facts: DG/memory-management). Overrides come first.
    pub fn needs(&self, overrides: Params<'_>) -> Needs {
        let of_task =
            |name: &str, read: fn(&str) -> Option<u32>| overrides.str(name).and_then(read);
        let overridden = |def: &ContainerDef, name: &str| {
            let all = overrides.list("containerOverrides").iter().map(Params::new);
            let mut mine = all.filter(|one| one.str("name") == Some(&def.name));
            mine.find_map(|one| super::container_def::number(one, name))
        };
        let cpu = |def: &ContainerDef| overridden(def, "cpu").unwrap_or(def.cpu);
        let memory = |def: &ContainerDef| {
            overridden(def, "memoryReservation")
                .or(def.reservation)
                .or_else(|| overridden(def, "memory"))
                .unwrap_or_else(|| def.reserved_memory())
        };
        let ports = self.containers.iter().flat_map(|def| &def.ports);
        Needs {
            cpu: of_task("cpu", size::cpu_units)
                .or(self.cpu)
                .unwrap_or_else(|| self.containers.iter().map(cpu).sum()),
            memory: of_task("memory", size::mebibytes)
                .or(self.memory)
                .unwrap_or_else(|| self.containers.iter().map(memory).sum()),
            ports: match self.network {
                NetworkMode::Bridge | NetworkMode::Host => ports
                    .filter(|port| port.host != 0)
                    .map(|port| (port.host, port.protocol))
                    .collect(),
                NetworkMode::Awsvpc | NetworkMode::None => Vec::new(),
            },
            eni: self.network == NetworkMode::Awsvpc,
            gpus: self.containers.iter().map(|def| def.gpus).sum(),
            external: false,
        }
    }
}

/// The revision that a request means: `family` (its newest active one), `family:revision` or an ARN.
pub fn find(account: &Account, reference: &str) -> Option<Id<TaskDefinition>> {
    let name = names::short(reference);
    if name.contains(':') {
        return account.task_definitions.id(name);
    }
    let revision = account.families.find(name)?.active.last()?;
    account.task_definitions.id(&format!("{name}:{revision}"))
}

/// The active revision that a request wants to run (sentences: seen in public logs).
pub fn to_run(account: &Account, reference: &str) -> Result<Arc<TaskDefinition>, ApiError> {
    let found = find(account, reference).and_then(|id| account.task_definitions.get(id));
    match found {
        None => Err(ApiError::client("TaskDefinition not found.")),
        Some(definition) if !definition.active => {
            Err(ApiError::client("TaskDefinition is inactive"))
        }
        Some(definition) => Ok(Arc::clone(definition)),
    }
}

pub(super) fn register(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let Completed { mut members, network, cpu, memory, fargate, containers, attributes } =
        complete(params)?;
    let family: Arc<str> = Arc::from(params.required("family"));
    let revision = cx.account.families.find(&family).map_or(0, |family| family.newest) + 1;
    let name: Arc<str> = Arc::from(format!("{family}:{revision}"));
    let by = cx.by.0.to_string();
    members
        .insert("taskDefinitionArn".into(), json!(names::arn(&format!("task-definition/{name}"))));
    members.insert("revision".into(), json!(revision));
    members.insert("registeredAt".into(), cx.now.seconds());
    members.insert("registeredBy".into(), json!(by));
    let constraints = params.list("placementConstraints").iter().map(Params::new);
    let definition = TaskDefinition {
        name: Arc::clone(&name),
        family: Arc::clone(&family),
        revision,
        active: true,
        deregistered: None,
        network,
        cpu,
        memory,
        fargate,
        containers,
        attributes,
        constraints: constraints.filter_map(|one| one.str("expression")).map(Arc::from).collect(),
        os_family: params.inner("runtimePlatform").str("operatingSystemFamily").map(Arc::from),
        members: Arc::new(members),
        tags: Arc::new(params.value("tags").cloned().unwrap_or_else(|| json!([]))),
    };
    let reply = json!({ "taskDefinition": definition.describe(), "tags": *definition.tags });
    cx.account.task_definitions.insert(definition);
    if let Some(id) = cx.account.families.id(&family) {
        edit_family(cx.account, id, |family| {
            family.newest = revision;
            family.active.insert(revision);
        });
    } else {
        let active = Set::of([revision]);
        cx.account.families.insert(Family { name: family, newest: revision, active });
    }
    cx.tell(Tone::Change, "task-definition", &name, "registered");
    Ok(reply)
}

pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = found(cx.account, params)?;
    let definition = cx.account.task_definitions.get(id).ok_or_else(unable)?;
    let with_tags = params.strings("include").any(|include| include == "TAGS");
    let tags = with_tags.then(|| (*definition.tags).clone());
    Ok(Shape::with_room(2).put("taskDefinition", definition.describe()).maybe("tags", tags).done())
}

pub(super) fn deregister(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    if !names::short(params.required("taskDefinition")).contains(':') {
        return Err(ApiError::client("Task definition must have revision."));
    }
    let id = found(cx.account, params)?;
    let now = cx.now;
    let Some(definition) = cx.account.task_definitions.edit(id) else { return Err(unable()) };
    let was_active = definition.active;
    if was_active {
        definition.active = false;
        definition.deregistered = Some(now);
    }
    let (name, revision) = (Arc::clone(&definition.name), definition.revision);
    let reply = json!({ "taskDefinition": definition.describe() });
    if let Some(family) = cx.account.families.id(&definition.family.clone()).filter(|_| was_active)
    {
        edit_family(cx.account, family, |family| {
            family.active.remove(&revision);
        });
        cx.tell(Tone::Change, "task-definition", &name, "deregistered");
    }
    Ok(reply)
}

pub(super) fn list(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let active = params.str("status").unwrap_or("ACTIVE") == "ACTIVE";
    let prefix = params.str("familyPrefix");
    let rows = cx.account.task_definitions.iter().filter(|(_, definition)| {
        // The parameter is called a prefix, but AWS compares the whole family name (facts: API-ecs).
        definition.active == active && prefix.is_none_or(|prefix| *definition.family == *prefix)
    });
    let mut rows: Vec<_> =
        rows.map(|(id, row)| (id, Arc::clone(&row.family), row.revision, row.arn())).collect();
    sort::by(&mut rows, |a, b| (&a.1, a.2).cmp(&(&b.1, b.2)));
    if params.str("sort") == Some("DESC") {
        rows.reverse();
    }
    let numbered = rows.into_iter().zip(1_u32..).map(|((_, _, _, arn), n)| (n, arn));
    page::of(params, "taskDefinitionArns", numbered)
}

pub(super) fn list_families(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    // Unlike for task definitions, the default is both (facts: API-ecs ListTaskDefinitionFamilies.status).
    let status = params.str("status").unwrap_or("ALL");
    let prefix = params.str("familyPrefix").unwrap_or("");
    let mut names: Vec<String> = cx
        .account
        .families
        .values()
        .filter(|family| match status {
            "ACTIVE" => !family.active.is_empty(),
            "INACTIVE" => family.active.is_empty(),
            _ => true,
        })
        .filter(|family| family.name.starts_with(prefix))
        .map(|family| family.name.to_string())
        .collect();
    sort::plain(&mut names);
    page::of(params, "families", (1_u32..).zip(names))
}

fn edit_family(account: &mut Account, id: Id<Family>, change: impl FnOnce(&mut Family)) {
    if let Some(family) = account.families.edit(id) {
        change(family);
    }
}

fn found(account: &Account, params: Params<'_>) -> Result<Id<TaskDefinition>, ApiError> {
    find(account, params.required("taskDefinition")).ok_or_else(unable)
}

fn unable() -> ApiError {
    ApiError::client("Unable to describe task definition.")
}
