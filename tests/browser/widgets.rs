//! The four widgets that lessons are built around, played through the page: what comes of it is read from `data-`
//! attributes and from the call log.

use serde_json::{Value, json};

use crate::browser::browse;
use crate::course::{Scene, lessons, scene};
use crate::page::{DESKTOP, PHONE, Page, SMALL_PHONE, View};
use crate::site::{Host, Site};
use crate::taps::NOTE_TYPING;

/// Events that something may take to happen.
const EVENTS_MOST: usize = 60;

/// A step of a lesson, played natively beside the page where a test needs its digest.
fn step(lesson: &str, id: &str) -> Scene {
    let lesson = lessons().into_iter().find(|one| one.id == lesson).expect("a lesson");
    scene(&lesson, id)
}

/// A goal is met through a form by taps alone: no line is typed, no field for text has the focus.
#[test]
fn a_goal_is_met_through_a_form() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        let scene = step("ecs", "task-definition");
        page.begin(&site, &scene, SMALL_PHONE, "task-def-form").await;
        page.script(NOTE_TYPING).await;
        for (field, chip) in [
            ("family", "web"),
            ("requiresCompatibilities", "FARGATE"),
            ("networkMode", "awsvpc"),
            ("cpu", "256"),
            ("memory", "512"),
            ("containerDefinitions/0/name", "web"),
            ("containerDefinitions/0/image", "nginx:1.27"),
            ("containerDefinitions/0/portMappings/0/containerPort", "80"),
        ] {
            page.fill(field, chip).await;
        }
        page.touch_chip("run").await;
        page.check_solved(&scene).await;
        assert_eq!(page.script("return window.typed").await, json!([]));
        assert_eq!(page.calls("ecs:RegisterTaskDefinition").await, ["ok"]);
    });
}

/// After a refusal the form stays over the model. Once its line has worked it makes room for what came of it, and what
/// was said of the refusal is gone.
#[test]
fn a_form_makes_room_for_what_it_has_done() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        let scene = step("ecs", "first-task");
        page.begin(&site, &scene, PHONE, "run-task-form").await;
        let seen = "const clock = document.querySelector('.time .play-button').getBoundingClientRect();
            return document.querySelector('.tool.open').getBoundingClientRect().top >= clock.bottom";
        page.fill("cluster", "dock").await;
        page.fill("taskDefinition", "web").await;
        page.touch_chip("run").await;
        page.wait_for("[role=alert] .toast").await;
        assert_eq!(page.script(seen).await, false);
        page.touch_on(".toast [aria-label=Dismiss]").await;
        page.run_on_fargate("web").await;
        page.until("!document.querySelector('[role=alert] .toast')").await;
        assert_eq!(page.script(seen).await, true);
        page.touch_on(".tool.open .part").await;
        page.until("!document.querySelector('.tool.low')").await;
    });
}

/// Launch a mock task: every status is seen, the image is pulled, and a tag that is not there says so.
#[test]
fn a_task_is_launched_and_every_status_is_seen() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        let scene = step("ecs", "first-task");
        page.begin(&site, &scene, PHONE, "run-task-form").await;
        page.run_on_fargate("web").await;
        assert_eq!(page.calls("ecs:RunTask").await, ["ok"]);
        let task = "[...document.querySelectorAll('.chart-place [data-kind=task]')].at(-1)?.dataset.status";
        let mut seen = vec![page.script(&format!("return {task}")).await];
        while seen.last() != Some(&json!("RUNNING")) {
            page.next_event().await;
            let status = page.script(&format!("return {task}")).await;
            if seen.last() != Some(&status) {
                seen.push(status);
            }
            assert!(seen.len() < 6, "{seen:?}");
        }
        assert_eq!(seen, ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"].map(|it| json!(it)));
        page.check_solved(&scene).await;

        let scene = step("ecs", "wrong-tag");
        page.begin(&site, &scene, PHONE, "run-task-form").await;
        page.run_on_fargate("api").await;
        page.events_until(
            "document.querySelector('.chart-place [data-kind=task][data-status=STOPPED]')",
        )
        .await;
        page.close_tool().await;
        page.touch_on(".chart-place [data-kind=task][data-status=STOPPED]").await;
        page.until("document.querySelector('.answer .aws-words')?.textContent.includes('CannotPullContainerError')").await;
    });
}

/// Attach an IAM role: the machine's, its own, or none; the container calls S3, and a closed metadata service changes
/// the answer.
#[test]
fn a_container_is_who_its_role_says() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        let scene = step("iam-roles", "two-applications");
        page.begin(&site, &scene, PHONE, "role-picker").await;
        let card = "#tool-role-picker .role-card";
        let roles =
            format!("return [...document.querySelectorAll('{card}')].map((it) => it.dataset.role)");
        let all = page.script(&roles).await;
        assert_eq!(all, json!(["instance", "task"]), "one of before, one with a role of its own");

        // The same call from both: the machine's role allows it, and so does the task's.
        for (role, decision) in [("instance", "allowed"), ("task", "allowed")] {
            page.press_in(&format!("{card}[data-role={role}]"), "List harbor-cargo").await;
            page.wait_for(&format!("{card}[data-role={role}][data-decision={decision}]")).await;
        }
        // What neither role speaks of is denied, and the statement that is missing is named.
        page.press_in(&format!("{card}[data-role=task]"), "List harbor-ledger").await;
        page.wait_for(&format!("{card}[data-role=task][data-decision=denied]")).await;
        // The door is closed: who borrowed the machine's credentials has none, who has its own keeps them.
        page.press_in(
            &format!("{card}[data-role=instance]"),
            "Close the metadata service to containers",
        )
        .await;
        page.wait_for(&format!("{card}[data-role=none]")).await;
        page.press_in(&format!("{card}[data-role=none]"), "List harbor-cargo").await;
        page.wait_for(&format!("{card}[data-role=none][data-decision=no-credentials]")).await;
        page.press_in(&format!("{card}[data-role=task]"), "List harbor-cargo").await;
        page.wait_for(&format!("{card}[data-role=task][data-decision=allowed]")).await;
        page.check_accessibility().await;
        // Newest first; without credentials no call reaches AWS.
        let calls = page.calls("s3:ListObjectsV2").await;
        assert_eq!(calls[..4], ["ok", "AccessDenied", "ok", "ok"]);
        assert_eq!(page.calls("ec2:ModifyInstanceMetadataOptions").await[0], "ok");
    });
}

/// Scale a service: work comes, the alarm counts its datapoints, the desired count rises; then the machines follow.
#[test]
fn a_service_and_its_machines_follow_the_work() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        let scene = step("scaling", "target-tracking");
        page.begin(&site, &scene, SMALL_PHONE, "terminal").await;
        page.type_line(&scene.solution()[0].line).await;
        page.close_tool().await;
        page.open_tool("scaling").await;
        let shop = "#tool-scaling .scaled[data-id='service/pier/shop']";
        page.wait_for(&format!("{shop}[data-desired='4'][data-running='4']")).await;
        assert_eq!(page.data(&format!("{shop} .rule"), "wants").await, "4");
        page.press_in(shop, "Twice the work").await;
        let high = format!("{shop} [data-kind=alarm][data-id*=AlarmHigh]");
        let low = format!("{shop} [data-kind=alarm][data-id*=AlarmLow]");
        assert_eq!(page.data(&high, "breaching").await, "0");
        // Next event would skip the minutes in which nothing but a figure changes.
        page.close_tool().await;
        page.open_tool("terminal").await;
        page.type_line("wait 2m").await;
        page.close_tool().await;
        page.open_tool("scaling").await;
        page.wait_for(&format!("{high}[data-breaching='2'][data-status=OK]")).await;
        page.wait_for(&format!("{shop}[data-desired='4']")).await;
        page.events_until(&format!("document.querySelector(\"{high}[data-status=ALARM]\")")).await;
        assert_eq!(page.data(&high, "breaching").await, "3");
        assert_eq!(page.data(&low, "status").await, "OK");
        page.wait_for(&format!("{shop}[data-desired='7']")).await;
        let cause = format!(
            "document.querySelector(\"{shop} [data-kind=scaling-activity]\").textContent.includes('AlarmHigh')"
        );
        page.until(&cause).await;
        page.events_until(&format!("document.querySelector(\"{shop}[data-running='7']\")")).await;
        page.wait_for(&format!("{shop} .strip .span")).await;
        page.check_accessibility().await;
        assert_eq!(page.calls("ecs:UpdateService").await[0], "ok");

        let scene = step("scaling", "reservation");
        page.begin(&site, &scene, DESKTOP, "scaling").await;
        let hosts = "#tool-scaling .scaled[data-kind=capacity-provider]";
        page.wait_for(&format!(
            "{hosts} .needs[data-needed='2'][data-running='2'][data-reservation='100']"
        ))
        .await;
        page.type_line("aws ecs update-service --cluster yard --service job --desired-count 6")
            .await;
        page.touch_on("[data-tab=scaling]").await;
        page.events_until(&format!(
            "document.querySelector(\"{hosts} .needs[data-reservation='150']\")"
        ))
        .await;
        assert_eq!(page.data(&format!("{hosts} .needs"), "needed").await, "3");
        page.events_until(&format!("document.querySelector(\"{hosts}[data-desired='3']\")")).await;
        page.events_until(&format!(
            "document.querySelector(\"{hosts} .needs[data-running='3'][data-reservation='100']\")"
        ))
        .await;
        assert_eq!(page.data(&format!("{hosts} .rule"), "wants").await, "3");
    });
}

/// Route to dynamic ports: one request is followed to its container, a task is stopped and drains, a fixed port is not
/// placed twice, a closed security group is named.
#[test]
fn a_request_is_followed_to_its_container() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        let scene = step("alb", "two-requests");
        page.begin(&site, &scene, SMALL_PHONE, "route").await;
        let journey = "#tool-route .journey";
        page.touch_chip("send").await;
        page.wait_for(&format!("{journey}[data-request='1'][data-status='200']")).await;
        let hops = "return [...document.querySelectorAll('.hops [data-hop]')].map((it) => it.dataset.hop + ' ' + it.dataset.result)";
        let all = ["listener", "rule", "group", "target", "container", "answer"];
        assert_eq!(page.script(hops).await, json!(all.map(|hop| format!("{hop} passed"))));
        let (first, target) =
            (page.data(journey, "task").await, page.data(journey, "target").await);
        assert!(target.ends_with(":32768"), "{target}");
        page.touch_chip("send").await;
        page.wait_for(&format!("{journey}[data-request='2'][data-status='200']")).await;
        assert_ne!(page.data(journey, "task").await, first, "the other task has its turn");
        page.check_solved(&scene).await;
        page.check_accessibility().await;

        // The task that answered first is stopped: its target drains and gets nothing more.
        let port = format!("#tool-route [data-kind=task][data-id$='{first}']");
        assert_eq!(page.data(&port, "health").await, "healthy");
        page.press_in(&port, "Stop task").await;
        page.events_until(&format!("document.querySelector(\"{port}[data-health=draining]\")"))
            .await;
        // The nodes of the load balancer learn of it a moment later.
        page.next_event().await;
        for request in 3..6 {
            page.touch_chip("send").await;
            page.wait_for(&format!("{journey}[data-request='{request}']")).await;
            assert_ne!(page.data(journey, "task").await, first);
        }
        assert_eq!(page.calls("ecs:StopTask").await, ["ok"]);
        page.close_tool().await;
        page.open_tool("terminal").await;
        page.until(
            "document.querySelector('.terminal-log').textContent.includes('curl http://front-')",
        )
        .await;

        // A fixed port is there once on each machine.
        let scene = step("alb", "fixed-port");
        page.begin(&site, &scene, DESKTOP, "route").await;
        page.type_line("aws ecs update-service --cluster port --service old --desired-count 3")
            .await;
        page.touch_on("[data-tab=route]").await;
        page.events_until("document.querySelector('#tool-route [data-kind=refused][data-id=old]')")
            .await;
        let fixed = "return document.querySelectorAll('#tool-route [data-port=\"8080\"]').length";
        assert_eq!(page.script(fixed).await, 2);

        // A door that is shut is named.
        let scene = step("alb", "security-group");
        page.begin(&site, &scene, DESKTOP, "route").await;
        page.touch_chip("send").await;
        page.wait_for(&format!(
            "{journey}[data-status='504'] [data-hop=target][data-result=failed]"
        ))
        .await;
        page.wait_for(&format!("{journey} [data-hop=container][data-result=missed]")).await;
        let named =
            "document.querySelector('[data-hop=target]').textContent.includes('No security group')";
        page.until(named).await;
    });
}

impl Page {
    /// Opens a step at its start with one of its tools.
    async fn begin(&self, site: &Site, scene: &Scene, view: View, tool: &str) {
        // An address that differs in its hash alone would not be loaded again.
        self.visit("about:blank", view).await;
        self.open(&format!("{}{}", site.address, scene.address()), view).await;
        self.until_at(scene).await;
        self.until_same(scene).await;
        self.open_tool(tool).await;
    }

    /// Opens a field of the form that is open, and touches the chip with this label.
    async fn fill(&self, field: &str, chip: &str) {
        self.touch_chip(&format!("field {field}")).await;
        let chips = "[...document.querySelectorAll('.tool.open .field.open .chip')]";
        let label = json!(chip);
        self.touch(&format!("{chips}.filter((e) => e.textContent.trim().startsWith({label}))"))
            .await;
        let is_open = "return Boolean(document.querySelector('.tool.open .field.open'))";
        if self.script(is_open).await == true {
            self.touch_chip(&format!("field {field}")).await;
        }
    }

    /// Fills in the form of RunTask for a definition on Fargate, and runs it.
    async fn run_on_fargate(&self, definition: &str) {
        self.fill("cluster", "dock").await;
        self.fill("taskDefinition", definition).await;
        self.fill("launchType", "FARGATE").await;
        self.fill("networkConfiguration", "public subnets, with an address").await;
        self.touch_chip("run").await;
    }

    /// Touches a button in a part of the page, by the beginning of its text.
    async fn press_in(&self, part: &str, text: &str) {
        let buttons =
            format!("[...document.querySelectorAll({})]", json!(format!("{part} button")));
        let starts = json!(text);
        self.touch(&format!("{buttons}.filter((e) => e.textContent.startsWith({starts}))")).await;
    }

    /// A `data-` attribute of the first element that `css` selects.
    async fn data(&self, css: &str, name: &str) -> String {
        let element = self.wait_for(css).await;
        element.attr(format!("data-{name}")).await.unwrap().unwrap_or_default()
    }

    /// The results of all calls of this name in the call log, newest first. Opens the log.
    async fn calls(&self, name: &str) -> Vec<String> {
        self.close_tool().await;
        let dismiss = ".toast [aria-label=Dismiss]";
        if self.script(&format!("return Boolean(document.querySelector('{dismiss}'))")).await
            == true
        {
            self.touch_on(dismiss).await;
        }
        self.open_tool("call-log").await;
        let results = format!(
            "return [...document.querySelectorAll('#tool-call-log [data-call=\"{name}\"]')].map((it) => it.dataset.result)"
        );
        let Value::Array(found) = self.script(&results).await else { panic!("a list") };
        found.iter().map(|one| one.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Goes to the next event.
    async fn next_event(&self) {
        let state = "document.querySelector('main').dataset.digest + document.querySelector('[data-now]').dataset.now";
        let before = self.script(&format!("return {state}")).await;
        self.script("document.querySelector('[aria-label=\"Next event\"]').click()").await;
        self.until(&format!("{state} !== {before}")).await;
    }

    /// Goes from event to event until an expression is true.
    async fn events_until(&self, expression: &str) {
        for _ in 0..EVENTS_MOST {
            if self.script(&format!("return Boolean({expression})")).await == true {
                return;
            }
            self.next_event().await;
        }
        panic!("this did not come in {EVENTS_MOST} events: {expression}");
    }
}
