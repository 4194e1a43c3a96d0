//! What a launch asks for: read from `RunInstances` or a launch template, checked once, used by both `RunInstances` and
//! Auto Scaling groups.

use std::net::Ipv4Addr;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::ami::Ami;
use super::instance::{Metadata, Protection};
use super::tags::Tags;
use super::types::InstanceType;
use crate::cloud::account::Account;
use crate::cloud::api;
use crate::cloud::base64;
use crate::cloud::error::ApiError;
use crate::cloud::iam::names;
use crate::cloud::params::Params;

/// A launch, read and checked.
#[derive(Clone, Debug)]
pub struct LaunchSpec {
    /// What to boot from.
    pub ami: &'static Ami,
    /// How big.
    pub kind: &'static InstanceType,
    /// In which subnet; without one, a default subnet.
    pub subnet: Option<Arc<str>>,
    /// In which Availability Zone, where no subnet says it.
    pub zone: Option<Arc<str>>,
    /// With which security groups, by id; without any, the VPC's default group.
    pub groups: Vec<Arc<str>>,
    /// With a public address, without, or as the subnet has it.
    pub public: Option<bool>,
    /// With this address in the subnet.
    pub private_ip: Option<Ipv4Addr>,
    /// With this instance profile, by name.
    pub profile: Option<Arc<str>>,
    /// User data, decoded.
    pub user_data: Option<Arc<str>>,
    /// Its metadata service.
    pub metadata: Metadata,
    /// Key pair.
    pub key_name: Option<Arc<str>>,
    /// Spot capacity.
    pub spot: bool,
    /// What the API may not do to the instance.
    pub protection: Protection,
    /// The client token of the launch.
    pub token: Option<Arc<str>>,
    /// Tags of the instance.
    pub tags: Tags,
}

impl LaunchSpec {
    /// Reads the members of a request or of a launch template's data.
    pub fn read(account: &Account, params: Params<'_>) -> Result<Self, ApiError> {
        let ami = image(params)?;
        let kind = instance_type(params)?;
        if !ami.runs_on(kind) {
            return Err(architectures_differ(ami, kind));
        }
        let interfaces = params.list("NetworkInterfaces");
        let interface = Params::new(interfaces.first().unwrap_or(&Value::Null));
        if !interfaces.is_empty() && !group_ids(params).is_empty() {
            return Err(ApiError::new(
                "InvalidParameterCombination",
                "Network interfaces and an instance-level security groups may not be specified on \
                 the same request",
            ));
        }
        let mut groups = group_ids(params);
        groups.extend(interface.strings("Groups").map(Arc::from));
        for name in params.strings("SecurityGroups") {
            groups.push(group_by_name(account, name)?);
        }
        let subnet = params.str("SubnetId").or_else(|| interface.str("SubnetId"));
        Ok(Self {
            ami,
            kind,
            subnet: subnet.map(Arc::from),
            zone: params.inner("Placement").str("AvailabilityZone").map(Arc::from),
            groups,
            public: interface.bool("AssociatePublicIpAddress"),
            private_ip: params.str("PrivateIpAddress").and_then(|ip| ip.parse().ok()),
            profile: profile(account, params.inner("IamInstanceProfile"))?,
            user_data: params.str("UserData").map(decoded).transpose()?,
            metadata: metadata(default_metadata(ami), params.inner("MetadataOptions"))?,
            key_name: params.str("KeyName").map(Arc::from),
            spot: params.inner("InstanceMarketOptions").str("MarketType") == Some("spot"),
            protection: Protection {
                terminate: params.bool("DisableApiTermination") == Some(true),
                stop: params.bool("DisableApiStop") == Some(true),
            },
            token: params.str("ClientToken").map(Arc::from),
            tags: Tags::of_request(params, "instance"),
        })
    }
}

/// A request's members over those of a launch template: the request wins (API-ec2 RunInstances.LaunchTemplate).
pub fn over_template(template: &Value, request: Params<'_>) -> Value {
    let mut merged = template.as_object().cloned().unwrap_or_else(Map::new);
    for (name, value) in request.members().into_iter().flatten() {
        merged.insert(name.clone(), value.clone());
    }
    // botocore encodes the user data of RunInstances before it sends it; a launch template's must come encoded.
    if let Some(text) = request.str("UserData").filter(|text| decoded(text).is_err()) {
        merged.insert("UserData".into(), Value::String(base64::encode(text)));
    }
    Value::Object(merged)
}

/// Metadata options with those of a request over them.
pub fn metadata(mut options: Metadata, params: Params<'_>) -> Result<Metadata, ApiError> {
    if let Some(tokens) = params.str("HttpTokens") {
        options.token_required = tokens == "required";
    }
    if let Some(endpoint) = params.str("HttpEndpoint") {
        options.enabled = endpoint == "enabled";
    }
    if let Some(tags) = params.str("InstanceMetadataTags") {
        options.tags = tags == "enabled";
    }
    if let Some(hops) = params.int("HttpPutResponseHopLimit") {
        let limit = u8::try_from(hops).ok().filter(|hops| (1..=64).contains(hops));
        options.hop_limit = limit.ok_or_else(|| {
            invalid("hopLimit", &hops.to_string(), "The hop limit must be between 1 and 64.")
        })?;
    }
    Ok(options)
}

/// `InvalidParameterValue` in EC2's words.
pub fn invalid(parameter: &str, value: &str, why: &str) -> ApiError {
    let text = format!("Value ({value}) for parameter {parameter} is invalid. {why}");
    ApiError::new("InvalidParameterValue", text)
}

fn image(params: Params<'_>) -> Result<&'static Ami, ApiError> {
    let Some(id) = params.str("ImageId") else {
        let text = "The request must contain the parameter ImageId";
        return Err(ApiError::new("MissingParameter", text));
    };
    if let Some(parameter) = id.strip_prefix("resolve:ssm:") {
        return Ami::of_parameter(parameter).ok_or_else(|| {
            invalid("imageId", id, "The Systems Manager parameter does not exist in this model.")
        });
    }
    let digits = id.strip_prefix("ami-").filter(|rest| matches!(rest.len(), 8 | 17));
    if !digits.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        let text = format!("Invalid id: \"{id}\" (expecting \"ami-...\")");
        return Err(ApiError::new("InvalidAMIID.Malformed", text));
    }
    let missing = || {
        let text = format!("The image id '[{id}]' does not exist");
        ApiError::new("InvalidAMIID.NotFound", text)
    };
    Ami::find(id).ok_or_else(missing)
}

fn instance_type(params: Params<'_>) -> Result<&'static InstanceType, ApiError> {
    // Without a type AWS takes m1.small, which cannot run today's images.
    let name = params.str("InstanceType").unwrap_or("m1.small");
    InstanceType::find(name).ok_or_else(|| no_type(name))
}

#[inline(never)]
fn no_type(name: &str) -> ApiError {
    let text = "Non-Windows instances with a virtualization type of 'hvm' are currently not \
                supported for this instance type";
    match name {
        "m1.small" => ApiError::new("InvalidParameterCombination", format!("{text} : {name}.")),
        _ if is_a_type_of_aws(name) => ApiError::new(
            "NotInThisModel",
            format!(
                "{name} is not part of this model of AWS. `aws ec2 describe-instance-types` lists \
                 the types that are."
            ),
        ),
        _ => ApiError::new(
            "InvalidParameterValue",
            format!("Invalid value '{name}' for InstanceType."),
        ),
    }
}

fn is_a_type_of_aws(name: &str) -> bool {
    let Some(ec2) = api::service("ec2") else { return false };
    let types = ec2.shape_id("InstanceType").map(|id| ec2.shape(id));
    matches!(types, Some(api::Shape::String { values, .. }) if values.contains(&name))
}

#[inline(never)]
fn architectures_differ(ami: &Ami, kind: &InstanceType) -> ApiError {
    ApiError::new(
        "InvalidParameterValue",
        format!(
            "The architecture '{}' of the specified instance type does not match the architecture \
             '{}' of the specified AMI. Specify an instance type and an AMI that have matching \
             architectures, and try again. You can use 'describe-instance-types' or \
             'describe-images' to discover the architecture of the instance type or AMI.",
            kind.arch, ami.arch
        ),
    )
}

/// The name of the instance profile that a request names or gives the ARN of.
fn profile(account: &Account, params: Params<'_>) -> Result<Option<Arc<str>>, ApiError> {
    let (parameter, value, why) = match (params.str("Name"), params.str("Arn")) {
        (Some(name), _) => ("iamInstanceProfile.name", name, "Invalid IAM Instance Profile name"),
        (None, Some(arn)) => ("iamInstanceProfile.arn", arn, "Invalid IAM Instance Profile ARN"),
        (None, None) => return Ok(None),
    };
    let found = account.instance_profiles.find(names::last(value));
    let found = found.filter(|profile| value == &*profile.name || value == profile.arn());
    let found = found.ok_or_else(|| invalid(parameter, value, why))?;
    Ok(Some(Arc::clone(&found.name)))
}

fn group_ids(params: Params<'_>) -> Vec<Arc<str>> {
    params.strings("SecurityGroupIds").map(Arc::from).collect()
}

#[inline(never)]
fn group_by_name(account: &Account, name: &str) -> Result<Arc<str>, ApiError> {
    let default = account.vpcs.values().find(|vpc| vpc.is_default);
    let mut groups = account.security_groups.values();
    let found =
        default.and_then(|vpc| groups.find(|group| *group.vpc == *vpc.id && &*group.name == name));
    found.map(|group| Arc::clone(&group.id)).ok_or_else(|| {
        let text = format!("The security group '{name}' does not exist in default VPC");
        ApiError::new("InvalidGroup.NotFound", text)
    })
}

fn decoded(user_data: &str) -> Result<Arc<str>, ApiError> {
    let compact: String = user_data.split_whitespace().collect();
    let bytes = base64::decode(&compact).ok_or_else(|| {
        ApiError::new("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.")
    })?;
    Ok(String::from_utf8(bytes).map_or_else(|odd| mended(odd.as_bytes()), Arc::from))
}

/// Bytes that are no text, as far as they are.
#[inline(never)]
fn mended(bytes: &[u8]) -> Arc<str> {
    Arc::from(String::from_utf8_lossy(bytes))
}

/// Amazon Linux 2023 asks for tokens and lets them travel two hops; Windows images of ECS answer without tokens, one hop
/// (facts: EC2/configuring-instance-metadata-options).
fn default_metadata(ami: &Ami) -> Metadata {
    let modern = ami.os == super::ami::Os::Linux;
    Metadata {
        enabled: true,
        token_required: modern,
        hop_limit: if modern { 2 } else { 1 },
        tags: false,
    }
}
