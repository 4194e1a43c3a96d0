//! Why a task went where it went, or nowhere: what stood in its way on each instance, and what would have helped.

use std::collections::VecDeque;
use std::sync::Arc;

use super::container_def::Protocol;
use super::instance::ContainerInstance;
use super::task_def::Needs;
use crate::cloud::limits;
use crate::cloud::table::Id;
use crate::cloud::time::SimTime;

/// One search for a place.
#[derive(Clone, Debug)]
pub struct Placement {
    /// When.
    pub at: SimTime,
    /// For a task of which group.
    pub group: Arc<str>,
    /// What the task needs.
    pub needs: Needs,
    /// What was found on every active instance of the cluster.
    pub verdicts: Vec<Verdict>,
    /// The instance it was.
    pub chosen: Option<Id<ContainerInstance>>,
}

/// What was found on one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The instance.
    pub host: Id<ContainerInstance>,
    /// What stands in the way; nothing on an instance that fits.
    pub obstacles: Vec<Obstacle>,
}

/// What keeps a task from an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// Its agent is out of touch.
    Agent,
    /// It lacks an attribute that the task definition needs.
    Attribute(Arc<str>),
    /// Not enough CPU units.
    Cpu {
        /// How many the task needs.
        needed: u32,
        /// How many are left.
        left: u32,
        /// How many there are at all.
        of: u32,
    },
    /// Not enough memory, in MiB.
    Memory {
        /// How much the task needs.
        needed: u32,
        /// How much is left.
        left: u32,
        /// How much there is at all.
        of: u32,
    },
    /// Not enough GPUs: no machine image of this model registers any.
    Gpu {
        /// How many the task needs.
        needed: u32,
    },
    /// A fixed host port is taken.
    Port(u16, Protocol),
    /// It can reserve no more host ports.
    Ports,
    /// No network interface is left.
    Eni {
        /// How many tasks in awsvpc mode fit on the instance.
        slots: u32,
    },
    /// It is in a zone for which the task has no subnet.
    Zone(Arc<str>),
    /// It does not meet an expression.
    MemberOf(Arc<str>),
    /// A task of the same group is there already.
    Distinct,
}

/// What would have let a task be placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instead {
    /// If its host port were 0.
    HostPortZero,
    /// If it asked for at most so many MiB.
    Memory(u32),
    /// If it asked for at most so many CPU units.
    Cpu(u32),
    /// If the agent of this instance were connected.
    AgentOf(Id<ContainerInstance>),
    /// If it did without this constraint.
    Without(Arc<str>),
    /// If an instance had this attribute.
    Attribute(Arc<str>),
    /// If it had a subnet in this zone.
    SubnetIn(Arc<str>),
    /// If there were another instance like these.
    AnotherInstance,
    /// If there were a larger instance than any of these.
    LargerInstance,
}

impl Obstacle {
    /// AWS's word for it in `failures[].reason` (facts: DG/api_failures_messages).
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Agent => "AGENT",
            Self::Attribute(_) => "ATTRIBUTE",
            Self::Cpu { .. } => "RESOURCE:CPU",
            Self::Memory { .. } => "RESOURCE:MEMORY",
            Self::Gpu { .. } => "RESOURCE:GPU",
            Self::Port(..) | Self::Ports => "RESOURCE:PORTS",
            Self::Eni { .. } => "RESOURCE:ENI",
            Self::Zone(_) => "LOCATION",
            Self::MemberOf(_) => "MemberOf placement constraint unsatisfied.",
            Self::Distinct => "DistinctInstance placement constraint unsatisfied.",
        }
    }

    /// The end of a service event about it (facts: DG/service-event-messages-list).
    pub fn event(&self) -> String {
        match self {
            Self::Cpu { .. } => "has insufficient CPU units available".to_owned(),
            Self::Memory { .. } => "has insufficient memory available".to_owned(),
            Self::Port(..) => "is already using a port required by your task".to_owned(),
            Self::Attribute(_) => "is missing an attribute required by your task".to_owned(),
            other => format!("encountered error \"{}\"", other.reason()),
        }
    }

    /// One sentence for the learner.
    pub fn says(&self) -> String {
        match self {
            Self::Agent => "Its agent is not connected.".to_owned(),
            Self::Attribute(name) => format!("It lacks the attribute {name}."),
            Self::Cpu { needed, left, .. } => {
                format!("It has {left} CPU units left; the task needs {needed}.")
            }
            Self::Memory { needed, left, .. } => {
                format!("It has {left} MiB left; the task needs {needed}.")
            }
            Self::Gpu { needed } => format!("It has no GPU; the task needs {needed}."),
            Self::Port(port, protocol) => format!("Port {port}/{} is taken.", protocol.word()),
            Self::Ports => format!("It can reserve {} host ports, no more.", limits::HOST_PORTS),
            Self::Eni { slots } => {
                format!("All {slots} network interfaces for tasks are in use.")
            }
            Self::Zone(zone) => format!("It is in {zone}, where the task has no subnet."),
            Self::MemberOf(expression) => format!("It does not meet `{expression}`."),
            Self::Distinct => "A task of the same group is there already.".to_owned(),
        }
    }

    /// The task would not even fit on an empty instance of this size.
    fn is_for_ever(&self) -> bool {
        matches!(self, Self::Cpu { needed, of, .. } | Self::Memory { needed, of, .. } if needed > of)
    }

    /// What would have to be different for this obstacle to fall.
    fn instead(&self, host: Id<ContainerInstance>) -> Option<Instead> {
        Some(match self {
            Self::Agent => Instead::AgentOf(host),
            Self::Cpu { left, .. } if *left > 0 => Instead::Cpu(*left),
            Self::Memory { left, .. } if *left >= 6 => Instead::Memory(*left),
            Self::Port(..) => Instead::HostPortZero,
            Self::Zone(zone) => Instead::SubnetIn(Arc::clone(zone)),
            Self::MemberOf(expression) => Instead::Without(Arc::clone(expression)),
            Self::Distinct => Instead::Without(Arc::from("distinctInstance")),
            Self::Attribute(name) => Instead::Attribute(Arc::clone(name)),
            Self::Cpu { .. }
            | Self::Memory { .. }
            | Self::Gpu { .. }
            | Self::Ports
            | Self::Eni { .. } => return None,
        })
    }
}

impl Verdict {
    /// AWS's word for the first thing in the way.
    pub fn reason(&self) -> Option<&'static str> {
        self.obstacles.first().map(Obstacle::reason)
    }
}

impl Instead {
    /// One sentence for the learner.
    pub fn says(&self) -> String {
        let condition = match self {
            Self::HostPortZero => "its host port were 0".to_owned(),
            Self::Memory(mib) => format!("it asked for at most {mib} MiB"),
            Self::Cpu(units) => format!("it asked for at most {units} CPU units"),
            Self::AgentOf(_) => "the agent of that instance were connected".to_owned(),
            Self::Without(constraint) => format!("it did without the constraint `{constraint}`"),
            Self::Attribute(name) => format!("a container instance had the attribute {name}"),
            Self::SubnetIn(zone) => format!("it had a subnet in {zone}"),
            Self::AnotherInstance => "there were another container instance".to_owned(),
            Self::LargerInstance => "there were a larger container instance".to_owned(),
        };
        format!("It would be placed if {condition}.")
    }
}

impl Placement {
    /// The instance that came closest: the one with the fewest obstacles, the oldest of these.
    pub fn closest(&self) -> Option<&Verdict> {
        self.verdicts.iter().min_by_key(|verdict| verdict.obstacles.len())
    }

    /// The one change that would have let the task be placed: an instance with obstacles of one sort only shows it. Of
    /// several, the one that gives the task most of what it wants.
    pub fn instead(&self) -> Option<Instead> {
        if self.chosen.is_some() {
            return None;
        }
        let single = self.verdicts.iter().filter_map(|verdict| {
            let first = verdict.obstacles.first()?;
            let same = |other: &Obstacle| other.reason() == first.reason();
            verdict.obstacles.iter().all(same).then(|| first.instead(verdict.host)).flatten()
        });
        let best = single.max_by_key(|instead| match instead {
            Instead::HostPortZero => (5, 0),
            Instead::Memory(mib) => (4, *mib),
            Instead::Cpu(units) => (3, *units),
            Instead::AgentOf(_) => (2, 0),
            Instead::SubnetIn(_) => (1, 0),
            Instead::Without(_)
            | Instead::Attribute(_)
            | Instead::AnotherInstance
            | Instead::LargerInstance => (0, 0),
        });
        let too_big = |verdict: &Verdict| verdict.obstacles.iter().any(Obstacle::is_for_ever);
        let larger = !self.verdicts.is_empty() && self.verdicts.iter().all(too_big);
        let more = if larger { Instead::LargerInstance } else { Instead::AnotherInstance };
        Some(best.unwrap_or(more))
    }
}

/// The newest searches, at most [`limits::PLACEMENTS`].
#[derive(Clone, Debug, Default)]
pub struct Placements(Arc<VecDeque<Arc<Placement>>>);

impl Placements {
    /// Keeps one more.
    pub fn push(&mut self, placement: Arc<Placement>) {
        let kept = Arc::make_mut(&mut self.0);
        if kept.len() >= limits::PLACEMENTS {
            kept.pop_front();
        }
        kept.push_back(placement);
    }

    /// Oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Placement>> {
        self.0.iter()
    }
}
