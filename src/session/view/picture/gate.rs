//! The harbour master's towers and their boards: load balancers, target groups, and targets with their health. Whoever
//! comes from the sea passes here.

use super::block::{Block, columns};
use super::flow::Flow;
use super::ink::{Anchor, Ink, Style};
use super::{GAP, NARROW, Scene, TAP, Thing, Tone};
use crate::session::view::rows::{Read, Row, short};

/// The width of a tower with its name beside it, on a narrow chart and on a wide one.
const TOWER: (i32, i32) = (164, 208);
/// Its height: the clients above it, the tower below.
const TOWER_HEIGHT: i32 = 104;
/// The room of the tower itself.
const GLYPH: i32 = 54;
/// On its way to the boards, what comes out of a tower goes at this height.
const PIER: i32 = 92;
/// So far under the clients the boards begin: their first target is where requests come out.
const BELOW: i32 = 24;
/// Where the boards stand under the tower, so far from the left.
const INDENT: i32 = 44;
/// The least and the greatest width of a board.
const BOARD: (i32, i32) = (132, 240);
/// The height of its head.
const HEAD: i32 = 48;
/// More targets than this are one line with a number.
const TARGETS_MOST: usize = 6;

/// All load balancers with the boards of their groups, and the groups that no load balancer uses.
pub(super) fn gate(scene: &Scene<'_>, width: i32) -> Block {
    let balancers = scene.rows.get("load-balancer");
    let (_, board_width) = columns(width, BOARD.0, BOARD.1, GAP);
    let groups = || scene.rows.get("target-group").iter();
    let mut lines: Vec<Block> = balancers
        .iter()
        .map(|row| {
            let arn = row.json.text("LoadBalancerArn");
            let own: Vec<&Row> = groups().filter(|group| uses(group, arn)).collect();
            front(row, &own, scene, width)
        })
        .collect();
    let idle = groups().filter(|group| group.json.list("LoadBalancerArns").is_empty());
    lines.push(Block::wrap(idle.map(|group| board(group, scene, board_width)), width, GAP));
    Block::stack(lines, GAP)
}

fn uses(group: &Row, arn: &str) -> bool {
    group.json.list("LoadBalancerArns").iter().any(|one| one.as_str() == Some(arn))
}

/// A load balancer with the boards of its groups: beside it, or under it where the chart is narrow.
#[inline(never)]
fn front(row: &Row, groups: &[&Row], scene: &Scene<'_>, width: i32) -> Block {
    let tower_width = if width < NARROW { TOWER.0 } else { TOWER.1 };
    let beside = width >= tower_width + GAP + BOARD.0;
    let (x, y) = if beside { (tower_width + GAP, BELOW) } else { (INDENT, TOWER_HEIGHT + GAP) };
    let mut block = Block::of(tower(row, scene, tower_width.min(width)));
    let (_, each) = columns(width - x, BOARD.0, BOARD.1, GAP);
    let boards = groups.iter().map(|group| board(group, scene, each));
    block.put(x, y, Block::wrap(boards, width - x, GAP));
    let mut flows =
        vec![Flow::of_clients(&row.id, scene.requests.to(&format!("load-balancer/{}", row.id)))];
    flows.extend(
        block.things.iter().filter_map(|thing| way(thing, &block.things, scene, x, beside)),
    );
    block.flows = flows.into_iter().filter(|flow| flow.count.sent > 0).collect();
    block
}

/// The way of requests from the tower to a target, or to a board of which no single target is in reach.
#[inline(never)]
fn way(thing: &Thing, all: &[Thing], scene: &Scene<'_>, first: i32, beside: bool) -> Option<Flow> {
    let in_reach = thing.x == first;
    let (down, count) = match thing.kind {
        "target" if in_reach => (TAP / 2, scene.requests.to(&thing.key())),
        "target-group" => {
            let prefix = format!("{}/", thing.id);
            let shows = all.iter().any(|one| one.kind == "target" && one.id.starts_with(&prefix));
            if shows && in_reach {
                return None;
            }
            (HEAD - 12, scene.requests.to_group(&thing.id))
        }
        _ => return None,
    };
    let (x, y) = (thing.x - 2, thing.y + down);
    let path = match (beside, in_reach) {
        (true, true) => {
            let (bend, middle) = (first - INDENT, first - INDENT / 2);
            format!("M43 {PIER}H{bend}C{middle} {PIER} {middle} {y} {x} {y}")
        }
        (true, false) => {
            // Over the boards that stand before it.
            let (bend, over) = (first - INDENT / 2, thing.y - GAP / 2);
            format!(
                "M43 {PIER}H{}Q{bend} {PIER} {bend} {}V{}Q{bend} {over} {} {over}H{}V{y}H{x}",
                bend - 8,
                PIER - 8,
                over + 8,
                bend + 8,
                x - 3
            )
        }
        (false, _) => format!("M28 98V{}Q28 {y} 36 {y}H{x}", y - 8),
    };
    let mut flow = Flow::into(thing, down, path, count);
    if beside && in_reach && thing.kind == "target" {
        // Before the target, where its edge leaves room: over it, or where it has not turned yet.
        let level = y - PIER < TAP / 2;
        let (end, line) = if level { (x - 6, y - 6) } else { (first - INDENT / 2 - 4, y + 5) };
        flow.label = (end, line, Anchor::End);
    }
    Some(flow)
}

/// The tower: what comes in, on which ports it listens, and where it sends that.
#[inline(never)]
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
    let requests = scene.requests.to(&thing.key()).spoken();
    thing.spoken = format!("load balancer {}, {state}, listens on {listens}{requests}", row.id);
    let clients: String =
        [8, 24, 40].map(|x| format!("M{x} 8a4 4 0 1 0 8 0a4 4 0 1 0 -8 0")).concat();
    thing.art = vec![
        Ink::path(Style::Detail, 0, 0, clients),
        Ink::path(Style::Wave, 0, 0, "M28 16V38"),
        Ink::path(Style::Body, 0, 0, "M17 40H39V52H17Z"),
        Ink::path(Style::Body, 0, 0, "M20 52H36L43 96H13Z"),
        Ink::path(Style::Detail, 0, 0, "M8 96H48"),
    ];
    let room = width - GLYPH - 6;
    thing.art.push(Ink::words(Style::Caption, GLYPH + 4, 13, "clients"));
    thing.art.push(Ink::words(Style::Name, GLYPH, 51, Style::Name.fit(&row.id, room)));
    let left = room - Style::State.width(state) - GAP;
    let listens = Style::Caption.fit(&listens, left);
    let beside = GLYPH + Style::Caption.width(&listens) + GAP;
    thing.art.push(Ink::words(Style::Caption, GLYPH, 68, listens));
    thing.art.push(Ink::words(Style::State, beside, 68, state));
    thing
}

/// A target group as a board with a line for each target.
#[inline(never)]
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
    let lines = shown.iter().map(|target| Block::of(signal(target, scene, width)));
    Block::stack(std::iter::once(Block::of(head)).chain(lines), 0)
}

fn health(target: &Row) -> &str {
    target.json.text("TargetHealth.State")
}

/// One target: where it is, and how it stands, by a sign, a word and a colour.
fn signal(target: &Row, scene: &Scene<'_>, width: i32) -> Thing {
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
    let requests = scene.requests.to(&thing.key()).spoken();
    thing.spoken = format!("target {} port {port}, {state}{requests}", short(place));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::view::picture::tests::{WIDTHS, full, picture};

    #[test]
    fn a_target_says_its_health_by_sign_and_word() {
        let picture = picture(&full(), 374, &[]);
        let find = |id: &str| picture.all.things.iter().find(|thing| thing.id == id).unwrap();
        let sick = find("web/i-0a1b2c3d4e5f60718:32769");
        assert_eq!(
            (sick.kind, sick.status.as_str(), sick.tone),
            ("target", "unhealthy", Tone::Failed)
        );
        assert_eq!(
            sick.spoken,
            "target i-0a1b port 32769, unhealthy, 20 requests a second, 20 of them failing. Why?"
        );
        assert_eq!(find("web").kind, "target-group");
        let tower = find("front-of-the-shop");
        assert_eq!(
            tower.spoken,
            "load balancer front-of-the-shop, active, listens on :80, 140 requests a second, 20 of them failing"
        );
    }

    #[test]
    fn requests_go_from_the_clients_to_each_target() {
        for width in WIDTHS {
            let picture = picture(&full(), width, &[]);
            let mut shown: Vec<_> = picture
                .all
                .flows
                .iter()
                .map(|flow| (flow.key.as_str(), flow.count.class(), flow.count.says()))
                .collect();
            shown.sort();
            let expected = [
                ("load-balancer/front-of-the-shop", "stream fast mixed", "140/s, 20 failing"),
                ("target/web/i-0a1b2c3d4e5f60718:32769", "stream brisk bad", "20/s, all failing"),
                ("target/web/i-0a1b2c3d4e5f60718:80", "stream fast good", "120/s"),
            ];
            let expected =
                expected.map(|(key, class, says)| (key, class.to_owned(), says.to_owned()));
            assert_eq!(shown, expected, "at {width}");
            for flow in &picture.all.flows {
                let (left, right) = flow.reach();
                assert!(left >= 0 && right <= width, "{} at {width}: {left} to {right}", flow.key);
            }
        }
    }
}
