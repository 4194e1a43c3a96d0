//! What came of a look at a target, for whoever asks why: kept with its reason, also where nothing was done.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::cloud::limits;
use crate::cloud::time::SimTime;

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// When it was first made.
    pub at: SimTime,
    /// When it was last made: the same one in a row is one entry.
    pub last: SimTime,
    /// What asked for it.
    pub cause: Arc<str>,
    /// What came of it.
    pub why: Why,
}

/// What came of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The number was set.
    Scaled(u32),
    /// The service behind the target refused.
    Refused,
    /// There are as many as may be.
    AtMax(u32),
    /// There are as few as may be.
    AtMin(u32),
    /// As many are wanted as there are.
    AtDesired(u32),
    /// One fewer would set off the other alarm.
    Flapping,
    /// A cooldown goes on until then.
    Cooldown(SimTime),
    /// New instances warm up until then.
    Warmup(SimTime),
    /// The alarm's metric has no datapoint.
    NoData,
    /// A deployment goes on: no tasks are taken away.
    Deploying,
    /// Another policy does not want fewer.
    NotAll,
    /// Scaling is suspended.
    Suspended,
    /// No step is for this value.
    NoStep,
}

impl Why {
    /// For the learner.
    pub fn sentence(self) -> String {
        match self {
            Self::Scaled(to) => format!("The desired number was set to {to}."),
            Self::Refused => "The change was refused.".to_owned(),
            Self::AtMax(n) => format!("{n} is the maximum, and there are as many."),
            Self::AtMin(n) => format!("{n} is the minimum, and there are no more."),
            Self::AtDesired(n) => format!("{n} are wanted already."),
            Self::Flapping => "With one fewer the metric would be over the target.".to_owned(),
            Self::Cooldown(until) => format!("A cooldown goes on until {}.", until.iso()),
            Self::Warmup(until) => format!("New instances warm up until {}.", until.iso()),
            Self::NoData => "The metric has too few datapoints.".to_owned(),
            Self::Deploying => "A deployment goes on: no tasks are taken away.".to_owned(),
            Self::NotAll => "Another policy does not want fewer.".to_owned(),
            Self::Suspended => "Scaling in this direction is suspended.".to_owned(),
            Self::NoStep => "No step of the policy is for this value.".to_owned(),
        }
    }

    /// AWS's reason, where it has one (API-aas NotScaledReason).
    pub(super) fn code(self) -> Option<Value> {
        match self {
            Self::AtMax(n) => Some(json!({ "Code": "AlreadyAtMaxCapacity", "MaxCapacity": n })),
            Self::AtMin(n) => Some(json!({ "Code": "AlreadyAtMinCapacity", "MinCapacity": n })),
            Self::AtDesired(n) => {
                Some(json!({ "Code": "AlreadyAtDesiredCapacity", "CurrentCapacity": n }))
            }
            Self::Flapping => Some(json!({ "Code": "AutoScalingAnticipatedFlapping" })),
            _ => None,
        }
    }
}

/// Keeps a decision of this moment. False if it is the newest one again: then only that one's time moves on.
pub fn keep(kept: &mut VecDeque<Decision>, now: SimTime, cause: &str, why: Why) -> bool {
    let newest = kept.back_mut().filter(|newest| *newest.cause == *cause && newest.why == why);
    if let Some(newest) = newest {
        newest.last = now;
        return false;
    }
    if kept.len() >= limits::SCALING_DECISIONS {
        kept.pop_front();
    }
    kept.push_back(Decision { at: now, last: now, cause: Arc::from(cause), why });
    true
}
