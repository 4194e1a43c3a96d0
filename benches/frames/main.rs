//! How fast the page is with 1,000 tasks, in Debian's Chromium on the built site: `make bench` prints these after the
//! simulator's figures.
//!
//! The browser's own emulation makes the processor four times slower, which is about a cheap phone. Frames are counted
//! by their timestamps in `requestAnimationFrame`; a browser without a screen draws 60 a second, so no interval is
//! shorter than 16.67 ms. A line's time begins with the time stamp of its Enter key and ends when the next frame has
//! been handed to the compositor. That frame has the line with what it printed; where the page is slow to follow, the
//! picture and the tables change in the frame after.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark prints, and says what went wrong by panicking"
)]

mod figures;
mod hall;

#[path = "../../tests/browser/browser.rs"]
#[allow(dead_code, reason = "the browser tests use the rest")]
mod browser;
#[path = "../../tests/browser/page.rs"]
#[allow(dead_code, reason = "the browser tests use the rest")]
mod page;
#[path = "../../tests/browser/site.rs"]
#[allow(dead_code, reason = "the browser tests use the rest")]
mod site;

use figures::{Figures, print_head};
use hall::Hall;
use page::{DESKTOP, Page};
use site::{Host, Site};

/// How much slower than this machine.
const SLOWDOWN: u32 = 4;
/// Seconds of a recording while nothing but metrics happens, and of one that holds most of a deployment.
const IDLE_SECONDS: u64 = 15;
const BUSY_SECONDS: u64 = 30;
/// A browser at 60 Hz has no shorter interval than 16.67 ms, and its time stamps are rounded to 0.1 ms.
const IDLE_MOST: f64 = 16.8;
const BUSY_MOST: f64 = 33.4;
const ENTER_MOST: f64 = 100.0;

const CLUSTER: &str = "aws ecs create-cluster --cluster-name dock";
const DEFINITION: &str = "aws ecs register-task-definition --family web --network-mode awsvpc \
    --requires-compatibilities FARGATE --cpu 256 --memory 512 \
    --container-definitions name=web,image=nginx,portMappings=[{containerPort=80}]";
const SERVICE: &str = "aws ecs create-service --cluster dock --service-name web --task-definition web:1 \
    --desired-count 1000 --launch-type FARGATE --network-configuration \
    awsvpcConfiguration={subnets=[subnet-0a1a1a1a1a1a1a1a1,subnet-0b1b1b1b1b1b1b1b1],assignPublicIp=ENABLED}";
const DEPLOY: &str = "aws ecs update-service --cluster dock --service web --task-definition web:2 --query service.taskDefinition";
const AGAIN: &str = "aws ecs update-service --cluster dock --service web --force-new-deployment --query service.serviceName";

/// What somebody types: looks, changes, and a mistake.
const LINES: &[&str] = &[
    "aws ecs describe-services --cluster dock --services web --query services[0].runningCount",
    "aws ecs list-clusters",
    "aws ecs describe-clusters --clusters dock",
    "aws ecs describe-task-definition --task-definition web",
    "aws ecs list-tasks --cluster dock --max-items 10",
    "aws ec2 describe-subnets --output table",
    "aws ecs lst-tasks",
    "aws ecs create-cluster --cluster-name quay",
    "aws ecs delete-cluster --cluster quay",
    "aws ecs update-service --cluster dock --service web --desired-count 1001",
    "aws ecs update-service --cluster dock --service web --desired-count 1000",
];
/// Each line so often.
const ROUNDS: usize = 4;

fn main() {
    let site = Site::serve(Host::default());
    browser::browse(async |page| {
        page.open(&format!("{}#/sandbox", site.address), DESKTOP).await;
        let hall = Hall::enter(page).await;
        for line in [CLUSTER, DEFINITION, DEFINITION, SERVICE, "wait 1h"] {
            hall.run(line).await;
        }
        hall.until_running(1_000).await;
        hall.slow_down(SLOWDOWN).await;
        print_head(page, SLOWDOWN).await;
        measure(page, &hall).await;
    });
}

async fn measure(page: &Page, hall: &Hall<'_>) {
    hall.play("1×").await;
    let idle = hall.frames(IDLE_SECONDS).await;
    Figures::of(idle).print("frame interval, 1,000 tasks, time runs", IDLE_MOST);

    let enter = lines(hall).await;
    Figures::of(enter).print("from Enter to the next frame, 1,000 tasks", ENTER_MOST);

    hall.run(DEPLOY).await;
    let busy = hall.frames(BUSY_SECONDS).await;
    Figures::of(busy).print("frame interval, a deployment of 1,000 tasks", BUSY_MOST);

    hall.run(AGAIN).await;
    let enter = lines(hall).await;
    Figures::of(enter).print("from Enter to the next frame, during a deployment", ENTER_MOST);
    page.picture("frames").await;
}

/// Milliseconds from Enter to the next frame, for each line in turn.
async fn lines(hall: &Hall<'_>) -> Vec<f64> {
    let mut millis = Vec::new();
    for line in LINES.iter().cycle().take(LINES.len() * ROUNDS) {
        millis.push(hall.run(line).await);
    }
    millis
}
