//! Security groups: which connections an interface accepts and may open. They are stateful: the answer to an
//! accepted connection always passes (VPC guide, "Security groups").

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::cidr::Cidr;
use super::subnet::arn;
use crate::cloud::compute::tags::Tags;
use crate::cloud::limits;
use crate::cloud::shape::Shape;
use crate::cloud::table::Row;

/// A security group.
#[derive(Clone, Debug)]
pub struct SecurityGroup {
    /// `sg-…`.
    pub id: Arc<str>,
    /// Unique in its VPC.
    pub name: Arc<str>,
    /// What it is for.
    pub description: Arc<str>,
    /// Its VPC's id.
    pub vpc: Arc<str>,
    /// What may come in.
    pub ingress: Vec<Rule>,
    /// What may go out.
    pub egress: Vec<Rule>,
    /// Tags.
    pub tags: Tags,
}

/// One rule: it allows; there are no rules that deny.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// `sgr-…`.
    pub id: Arc<str>,
    /// Which protocol.
    pub protocol: Protocol,
    /// First and last port; for protocols without ports all are meant.
    pub ports: (u16, u16),
    /// The other side.
    pub peer: Peer,
    /// What it is for.
    pub description: Option<Arc<str>>,
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// Everything: `-1`.
    All,
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP.
    Icmp,
}

/// The other side of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// A block of addresses.
    Block(Cidr),
    /// An IPv6 block: kept and shown, of no effect in this model.
    Block6(Arc<str>),
    /// Every interface that carries this security group.
    Group(Arc<str>),
    /// The published addresses of an AWS service.
    Prefixes(Arc<str>),
}

impl Row for SecurityGroup {
    fn key(&self) -> &str {
        &self.id
    }
}

impl Protocol {
    /// The name on the wire; numbers are understood as well.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "-1" | "all" => Some(Self::All),
            "tcp" | "6" => Some(Self::Tcp),
            "udp" | "17" => Some(Self::Udp),
            "icmp" | "1" => Some(Self::Icmp),
            _ => None,
        }
    }

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "-1",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Icmp => "icmp",
        }
    }
}

impl Rule {
    /// The rule lets everything pass.
    pub fn all(id: Arc<str>, peer: Peer) -> Self {
        Self { id, protocol: Protocol::All, ports: (0, u16::MAX), peer, description: None }
    }

    /// The rule speaks of TCP on this port.
    pub fn covers_tcp(&self, port: u16) -> bool {
        match self.protocol {
            Protocol::All => true,
            Protocol::Tcp => (self.ports.0..=self.ports.1).contains(&port),
            Protocol::Udp | Protocol::Icmp => false,
        }
    }

    /// The same permission, whatever its id and description: AWS refuses it twice.
    pub fn same_permission(&self, other: &Self) -> bool {
        (self.protocol, self.ports, &self.peer) == (other.protocol, other.ports, &other.peer)
    }

    fn has_ports(&self) -> bool {
        self.protocol != Protocol::All
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Block(block) => write!(f, "{block}"),
            Self::Block6(id) | Self::Group(id) | Self::Prefixes(id) => write!(f, "{id}"),
        }
    }
}

impl SecurityGroup {
    /// Name and id for a sentence: `default (sg-0d0d…)`.
    pub fn title(&self) -> String {
        format!("{} ({})", self.name, self.id)
    }

    /// The group as `DescribeSecurityGroups` shows it.
    pub fn describe(&self) -> Value {
        Shape::with_room(9)
            .text("GroupId", &self.id)
            .text("GroupName", &self.name)
            .text("Description", &self.description)
            .text("VpcId", &self.vpc)
            .text("OwnerId", limits::ACCOUNT)
            .put("SecurityGroupArn", arn("security-group", &self.id))
            .put("IpPermissions", permissions(&self.ingress))
            .put("IpPermissionsEgress", permissions(&self.egress))
            .put("Tags", self.tags.describe())
            .done()
    }
}

/// Rules as `IpPermissions`: one entry for a protocol and a range of ports, with all its peers.
pub fn permissions(rules: &[Rule]) -> Vec<Value> {
    let mut seen: Vec<(Protocol, (u16, u16))> = Vec::new();
    for rule in rules {
        if !seen.contains(&(rule.protocol, rule.ports)) {
            seen.push((rule.protocol, rule.ports));
        }
    }
    let same = |at: &(Protocol, (u16, u16))| {
        let at = *at;
        rules.iter().filter(move |rule| (rule.protocol, rule.ports) == at)
    };
    seen.iter().map(|at| permission(same(at))).collect()
}

fn permission<'a>(rules: impl Iterator<Item = &'a Rule>) -> Value {
    let (mut blocks, mut blocks6, mut groups, mut lists) = (vec![], vec![], vec![], vec![]);
    let mut head = Shape::default();
    for rule in rules {
        head = Shape::with_room(7).text("IpProtocol", rule.protocol.name());
        if rule.has_ports() {
            let (from, to) = wire_ports(rule);
            head = head.put("FromPort", from).put("ToPort", to);
        }
        let peer = Shape::with_room(3);
        let (list, peer) = match &rule.peer {
            Peer::Block(block) => (&mut blocks, peer.put("CidrIp", block.to_string())),
            Peer::Block6(block) => (&mut blocks6, peer.text("CidrIpv6", block)),
            Peer::Group(id) => {
                (&mut groups, peer.text("GroupId", id).text("UserId", limits::ACCOUNT))
            }
            Peer::Prefixes(id) => (&mut lists, peer.text("PrefixListId", id)),
        };
        list.push(peer.maybe("Description", rule.description.as_deref()).done());
    }
    head.put("UserIdGroupPairs", groups)
        .put("IpRanges", blocks)
        .put("Ipv6Ranges", blocks6)
        .put("PrefixListIds", lists)
        .done()
}

/// The ports of a rule on the wire: ICMP's "all types" is -1.
pub fn wire_ports(rule: &Rule) -> (i64, i64) {
    match rule.protocol {
        Protocol::Tcp | Protocol::Udp => (i64::from(rule.ports.0), i64::from(rule.ports.1)),
        Protocol::All | Protocol::Icmp => (-1, -1),
    }
}
