//! The lessons that come with the page: they open, every step can be staged, and the same seed gives the same history.

use drydock::cli;
use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use drydock::lesson::model::WIDGETS;
use drydock::lesson::{library, solve};

#[test]
fn every_lesson_of_the_map_opens_as_it_was_announced() {
    assert!(!library::lessons().is_empty());
    for head in library::lessons() {
        let lesson = library::embedded(&head.id).unwrap();
        assert_eq!(lesson.head(), *head);
        let tasks = lesson.steps.iter().filter_map(|step| step.task.as_ref());
        for widget in tasks.flat_map(|task| &task.widgets) {
            assert!(WIDGETS.contains(&widget.as_str()), "{widget}");
        }
    }
    assert!(library::embedded("no-such-lesson").is_none());
}

/// The page reads what build.rs wrote; nothing is lost on the way.
#[cfg(feature = "author")]
#[test]
fn every_lesson_is_read_as_it_was_compiled() {
    let course = drydock::lesson::source::read(std::path::Path::new("lessons"), &[]).unwrap();
    for located in &course.lessons {
        assert_eq!(*library::embedded(&located.lesson.id).unwrap(), located.lesson);
    }
    assert_eq!(library::glossary(), course.glossary);
}

#[test]
fn every_word_of_the_glossary_can_be_found() {
    let terms = library::glossary();
    assert!(terms.iter().any(|term| term.id == "cluster"));
    assert!(terms.iter().all(|term| library::term(&term.id) == Some(term)));
}

#[test]
fn every_step_can_be_staged_and_the_same_seed_gives_the_same_history() {
    for head in library::lessons() {
        let lesson = library::embedded(&head.id).unwrap();
        for step in 0..=lesson.steps.len() {
            let digest = |seed| solve::stage(&lesson, step, seed).unwrap().digest();
            assert_eq!(digest(lesson.seed), digest(lesson.seed));
            assert_ne!(digest(lesson.seed), digest(lesson.seed + 1));
        }
        assert!(solve::stage(&lesson, lesson.steps.len() + 1, lesson.seed).is_err());
    }
}

#[test]
fn a_line_takes_the_ids_of_the_account_it_runs_in() {
    let cloud = Cloud::new(7, Start::DefaultVpc);
    let filled = |line: &str| solve::fill(line, &cloud).into_owned();
    assert_eq!(filled("--subnets {subnet/1}"), "--subnets subnet-0a1a1a1a1a1a1a1a1");
    assert_eq!(
        filled("{subnet[AvailabilityZone=us-east-1b]/1} '{\"a\": {subnet/last}}'"),
        "subnet-0b1b1b1b1b1b1b1b1 '{\"a\": subnet-0c2c2c2c2c2c2c2c2}'"
    );
    for untouched in
        ["{subnet/0}", "{subnet/99}", "{ship/1}", "{", "{}", "'{\"a\": {\"b\": 1}}'", ""]
    {
        assert_eq!(filled(untouched), untouched);
    }
}

/// Whoever opens a lesson does not wait for what nobody reads.
#[test]
fn a_line_is_performed_as_it_is_run_but_answers_are_not_printed() {
    let (mut run, mut performed) =
        (Cloud::new(1, Start::DefaultVpc), Cloud::new(1, Start::DefaultVpc));
    for line in
        ["aws ecs create-cluster", "aws ecs delete-cluster --cluster x", "wait 1m", "ls", "aws ecs"]
    {
        let loud = cli::run(&mut run, line);
        let quiet = cli::perform(&mut performed, line, &mut |_| {});
        let answered = loud.stdout.starts_with('{');
        assert_eq!(quiet.stdout, if answered { String::new() } else { loud.stdout }, "{line}");
        assert_eq!((quiet.stderr, quiet.status), (loud.stderr, loud.status), "{line}");
        assert_eq!(quiet.changed, loud.changed, "{line}");
    }
    assert_eq!(run.digest(), performed.digest());
    let password = "aws ecr get-login-password | docker login --username AWS --password-stdin \
                    111122223333.dkr.ecr.us-east-1.amazonaws.com";
    let quiet = cli::perform(&mut performed, password, &mut |_| {});
    assert_eq!(quiet.stdout, cli::run(&mut run, password).stdout);
    assert_eq!(quiet.status, 0);
}
