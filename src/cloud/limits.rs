//! Every quota and duration, with its unit in its name and where it comes from: a page of AWS's, or "chosen" where AWS
//! publishes none (docs/fidelity.md lists those).

use super::time::Millis;

/// The simulated account's number.
pub const ACCOUNT: &str = "111122223333";
/// The simulated Region.
pub const REGION: &str = "us-east-1";

/// Jobs in the queue, at most. Chosen: bounds the memory of a page.
pub const QUEUE_JOBS: usize = 100_000;
/// Calls kept in the trail. Chosen.
pub const TRAIL_RECORDS: usize = 2_000;
/// Events kept for the time track. Chosen.
pub const STORY_EVENTS: usize = 5_000;
/// The longest that `settle` and `wait` may advance. Chosen.
pub const SETTLE_MAX_MS: Millis = 24 * 60 * 60 * 1_000;
