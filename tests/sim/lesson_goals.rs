//! Goals on a living account: however time is cut, they are met and broken at the same moments.

use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use drydock::cloud::input::{Call, Input, Principal};
use drydock::cloud::time::SECOND;
use drydock::lesson::condition::{Since, evaluate};
use drydock::lesson::goal::GoalWatch;
use drydock::lesson::model::{Condition, Count, Field, Goal, Html, Test};
use serde_json::json;

use crate::iam_access::{put, with_role};
use crate::iam_roles::policy;
use crate::lab::Lab;

fn instances(state: &str) -> Condition {
    let test = Test::Is(state.into());
    Condition::Rows {
        kind: "instance".into(),
        fields: vec![Field { path: "State.Name".into(), test }],
        distinct: None,
        count: Count { at_least: Some(1), at_most: None },
    }
}

fn goal(id: &str, when: Condition, hold: Option<u64>) -> Goal {
    Goal { id: id.into(), say: Html::default(), when, hold, ghost: None }
}

/// An account in which an instance has just been asked for.
fn launched() -> Cloud {
    let mut cloud = Cloud::new(7, Start::DefaultVpc);
    launch(&mut cloud);
    cloud
}

fn launch(cloud: &mut Cloud) {
    let input = json!({
        "ImageId": "ami-0ec52023000000001", "InstanceType": "t3.small", "MinCount": 1, "MaxCount": 1,
    });
    let call = Call::new("ec2", "RunInstances", input);
    let by = Principal::administrator();
    cloud.apply(&Input::Call { by, call }).into_reply().unwrap();
}

#[test]
fn goals_are_met_at_the_same_moment_however_time_is_cut() {
    let goals = [
        goal("pending", instances("pending"), None),
        goal("running", instances("running"), None),
        goal("stays", instances("running"), Some(45 * SECOND)),
    ];
    let watched = |step: u64| {
        let mut cloud = launched();
        let mut watch = GoalWatch::begin(&goals, &cloud);
        let end = cloud.now() + 300 * SECOND;
        while cloud.now() < end {
            let before = cloud.clone();
            let to = (cloud.now() + step).min(end);
            cloud.apply(&Input::Advance { to });
            watch.follow(&goals, before, &cloud);
        }
        watch
    };
    let whole = watched(300 * SECOND);
    assert!(whole.all_met());
    for step in [1_000, 7_777, 61_000] {
        assert_eq!(watched(step).standings(), whole.standings(), "in pieces of {step} ms");
    }
    let met: Vec<_> = whole.standings().iter().map(|standing| standing.met_at.unwrap()).collect();
    assert_eq!(met[2].since(met[1]), 45 * SECOND);
}

#[test]
fn conditions_on_calls_count_from_the_beginning_of_the_step() {
    let mut cloud = launched();
    let launches = Condition::Calls {
        service: "ec2".into(),
        operation: "RunInstances".into(),
        result: Some("ok".into()),
        fields: vec![Field { path: "input.InstanceType".into(), test: Test::Starts("t3".into()) }],
        count: Count { at_least: Some(1), at_most: Some(1) },
    };
    assert!(evaluate(&launches, &cloud, Since::default()).done);
    let step = Since::now(&cloud);
    assert!(!evaluate(&launches, &cloud, step).done);
    launch(&mut cloud);
    assert!(evaluate(&launches, &cloud, step).done);
    let both = evaluate(&launches, &cloud, Since::default());
    assert_eq!((both.done, both.got, both.want), (false, 2, 1));
}

// facts: iam §6.7: objects are not their bucket. Least privilege is both: what is needed, and nothing else.
#[test]
fn a_role_may_what_it_needs_and_nothing_else() {
    let document = policy("Allow", "s3:GetObject", "arn:aws:s3:::harbor-ledger/*");
    let mut lab = with_role(&[document]);
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let may = |lab: &Lab, all: &[&str], only: Option<&[&str]>| {
        let (all, only) = (texts(all), only.map(texts));
        let condition = Condition::May { role: "app".into(), all, only };
        let progress = evaluate(&condition, &lab.cloud, Since::now(&lab.cloud));
        (progress.done, progress.got, progress.want)
    };
    let object = "s3:GetObject arn:aws:s3:::harbor-ledger/2025.csv";
    let bucket = "s3:ListBucket arn:aws:s3:::harbor-ledger";
    assert_eq!(may(&lab, &[object], None), (true, 1, 1));
    assert_eq!(may(&lab, &[object, bucket], None), (false, 1, 2));
    assert_eq!(may(&lab, &[object], Some(&["s3:GetObject *"])), (true, 1, 1));
    put(&mut lab, "more", &policy("Allow", "s3:ListBucket", "arn:aws:s3:::harbor-ledger"));
    assert_eq!(may(&lab, &[object, bucket], Some(&["s3:GetObject *"])), (false, 2, 2));
}
