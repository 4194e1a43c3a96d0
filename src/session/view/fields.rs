//! The key fields of each kind in words: columns of the tables, and the form in the inspector.

use serde_json::Value;

use super::rows::{Read, Row, short, tail};
use crate::cloud::time::{SECOND, SimTime};

/// A field with its name for the learner.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub label: &'static str,
    /// Member names joined by dots; a list on the way stands for its items.
    path: &'static str,
    show: Show,
    /// It is a column of the table, not only a line of the form.
    pub in_table: bool,
}

/// How values are written.
#[derive(Clone, Copy, Debug)]
enum Show {
    /// As they are.
    Plain,
    /// The last part of an ARN.
    Tail,
    /// An id cut short.
    Short,
    /// A moment.
    Time,
    /// How many there are.
    Count,
    /// The amount of a resource with this name: `remainingResources` and the like.
    Amount(&'static str),
}

/// The fields of a kind, the name first. None for a kind that has no list here: its id and status must do.
pub fn fields(kind: &str) -> Vec<Field> {
    let lists = [ecs(kind), ec2(kind), others(kind)];
    lists.into_iter().flatten().map(|spec| read(spec)).collect()
}

/// The status word of a row: `data-status`.
pub fn status<'a>(kind: &str, row: &'a Value) -> &'a str {
    let path = match kind {
        "task" => "lastStatus",
        "instance" => "State.Name",
        "target" => "TargetHealth.State",
        "load-balancer" => "State.Code",
        _ => {
            let found = ["status", "State", "Status", "state"].into_iter();
            return found.map(|path| row.text(path)).find(|word| !word.is_empty()).unwrap_or("");
        }
    };
    row.text(path)
}

impl Field {
    /// The field of a row in words; empty where it has none. Moments count from `start`, as on the time track.
    pub fn of(&self, row: &Row, start: SimTime) -> String {
        let values = all(&row.json, self.path);
        match self.show {
            Show::Count => values.len().to_string(),
            Show::Amount(name) => values
                .into_iter()
                .filter(|resource| resource.text("name") == name)
                .filter_map(|resource| resource.number("integerValue"))
                .map(|amount| amount.to_string())
                .collect(),
            show => {
                let mut words: Vec<String> = Vec::new();
                for word in values.into_iter().map(|value| one(show, value, start)) {
                    if !word.is_empty() && !words.contains(&word) {
                        words.push(word);
                    }
                }
                words.join(", ")
            }
        }
    }
}

/// `*Label=path|show`: the star marks a column of the table.
fn read(spec: &'static str) -> Field {
    let (label, rest) = spec.split_once('=').unwrap_or((spec, ""));
    let (path, show) = rest.split_once('|').unwrap_or((rest, ""));
    let show = match show {
        "tail" => Show::Tail,
        "short" => Show::Short,
        "time" => Show::Time,
        "count" => Show::Count,
        "CPU" | "MEMORY" => Show::Amount(show),
        _ => Show::Plain,
    };
    Field { label: label.trim_start_matches('*'), path, show, in_table: label.starts_with('*') }
}

fn one(show: Show, value: &Value, start: SimTime) -> String {
    let text = value.as_str();
    match (show, value) {
        (Show::Tail, _) => text.map_or(String::new(), |text| tail(text).to_owned()),
        (Show::Short, _) => text.map_or(String::new(), |text| short(text).to_owned()),
        (Show::Time, _) => value.millis("").map_or(String::new(), |ms| hands(SimTime(ms), start)),
        (_, Value::String(text)) => text.clone(),
        (_, Value::Bool(flag)) => if *flag { "yes" } else { "no" }.to_owned(),
        (_, Value::Null | Value::Object(_) | Value::Array(_)) => String::new(),
        (_, Value::Number(number)) => number.to_string(),
    }
}

/// A moment as hours, minutes and seconds since `start`: `00:04:12`, and `-00:01:00` before it.
pub fn hands(at: SimTime, start: SimTime) -> String {
    let seconds = at.since(start).max(start.since(at)) / SECOND;
    let sign = if at < start && seconds > 0 { "-" } else { "" };
    format!("{sign}{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// All values at a path, with the items of lists on the way.
fn all<'a>(row: &'a Value, path: &str) -> Vec<&'a Value> {
    let items = |value: &'a Value| match value {
        Value::Array(items) => items.iter().collect::<Vec<_>>(),
        other => vec![other],
    };
    let mut values = items(row);
    for name in path.split('.') {
        values = values.iter().filter_map(|value| value.get(name)).flat_map(items).collect();
    }
    values
}

const TASK: &[&str] = &[
    "*Task=taskArn|short",
    "*Definition=taskDefinitionArn|tail",
    "*Status=lastStatus",
    "*Should be=desiredStatus",
    "*Launch type=launchType",
    "*Zone=availabilityZone",
    "*Host ports=containers.networkBindings.hostPort",
    "*Stopped because=stoppedReason",
    "Health=healthStatus",
    "Containers=containers.name",
    "Images=containers.image",
    "Exit codes=containers.exitCode",
    "Private address=containers.networkInterfaces.privateIpv4Address",
    "Container instance=containerInstanceArn|short",
    "Capacity provider=capacityProviderName",
    "Group=group",
    "CPU units=cpu",
    "Memory MiB=memory",
    "Created=createdAt|time",
    "Started=startedAt|time",
    "Stopped=stoppedAt|time",
    "Stop code=stopCode",
];

fn ecs(kind: &str) -> &'static [&'static str] {
    match kind {
        "cluster" => &[
            "*Cluster=clusterName",
            "*Status=status",
            "*Running tasks=runningTasksCount",
            "*Pending tasks=pendingTasksCount",
            "*Services=activeServicesCount",
            "*Container instances=registeredContainerInstancesCount",
            "Capacity providers=capacityProviders",
        ],
        "service" => &[
            "*Service=serviceName",
            "*Status=status",
            "*Desired=desiredCount",
            "*Running=runningCount",
            "*Pending=pendingCount",
            "*Task definition=taskDefinition|tail",
            "*Launch type=launchType",
            "Cluster=clusterArn|tail",
            "Strategy=schedulingStrategy",
            "Role=roleArn|tail",
            "Created=createdAt|time",
        ],
        "task-definition" => &[
            "*Task definition=taskDefinitionArn|tail",
            "*Status=status",
            "*Images=containerDefinitions.image",
            "*Network mode=networkMode",
            "*CPU units=cpu",
            "*Memory MiB=memory",
            "*Launch types=requiresCompatibilities",
            "Containers=containerDefinitions.name",
            "Container ports=containerDefinitions.portMappings.containerPort",
            "Host ports=containerDefinitions.portMappings.hostPort",
            "Task role=taskRoleArn|tail",
            "Execution role=executionRoleArn|tail",
        ],
        "task" => TASK,
        "container-instance" => &[
            "*Container instance=containerInstanceArn|short",
            "*EC2 instance=ec2InstanceId|short",
            "*Status=status",
            "*Agent connected=agentConnected",
            "*CPU units left=remainingResources|CPU",
            "*Memory MiB left=remainingResources|MEMORY",
            "*Running tasks=runningTasksCount",
            "CPU units in all=registeredResources|CPU",
            "Memory MiB in all=registeredResources|MEMORY",
            "Pending tasks=pendingTasksCount",
            "Ports taken=remainingResources.stringSetValue",
            "Registered=registeredAt|time",
        ],
        _ => &[],
    }
}

fn ec2(kind: &str) -> &'static [&'static str] {
    match kind {
        "instance" => &[
            "*Instance=InstanceId|short",
            "*Type=InstanceType",
            "*State=State.Name",
            "*Zone=Placement.AvailabilityZone",
            "*Private address=PrivateIpAddress",
            "*Public address=PublicIpAddress",
            "Subnet=SubnetId|short",
            "Security groups=SecurityGroups.GroupName",
            "Instance profile=IamInstanceProfile.Arn|tail",
            "Image=ImageId|short",
            "Launched=LaunchTime|time",
        ],
        "vpc" => &["*VPC=VpcId|short", "*State=State", "*Addresses=CidrBlock"],
        "subnet" => &[
            "*Subnet=SubnetId|short",
            "*Zone=AvailabilityZone",
            "*Addresses=CidrBlock",
            "*Free addresses=AvailableIpAddressCount",
            "*Gives public addresses=MapPublicIpOnLaunch",
            "VPC=VpcId|short",
        ],
        "security-group" => &[
            "*Security group=GroupId|short",
            "*Name=GroupName",
            "*Rules in=IpPermissions|count",
            "*Rules out=IpPermissionsEgress|count",
            "From ports=IpPermissions.FromPort",
            "To ports=IpPermissions.ToPort",
        ],
        "route-table" => &[
            "*Route table=RouteTableId|short",
            "*Destinations=Routes.DestinationCidrBlock",
            "*Gateways=Routes.GatewayId|short",
            "*Subnets=Associations.SubnetId|short",
        ],
        "internet-gateway" => &[
            "*Internet gateway=InternetGatewayId|short",
            "*VPC=Attachments.VpcId|short",
            "*State=Attachments.State",
        ],
        "nat-gateway" => &[
            "*NAT gateway=NatGatewayId|short",
            "*State=State",
            "*Subnet=SubnetId|short",
            "*Public address=NatGatewayAddresses.PublicIp",
        ],
        "vpc-endpoint" => &[
            "*Endpoint=VpcEndpointId|short",
            "*Service=ServiceName",
            "*Type=VpcEndpointType",
            "*State=State",
        ],
        "network-interface" => &[
            "*Network interface=NetworkInterfaceId|short",
            "*Status=Status",
            "*Address=PrivateIpAddress",
            "*Zone=AvailabilityZone",
            "*For=Description",
        ],
        _ => &[],
    }
}

fn others(kind: &str) -> &'static [&'static str] {
    match kind {
        "load-balancer" => &[
            "*Load balancer=LoadBalancerName",
            "*State=State.Code",
            "*Type=Type",
            "*Scheme=Scheme",
            "*Zones=AvailabilityZones.ZoneName",
            "Address=DNSName",
        ],
        "target-group" => &[
            "*Target group=TargetGroupName",
            "*Targets are=TargetType",
            "*Protocol=Protocol",
            "*Port=Port",
            "*Health check path=HealthCheckPath",
            "Healthy after=HealthyThresholdCount",
            "Unhealthy after=UnhealthyThresholdCount",
        ],
        "target" => &[
            "*Target=Target.Id|short",
            "*Port=Target.Port",
            "*Health=TargetHealth.State",
            "*Reason=TargetHealth.Reason",
            "*Task=TaskArn|short",
            "*Requests a second=RequestsPerSecond",
            "Waiting for an answer=RequestsInFlight",
            "In words=TargetHealth.Description",
            "Target group=TargetGroupName",
        ],
        "role" => &["*Role=RoleName", "*For=Description", "Path=Path", "Created=CreateDate|time"],
        "repository" => &[
            "*Repository=repositoryName",
            "*Tags=imageTagMutability",
            "*Address=repositoryUri",
            "*Scans pushes=imageScanningConfiguration.scanOnPush",
            "Created=createdAt|time",
        ],
        "image" => &[
            "*Repository=repositoryName",
            "*Tags=imageTags",
            "*Digest=imageDigest",
            "*Bytes=imageSizeInBytes",
            "*Scan=imageScanStatus.status",
            "Pushed=imagePushedAt|time",
            "Last pulled=lastRecordedPullTime|time",
        ],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloud::api;
    use crate::cloud::rows::Kind;

    #[test]
    fn values_are_written_in_words() {
        let json = json!({
            "taskArn": "arn:aws:ecs:us-east-1:1:task/dock/4f1c9e2b7a604d3f8e5a1b2c3d4e5f60",
            "createdAt": 1_767_603_690.5,
            "containers": [{ "name": "web", "networkBindings": [{ "hostPort": 80 }, { "hostPort": 443 }] },
                { "name": "log" }],
        });
        let row = Row::new("x".to_owned(), json);
        let said = |label: &str| {
            fields("task")
                .iter()
                .find(|field| field.label == label)
                .unwrap()
                .of(&row, SimTime::START)
        };
        assert_eq!(said("Task"), "4f1c");
        assert_eq!(said("Host ports"), "80, 443");
        assert_eq!(said("Containers"), "web, log");
        assert_eq!(said("Created"), "00:01:30");
        assert_eq!(hands(SimTime::START, SimTime::START + 61_000), "-00:01:01");
        assert_eq!(said("Stopped"), "");
    }

    /// A path that AWS's model does not have would be an empty cell for ever.
    #[test]
    fn every_field_is_in_the_api_model() {
        for kind in Kind::ALL {
            let (service, shape) = kind.shape();
            let service = api::service(service).unwrap();
            let is_own = |field: &Field| kind.own_members().contains(&field.path);
            for field in fields(kind.word()).into_iter().filter(|field| !is_own(field)) {
                let mut at = service.shape_id(shape).unwrap();
                for name in field.path.split('.') {
                    while let api::Shape::List { member, .. } = service.shape(at) {
                        at = *member;
                    }
                    let structure = service.structure(at);
                    let member = structure.and_then(|structure| structure.member(name));
                    let member = member.unwrap_or_else(|| panic!("{shape} has no {}", field.path));
                    at = member.shape;
                }
            }
        }
    }
}
