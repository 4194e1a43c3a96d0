//! Hosts: an EC2 instance is a dock. Its tasks lie over the quay, at berths that are its ports; under the quay stand the
//! instance and, where the ECS agent has registered it, the container instance with what is left of it.

use serde_json::Value;

use super::block::{Block, columns};
use super::hull;
use super::ink::{Ink, Style};
use super::{GAP, Ghost, Scene, TAP, Thing, Tone, WANTED};
use crate::session::view::rows::{Read, Row, short};

/// The least and the greatest width of a dock.
pub(super) const WIDTHS: (i32, i32) = (232, 420);
/// Between the walls and what lies in the dock.
const MARGIN: i32 = 10;
/// How high the walls stand where no task lies.
const EMPTY: i32 = 48;

/// The dock of an instance, with its tasks.
#[inline(never)]
pub(super) fn dock(instance: &Row, scene: &Scene<'_>, width: i32) -> Block {
    let host = scene.rows.get("container-instance").iter().find(|row| {
        row.json.text("ec2InstanceId") == instance.id && row.json.text("status") != "INACTIVE"
    });
    let tasks = tasks_on(host, scene);
    let inside = hull::hulls(&tasks, scene, &instance.id, width - 2 * MARGIN);
    let quay = (inside.height + 14).max(EMPTY);
    let mut block = Block::room(width, quay);
    for ink in walls(width, quay, host.is_some()) {
        block.draw(ink);
    }
    if tasks.is_empty() {
        let say = if host.is_some() { "no task here" } else { "no ECS agent here" };
        block.draw(Ink::centred(Style::Caption, width / 2, quay - 16, say));
    }
    block.put(MARGIN, 8, inside);
    block.put(0, quay + 4, Block::of(instance_strip(instance, width)));
    if let Some(host) = host {
        block.put(0, quay + 4 + TAP, Block::of(host_strip(host, width)));
    }
    block
}

/// A host that a goal still wants.
#[inline(never)]
pub(super) fn empty(ghost: &Ghost, number: usize, width: i32) -> Block {
    let mut thing = Thing::wanted(ghost, number, (width, EMPTY + 4));
    let outline = format!("M0 0V{EMPTY}H{width}V0");
    thing.art.push(Ink::path(Style::Body, 0, 0, outline));
    let say = Style::State.fit(&format!("{WANTED}: {}", ghost.phrase()), width - 16);
    thing.art.push(Ink::centred(Style::State, width / 2, EMPTY - 18, say));
    Block::of(thing)
}

fn tasks_on<'a>(host: Option<&Row>, scene: &Scene<'a>) -> Vec<&'a Row> {
    let Some(host) = host else { return Vec::new() };
    let arn = host.json.text("containerInstanceArn");
    let tasks = scene.rows.get("task").iter();
    tasks.filter(|task| !task.brief().stopped && task.brief().host == arn).collect()
}

fn walls(width: i32, quay: i32, registered: bool) -> Vec<Ink> {
    if !registered {
        let outline = format!("M0 0V{quay}H{width}V0");
        return vec![Ink::path(Style::Zone, 0, 0, outline)];
    }
    let (berths, each) = columns(width - 2 * MARGIN, hull::WIDTHS.0, hull::WIDTHS.1, GAP);
    let berth = |number: i32| (MARGIN + number * (each + GAP) - GAP / 2).min(width);
    let ticks: Vec<_> = (0..=berths).map(|number| format!("M{} {quay}v7", berth(number))).collect();
    vec![
        Ink::path(Style::Detail, 0, 0, format!("M1 4V{quay}M{} 4V{quay}", width - 1)),
        Ink::path(Style::Quay, 0, 0, format!("M0 {quay}H{width}")),
        Ink::path(Style::Detail, 0, 0, ticks.concat()),
    ]
}

/// The EC2 instance under the quay: its id, type and state.
fn instance_strip(instance: &Row, width: i32) -> Thing {
    let json = &instance.json;
    let state = json.text("State.Name");
    let mut thing = Thing::new("instance", &instance.id, state, (width, TAP));
    thing.tone = match state {
        "running" => Tone::Running,
        "pending" => Tone::Waiting,
        "stopping" | "shutting-down" => Tone::Leaving,
        _ => Tone::Ended,
    };
    let kind = json.text("InstanceType");
    let zone = json.text("Placement.AvailabilityZone");
    thing.spoken = format!("EC2 instance {}, {kind}, {state}, in {zone}", short(&instance.id));
    let name = short(&instance.id);
    let beside = Style::Name.width(name) + GAP;
    thing.art.push(Ink::words(Style::Name, 0, 18, name));
    let line = Style::Caption.fit(&format!("{kind} · {zone}"), width - beside - 80);
    thing.art.push(Ink::words(Style::Caption, beside, 18, line));
    thing.art.push(Ink::ending(Style::State, width, 18, state));
    let address = match (json.text("PrivateIpAddress"), json.text("PublicIpAddress")) {
        ("", _) => String::new(),
        (private, "") => private.to_owned(),
        (private, public) => format!("{private} · public {public}"),
    };
    let name = name_tag(json);
    let line = [name, &address].into_iter().filter(|text| !text.is_empty());
    let line = line.collect::<Vec<_>>().join(" · ");
    thing.art.push(Ink::words(Style::Caption, 0, 35, Style::Caption.fit(&line, width)));
    thing
}

/// The container instance: its agent and what is left of CPU, memory and ports.
fn host_strip(host: &Row, width: i32) -> Thing {
    let json = &host.json;
    let status = json.text("status");
    let mut thing = Thing::new("container-instance", &host.id, status, (width, TAP + 4));
    let agent = if json.flag("agentConnected") { "agent connected" } else { "agent disconnected" };
    thing.tone = match (status, json.flag("agentConnected")) {
        (_, false) => Tone::Failed,
        ("ACTIVE", _) => Tone::Running,
        ("DRAINING", _) => Tone::Leaving,
        _ => Tone::Waiting,
    };
    let (cpu, memory) = (gauge(json, "CPU"), gauge(json, "MEMORY"));
    let ports = ports(json);
    thing.spoken = format!(
        "container instance {}, {status}, {agent}, CPU {} of {} units in use, memory {} of {} MiB in use{}",
        short(&host.id),
        cpu.0,
        cpu.1,
        memory.0,
        memory.1,
        if ports.is_empty() { String::new() } else { format!(", ports taken: {ports}") }
    );
    thing.art.push(Ink::words(Style::State, 0, 16, status));
    let beside = Style::State.width(status) + GAP;
    let berths = if ports.is_empty() { String::new() } else { format!(" · ports {ports}") };
    let line = Style::Caption.fit(&format!("{agent}{berths}"), width - beside);
    thing.art.push(Ink::words(Style::Caption, beside, 16, line));
    let half = (width - GAP) / 2;
    thing.art.extend(bar("CPU", cpu, 0, half));
    thing.art.extend(bar("Mem", memory, half + GAP, half));
    thing
}

/// How much of a resource is in use, and how much there is.
fn gauge(host: &Value, name: &str) -> (i64, i64) {
    let amount = |list| {
        let found = host.list(list).iter().find(|resource| resource.text("name") == name);
        found.and_then(|resource| resource.number("integerValue")).unwrap_or(0)
    };
    let (all, left) = (amount("registeredResources"), amount("remainingResources"));
    (all - left, all)
}

/// The ports that tasks have taken, without those that every host keeps for itself.
fn ports(host: &Value) -> String {
    let taken = |list| {
        let found =
            host.list(list).iter().find(|resource: &&Value| resource.text("name") == "PORTS");
        found.map_or(&[][..], |resource| resource.list("stringSetValue"))
    };
    let own = taken("registeredResources");
    let ports = taken("remainingResources").iter().filter(|port| !own.contains(port));
    ports.filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
}

fn bar(label: &str, (used, all): (i64, i64), x: i32, room: i32) -> Vec<Ink> {
    let text = format!("{used}/{all}");
    let length = (room - 32 - Style::Caption.width(&text) - 6).clamp(16, 100);
    let full = i64::from(length) * used.clamp(0, all.max(1)) / all.max(1);
    vec![
        Ink::words(Style::Caption, x, 37, label),
        Ink::path(Style::Empty, x + 32, 28, format!("M0 0H{length}V9H0Z")),
        Ink::path(Style::Full, x + 32, 28, format!("M0 0H{full}V9H0Z")),
        Ink::words(Style::Caption, x + 32 + length + 6, 37, text),
    ]
}

fn name_tag(row: &Value) -> &str {
    let tag = row.list("Tags").iter().find(|tag| tag.text("Key") == "Name");
    tag.map_or("", |tag| tag.text("Value"))
}
