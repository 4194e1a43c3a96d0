//! Security groups on the way of a connection: the checks of `reach` that look at them.

use super::cidr::Cidr;
use super::endpoint::AwsService;
use super::eni::Eni;
use super::reach::{Check, HTTPS, Reach};
use super::security::{Peer, Rule, SecurityGroup};
use crate::cloud::account::Account;

/// Out of one interface, into another.
pub(super) fn meet(account: &Account, from: &Eni, to: &Eni, port: u16, reach: &mut Reach) {
    let allowing = groups(account, from).find_map(|group| {
        let mut rules = group.egress.iter().filter(|rule| rule.covers_tcp(port));
        rules.find(|rule| rule.is_about(to)).map(|rule| (group, rule))
    });
    let says = match allowing {
        Some((group, rule)) => format!("{} lets TCP {port} out to {}.", group.title(), rule.peer),
        None => format!(
            "No security group of {} lets TCP {port} out to {} ({}).",
            from.id,
            to.private_ip,
            names(account, to)
        ),
    };
    let at = allowing.map_or(&from.id, |(group, _)| &group.id);
    if reach.step(Check::Outbound, at, allowing.is_some(), says) {
        accepts(account, to, port, Some(from), reach);
    }
}

/// The inbound side; without a `from` the other side is the internet.
pub(super) fn accepts(
    account: &Account,
    to: &Eni,
    port: u16,
    from: Option<&Eni>,
    reach: &mut Reach,
) {
    let about = |rule: &&Rule| match from {
        Some(eni) => rule.is_about(eni),
        None => rule.peer == Peer::Block(Cidr::ANYWHERE),
    };
    let allowing = groups(account, to).find_map(|group| {
        let mut rules = group.ingress.iter().filter(|rule| rule.covers_tcp(port));
        rules.find(about).map(|rule| (group, rule))
    });
    let says = match (allowing, from) {
        (Some((group, rule)), _) => {
            format!("{} lets TCP {port} in from {}.", group.title(), rule.peer)
        }
        (None, Some(eni)) => format!(
            "No security group of {} ({}) lets TCP {port} in from {} ({}).",
            to.id,
            names(account, to),
            eni.private_ip,
            names(account, eni)
        ),
        (None, None) => format!(
            "No security group of {} ({}) lets TCP {port} in from 0.0.0.0/0.",
            to.id,
            names(account, to)
        ),
    };
    let at = allowing.map_or(&to.id, |(group, _)| &group.id);
    reach.step(Check::Inbound, at, allowing.is_some(), says);
}

/// Outbound rules towards the internet or a service's public addresses.
pub(super) fn may_leave(
    account: &Account,
    from: &Eni,
    to: Option<AwsService>,
    reach: &mut Reach,
) -> bool {
    let about = |rule: &&Rule| match &rule.peer {
        Peer::Block(block) => *block == Cidr::ANYWHERE,
        Peer::Prefixes(list) => to.is_some_and(|service| service.prefix_list() == &**list),
        Peer::Block6(_) | Peer::Group(_) => false,
    };
    let allowing = groups(account, from).find_map(|group| {
        let mut rules = group.egress.iter().filter(|rule| rule.covers_tcp(HTTPS));
        rules.find(about).map(|rule| (group, rule))
    });
    let Some((group, rule)) = allowing else {
        let (id, names) = (&from.id, names(account, from));
        let says =
            format_args!("No security group of {id} ({names}) lets TCP 443 out to 0.0.0.0/0.");
        return reach.step(Check::Outbound, id, false, says);
    };
    let (id, name) = (&group.id, &group.name);
    let says = format_args!("{name} ({id}) lets TCP 443 out to {}.", rule.peer);
    reach.step(Check::Outbound, id, true, says)
}

fn groups<'a>(account: &'a Account, eni: &'a Eni) -> impl Iterator<Item = &'a SecurityGroup> {
    eni.groups.iter().filter_map(|id| account.security_groups.find(id).map(|group| &**group))
}

fn names(account: &Account, eni: &Eni) -> String {
    let titles: Vec<String> = groups(account, eni).map(SecurityGroup::title).collect();
    titles.join(", ")
}

impl Rule {
    /// The interface is one of the rule's other side.
    fn is_about(&self, eni: &Eni) -> bool {
        match &self.peer {
            Peer::Block(block) => block.contains(eni.private_ip),
            Peer::Group(id) => eni.groups.contains(id),
            Peer::Block6(_) | Peer::Prefixes(_) => false,
        }
    }
}
