//! The harbour master's towers and their boards: load balancers, target groups, and targets with their health. Whoever
//! comes from the sea passes here.

use super::block::{Block, columns};
use super::ink::{Ink, Style};
use super::{GAP, Scene, TAP, Thing, Tone};
use crate::session::view::rows::{Read, Row, short};

/// The least and the greatest width of a tower with its name beside it.
const TOWER: (i32, i32) = (132, 170);
/// Its height: the clients above it, the tower below.
const TOWER_HEIGHT: i32 = 104;
/// The least and the greatest width of a board.
const BOARD: (i32, i32) = (132, 240);
/// The height of its head.
const HEAD: i32 = 48;
/// More targets than this are one line with a number.
const TARGETS_MOST: usize = 6;

/// All load balancers with the boards of their groups, and the groups that no load balancer uses.
pub(super) fn gate(scene: &Scene<'_>, width: i32) -> Block {
    let balancers = scene.rows.get("load-balancer");
    let (_, tower_width) = columns(width, TOWER.0, TOWER.1, GAP);
    let (_, board_width) = columns(width, BOARD.0, BOARD.1, GAP);
    let groups = || scene.rows.get("target-group").iter();
    let mut lines: Vec<Block> = balancers
        .iter()
        .map(|row| {
            let arn = row.json.text("LoadBalancerArn");
            let own = groups().filter(|group| uses(group, arn));
            let boards = own.map(|group| board(group, scene, board_width));
            let tower = Block::of(tower(row, scene, tower_width));
            Block::wrap(std::iter::once(tower).chain(boards), width, GAP)
        })
        .collect();
    let idle = groups().filter(|group| group.json.list("LoadBalancerArns").is_empty());
    lines.push(Block::wrap(idle.map(|group| board(group, scene, board_width)), width, GAP));
    Block::stack(lines, GAP)
}

fn uses(group: &Row, arn: &str) -> bool {
    group.json.list("LoadBalancerArns").iter().any(|one| one.as_str() == Some(arn))
}

/// The tower: what comes in, on which ports it listens, and where it sends that.
fn tower(row: &Row, scene: &Scene<'_>, width: i32) -> Thing {
    let json = &row.json;
    let state = json.text("State.Code");
    let arn = json.text("LoadBalancerArn");
    let listeners = scene.rows.get("listener").iter();
    let own = listeners.filter(|listener| listener.json.text("LoadBalancerArn") == arn);
    let ports: Vec<String> =
        own.filter_map(|one| Some(format!(":{}", one.json.number("Port")?))).collect();
    let listens = if ports.is_empty() { "no listener".to_owned() } else { ports.join(" ") };
    let mut thing = Thing::new("load-balancer", &row.id, state, (width, TOWER_HEIGHT));
    thing.tone = if state == "active" { Tone::Running } else { Tone::Waiting };
    thing.spoken = format!("load balancer {}, {state}, listens on {listens}", row.id);
    let clients: String =
        [8, 24, 40].map(|x| format!("M{x} 8a4 4 0 1 0 8 0a4 4 0 1 0 -8 0")).concat();
    thing.art = vec![
        Ink::path(Style::Detail, 0, 0, clients),
        Ink::path(Style::Wave, 0, 0, "M28 16V38"),
        Ink::path(Style::Body, 0, 0, "M17 40H39V52H17Z"),
        Ink::path(Style::Body, 0, 0, "M20 52H36L43 96H13Z"),
        Ink::path(Style::Detail, 0, 0, "M8 96H48"),
    ];
    let room = width - 60;
    thing.art.push(Ink::words(Style::Caption, 58, 14, Style::Caption.fit("clients", room)));
    thing.art.push(Ink::words(Style::Name, 54, 56, Style::Name.fit(&row.id, room)));
    thing.art.push(Ink::words(Style::Caption, 54, 74, Style::Caption.fit(&listens, room)));
    thing.art.push(Ink::words(Style::State, 54, 92, Style::State.fit(state, room)));
    thing
}

/// A target group as a board with a line for each target.
fn board(group: &Row, scene: &Scene<'_>, width: i32) -> Block {
    let prefix = format!("{}/", group.id);
    let targets: Vec<&Row> =
        scene.rows.get("target").iter().filter(|target| target.id.starts_with(&prefix)).collect();
    let healthy = targets.iter().filter(|target| health(target) == "healthy").count();
    let mut head = Thing::new("target-group", &group.id, "", (width, HEAD));
    let line = if targets.is_empty() {
        "no targets".to_owned()
    } else {
        format!("{healthy} of {} healthy", targets.len())
    };
    head.spoken = format!("target group {}, {line}", group.id);
    let (right, bottom) = (width - 1, HEAD - 1);
    head.art = vec![
        Ink::path(Style::Body, 0, 0, format!("M1 1H{right}V{bottom}H1Z")),
        Ink::words(Style::Name, 10, 20, Style::Name.fit(&group.id, width - 20)),
        Ink::words(Style::Caption, 10, 37, Style::Caption.fit(&line, width - 20)),
    ];
    let shown = if targets.len() > TARGETS_MOST { &[][..] } else { &targets[..] };
    let lines = shown.iter().map(|target| Block::of(signal(target, width)));
    Block::stack(std::iter::once(Block::of(head)).chain(lines), 0)
}

fn health(target: &Row) -> &str {
    target.json.text("TargetHealth.State")
}

/// One target: where it is, and how it stands, by a sign, a word and a colour.
fn signal(target: &Row, width: i32) -> Thing {
    let state = health(target);
    let (tone, sign) = match state {
        "healthy" => (Tone::Running, "✓"),
        "unhealthy" => (Tone::Failed, "✕"),
        "draining" => (Tone::Leaving, "↓"),
        "unused" => (Tone::Ended, "–"),
        _ => (Tone::Waiting, "…"),
    };
    let place = target.json.text("Target.Id");
    let port = target.json.number("Target.Port").unwrap_or(0);
    let mut thing = Thing::new("target", &target.id, state, (width, TAP));
    thing.tone = tone;
    thing.spoken = format!("target {} port {port}, {state}", short(place));
    if tone == Tone::Failed {
        thing.spoken.push_str(". Why?");
    }
    let name = Style::PortSmall.fit(&format!("{}:{port}", short(place)), width - 20);
    let (right, bottom) = (width - 1, TAP - 1);
    thing.art = vec![
        Ink::path(Style::Body, 0, 0, format!("M1 1H{right}V{bottom}H1Z")),
        Ink::words(Style::PortSmall, 10, 19, name),
        Ink::words(Style::State, 10, 36, Style::State.fit(&format!("{sign} {state}"), width - 20)),
    ];
    thing
}
