//! Long random histories of everything: calls of all services, time, faults. Whatever comes, nothing is given twice,
//! every call leaves one record, a refused call changes nothing, lists keep to their limits, and the same inputs give the
//! same account: from the beginning, from a snapshot, and however time is cut.
//!
//! The steps are those of `ecs_walk`, the lines of the conformance walk in any order, and traffic.
//! `DRYDOCK_HISTORIES` says how many histories of 200 inputs there are; `make test` asks for 2,000.

use std::collections::BTreeMap;

use drydock::cloud::Cloud;
use drydock::cloud::input::{Call, Fault, Input, Principal};
use drydock::cloud::limits;
use drydock::cloud::rows::Kind;
use drydock::cloud::time::SECOND;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::ecs_walk::{self, Step};
use crate::lab::Lab;
use crate::walk_lines;

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
    refusals: u32,
}

impl World {
    fn new() -> Self {
        let cloud = ecs_walk::harbour().cloud;
        Self { cloud, kept: BTreeMap::new(), piece: None, refusals: 0 }
    }

    fn go(&mut self, input: &Move) {
        match input {
            Move::Step(Step::Wait(seconds)) => self.wait(*seconds),
            Move::Step(step) => {
                let mut lab = Lab { cloud: self.cloud.clone() };
                ecs_walk::act(&mut lab, step);
                self.cloud = lab.cloud;
            }
            Move::Line(at) => self.line(*at),
            Move::Traffic(rate) => {
                self.inject(
                    json!({ "traffic": { "loadBalancer": "web", "requestsPerSecond": rate } }),
                );
            }
            Move::Load(percent) => self.inject(json!({ "load": {
                "service": "service-0", "cluster": "dock", "cpuPercent": percent,
            } })),
        }
        self.check();
    }

    fn wait(&mut self, seconds: u64) {
        let end = self.cloud.now() + seconds * SECOND;
        while let Some(piece) = self.piece.filter(|piece| self.cloud.now() + piece * SECOND < end) {
            let to = self.cloud.now() + piece * SECOND;
            self.cloud.apply(&Input::Advance { to });
        }
        self.cloud.apply(&Input::Advance { to: end });
    }

    fn inject(&mut self, fault: Value) {
        let fault: Fault = serde_json::from_value(fault).expect("a fault");
        self.cloud.apply(&Input::Inject { fault });
    }

    fn line(&mut self, at: usize) {
        let line = walk_lines::line(at, &self.kept);
        if let Some(fault) = line.value.get("inject") {
            return self.inject(fault.clone());
        }
        let (Some(service), Some(operation)) =
            (line.value["service"].as_str(), line.value["operation"].as_str())
        else {
            return self.wait(60);
        };
        let call = Call::new(service, operation, line.value["input"].clone());
        let before = self.cloud.clone();
        let by = Principal::administrator();
        let outcome = self.cloud.apply(&Input::Call { by: by.clone(), call: call.clone() });
        self.one_record(&before, outcome.record, &by, &call);
        match outcome.into_reply() {
            Ok(output) => line.keep(&output, &mut self.kept),
            Err(_) => self.changed_nothing(&before, &call),
        }
    }

    fn one_record(&self, before: &Cloud, no: Option<u64>, by: &Principal, call: &Call) {
        let trail = &self.cloud.account().trail;
        let made =
            trail.iter().rev().take_while(|record| record.no > before.account().trail.count());
        let ours =
            made.filter(|record| record.by == *by).map(|record| (Some(record.no), &record.call));
        assert_eq!(ours.collect::<Vec<_>>(), [(no, call)], "one record a call");
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

proptest! {
    #![proptest_config(ProptestConfig {
        cases: histories(), max_shrink_iters: 500, failure_persistence: None, ..Default::default()
    })]

    #[test]
    fn whatever_happens_the_rules_hold_and_history_repeats_itself(moves in moves(), piece in 1..50_u64) {
        let mut world = World::new();
        let mut again = World { piece: Some(piece), ..World::new() };
        let (first, second) = moves.split_at(100);
        for input in first {
            world.go(input);
        }
        let mut kept = world.clone();
        let digest = kept.cloud.digest();
        for input in second {
            world.go(input);
        }
        // What was kept is what it was, and goes on in the same way.
        prop_assert_eq!(kept.cloud.digest(), digest);
        for input in second {
            kept.go(input);
        }
        prop_assert_eq!(kept.cloud.digest(), world.cloud.digest());
        for input in &moves {
            again.go(input);
        }
        prop_assert_eq!(again.cloud.digest(), world.cloud.digest());
    }
}
