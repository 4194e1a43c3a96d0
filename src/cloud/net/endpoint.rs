//! VPC endpoints: private doors from a VPC to AWS services.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::cloud::account::Account;
use crate::cloud::compute::tags::Tags;
use crate::cloud::limits;
use crate::cloud::table::Row;
use crate::cloud::time::SimTime;

/// An AWS service that can be reached over the network, as endpoint names have it: `ecr.api`, `s3`, `logs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AwsService(&'static str);

/// Services with a gateway endpoint: free, a route in the route table.
const GATEWAY: &[&str] = &["s3", "dynamodb"];
/// Services with an interface endpoint: a network interface in each subnet, paid by the hour (ECR and ECS guides,
/// "interface VPC endpoints").
const INTERFACE: &[&str] = &[
    "ecr.api",
    "ecr.dkr",
    "ecs",
    "ecs-agent",
    "ecs-telemetry",
    "logs",
    "secretsmanager",
    "ssm",
    "ssmmessages",
    "ec2messages",
    "sts",
    "ec2",
    "eks",
    "eks-auth",
    "monitoring",
    "elasticloadbalancing",
    "autoscaling",
    "sqs",
    "sns",
    "kms",
    "events",
    "execute-api",
    "s3",
    "dynamodb",
];

impl AwsService {
    /// ECR's API: authorisation, lists of layers.
    pub const ECR_API: Self = Self("ecr.api");
    /// ECR's registry: manifests.
    pub const ECR_DKR: Self = Self("ecr.dkr");
    /// S3, where ECR keeps layers.
    pub const S3: Self = Self("s3");
    /// `CloudWatch` Logs.
    pub const LOGS: Self = Self("logs");
    /// Secrets Manager.
    pub const SECRETS: Self = Self("secretsmanager");
    /// Systems Manager.
    pub const SSM: Self = Self("ssm");
    /// The ECS API.
    pub const ECS: Self = Self("ecs");
    /// Where ECS agents hear what to do.
    pub const ECS_AGENT: Self = Self("ecs-agent");
    /// Where ECS agents send measurements.
    pub const ECS_TELEMETRY: Self = Self("ecs-telemetry");

    /// The service of a short name such as `ecr.api`.
    pub fn find(name: &str) -> Option<Self> {
        INTERFACE.iter().find(|known| **known == name).map(|known| Self(known))
    }

    /// The service of a full name such as `com.amazonaws.us-east-1.ecr.api`.
    pub fn of_endpoint(name: &str) -> Option<Self> {
        let rest = name.strip_prefix("com.amazonaws.")?;
        Self::find(rest.strip_prefix(limits::REGION)?.strip_prefix('.')?)
    }

    /// All services with their own endpoints.
    pub fn all() -> impl Iterator<Item = Self> {
        INTERFACE.iter().map(|name| Self(name))
    }

    /// The short name.
    pub fn name(self) -> &'static str {
        self.0
    }

    /// The full name, as `ServiceName` has it.
    pub fn endpoint_name(self) -> String {
        format!("com.amazonaws.{}.{}", limits::REGION, self.0)
    }

    /// The name that programs look up: `api.ecr.us-east-1.amazonaws.com`.
    pub fn host_name(self) -> String {
        let labels: Vec<&str> = self.0.split('.').rev().collect();
        format!("{}.{}.amazonaws.com", labels.join("."), limits::REGION)
    }

    /// The service offers a gateway endpoint.
    pub fn has_gateway(self) -> bool {
        GATEWAY.contains(&self.0)
    }

    /// The id of the list of its public addresses; `pl-63a5400a` is S3's real one in us-east-1.
    pub fn prefix_list(self) -> &'static str {
        if self.0 == "s3" { "pl-63a5400a" } else { "pl-02cd2c6b" }
    }
}

/// One VPC endpoint.
#[derive(Clone, Debug)]
pub struct VpcEndpoint {
    /// `vpce-…`.
    pub id: Arc<str>,
    /// Its VPC's id.
    pub vpc: Arc<str>,
    /// What it leads to.
    pub service: AwsService,
    /// How.
    pub kind: EndpointKind,
    /// `Pending`, `Available`, `Deleting` as describe prints them (lower case on the wire: `available`).
    pub state: &'static str,
    /// When it was made.
    pub created: SimTime,
    /// Tags.
    pub tags: Tags,
}

/// How an endpoint leads to its service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndpointKind {
    /// A route to the service's public addresses, in these route tables.
    Gateway {
        /// Route tables.
        tables: Vec<Arc<str>>,
    },
    /// A network interface in each of these subnets.
    Interface {
        /// The interfaces; each knows its subnet and its security groups.
        enis: Vec<Arc<str>>,
        /// The service's ordinary name resolves to the interfaces.
        private_dns: bool,
    },
}

impl Row for VpcEndpoint {
    fn key(&self) -> &str {
        &self.id
    }
}

impl VpcEndpoint {
    /// The endpoint as `DescribeVpcEndpoints` shows it.
    pub fn describe(&self, account: &Account) -> Value {
        let (kind, tables, enis, private_dns) = match &self.kind {
            EndpointKind::Gateway { tables } => {
                ("Gateway", tables.as_slice(), [].as_slice(), false)
            }
            EndpointKind::Interface { enis, private_dns } => {
                ("Interface", [].as_slice(), enis.as_slice(), *private_dns)
            }
        };
        let rows: Vec<_> = enis.iter().filter_map(|id| account.enis.find(id)).collect();
        let subnets: Vec<_> = rows.iter().map(|eni| &eni.subnet).collect();
        let groups: Vec<Value> = rows.first().map_or_else(Vec::new, |eni| {
            eni.groups.iter().map(|id| super::eni::group_name(account, id)).collect()
        });
        json!({
            "VpcEndpointId": self.id,
            "VpcEndpointType": kind,
            "VpcId": self.vpc,
            "ServiceName": self.service.endpoint_name(),
            "ServiceRegion": limits::REGION,
            "State": self.state,
            "RouteTableIds": tables,
            "SubnetIds": subnets,
            "Groups": groups,
            "NetworkInterfaceIds": enis,
            "PrivateDnsEnabled": private_dns,
            "RequesterManaged": false,
            "CreationTimestamp": self.created.seconds(),
            "OwnerId": limits::ACCOUNT,
            "Tags": self.tags.describe(),
        })
    }
}
