//! What differs between two branches of a timeline, in a table: the same questions asked of both accounts.

use super::cost::dollars;
use super::fields::status;
use super::placed::refused;
use super::rows::{Read, Row, Rows, tail};
use crate::cloud::Cloud;
use crate::cloud::account::Account;
use crate::cloud::map::{Map, Set};
use crate::cloud::sort;
use crate::cloud::time::SimTime;

/// Where a branch has nothing to say.
const NOTHING: &str = "–";

/// One question with the answers of both branches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What is asked.
    pub what: String,
    /// The first branch's answer.
    pub first: String,
    /// The second's.
    pub second: String,
}

impl Difference {
    /// The answers are not the same.
    pub fn differs(&self) -> bool {
        self.first != self.second
    }
}

/// Everything that can be said of either branch; what differs comes first. Moments count from `start`.
pub fn differences(first: &Cloud, second: &Cloud, start: SimTime) -> Vec<Difference> {
    let (first, second) = (summary(first, start), summary(second, start));
    let questions = Set::of(first.keys().chain(second.keys()));
    let answer = |of: &Map<String, String>, what: &String| {
        of.get(what).map_or_else(|| NOTHING.to_owned(), String::clone)
    };
    let mut all: Vec<Difference> = questions
        .into_iter()
        .map(|what| Difference {
            what: what.clone(),
            first: answer(&first, what),
            second: answer(&second, what),
        })
        .collect();
    sort::by_key(&mut all, |row| !row.differs());
    all
}

/// An account in questions and answers.
fn summary(cloud: &Cloud, start: SimTime) -> Map<String, String> {
    let account = cloud.account();
    let rows = Rows::of(account);
    let mut counts: Map<String, u32> = Map::new();
    let mut count = |what: String| counts.add(what, 1);
    for row in rows.get("task") {
        let definition = tail(row.json.text("taskDefinitionArn"));
        count(format!("Tasks of {definition} {}", status("task", &row.json)));
    }
    for row in rows.get("instance") {
        count(format!("Instances {}", status("instance", &row.json)));
    }
    for row in rows.get("target") {
        count(format!("Targets {}", status("target", &row.json)));
    }
    for row in rows.get("alarm") {
        count(format!("Alarms {}", row.json.text("StateValue")));
    }
    let mut all = Map::of(counts.into_iter().map(|(what, count)| (what, count.to_string())));
    for row in rows.get("service") {
        let name = row.json.text("serviceName");
        let number = |member| row.json.number(member).unwrap_or(0);
        let said = format!("{} of {}", number("runningCount"), number("desiredCount"));
        all.insert(format!("Service {name} runs"), said);
        if let Some(steady) = steady(account, name, start) {
            all.insert(format!("Service {name} steady at"), steady);
        }
    }
    for group in refused(account, SimTime(0)) {
        all.insert(format!("Not placed: {}", group.name), group.because);
    }
    let ports = ports(rows.get("task"));
    if !ports.is_empty() {
        all.insert("Host ports in use".to_owned(), ports);
    }
    let refusals = account.trail.iter().filter(|record| record.reply.is_err()).count();
    all.insert("Calls refused".to_owned(), refusals.to_string());
    all.insert("Cost an hour".to_owned(), dollars(account.bill.rate_of_all()));
    all.insert("Cost so far".to_owned(), dollars(account.bill.total_of_all(cloud.now())));
    all
}

/// When a service last came to a steady state.
fn steady(account: &Account, name: &str, start: SimTime) -> Option<String> {
    let mut events = account.story.iter().rev();
    let event = events.find(|event| {
        event.kind == "service" && *event.id == *name && event.text.contains("steady state")
    })?;
    Some(super::fields::hands(event.at, start))
}

/// The host ports of all tasks, in order.
fn ports(tasks: &[Row]) -> String {
    let containers = tasks.iter().flat_map(|task| task.json.list("containers"));
    let bindings = containers.flat_map(|container| container.list("networkBindings"));
    let ports = Set::of(bindings.filter_map(|binding| binding.number("hostPort")));
    ports.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}
