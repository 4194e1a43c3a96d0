//! `aws`: a service, an operation, flags; then the call, and its answer in print.

use serde_json::Value;

use super::argparse::{self, Positional};
use super::fail::Fail;
use super::globals::{self, Globals};
use super::operation::{self, Request};
use super::pages::Pages;
use super::present::present;
use super::{custom, help, print, s3, skeleton, waiter};
use crate::cloud::api::{self, Operation, Service};
use crate::cloud::error::ApiError;
use crate::cloud::input::{Call, Reply};
use crate::cloud::time::{Millis, SimTime};

/// Who answers the calls of a command.
pub(super) trait Endpoint {
    /// One call of the administrator.
    fn call(&mut self, call: Call) -> Reply;
    /// Lets virtual time pass: waiters do.
    fn pass(&mut self, time: Millis);
    /// The virtual time.
    fn now(&self) -> SimTime;
    /// Whether somebody reads the answers. If not, they need not be put into print.
    fn heard(&self) -> bool {
        true
    }
}

/// One `aws` command at work.
pub(super) struct Aws<'a> {
    pub(super) endpoint: &'a mut dyn Endpoint,
    out: &'a mut String,
}

/// An answer before it is printed.
pub(super) enum Answer {
    /// As the service gave it.
    One(Value),
    /// Put together from pages.
    Pages(Pages),
}

/// What `aws --version` prints: the version that this one is compared with.
const VERSION: &str = concat!("aws-cli/2.9.19 Drydock/", env!("CARGO_PKG_VERSION"), "\n");

/// Real AWS has more than is simulated here.
pub(super) const ONLY_THESE: &str =
    "Of all that AWS has, this terminal knows what stands in the list above.";

/// Runs the words after `aws`.
pub(super) fn run(
    endpoint: &mut dyn Endpoint,
    out: &mut String,
    words: &[String],
) -> Result<(), Fail> {
    if words.iter().take_while(|word| word.starts_with('-')).any(|word| word == "--version") {
        out.push_str(VERSION);
        return Ok(());
    }
    let commands = command_names();
    let expected = Positional::Choice("command", &commands, ONLY_THESE);
    let parsed = argparse::parse(&globals::flags(), expected, words)?;
    let globals = Globals::read(&parsed)?;
    let mut aws = Aws { endpoint, out };
    let command = parsed.positional.unwrap_or_default();
    if let Some(service) = service_of(&command) {
        return aws.service(service, &parsed.rest, &globals);
    }
    if command == "s3" {
        return s3::run(&mut aws, &parsed.rest);
    }
    aws.help(&[]);
    Ok(())
}

/// The commands that may follow `aws`, in order.
pub(super) fn command_names() -> Vec<&'static str> {
    let mut names: Vec<&str> = api::service_names().map(command_name).collect();
    names.extend(["s3", "help"]);
    names
}

/// A service's name on the command line: botocore's, but for S3, whose `s3` is for files.
pub(super) fn command_name(service: &'static str) -> &'static str {
    if service == "s3" { "s3api" } else { service }
}

/// The service behind a command.
pub(super) fn service_of(command: &str) -> Option<&'static Service> {
    match command {
        "s3api" => api::service("s3"),
        "s3" => None,
        other => api::service(other),
    }
}

/// The commands that may follow a service, in the order in which the AWS CLI lists them.
pub(super) fn operation_names(service: &'static Service) -> Vec<&'static str> {
    let mut names: Vec<&str> =
        service.operations.iter().map(|operation| operation.cli_name.as_str()).collect();
    names.extend(custom::commands(service.name));
    if !service.waiters.is_empty() {
        names.push("wait");
    }
    names.push("help");
    names
}

impl Aws<'_> {
    fn service(
        &mut self,
        service: &'static Service,
        words: &[String],
        globals: &Globals,
    ) -> Result<(), Fail> {
        let names = operation_names(service);
        let expected = Positional::Choice("operation", &names, ONLY_THESE);
        let parsed = argparse::parse(&[], expected, words)?;
        let name = parsed.positional.unwrap_or_default();
        let command = command_name(service.name);
        let Some(operation) = service.operation_by_cli(&name) else {
            match name.as_str() {
                "help" => self.help(&[command]),
                "wait" => waiter::run(self, service, &parsed.rest, globals)?,
                custom => custom::run(self, service, custom, &parsed.rest)?,
            }
            return Ok(());
        };
        match operation::read(service, operation, &parsed.rest, globals)? {
            Some(request) if request.skeleton.is_some() => {
                self.skeleton(service, operation, request, globals)
            }
            Some(request) => {
                let outfile = request.outfile.clone();
                let mut answer = self.invoke(service, operation, request)?;
                let note = outfile.map(|outfile| self.stream(&outfile, &mut answer));
                if self.endpoint.heard() {
                    self.print(&print::answer(globals, operation.name, &answer)?);
                }
                note.unwrap_or(Ok(()))
            }
            None => {
                self.help(&[command, &operation.cli_name]);
                Ok(())
            }
        }
    }

    /// Takes what is streamed out of the answer. It goes to a file; this terminal keeps none.
    #[inline(never)]
    fn stream(&mut self, outfile: &str, answer: &mut Answer) -> Result<(), Fail> {
        let Answer::One(Value::Object(members)) = answer else { return Ok(()) };
        let body = members.remove("Body");
        if matches!(outfile, "/dev/stdout" | "-") {
            self.print(body.as_ref().and_then(Value::as_str).unwrap_or_default());
            return Ok(());
        }
        Err(Fail::honest("This terminal keeps no files. `/dev/stdout` shows what was read.", 0))
    }

    /// The shape of the input, or of the output once the input was checked.
    #[inline(never)]
    fn skeleton(
        &mut self,
        service: &'static Service,
        operation: &'static Operation,
        request: Request,
        globals: &Globals,
    ) -> Result<(), Fail> {
        if request.skeleton.as_deref() == Some("yaml-input") {
            return Err(Fail::honest("YAML input is not part of this terminal. JSON is.", 255));
        }
        if request.skeleton.as_deref() == Some("input") {
            let input = skeleton::of(service, operation.input, false);
            self.print(&print::plain_json(&input));
            return Ok(());
        }
        let mut input = Value::Object(request.input);
        custom::before_sending(service.name, operation.name, &mut input);
        api::validate(service, operation, &input).map_err(Fail::param)?;
        let output = Answer::One(skeleton::of(service, operation.output, true));
        self.print(&print::answer(globals, operation.name, &output)?);
        Ok(())
    }

    /// Calls, page after page where the operation answers in pages.
    fn invoke(
        &mut self,
        service: &'static Service,
        operation: &'static Operation,
        request: Request,
    ) -> Result<Answer, Fail> {
        match service.paginator(operation.name) {
            Some(paginator) if request.paginate => {
                Pages::fetch(self, service, operation, paginator, request).map(Answer::Pages)
            }
            _ => {
                let input = Value::Object(request.input);
                self.call(service, operation, input).map(Answer::One)
            }
        }
    }

    /// Checks the input as the AWS CLI does before it sends anything, then calls.
    pub(super) fn try_call(
        &mut self,
        service: &'static Service,
        operation: &'static Operation,
        mut input: Value,
    ) -> Result<Result<Value, ApiError>, Fail> {
        custom::before_sending(service.name, operation.name, &mut input);
        api::validate(service, operation, &input).map_err(Fail::param)?;
        let reply = self.endpoint.call(Call::new(service.name, operation.name, input));
        let heard = self.endpoint.heard();
        let shown = |reply| if heard { present(service, operation, reply) } else { reply };
        Ok(reply.map(|reply| shown(Value::clone(&reply))))
    }

    /// A call whose refusal ends the command.
    pub(super) fn call(
        &mut self,
        service: &'static Service,
        operation: &'static Operation,
        input: Value,
    ) -> Result<Value, Fail> {
        self.try_call(service, operation, input)?
            .map_err(|error| Fail::service(&error.code, operation.name, &error.message))
    }

    /// Adds to standard output.
    pub(super) fn print(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Help on a service or operation.
    #[inline(never)]
    pub(super) fn help(&mut self, topic: &[&str]) {
        self.print(&help::page(topic));
    }
}
