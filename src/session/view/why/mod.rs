//! Why something is as it is: a sentence, the way back to its cause, and what would have been otherwise. All of it is
//! read from the simulator's own record. One file a question.

mod denied;
mod link;
mod placed;
mod rollout;
mod scaling;
mod stopped;
mod target;

use super::rows::{Read, Row, tail};
use crate::cloud::Cloud;
use crate::cloud::account::Account;
use crate::cloud::story::{Event, Tone};
use crate::cloud::time::SimTime;
pub use denied::{denied, denied_inside};
pub use link::{Link, at_moment};

/// The newest moments of a thing that are told.
const MOMENTS_MOST: usize = 40;

/// What is known of a thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Why {
    /// The questions that it raises, answered; the most pressing first.
    pub answers: Vec<Answer>,
    /// What happened to it, newest first.
    pub moments: Vec<Moment>,
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The question, as a heading.
    pub title: &'static str,
    /// The answer in a sentence.
    pub says: String,
    /// AWS's own words for it.
    pub aws: String,
    /// What was looked at, one by one, with whether it passed.
    pub looks: Vec<(bool, String)>,
    /// What would have been otherwise, and how.
    pub instead: Option<String>,
    /// The way back to the cause, nearest first.
    pub chain: Vec<Link>,
    /// Nothing is wrong.
    pub is_calm: bool,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When, and what it was.
    pub link: Link,
    /// Failure, success or neither.
    pub tone: Tone,
    /// What led to it, nearest first, back to a call or a fault.
    pub because: Vec<Link>,
}

/// What an account knows of a thing.
pub fn why(cloud: &Cloud, kind: &str, row: &Row) -> Why {
    let account = cloud.account();
    let about = |event: &&Event| event.kind == kind && tail(&event.id) == tail(&row.id);
    let moments = account.story.iter().rev().filter(about).take(MOMENTS_MOST);
    Why {
        answers: answers(cloud, kind, row),
        moments: moments
            .map(|event| Moment {
                link: Link { text: event.text.to_string(), ..Link::event(event) },
                tone: event.tone,
                because: link::chain(account, event.cause),
            })
            .collect(),
    }
}

/// Whether a thing raises a question, so that "why?" is what a learner asks first.
pub fn asks_why(cloud: &Cloud, kind: &str, row: &Row) -> bool {
    match kind {
        "task" => {
            row.json.text("lastStatus") == "STOPPED"
                || placed::waiting(cloud.account(), &row.id).is_some()
        }
        // That it is not scaled at this moment is the ordinary state of a service.
        "service" => answers(cloud, kind, row).iter().any(|answer| !answer.is_calm),
        _ => !answers(cloud, kind, row).is_empty(),
    }
}

/// Why a scalable target or a capacity provider is not scaled although something asks for it.
pub fn not_scaled(cloud: &Cloud, kind: &str, name: &str) -> Option<Answer> {
    if kind == "scalable-target" {
        scaling::answer(cloud, name)
    } else {
        scaling::of_provider(cloud, name)
    }
}

fn answers(cloud: &Cloud, kind: &str, row: &Row) -> Vec<Answer> {
    let account = cloud.account();
    let found = match kind {
        "task" => vec![
            stopped::answer(account, row),
            placed::waiting(account, &row.id),
            denied::of_task(account, &row.id),
        ],
        "capacity-provider" => vec![scaling::of_provider(cloud, &row.id)],
        "target" => vec![target::answer(cloud, &row.id)],
        "service" => vec![
            placed::answer(account, kind, row),
            rollout::answer(cloud, &row.id),
            scaling::answer(cloud, &row.id),
        ],
        "scalable-target" => vec![scaling::answer(cloud, tail(&row.id))],
        "task-definition" => vec![placed::answer(account, kind, row)],
        "role" => vec![denied::of_role(account, &row.id)],
        _ => Vec::new(),
    };
    found.into_iter().flatten().collect()
}

/// A time as a learner says it: `45 s`, `5 min`.
fn lasts(millis: u64) -> String {
    match millis / 1_000 {
        seconds if seconds < 120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}

/// The newest event of this sort.
fn newest(account: &Account, wanted: impl Fn(&Event) -> bool) -> Option<&Event> {
    account.story.iter().rev().find(|event| wanted(event))
}

/// It happened at this moment or before.
fn not_after(event: &Event, at: SimTime) -> bool {
    event.at <= at
}
