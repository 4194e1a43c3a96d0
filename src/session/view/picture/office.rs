//! The drawing office above the water: clusters, services and task definitions, which are plans and orders, not ships.

use super::block::{Block, columns};
use super::card::{self, Card};
use super::{GAP, Scene, Tone};
use crate::session::view::rows::{Read, Row, tail};

/// Kinds whose ghosts are drawn here.
const KINDS: &[&str] = &[
    "cluster",
    "service",
    "task-definition",
    "role",
    "repository",
    "image",
    "load-balancer",
    "target-group",
    "capacity-provider",
    "auto-scaling-group",
];

/// Below this width one column holds everything, and what runs should stand high in it.
const NARROW: i32 = 480;
/// More cards than these would push the water out of sight.
const LINES_MOST: usize = 2;

/// Everything that has no place in the water. Where there are many, the definitions, which change seldom, stand under it
/// instead: see [`shelf`].
pub(super) fn office(scene: &Scene<'_>, width: i32) -> Block {
    let each = card_width(width);
    let mut things = Vec::new();
    for row in scene.rows.get("cluster").iter().filter(|row| is_active(row)) {
        things.push(cluster(row).thing(each));
    }
    for row in scene.rows.get("service").iter().filter(|row| is_active(row)) {
        things.push(service(row).thing(each));
    }
    if has_room(scene, width) {
        for row in shown_definitions(scene) {
            things.push(definition(row).thing(each));
        }
    }
    for (number, ghost) in scene.ghosts_of(KINDS).enumerate() {
        things.push(card::ghost(ghost, number, each));
    }
    Block::wrap(things.into_iter().map(Block::of), width, GAP)
}

/// The definitions, where the office has no room for them.
pub(super) fn shelf(scene: &Scene<'_>, width: i32) -> Block {
    let rows = if has_room(scene, width) { Vec::new() } else { shown_definitions(scene) };
    let cards = rows.into_iter().map(|row| Block::of(definition(row).thing(card_width(width))));
    Block::wrap(cards, width, GAP)
}

/// Whether the office has room for the definitions too.
fn has_room(scene: &Scene<'_>, width: i32) -> bool {
    let active = |kind| scene.rows.get(kind).iter().filter(|row| is_active(row)).count();
    let ghosts = scene.ghosts_of(KINDS).count();
    let cards = active("cluster") + active("service") + ghosts + shown_definitions(scene).len();
    let (in_line, _) = columns(width, card::WIDTHS.0, card::WIDTHS.1, GAP);
    width >= NARROW && cards <= LINES_MOST * usize::try_from(in_line).unwrap_or(1)
}

fn card_width(width: i32) -> i32 {
    columns(width, card::WIDTHS.0, card::WIDTHS.1, GAP).1
}

fn is_active(row: &Row) -> bool {
    !matches!(row.json.text("status"), "INACTIVE" | "DELETE_IN_PROGRESS")
}

fn cluster(row: &Row) -> Card<'_> {
    let json = &row.json;
    let count = |member| json.number(member).unwrap_or(0);
    let tasks = count("runningTasksCount") + count("pendingTasksCount");
    let hosts = count("registeredContainerInstancesCount");
    let parts = [several(tasks, "task"), several(hosts, "host")];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    let line = if parts.is_empty() { "empty".to_owned() } else { parts.join(" · ") };
    Card {
        kind: "cluster",
        id: &row.id,
        status: json.text("status").to_owned(),
        tone: Tone::Plain,
        name: json.text("clusterName").to_owned(),
        line,
    }
}

/// `2 tasks`, or nothing for none.
fn several(count: i64, noun: &str) -> Option<String> {
    let plural = if count == 1 { "" } else { "s" };
    (count > 0).then(|| format!("{count} {noun}{plural}"))
}

#[inline(never)]
fn service(row: &Row) -> Card<'_> {
    let json = &row.json;
    let (desired, running) = (json.number("desiredCount"), json.number("runningCount"));
    let (desired, running) = (desired.unwrap_or(0), running.unwrap_or(0));
    let status = json.text("status");
    Card {
        kind: "service",
        id: &row.id,
        status: status.to_owned(),
        tone: match status {
            "ACTIVE" if running == desired => Tone::Running,
            "ACTIVE" => Tone::Waiting,
            _ => Tone::Leaving,
        },
        name: json.text("serviceName").to_owned(),
        line: format!("{running} of {desired} · {}", tail(json.text("taskDefinition"))),
    }
}

/// The newest revision of each family, and every revision that something uses.
fn shown_definitions<'a>(scene: &Scene<'a>) -> Vec<&'a Row> {
    let all: Vec<_> =
        scene.rows.get("task-definition").iter().filter(|row| is_active(row)).collect();
    let tasks = scene.rows.get("task").iter().map(Row::brief).filter(|task| !task.stopped);
    let services = scene.rows.get("service").iter();
    let of_services = services.map(|row| tail(row.json.text("taskDefinition")));
    let mut used: Vec<&str> = Vec::new();
    for definition in tasks.map(|task| task.definition.as_str()).chain(of_services) {
        if !used.contains(&definition) {
            used.push(definition);
        }
    }
    let newest = |row: &Row| {
        let revision = row.json.number("revision");
        let same = |other: &&&Row| other.json.text("family") == row.json.text("family");
        all.iter().filter(same).all(|other| other.json.number("revision") <= revision)
    };
    let shown =
        |row: &&&Row| newest(row) || used.contains(&tail(row.json.text("taskDefinitionArn")));
    all.iter().filter(shown).copied().collect()
}

#[inline(never)]
fn definition(row: &Row) -> Card<'_> {
    let json = &row.json;
    let containers = json.list("containerDefinitions");
    let image = containers.first().map_or("", |container| tail(container.text("image")));
    let more = match containers.len() {
        0 | 1 => String::new(),
        count => format!(" + {}", count - 1),
    };
    let size = match (json.text("cpu"), json.text("memory")) {
        ("", "") => String::new(),
        (cpu, "") => format!(" · {cpu} CPU"),
        ("", memory) => format!(" · {memory} MiB"),
        (cpu, memory) => format!(" · {cpu} CPU, {memory} MiB"),
    };
    Card {
        kind: "task-definition",
        id: &row.id,
        status: json.text("status").to_owned(),
        tone: Tone::Plain,
        name: tail(json.text("taskDefinitionArn")).to_owned(),
        line: format!("{image}{more}{size}"),
    }
}
