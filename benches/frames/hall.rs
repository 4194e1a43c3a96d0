//! The sandbox under the stopwatch: keys go in as a keyboard sends them, and the page's own clock is read.

use std::time::Duration;

use serde_json::json;

use crate::page::Page;

/// The stopwatch, in the page. `frames` records the time stamps of frames; an Enter key's own time stamp is kept until
/// the frame after it has been handed over: a message that is sent from a frame arrives when it has been drawn. `shown`
/// is the line that the terminal shows last in that frame.
const WATCH: &str = "
    const watch = window.watch = { frames: [], on: false, enter: null, shown: null };
    const channel = new MessageChannel();
    let pressed = 0;
    channel.port1.onmessage = () => { watch.enter = performance.now() - pressed; };
    addEventListener('keydown', (event) => {
        if (event.key !== 'Enter') return;
        pressed = event.timeStamp;
        requestAnimationFrame(() => {
            watch.shown = document.querySelector('.terminal-log .entry:last-child code').textContent;
            channel.port2.postMessage(0);
        });
    }, true);
    const frame = (time) => {
        watch.frames.push(time);
        if (watch.on) requestAnimationFrame(frame);
    };
    watch.start = () => { watch.frames = []; watch.on = true; requestAnimationFrame(frame); };
    watch.stop = () => { watch.on = false; return watch.frames; };
    return true;";

/// The sandbox in a page.
pub(crate) struct Hall<'a>(&'a Page);

impl<'a> Hall<'a> {
    /// Puts the stopwatch into a page that shows the sandbox with its terminal.
    pub(crate) async fn enter(page: &'a Page) -> Self {
        page.wait_for("input[aria-label=Terminal]").await;
        page.script(WATCH).await;
        Self(page)
    }

    /// Makes the processor so many times slower.
    pub(crate) async fn slow_down(&self, times: u32) {
        self.0.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": times })).await;
    }

    /// Puts a line into the terminal and presses Enter; gives the milliseconds until the next frame, which
    /// must have the line with what it printed.
    pub(crate) async fn run(&self, line: &str) -> f64 {
        let page = self.0;
        page.script(
            "watch.enter = null; document.querySelector('input[aria-label=Terminal]').focus()",
        )
        .await;
        page.devtools("Input.insertText", json!({ "text": line })).await;
        let enter = |kind| json!({ "type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13 });
        page.devtools("Input.dispatchKeyEvent", enter("rawKeyDown")).await;
        page.devtools("Input.dispatchKeyEvent", enter("keyUp")).await;
        page.until("watch.enter !== null").await;
        assert_eq!(page.script("return watch.shown").await, line);
        page.script("return watch.enter").await.as_f64().expect("a time in milliseconds")
    }

    /// Lets time run at a speed.
    pub(crate) async fn play(&self, speed: &str) {
        let choose = format!(
            "const choice = document.querySelector('select[aria-label=Speed]');
             choice.value = [...choice.options].find((option) => option.text === '{speed}').value;
             choice.dispatchEvent(new Event('change', {{ bubbles: true }}));
             document.querySelector('button[aria-label=Play]').click();"
        );
        self.0.script(&choose).await;
        self.0.wait_for("button[aria-label=Pause]").await;
    }

    /// Waits until the picture says that so many tasks run, in whatever groups.
    pub(crate) async fn until_running(&self, tasks: usize) {
        let running = "[...document.querySelectorAll('.press[data-kind=tasks]')]
            .reduce((sum, group) => sum + parseInt(group.dataset.status), 0)";
        self.0.until(&format!("{running} === {tasks}")).await;
    }

    /// The intervals between the frames of so many seconds.
    pub(crate) async fn frames(&self, seconds: u64) -> Vec<f64> {
        self.0.script("watch.start()").await;
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        let times = self.0.script("return watch.stop()").await;
        let times: Vec<f64> = serde_json::from_value(times).expect("a list of times");
        times.windows(2).map(|two| two[1] - two[0]).collect()
    }
}
