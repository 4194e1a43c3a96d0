use super::*;
use crate::cli;
use crate::cli::played::play as run;
use crate::cloud::account::Start;

const LEDGER: &str = "arn:aws:iam::111122223333:role/ledger-reader";
const LIST: &str = "inside loader aws s3api list-objects-v2 --bucket harbor-cargo";
const ITEM: &str =
    r#"inside loader aws dynamodb get-item --table-name orders --key '{"id":{"S":"1001"}}'"#;
const CLOSE: &str = "Close the metadata service to containers";

fn policy(action: &str, bucket: &str) -> String {
    format!(
        r#"'{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"arn:aws:s3:::{bucket}"}}]}}'"#
    )
}

fn trust(service: &str) -> String {
    format!(
        r#"'{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{service}.amazonaws.com"}},"Action":"sts:AssumeRole"}}]}}'"#
    )
}

/// A machine whose role may list `harbor-cargo`, a role `ledger-reader`, and a task of `loader` without a role.
fn dock(mode: &str) -> Cloud {
    let mut cloud = Cloud::new(7, Start::DefaultVpc);
    let list = policy("s3:ListBucket", "harbor-cargo");
    let ledger = policy("s3:ListBucket", "harbor-ledger");
    for line in [
        "aws ecs create-cluster --cluster-name dock",
        &format!(
            "aws iam put-role-policy --role-name ecsInstanceRole --policy-name read-cargo --policy-document {list}"
        ),
        &format!(
            "aws iam create-role --role-name ledger-reader --assume-role-policy-document {}",
            trust("ecs-tasks")
        ),
        &format!(
            "aws iam put-role-policy --role-name ledger-reader --policy-name read --policy-document {ledger}"
        ),
        "aws ec2 run-instances --image-id ami-0ec52023000000001 --instance-type t3.small --iam-instance-profile \
         Name=ecsInstanceRole --user-data $'#!/bin/bash\\necho ECS_CLUSTER=dock >> /etc/ecs/ecs.config'",
        "wait 4m",
        &format!(
            r#"aws ecs register-task-definition --family loader --network-mode {mode} --container-definitions '[{{"name":"app","image":"busybox","command":["sleep","infinity"],"memory":128}}]'"#
        ),
        "aws ecs run-task --cluster dock --launch-type EC2 --task-definition loader",
        "wait 1m",
    ] {
        run(&mut cloud, line);
    }
    cloud
}

fn cards(cloud: &Cloud) -> Vec<Card> {
    roles(cloud).cards
}

fn only(cloud: &Cloud) -> Card {
    let cards = cards(cloud);
    assert_eq!(cards.len(), 1, "{cards:#?}");
    cards.into_iter().next().unwrap()
}

#[track_caller]
fn line<'a>(lines: impl IntoIterator<Item = &'a Line>, label: &str) -> &'a str {
    let all: Vec<_> = lines.into_iter().collect();
    let found = all.iter().find(|line| line.label.contains(label));
    &found.unwrap_or_else(|| panic!("{label} is not among {all:#?}")).line
}

#[test]
fn nothing_runs_and_then_a_task_starts() {
    let mut cloud = Cloud::new(7, Start::DefaultVpc);
    assert_eq!(roles(&cloud), Roles::default());
    cloud = dock("bridge");
    run(&mut cloud, "aws ecs run-task --cluster dock --launch-type EC2 --task-definition loader");
    let found = roles(&cloud);
    assert_eq!((found.cards.len(), found.starting), (1, 1));
}

// facts: iam §2: a task without a role on an instance finds the role of the instance.
#[test]
fn a_task_without_a_role_is_the_machine() {
    let mut cloud = dock("bridge");
    let card = only(&cloud);
    assert_eq!((card.title.as_str(), card.container.as_str()), ("loader:1, task a", "app"));
    assert!(card.place.starts_with("On instance i-") && card.place.ends_with("mode bridge"));
    assert_eq!((card.reach.word, &*card.reach.says), ("instance", "Instance role ecsInstanceRole"));
    assert!(card.reach.why.contains("two hops"), "{}", card.reach.why);
    let looks: Vec<bool> = card.reach.looks.iter().map(|(found, _)| *found).collect();
    assert_eq!(looks, [false, false, true]);
    assert_eq!(card.last, None);
    assert_eq!(card.may.all, [("s3:ListBucket", "harbor-cargo".to_owned())]);
    assert!(card.may.of > 10);

    assert_eq!(line(&card.calls, "List harbor-cargo"), LIST);
    run(&mut cloud, LIST);
    let last = only(&cloud).last.unwrap();
    assert_eq!((last.word, &*last.call, last.at), ("allowed", "s3:ListObjectsV2", cloud.now()));
    assert_eq!(last.answer, None);
    let says = last.says.concat();
    assert!(says.starts_with("s3:ListBucket: Statement 1 of identity-based policy read-cargo"));

    assert_eq!(line(&card.calls, "Get item 1001 of orders"), ITEM);
    cli::run(&mut cloud, ITEM);
    let last = only(&cloud).last.unwrap();
    assert_eq!((last.word, &*last.call), ("denied", "dynamodb:GetItem"));
    assert!(last.says.concat().contains("No identity-based policy allows it"), "{last:#?}");
    assert!(last.answer.unwrap().instead.is_some());
}

// facts: iam §2: with required tokens and one hop, nothing behind the bridge reaches the metadata service.
#[test]
fn the_door_closes_and_opens() {
    let mut cloud = dock("bridge");
    let close = only(&cloud).door.unwrap();
    assert_eq!(close.label, CLOSE);
    run(&mut cloud, &close.line);
    let card = only(&cloud);
    assert_eq!((card.reach.word, &*card.reach.says), ("none", "No credentials"));
    assert!(card.reach.why.contains("one hop only"), "{}", card.reach.why);
    assert_eq!(card.may, May::default());
    cli::run(&mut cloud, LIST);
    assert_eq!(only(&cloud).last.unwrap().word, "no-credentials");
    run(&mut cloud, &card.door.unwrap().line);
    let card = only(&cloud);
    assert_eq!((card.reach.word, card.door.clone()), ("instance", Some(close)));

    // Without tokens the hop limit alone would close nothing.
    let options = "aws ec2 modify-instance-metadata-options --instance-id";
    let id = card.door.unwrap().line;
    let id = id.split(' ').find(|word| word.starts_with("i-")).unwrap();
    run(&mut cloud, &format!("{options} {id} --http-tokens optional"));
    let close = only(&cloud).door.unwrap();
    run(&mut cloud, &close.line);
    assert_eq!(only(&cloud).reach.word, "none");
    run(&mut cloud, &format!("{options} {id} --http-endpoint disabled"));
    let open = only(&cloud).door.unwrap();
    run(&mut cloud, &open.line);
    assert_eq!(only(&cloud).reach.word, "instance");
}

// facts: iam §2: the hop limit does not hold back a task on the host's own network.
#[test]
fn no_door_where_the_hop_limit_decides_nothing() {
    let card = only(&dock("host"));
    assert_eq!((card.reach.word, card.door), ("instance", None));
}

// facts: iam §6: RunTask can override the task role.
#[test]
fn it_runs_again_as_somebody_else() {
    let mut cloud = dock("bridge");
    let card = only(&cloud);
    let plain = "aws ecs run-task --cluster dock --launch-type EC2 --task-definition loader";
    assert_eq!(line(&card.runs, "loader:1, which names no task role"), plain);
    let other = line(&card.runs, "task role ledger-reader");
    assert_eq!(other, format!("{plain} --overrides taskRoleArn={LEDGER}"));
    run(&mut cloud, other);
    run(&mut cloud, "wait 1m");
    let [old, new] = &*cards(&cloud) else { panic!("two cards") };
    assert_eq!((old.reach.word, new.reach.word), ("instance", "task"));
    assert_eq!(new.reach.says, "Task role ledger-reader");
    assert_eq!(new.may.all, [("s3:ListBucket", "harbor-ledger".to_owned())]);
    // `loader` means the newest task; the older one is meant by its id.
    assert_eq!(line(&new.calls, "List harbor-cargo"), LIST);
    run(&mut cloud, line(&old.calls, "List harbor-cargo"));
    cli::run(&mut cloud, LIST);
    let words: Vec<_> = cards(&cloud).into_iter().map(|card| card.last.unwrap().word).collect();
    assert_eq!(words, ["allowed", "denied"]);
    // A role that trusts instances is refused, as it would be by AWS.
    let refused = cli::run(&mut cloud, line(&card.runs, "task role ecsInstanceRole"));
    assert!(refused.stderr.contains("unable to assume the role"), "{}", refused.stderr);
}

#[test]
fn every_line_can_be_run() {
    let mut cloud = dock("bridge");
    let attach = "aws iam attach-role-policy --role-name ecsInstanceRole --policy-arn";
    run(&mut cloud, &format!("{attach} arn:aws:iam::aws:policy/AmazonS3FullAccess"));
    run(&mut cloud, &format!("{attach} arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess_v2"));
    let calls = only(&cloud).calls;
    assert_eq!(calls.len(), 6);
    for call in calls {
        run(&mut cloud, &call.line);
        assert_eq!(only(&cloud).last.unwrap().word, "allowed", "{call:?}");
    }
    // Allowed, but there is no such thing.
    cli::run(&mut cloud, "inside loader aws s3api get-object --bucket harbor-cargo --key no -");
    let last = only(&cloud).last.unwrap();
    assert_eq!(last.word, "failed");
    assert!(last.says[0].contains("allows it") && last.says[1].contains("NoSuchKey"), "{last:#?}");
}

// facts: iam §2: Fargate has no instance role; §6.4: the execution role is not for code.
#[test]
fn on_fargate_it_is_the_task_role_or_nobody() {
    let mut cloud = dock("bridge");
    for line in [
        r#"aws ecs register-task-definition --family report --network-mode awsvpc --requires-compatibilities FARGATE --cpu 256 --memory 512 --execution-role-arn arn:aws:iam::111122223333:role/ecsTaskExecutionRole --container-definitions '[{"name":"app","image":"nginx"},{"name":"side","image":"nginx"}]'"#,
        "aws ecs run-task --cluster dock --launch-type FARGATE --task-definition report --network-configuration 'awsvpcConfiguration={subnets=[subnet-0a1a1a1a1a1a1a1a1],assignPublicIp=ENABLED}'",
        "wait 3m",
    ] {
        run(&mut cloud, line);
    }
    let all = cards(&cloud);
    let [_, app, side] = &*all else { panic!("three cards: {all:#?}") };
    assert_eq!(app.place, "On Fargate, network mode awsvpc");
    assert_eq!((app.reach.word, app.door.as_ref()), ("none", None));
    assert!(app.reach.why.starts_with("On Fargate there is no instance role"));
    assert!(line(&side.calls, "List harbor-cargo").starts_with("inside report side aws"));
    run(&mut cloud, line(&app.runs, "task role ledger-reader"));
    run(&mut cloud, "wait 3m");
    let words: Vec<_> = cards(&cloud).iter().map(|card| card.reach.word).collect();
    assert_eq!(words, ["instance", "none", "none", "task", "task"]);
}
