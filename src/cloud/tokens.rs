//! Client tokens: what is sent twice with the same token is done once (API-ecs, "Ensuring idempotency"; EC2 guide for
//! developers, "Ensuring idempotency in Amazon EC2 API requests").

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;

use super::account::Account;
use super::action::{Ctx, Handler};
use super::compute::spec;
use super::ecs::names;
use super::ecs::service::ServiceStatus;
use super::error::ApiError;
use super::input::{Call, Reply};
use super::limits;
use super::params::Params;
use super::time::SimTime;

/// The newest calls that made something under a token, at most [`limits::CLIENT_TOKENS`].
#[derive(Clone, Debug, Default)]
pub struct Tokens(Arc<VecDeque<Used>>);

#[derive(Clone, Debug)]
struct Used {
    /// Operation, token, and where the token counts.
    scope: String,
    at: SimTime,
    input: Arc<Value>,
    reply: Arc<Value>,
}

/// An action that takes a token.
struct Kind {
    operation: &'static str,
    /// Characters of a token.
    longest: usize,
    /// Where the answer names what was made.
    made: &'static str,
    /// Whether that is still there: the token counts as long.
    stands: fn(&Account, &str) -> Result<bool, ApiError>,
}

const KINDS: &[Kind] = &[
    Kind {
        operation: "RunTask",
        longest: 64,
        made: "/tasks/0/taskArn",
        stands: |account, arn| Ok(account.tasks.find(names::short(arn)).is_some()),
    },
    Kind {
        operation: "CreateService",
        longest: 36,
        made: "/service/serviceArn",
        stands: |account, arn| {
            let service = account.services.find(arn);
            Ok(service.is_some_and(|service| service.status == ServiceStatus::Active))
        },
    },
    Kind {
        operation: "RunInstances",
        longest: 64,
        made: "/Instances/0/InstanceId",
        stands: |account, id| match account.instances.find(id) {
            Some(instance) if instance.state.is_over() => Err(terminated()),
            found => Ok(found.is_some()),
        },
    },
    Kind {
        operation: "CreateLaunchTemplate",
        longest: 128,
        made: "/LaunchTemplate/LaunchTemplateId",
        stands: |account, id| Ok(account.launch_templates.find(id).is_some()),
    },
    Kind {
        operation: "CreateNatGateway",
        longest: 64,
        made: "/NatGateway/NatGatewayId",
        stands: |account, id| Ok(account.nat_gateways.find(id).is_some()),
    },
    Kind {
        operation: "CreateVpcEndpoint",
        longest: 64,
        made: "/VpcEndpoint/VpcEndpointId",
        stands: |account, id| Ok(account.endpoints.find(id).is_some()),
    },
];

/// The token of a call.
pub(super) fn of(call: &Call) -> Option<&str> {
    let input = Params::new(&call.input);
    input.str("clientToken").or_else(|| input.str("ClientToken"))
}

/// Acts, unless the same call was answered before: then this is that answer once more.
#[inline(never)]
pub(super) fn once(cx: &mut Ctx<'_>, act: Handler, call: &Call, token: &str) -> Reply {
    let input = Params::new(&call.input);
    let Some(kind) = KINDS.iter().find(|kind| kind.operation == &*call.operation) else {
        return act(cx, input).map(Arc::new);
    };
    if token.len() > kind.longest || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(odd(call, token, kind.longest));
    }
    let scope = format!("{} {token} {}", call.operation, place(cx.account, call));
    let mut newest_first = cx.account.tokens.0.iter().rev();
    if let Some(used) = newest_first.find(|used| used.scope == scope)
        && cx.now.since(used.at) < limits::CLIENT_TOKEN_MS
        && (kind.stands)(cx.account, made(kind, &used.reply))?
    {
        let same = same(input, Params::new(&used.input));
        return if same { Ok(Arc::clone(&used.reply)) } else { Err(differs(call)) };
    }
    let reply = Arc::new(act(cx, input)?);
    if !made(kind, &reply).is_empty() {
        let used =
            Used { scope, at: cx.now, input: Arc::clone(&call.input), reply: Arc::clone(&reply) };
        let all = Arc::make_mut(&mut cx.account.tokens.0);
        if all.len() >= limits::CLIENT_TOKENS {
            all.pop_front();
        }
        all.push_back(used);
    }
    Ok(reply)
}

/// What an answer says was made; empty where nothing was.
fn made<'a>(kind: &Kind, reply: &'a Value) -> &'a str {
    reply.pointer(kind.made).and_then(Value::as_str).unwrap_or_default()
}

/// Where a token counts: in a cluster; for a launch in the Availability Zone that it names; else in the Region.
fn place(account: &Account, call: &Call) -> Arc<str> {
    let input = Params::new(&call.input);
    if &*call.service == "ecs" {
        return Arc::from(names::short(input.str("cluster").unwrap_or("default")));
    }
    if &*call.operation != "RunInstances" {
        return Arc::default();
    }
    let subnet = input.str("SubnetId").and_then(|id| account.subnets.find(id));
    let zone = input.inner("Placement").str("AvailabilityZone").map(Arc::from);
    zone.or_else(|| subnet.map(|subnet| Arc::clone(&subnet.zone))).unwrap_or_default()
}

/// Whether two calls ask for the same. Their cluster is the same, by whatever name.
fn same(one: Params<'_>, other: Params<'_>) -> bool {
    let covers = |one: Params<'_>, other: Params<'_>| {
        let mut members = one.members().into_iter().flatten();
        members.all(|(name, value)| {
            name == "cluster" || value.is_null() || other.value(name) == Some(value)
        })
    };
    covers(one, other) && covers(other, one)
}

/// The sentences: API-ecs RunTask, ConflictException; public logs for the others.
fn differs(call: &Call) -> ApiError {
    match &*call.operation {
        "RunTask" => ApiError::new(
            "ConflictException",
            "The provided clientToken is already in use with a different RunTask request.",
        ),
        "CreateService" => ApiError::invalid("Creation of service was not idempotent."),
        _ => ApiError::new(
            "IdempotentParameterMismatch",
            "Arguments on this idempotent request are inconsistent with arguments used in previous \
             request(s).",
        ),
    }
}

/// Seen in public logs.
fn terminated() -> ApiError {
    ApiError::new(
        "IdempotentInstanceTerminated",
        "The client token you have provided is associated with a terminated instance. Please use a \
         different client token.",
    )
}

/// The rule is published, the sentence is not.
fn odd(call: &Call, token: &str, longest: usize) -> ApiError {
    let rule = format!(
        "The client token can be up to {longest} ASCII characters in the range of 33-126 (inclusive)."
    );
    if &*call.service == "ecs" {
        return ApiError::invalid(rule);
    }
    spec::invalid("clientToken", token, &rule)
}
