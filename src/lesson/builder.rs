//! Whether a line can be made by taps: with the step's forms, the command builder under the terminal, the time controls
//! and the fault panel.

use super::solve::run_line;
use crate::cloud::Cloud;
use crate::cloud::api::{self, Service, Shape, ShapeId};
use crate::cloud::input::Call;

/// A form of the page, the call it makes, and the members of the call that it offers.
struct Form {
    widget: &'static str,
    service: &'static str,
    operation: &'static str,
    members: &'static [&'static str],
}

/// Calls with parts that the command builder has no field for have a form of their own.
const FORMS: &[Form] = &[
    Form {
        widget: "task-def-form",
        service: "ecs",
        operation: "RegisterTaskDefinition",
        members: &[
            "family",
            "networkMode",
            "requiresCompatibilities",
            "cpu",
            "memory",
            "executionRoleArn",
            "taskRoleArn",
            "containerDefinitions",
        ],
    },
    Form {
        widget: "run-task-form",
        service: "ecs",
        operation: "RunTask",
        members: &["cluster", "taskDefinition", "launchType", "count", "networkConfiguration"],
    },
    Form {
        widget: "launch-instance-form",
        service: "ec2",
        operation: "RunInstances",
        members: &[
            "ImageId",
            "InstanceType",
            "MinCount",
            "MaxCount",
            "IamInstanceProfile",
            "UserData",
            "SubnetId",
            "SecurityGroupIds",
        ],
    },
];

/// Whether the widgets of a step can make `line` in an account; the error says what is missing.
pub fn can_make(line: &str, widgets: &[String], cloud: &Cloud) -> Result<(), String> {
    let has = |widget: &str| widgets.iter().any(|name| name == widget);
    match line.split_whitespace().next().unwrap_or("") {
        // Every step has the time controls.
        "wait" | "settle" => Ok(()),
        "fault" | "traffic" if has("fault-panel") => Ok(()),
        word @ ("fault" | "traffic") => Err(format!("`{word}` needs the widget `fault-panel`")),
        _ => calls_of(line, cloud)?.iter().try_for_each(|call| can_call(call, &has)),
    }
}

/// The calls that a line makes.
fn calls_of(line: &str, cloud: &Cloud) -> Result<Vec<Call>, String> {
    let mut cloud = cloud.clone();
    let before = cloud.account().trail.count();
    run_line(&mut cloud, line, &mut |_| {});
    let records = cloud.account().trail.iter().filter(|record| record.no > before);
    let calls: Vec<Call> = records.map(|record| record.call.clone()).collect();
    if calls.is_empty() { Err("the line makes no call".to_owned()) } else { Ok(calls) }
}

fn can_call(call: &Call, has: &dyn Fn(&str) -> bool) -> Result<(), String> {
    let members = call.input.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    let made_by =
        |form: &&Form| form.service == &*call.service && form.operation == &*call.operation;
    if let Some(form) = FORMS.iter().find(made_by) {
        if !has(form.widget) {
            return Err(format!("{} needs the widget `{}`", call.operation, form.widget));
        }
        let missing = { members }.find(|member| !form.members.contains(member));
        return missing.map_or(Ok(()), |member| {
            Err(format!("`{}` has no field for `{member}`", form.widget))
        });
    }
    if !has("terminal") {
        return Err(format!("{} needs the widget `terminal`", call.operation));
    }
    let model = api::service(&call.service);
    let operation = model.and_then(|model| Some((model, model.operation(&call.operation)?)));
    let Some((model, operation)) = operation else {
        return Err(format!("the command builder has no `{}`", call.operation));
    };
    let inputs = model.inputs(operation);
    let offered = |name: &str| {
        let member = inputs.iter().find(|member| member.name == name);
        member.is_some_and(|member| is_simple(model, member.shape))
    };
    let missing = { members }.find(|member| !offered(member));
    missing.map_or(Ok(()), |member| {
        Err(format!("the command builder has no field for `{member}` of {}", call.operation))
    })
}

/// A text, a number, a truth value or a list of these: what chips and steppers can give.
fn is_simple(model: &Service, shape: ShapeId) -> bool {
    match model.shape(shape) {
        Shape::List { member, .. } => is_simple(model, *member),
        Shape::String { .. }
        | Shape::Integer(_)
        | Shape::Long(_)
        | Shape::Float(_)
        | Shape::Double(_)
        | Shape::Boolean => true,
        _ => false,
    }
}
