//! Where the AWS CLI differs from the API: renamed flags, flags of its own, commands of its own, and
//! what it changes in a request before it is sent.

mod truths;

use serde_json::{Map, Value, json};

use super::argparse::{Check, Flag, Takes};
use super::aws::Aws;
use super::fail::Fail;
use super::operation::{Argument, Target};
use super::{logs_tail, python};
use crate::cloud::api::Service;
use crate::cloud::base64;

/// Service, operation (`*`: all), name in the API, name on the command line.
const RENAMED: &[(&str, &str, &str, &str)] = &[
    ("ec2", "*", "--no-egress", "--ingress"),
    ("ec2", "*", "--no-disable-api-termination", "--enable-api-termination"),
    ("ec2", "create-image", "--no-no-reboot", "--reboot"),
    ("ecs", "*", "--no-enable-execute-command", "--disable-execute-command"),
    ("ecs", "execute-command", "--no-interactive", "--non-interactive"),
    ("eks", "create-cluster", "--version", "--kubernetes-version"),
    ("eks", "create-nodegroup", "--version", "--kubernetes-version"),
    ("eks", "update-cluster-version", "--version", "--kubernetes-version"),
    ("eks", "update-nodegroup-version", "--version", "--kubernetes-version"),
];

const INTERFACES: &str = "NetworkInterfaces";

/// A flag that the API does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extra {
    /// `run-instances --count 1` or `1:3`.
    Count,
    /// `run-instances --[no-]associate-public-ip-address`.
    PublicAddress(bool),
    /// `run-instances --secondary-private-ip-addresses`.
    SecondaryAddress,
    /// `run-instances --secondary-private-ip-address-count`.
    SecondaryAddressCount,
    /// `authorize-security-group-… --protocol`, and so on.
    Protocol,
    Port,
    Cidr,
    SourceGroup,
    GroupOwner,
    /// A truth value in a structure of its own: `modify-instance-attribute --[no-]disable-api-stop`.
    Truth(&'static str, bool),
    /// `put-metric-data`: a member of the only datum.
    Metric(&'static str),
    MetricDimensions,
    MetricStatistics,
}

/// Changes the flags of an operation to those of the AWS CLI.
pub(super) fn adjust(service: &str, operation: &str, arguments: &mut Vec<Argument>) {
    for (of, on, old, new) in RENAMED {
        if *of == service && (*on == "*" || *on == operation) {
            for argument in arguments.iter_mut().filter(|argument| argument.flag.name == *old) {
                (*new).clone_into(&mut argument.flag.name);
            }
        }
    }
    if matches!(service, "ec2" | "cloudwatch") {
        add_extras(service, operation, arguments);
    }
}

#[inline(never)]
fn add_extras(service: &str, operation: &str, arguments: &mut Vec<Argument>) {
    let mut add = |name: &str, takes: Takes, extra: Extra| {
        arguments.retain(|argument| argument.flag.name != name);
        let flag = Flag { takes, check: Check::Text, ..Flag::one(name) };
        arguments.push(Argument { flag, target: Target::Extra(extra) });
    };
    match (service, operation) {
        ("ec2", "run-instances") => {
            add("--secondary-private-ip-addresses", Takes::One, Extra::SecondaryAddress);
            let count = Extra::SecondaryAddressCount;
            add("--secondary-private-ip-address-count", Takes::One, count);
            add("--associate-public-ip-address", Takes::None, Extra::PublicAddress(true));
            add("--no-associate-public-ip-address", Takes::None, Extra::PublicAddress(false));
            add("--count", Takes::One, Extra::Count);
            arguments.retain(|argument| {
                !matches!(argument.flag.name.as_str(), "--min-count" | "--max-count")
            });
        }
        (
            "ec2",
            "authorize-security-group-ingress"
            | "authorize-security-group-egress"
            | "revoke-security-group-ingress"
            | "revoke-security-group-egress",
        ) => {
            add("--protocol", Takes::One, Extra::Protocol);
            add("--port", Takes::One, Extra::Port);
            add("--cidr", Takes::One, Extra::Cidr);
            add("--source-group", Takes::One, Extra::SourceGroup);
            add("--group-owner", Takes::One, Extra::GroupOwner);
        }
        ("ec2", "modify-instance-attribute") => {
            truths::add(&mut add);
        }
        ("cloudwatch", "put-metric-data") => {
            for name in ["MetricName", "Timestamp", "Unit", "Value", "StorageResolution"] {
                let flag = format!("--{}", crate::cloud::api::cli_name(name));
                add(&flag, Takes::One, Extra::Metric(name));
            }
            add("--dimensions", Takes::One, Extra::MetricDimensions);
            add("--statistic-values", Takes::One, Extra::MetricStatistics);
            for argument in arguments.iter_mut() {
                argument.flag.required &= argument.flag.name != "--metric-data";
            }
        }
        _ => {}
    }
}

/// Refuses flags that do not go together.
pub(super) fn check(
    service: &str,
    operation: &str,
    given: impl Fn(&str) -> bool,
) -> Result<(), Fail> {
    if service == "ec2" { check_ec2(operation, &given) } else { Ok(()) }
}

#[inline(never)]
fn check_ec2(operation: &str, given: &dyn Fn(&str) -> bool) -> Result<(), Fail> {
    if given("--ip-permissions") {
        let single = ["protocol", "port", "cidr", "source_group", "group_owner"];
        let flag = |name: &&&str| given(&format!("--{}", name.replace('_', "-")));
        if let Some(name) = single.iter().find(flag) {
            return Err(Fail::param(format_args!(
                "The --{name} option is not compatible with the --ip-permissions option "
            )));
        }
    }
    let single = [
        "--secondary-private-ip-addresses",
        "--secondary-private-ip-address-count",
        "--associate-public-ip-address",
    ];
    if operation == "run-instances"
        && given("--network-interfaces")
        && single.iter().any(|flag| given(flag))
    {
        return Err(Fail::param(
            "Mixing the --network-interfaces option with the simple, scalar options is not \
             supported.",
        ));
    }
    Ok(())
}

impl Extra {
    /// Puts the word of the flag where the API wants it.
    #[inline(never)]
    pub(super) fn apply(self, input: &mut Map<String, Value>, word: &str) -> Result<(), Fail> {
        match self {
            Self::Count => count(input, word),
            Self::PublicAddress(_) | Self::SecondaryAddress | Self::SecondaryAddressCount => {
                self.interface(input, word)
            }
            Self::Metric(_) | Self::MetricDimensions | Self::MetricStatistics => {
                self.metric(input, word)
            }
            Self::Truth(name, on) => truths::apply(input, name, on, word),
            _ if word.is_empty() => Ok(()),
            rule => rule.security_rule(input, word),
        }
    }

    /// A part of the one interface.
    #[inline(never)]
    fn interface(self, input: &mut Map<String, Value>, word: &str) -> Result<(), Fail> {
        let (name, value) = match self {
            Self::PublicAddress(wanted) => ("AssociatePublicIpAddress", json!(wanted)),
            Self::SecondaryAddressCount => {
                ("SecondaryPrivateIpAddressCount", python::int_value(&Value::from(word))?)
            }
            _ => ("PrivateIpAddresses", json!([{ "PrivateIpAddress": word, "Primary": false }])),
        };
        put(input, INTERFACES, "DeviceIndex", json!(0));
        put(input, INTERFACES, name, value);
        Ok(())
    }

    /// A part of the one datum.
    #[inline(never)]
    fn metric(self, input: &mut Map<String, Value>, word: &str) -> Result<(), Fail> {
        let (name, value) = match self {
            Self::Metric(name) => match name {
                "Value" => (name, python::float_value(&Value::from(word))?),
                "StorageResolution" => (name, python::int_value(&Value::from(word))?),
                _ => (name, Value::from(word)),
            },
            Self::MetricDimensions => {
                let pair = |(name, value): (&str, &str)| json!({ "Name": name, "Value": value });
                ("Dimensions", pairs(word)?.into_iter().map(pair).collect())
            }
            _ => {
                let mut statistics = Map::new();
                for (name, value) in pairs(word)? {
                    let value = python::float_value(&Value::from(value))?;
                    statistics.insert(name.to_owned(), value);
                }
                ("StatisticValues", Value::Object(statistics))
            }
        };
        put(input, "MetricData", name, value);
        Ok(())
    }

    /// A part of the one rule that is spelled with single flags.
    #[inline(never)]
    fn security_rule(self, input: &mut Map<String, Value>, word: &str) -> Result<(), Fail> {
        let rule = "IpPermissions";
        match self {
            Self::Protocol => put(input, rule, "IpProtocol", protocol(word)?.into()),
            Self::Port => {
                let (from, to) = ports(word)?;
                put(input, rule, "FromPort", from.into());
                put(input, rule, "ToPort", to.into());
            }
            Self::Cidr => put(input, rule, "IpRanges", json!([{ "CidrIp": word }])),
            other => {
                let name = match other {
                    Self::GroupOwner => "UserId",
                    _ if word.starts_with("sg-") => "GroupId",
                    _ => "GroupName",
                };
                let found =
                    input.get(rule).and_then(|rules| rules.pointer("/0/UserIdGroupPairs/0"));
                let mut pair = found.cloned().unwrap_or_else(|| json!({}));
                if let Value::Object(pair) = &mut pair {
                    pair.insert(name.to_owned(), word.into());
                }
                put(input, rule, "UserIdGroupPairs", Value::Array(vec![pair]));
            }
        }
        Ok(())
    }
}

/// Puts a value into the first structure of a list member; both are made if they are not there.
fn put(input: &mut Map<String, Value>, list: &str, name: &str, value: Value) {
    let list = input.entry(list).or_insert_with(|| json!([{}]));
    if let Some(Value::Object(members)) = list.get_mut(0) {
        members.insert(name.to_owned(), value);
    }
}

#[inline(never)]
fn count(input: &mut Map<String, Value>, word: &str) -> Result<(), Fail> {
    let (least, most) = word.split_once(':').unwrap_or((word, word));
    let (Some(least), Some(most)) = (python::int(least), python::int(most)) else {
        return Err(Fail::param("count parameter should be of form min[:max] (e.g. 1 or 1:10)"));
    };
    input.insert("MinCount".to_owned(), least.into());
    input.insert("MaxCount".to_owned(), most.into());
    Ok(())
}

fn protocol(word: &str) -> Result<&str, Fail> {
    match (python::int(word), word) {
        (Some(-1..=255), _) | (None, "tcp" | "udp" | "icmp") => Ok(word),
        (None, "all") => Ok("-1"),
        (Some(_), _) => Err(Fail::param(
            "protocol numbers must be in the range 0-255 or -1 to specify all protocols",
        )),
        (None, _) => Err(Fail::param(
            "protocol parameter should be one of: tcp|udp|icmp|all or any valid protocol number.",
        )),
    }
}

fn ports(word: &str) -> Result<(i64, i64), Fail> {
    if matches!(word, "-1" | "all") {
        return Ok((-1, -1));
    }
    let (from, to) = word.split_once('-').unwrap_or((word, word));
    python::int(from).zip(python::int(to)).ok_or_else(|| {
        Fail::param("port parameter should be of the form <from[-to]> (e.g. 22 or 22-25)")
    })
}

/// `a=b,c=d`.
fn pairs(word: &str) -> Result<Vec<(&str, &str)>, Fail> {
    let pairs = word.split(',').map(|pair| pair.split_once('='));
    pairs
        .collect::<Option<_>>()
        .ok_or_else(|| Fail::other("not enough values to unpack (expected 2, got 1)"))
}

/// What changes in a request after its flags were read and before it is checked.
pub(super) fn before_sending(service: &str, operation: &str, input: &mut Value) {
    let Value::Object(input) = input else { return };
    if (service, operation) == ("ec2", "RunInstances") {
        before_run_instances(input);
    }
}

#[inline(never)]
fn before_run_instances(input: &mut Map<String, Value>) {
    input.entry("MaxCount").or_insert_with(|| json!(1));
    input.entry("MinCount").or_insert_with(|| json!(1));
    if let Some(Value::String(text)) = input.get_mut("UserData") {
        *text = base64::encode(text.as_bytes());
    }
    address_the_interface(input);
}

/// Where an interface is described, subnet, groups and addresses belong to it.
fn address_the_interface(input: &mut Map<String, Value>) {
    const PARTS: [&str; 3] =
        ["PrivateIpAddresses", "SecondaryPrivateIpAddressCount", "AssociatePublicIpAddress"];
    let described = input
        .get(INTERFACES)
        .and_then(|interfaces| interfaces.get(0))
        .is_some_and(|interface| PARTS.iter().any(|part| interface.get(part).is_some()));
    if described {
        move_into_interface(input);
    }
}

#[inline(never)]
fn move_into_interface(input: &mut Map<String, Value>) {
    for (name, inside) in [
        ("SubnetId", "SubnetId"),
        ("SecurityGroupIds", "Groups"),
        ("PrivateIpAddress", "PrivateIpAddresses"),
        ("Ipv6AddressCount", "Ipv6AddressCount"),
        ("Ipv6Addresses", "Ipv6Addresses"),
    ] {
        if let Some(value) = input.remove(name) {
            let value = match name {
                "PrivateIpAddress" => json!([{ "PrivateIpAddress": value, "Primary": true }]),
                _ => value,
            };
            put(input, INTERFACES, inside, value);
        }
    }
}

/// Whether an answer is streamed into a file that the command names.
pub(super) fn streams(service: &str, operation: &str) -> bool {
    (service, operation) == ("s3", "GetObject")
}

/// The commands that the AWS CLI adds to a service.
pub(super) fn commands(service: &str) -> &'static [&'static str] {
    match service {
        "ecr" => &["get-login-password"],
        "logs" => &["tail"],
        _ => &[],
    }
}

/// Runs one of [`commands`].
#[inline(never)]
pub(super) fn run(
    aws: &mut Aws<'_>,
    service: &'static Service,
    command: &str,
    words: &[String],
) -> Result<(), Fail> {
    if words.first().is_some_and(|word| word == "help") {
        aws.help(&[service.name, command]);
        return Ok(());
    }
    if command == "tail" {
        return logs_tail::run(aws, words);
    }
    if !words.is_empty() {
        let words = words.join(", ");
        return Err(Fail::param(format_args!("Unknown options: {words}")));
    }
    let Some(operation) = service.operation("GetAuthorizationToken") else { return Ok(()) };
    let reply = aws.call(service, operation, json!({}))?;
    let token = reply.pointer("/authorizationData/0/authorizationToken").and_then(Value::as_str);
    let token = token.and_then(base64::decode).unwrap_or_default();
    let token = String::from_utf8(token).unwrap_or_default();
    let password = token.split_once(':').map_or("", |(_, password)| password);
    aws.print(&format!("{password}\n"));
    Ok(())
}
