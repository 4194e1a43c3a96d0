//! The newest requests of clients, for whoever wants to follow one.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Value, json};

use super::request::Sent;
use crate::cloud::limits;
use crate::cloud::time::SimTime;

/// A client's request and what came of it.
#[derive(Clone, Debug)]
pub struct Request {
    /// Numbers count up from 1 and are never given twice.
    pub no: u64,
    /// When.
    pub at: SimTime,
    /// The load balancer's name.
    pub load_balancer: Arc<str>,
    /// The name asked for.
    pub host: Arc<str>,
    /// The path asked for.
    pub path: Arc<str>,
    /// What came of it, hop by hop.
    pub sent: Sent,
    /// The id of the task that answered.
    pub task: Option<Arc<str>>,
}

impl Request {
    /// The members that a row of a request has.
    pub const MEMBERS: &[&str] =
        &["loadBalancer", "host", "path", "status", "target", "task", "tookMs"];

    /// The request as data, in the words of `cargo lab stdio`.
    pub fn row(&self) -> Value {
        json!({
            "loadBalancer": self.load_balancer,
            "host": self.host,
            "path": self.path,
            "status": self.sent.status,
            "target": self.sent.target_text(),
            "task": self.task,
            "tookMs": self.sent.took_ms,
        })
    }
}

/// At most [`limits::REQUESTS`] of them.
#[derive(Clone, Debug, Default)]
pub struct Requests {
    kept: Arc<VecDeque<Request>>,
    count: u64,
}

impl Requests {
    /// Keeps a request; its number is given here.
    pub fn push(&mut self, mut request: Request) {
        self.count += 1;
        request.no = self.count;
        let kept = Arc::make_mut(&mut self.kept);
        if kept.len() >= limits::REQUESTS {
            kept.pop_front();
        }
        kept.push_back(request);
    }

    /// Oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Request> {
        self.kept.iter()
    }

    /// How many there have ever been.
    pub fn count(&self) -> u64 {
        self.count
    }
}
