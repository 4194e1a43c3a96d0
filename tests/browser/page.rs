//! The page as a test sees it: by roles and names first, and with the fingers of a reader.

use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs};

use serde_json::{Value, json};
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::prelude::*;
use thirtyfour::{RequestData, SessionId};

const AXE: &str = include_str!("vendor/axe.min.js");
/// How long a test waits for something to appear. Nothing is measured with it: a test that passes never waits so long.
const PATIENCE: Duration = Duration::from_secs(30);
const GLANCE: Duration = Duration::from_millis(50);

/// A window to open the page in.
#[derive(Clone, Copy)]
pub(crate) struct View {
    /// Its width in CSS pixels.
    pub width: u32,
    height: u32,
    dark: bool,
    touch: bool,
    still: bool,
}

/// A phone in portrait.
pub(crate) const PHONE: View =
    View { width: 390, height: 844, dark: false, touch: true, still: false };
/// The smallest phone that everything has to work on.
pub(crate) const SMALL_PHONE: View =
    View { width: 320, height: 568, dark: false, touch: true, still: false };
/// A phone in landscape.
pub(crate) const LANDSCAPE: View =
    View { width: 844, height: 390, dark: false, touch: true, still: false };
/// A tablet in portrait.
pub(crate) const TABLET: View =
    View { width: 820, height: 1180, dark: false, touch: true, still: false };
/// A laptop.
pub(crate) const DESKTOP: View =
    View { width: 1280, height: 800, dark: false, touch: false, still: false };

/// A desk with a large screen.
pub(crate) const WIDE: View =
    View { width: 1920, height: 1080, dark: false, touch: false, still: false };

impl View {
    /// The same window on a system with a dark theme.
    pub(crate) const fn dark(self) -> Self {
        Self { dark: true, ..self }
    }

    /// The same window for a reader who wants nothing to move.
    pub(crate) const fn still(self) -> Self {
        Self { still: true, ..self }
    }
}

/// One tab.
pub(crate) struct Page {
    /// The WebDriver session, for what has no method here.
    pub driver: WebDriver,
}

impl Page {
    pub(crate) fn new(driver: WebDriver) -> Self {
        Self { driver }
    }

    /// Opens `address` in a window like `view`, without waiting for the app.
    pub(crate) async fn visit(&self, address: &str, view: View) {
        self.resize(view).await;
        self.driver.goto(address).await.unwrap();
    }

    /// Makes the window one like `view`, its theme and its pointer included.
    pub(crate) async fn resize(&self, view: View) {
        let View { width, height, dark, touch, still } = view;
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": touch });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
        let fingers = json!({ "enabled": touch, "maxTouchPoints": 5 });
        self.devtools("Emulation.setTouchEmulationEnabled", fingers).await;
        let scheme = if dark { "dark" } else { "light" };
        let motion = if still { "reduce" } else { "no-preference" };
        let media = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": motion },
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": media })).await;
    }

    /// Opens `address` and waits until the app answers.
    pub(crate) async fn open(&self, address: &str, view: View) {
        self.visit(address, view).await;
        self.wait_for("body[data-ready=true]").await;
    }

    /// Waits for an element and returns it.
    pub(crate) async fn wait_for(&self, css: &str) -> WebElement {
        let found = self.driver.query(By::Css(css)).wait(PATIENCE, GLANCE).first().await;
        match found {
            Ok(found) => found,
            Err(error) => {
                panic!("nothing on the page is {css}, but {}: {error}", self.shown().await)
            }
        }
    }

    /// What stands on the page, for whoever has to find out why a test fails.
    async fn shown(&self) -> Value {
        let shown = "const { controller } = navigator.serviceWorker ?? {}; return [location.href, \
                     document.readyState, controller?.state ?? 'no service worker', \
                     document.body.innerText.slice(0, 400), performance.getEntriesByType('resource') \
                     .map((it) => `${it.name.split('/').pop()} ${Math.round(it.duration)} ms`)]";
        self.script(shown).await
    }

    /// Waits until a JavaScript expression is true.
    pub(crate) async fn until(&self, expression: &str) {
        for _ in 0..rounds() {
            if self.script(&format!("return Boolean({expression})")).await == true {
                return;
            }
            tokio::time::sleep(GLANCE).await;
        }
        panic!("this never became true: {expression}");
    }

    /// The one element that is seen by assistive technology with this role and this name. Waits for it.
    pub(crate) async fn the(&self, role: &str, name: &str) -> WebElement {
        for _ in 0..rounds() {
            let mut found = self.all(role, Some(name)).await;
            match found.len() {
                0 => tokio::time::sleep(GLANCE).await,
                1 => return found.remove(0),
                several => panic!("{several} elements are {role} {name:?}"),
            }
        }
        let names = self.names(role).await;
        panic!("no {role} is named {name:?}; the page has {names:?}");
    }

    /// The names of all elements with this role, in the order of the document.
    pub(crate) async fn names(&self, role: &str) -> Vec<String> {
        let mut names = Vec::new();
        for element in self.all(role, None).await {
            names.push(self.computed(&element, "computedlabel").await);
        }
        names
    }

    /// Touches an element in its middle, as a finger does.
    pub(crate) async fn tap(&self, element: &WebElement) {
        element.scroll_into_view().await.unwrap();
        let there =
            json!({ "type": "pointerMove", "origin": element.to_json().unwrap(), "x": 0, "y": 0 });
        let finger = json!([{
            "type": "pointer",
            "id": "finger",
            "parameters": { "pointerType": "touch" },
            "actions": [there, { "type": "pointerDown" }, { "type": "pointerUp" }],
        }]);
        self.ask("POST", "actions".to_owned(), Some(json!({ "actions": finger }))).await.unwrap();
    }

    /// Runs JavaScript in the page and returns its value.
    pub(crate) async fn script(&self, script: &str) -> Value {
        self.driver.execute(script, Vec::new()).await.unwrap().json().clone()
    }

    /// Fails with every rule of WCAG 2.2 AA, and of axe's best practices, that the page breaks.
    pub(crate) async fn check_accessibility(&self) {
        let broken = self.accessibility_faults().await;
        assert!(broken.is_empty(), "axe found:\n{}", broken.join("\n"));
    }

    /// Every rule that the page breaks, with the places.
    pub(crate) async fn accessibility_faults(&self) -> Vec<String> {
        if self.script("return typeof axe === 'undefined'").await == true {
            self.driver.execute(AXE, Vec::new()).await.unwrap();
        }
        let run = "const done = arguments[0];
            axe.run({ resultTypes: ['violations'] }).then(
                (result) => done(result.violations.map((rule) =>
                    `${rule.id}: ${rule.help}: ${rule.nodes.map((node) => node.target).join(', ')}`)),
                (error) => done([String(error)]));";
        let broken = self.driver.execute_async(run, Vec::new()).await.unwrap();
        broken.convert().unwrap()
    }

    /// Keeps a picture of the window, if `DRYDOCK_PICTURES` names a folder for it.
    pub(crate) async fn picture(&self, name: &str) {
        let Some(folder) = env::var_os("DRYDOCK_PICTURES").map(PathBuf::from) else { return };
        fs::create_dir_all(&folder).unwrap();
        self.driver.screenshot(&folder.join(format!("{name}.png"))).await.unwrap();
    }

    /// Sends a command of the Chrome DevTools protocol.
    pub(crate) async fn devtools(&self, method: &str, parameters: Value) -> Value {
        let answer = self.driver.cdp().send_raw(method, parameters).await;
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// The errors on the console since the last call. A test that causes one on purpose looks for it here.
    pub(crate) async fn console_errors(&self) -> Vec<String> {
        let log = self.driver.browser_log().await.unwrap();
        log.into_iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message).collect()
    }

    pub(crate) async fn check_console(&self) {
        let errors = self.console_errors().await;
        assert!(errors.is_empty(), "the console says:\n{}", errors.join("\n"));
    }

    /// Every address that the page asked for must be on this machine.
    pub(crate) async fn check_requests(&self) {
        let log = self.driver.get_log("performance").await.unwrap();
        let events =
            log.iter().filter_map(|entry| serde_json::from_str::<Value>(&entry.message).ok());
        let asked: Vec<String> = events
            .filter_map(|event| {
                let event = &event["message"];
                let url = match event["method"].as_str()? {
                    "Network.requestWillBeSent" => &event["params"]["request"]["url"],
                    "Network.webSocketCreated" => &event["params"]["url"],
                    _ => return None,
                };
                url.as_str().map(str::to_owned)
            })
            .collect();
        let local = ["http://127.0.0.1:", "data:", "blob:", "about:", "chrome:"];
        for url in &asked {
            assert!(local.iter().any(|start| url.starts_with(start)), "the page asked for {url}");
        }
    }

    /// Every element with this role, and with this name if one is given.
    async fn all(&self, role: &str, name: Option<&str>) -> Vec<WebElement> {
        let mut found = Vec::new();
        for element in self.driver.find_all(By::Css(candidates(role))).await.unwrap() {
            let is_role = self.computed(&element, "computedrole").await == role;
            let is_named = match name {
                Some(name) if is_role => self.computed(&element, "computedlabel").await == name,
                _ => true,
            };
            if is_role && is_named {
                found.push(element);
            }
        }
        found
    }

    /// What the browser tells assistive technology: `computedrole` or `computedlabel`. Nothing for an element that has
    /// left the page in the meantime.
    async fn computed(&self, element: &WebElement, what: &str) -> String {
        let path = format!("element/{}/{what}", element.element_id());
        self.ask("GET", path, None)
            .await
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// Sends a WebDriver command that the library does not offer.
    pub(crate) async fn ask(
        &self,
        method: &'static str,
        path: String,
        body: Option<Value>,
    ) -> WebDriverResult<Value> {
        self.driver.cmd(Plain { method, path, body }).await?.value_json()
    }
}

/// A WebDriver command as it goes over the wire, its path without the session.
#[derive(Debug)]
struct Plain {
    method: &'static str,
    path: String,
    body: Option<Value>,
}

impl FormatRequestData for Plain {
    fn format_request(&self, session: &SessionId) -> RequestData {
        let method = self.method.parse().expect("an HTTP method");
        let request = RequestData::new(method, format!("session/{session}/{}", self.path));
        match &self.body {
            Some(body) => request.add_body(body.clone()),
            None => request,
        }
    }
}

/// How often something is looked at before it counts as missing.
fn rounds() -> u128 {
    PATIENCE.as_millis() / GLANCE.as_millis()
}

/// A selector for everything that may have a role, so that not every element of the page has to be asked.
fn candidates(role: &str) -> String {
    let native = match role {
        "button" => "button, summary, input[type=button], input[type=submit]",
        "link" => "a[href]",
        "heading" => "h1, h2, h3, h4, h5, h6",
        "textbox" => "input, textarea",
        "slider" => "input[type=range]",
        "checkbox" => "input[type=checkbox]",
        "radio" => "input[type=radio]",
        "combobox" => "select, input",
        "list" => "ul, ol",
        "listitem" => "li",
        "table" => "table",
        "region" => "section",
        "navigation" => "nav",
        "main" => "main",
        "group" => "fieldset, details",
        "img" | "image" => "img, svg",
        _ => "",
    };
    let explicit = format!("[role={role}]");
    if native.is_empty() { explicit } else { format!("{native}, {explicit}") }
}
