//! The yard beside the water: tasks that have stopped, each with its reason, as long as AWS remembers them.

use super::block::{Block, columns};
use super::hull;
use super::ink::{Ink, Style};
use super::{GAP, Scene, Thing};
use crate::session::view::rows::{Read, Row};

const HEIGHT: i32 = 52;
const WIDTHS: (i32, i32) = (250, 420);
/// Rows of them, newest first; the table has them all. More would hide what the present step is about.
const ROWS_MOST: usize = 3;

/// The tasks that have stopped.
pub(super) fn yard(scene: &Scene<'_>, width: i32) -> Block {
    let stopped: Vec<_> =
        scene.rows.get("task").iter().filter(|task| task.brief().stopped).rev().collect();
    if stopped.is_empty() {
        return Block::default();
    }
    let (across, each) = columns(width, WIDTHS.0, WIDTHS.1, GAP);
    let mut title = Block::room(width, 18);
    let most = ROWS_MOST * usize::try_from(across).unwrap_or(1);
    let say = match stopped.len().checked_sub(most) {
        Some(more) if more > 0 => format!("stopped tasks, and {more} more in the table"),
        _ => "stopped tasks".to_owned(),
    };
    title.draw(Ink::words(Style::Caption, 0, 12, say));
    let things = stopped.into_iter().take(most).map(|task| Block::of(wreck(task, scene, each)));
    Block::stack([title, Block::wrap(things, width, GAP)], 4)
}

#[inline(never)]
fn wreck(task: &Row, scene: &Scene<'_>, width: i32) -> Thing {
    let said = hull::said(task, scene);
    let status = task.json.text("lastStatus");
    let mut thing = Thing::new("task", &task.id, status, (width, HEIGHT));
    thing.tone = said.tone;
    let reason = reason(task);
    thing.spoken = format!("task {}, {}, STOPPED, {reason}", said.letter, said.definition);
    thing.art.push(Ink::path(Style::Body, 2, 6, hull::path(48, 38)));
    let room = width - 62;
    thing.art.push(Ink::words(
        Style::Stencil,
        62,
        22,
        Style::Stencil.fit(&said.stencil, room - 84),
    ));
    thing.art.push(Ink::ending(Style::State, width - 2, 22, said.state));
    thing.art.push(Ink::words(Style::Caption, 62, 40, Style::Caption.fit(&reason, room)));
    thing
}

/// Why a task stopped: the exit code, then AWS's sentence.
fn reason(task: &Row) -> String {
    let containers = task.json.list("containers");
    let code = containers.iter().filter_map(|container| container.number("exitCode"));
    let code = code.max_by_key(|code| *code != 0).map(|code| format!("exit {code}"));
    let own = containers.iter().map(|container| container.text("reason"));
    let own = own.map(str::to_owned).find(|reason| !reason.is_empty());
    let said = Some(task.json.text("stoppedReason").to_owned()).filter(|text| !text.is_empty());
    let parts: Vec<_> = [code, own, said].into_iter().flatten().collect();
    if parts.is_empty() { "no reason given".to_owned() } else { parts.join(" · ") }
}
