//! The instance metadata service seen from a container: whoever reaches it reaches the instance's role.
//!
//! Sources: facts/iam §2 (DG/task-iam-roles; EC2/configuring-instance-metadata-options; AGENT:README.md).

use super::instance::Instance;

/// From where on an instance somebody asks 169.254.169.254.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asker {
    /// The instance itself, or a task in network mode `host`.
    Host,
    /// A container behind Docker's bridge.
    Bridge,
    /// A task with a network interface of its own (`awsvpc`).
    TaskInterface,
}

/// Whether the metadata service answers, and why: one sentence either way.
pub fn answers(instance: &Instance, from: Asker) -> Result<&'static str, &'static str> {
    let options = instance.metadata;
    if !options.enabled {
        return Err("The metadata service of the instance is turned off (HttpEndpoint disabled).");
    }
    match from {
        Asker::Host => {
            Ok("Whatever runs on the instance's own network reaches its metadata service.")
        }
        Asker::Bridge if !options.token_required => {
            Ok("Without tokens (IMDSv1) the metadata service answers through Docker's bridge.")
        }
        Asker::Bridge if options.hop_limit >= 2 => Ok(
            "The metadata service lets its answer travel two hops or more. A container behind Docker's bridge is the second.",
        ),
        Asker::Bridge => Err(
            "Tokens are required and their answer may travel one hop only: it ends at Docker's bridge.",
        ),
        Asker::TaskInterface if instance.agent_config.is_on("ECS_AWSVPC_BLOCK_IMDS") => {
            Err("The ECS agent blocks the metadata service for tasks (ECS_AWSVPC_BLOCK_IMDS).")
        }
        // Whether the hop limit counts here is not documented; chosen: it does not (docs/fidelity.md).
        Asker::TaskInterface => Ok("A task with its own interface reaches the metadata service."),
    }
}
