//! A form, its JSON and its line say the same.

use serde_json::json;

use super::form::{Form, Sort};
use super::*;
use crate::cli;
use crate::cli::played::play;
use crate::cloud::Cloud;
use crate::cloud::account::Start;
use crate::session::view::picture::Names;
use crate::session::view::rows::Rows;

/// A form beside an account.
struct Desk {
    cloud: Cloud,
    rows: Rows,
    names: Names,
    hints: Hints,
    form: Form,
}

impl Desk {
    fn new(sort: Sort, lines: &[&str]) -> Self {
        let mut cloud = Cloud::new(1, Start::DefaultVpc);
        for line in lines {
            play(&mut cloud, line);
        }
        let (rows, names) = (Rows::of(cloud.account()), Names::of(cloud.account()));
        let mut hints = Hints::default();
        hints.learn(
            "aws ec2 run-instances --image-id ami-0ec52023000000001 --iam-instance-profile Name=ecsInstanceRole",
            false,
        );
        Self { cloud, rows, names, hints, form: Form::new(sort) }
    }

    fn stock(&self) -> Stock<'_> {
        Stock { cloud: &self.cloud, rows: &self.rows, names: &self.names, hints: &self.hints }
    }

    fn field(&self, label: &str) -> form::Field {
        let fields = self.form.fields(&self.stock());
        fields.into_iter().find(|field| field.label == label).expect("a field of this name")
    }

    fn open(&mut self, label: &str) {
        let field = self.field(label);
        self.form.open(&field);
    }

    /// Opens a field and taps the chip with this label.
    fn choose(&mut self, label: &str, chip: &str) {
        self.open(label);
        let page = self.form.page(&self.stock()).expect("an open field");
        let chips = page.groups.into_iter().flat_map(|group| group.chips);
        let chip =
            { chips }.find(|it| it.label == chip).unwrap_or_else(|| panic!("{label}: {chip}"));
        self.form.tap(&chip.tap);
        if self.field(label).open {
            self.open(label);
        }
    }

    fn run(&mut self) {
        let printed = cli::run(&mut self.cloud, &self.form.line());
        assert_eq!(printed.status, 0, "{}: {}", self.form.line(), printed.stderr);
    }
}

#[test]
fn each_form_makes_a_call_that_works_by_taps_alone() {
    let mut desk = Desk::new(Sort::TaskDefinition, &[]);
    assert_eq!(desk.form.missing(), ["Family", "Container 1"]);
    for (label, chip) in [
        ("Family", "web"),
        ("Runs on", "FARGATE"),
        ("Network mode", "awsvpc"),
        ("Name", "app"),
        ("Image", "nginx"),
        ("Container port", "80"),
    ] {
        desk.choose(label, chip);
    }
    desk.choose("CPU units", "256");
    desk.choose("Memory, MiB", "512");
    desk.run();

    let lines = [desk.form.line(), "aws ecs create-cluster --cluster-name dock".to_owned()];
    let mut desk = Desk::new(Sort::RunTask, &lines.each_ref().map(String::as_str));
    desk.choose("Cluster", "dock");
    desk.choose("Task definition", "web");
    desk.choose("Launch type", "FARGATE");
    desk.choose("How many", "2");
    desk.choose("Network", "public subnets, with an address on the internet");
    assert_eq!(
        desk.field("Network").value.as_deref(),
        Some("public subnets, with an address on the internet")
    );
    desk.run();
    assert_eq!(Rows::of(desk.cloud.account()).get("task").len(), 2);

    let mut desk = Desk::new(Sort::Launch, &["aws ecs create-cluster --cluster-name dock"]);
    desk.choose("Image", "ami-0ec52023000000001");
    desk.choose("Instance type", "t3.small");
    desk.choose("How many", "2");
    desk.choose("Instance profile", "ecsInstanceRole");
    desk.choose("Script at the start", "joins dock");
    assert!(desk.form.line().contains("--count 2"), "{}", desk.form.line());
    desk.run();
    assert_eq!(Rows::of(desk.cloud.account()).get("instance").len(), 2);
}

#[test]
fn json_and_line_fill_in_the_fields_and_the_other_way_round() {
    let mut desk = Desk::new(Sort::TaskDefinition, &[]);
    let line = "aws ecs register-task-definition --family api --container-definitions '[{\"name\":\"a\",\"image\":\"nginx:1.72\"}]' --pid-mode task";
    desk.form.read_line(line).unwrap();
    assert_eq!(desk.field("Image").value.as_deref(), Some("nginx:1.72"));
    desk.choose("Image", "httpd");
    assert!(desk.form.json().contains("\"image\": \"httpd\""));
    assert!(desk.form.line().contains("--pid-mode task"), "what no field shows is kept");
    let text = desk.form.json().replace("\"api\"", "\"site\"");
    desk.form.read_json(&text).unwrap();
    assert_eq!(desk.field("Family").value.as_deref(), Some("site"));
}

#[test]
fn what_cannot_be_read_is_explained_and_loses_nothing() {
    let mut desk = Desk::new(Sort::RunTask, &[]);
    desk.choose("Launch type", "FARGATE");
    let before = desk.form.json();
    for (text, says) in [
        ("{ \"cluster\": ", "Not JSON yet: EOF while parsing a value (line 1"),
        ("[]", "begins with {"),
        ("", "Not JSON yet"),
    ] {
        let error = desk.form.read_json(text).unwrap_err();
        assert!(error.contains(says), "{error}");
    }
    for (text, says) in [
        ("aws ecs list-clusters", "another call: ListClusters"),
        ("aws ecs run-task --task-definition web --no-such-flag", "no-such-flag"),
        ("wait 5s", "begins with `aws`"),
        ("aws 'ecs", ""),
    ] {
        let error = desk.form.read_line(text).unwrap_err();
        assert!(error.contains(says), "{text}: {error}");
    }
    assert_eq!(desk.form.json(), before);
    // A member that AWS does not know is AWS's to refuse.
    desk.form.read_json("{ \"clutser\": \"dock\" }").unwrap();
    let printed = cli::run(&mut desk.cloud, &desk.form.line());
    assert!(printed.stderr.contains("clutser"), "{}", printed.stderr);
}

#[test]
fn what_is_taken_out_leaves_nothing_behind() {
    let mut desk = Desk::new(Sort::TaskDefinition, &[]);
    desk.choose("Container port", "80");
    desk.choose("Host port", "0");
    let (port, host) = (desk.field("Container port"), desk.field("Host port"));
    desk.form.clear(&port);
    assert!(desk.form.json().contains("hostPort"));
    desk.form.clear(&host);
    assert_eq!(desk.form.json(), "{}");
}

#[test]
fn containers_come_and_go() {
    let mut desk = Desk::new(Sort::TaskDefinition, &[]);
    assert_eq!(desk.form.containers(), 0);
    desk.choose("Name", "web");
    desk.form.add_container();
    let fields = desk.form.fields(&desk.stock());
    let second = fields.iter().find(|field| field.container == Some(1)).unwrap();
    assert_eq!(second.mark, "field containerDefinitions/1/name");
    desk.form.open(second);
    desk.form.tap(&Tap::Set(json!("helper")));
    assert_eq!(desk.form.containers(), 2);
    desk.form.remove_container(0);
    assert_eq!(desk.field("Name").value.as_deref(), Some("helper"));
}

#[test]
fn a_new_revision_starts_from_the_one_before() {
    let line = "aws ecs register-task-definition --family api --container-definitions '[{\"name\":\"a\",\"image\":\"nginx:1.72\",\"memory\":64}]'";
    let mut desk = Desk::new(Sort::TaskDefinition, &[line]);
    assert!(desk.form.is_empty());
    assert_eq!(desk.form.models(&desk.stock()), ["api:1"]);
    let mut form = desk.form.clone();
    form.start_from("api:1", &desk.stock());
    desk.form = form;
    desk.choose("Image", "nginx");
    desk.run();
    let rows = Rows::of(desk.cloud.account());
    assert_eq!(rows.get("task-definition").len(), 2);
    assert!(!desk.form.line().contains("--cli-input-json"), "{}", desk.form.line());
}
