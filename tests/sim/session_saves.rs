//! Every document that was ever shipped opens: one of each version stands in `tests/sim/saves`.

use std::fs;

use drydock::session::save::{Save, Theme, VERSION};

fn kept(version: u64) -> String {
    fs::read_to_string(format!("tests/sim/saves/v{version}.json"))
        .expect("a document of the version")
}

#[test]
fn a_document_of_every_version_opens_with_all_that_was_done() {
    for version in 1..=VERSION {
        let save = Save::open(&kept(version)).expect("an old document opens");
        let ecs = save.progress.get("ecs").unwrap();
        assert!(ecs.solved.contains("empty-cluster") && ecs.seen.contains("first-task"));
        assert!(
            ecs.visited.contains("first-task")
                && save.progress.get("alb").unwrap().visited.contains("ports")
        );
        let answer = ecs.answers.get("first-task/interfaces").unwrap();
        assert_eq!((answer.option, answer.right, answer.confidence), (1, false, Some(2)));
        assert_eq!((ecs.at.as_deref(), ecs.hints, ecs.attempts), (Some("first-task"), 3, 5));
        assert_eq!((save.settings.theme, save.settings.no_letter_keys), (Theme::Dark, true));
    }
}

/// What this build writes is what the newest fixture has, so that the next version finds a true one here.
#[test]
fn the_newest_document_is_written_as_it_was_read() {
    let text = kept(VERSION);
    assert_eq!(Save::open(&text).expect("it opens").text(), text.trim_end());
}
