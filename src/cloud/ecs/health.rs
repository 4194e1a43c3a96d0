//! Container health checks (facts: API-ecs HealthCheck).
//!
//! A check is planned only as long as its outcome can change by itself; a fault or a recovery plans the next one.
//! So a healthy container costs nothing, and an account with healthy containers is settled.

use super::container::Health;
use super::container_def::HealthCheck;
use super::container_life::{ContainerStep, Which, begin_ready};
use super::service_tasks;
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::input::Behaviour;
use crate::cloud::story::Tone;

/// Plans the first check of a container that has just started, or the next one after something changed in it.
pub(super) fn begin(cx: &mut Ctx<'_>, which: Which) {
    let now = cx.now;
    let Some(check) = check_of(cx.account, which) else { return };
    let Some(container) = which.edit(cx.account) else { return };
    let Some(started) = container.started else { return };
    container.checking = true;
    let interval = check.interval.max(1);
    let to_next = interval - now.since(started) % interval;
    which.after(cx, to_next, ContainerStep::Checked);
}

/// One check was made.
#[inline(never)]
pub(super) fn checked(cx: &mut Ctx<'_>, which: Which) {
    let now = cx.now;
    let Some(check) = check_of(cx.account, which) else { return };
    let Some(container) = which.get(cx.account) else { return };
    let Some(started) = container.started else { return };
    let passes = passes(&check, container, now);
    let serves_later = container.nature.serves.is_some_and(|(_, ready)| started + ready > now);
    let was = container.health;
    let Some(container) = which.edit(cx.account) else { return };
    if passes {
        container.failed_checks = 0;
        container.health = Health::Healthy;
    } else if now.since(started) >= check.start_period {
        container.failed_checks = container.failed_checks.saturating_add(1);
        if container.failed_checks >= check.retries {
            container.health = Health::Unhealthy;
        }
    }
    let health = container.health;
    let more = if passes { false } else { health != Health::Unhealthy || serves_later };
    container.checking = more;
    if more {
        which.after(cx, check.interval, ContainerStep::Checked);
    }
    if health != was {
        changed(cx, which, health);
    }
}

fn changed(cx: &mut Ctx<'_>, which: Which, health: Health) {
    let Some(task) = cx.account.tasks.edit(which.task) else { return };
    task.version += 1;
    let id = std::sync::Arc::clone(&task.id);
    let tone = if health == Health::Unhealthy { Tone::Failure } else { Tone::Success };
    cx.tell(tone, "task", &id, health.word());
    begin_ready(cx, which.task);
    service_tasks::health_changed(cx, which.task);
}

fn check_of(account: &Account, which: Which) -> Option<HealthCheck> {
    let task = account.tasks.get(which.task)?;
    task.definition.containers.get(usize::from(which.index))?.health.clone()
}

/// A command that asks a port of this machine passes if something answers there; `exit 1` and `false` fail; anything
/// else passes unless the application was made unhealthy.
fn passes(
    check: &HealthCheck,
    container: &super::container::Container,
    now: crate::cloud::time::SimTime,
) -> bool {
    if matches!(container.behaviour, Some(Behaviour::Unhealthy)) {
        return false;
    }
    let command = check.command.trim();
    match asked_port(command) {
        Some(port) => container.serves(port, now),
        None => {
            !(command == "false" || command.strip_prefix("exit ").is_some_and(|code| code != "0"))
        }
    }
}

/// The port in `http://localhost:8080/`, 80 where none is written.
fn asked_port(command: &str) -> Option<u16> {
    let after = ["localhost", "127.0.0.1"]
        .iter()
        .find_map(|host| command.split_once(host).map(|(_, rest)| rest))?;
    match after.strip_prefix([':', ' ']) {
        Some(rest) => {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok().or(Some(80))
        }
        None => Some(80),
    }
}
