//! Forms: a call whose usual parts stand in a list of fields. A form is a builder with its call chosen already, so its
//! chips, its line and what a tap does are the builder's. Fields, JSON and line are three views of one request: none can
//! fall behind the others, and nothing is lost that no field shows.

use serde_json::{Map, Value, json};

use super::draft::{CallDraft, Draft, take_out};
use super::{Builder, Key, Page, Stock, Tap, page};
use crate::cli;
use crate::session::view::json::pretty;
use crate::session::view::rows::{Read, tail};

/// Which call a form makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// `RegisterTaskDefinition`.
    TaskDefinition,
    /// `RunTask`.
    RunTask,
    /// `RunInstances`.
    Launch,
}

/// A call that is being filled in.
#[derive(Clone, Debug)]
pub struct Form {
    sort: Sort,
    builder: Builder,
    /// The field that is open.
    open: Option<Vec<Key>>,
}

/// A field, as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The container it belongs to, by its place.
    pub container: Option<usize>,
    /// Its name.
    pub label: &'static str,
    /// Its value in short; nothing if it has none.
    pub value: Option<String>,
    /// What it is known by in the page: `data-tap`.
    pub mark: String,
    /// It is open: [`Form::page`] has its chips.
    pub open: bool,
    at: Vec<Key>,
}

/// Names and paths of fields.
type Fields = &'static [(&'static str, &'static str)];

const TASK_DEFINITION: Fields = &[
    ("Family", "family"),
    ("Runs on", "requiresCompatibilities"),
    ("Network mode", "networkMode"),
    ("CPU units", "cpu"),
    ("Memory, MiB", "memory"),
    ("Execution role", "executionRoleArn"),
    ("Task role", "taskRoleArn"),
];
const CONTAINER: Fields = &[
    ("Name", "name"),
    ("Image", "image"),
    ("Container port", "portMappings/0/containerPort"),
    ("Host port", "portMappings/0/hostPort"),
    ("CPU units", "cpu"),
    ("Memory limit, MiB", "memory"),
    ("Command", "command"),
    ("Essential", "essential"),
];
const RUN_TASK: Fields = &[
    ("Cluster", "cluster"),
    ("Task definition", "taskDefinition"),
    ("Launch type", "launchType"),
    ("How many", "count"),
    ("Network", "networkConfiguration"),
];
const LAUNCH: Fields = &[
    ("Image", "ImageId"),
    ("Instance type", "InstanceType"),
    ("How many", "MinCount"),
    ("Subnet", "SubnetId"),
    ("Security groups", "SecurityGroupIds"),
    ("Instance profile", "IamInstanceProfile/Name"),
    ("Script at the start", "UserData"),
];
/// What stands over the fields of a container, and of what a form lacks when it has none.
const FIRST_CONTAINER: &str = "Container 1";
/// Where a task definition has its containers.
const CONTAINERS: &str = "containerDefinitions";

impl Form {
    /// A form in which nothing has been filled in.
    pub fn new(sort: Sort) -> Self {
        let (service, verb) = match sort {
            Sort::TaskDefinition => ("ecs", "register-task-definition"),
            Sort::RunTask => ("ecs", "run-task"),
            Sort::Launch => ("ec2", "run-instances"),
        };
        let mut builder = Builder::default();
        builder.tap(&Tap::Operation(service, verb.to_owned()));
        Self { sort, builder, open: None }
    }

    /// The word on its button.
    pub fn verb(&self) -> &'static str {
        match self.sort {
            Sort::TaskDefinition => "Register",
            Sort::RunTask => "Run",
            Sort::Launch => "Launch",
        }
    }

    /// The fields that no container has.
    fn own(&self) -> Fields {
        match self.sort {
            Sort::TaskDefinition => TASK_DEFINITION,
            Sort::RunTask => RUN_TASK,
            Sort::Launch => LAUNCH,
        }
    }

    /// Its fields, in order.
    pub fn fields(&self, stock: &Stock<'_>) -> Vec<Field> {
        let own = self.own();
        let containers = match self.sort {
            Sort::TaskDefinition => 0..self.containers().max(1),
            _ => 0..0,
        };
        let of_form = own.iter().map(|(label, path)| (None, *label, keys(path)));
        let of_containers = containers.flat_map(|number| {
            let at = [Key::from(CONTAINERS), Key::Item(number)];
            CONTAINER.iter().map(move |(label, path)| {
                (Some(number), *label, at.iter().cloned().chain(keys(path)).collect())
            })
        });
        let field = |(container, label, at): (Option<usize>, &'static str, Vec<Key>)| Field {
            container,
            label,
            value: self.says(&at, stock),
            mark: format!("field {}", at.iter().map(Key::to_string).collect::<Vec<_>>().join("/")),
            open: self.open.as_ref() == Some(&at),
            at,
        };
        of_form.chain(of_containers).map(field).collect()
    }

    /// Opens a field, or closes it if it is open.
    pub fn open(&mut self, field: &Field) {
        self.open = (!field.open).then(|| field.at.clone());
        self.builder.at = self.open.clone().unwrap_or_default();
    }

    /// Takes the value of a field out.
    pub fn clear(&mut self, field: &Field) {
        self.close();
        if let Some(call) = self.call_mut() {
            take_out(&mut call.input, &field.at);
        }
        self.keep_consistent();
    }

    /// The chips of the open field.
    pub fn page(&self, stock: &Stock<'_>) -> Option<Page> {
        let open = self.open.as_ref()?;
        let mut page = self.builder.page(stock);
        // The way back ends at the field.
        page.crumbs.drain(..open.len().min(page.crumbs.len()));
        Some(page)
    }

    /// Does what a chip of the open field does. A value that is complete closes it.
    pub fn tap(&mut self, tap: &Tap) {
        self.builder.tap(tap);
        if self.open.as_ref().is_none_or(|open| self.builder.at.len() < open.len()) {
            self.close();
        }
        self.keep_consistent();
    }

    /// How many containers a task definition lists.
    pub fn containers(&self) -> usize {
        let list = self.builder.call().and_then(|call| call.input.get(CONTAINERS));
        list.and_then(Value::as_array).map_or(0, Vec::len)
    }

    /// Nothing has been filled in.
    pub fn is_empty(&self) -> bool {
        self.builder.call().is_none_or(|call| call.input.as_object().is_none_or(Map::is_empty))
    }

    /// What a new revision can start from: task definitions of the account, newest first.
    pub fn models(&self, stock: &Stock<'_>) -> Vec<String> {
        let defined = stock.rows.get("task-definition").iter().rev();
        let active = defined.filter(|row| row.json.text("status") == "ACTIVE");
        let named = active.map(|row| tail(&row.id).to_owned());
        if self.sort == Sort::TaskDefinition { named.collect() } else { Vec::new() }
    }

    /// Fills the form with what a task definition of the account says, to make a new revision of it.
    pub fn start_from(&mut self, name: &str, stock: &Stock<'_>) {
        let defined = stock.rows.get("task-definition");
        let row = defined.iter().find(|row| tail(&row.id) == name);
        let known = self.builder.call().zip(row.and_then(|row| row.json.as_object()));
        let Some((call, row)) = known else { return };
        let members = call.service.inputs(call.operation).iter();
        let members = members
            .filter_map(|member| Some((member.name.to_owned(), row.get(member.name)?.clone())));
        let input = members.filter(|(_, value)| *value != json!([])).collect();
        self.take(Value::Object(input));
    }

    /// Adds a container to a task definition.
    pub fn add_container(&mut self) {
        self.close();
        let here = self.containers().max(1);
        if let Some(call) = self.call_mut() {
            // The first one stands in the form before anything is known of it.
            for number in 0..=here {
                call.make(&[Key::from(CONTAINERS), Key::Item(number)]);
            }
        }
    }

    /// Takes a container out of a task definition.
    pub fn remove_container(&mut self, number: usize) {
        self.close();
        if let Some(call) = self.call_mut() {
            take_out(&mut call.input, &[Key::from(CONTAINERS), Key::Item(number)]);
        }
    }

    /// The line that makes the call.
    pub fn line(&self) -> String {
        self.builder.line()
    }

    /// What AWS requires and the form does not have yet, by the names that stand in the form.
    pub fn missing(&self) -> Vec<String> {
        let label = |member: &str| {
            let begins = |path: &str| path.split('/').next() == Some(member);
            let field = self.own().iter().find(|(_, path)| begins(path));
            field.map_or(FIRST_CONTAINER, |(label, _)| label).to_owned()
        };
        self.builder.lacks().into_iter().map(label).collect()
    }

    /// The request as JSON.
    pub fn json(&self) -> String {
        self.builder.call().map_or_else(String::new, |call| pretty(&call.input))
    }

    /// Takes a request written as JSON. The error is a sentence; the form stays as it was.
    pub fn read_json(&mut self, text: &str) -> Result<(), String> {
        let value: Value = serde_json::from_str(text).map_err(|error| {
            let said = error.to_string();
            let what = said.split(" at line ").next().unwrap_or_default();
            format!("Not JSON yet: {what} (line {}, column {}).", error.line(), error.column())
        })?;
        if !value.is_object() {
            return Err("A request is an object: it begins with { and ends with }.".to_owned());
        }
        self.take(value);
        Ok(())
    }

    /// Takes a request written as a terminal line. The error is a sentence; the form stays as it was.
    pub fn read_line(&mut self, text: &str) -> Result<(), String> {
        if !text.trim_start().starts_with("aws ") {
            return Err("The line begins with `aws`.".to_owned());
        }
        let (printed, calls, _) = cli::rehearse(text, Vec::new());
        let wanted = self.builder.call().map(CallDraft::call);
        match (calls.into_iter().next(), wanted) {
            (Some(made), Some(wanted)) if made.operation == wanted.operation => {
                self.take((*made.input).clone());
                Ok(())
            }
            (Some(made), _) => Err(format!("This line makes another call: {}.", made.operation)),
            (None, _) => {
                // The usage comes first, and what is wrong last.
                let said = printed.stderr.trim().lines().next_back().unwrap_or_default();
                Err(if said.is_empty() {
                    "This line makes no call.".to_owned()
                } else {
                    said.to_owned()
                })
            }
        }
    }

    fn take(&mut self, input: Value) {
        self.close();
        if let Some(call) = self.call_mut() {
            call.input = input;
        }
    }

    fn close(&mut self) {
        self.open = None;
        self.builder.at.clear();
    }

    fn call_mut(&mut self) -> Option<&mut CallDraft> {
        match &mut self.builder.draft {
            Draft::Call(call) => Some(call),
            _ => None,
        }
    }

    /// A field's value as its own chip names it, or in short.
    fn says(&self, at: &[Key], stock: &Stock<'_>) -> Option<String> {
        let call = self.builder.call()?;
        let value = call.value(at)?;
        let chips = call.page(at, stock).groups.into_iter().flat_map(|group| group.chips);
        let named = { chips }.find(|chip| chip.on && chip.tap == Tap::Set(value.clone()));
        Some(named.map_or_else(|| page::in_short(value), |chip| chip.label))
    }

    /// The form asks for one number of instances: the least and the most are the same.
    fn keep_consistent(&mut self) {
        if self.sort != Sort::Launch {
            return;
        }
        if let Some(call) = self.call_mut()
            && let Some(input) = call.input.as_object_mut()
        {
            let count = input.get("MinCount").cloned().unwrap_or_else(|| json!(1));
            input.insert("MinCount".to_owned(), count.clone());
            input.insert("MaxCount".to_owned(), count);
        }
    }
}

/// The keys of a path such as `portMappings/0/containerPort`.
fn keys(path: &str) -> Vec<Key> {
    let key = |part: &str| part.parse().map_or_else(|_| Key::from(part), Key::Item);
    path.split('/').map(key).collect()
}
