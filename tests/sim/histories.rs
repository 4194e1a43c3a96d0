//! Long random histories of everything: calls of all services, time, faults. Whatever comes, nothing is given twice,
//! every call leaves one record, a refused call changes nothing, lists keep to their limits, and the same inputs give the
//! same account: from the beginning, from a snapshot, and however time is cut.
//!
//! The steps are those of `ecs_walk`, the lines of the conformance walk in any order, and traffic.
//! `DRYDOCK_HISTORIES` says how many histories of 200 inputs there are; `make test` asks for 2,000.

use std::collections::BTreeMap;

use drydock::cloud::Cloud;
use drydock::cloud::input::{Call, Input, Principal};
use drydock::cloud::limits;
use drydock::cloud::rows::Kind;
use drydock::cloud::time::SECOND;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::ecs_walk::{self, Step};
use crate::walk_lines::{self, Line};

/// One input.
#[derive(Clone, Debug)]
enum Move {
    Step(Step),
    /// A line of the conformance walk.
    Line(usize),
    Traffic(u32),
    Load(u32),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        12 => ecs_walk::step().prop_map(Move::Step),
        8 => any::<prop::sample::Index>().prop_map(|at| Move::Line(at.index(walk_lines::count()))),
        1 => prop_oneof![Just(0), 1..40_u32, Just(1_000)].prop_map(Move::Traffic),
        1 => (0..150_u32).prop_map(Move::Load),
    ];
    prop::collection::vec(one, 200)
}

fn histories() -> u32 {
    let asked = std::env::var("DRYDOCK_HISTORIES").ok();
    asked.and_then(|number| number.parse().ok()).unwrap_or(12)
}

/// An account at work, and what lines have kept of answers.
#[derive(Clone)]
struct World {
    cloud: Cloud,
    kept: BTreeMap<String, String>,
    /// Time passes in pieces of so many seconds.
    piece: Option<u64>,
    /// The rules are looked at after each input.
    checked: bool,
    refusals: u32,
}

impl World {
    fn new(checked: bool, piece: Option<u64>) -> Self {
        let cloud = ecs_walk::harbour().cloud;
        Self { cloud, kept: BTreeMap::new(), piece, checked, refusals: 0 }
    }

    fn go(&mut self, moves: &[Move]) {
        for one in moves {
            let fault = |value: Value| Input::Inject {
                fault: serde_json::from_value(value).expect("a fault"),
            };
            match one {
                Move::Step(step) => self.apply(ecs_walk::input(&self.cloud, step), None),
                Move::Line(at) => {
                    let line = walk_lines::line(*at, &self.kept);
                    self.apply(line.input(&self.cloud), Some(&line));
                }
                Move::Traffic(rate) => {
                    let asked = json!({ "loadBalancer": "web", "requestsPerSecond": rate });
                    self.apply(fault(json!({ "traffic": asked })), None);
                }
                Move::Load(percent) => {
                    let load =
                        json!({ "service": "service-0", "cluster": "dock", "cpuPercent": percent });
                    self.apply(fault(json!({ "load": load })), None);
                }
            }
            if self.checked {
                self.check();
            }
        }
    }

    fn apply(&mut self, input: Input, line: Option<&Line>) {
        let call = match (&input, self.piece) {
            (Input::Advance { to }, Some(piece)) => {
                while self.cloud.now() + piece * SECOND < *to {
                    let to = self.cloud.now() + piece * SECOND;
                    self.cloud.apply(&Input::Advance { to });
                }
                None
            }
            (Input::Call { by, call }, _) => Some((by, call)),
            _ => None,
        };
        let before = (self.checked && call.is_some()).then(|| self.cloud.clone());
        let outcome = self.cloud.apply(&input);
        let (Some((by, call)), no) = (call, outcome.record) else { return };
        let reply = outcome.into_reply();
        if let (Some(line), Ok(output)) = (line, &reply) {
            line.keep(output, &mut self.kept);
        }
        let Some(before) = before else { return };
        self.one_record(&before, no, by, call);
        if reply.is_err() {
            self.changed_nothing(&before, call);
        }
    }

    fn one_record(&self, before: &Cloud, no: Option<u64>, by: &Principal, call: &Call) {
        let (trail, count) = (&self.cloud.account().trail, before.account().trail.count());
        let made = trail.iter().rev().take_while(|record| record.no > count);
        let ours = made.filter(|record| record.by == *by);
        let ours: Vec<_> = ours.map(|record| (Some(record.no), &record.call)).collect();
        assert_eq!(ours, [(no, call)], "one record a call");
    }

    /// To compare everything takes its time: it is done for some of the refusals.
    fn changed_nothing(&mut self, before: &Cloud, call: &Call) {
        self.refusals += 1;
        if self.refusals % 8 == 1 {
            for kind in Kind::ALL {
                let rows = |cloud: &Cloud| kind.rows(cloud.account());
                assert_eq!(rows(before), rows(&self.cloud), "{call:?} was refused");
            }
        }
    }

    fn check(&self) {
        let account = self.cloud.account();
        let complaints = drydock::cloud::check::account(account);
        assert_eq!(complaints, Vec::<String>::new());
        assert!(account.trail.iter().count() <= limits::TRAIL_RECORDS);
        assert!(account.story.iter().count() <= limits::STORY_EVENTS);
        assert!(account.metrics.iter().count() <= limits::METRICS);
        assert!(account.requests.iter().count() <= limits::REQUESTS);
        assert!(account.tasks.len() <= limits::TASKS && account.alarms.len() <= limits::ALARMS);
        for traffic in account.traffic.values() {
            assert!(traffic.sample.len() <= limits::TRAFFIC_KEPT);
        }
    }
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: histories(),
        max_shrink_iters: 500,
        failure_persistence: None,
        ..Default::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_happens_the_rules_hold(moves in moves()) {
        World::new(true, None).go(&moves);
    }

    #[test]
    fn history_repeats_itself_however_time_is_cut_and_from_a_snapshot(moves in moves(), piece in 1..50_u64) {
        let (mut world, mut again) = (World::new(false, None), World::new(false, Some(piece)));
        let (first, second) = moves.split_at(100);
        world.go(first);
        let mut kept = world.clone();
        let digest = kept.cloud.digest();
        world.go(second);
        // What was kept is what it was, and goes on in the same way.
        prop_assert_eq!(kept.cloud.digest(), digest);
        kept.go(second);
        prop_assert_eq!(kept.cloud.digest(), world.cloud.digest());
        again.go(&moves);
        prop_assert_eq!(again.cloud.digest(), world.cloud.digest());
    }
}
