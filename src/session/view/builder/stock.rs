//! Where the values on chips come from: what is in the account, what the lesson talks about, and what is usual.

use serde_json::Value;

use super::super::picture::Names;
use super::super::rows::{Read, Rows, short, tail};
use super::hints::Hints;
use crate::cli;
use crate::cloud::Cloud;
use crate::cloud::compute::types::TYPES;
use crate::cloud::sort;

/// What values can be chosen from.
#[derive(Clone, Copy, Debug)]
pub struct Stock<'a> {
    /// The account.
    pub cloud: &'a Cloud,
    /// The same as rows.
    pub rows: &'a Rows,
    /// The letters of its tasks.
    pub names: &'a Names,
    /// What the step talks about.
    pub hints: &'a Hints,
}

/// A value with what to call it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Offer {
    pub(super) value: Value,
    pub(super) label: String,
    pub(super) note: String,
}

impl Stock<'_> {
    /// What can be chosen for a part: what is there, what the lesson names, what is usual.
    pub(super) fn offers(&self, path: &str, member: &str) -> Vec<Offer> {
        let mut offers = self.live(member, true);
        let hinted = self.hints.values(path).into_iter().filter(|value| !is_short_number(value));
        for value in hinted.chain(usual(member)) {
            if offers.iter().all(|offer| offer.value != value) {
                offers.push(plain(value));
            }
        }
        // Sizes stand in their order, whoever names them.
        let size = |offer: &Offer| offer.label.parse::<u64>().ok();
        if offers.iter().all(|offer| size(offer).is_some()) {
            sort::by_key(&mut offers, size);
        }
        offers
    }

    /// Things of the account that a member names, newest first; those that are gone too, if wanted.
    pub(super) fn live(&self, member: &str, also_gone: bool) -> Vec<Offer> {
        let names = cli::live_names(self.cloud, member);
        if names.is_empty() { Vec::new() } else { self.told_apart(names, member, also_gone) }
    }

    #[inline(never)]
    fn told_apart(
        &self,
        mut names: Vec<(String, String)>,
        member: &str,
        also_gone: bool,
    ) -> Vec<Offer> {
        let mut offers: Vec<Offer> = Vec::new();
        names.reverse();
        names.retain(|(_, state)| also_gone || !GONE.contains(&state.as_str()));
        sort::by_key(&mut names, |(_, state)| GONE.contains(&state.as_str()));
        for (name, state) in names {
            // A family alone means its newest revision.
            if let Some((family, _)) = name.rsplit_once(':').filter(|_| member == "taskDefinition")
                && offers.iter().all(|known| known.label != family)
            {
                offers.push(Offer { note: "newest".to_owned(), ..plain(Value::from(family)) });
            }
            let gone = GONE.contains(&state.as_str());
            let note = [self.note(member, &name), if gone { state } else { String::new() }];
            let note = note.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
            let note = note.join(" · ");
            let label = short(&name).to_owned();
            offers.push(Offer { label, note, value: Value::from(name) });
        }
        offers
    }

    /// What tells a thing from others of its kind.
    #[inline(never)]
    fn note(&self, member: &str, name: &str) -> String {
        let member = member.to_ascii_lowercase();
        let row = |kind: &str| {
            self.rows.get(kind).iter().find(|row| tail(&row.id) == tail(name)).map(|row| &row.json)
        };
        if member.starts_with("task") && member.len() <= 5 {
            let definition = row("task").map_or("", |task| tail(task.text("taskDefinitionArn")));
            return format!("task {} · {definition}", self.names.letter(name));
        }
        if let Some(subnet) = row("subnet") {
            let public = if subnet.flag("MapPublicIpOnLaunch") { "public" } else { "private" };
            return format!("{} · {public}", subnet.text("AvailabilityZone"));
        }
        if let Some(group) = row("security-group") {
            return group.text("GroupName").to_owned();
        }
        String::new()
    }
}

/// Things in these states come last: there is little to do with them but to look.
const GONE: &[&str] = &["INACTIVE", "terminated", "STOPPED", "DELETE_IN_PROGRESS"];

pub(super) fn plain(value: Value) -> Offer {
    let text = value.as_str();
    let label =
        text.map_or_else(|| value.to_string(), |text| policy(text).unwrap_or(text.to_owned()));
    Offer { value, label, note: String::new() }
}

/// A policy in short: `Allow s3:GetObject on harbor-cargo/*`. Nothing if the text is none.
#[inline(never)]
fn policy(text: &str) -> Option<String> {
    let document: Value = serde_json::from_str(text).ok()?;
    let statements = document.get("Statement")?.as_array()?.iter();
    let short = |value: &Value| match value {
        Value::Array(items) => items.iter().map(last_part).collect::<Vec<_>>().join(", "),
        value => last_part(value).to_owned(),
    };
    let said = statements.map(|statement| {
        let part = |name: &str| statement.get(name).map(short).unwrap_or_default();
        match statement.at("Principal.Service") {
            Some(service) => format!("{} {}", part("Effect"), short(service)),
            None => format!("{} {} on {}", part("Effect"), part("Action"), part("Resource")),
        }
    });
    Some(said.collect::<Vec<_>>().join("; "))
}

/// An ARN without what is the same for everything in the account.
fn last_part(value: &Value) -> &str {
    let text = value.as_str().unwrap_or_default();
    if text.starts_with("arn:") { text.splitn(6, ':').last().unwrap_or(text) } else { text }
}

/// Small numbers are made with the stepper.
fn is_short_number(value: &Value) -> bool {
    value.as_i64().is_some_and(|number| number < 20)
}

/// What is usual where neither the account nor the lesson has anything to offer.
fn usual(member: &str) -> Vec<Value> {
    let texts: &[&str] = match member {
        "image" => &["nginx", "httpd", "busybox", "crash", "slow", "worker"],
        "cpu" => &["256", "512", "1024", "2048", "4096"],
        "memory" => &["512", "1024", "2048", "4096", "8192"],
        "family" | "name" | "serviceName" | "clusterName" => &["web", "dock", "app"],
        "InstanceType" => return TYPES.iter().map(|kind| Value::from(kind.name)).collect(),
        "IpProtocol" => &["tcp", "udp", "-1"],
        "CidrIp" | "DestinationCidrBlock" => &["0.0.0.0/0", "10.0.0.0/16"],
        "ImageId" => {
            &["resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"]
        }
        _ => &[],
    };
    texts.iter().map(|text| Value::from(*text)).collect()
}

/// Numbers that are usual for a member: where the stepper begins.
pub(super) fn numbers(member: &str) -> &'static [i64] {
    match member {
        "containerPort" | "hostPort" | "FromPort" | "ToPort" | "Port" | "port" => {
            &[0, 22, 80, 443, 3000, 8080, 32768, 61000, 65535]
        }
        "cpu" | "memory" | "memoryReservation" => &[64, 128, 256, 512, 1024, 2048],
        "maximumPercent" | "minimumHealthyPercent" => &[0, 50, 100, 150, 200],
        "interval" | "timeout" | "startPeriod" | "stopTimeout" => &[5, 10, 30, 60, 120],
        "sizeInGiB" => &[20, 21, 50, 100, 200],
        _ => &[0, 1, 2, 3, 5, 10, 60, 300],
    }
}
