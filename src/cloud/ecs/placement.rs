//! Where a task goes: filters first, then strategies, with a verdict for every container instance
//! (facts: DG/task-placement-strategies). What was decided is kept for whoever asks why.
use std::sync::Arc;

use serde_json::Value;

use super::cluster::Cluster;
use super::container_def::Protocol;
use super::instance::{Attributes, ContainerInstance, HostStatus, OWN_PORTS};
use super::query::Query;
use super::task_def::{Needs, TaskDefinition};
use super::verdict::{Obstacle, Placement, Verdict};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::map::{Map, Set};
use crate::cloud::params::Params;
use crate::cloud::rng::Stream;
use crate::cloud::table::Id;

/// The attribute of machines that are not EC2's (facts: DG/ecs-anywhere).
const EXTERNAL: &str = "ecs.capability.external";
/// The attribute with an instance's operating system.
const OS_FAMILY: &str = "ecs.os-family";

/// What a task wants of its place.
#[derive(Clone, Debug, Default)]
pub(super) struct Wishes {
    /// Binding: `memberOf` expressions with their text, of the request and the task definition.
    members: Vec<(Arc<str>, Query)>,
    /// Binding: no two tasks of a group on one instance.
    distinct: bool,
    /// Best effort, one after the other.
    strategies: Vec<Strategy>,
}

/// How to choose among the instances that fit.
#[derive(Clone, Debug)]
enum Strategy {
    Random,
    BinpackCpu,
    BinpackMemory,
    /// Over instances.
    SpreadHosts,
    /// Over the values of an attribute.
    Spread(Arc<str>),
}

impl Wishes {
    /// Reads and checks `placementConstraints` and `placementStrategy` (bounds: facts/ecs §5).
    pub(super) fn read(params: Params<'_>, definition: &TaskDefinition) -> Result<Self, ApiError> {
        let (constraints, strategies) =
            (params.list("placementConstraints"), params.list("placementStrategy"));
        if constraints.len() + definition.constraints.len() > limits::PLACEMENT_CONSTRAINTS
            || strategies.len() > limits::PLACEMENT_STRATEGIES
        {
            return Err(ApiError::invalid("Too many placement constraints or strategies."));
        }
        if constraints.is_empty() && definition.constraints.is_empty() && strategies.is_empty() {
            return Ok(Self::default());
        }
        Self::of(constraints, definition, strategies)
    }

    #[inline(never)]
    fn of(
        constraints: &[Value],
        definition: &TaskDefinition,
        strategies: &[Value],
    ) -> Result<Self, ApiError> {
        let mut wishes = Self::default();
        for constraint in constraints.iter().map(Params::new) {
            match constraint.required("type") {
                "distinctInstance" => wishes.distinct = true,
                "memberOf" => wishes.add_member(constraint.required("expression"))?,
                other => {
                    let text = format!("Invalid placement constraint type: {other}");
                    return Err(ApiError::invalid(text));
                }
            }
        }
        for expression in &definition.constraints {
            wishes.add_member(expression)?;
        }
        for strategy in strategies.iter().map(Params::new) {
            wishes.strategies.push(Strategy::read(strategy)?);
        }
        Ok(wishes)
    }

    /// Whether no two tasks of a group may share an instance.
    pub(super) fn are_distinct(&self) -> bool {
        self.distinct
    }

    /// Whether there are any.
    pub(super) fn are_any(&self) -> bool {
        self.distinct || !self.members.is_empty() || !self.strategies.is_empty()
    }

    /// The first strategy spreads over zones, or there is none: what rebalancing asks for.
    pub(super) fn spread_over_zones_first(&self) -> bool {
        match self.strategies.first() {
            None => true,
            Some(Strategy::Spread(name)) => **name == *super::hosts::ZONE,
            Some(_) => false,
        }
    }

    /// What services get that ask for nothing: spread over zones, then over instances (facts/ecs §5).
    pub(super) fn or_spread(mut self) -> Self {
        if self.strategies.is_empty() {
            self.strategies =
                vec![Strategy::Spread(Arc::from(super::hosts::ZONE)), Strategy::SpreadHosts];
        }
        self
    }

    #[inline(never)]
    fn add_member(&mut self, expression: &str) -> Result<(), ApiError> {
        let query = Query::parse(expression).map_err(|why| {
            ApiError::invalid(format!("Invalid expression: {expression} ({why})"))
        })?;
        self.members.push((Arc::from(expression), query));
        Ok(())
    }
}

impl Strategy {
    #[inline(never)]
    fn read(strategy: Params<'_>) -> Result<Self, ApiError> {
        let field = strategy.str("field").unwrap_or("");
        Ok(match (strategy.required("type"), field) {
            ("random", _) => Self::Random,
            ("binpack", field) if field.eq_ignore_ascii_case("cpu") => Self::BinpackCpu,
            ("binpack", field) if field.eq_ignore_ascii_case("memory") => Self::BinpackMemory,
            ("spread", "instanceId" | "host") => Self::SpreadHosts,
            ("spread", field) if field.starts_with("attribute:") => {
                Self::Spread(Arc::from(field.trim_start_matches("attribute:")))
            }
            (kind, field) => {
                let text = format!("Invalid placement strategy: type {kind}, field {field}");
                return Err(ApiError::invalid(text));
            }
        })
    }
}

/// A task that looks for a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seeker<'a> {
    pub(super) cluster: Id<Cluster>,
    pub(super) definition: &'a TaskDefinition,
    pub(super) needs: &'a Needs,
    pub(super) group: &'a Arc<str>,
    pub(super) wishes: &'a Wishes,
    /// Zones in which it may go; none where any will do.
    pub(super) zones: &'a Set<Arc<str>>,
    /// The capacity provider whose instances it may take; none where any will do.
    pub(super) provider: Option<&'a str>,
}

/// Finds the instance for a task. A search that failed is kept in the account, one that found a place in its task.
pub(super) fn place(cx: &mut Ctx<'_>, seeker: Seeker<'_>) -> Arc<Placement> {
    let hosts = &cx.account.container_instances;
    let mut kinds = Kinds::new(|attributes| Kind::of(attributes, seeker));
    let mut verdicts = Vec::with_capacity(hosts.len());
    for (id, host) in hosts.iter() {
        let asked = seeker.provider.is_none_or(|of| host.provider.as_deref() == Some(of));
        if host.cluster == seeker.cluster && host.status == HostStatus::Active && asked {
            let obstacles = kinds.of(host).map(|kind| obstacles(host, seeker, kind));
            let obstacles = obstacles.unwrap_or_default();
            verdicts.push(Verdict { host: id, obstacles });
        }
    }
    let fit = verdicts.iter().filter(|verdict| verdict.obstacles.is_empty()).map(|one| one.host);
    let mut candidates: Vec<Id<ContainerInstance>> = fit.collect();
    for strategy in &seeker.wishes.strategies {
        if candidates.len() < 2 {
            break;
        }
        narrow(cx, strategy, seeker.group, &mut candidates);
    }
    let placement = Arc::new(Placement {
        at: cx.now,
        group: Arc::clone(seeker.group),
        needs: seeker.needs.clone(),
        verdicts,
        chosen: candidates.first().copied(),
    });
    if placement.chosen.is_none() {
        cx.account.placements.push(Arc::clone(&placement));
    }
    placement
}

/// As [`place`], for one instance only: what daemons ask.
#[inline(never)]
pub(super) fn place_on(
    cx: &mut Ctx<'_>,
    seeker: Seeker<'_>,
    id: Id<ContainerInstance>,
) -> Arc<Placement> {
    let host = cx.account.container_instances.get(id);
    let verdicts: Vec<Verdict> = host.map(|host| judge(id, host, seeker)).into_iter().collect();
    let fits = verdicts.iter().all(|verdict| verdict.obstacles.is_empty());
    Arc::new(Placement {
        at: cx.now,
        group: Arc::clone(seeker.group),
        needs: seeker.needs.clone(),
        verdicts,
        chosen: fits.then_some(id),
    })
}

/// Something about each set of attributes. Instances of a kind share theirs, so of hundreds few have to be read.
struct Kinds<'a, T, F> {
    known: Vec<(&'a Arc<Attributes>, T)>,
    read: F,
}

impl<'a, T, F: Fn(&'a Attributes) -> T> Kinds<'a, T, F> {
    fn new(read: F) -> Self {
        Self { known: Vec::new(), read }
    }

    fn of(&mut self, host: &'a ContainerInstance) -> Option<&T> {
        // Instances with attributes of their own are not sought among too many.
        let newest = self.known.iter().rev().take(8);
        let place = newest.rev().position(|(known, _)| Arc::ptr_eq(known, &host.attributes));
        let first = self.known.len().saturating_sub(8);
        let place = place.map_or(self.known.len(), |place| first + place);
        if place == self.known.len() {
            self.known.push((&host.attributes, (self.read)(&host.attributes)));
        }
        self.known.get(place).map(|(_, what)| what)
    }
}

/// What a search wants to know of attributes.
struct Kind<'a> {
    missing: Vec<&'a Arc<str>>,
    zone: Option<&'a Arc<str>>,
}

impl<'a> Kind<'a> {
    fn of(attributes: &'a Attributes, seeker: Seeker<'a>) -> Self {
        let wanted = seeker.definition.attributes.iter();
        let missing = wanted.filter(|name| !attributes.contains_key(*name)).collect();
        Self { missing, zone: attributes.get(super::hosts::ZONE).and_then(Option::as_ref) }
    }
}

/// What is found on one instance.
pub(super) fn judge(
    id: Id<ContainerInstance>,
    host: &ContainerInstance,
    seeker: Seeker<'_>,
) -> Verdict {
    let kind = Kind::of(&host.attributes, seeker);
    Verdict { host: id, obstacles: obstacles(host, seeker, &kind) }
}

/// Everything that keeps a task from an instance, in the order in which ECS looks.
fn obstacles(host: &ContainerInstance, seeker: Seeker<'_>, kind: &Kind<'_>) -> Vec<Obstacle> {
    let (needs, left) = (seeker.needs, host.remaining());
    let mut obstacles = Vec::new();
    if !host.connected {
        obstacles.push(Obstacle::Agent);
    }
    obstacles.extend(kind.missing.iter().map(|name| Obstacle::Attribute(Arc::clone(name))));
    if needs.external && !host.attributes.contains_key(EXTERNAL) {
        obstacles.push(Obstacle::Attribute(Arc::from(EXTERNAL)));
    }
    // A task that names its platform goes nowhere else (API-ecs RuntimePlatform).
    let own = || host.attributes.get(OS_FAMILY).and_then(Option::as_deref);
    if seeker.definition.os_family.as_deref().is_some_and(|wanted| Some(wanted) != own()) {
        obstacles.push(Obstacle::Attribute(Arc::from(OS_FAMILY)));
    }
    if needs.cpu > left.cpu {
        obstacles.push(Obstacle::Cpu {
            needed: needs.cpu,
            left: left.cpu,
            of: host.registered.cpu,
        });
    }
    if needs.gpus > 0 {
        obstacles.push(Obstacle::Gpu { needed: needs.gpus });
    }
    if needs.memory > left.memory {
        obstacles.push(Obstacle::Memory {
            needed: needs.memory,
            left: left.memory,
            of: host.registered.memory,
        });
    }
    let taken = needs.ports.iter().filter(|port| !host.port_is_free(**port));
    obstacles.extend(taken.map(|(port, protocol)| port_taken(*port, *protocol)));
    let reserved = OWN_PORTS.len() + host.ports.len() + needs.ports.len();
    if !needs.ports.is_empty() && reserved > limits::HOST_PORTS {
        obstacles.push(Obstacle::Ports);
    }
    if needs.eni && host.enis >= host.eni_slots {
        obstacles.push(Obstacle::Eni { slots: host.eni_slots });
    }
    if let Some(zone) =
        kind.zone.filter(|zone| !seeker.zones.is_empty() && !seeker.zones.contains(*zone))
    {
        obstacles.push(Obstacle::Zone(Arc::clone(zone)));
    }
    let unmet = seeker.wishes.members.iter().filter(|(_, query)| !query.accepts(host));
    obstacles.extend(unmet.map(|(text, _)| Obstacle::MemberOf(Arc::clone(text))));
    if seeker.wishes.distinct && host.groups.contains_key(seeker.group) {
        obstacles.push(Obstacle::Distinct);
    }
    obstacles
}

fn port_taken(port: u16, protocol: Protocol) -> Obstacle {
    Obstacle::Port(port, protocol)
}

/// Keeps the instances that a strategy likes best.
#[inline(never)]
fn narrow(
    cx: &mut Ctx<'_>,
    strategy: &Strategy,
    group: &Arc<str>,
    candidates: &mut Vec<Id<ContainerInstance>>,
) {
    let hosts = &cx.account.container_instances;
    let of_group = |host: &ContainerInstance| host.groups.get(group).copied().unwrap_or(0);
    let least = |rank: &dyn Fn(&ContainerInstance) -> u32| {
        let ranked: Vec<u32> = candidates
            .iter()
            .map(|id| hosts.get(*id).map_or(u32::MAX, |host| rank(host)))
            .collect();
        let best = ranked.iter().min().copied().unwrap_or(0);
        let kept = candidates.iter().zip(&ranked).filter(|(_, rank)| **rank == best);
        kept.map(|(id, _)| *id).collect::<Vec<_>>()
    };
    *candidates = match strategy {
        Strategy::Random => {
            let most = u64::try_from(candidates.len()).unwrap_or(1).saturating_sub(1);
            let drawn = cx.rng.between(Stream::Placement, 0, most);
            let drawn = usize::try_from(drawn).unwrap_or(0);
            candidates.get(drawn).copied().into_iter().collect()
        }
        Strategy::BinpackCpu => least(&|host| host.remaining().cpu),
        Strategy::BinpackMemory => least(&|host| host.remaining().memory),
        Strategy::SpreadHosts => least(&of_group),
        Strategy::Spread(name) => emptiest(cx.account, candidates, name, group),
    };
}

/// The candidates with those values of an attribute that have the fewest tasks of a group, on all instances of the
/// cluster.
fn emptiest(
    account: &Account,
    candidates: &[Id<ContainerInstance>],
    attribute: &str,
    group: &Arc<str>,
) -> Vec<Id<ContainerInstance>> {
    let hosts = &account.container_instances;
    let first = candidates.first().and_then(|id| hosts.get(*id));
    let Some(cluster) = first.map(|host| host.cluster) else { return Vec::new() };
    let mut values = Kinds::new(|attributes| attributes.get(attribute).and_then(Option::as_deref));
    let mut tasks: Map<Option<&str>, u32> = Map::new();
    for host in hosts.values().filter(|host| host.cluster == cluster) {
        let value = values.of(host).copied().flatten();
        tasks.add(value, host.groups.get(group).copied().unwrap_or(0));
    }
    let mut rank = |id: &Id<ContainerInstance>| {
        let value = hosts.get(*id).and_then(|host| values.of(host).copied().flatten());
        tasks.get(&value).copied().unwrap_or(0)
    };
    let least = candidates.iter().map(&mut rank).min().unwrap_or(0);
    candidates.iter().copied().filter(|id| rank(id) == least).collect()
}
