//! Why a deployment does not finish: what it waits for, and what would let it go on.

use super::{Answer, Link, lasts, link, newest};
use crate::cloud::Cloud;
use crate::cloud::account::Account;
use crate::cloud::ecs::deployment::{Deployment, Rollout};
use crate::cloud::ecs::service::{Service, ServiceStatus};
use crate::cloud::ecs::task::{Bucket, Status, Task};
use crate::cloud::elbv2::target_group::Health;
use crate::cloud::elbv2::target_rows;
use crate::session::view::rows::short;

/// The answer for a service whose newest deployment is not complete.
pub(super) fn answer(cloud: &Cloud, name: &str) -> Option<Answer> {
    let account = cloud.account();
    let alive = |service: &&std::sync::Arc<Service>| {
        *service.name == *name && service.status == ServiceStatus::Active
    };
    let service = account.services.values().rev().find(alive)?;
    let primary = service.primary().filter(|_| !service.steady)?;
    let look = Look { cloud, account, service, primary };
    let (says, instead, chain) = look.reason();
    Some(Answer {
        title: "Why the deployment is not finished",
        says,
        aws: primary.reason.to_string(),
        instead,
        chain: if chain.is_empty() { look.begun() } else { chain },
        ..Answer::default()
    })
}

struct Look<'a> {
    cloud: &'a Cloud,
    account: &'a Account,
    service: &'a Service,
    primary: &'a Deployment,
}

type Reason = (String, Option<String>, Vec<Link>);

impl Look<'_> {
    /// The first of these that holds, the most final first.
    fn reason(&self) -> Reason {
        if self.primary.rollout == Rollout::Failed {
            return self.failed();
        }
        let found = self.throttled().or_else(|| self.no_place()).or_else(|| self.unhealthy());
        let found = found.or_else(|| self.failing()).or_else(|| self.coming());
        let (says, instead, chain) =
            found.or_else(|| self.draining()).unwrap_or_else(|| self.stuck());
        let parts = [self.going_back(), says, self.counted()];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        (parts.join(" "), instead, chain)
    }

    /// The circuit breaker has opened, and an earlier revision comes back.
    fn going_back(&self) -> String {
        let revision = &self.primary.spec.definition.name;
        if self.primary.rollback {
            format!("The circuit breaker has opened and rolls the service back to {revision}.")
        } else {
            String::new()
        }
    }

    /// How near the circuit breaker is to opening.
    fn counted(&self) -> String {
        let (count, rules) = (self.primary.breaker_count, &self.service.rules);
        match (count, rules.breaker) {
            (0, _) => String::new(),
            (_, true) => format!(
                "The circuit breaker counts {count} of the {} failures that open it.",
                rules.threshold.failures(self.service.desired)
            ),
            (_, false) => {
                "The circuit breaker is off, so ECS goes on trying with this revision.".to_owned()
            }
        }
    }

    /// The circuit breaker has opened.
    fn failed(&self) -> Reason {
        let says = format!(
            "The circuit breaker stopped it after {} tasks had failed. Nothing more is started.",
            self.primary.failed
        );
        let instead =
            "It goes on with a new deployment: update the service with a revision that works.";
        (says, Some(instead.to_owned()), self.last_failure())
    }

    /// Its tasks fail to start, and the next attempt waits.
    fn throttled(&self) -> Option<Reason> {
        let wait = self.primary.not_before.since(self.cloud.now());
        (self.primary.failed_in_a_row > 0 && wait > 0).then(|| {
            let says = format!(
                "{}, so the next attempt waits for another {}.",
                in_a_row(self.primary.failed_in_a_row),
                lasts(wait)
            );
            let instead = "It would go on at once if its tasks came to run.";
            (says, Some(instead.to_owned()), self.last_failure())
        })
    }

    /// There is no room for its tasks: the search itself says more.
    fn no_place(&self) -> Option<Reason> {
        let group = format!("service:{}", self.service.name);
        let search = self.account.placements.iter().rev().find(|search| *search.group == *group)?;
        let newer = self.tasks().any(|task| task.times.created > search.at);
        let complaint = newest(self.account, |event| {
            event.kind == "service"
                && event.id == self.service.name
                && event.text.contains("unable to place")
        })?;
        (search.chosen.is_none() && !newer).then(|| {
            (
                "It has no place for the next task. It tries again until there is one.".to_owned(),
                search.instead().map(|instead| instead.says()),
                link::from(self.account, complaint),
            )
        })
    }

    /// A task runs and has not been found healthy: by its target group, or by its container's own check.
    fn unhealthy(&self) -> Option<Reason> {
        let running = || self.newest_tasks().filter(|task| task.status == Status::Running);
        let by_target = running().find_map(|task| Some((task, self.bad_target(task)?)));
        if let Some((task, (group, name, health))) = by_target {
            let says = format!(
                "Task {} runs, and its target in target group {group} is {}. ECS counts the task once the target is \
                 healthy.",
                short(&task.id),
                health.word()
            );
            let told = newest(self.account, |event| event.kind == "target" && *event.id == *name);
            let chain = told.map_or_else(Vec::new, |event| link::from(self.account, event));
            let instead = "It would go on as soon as the target passes a health check.";
            return Some((says, Some(instead.to_owned()), chain));
        }
        let unsure = |task: &&Task| {
            let checked =
                task.definition.containers.iter().any(|it| it.essential && it.health.is_some());
            checked && task.health() != "HEALTHY"
        };
        let task = running().find(unsure)?;
        let says = format!(
            "Task {} runs, and the health check of its container says {}. ECS counts the task once it says HEALTHY.",
            short(&task.id),
            task.health()
        );
        let instead = "It would go on as soon as the command of the health check succeeds.";
        Some((says, Some(instead.to_owned()), self.of_task(task)))
    }

    /// The target group, the name and the health of a task's target that is not healthy yet or no more.
    fn bad_target(&self, task: &Task) -> Option<(&str, String, Health)> {
        task.targets.iter().find_map(|(group, key)| {
            let group = self.account.target_groups.get(*group)?;
            let health = group.targets.get(key)?.health;
            matches!(health, Health::Initial | Health::Unhealthy)
                .then(|| (&*group.name, target_rows::name(group, key), health))
        })
    }

    /// Its tasks come to run and end by themselves, or fail their checks, one after the other.
    fn failing(&self) -> Option<Reason> {
        let failed = self.primary.failed;
        (failed > 0).then(|| {
            let so_far = match failed {
                1 => "1 of its tasks has failed so far: it".to_owned(),
                _ => format!("{failed} of its tasks have failed so far: each"),
            };
            let says = format!(
                "{so_far} ended or failed its health checks before it counted as healthy, and ECS starts another in its place."
            );
            let instead = "It would go on if its tasks kept running and passed their checks.";
            (says, Some(instead.to_owned()), self.last_failure())
        })
    }

    /// Tasks are on their way.
    fn coming(&self) -> Option<Reason> {
        let coming = || self.newest_tasks().filter(|task| task.status.bucket() == Bucket::Pending);
        let (count, task) = (coming().count(), coming().next()?);
        let says = match count {
            1 if self.service.deployments.len() > 1 => format!(
                "A new task is {}. It has to run and count as healthy before an old one may go.",
                task.status.word()
            ),
            1 => format!("A new task is {} and has yet to run.", task.status.word()),
            _ => {
                format!("{count} new tasks are on their way; the first is {}.", task.status.word())
            }
        };
        Some((says, None, self.of_task(task)))
    }

    /// Old tasks leave their target groups, which takes the deregistration delay.
    fn draining(&self) -> Option<Reason> {
        let leaving = self.service.tasks.iter().filter_map(|id| self.account.tasks.get(*id));
        let task = { leaving }.find(|task| task.stop.is_some())?;
        let (group, _) = task.targets.first()?;
        let delay = self.account.target_groups.get(*group)?.deregistration_delay();
        let since = task.times.stopping.unwrap_or(self.cloud.now());
        let says = format!(
            "Task {} is to stop and drains first: its target group gives the requests under way {}, of which {} are left.",
            short(&task.id),
            lasts(delay),
            lasts((since + delay).since(self.cloud.now()))
        );
        let instead = "A shorter deregistration delay would let it go sooner.";
        Some((says, Some(instead.to_owned()), self.of_task(task)))
    }

    /// Nothing is on its way: the bounds leave no room, or the tasks have not run for long enough.
    fn stuck(&self) -> Reason {
        let (floor, ceiling) = self.service.bounds();
        let running = u32::try_from(self.tasks().count()).unwrap_or(u32::MAX);
        let rules = &self.service.rules;
        if self.service.deployments.len() > 1 && running <= floor && running >= ceiling {
            let says = format!(
                "It may neither stop nor start a task: of {running} running, minimumHealthyPercent {} keeps {floor} \
                 and maximumPercent {} allows {ceiling}.",
                rules.least_percent, rules.most_percent
            );
            let instead =
                "It would go on with a lower minimumHealthyPercent or a higher maximumPercent.";
            return (says, Some(instead.to_owned()), Vec::new());
        }
        let says = format!(
            "{running} of {} tasks run; it is steady once they have run for a moment.",
            self.service.desired
        );
        (says, None, Vec::new())
    }

    /// Tasks of the service that are not to stop.
    fn tasks(&self) -> impl Iterator<Item = &Task> {
        self.service.live(self.account).map(|(_, task)| task)
    }

    /// Those of them that belong to the newest deployment.
    fn newest_tasks(&self) -> impl Iterator<Item = &Task> {
        let number = self.primary.number;
        self.tasks().filter(move |task| task.owner.is_some_and(|by| by.deployment == number))
    }

    /// The newest task of it that failed, with the way back.
    fn last_failure(&self) -> Vec<Link> {
        let group = format!("service:{}", self.service.name);
        let failed =
            |task: &&std::sync::Arc<Task>| *task.request.group == *group && task.stop.is_some();
        let task = self.account.tasks.values().rev().find(failed);
        let told = task.and_then(|task| {
            let reason = &task.stop.as_ref()?.reason;
            newest(self.account, |event| {
                event.kind == "task" && event.id == task.id && event.text == *reason
            })
        });
        told.map_or_else(Vec::new, |event| link::from(self.account, event))
    }

    fn of_task(&self, task: &Task) -> Vec<Link> {
        let told = newest(self.account, |event| event.kind == "task" && event.id == task.id);
        told.map_or_else(Vec::new, |event| link::from(self.account, event))
    }

    /// The call that began it.
    fn begun(&self) -> Vec<Link> {
        let calls = ["UpdateService", "CreateService"];
        link::call_about(self.account, &calls, &self.service.name).into_iter().collect()
    }
}

/// `2 of its tasks in a row failed to start`.
fn in_a_row(failures: u32) -> String {
    match failures {
        1 => "Its newest task failed to start".to_owned(),
        _ => format!("{failures} of its tasks in a row failed to start"),
    }
}
