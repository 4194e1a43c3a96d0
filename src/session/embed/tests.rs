//! Addresses and messages of frames, with those that are refused.

use super::*;

fn embed(search: &str) -> Option<Embed> {
    let pairs: Vec<(&str, &str)> =
        search.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let get = |name: &str| {
        pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    };
    Embed::read(get)
}

#[test]
fn the_address_says_what_to_show() {
    let read = embed("embed=1&lesson=alb&step=ports&theme=dark&chrome=none&host=https://a.org");
    let read = read.unwrap();
    assert_eq!(read.place().unwrap().to_string(), "#/l/alb/ports");
    assert_eq!((read.theme, read.chrome), (Theme::Dark, Chrome::None));
    assert!(read.trusts("https://a.org") && !read.trusts("https://b.org"));
    assert_eq!(embed("lesson=alb"), None);
    assert_eq!(embed("embed=0"), None);
}

#[test]
fn what_is_no_origin_is_no_host() {
    for host in ["*", "null", "https://", "https://a.org/path", "javascript:alert(1)", "a.org"] {
        let read = embed(&format!("embed=1&host={host}")).unwrap();
        assert_eq!(read.host, None, "{host}");
        assert!(!read.trusts(host));
    }
}

#[test]
fn without_a_host_nothing_is_told_about_the_learner() {
    let read = embed("embed=1&lesson=ecs").unwrap();
    let ready = ToHost::Ready { version: 1, lesson: None, step: None };
    assert_eq!(read.goes_to(&ready), Some("*"));
    assert_eq!(read.goes_to(&ToHost::Height { px: 3 }), Some("*"));
    let goal = ToHost::Goal { step: "a".into(), goal: "b".into(), met: true };
    assert_eq!(read.goes_to(&goal), None);
    assert_eq!(read.goes_to(&ToHost::State { save: json!({}) }), None);
}

#[test]
fn messages_are_read_field_by_field() {
    let init = r#"{"drydock":1,"type":"init","theme":"dark","locale":"de",
        "save":{"version":1,"progress":{"ecs":{"solved":["a"]}}}}"#;
    let Ok(FromHost::Init { save: Some(save), theme: Some(Theme::Dark) }) = FromHost::read(init)
    else {
        panic!("{:?}", FromHost::read(init));
    };
    assert!(save.progress.get("ecs").unwrap().solved.contains("a"));
    let goto = FromHost::read(r#"{"drydock":1,"type":"goto","lesson":"ecs","step":"service"}"#);
    let place = Place::Lesson { lesson: "ecs".into(), step: Some("service".into()) };
    assert_eq!(goto, Ok(FromHost::Goto(place)));
    assert_eq!(FromHost::read(r#"{"drydock":1,"type":"reset"}"#), Ok(FromHost::Reset));
}

#[test]
fn what_is_not_understood_is_refused_with_a_reason() {
    for (text, why) in [
        ("", "not JSON"),
        ("[]", "not an object"),
        ("{}", "no `drydock: 1`"),
        (r#"{"drydock":2,"type":"reset"}"#, "no `drydock: 1`"),
        (r#"{"drydock":1}"#, "no `type`"),
        (r#"{"drydock":1,"type":"eval"}"#, "no message `eval`"),
        (r#"{"drydock":1,"type":"reset","x":1}"#, "unknown field `x`"),
        (r#"{"drydock":1,"type":"goto"}"#, "`lesson` is missing"),
        (r#"{"drydock":1,"type":"goto","lesson":"../x"}"#, "`lesson` is not an id"),
        (r#"{"drydock":1,"type":"goto","lesson":7}"#, "`lesson` is not an id"),
        (r#"{"drydock":1,"type":"init","save":"x"}"#, "`save` is not a document"),
        (r#"{"drydock":1,"type":"init","save":{}}"#, "no version number"),
        (r#"{"drydock":1,"type":"init","save":{"version":9}}"#, "newer version"),
        (r#"{"drydock":1,"type":"init","theme":"pink"}"#, "no theme `pink`"),
        (r#"{"drydock":1,"type":"init","locale":["de"]}"#, "`locale` is not a text"),
    ] {
        let said = FromHost::read(text).unwrap_err();
        assert!(said.contains(why), "{text}: {said}");
    }
    let long = format!(r#"{{"drydock":1,"type":"reset","x":"{}"}}"#, "y".repeat(MESSAGE_MAX));
    assert!(FromHost::read(&long).unwrap_err().contains("longer than"));
}

#[test]
fn a_lesson_is_complete_when_each_step_is_solved_seen_or_read() {
    let lesson = crate::lesson::library::embedded("ecs").unwrap();
    let mut progress = Progress { attempts: 9, hints: 2, ..Progress::default() };
    let (last, rest) = lesson.steps.split_last().unwrap();
    for step in rest {
        progress.visited.insert(step.id.clone());
        progress.solved.insert(step.id.clone());
    }
    let total = count(lesson.steps.len());
    let so_far = ToHost::of_progress(&lesson, &progress);
    let id = lesson.id.clone();
    assert_eq!(so_far, [ToHost::Progress { lesson: id, done: total - 1, total }]);
    progress.seen.insert(last.id.clone());
    let told = ToHost::of_progress(&lesson, &progress);
    let Some(ToHost::Completed(how)) = told.last() else { panic!("{told:?}") };
    assert_eq!((how.attempts, how.hints, how.shown), (9, 2, 1));
    assert!(how.score < 100 && how.score > 80, "{how:?}");
    let sent = told.last().unwrap().value();
    assert_eq!((&sent["drydock"], &sent["type"]), (&json!(1), &json!("completed")));
}
