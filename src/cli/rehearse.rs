//! An `aws` line against answers that are given beforehand: what it asks and what it prints.

use std::collections::VecDeque;

use super::aws::Endpoint;
use super::{Printed, aws, fail, words};
use crate::cloud::error::ApiError;
use crate::cloud::input::{Call, Reply};
use crate::cloud::time::{Millis, SimTime};

/// Runs a line; `replies` answer its calls in turn. Gives what was printed, the calls, and how much
/// virtual time the line let pass.
pub fn rehearse(line: &str, replies: Vec<Reply>) -> (Printed, Vec<Call>, Millis) {
    let mut stage = Stage { replies: replies.into(), calls: Vec::new(), passed: 0 };
    let mut out = String::new();
    let result = match words::words(line) {
        Ok(words) => aws::run(&mut stage, &mut out, words.get(1..).unwrap_or_default()),
        Err(sentence) => Err(fail::Fail::honest(sentence, 2)),
    };
    let fail = result.err().unwrap_or_default();
    let printed = Printed { stdout: out, stderr: fail.text, status: fail.status, changed: false };
    (printed, stage.calls, stage.passed)
}

struct Stage {
    replies: VecDeque<Reply>,
    calls: Vec<Call>,
    passed: Millis,
}

impl Endpoint for Stage {
    fn call(&mut self, call: Call) -> Reply {
        self.calls.push(call);
        self.replies
            .pop_front()
            .unwrap_or_else(|| Err(ApiError::internal("no answer was given beforehand")))
    }

    fn pass(&mut self, time: Millis) {
        self.passed += time;
    }

    fn now(&self) -> SimTime {
        SimTime::START + self.passed
    }
}
