//! What can be tapped, and that every line of every lesson can be.

use serde_json::json;

use super::*;
use crate::cli;
use crate::cloud::Cloud;
use crate::cloud::account::Start;
use crate::lesson::{library, solve};
use crate::session::view::picture::Names;
use crate::session::view::rows::Rows;

fn cloud() -> Cloud {
    let mut cloud = Cloud::new(1, Start::DefaultVpc);
    cli::run(&mut cloud, "aws ecs create-cluster --cluster-name dock");
    cloud
}

fn page(builder: &Builder, cloud: &Cloud, hints: &Hints) -> Page {
    let (rows, names) = (Rows::of(cloud.account()), Names::of(cloud.account()));
    builder.page(&Stock { cloud, rows: &rows, names: &names, hints })
}

fn labels(page: &Page, title: &str) -> Vec<String> {
    let groups = page.groups.iter().filter(|group| group.title == title);
    groups.flat_map(|group| group.chips.iter().map(|chip| chip.label.clone())).collect()
}

#[test]
fn every_line_of_every_lesson_can_be_tapped() {
    let mut lines = 0;
    for head in library::lessons() {
        let lesson = library::embedded(&head.id).unwrap();
        for (number, step) in lesson.steps.iter().enumerate() {
            let Some(task) = &step.task else { continue };
            let hints = Hints::of(&lesson, step);
            let mut cloud = solve::stage(&lesson, number, lesson.seed).unwrap();
            for line in &task.solution {
                let filled = solve::fill(&line.line, &cloud).into_owned();
                let made = taps_for(&filled, &cloud, &hints);
                assert!(made.is_ok(), "{}/{}: {filled}: {made:?}", lesson.id, step.id);
                solve::run_line(&mut cloud, &line.line, &mut |_| {});
                lines += 1;
            }
        }
    }
    assert!(lines > 0);
}

#[test]
fn a_cluster_is_made_in_three_taps() {
    let cloud = cloud();
    let hints = Hints::default();
    let mut builder = Builder::default();
    assert!(labels(&page(&builder, &cloud, &hints), "Services").contains(&"ecs".to_owned()));
    builder.tap(&Tap::Service("ecs"));
    builder.tap(&Tap::Operation("ecs", "create-cluster".to_owned()));
    builder.tap(&Tap::Open(Key::from("clusterName")));
    assert!(page(&builder, &cloud, &hints).text);
    builder.tap(&Tap::Set(json!("quay")));
    assert_eq!(builder.line(), "aws ecs create-cluster --cluster-name quay");
    assert!(builder.is_complete());
    builder.tap(&Tap::Remove(Key::from("clusterName")));
    assert_eq!(builder.line(), "aws ecs create-cluster");
}

#[test]
fn values_come_from_the_account() {
    let (cloud, hints) = (cloud(), Hints::default());
    let mut builder = Builder::default();
    builder.tap(&Tap::Operation("ecs", "run-task".to_owned()));
    assert!(!builder.is_complete(), "a task definition is needed");
    assert_eq!(labels(&page(&builder, &cloud, &hints), "Needed"), ["--task-definition"]);
    builder.tap(&Tap::Open(Key::from("cluster")));
    assert_eq!(labels(&page(&builder, &cloud, &hints), "Values"), ["dock"]);
    builder.tap(&Tap::Set(json!("dock")));
    builder.tap(&Tap::Open(Key::from("launchType")));
    assert!(labels(&page(&builder, &cloud, &hints), "Values").contains(&"FARGATE".to_owned()));
    builder.tap(&Tap::Up);
    builder.tap(&Tap::Open(Key::from("count")));
    assert_eq!(page(&builder, &cloud, &hints).number, Some(0));
    builder.tap(&Tap::Step(1));
    builder.tap(&Tap::Step(1));
    builder.tap(&Tap::Step(-1));
    builder.tap(&Tap::Digit(7));
    assert_eq!(page(&builder, &cloud, &hints).number, Some(17));
    builder.tap(&Tap::Erase);
    assert_eq!(page(&builder, &cloud, &hints).number, Some(1));
    builder.tap(&Tap::Up);
    builder.tap(&Tap::Open(Key::from("networkConfiguration")));
    assert_eq!(labels(&page(&builder, &cloud, &hints), "Ready made").len(), 3);
}

#[test]
fn lines_that_no_taps_make_are_found_out() {
    let (cloud, hints) = (cloud(), Hints::default());
    let can = |line: &str| taps_for(line, &cloud, &hints).map(|_| ());
    assert_eq!(can("aws ecs describe-clusters --clusters dock --output table"), Ok(()));
    assert_eq!(can("wait 90s"), Ok(()));
    let error = can("aws ecs describe-clusters --clusters quay").unwrap_err();
    assert!(error.contains("quay"), "{error}");
    assert!(can("aws ecs run-task --task-definition web --count -4").is_err());
    assert!(can("aws ecs no-such-verb").is_err());
    assert!(can("wait 47s").is_err());
}

#[test]
fn what_the_step_talks_about_comes_first() {
    let cloud = cloud();
    let mut hints = Hints::default();
    hints.learn("aws ecs run-task --cluster dock --task-definition web --count 2", true);
    hints.learn("wait 47s", true);
    let mut builder = Builder::default();
    assert_eq!(labels(&page(&builder, &cloud, &hints), "In this step"), ["run-task", "wait"]);
    builder.tap(&Tap::Operation("ecs", "run-task".to_owned()));
    let flags = page(&builder, &cloud, &hints);
    assert_eq!(labels(&flags, "In this step"), ["--cluster", "--count"]);
    let marks = taps_for("wait 47s", &cloud, &hints).unwrap();
    assert_eq!(marks.iter().map(Tap::mark).collect::<Vec<_>>(), ["word wait", "word 47s"]);
}

#[test]
fn a_challenge_gives_no_verb_away() {
    let cloud = cloud();
    for head in library::lessons() {
        let lesson = library::embedded(&head.id).unwrap();
        for step in &lesson.steps {
            let Some(task) = step.task.as_ref().filter(|task| !task.solution.is_empty()) else {
                continue;
            };
            let page = page(&Builder::default(), &cloud, &Hints::of(&lesson, step));
            let own = labels(&page, "In this step");
            assert_eq!(own.is_empty(), task.challenge, "{}/{}: {own:?}", lesson.id, step.id);
        }
    }
}
