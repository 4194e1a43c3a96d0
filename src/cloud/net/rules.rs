//! `CreateSecurityGroup`, and the rules of security groups: Authorize… and Revoke….

use std::sync::Arc;

use serde_json::{Value, json};

use super::cidr::Cidr;
use super::describe::{no_group, no_vpc};
use super::security::{Peer, Protocol, Rule, SecurityGroup, permissions, wire_ports};
use super::subnet::arn;
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::compute::spec::invalid;
use crate::cloud::compute::tags::Tags;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;

pub(crate) fn create(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let (name, vpc) = (params.required("GroupName"), vpc_of(cx.account, params)?);
    if name.starts_with("sg-") {
        let text = format!(
            "Value ({name}) for parameter GroupName is invalid. Group names may not \
                            be in the format sg-*."
        );
        return Err(ApiError::new("InvalidParameterValue", text));
    }
    if cx.account.security_groups.values().any(|other| other.vpc == vpc && &*other.name == name) {
        let text = format!("The security group '{name}' already exists for VPC '{vpc}'");
        return Err(ApiError::new("InvalidGroup.Duplicate", text));
    }
    let id: Arc<str> = Arc::from(format!("sg-{}", cx.rng.hex(17)));
    let rule = Arc::from(format!("sgr-{}", cx.rng.hex(17)));
    let tags = Tags::of_request(params, "security-group");
    let shown = tags.describe();
    cx.account.security_groups.insert(SecurityGroup {
        id: Arc::clone(&id),
        name: Arc::from(name),
        description: Arc::from(params.required("Description")),
        vpc,
        ingress: Vec::new(),
        // A new group lets everything out and nothing in.
        egress: vec![Rule::all(rule, Peer::Block(Cidr::ANYWHERE))],
        tags,
    });
    cx.tell(Tone::Change, "security-group", &id, "created");
    Ok(json!({ "GroupId": id, "SecurityGroupArn": arn("security-group", &id), "Tags": shown }))
}

pub(crate) fn authorize_ingress(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    authorize(cx, params, Side::In)
}

pub(crate) fn authorize_egress(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    authorize(cx, params, Side::Out)
}

pub(crate) fn revoke_ingress(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    revoke(cx, params, Side::In)
}

pub(crate) fn revoke_egress(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    revoke(cx, params, Side::Out)
}

/// Inbound or outbound.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    In,
    Out,
}

fn authorize(cx: &mut Ctx<'_>, params: Params<'_>, side: Side) -> Result<Value, ApiError> {
    let group = group_of(cx.account, params)?;
    let rules = asked(cx.account, &group, params)?;
    let there = side.rules(&group);
    for rule in &rules {
        if there.iter().any(|known| known.same_permission(rule)) {
            return Err(duplicate(rule));
        }
    }
    if there.len() + rules.len() > limits::RULES_PER_GROUP {
        let text = "The maximum number of rules per security group has been reached.";
        return Err(ApiError::new("RulesPerSecurityGroupLimitExceeded", text));
    }
    let named = |rule: Rule| Rule { id: Arc::from(format!("sgr-{}", cx.rng.hex(17))), ..rule };
    let rules: Vec<Rule> = rules.into_iter().map(named).collect();
    let shown: Vec<Value> = rules.iter().map(|rule| describe(&group.id, rule, side)).collect();
    change(cx, &group.id, side, |list| list.extend(rules));
    cx.tell(Tone::Change, "security-group", &group.id, format!("{} rules added", side.word()));
    Ok(json!({ "Return": true, "SecurityGroupRules": shown }))
}

fn revoke(cx: &mut Ctx<'_>, params: Params<'_>, side: Side) -> Result<Value, ApiError> {
    let group = group_of(cx.account, params)?;
    let there = side.rules(&group);
    let mut gone: Vec<Rule> = Vec::new();
    let mut unknown: Vec<Rule> = Vec::new();
    let ids: Vec<&str> = params.strings("SecurityGroupRuleIds").collect();
    for id in &ids {
        let rule = there.iter().find(|rule| &*rule.id == *id).ok_or_else(|| no_rule(id))?;
        gone.push(rule.clone());
    }
    let wanted = if ids.is_empty() { asked(cx.account, &group, params)? } else { Vec::new() };
    for rule in wanted {
        match there.iter().find(|known| known.same_permission(&rule)) {
            Some(known) => gone.push(known.clone()),
            None => unknown.push(rule),
        }
    }
    // In the default VPC a rule that is not there is reported, not refused (API-ec2 RevokeSecurityGroupIngress).
    let lenient = cx.account.vpcs.find(&group.vpc).is_some_and(|vpc| vpc.is_default);
    if !unknown.is_empty() && !lenient {
        let text = "The specified rule does not exist in this security group.";
        return Err(ApiError::new("InvalidPermission.NotFound", text));
    }
    let shown: Vec<Value> =
        gone.iter().map(|rule| describe_revoked(&group.id, rule, side)).collect();
    if !gone.is_empty() {
        change(cx, &group.id, side, |list| list.retain(|rule| !gone.contains(rule)));
        cx.tell(
            Tone::Change,
            "security-group",
            &group.id,
            format!("{} rules removed", side.word()),
        );
    }
    Ok(json!({
        "Return": true,
        "RevokedSecurityGroupRules": shown,
        "UnknownIpPermissions": permissions(&unknown),
    }))
}

impl Side {
    fn rules(self, group: &SecurityGroup) -> &[Rule] {
        match self {
            Self::In => &group.ingress,
            Self::Out => &group.egress,
        }
    }

    fn word(self) -> &'static str {
        if self == Self::In { "inbound" } else { "outbound" }
    }
}

fn change(cx: &mut Ctx<'_>, id: &str, side: Side, edit: impl FnOnce(&mut Vec<Rule>)) {
    let row = cx.account.security_groups.id(id);
    if let Some(group) = row.and_then(|row| cx.account.security_groups.edit(row)) {
        edit(if side == Side::In { &mut group.ingress } else { &mut group.egress });
    }
}

/// The group by id, or by its name in the default VPC.
fn group_of(account: &Account, params: Params<'_>) -> Result<Arc<SecurityGroup>, ApiError> {
    if let Some(id) = params.str("GroupId") {
        return account.security_groups.find(id).cloned().ok_or_else(|| no_group(id));
    }
    let Some(name) = params.str("GroupName") else {
        let text = "The request must contain the parameter groupName or groupId";
        return Err(ApiError::new("MissingParameter", text));
    };
    let default = account.vpcs.values().find(|vpc| vpc.is_default);
    let mut groups = account.security_groups.values();
    let found = default.and_then(|vpc| groups.find(|g| g.vpc == vpc.id && &*g.name == name));
    found.cloned().ok_or_else(|| no_group(name))
}

fn vpc_of(account: &Account, params: Params<'_>) -> Result<Arc<str>, ApiError> {
    if let Some(id) = params.str("VpcId") {
        let vpc = account.vpcs.find(id).ok_or_else(|| no_vpc(id))?;
        return Ok(Arc::clone(&vpc.id));
    }
    let default = account.vpcs.values().find(|vpc| vpc.is_default);
    default
        .map(|vpc| Arc::clone(&vpc.id))
        .ok_or_else(|| ApiError::new("VPCIdNotSpecified", "No default VPC for this user"))
}

/// The rules of a request: one for each peer of each permission.
fn asked(
    account: &Account,
    group: &SecurityGroup,
    params: Params<'_>,
) -> Result<Vec<Rule>, ApiError> {
    let mut rules: Vec<Rule> = Vec::new();
    for permission in params.list("IpPermissions").iter().map(Params::new) {
        read(account, group, permission, &mut rules)?;
    }
    if rules.is_empty() {
        read_flat(account, group, params, &mut rules)?;
    }
    for (n, rule) in rules.iter().enumerate() {
        if rules.iter().take(n).any(|earlier| earlier.same_permission(rule)) {
            let text = "The same permission must not appear multiple times";
            return Err(ApiError::new("InvalidParameterValue", text));
        }
    }
    if rules.is_empty() {
        let text = "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.";
        return Err(ApiError::new("MissingParameter", text));
    }
    Ok(rules)
}

/// A permission given by the request's own members.
fn read_flat(
    account: &Account,
    group: &SecurityGroup,
    params: Params<'_>,
    rules: &mut Vec<Rule>,
) -> Result<(), ApiError> {
    let ranges = params.str("CidrIp").map(|cidr| json!([{ "CidrIp": cidr }]));
    let pairs = params.str("SourceSecurityGroupName").map(|name| json!([{ "GroupName": name }]));
    let permission = json!({
        "IpProtocol": params.str("IpProtocol"),
        "FromPort": params.int("FromPort"),
        "ToPort": params.int("ToPort"),
        "IpRanges": ranges,
        "UserIdGroupPairs": pairs,
    });
    if params.str("IpProtocol").is_none() {
        return Ok(());
    }
    read(account, group, Params::new(&permission), rules)
}

fn read(
    account: &Account,
    group: &SecurityGroup,
    permission: Params<'_>,
    rules: &mut Vec<Rule>,
) -> Result<(), ApiError> {
    let name = permission.required("IpProtocol");
    let protocol = Protocol::parse(name).ok_or_else(|| {
        let text = format!("Invalid value '{name}' for IP protocol. Unknown protocol.");
        ApiError::new("InvalidParameterValue", text)
    })?;
    let ports = ports(protocol, permission)?;
    let mut push = |peer: Peer, of: Params<'_>| {
        let description = of.str("Description").map(Arc::from);
        rules.push(Rule { id: Arc::from(""), protocol, ports, peer, description });
    };
    for range in permission.list("IpRanges").iter().map(Params::new) {
        let text = range.required("CidrIp");
        let block = Cidr::parse(text).ok_or_else(|| {
            ApiError::new("InvalidParameterValue", format!("CIDR block {text} is malformed"))
        })?;
        push(Peer::Block(block), range);
    }
    for range in permission.list("Ipv6Ranges").iter().map(Params::new) {
        push(Peer::Block6(Arc::from(range.required("CidrIpv6"))), range);
    }
    for list in permission.list("PrefixListIds").iter().map(Params::new) {
        push(Peer::Prefixes(Arc::from(list.required("PrefixListId"))), list);
    }
    for pair in permission.list("UserIdGroupPairs").iter().map(Params::new) {
        let name = pair.str("GroupName");
        let mut groups = account.security_groups.values();
        let found = match pair.str("GroupId") {
            Some(id) => account.security_groups.find(id),
            None => groups.find(|other| other.vpc == group.vpc && Some(&*other.name) == name),
        };
        let asked = pair.str("GroupId").or(name).unwrap_or_default();
        let found = found.ok_or_else(|| no_group(asked))?;
        push(Peer::Group(Arc::clone(&found.id)), pair);
    }
    Ok(())
}

fn ports(protocol: Protocol, permission: Params<'_>) -> Result<(u16, u16), ApiError> {
    let (from, to) = (permission.int("FromPort"), permission.int("ToPort"));
    match (protocol, from, to) {
        (Protocol::All | Protocol::Icmp, _, _) => Ok((0, u16::MAX)),
        (_, Some(from), Some(to)) => {
            let port = |number: i64| {
                let why = "A port is a number from 0 to 65535.";
                u16::try_from(number).map_err(|_| invalid("portRange", &number.to_string(), why))
            };
            let (low, high) = (port(from)?, port(to)?);
            if low <= high {
                return Ok((low, high));
            }
            let text =
                format!("Invalid TCP range. From port ({from}) may not exceed to port ({to}).");
            Err(ApiError::new("InvalidParameterValue", text))
        }
        _ => {
            let text = "Invalid value 'Must specify both from and to ports with TCP/UDP.' for \
                        portRange.";
            Err(ApiError::new("InvalidParameterValue", text))
        }
    }
}

fn duplicate(rule: &Rule) -> ApiError {
    let what = match rule.protocol {
        Protocol::All => "ALL".to_owned(),
        protocol => {
            let (from, to) = wire_ports(rule);
            format!("{}, from port: {from}, to port: {to}", protocol.name().to_uppercase())
        }
    };
    let text = format!("the specified rule \"peer: {}, {what}, ALLOW\" already exists", rule.peer);
    ApiError::new("InvalidPermission.Duplicate", text)
}

fn no_rule(id: &str) -> ApiError {
    let text = format!("The security group rule ID '{id}' does not exist");
    ApiError::new("InvalidSecurityGroupRuleId.NotFound", text)
}

fn describe(group: &str, rule: &Rule, side: Side) -> Value {
    let mut shown = describe_revoked(group, rule, side);
    if let Some(members) = shown.as_object_mut() {
        members.insert("GroupOwnerId".into(), json!(limits::ACCOUNT));
        let rule_arn = arn("security-group-rule", &rule.id);
        members.insert("SecurityGroupRuleArn".into(), json!(rule_arn));
        members.insert("Tags".into(), json!([]));
        if let Some(id) = members.remove("ReferencedGroupId") {
            let info = json!({ "GroupId": id, "UserId": limits::ACCOUNT });
            members.insert("ReferencedGroupInfo".into(), info);
        }
    }
    shown
}

fn describe_revoked(group: &str, rule: &Rule, side: Side) -> Value {
    let (from, to) = wire_ports(rule);
    let mut shown = json!({
        "SecurityGroupRuleId": rule.id,
        "GroupId": group,
        "IsEgress": side == Side::Out,
        "IpProtocol": rule.protocol.name(),
        "FromPort": from,
        "ToPort": to,
    });
    if let Some(members) = shown.as_object_mut() {
        let member = match rule.peer {
            Peer::Block(_) => "CidrIpv4",
            Peer::Block6(_) => "CidrIpv6",
            Peer::Group(_) => "ReferencedGroupId",
            Peer::Prefixes(_) => "PrefixListId",
        };
        members.insert(member.into(), json!(rule.peer.to_string()));
        if let Some(text) = &rule.description {
            members.insert("Description".into(), json!(text));
        }
    }
    shown
}
