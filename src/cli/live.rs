//! The names of what is there in the account, by the name of the parameter that asks for one.

use serde_json::Value;

use crate::cloud::Cloud;
use crate::cloud::rows::Kind;

/// Names that a parameter may take (`InstanceIds`: ids of instances, `roleArn`: ARNs of roles), each
/// with the state of what it names.
pub fn names(cloud: &Cloud, parameter: &str) -> Vec<(String, String)> {
    let Some((kind, wanted)) = asked(parameter) else { return Vec::new() };
    let rows = kind.rows(cloud.account());
    rows.iter().filter_map(|row| Some((name(kind, wanted, row)?, state(row)))).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// What people call it.
    Name,
    Arn,
}

/// The kind that a parameter asks for, and in which form.
fn asked(parameter: &str) -> Option<(Kind, Wanted)> {
    let lower = parameter.to_ascii_lowercase();
    let stem = lower.strip_suffix('s').unwrap_or(&lower);
    let stem = match stem {
        "groupid" | "sourcegroup" | "securitygroupid" => "securitygroup",
        "allocationid" => "elasticip",
        "alarmaction" | "okaction" => "scalingpolicyarn",
        _ if stem.ends_with("rolearn") => "rolearn",
        _ if stem.ends_with("subnet") => "subnet",
        // Of EC2, not of the registry.
        "imageid" => return None,
        other => other,
    };
    for kind in Kind::ALL {
        let word = kind.word().replace('-', "");
        match stem.strip_prefix(&word) {
            Some("" | "id" | "name" | "identifier") => return Some((*kind, Wanted::Name)),
            Some("arn") => return Some((*kind, Wanted::Arn)),
            _ => {}
        }
    }
    None
}

fn name(kind: Kind, wanted: Wanted, row: &Value) -> Option<String> {
    let id = row.get(kind.id_member())?.as_str()?;
    match wanted {
        // The id of a task, the `family:revision` of a task definition.
        Wanted::Name => Some(id.rsplit('/').next().unwrap_or(id).to_owned()),
        Wanted::Arn if id.starts_with("arn:") => Some(id.to_owned()),
        Wanted::Arn => {
            let own = kind.word().replace('-', "");
            // `Arn`, `TargetGroupArn`, or the `PolicyARN` of a scaling policy.
            let is_arn = |name: &String| {
                let name = name.to_ascii_lowercase();
                name.strip_suffix("arn").is_some_and(|stem| own.ends_with(stem))
            };
            let mut members = row.as_object()?.iter();
            members.find(|(name, _)| is_arn(name))?.1.as_str().map(str::to_owned)
        }
    }
}

fn state(row: &Value) -> String {
    let state = ["/lastStatus", "/status", "/State/Name", "/State/Code", "/State", "/Status"];
    state.iter().find_map(|path| row.pointer(path)?.as_str()).unwrap_or_default().to_owned()
}
