//! `aws help`, `aws ecs help`, `aws ecs run-task help`: pages made from the API model, with a sentence
//! of Drydock's own on each operation (`sentences/`).

use super::argparse::Takes;
use super::aws::{command_name, command_names, operation_names, service_of};
use super::globals;
use super::operation::{Argument, Target, arguments};
use crate::cloud::api::{Operation, Service, Shape, ShapeId};

/// The help page on a command, by the words after `aws`.
#[inline(never)]
pub(super) fn page(topic: &[&str]) -> String {
    let mut page = lines(topic).join("\n");
    page.push('\n');
    page
}

fn lines(topic: &[&str]) -> Vec<String> {
    match topic {
        [] => everything(),
        [command] => match service_of(command) {
            Some(service) => whole_service(service),
            None if *command == "s3" => name_lines(
                "s3 ls",
                "Lists buckets, or what is in one: `aws s3 ls s3://bucket/folder/`.",
            ),
            None => everything(),
        },
        [command, "wait", waiter] => match service_of(command) {
            Some(service) => one_waiter(service, waiter),
            None => everything(),
        },
        [command, name, ..] => {
            let service = service_of(command);
            let operation = service.and_then(|service| service.operation_by_cli(name));
            match (service, operation) {
                (Some(service), Some(operation)) => one_operation(service, operation),
                (Some(service), None) => name_lines(name, sentence(service.name, name)),
                _ => everything(),
            }
        }
    }
}

/// One sentence a line, behind a name: those on services.
const SERVICES: &str = include_str!("sentences/services.txt");

macro_rules! operations {
    ($($service:literal)*) => {
        &[$(($service, || include_str!(concat!("sentences/", $service, ".txt")))),*]
    };
}

/// A function, because what needs one text should not refer to all of them.
type Text = fn() -> &'static str;

/// Those on the operations of each service.
const OPERATIONS: &[(&str, Text)] = operations! {
    "application-autoscaling" "apprunner" "autoscaling" "cloudtrail" "cloudwatch" "dynamodb"
    "ec2" "ecr" "ecs" "eks" "elbv2" "iam" "logs" "s3" "secretsmanager" "sts"
};

/// The sentence on an operation by its wire name.
pub(super) fn sentence(service: &str, operation: &str) -> &'static str {
    let found = OPERATIONS.iter().find(|(name, _)| *name == service);
    found.map_or("", |(_, text)| line_of(text(), operation))
}

/// The sentence on a service by its command; none on what is no service.
pub(super) fn service_sentence(command: &str) -> &'static str {
    match command {
        "s3" => "",
        "s3api" => line_of(SERVICES, "s3"),
        service => line_of(SERVICES, service),
    }
}

fn line_of(text: &'static str, name: &str) -> &'static str {
    let mut lines = text.lines().filter_map(|line| line.split_once(' '));
    lines.find(|(first, _)| *first == name).map_or("", |(_, sentence)| sentence)
}

fn name_lines(name: &str, what: &str) -> Vec<String> {
    vec![format!("NAME\n       {name} - {what}")]
}

fn everything() -> Vec<String> {
    let mut page = name_lines("aws", "the AWS Command Line Interface, for one simulated account");
    page.push("\nSYNOPSIS\n       aws [options] <command> <subcommand> [parameters]".to_owned());
    page.push("\nGLOBAL OPTIONS".to_owned());
    for (flag, takes, what) in globals::FLAGS {
        let value = if *takes == Takes::None { "" } else { " <value>" };
        page.push(format!("       {:<28} {what}", format!("{flag}{value}")));
    }
    page.push("\nAVAILABLE SERVICES".to_owned());
    for command in command_names() {
        let what = match command {
            "s3" => "Lists buckets and objects: `aws s3 ls`.",
            "help" => "Prints this page; also behind a command or subcommand.",
            service => service_sentence(service),
        };
        page.push(format!("       {command:<28} {what}"));
    }
    page
}

fn whole_service(service: &'static Service) -> Vec<String> {
    let name = command_name(service.name);
    let mut page = name_lines(name, service_sentence(name));
    page.push("\nAVAILABLE COMMANDS".to_owned());
    for command in operation_names(service) {
        let wire = service.operation_by_cli(command).map_or(command, |operation| operation.name);
        let what = match command {
            "wait" => "Waits until something has reached a state.",
            "help" => "Prints this page.",
            _ => sentence(service.name, wire),
        };
        page.push(format!("       {command:<36} {what}"));
    }
    if !service.waiters.is_empty() {
        page.push("\nAVAILABLE WAITERS".to_owned());
        for waiter in &service.waiters {
            page.push(format!("       wait {}", waiter.cli_name));
        }
    }
    page
}

fn one_waiter(service: &'static Service, name: &str) -> Vec<String> {
    let found = service.waiter_by_cli(name);
    let Some((waiter, operation)) =
        found.and_then(|waiter| Some((waiter, service.operation(waiter.operation)?)))
    else {
        return whole_service(service);
    };
    let what = format!(
        "Asks {} every {} seconds of virtual time, {} times at most, until it is so.",
        operation.cli_name, waiter.delay_s, waiter.max_attempts
    );
    let mut page = name_lines(name, &what);
    parameters(service, operation, name, &mut page);
    page
}

fn one_operation(service: &'static Service, operation: &'static Operation) -> Vec<String> {
    let what = sentence(service.name, operation.name);
    let mut page = name_lines(&operation.cli_name, what);
    parameters(service, operation, &operation.cli_name, &mut page);
    page
}

/// Synopsis and options. Flags that the AWS CLI's own paging replaces are left out, as there.
fn parameters(
    service: &'static Service,
    operation: &'static Operation,
    name: &str,
    page: &mut Vec<String>,
) {
    let hidden = service
        .paginator(operation.name)
        .map(|paginator| [Some(paginator.input_token), paginator.limit]);
    let shown = |argument: &&Argument| match argument.target {
        Target::Member(member) => !hidden.is_some_and(|hidden| hidden.contains(&Some(member.name))),
        _ => true,
    };
    let arguments = arguments(service, operation);
    page.push(format!("\nSYNOPSIS\n       {name}"));
    for argument in arguments.iter().filter(shown) {
        if let Some(line) = synopsis(argument, &arguments) {
            page.push(format!("         {line}"));
        }
    }
    page.push("\nOPTIONS".to_owned());
    for argument in arguments.iter().filter(shown) {
        if matches!(argument.target, Target::Not(_)) {
            continue;
        }
        let (kind, notes) = about(service, argument);
        page.push(format!("       {} ({kind})", argument.flag.name));
        for note in notes {
            page.push(format!("           {note}"));
        }
    }
}

fn synopsis(argument: &Argument, all: &[Argument]) -> Option<String> {
    let name = &argument.flag.name;
    let usage = match (argument.target, argument.flag.takes) {
        (Target::Not(_), _) => return None,
        (Target::Member(member), Takes::None) => {
            let negative = all.iter().find(
                |other| matches!(other.target, Target::Not(other) if other.name == member.name),
            );
            negative.map_or(name.clone(), |negative| format!("{name} | {}", negative.flag.name))
        }
        (_, Takes::None) => name.clone(),
        _ => format!("{name} <value>"),
    };
    Some(if argument.flag.required { usage } else { format!("[{usage}]") })
}

/// The type of a flag, and what else is to be said about it.
fn about(service: &'static Service, argument: &Argument) -> (&'static str, Vec<String>) {
    let note = |text: &str| vec![text.to_owned()];
    match argument.target {
        Target::Member(member) | Target::Not(member) => {
            let shape = service.shape(member.shape);
            (type_name(shape), notes(service, member.shape))
        }
        Target::Extra(_) if argument.flag.takes == Takes::None => ("boolean", Vec::new()),
        Target::Extra(_) => ("string", Vec::new()),
        Target::StartingToken => ("string", note("The NextToken of an earlier answer.")),
        Target::MaxItems => ("integer", note("How many items to print, over all pages.")),
        Target::PageSize => ("integer", note("How many items to ask for with each call.")),
        Target::InputJson => {
            ("string", note("All parameters as JSON, or file://…; a flag wins over it."))
        }
        Target::Skeleton => ("string", note("Prints the shape of the input, or of the output.")),
    }
}

fn type_name(shape: &Shape) -> &'static str {
    match shape {
        Shape::Structure(_) => "structure",
        Shape::List { .. } => "list",
        Shape::Map { .. } => "map",
        Shape::String { .. } => "string",
        Shape::Integer(_) => "integer",
        Shape::Long(_) => "long",
        Shape::Float(_) => "float",
        Shape::Double(_) => "double",
        Shape::Boolean => "boolean",
        Shape::Timestamp => "timestamp",
        Shape::Blob => "blob",
        Shape::Document => "document",
    }
}

fn notes(service: &'static Service, shape: ShapeId) -> Vec<String> {
    let inner = match service.shape(shape) {
        Shape::List { member, .. } => *member,
        _ => shape,
    };
    let is_list = inner != shape;
    match service.shape(inner) {
        Shape::String { values, .. } if !values.is_empty() => {
            vec![one_of(values)]
        }
        Shape::Structure(_) | Shape::Map { .. } => {
            let more = if is_list { " …" } else { "" };
            vec![format!("Shorthand: {}{more}", shorthand(service, inner, 0))]
        }
        _ if is_list => vec!["Several words, with spaces between them.".to_owned()],
        _ => Vec::new(),
    }
}

/// The words of an enum. EC2 has a thousand instance types; a dozen shows what they look like.
fn one_of(values: &[&str]) -> String {
    const SHOWN: usize = 12;
    let shown: Vec<&str> = values.iter().take(SHOWN).copied().collect();
    match values.len().saturating_sub(SHOWN) {
        0 => format!("One of: {}", shown.join(", ")),
        more => format!("One of: {}, and {more} more", shown.join(", ")),
    }
}

/// Structures inside structures, at most, before the rest is `…`.
const DEPTH: usize = 3;

/// The shorthand of a shape: `key=string,list=[{inner=integer}]`.
fn shorthand(service: &'static Service, shape: ShapeId, depth: usize) -> String {
    let braces = |text: String| if depth == 0 { text } else { format!("{{{text}}}") };
    match service.shape(shape) {
        Shape::Structure(_) | Shape::Map { .. } | Shape::List { .. } if depth > DEPTH => {
            "…".to_owned()
        }
        Shape::Structure(structure) => {
            let member = |member: &crate::cloud::api::Member| {
                format!("{}={}", member.name, shorthand(service, member.shape, depth + 1))
            };
            braces(structure.members.iter().map(member).collect::<Vec<_>>().join(","))
        }
        Shape::Map { value, .. } => {
            braces(format!("name={}", shorthand(service, *value, depth + 1)))
        }
        Shape::List { member, .. } => format!("[{}]", shorthand(service, *member, depth + 1)),
        Shape::String { values, .. } if !values.is_empty() && values.len() <= 4 => values.join("|"),
        other => type_name(other).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::api::services;

    #[test]
    fn each_operation_has_its_sentence() {
        for service in services() {
            assert!(
                service_sentence(command_name(service.name)).ends_with('.'),
                "{}",
                service.name
            );
            for operation in &service.operations {
                let sentence = sentence(service.name, operation.name);
                let name = operation.name;
                assert!(sentence.ends_with('.'), "sentences/{}.txt: {name}", service.name);
            }
        }
    }
}
