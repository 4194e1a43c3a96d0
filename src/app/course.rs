//! The course as the map shows it: nine berths, and how much is done of each.

use crate::lesson::library;
use crate::lesson::model::Head;
use crate::session::save::{Progress, Save};

/// A berth of the map. The lesson itself may still be being built.
pub struct Berth {
    /// The lesson's id.
    pub id: &'static str,
    /// The lesson in one or two words.
    pub name: &'static str,
    /// What is in it.
    pub about: &'static str,
}

const fn berth(id: &'static str, name: &'static str, about: &'static str) -> Berth {
    Berth { id, name, about }
}

/// The nine lessons in the order of the course.
pub const COURSE: [Berth; 9] = [
    berth("docker", "Containers", "and microservices"),
    berth("ecs", "ECS", "clusters, tasks, services"),
    berth("launch-types", "Launch types", "EC2 and Fargate"),
    berth("iam-roles", "IAM roles", "who may call what"),
    berth("scaling", "Scaling", "tasks, then hosts"),
    berth("alb", "Load balancer", "dynamic ports"),
    berth("eks", "EKS", "Kubernetes, managed"),
    berth("ecr", "ECR", "push, scan, expire"),
    berth("app-runner", "App Runner", "and what replaced it"),
];

impl Berth {
    /// What the library knows of the lesson; none while it is being built.
    pub fn head(&self) -> Option<&'static Head> {
        library::lessons().iter().find(|head| head.id == self.id)
    }
}

/// Steps done of a lesson: solved, or read where there is nothing to solve.
pub fn done(head: &Head, progress: &Progress) -> usize {
    let is_done = |id: &str, goals: bool| {
        progress.solved.contains(id) || (!goals && progress.visited.contains(id))
    };
    head.steps.iter().filter(|step| is_done(&step.id, step.goals)).count()
}

/// Where to go on: the step at work, else the first lesson that is begun and not done.
pub struct Resume {
    /// The lesson.
    pub lesson: &'static Head,
    /// The step's place in it.
    pub step: usize,
}

/// Where the learner left off; none at a first visit.
pub fn resume(save: &Save) -> Option<Resume> {
    let at = |lesson: &str, step: &str| {
        let lesson = library::lessons().iter().find(|head| head.id == lesson)?;
        let step = lesson.steps.iter().position(|known| known.id == step)?;
        Some(Resume { lesson, step })
    };
    let at_work =
        save.session.as_ref().and_then(|run| at(run.lesson.as_ref()?, run.step.as_ref()?));
    at_work.or_else(|| {
        let mut begun = library::lessons().iter().filter_map(|head| {
            let progress = save.progress.get(&head.id)?;
            (done(head, progress) < head.steps.len())
                .then_some(at(&head.id, progress.at.as_ref()?)?)
        });
        begun.next()
    })
}
