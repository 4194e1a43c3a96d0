//! What a service says: AWS's event texts, the newest hundred (facts: DG/service-event-messages-list).

use std::sync::Arc;

use super::names;
use super::service::{Service, ServiceEvent};
use super::task::Task;
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::limits;
use crate::cloud::story::Tone;
use crate::cloud::table::Id;

/// Says something, with the service's name before it.
pub(super) fn say(cx: &mut Ctx<'_>, service: Id<Service>, text: &str) {
    let Some(name) = cx.account.services.get(service).map(|service| Arc::clone(&service.name))
    else {
        return;
    };
    say_whole(cx, service, format!("(service {name}) {text}"));
}

/// Says something as it is.
pub(super) fn say_whole(cx: &mut Ctx<'_>, service: Id<Service>, message: String) {
    let (id, now) = (names::new_uuid(cx.rng), cx.now);
    let Some(row) = cx.account.services.edit(service) else { return };
    let name = Arc::clone(&row.name);
    if row.events.len() >= limits::SERVICE_EVENTS {
        row.events.pop_back();
    }
    row.events.push_front(ServiceEvent { id, at: now, message: Arc::from(message.as_str()) });
    let failure = ["unable", "unhealthy", "failed"].iter().any(|word| message.contains(word));
    let success = message.contains("steady state") || message.contains("completed");
    let tone = match (failure, success) {
        (true, _) => Tone::Failure,
        (_, true) => Tone::Success,
        _ => Tone::Change,
    };
    cx.tell(tone, "service", &name, message);
}

/// Complains. The same complaint is not made again until something changed or six hours have passed (facts:
/// DG23/service-event-messages.md).
pub(super) fn complain(cx: &mut Ctx<'_>, service: Id<Service>, text: &str) {
    let now = cx.now;
    let Some(row) = cx.account.services.edit(service) else { return };
    let again = row
        .complaint
        .as_ref()
        .is_some_and(|(last, at)| **last == *text && now.since(*at) < limits::COMPLAINT_REPEATS_MS);
    if again {
        return;
    }
    row.complaint = Some((Arc::from(text), now));
    say(cx, service, text);
}

/// `(task 0123…) (task 4567…)`.
pub(super) fn task_list(account: &Account, tasks: &[Id<Task>]) -> String {
    let named = tasks.iter().filter_map(|id| account.tasks.get(*id));
    let named: Vec<String> = named.map(|task| format!("(task {})", task.id)).collect();
    named.join(" ")
}
