//! What must hold in every picture, at every width.

use serde_json::{Value, json};

use super::flow::Count;
use super::ink::Mark;
use super::*;

const TASK: &str = "arn:aws:ecs:us-east-1:111122223333:task/dock/";
const HOST: &str = "arn:aws:ecs:us-east-1:111122223333:container-instance/dock/9a8b";

pub(super) fn task(number: usize, change: Value) -> Value {
    let mut task = json!({
        "taskArn": format!("{TASK}{number:032x}"),
        "taskDefinitionArn": "arn:aws:ecs:us-east-1:111122223333:task-definition/web:2",
        "lastStatus": "RUNNING",
        "containers": [{ "name": "web", "image": "nginx", "lastStatus": "RUNNING" }],
    });
    for (name, value) in change.as_object().unwrap() {
        task[name] = value.clone();
    }
    task
}

fn stopped() -> Value {
    json!({ "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "containers": [{ "name": "web", "image": "crash", "lastStatus": "STOPPED", "exitCode": 1 }] })
}

fn on_host(port: u32) -> Value {
    json!({ "containerInstanceArn": HOST, "availabilityZone": "us-east-1a", "containers": [{ "name": "web",
        "image": "nginx", "lastStatus": "RUNNING", "networkBindings": [{ "hostPort": port, "containerPort": 80 }] }] })
}

fn floating(zone: &str, status: &str) -> Value {
    json!({ "availabilityZone": zone, "launchType": "FARGATE", "lastStatus": status, "containers": [{ "name": "web",
        "image": "nginx", "lastStatus": "RUNNING", "networkInterfaces": [{ "privateIpv4Address": "10.0.128.231" }] },
        { "name": "log", "image": "busybox", "lastStatus": "PENDING" }] })
}

/// An account with something of everything.
pub(super) fn full() -> Rows {
    let mut rows = Rows::default();
    let zones = ["us-east-1a", "us-east-1b", "us-east-1c"];
    rows.add("vpc", "VpcId", vec![
        json!({ "VpcId": "vpc-0d0c1b2a394857601", "CidrBlock": "10.0.0.0/16", "State": "available" }),
    ]);
    let subnet = |zone| json!({ "SubnetId": format!("subnet-{zone}"), "AvailabilityZone": zone });
    rows.add("subnet", "SubnetId", zones.iter().map(subnet).collect());
    rows.add(
        "cluster",
        "clusterName",
        vec![json!({ "clusterName": "dock", "status": "ACTIVE",
        "runningTasksCount": 3, "pendingTasksCount": 1, "registeredContainerInstancesCount": 1 })],
    );
    rows.add(
        "service",
        "serviceArn",
        vec![json!({ "serviceArn": "arn:aws:ecs:us-east-1:1:service/dock/web",
        "serviceName": "web", "status": "ACTIVE", "desiredCount": 3, "runningCount": 2,
        "taskDefinition": "arn:aws:ecs:us-east-1:111122223333:task-definition/web:2" })],
    );
    let definition = |revision: u32| {
        json!({ "status": "ACTIVE", "family": "web", "revision": revision,
        "taskDefinitionArn": format!("arn:aws:ecs:us-east-1:111122223333:task-definition/web:{revision}"),
        "cpu": "256", "memory": "512", "containerDefinitions": [{ "image": "nginx:latest" }] })
    };
    rows.add("task-definition", "taskDefinitionArn", (1..=3).map(definition).collect());
    rows.add("instance", "InstanceId", vec![
        json!({ "InstanceId": "i-0a1b2c3d4e5f60718", "InstanceType": "m5.large", "State": { "Name": "running" },
            "Placement": { "AvailabilityZone": "us-east-1a" }, "PrivateIpAddress": "10.0.0.14",
            "PublicIpAddress": "54.210.19.204", "Tags": [{ "Key": "Name", "Value": "first host of the dock" }] }),
        json!({ "InstanceId": "i-0ffff2c3d4e5f6071", "InstanceType": "t3.micro", "State": { "Name": "pending" },
            "Placement": { "AvailabilityZone": "us-east-1b" } }),
    ]);
    let resource = |name: &str, n: i64| json!({ "name": name, "integerValue": n });
    rows.add("container-instance", "containerInstanceArn", vec![json!({
        "containerInstanceArn": HOST, "ec2InstanceId": "i-0a1b2c3d4e5f60718", "status": "ACTIVE", "agentConnected": true,
        "registeredResources": [resource("CPU", 2048), resource("MEMORY", 7680),
            { "name": "PORTS", "stringSetValue": ["22"] }],
        "remainingResources": [resource("CPU", 1536), resource("MEMORY", 6656),
            { "name": "PORTS", "stringSetValue": ["22", "80", "32769"] }] })]);
    balance(&mut rows);
    rows.add("task", "taskArn", vec![
        task(0, on_host(80)),
        task(1, on_host(32769)),
        task(2, stopped()),
        task(3, floating("us-east-1c", "RUNNING")),
        task(4, floating("us-east-1c", "ACTIVATING")),
        task(5, json!({ "lastStatus": "PROVISIONING" })),
        task(6, json!({ "taskDefinitionArn": "arn:aws:ecs:::task-definition/a-rather-long-family-name:12",
            "lastStatus": "PENDING", "availabilityZone": "us-east-1c" })),
    ]);
    rows
}

/// A load balancer with a group in use, and a group that is not.
fn balance(rows: &mut Rows) {
    rows.add(
        "load-balancer",
        "LoadBalancerName",
        vec![json!({ "LoadBalancerName": "front-of-the-shop",
        "LoadBalancerArn": "arn:lb", "State": { "Code": "active" } })],
    );
    rows.add(
        "listener",
        "ListenerArn",
        vec![json!({ "ListenerArn": "arn:l", "LoadBalancerArn": "arn:lb", "Port": 80 })],
    );
    let group =
        |name: &str, used: Value| json!({ "TargetGroupName": name, "LoadBalancerArns": used });
    rows.add(
        "target-group",
        "TargetGroupName",
        vec![group("web", json!(["arn:lb"])), group("idle", json!([]))],
    );
    let target = |group: &str, port: u32, state: &str| {
        json!({ "id": format!("{group}/i-0a1b2c3d4e5f60718:{port}"), "TargetHealth": { "State": state },
            "Target": { "Id": "i-0a1b2c3d4e5f60718", "Port": port } })
    };
    rows.add(
        "target",
        "id",
        vec![
            target("web", 80, "healthy"),
            target("web", 32_769, "unhealthy"),
            target("idle", 80, "unused"),
        ],
    );
}

fn wanted() -> Vec<Ghost> {
    let ghost = |kind: &str| Ghost {
        goal: format!("goal-{kind}"),
        kind: kind.to_owned(),
        say: "one more that is healthy for a whole minute".to_owned(),
    };
    ["task", "instance", "service"].map(ghost).into()
}

fn names(rows: &Rows) -> Names {
    let mut names = Names::default();
    rows.get("task").iter().for_each(|task| names.meet(&task.id));
    names
}

pub(super) fn picture(rows: &Rows, width: i32, open: &[&str]) -> Picture {
    let open = open.iter().map(|name| (*name).to_owned()).collect();
    let refused = [Refused {
        kind: "service",
        name: "web".to_owned(),
        because: "too little memory".to_owned(),
    }];
    let names = names(rows);
    let requests = requests();
    let scene = Scene {
        rows,
        names: &names,
        refused: &refused,
        ghosts: &wanted(),
        requests: &requests,
        open: &open,
    };
    Picture::draw(&scene, width)
}

/// Two targets of the group `web` get requests, one of them in vain.
fn requests() -> Requests {
    let mut requests = Requests::default();
    let mut add = |key: &str, sent, failing| {
        requests.add(Some(key.to_owned()), Count { sent, failing });
    };
    add("load-balancer/front-of-the-shop", 140, 20);
    add("target/web/i-0a1b2c3d4e5f60718:80", 120, 0);
    add("target/web/i-0a1b2c3d4e5f60718:32769", 20, 20);
    requests
}

pub(super) const WIDTHS: [i32; 9] = [280, 304, 374, 480, 559, 560, 660, 900, 1600];

#[test]
fn everything_is_drawn_once_at_every_width() {
    let rows = full();
    for width in WIDTHS {
        let picture = picture(&rows, width, &[]);
        let mut keys: Vec<_> = picture.all.things.iter().map(Thing::key).collect();
        for kind in ["cluster", "service", "instance", "container-instance", "task", "vpc"] {
            for row in rows.get(kind) {
                assert!(
                    keys.contains(&format!("{kind}/{}", row.id)),
                    "{kind} {} at {width}",
                    row.id
                );
            }
        }
        assert_eq!(keys.iter().filter(|key| key.starts_with("ghost/")).count(), 3);
        let shown = keys.iter().filter(|key| key.starts_with("task-definition/"));
        assert_eq!(shown.count(), 2, "the newest revision and the one in use");
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), picture.all.things.len(), "one key twice at {width}");
    }
}

#[test]
fn every_thing_can_be_hit_and_none_hides_another() {
    for width in WIDTHS {
        let picture = picture(&full(), width, &[]);
        let things = &picture.all.things;
        assert_eq!(picture.all.width, width);
        for (number, one) in things.iter().enumerate() {
            assert!(one.width >= 44 && one.height >= 44, "{} at {width}", one.key());
            assert!(one.x >= 0 && one.x + one.width <= width, "{} at {width}", one.key());
            assert!(!one.spoken.is_empty());
            for other in things.iter().skip(number + 1) {
                let beside = one.x + one.width <= other.x || other.x + other.width <= one.x;
                let under = one.y + one.height <= other.y || other.y + other.height <= one.y;
                assert!(beside || under, "{} over {} at {width}", one.key(), other.key());
            }
        }
    }
}

#[test]
fn all_text_is_large_enough_and_within_its_thing() {
    for width in WIDTHS {
        let picture = picture(&full(), width, &[]);
        for thing in &picture.all.things {
            for ink in &thing.art {
                check_text(ink, thing.width, &format!("{} at {width}", thing.key()));
            }
        }
        for ink in &picture.all.ink {
            check_text(ink, width, &format!("the chart at {width}"));
        }
    }
}

fn check_text(ink: &ink::Ink, room: i32, place: &str) {
    let (Mark::Words(text, _), Some((left, right))) = (&ink.mark, ink.reach()) else { return };
    assert!(ink.style.size() >= 12);
    assert!(
        left >= 0 && right <= room,
        "{text:?} reaches from {left} to {right} of {room}: {place}"
    );
}

#[test]
fn a_state_shows_in_shape_and_word() {
    let rows = full();
    let picture = picture(&rows, 660, &[]);
    let tone = |number: usize| {
        let id = &rows.get("task")[number].id;
        picture.all.things.iter().find(|thing| thing.id == *id).unwrap()
    };
    assert_eq!((tone(0).tone, tone(0).status.as_str()), (Tone::Running, "RUNNING"));
    assert_eq!((tone(2).tone, tone(2).status.as_str()), (Tone::Failed, "STOPPED"));
    assert_eq!((tone(4).tone, tone(4).status.as_str()), (Tone::Waiting, "ACTIVATING"));
    assert_eq!(
        tone(0).spoken,
        "task a, web:2, RUNNING, host port 80 to container port 80, on container instance 9a8b"
    );
    let words = |thing: &Thing| -> Vec<String> {
        thing
            .art
            .iter()
            .filter_map(|ink| match &ink.mark {
                Mark::Words(text, _) => Some(text.clone()),
                Mark::Path(_) => None,
            })
            .collect()
    };
    assert_eq!(words(tone(0)), ["WEB·2·a", "80", "→ 80", "RUNNING"]);
    assert!(words(tone(2)).contains(&"exit 1 · Essential container in task exited".to_owned()));
    assert!(words(tone(6))[0].ends_with("·12·g"));
}

#[test]
fn a_large_group_is_one_hull_until_it_is_opened() {
    let mut rows = Rows::default();
    let tasks =
        |count: usize| (0..count).map(|n| task(n, floating("us-east-1a", "RUNNING"))).collect();
    rows.add("task", "taskArn", tasks(12));
    let count = |rows: &Rows, open: &[&str]| {
        let picture = picture(rows, 660, open);
        picture.all.things.iter().filter(|thing| thing.kind == "task").count()
    };
    assert_eq!(count(&rows, &[]), 12);
    let mut rows = Rows::default();
    rows.add("task", "taskArn", tasks(13));
    assert_eq!(count(&rows, &[]), 0);
    assert_eq!(count(&rows, &["web:2@us-east-1a"]), 13);
    let fleet = picture(&rows, 660, &[]);
    let fleet = fleet.all.things.iter().find(|thing| thing.kind == "tasks").unwrap();
    assert_eq!(fleet.spoken, "13 tasks of web:2, 13 running");
}

#[test]
fn the_narrow_chart_is_another_layout() {
    let rows = full();
    let zones = |width: i32| {
        let picture = picture(&rows, width, &[]);
        let docks = picture.all.things.iter().filter(|thing| thing.kind == "instance");
        docks.map(|thing| (thing.x, thing.y)).collect::<Vec<_>>()
    };
    let (narrow, wide) = (zones(374), zones(900));
    assert_eq!(narrow[0].0, narrow[1].0);
    assert!(wide[0].0 < wide[1].0);
}

#[test]
fn what_runs_stands_above_the_definitions_in_one_column() {
    let picture = picture(&full(), 288, &[]);
    let tops = |kind: &str| {
        let things = picture.all.things.iter().filter(|thing| thing.kind == kind);
        things.map(|thing| thing.y).collect::<Vec<_>>()
    };
    let (tasks, definitions) = (tops("task"), tops("task-definition"));
    assert!(!tasks.is_empty() && !definitions.is_empty());
    assert!(tasks.iter().max() < definitions.iter().min());
}

#[test]
fn an_empty_account_has_an_empty_chart() {
    let rows = Rows::default();
    let scene = Scene {
        rows: &rows,
        names: &Names::default(),
        refused: &[],
        ghosts: &[],
        requests: &Requests::default(),
        open: &Set::new(),
    };
    assert!(Picture::draw(&scene, 400).all.things.is_empty());
}

#[test]
fn arrow_keys_lead_everywhere_and_back() {
    for width in [374, 900] {
        let picture = picture(&full(), width, &[]);
        let mut reached = vec![false; picture.all.things.len()];
        let mut next = vec![0];
        while let Some(at) = next.pop() {
            if !std::mem::replace(&mut reached[at], true) {
                let ways = [Way::Left, Way::Right, Way::Up, Way::Down];
                next.extend(ways.into_iter().filter_map(|way| picture.step(at, way)));
            }
        }
        let lost = picture.all.things.iter().zip(&reached).filter(|(_, reached)| !**reached);
        let lost: Vec<_> = lost.map(|(thing, _)| thing.key()).collect();
        assert!(lost.is_empty(), "{lost:?} at {width}");
    }
    assert_eq!(Way::of_key("Enter"), None);
}

/// A thousand tasks are a number, and laying them out costs one pass.
#[test]
fn a_thousand_tasks_are_one_hull() {
    let mut rows = Rows::default();
    rows.add(
        "task",
        "taskArn",
        (0..1_000).map(|n| task(n, floating("us-east-1a", "RUNNING"))).collect(),
    );
    let picture = picture(&rows, 374, &[]);
    let fleets: Vec<_> = picture.all.things.iter().filter(|thing| thing.kind == "tasks").collect();
    assert_eq!(fleets.len(), 1);
    assert_eq!(fleets[0].spoken, "1000 tasks of web:2, 1000 running");
    assert!(picture.all.things.len() < 20);
}
