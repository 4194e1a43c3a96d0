//! Tasks: hulls with a stencilled name. The outline says the state by its stroke and its filling, the word under it says
//! it in AWS's own terms.

use serde_json::Value;

use super::block::Block;
use super::brief::Brief;
use super::ink::{Ink, Style};
use super::{GAP, Ghost, Scene, Tap, Thing, Tone, WANTED};
use crate::cloud::map::Map;
use crate::session::view::placed::Refused;
use crate::session::view::rows::{Read, Row, short, tail};

/// The least and the greatest width of a hull.
pub(super) const WIDTHS: (i32, i32) = (104, 122);
/// With the status word under it.
pub(super) const HEIGHT: i32 = HULL + 20;
/// The hull alone.
const HULL: i32 = 86;
/// A group of more tasks than this is one hull with a number on it.
const GROUP_MOST: usize = 12;

/// What is said of a task, in the picture and in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// `WEB·2·a`.
    pub(super) stencil: String,
    /// The task definition, `web:2`.
    pub(super) definition: String,
    /// The letter alone.
    pub(super) letter: String,
    /// Its state as a drawing.
    pub(super) tone: Tone,
    /// The word under it.
    pub(super) state: String,
}

/// Tasks of one definition in one place.
#[derive(Default)]
struct Group<'a> {
    tasks: Vec<&'a Row>,
    /// It is drawn as one hull already.
    drawn: bool,
    /// And each of its tasks too.
    open: bool,
}

/// Hulls side by side, wrapped; large groups are drawn as one.
#[inline(never)]
pub(super) fn hulls(tasks: &[&Row], scene: &Scene<'_>, place: &str, width: i32) -> Block {
    let (_, each) = super::block::columns(width, WIDTHS.0, WIDTHS.1, GAP);
    let mut groups: Map<&str, Group<'_>> = Map::new();
    for task in tasks {
        if let Some(group) = groups.at(&task.brief().definition, Group::default) {
            group.tasks.push(task);
        }
    }
    let mut blocks = Vec::new();
    for task in tasks {
        let definition = task.brief().definition.as_str();
        let Some(group) = groups.get_mut(definition) else { continue };
        let large = group.tasks.len() > GROUP_MOST;
        if large && !group.drawn {
            group.drawn = true;
            let name = format!("{definition}@{place}");
            group.open = scene.open.contains(&name);
            blocks.push(Block::of(fleet(&group.tasks, definition, &name, scene, each)));
        }
        if !large || group.open {
            blocks.push(Block::of(hull(task, scene, each)));
        }
    }
    Block::wrap(blocks, width, GAP)
}

/// One task.
#[inline(never)]
fn hull(task: &Row, scene: &Scene<'_>, width: i32) -> Thing {
    let said = said(task, scene);
    let status = task.json.text("lastStatus");
    let mut thing = Thing::new("task", &task.id, status, (width, HEIGHT));
    thing.tone = said.tone;
    thing.spoken = spoken(task, &said);
    thing.art = outline(width);
    let middle = width / 2 - 2;
    let room = width - 16;
    let stencil = stencil(&said, room);
    thing.art.push(Ink::centred(Style::Stencil, middle, 29, stencil));
    let containers = task.json.list("containers");
    let (large, small) = cargo(task, scene);
    let style = if Style::Port.width(&large) <= room { Style::Port } else { Style::PortSmall };
    thing.art.push(Ink::centred(style, middle, 56, style.fit(&large, room)));
    if containers.len() > 1 {
        thing.art.extend(holds(containers, middle, 70));
    } else {
        let small = Style::Caption.fit(&small, room - 4);
        thing.art.push(Ink::centred(Style::Caption, middle, 74, small));
    }
    thing.art.push(Ink::centred(Style::State, width / 2, HULL + 14, said.state));
    thing
}

/// Many tasks of one definition as one hull with their number.
#[inline(never)]
fn fleet(group: &[&Row], definition: &str, name: &str, scene: &Scene<'_>, width: i32) -> Thing {
    let count = |tone: Tone| group.iter().filter(|task| task.brief().tone == tone).count();
    let (running, failed) = (count(Tone::Running), count(Tone::Failed));
    let status = format!("{running} of {} RUNNING", group.len());
    let mut thing = Thing::new("tasks", name, &status, (width, HEIGHT));
    thing.tone = match (running == group.len(), failed) {
        (true, _) => Tone::Running,
        (_, 0) => Tone::Waiting,
        _ => Tone::Failed,
    };
    thing.spoken = format!("{} tasks of {definition}, {running} running", group.len());
    thing.tap = Tap::Toggle(name.to_owned());
    let middle = width / 2 - 2;
    thing.art = vec![Ink::path(Style::Detail, 5, -5, path(width, HULL))];
    thing.art.extend(outline(width));
    let title = Style::Stencil.fit(&definition.replace(':', "·").to_ascii_uppercase(), width - 16);
    thing.art.push(Ink::centred(Style::Stencil, middle, 29, title));
    thing.art.push(Ink::centred(Style::Port, middle, 56, format!("× {}", group.len())));
    let action = if scene.open.contains(name) { "fold" } else { "unfold" };
    thing.art.push(Ink::centred(Style::Caption, middle, 74, action));
    let state = format!("{running} RUNNING");
    thing.art.push(Ink::centred(Style::State, width / 2, HULL + 14, state));
    thing
}

/// Tasks of a group for which there was no place. What knows more is its service or its task definition.
#[inline(never)]
pub(super) fn refused(refused: &Refused, scene: &Scene<'_>, width: i32) -> Option<Thing> {
    let rows = scene.rows.get(refused.kind).iter();
    let knows = { rows }.rfind(|row| {
        let json = &row.json;
        json.text("serviceName") == refused.name || json.text("family") == refused.name
    })?;
    let id = format!("{}/{}", refused.kind, refused.name);
    let mut thing = Thing::new("refused", &id, "not placed", (width, HEIGHT));
    thing.tone = Tone::Failed;
    thing.tap = Tap::Look(refused.kind, knows.id.clone());
    thing.spoken = format!("A task of {} was not placed: {}. Why?", refused.name, refused.because);
    thing.art = outline(width);
    let (middle, room) = (width / 2 - 2, width - 16);
    let name = Style::Stencil.fit(&refused.name.to_ascii_uppercase(), room);
    thing.art.push(Ink::centred(Style::Stencil, middle, 29, name));
    thing.art.push(Ink::centred(Style::State, middle, 54, "not placed"));
    for (line, y) in lines(&refused.because, room - 6, 2).into_iter().zip([69, 82]) {
        thing.art.push(Ink::centred(Style::Caption, middle, y, line));
    }
    thing.art.push(Ink::centred(Style::State, width / 2, HULL + 14, "Why?"));
    Some(thing)
}

/// A task that a goal still lacks.
#[inline(never)]
pub(super) fn ghost(ghost: &Ghost, number: usize, width: i32) -> Thing {
    let mut thing = Thing::wanted(ghost, number, (width, HEIGHT));
    thing.art = vec![Ink::path(Style::Body, 0, 0, path(width, HULL))];
    let middle = width / 2 - 2;
    thing.art.push(Ink::centred(Style::State, middle, 32, WANTED));
    for (line, y) in lines(&ghost.phrase(), width - 20, 3).into_iter().zip([48, 62, 76]) {
        thing.art.push(Ink::centred(Style::Caption, middle, y, line));
    }
    thing
}

/// What is said of a task.
pub(super) fn said(task: &Row, scene: &Scene<'_>) -> Said {
    let Brief { definition, tone, state, .. } = task.brief().clone();
    let letter = scene.names.letter(&task.id);
    let stencil = format!("{}·{letter}", definition.replace(':', "·").to_ascii_uppercase());
    Said { stencil, definition, letter, tone, state }
}

fn spoken(task: &Row, said: &Said) -> String {
    let mut parts =
        vec![format!("task {}", said.letter), said.definition.clone(), said.state.clone()];
    let (host, container) = bindings(&task.json);
    if !host.is_empty() {
        parts.push(format!("host port {host} to container port {container}"));
    }
    let instance = task.json.text("containerInstanceArn");
    if !instance.is_empty() {
        parts.push(format!("on container instance {}", short(instance)));
    }
    parts.join(", ")
}

/// The large and the small line on a hull: its port or address, and where that leads.
fn cargo(task: &Row, scene: &Scene<'_>) -> (String, String) {
    let (host, container) = bindings(&task.json);
    if !host.is_empty() {
        return (host, format!("→ {container}"));
    }
    let image = image(&task.json);
    let address = address(&task.json);
    if !address.is_empty() && task.json.text("lastStatus") != "STOPPED" {
        let port = declared_port(task, scene);
        return (address, if port.is_empty() { image } else { format!(": {port}") });
    }
    let pulling =
        task.json.at("pullStartedAt").is_some() && task.json.at("pullStoppedAt").is_none();
    if pulling && said(task, scene).tone == Tone::Waiting {
        return (String::new(), format!("pulling {image}"));
    }
    (String::new(), image)
}

/// The first host port in use and the container port behind it.
fn bindings(task: &Value) -> (String, String) {
    let mut bindings =
        task.list("containers").iter().flat_map(|container| container.list("networkBindings"));
    let port =
        |binding: &Value, name| binding.number(name).map_or(String::new(), |n| n.to_string());
    bindings.next().map_or((String::new(), String::new()), |binding| {
        (port(binding, "hostPort"), port(binding, "containerPort"))
    })
}

fn address(task: &Value) -> String {
    let interfaces =
        task.list("containers").iter().flat_map(|container| container.list("networkInterfaces"));
    let address = interfaces.map(|eni| eni.text("privateIpv4Address")).find(|ip| !ip.is_empty());
    address.unwrap_or_default().to_owned()
}

fn declared_port(task: &Row, scene: &Scene<'_>) -> String {
    let arn = task.json.text("taskDefinitionArn");
    let definition = scene
        .rows
        .get("task-definition")
        .iter()
        .find(|row| row.json.text("taskDefinitionArn") == arn);
    let containers = definition.map_or(&[][..], |row| row.json.list("containerDefinitions"));
    let mut ports = containers.iter().flat_map(|container| container.list("portMappings"));
    ports
        .next()
        .and_then(|port| port.number("containerPort"))
        .map_or(String::new(), |n| n.to_string())
}

fn image(task: &Value) -> String {
    let image = task.list("containers").first().map_or("", |container| container.text("image"));
    tail(image).to_owned()
}

/// The stencil, with its family cut short where the hull is too narrow: the revision and the letter always stand there.
fn stencil(said: &Said, room: i32) -> String {
    if Style::Stencil.width(&said.stencil) <= room {
        return said.stencil.clone();
    }
    let (family, revision) = said.definition.rsplit_once(':').unwrap_or((&said.definition, ""));
    let end = format!("·{revision}·{}", said.letter);
    let family =
        Style::Stencil.fit(&family.to_ascii_uppercase(), room - Style::Stencil.width(&end));
    format!("{family}{end}")
}

fn outline(width: i32) -> Vec<Ink> {
    vec![
        Ink::path(Style::Body, 0, 0, path(width, HULL)),
        Ink::path(Style::Detail, 0, 0, format!("M2 36H{}", width - 5)),
    ]
}

/// A hull with its bow to the right.
pub(super) fn path(width: i32, height: i32) -> String {
    let (deck, bow, stern) = (width - 22, width - 12, height - 6);
    format!(
        "M0 12H{deck}L{width} 0L{bow} {stern}Q{} {height} {} {height}H12Q5 {height} 4 {}Z",
        bow - 1,
        bow - 8,
        height - 7
    )
}

/// The containers of a task as squares: filled when it runs.
fn holds(containers: &[Value], middle: i32, y: i32) -> Vec<Ink> {
    let count = i32::try_from(containers.len()).unwrap_or(1).max(1);
    let side = (70 / count - 2).clamp(5, 9);
    let mut x = middle - (count * (side + 3) - 3) / 2;
    let square = format!("M0 0H{side}V{side}H0Z");
    let mut ink = Vec::new();
    for container in containers {
        let style =
            if container.text("lastStatus") == "RUNNING" { Style::Full } else { Style::Empty };
        ink.push(Ink::path(style, x, y, square.clone()));
        x += side + 3;
    }
    ink
}

/// A sentence in lines of a width, at most so many; the last is cut.
pub(super) fn lines(text: &str, room: i32, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let full = lines.len() == most;
        match lines.last_mut() {
            Some(last) if full || Style::Caption.width(&format!("{last} {word}")) <= room => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.into_iter().map(|line| Style::Caption.fit(&line, room)).collect()
}
