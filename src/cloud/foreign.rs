//! Words that are none of their enum's: `assignPublicIp=enabled` where AWS knows ENABLED and DISABLED.

use super::action::{Ctx, Handler};
use super::api::ForeignWord;
use super::error::ApiError;
use super::input::Call;
use super::params::Params;

/// The refusal of such a word. Where the action has a sentence of its own it is that one: it is asked with a copy of the account,
/// of which nothing stays.
#[cold]
#[inline(never)]
pub(super) fn refused(cx: &Ctx<'_>, action: Handler, call: &Call, word: &ForeignWord) -> ApiError {
    let (mut account, mut queue) = (cx.account.clone(), cx.queue.clone());
    let (mut rng, mut digest) = (cx.rng.clone(), *cx.digest);
    let mut copy = Ctx {
        account: &mut account,
        queue: &mut queue,
        rng: &mut rng,
        digest: &mut digest,
        now: cx.now,
        by: cx.by,
        cause: cx.cause,
    };
    let own = action(&mut copy, Params::new(&call.input)).err();
    own.unwrap_or_else(|| sentence(call, word))
}

/// AWS's general sentence, as IAM, Elastic Load Balancing and others have it; EC2 and ECR have their own. ECS's is not published.
fn sentence(call: &Call, foreign: &ForeignWord) -> ApiError {
    let ForeignWord { word, path, known } = foreign;
    let code = match (&*call.service, &*call.operation) {
        ("ec2", _) => "InvalidParameterValue",
        ("ecs", "RegisterTaskDefinition") => "ClientException",
        ("ecs" | "ecr" | "logs" | "secretsmanager", _) => "InvalidParameterException",
        ("iam" | "sts" | "elbv2" | "autoscaling" | "cloudwatch", _) => "ValidationError",
        ("s3", _) => "InvalidArgument",
        _ => "ValidationException",
    };
    if code == "InvalidParameterValue" {
        return ApiError::new(code, format!("Invalid value '{word}' for {path}."));
    }
    let mut path = path.clone();
    if let Some(first) = path.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    let rule = format!("Member must satisfy enum value set: [{known}]");
    let text = if &*call.service == "ecr" {
        format!("Invalid parameter at '{path}' failed to satisfy constraint: '{rule}'")
    } else {
        format!(
            "1 validation error detected: Value '{word}' at '{path}' failed to satisfy constraint: {rule}"
        )
    };
    ApiError::new(code, text)
}
