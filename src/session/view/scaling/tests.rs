use super::*;
use crate::lesson::library;

/// The account of a step of lesson `scaling` after its solution and so much time.
fn after(step: &str, wait: &str) -> Session {
    let lesson = library::embedded("scaling").unwrap();
    let mut session = Session::step(&lesson, step).unwrap();
    let lines = lesson.step(step).unwrap().task.as_ref().unwrap().solution.clone();
    for line in lines.iter().map(|line| line.line.as_str()).chain([wait]) {
        let line = crate::lesson::solve::fill(line.trim(), session.cloud()).into_owned();
        let printed = session.run(&line);
        assert_eq!(printed.status, 0, "{line}: {}", printed.stderr);
    }
    session
}

fn only(session: &Session, id: &str) -> Scaled {
    scaled(session).into_iter().find(|one| one.id == id).unwrap()
}

/// Source: facts/scaling §4a: 3 of 3 minutes over the target, 15 of 15 under nine tenths of it, then 300 s of cooldown.
#[test]
fn target_tracking_is_seen_counting_datapoints_and_then_acting() {
    let session = after("target-tracking", "wait 2m");
    let shop = only(&session, "service/pier/shop");
    let [policy] = shop.rules.as_slice() else { panic!("one policy: {:?}", shop.rules) };
    assert_eq!((policy.sort, policy.wants), ("Target tracking", Some(7)));
    assert_eq!(policy.why, "4 × 80 ÷ 50, rounded up");
    let labels: Vec<_> =
        policy.alarms.iter().map(|it| (it.label.as_str(), it.cells.len())).collect();
    assert_eq!(labels, [("AlarmHigh", 3), ("AlarmLow", 15)]);
    assert!((1..3).contains(&policy.alarms[0].breaching()), "{:?}", policy.alarms[0]);
    assert_eq!(policy.alarms[0].state, "OK");
    assert!(shop.held.as_ref().unwrap().says.contains("waits for its alarm"));
    assert!(shop.spans.is_empty());

    let session = after("target-tracking", "wait 4m");
    let shop = only(&session, "service/pier/shop");
    assert_eq!(shop.desired, 7);
    let newest = &shop.activities[0];
    assert_eq!(newest.says, "Setting desired count to 7.");
    assert!(newest.cause.starts_with("monitor alarm AlarmHigh in state ALARM"));
    let [span] = shop.spans.as_slice() else { panic!("one cooldown: {:?}", shop.spans) };
    assert_eq!((span.from, span.to.since(span.from)), (newest.at, 300_000));
    let desired = &shop.charts.all.last().unwrap().lines[0].points;
    assert_eq!(desired.last().unwrap().1, 7_000);
}

/// Source: facts/scaling §4b and §4c.
#[test]
fn steps_and_schedules_stand_beside_each_other() {
    let mut session = after("step-scaling", "wait 30s");
    session.run(
        "aws application-autoscaling put-scheduled-action --service-namespace ecs --scalable-dimension \
         ecs:service:DesiredCount --resource-id service/pier/shop --scheduled-action-name noon --schedule \
         'cron(0 12 * * ? *)' --scalable-target-action MinCapacity=6,MaxCapacity=8",
    );
    let shop = only(&session, "service/pier/shop");
    let sorts: Vec<_> = shop.rules.iter().map(|rule| (rule.sort, rule.wants)).collect();
    assert_eq!(sorts[1], ("Scheduled", Some(6)), "{:?}", shop.rules);
    assert!(shop.rules[1].why.starts_with("Next at 12:00 UTC"), "{}", shop.rules[1].why);
    session.run("wait 1m");
    let shop = only(&session, "service/pier/shop");
    assert_eq!((shop.rules[0].sort, shop.rules[0].wants), ("Step scaling", Some(5)));
    assert_eq!(shop.rules[0].why, "90 is 30 beyond the threshold");
}

/// Source: facts/scaling §5: M / N × 100, 200 where none runs, and the worked example 3 ÷ 2.
#[test]
fn instances_needed_and_running_make_the_reservation() {
    let session = after("no-room", "wait 5s");
    let hosts = only(&session, "hosts");
    let needs = hosts.needs.as_ref().unwrap();
    assert_eq!((needs.needed, needs.running, needs.reservation.as_str()), (2, 0, "200"));
    assert!(
        needs.says.contains("200 by definition")
            && needs.says.ends_with("4 tasks wait in PROVISIONING.")
    );
    assert_eq!(hosts.rules[0].wants, Some(2));

    let session = after("reservation", "wait 30s");
    let hosts = only(&session, "hosts");
    let needs = hosts.needs.as_ref().unwrap();
    assert_eq!((needs.needed, needs.running, needs.reservation.as_str()), (3, 2, "150"));
    let session = after("reservation", "wait 12m");
    let hosts = only(&session, "hosts");
    assert_eq!((hosts.desired, hosts.running), (3, 3));
    assert!(
        hosts.activities.iter().any(|one| one.cause.contains("from 2 to 3")),
        "{:?}",
        hosts.activities
    );
    let lines = &hosts.charts.all.last().unwrap().lines;
    let last = |line: usize| lines[line].points.last().unwrap().1;
    assert_eq!((last(0), last(1)), (3_000, 3_000));
    assert!(!hosts.spans.is_empty());
}

#[test]
fn what_holds_a_service_back_is_said() {
    let lesson = library::embedded("scaling").unwrap();
    let shop = only(&Session::step(&lesson, "stuck").unwrap(), "service/pier/shop");
    assert_eq!(shop.activities[0].not_scaled, "AlreadyAtMaxCapacity");
    assert!(shop.held.unwrap().says.contains("maximum"), "said");
    let lines: Vec<_> = shop.loads.iter().map(|line| line.line.as_str()).collect();
    assert_eq!(lines[0], "fault load shop 47 30 pier");
}
