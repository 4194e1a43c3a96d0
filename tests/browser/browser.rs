//! A browser for one test: a chromedriver, a headless Chromium with an empty profile, and what is checked at the end.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, LoggingPrefsLogLevel};

use crate::page::Page;

/// Without most of these Chromium asks a dozen hosts for news; the last but one keeps it from finding any. The last
/// keeps frames in the page's process: chromedriver cannot look into others for roles, names and the console.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-features=IsolateSandboxedIframes",
];

/// Runs a test in a browser of its own, closes the browser whatever happens, and then checks what was going on in it:
/// no errors on the console, no request to another machine.
pub(crate) fn browse(test: impl AsyncFnOnce(&Page)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let chromedriver = Chromedriver::start();
        let driver = WebDriver::new(&chromedriver.address, capabilities())
            .await
            .expect("a headless Chromium");
        let finished = driver
            .run_and_quit(async |driver| {
                let page = Page::new(driver);
                test(&page).await;
                page.check_requests().await;
                page.check_console().await;
                WebDriverResult::Ok(())
            })
            .await;
        finished.expect("the browser closes");
    });
}

fn capabilities() -> ChromeCapabilities {
    let mut wanted = DesiredCapabilities::chrome();
    for flag in FLAGS {
        wanted.add_arg(flag).unwrap();
    }
    wanted.set_logging_prefs("browser", LoggingPrefsLogLevel::All).unwrap();
    wanted.set_logging_prefs("performance", LoggingPrefsLogLevel::All).unwrap();
    wanted
}

/// A chromedriver on a port that it chose itself. It makes the profiles, and removes them when it ends.
struct Chromedriver {
    process: Child,
    address: String,
}

impl Chromedriver {
    fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .spawn()
            .expect("chromedriver on the PATH (Debian: chromium-driver)");
        let said = BufReader::new(process.stdout.take().unwrap());
        let port = said
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let port = line.split_once("started successfully on port ")?.1;
                Some(port.trim_end_matches('.').to_owned())
            })
            .expect("chromedriver says its port");
        Self { process, address: format!("http://127.0.0.1:{port}") }
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
