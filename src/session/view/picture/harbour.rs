//! The harbour: the VPC as a contour, its Availability Zones as columns (on a narrow chart one under the other), in them
//! the docks, and under those the open water of Fargate, where tasks float without a dock.

use super::block::{Block, columns};
use super::dock;
use super::hull;
use super::ink::{Ink, Style};
use super::{GAP, NARROW, Scene, TAP, Thing};
use crate::session::view::rows::{Read, Row, short};

/// Between the contour and what lies inside.
const SHORE: i32 = 12;
/// A zone in which nothing lies is only as wide as its caption.
const BARE: i32 = 92;

/// What lies in one Availability Zone.
struct Zone<'a> {
    name: &'a str,
    instances: Vec<&'a Row>,
    floating: Vec<&'a Row>,
}

/// The VPC with everything in it, and before it what waits for a place.
pub(super) fn harbour(scene: &Scene<'_>, width: i32) -> Block {
    let zones = zones(scene);
    if zones.is_empty() {
        return roads(scene, width);
    }
    let narrow = width < NARROW;
    let shore = if narrow { SHORE - 4 } else { SHORE + 6 };
    let inner = width - 2 * shore;
    let water =
        if narrow { tiers(&zones, scene, inner) } else { side_by_side(&zones, scene, inner) };
    let inside = Block::stack([roads(scene, inner), water], GAP);
    let heading = heading(scene, inner);
    let mut block = Block::room(width, 0);
    let below = (heading.height - GAP).max(shore);
    // The name stands at the contour's right end, where no caption of a zone is.
    block.put(width - shore - heading.width, 2, heading);
    block.put(shore, below, inside);
    block.height += shore;
    for ink in contours(width, block.height, narrow) {
        block.ink.insert(0, ink);
    }
    block
}

/// The zones of the account, each with its instances and the tasks that float there.
fn zones<'a>(scene: &Scene<'a>) -> Vec<Zone<'a>> {
    let gone = |row: &&Row| row.json.text("State.Name") != "terminated";
    let instances: Vec<_> = scene.rows.get("instance").iter().filter(gone).collect();
    let floating: Vec<_> =
        scene.rows.get("task").iter().filter(|task| task.brief().floats()).collect();
    let of_instance = |row: &'a Row| row.json.text("Placement.AvailabilityZone");
    let of_task = |row: &'a Row| row.brief().zone.as_str();
    let subnets = scene.rows.get("subnet").iter().map(|row| row.json.text("AvailabilityZone"));
    let of_things = instances.iter().map(|row| of_instance(row));
    let of_things = of_things.chain(floating.iter().map(|row| of_task(row)));
    let mut names: Vec<&str> = Vec::new();
    for name in subnets.chain(of_things).filter(|name| !name.is_empty()) {
        if let Err(place) = names.binary_search(&name) {
            names.insert(place, name);
        }
    }
    let zone = |name| Zone {
        name,
        instances: instances.iter().copied().filter(|row| of_instance(row) == name).collect(),
        floating: floating.iter().copied().filter(|row| of_task(row) == name).collect(),
    };
    names.into_iter().map(zone).collect()
}

/// The VPC's name, as a thing of its own.
fn heading(scene: &Scene<'_>, width: i32) -> Block {
    let things = scene.rows.get("vpc").iter().map(|vpc| {
        let text = format!("{} · {}", short(&vpc.id), vpc.json.text("CidrBlock"));
        let size = (Style::Caption.width(&text) + 12, TAP);
        let mut thing = Thing::new("vpc", &vpc.id, vpc.json.text("State"), size);
        thing.spoken = format!("VPC {text}, {}", thing.status);
        thing.art.push(Ink::words(Style::Caption, 6, 26, text));
        Block::of(thing)
    });
    Block::wrap(things, width, GAP)
}

/// Tasks that have no place yet, and what the goals still want in the water.
fn roads(scene: &Scene<'_>, width: i32) -> Block {
    let waiting: Vec<_> =
        scene.rows.get("task").iter().filter(|task| task.brief().waits()).collect();
    let (_, hull) = columns(width, hull::WIDTHS.0, hull::WIDTHS.1, GAP);
    let (_, dock) = columns(width, dock::WIDTHS.0, dock::WIDTHS.1, GAP);
    let mut title = Block::default();
    let mut blocks = Vec::new();
    if !waiting.is_empty() {
        title = Block::room(width, 16);
        title.draw(Ink::words(Style::Caption, 0, 12, "waiting for a place"));
        blocks.push(hull::hulls(&waiting, scene, "roads", width));
    }
    for group in scene.refused {
        blocks.extend(hull::refused(group, scene, hull).map(Block::of));
    }
    for (number, ghost) in scene.ghosts_of(&["task", "pod", "target"]).enumerate() {
        blocks.push(Block::of(hull::ghost(ghost, number, hull)));
    }
    for (number, ghost) in scene.ghosts_of(&["instance", "container-instance", "node"]).enumerate()
    {
        blocks.push(dock::empty(ghost, number, dock));
    }
    Block::stack([title, Block::wrap(blocks, width, GAP)], 4)
}

/// The narrow chart: zones with something in them one under the other, the rest in one line.
fn tiers(zones: &[Zone<'_>], scene: &Scene<'_>, width: i32) -> Block {
    let (used, bare): (Vec<_>, Vec<_>) = zones.iter().partition(|zone| !zone.is_bare());
    let mut blocks: Vec<_> = used.into_iter().map(|zone| zone.block(scene, width)).collect();
    if !bare.is_empty() {
        let names: Vec<_> = bare.iter().map(|zone| zone.name).collect();
        let text = format!("nothing in {}", names.join(", "));
        let mut line = Block::room(width, 20);
        line.draw(Ink::words(Style::Caption, 0, 14, Style::Caption.fit(&text, width)));
        blocks.push(line);
    }
    Block::stack(blocks, GAP)
}

/// The wide chart: zones as columns; those with something in them share the width.
fn side_by_side(zones: &[Zone<'_>], scene: &Scene<'_>, width: i32) -> Block {
    let count = |zones: usize| i32::try_from(zones).unwrap_or(i32::MAX);
    let bare = count(zones.iter().filter(|zone| zone.is_bare()).count());
    let used = count(zones.len()) - bare;
    let gaps = 2 * GAP * (used + bare - 1);
    let (each, bare_width) = match used {
        0 => (0, (width - gaps) / bare.max(1)),
        _ => ((width - gaps - bare * BARE) / used, BARE),
    };
    if used > 0 && each < dock::WIDTHS.0 {
        return tiers(zones, scene, width);
    }
    let mut all = Block::default();
    let mut borders = Vec::new();
    for zone in zones {
        let room = if zone.is_bare() { bare_width } else { each };
        let x = if all.width > 0 { all.width + 2 * GAP } else { 0 };
        if x > 0 {
            borders.push(x - GAP);
        }
        let mut block = zone.block(scene, room);
        block.width = room;
        all.put(x, 0, block);
    }
    let bottom = all.height;
    for x in borders {
        all.draw(Ink::path(Style::Zone, x, 0, format!("M0 0V{bottom}")));
    }
    all
}

impl Zone<'_> {
    fn is_bare(&self) -> bool {
        self.instances.is_empty() && self.floating.is_empty()
    }

    fn block(&self, scene: &Scene<'_>, width: i32) -> Block {
        let mut caption = Block::room(width, 18);
        caption.draw(Ink::words(Style::Caption, 0, 13, self.name));
        if self.is_bare() {
            let mut block = caption;
            block.height = 60;
            block.draw(Ink::words(Style::Caption, 0, 34, "nothing here"));
            return block;
        }
        let (_, each) = columns(width, dock::WIDTHS.0, dock::WIDTHS.1, 2 * GAP);
        let docks = self.instances.iter().map(|row| dock::dock(row, scene, each));
        let docks = Block::wrap(docks, width, 2 * GAP);
        Block::stack([caption, docks, self.water(scene, width)], GAP)
    }

    /// The open water where Fargate tasks float.
    #[inline(never)]
    fn water(&self, scene: &Scene<'_>, width: i32) -> Block {
        if self.floating.is_empty() {
            return Block::default();
        }
        let hulls = hull::hulls(&self.floating, scene, self.name, width);
        let line = hulls.height + 8;
        let mut block = Block::room(width, line + 24);
        block.put(0, 0, hulls);
        let waves: String = (0..width / 24).map(|_| "q6 -5 12 0t12 0").collect();
        block.draw(Ink::path(Style::Wave, 0, line, format!("M0 0{waves}")));
        block.draw(Ink::words(Style::Caption, 0, line + 18, "Fargate: no host of yours"));
        block
    }
}

/// Depth lines around the VPC.
fn contours(width: i32, height: i32, narrow: bool) -> Vec<Ink> {
    let line = |inset: i32| {
        let (left, right, bottom) = (inset, width - inset, height - inset);
        let (third, rise) = (width / 3, if narrow { 4 } else { 7 });
        let path = format!(
            "M{left} {y}C{third} {a} {third} {b} {middle} {y}S{two} {a} {right} {y}V{bottom}C{two} {c} {two} {d} {middle} \
             {bottom}S{third} {c} {left} {bottom}Z",
            y = inset + rise,
            a = inset - rise,
            b = inset + 2 * rise,
            c = bottom + rise / 2,
            d = bottom - rise,
            middle = width / 2,
            two = 2 * third,
        );
        Ink::path(Style::Contour, 0, 0, path)
    };
    if narrow { vec![line(2)] } else { vec![line(2), line(10)] }
}
