//! `aws`: a service, an operation, flags; then the call, and its answer in print.

use serde_json::Value;

use super::argparse::{self, Positional};
use super::fail::Fail;
use super::globals::{self, Globals};
use super::operation::{self, Request};
use super::present::present;
use super::print::print;
use super::shell::Shell;
use crate::cloud::api::{self, Operation, Service};

/// Runs the words after `aws`.
pub(super) fn run(shell: &mut Shell<'_>, words: &[String]) -> Result<(), Fail> {
    let mut commands: Vec<&str> = api::service_names().collect();
    commands.push("help");
    let expected = Positional::Choice("command", &commands);
    let parsed = argparse::parse(&globals::flags(), expected, words)?;
    let globals = Globals::read(&parsed)?;
    let command = parsed.positional.unwrap_or_default();
    match api::service(&command) {
        Some(service) => run_service(shell, service, &parsed.rest, &globals),
        None => Err(Fail::honest("There is no help yet.", 1)),
    }
}

fn run_service(
    shell: &mut Shell<'_>,
    service: &'static Service,
    words: &[String],
    globals: &Globals,
) -> Result<(), Fail> {
    let mut names: Vec<&str> =
        service.operations.iter().map(|operation| operation.cli_name.as_str()).collect();
    names.push("help");
    let parsed = argparse::parse(&[], Positional::Choice("operation", &names), words)?;
    let name = parsed.positional.unwrap_or_default();
    let Some(operation) = service.operation_by_cli(&name) else {
        return Err(Fail::honest("There is no help yet.", 1));
    };
    match operation::read(service, operation, &parsed.rest, globals)? {
        Some(request) => {
            let reply = invoke(shell, service, operation, request)?;
            shell.print(&print(globals.output, &reply));
            Ok(())
        }
        None => Err(Fail::honest("There is no help yet.", 1)),
    }
}

/// Checks the input as the AWS CLI does before it sends anything, then calls.
fn invoke(
    shell: &mut Shell<'_>,
    service: &'static Service,
    operation: &'static Operation,
    request: Request,
) -> Result<Value, Fail> {
    let input = Value::Object(request.input);
    api::validate(service, operation, &input).map_err(Fail::param)?;
    match shell.call(service.name, operation.name, input) {
        Ok(reply) => Ok(present(service, operation, reply)),
        Err(error) => Err(Fail::service(&error.code, operation.name, &error.message)),
    }
}
