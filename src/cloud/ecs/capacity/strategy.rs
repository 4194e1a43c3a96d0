//! Where tasks go: a launch type, or a capacity provider strategy with base and weight (facts/ecs §6).

use std::sync::Arc;

use serde_json::Value;

use crate::cloud::account::Account;
use crate::cloud::ecs::cluster::Cluster;
use crate::cloud::ecs::container_def::number;
use crate::cloud::ecs::names::short;
use crate::cloud::ecs::task::LaunchType;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::table::Id;

/// One part of a capacity provider strategy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Its name.
    pub name: Arc<str>,
    /// Tasks that it gets before all others.
    pub base: u32,
    /// Its share of the rest.
    pub weight: u32,
}

/// The providers that AWS has.
pub(super) const OWN: [&str; 2] = ["FARGATE", "FARGATE_SPOT"];

/// Launch type or strategy of a request; neither means the cluster's default strategy, else EC2 (facts/ecs §6).
pub(in crate::cloud::ecs) fn of_request(
    account: &Account,
    cluster: Id<Cluster>,
    params: Params<'_>,
) -> Result<(LaunchType, Vec<Provider>), ApiError> {
    let own = params.list("capacityProviderStrategy");
    if let Some(word) = params.str("launchType") {
        if !own.is_empty() {
            return Err(ApiError::invalid(
                "Specify either Launch Type or Capacity Provider Strategy, but not both.",
            ));
        }
        let launch = LaunchType::parse(word)
            .ok_or_else(|| ApiError::invalid(format!("Invalid launch type: {word}")))?;
        return Ok((launch, Vec::new()));
    }
    if own.is_empty() && !has_default(account, cluster) {
        return Ok((LaunchType::Ec2, Vec::new()));
    }
    by_strategy(account, cluster, own)
}

fn has_default(account: &Account, cluster: Id<Cluster>) -> bool {
    let given = account.clusters.get(cluster).map(|cluster| &cluster.given);
    let list = given.and_then(|given| given.get("defaultCapacityProviderStrategy")?.as_array());
    list.is_some_and(|list| !list.is_empty())
}

#[inline(never)]
fn by_strategy(
    account: &Account,
    cluster: Id<Cluster>,
    own: &[Value],
) -> Result<(LaunchType, Vec<Provider>), ApiError> {
    let given = account.clusters.get(cluster).map(|cluster| Arc::clone(&cluster.given));
    let list = |name: &str| given.as_ref().and_then(|given| given.get(name)?.as_array().cloned());
    let by_default = list("defaultCapacityProviderStrategy").unwrap_or_default();
    let providers = read(if own.is_empty() { &by_default } else { own });
    let associated = list("capacityProviders").unwrap_or_default();
    let associated: Vec<&str> = associated.iter().filter_map(Value::as_str).collect();
    check(account, &providers, &associated)?;
    let fargate = providers.first().is_some_and(|one| OWN.contains(&&*one.name));
    Ok((if fargate { LaunchType::Fargate } else { LaunchType::Ec2 }, providers))
}

/// The parts of a strategy; without a number base and weight are 0 (facts: API-ecs CapacityProviderStrategyItem).
pub(super) fn read(strategy: &[Value]) -> Vec<Provider> {
    let part = |one: &Value| {
        let one = Params::new(one);
        Provider {
            name: Arc::from(short(one.required("capacityProvider"))),
            base: number(one, "base").unwrap_or(0),
            weight: number(one, "weight").unwrap_or(0),
        }
    };
    strategy.iter().map(part).collect()
}

/// What a strategy must be (sentences: seen in public logs, those about the numbers and the last but one chosen).
pub(super) fn check(
    account: &Account,
    providers: &[Provider],
    associated: &[&str],
) -> Result<(), ApiError> {
    let refuse = |text: &str| Err(ApiError::invalid(text));
    if providers.len() > limits::PROVIDERS_PER_CLUSTER {
        return refuse("A capacity provider strategy can contain at most 20 capacity providers.");
    }
    if providers.iter().any(|one| !associated.contains(&&*one.name)) {
        return refuse(
            "The specified capacity provider strategy cannot contain a capacity provider that is \
             not associated with the cluster. Associate the capacity provider with the cluster and \
             try again.",
        );
    }
    let of_aws = providers.iter().filter(|one| OWN.contains(&&*one.name)).count();
    if of_aws > 0 && of_aws < providers.len() {
        return refuse(
            "A capacity provider strategy cannot contain a mix of capacity providers using Auto \
             Scaling groups and Fargate providers. Specify one or the other and try again.",
        );
    }
    if providers.iter().filter(|one| one.base > 0).count() > 1 {
        return refuse(
            "Only one capacity provider in a capacity provider strategy can have a base defined.",
        );
    }
    if providers.iter().any(|one| one.weight > limits::WEIGHT_MAX || one.base > limits::BASE_MAX) {
        return refuse("A weight must be between 0 and 1000, a base between 0 and 100000.");
    }
    if providers.len() > 1 && providers.iter().all(|one| one.weight == 0) {
        return refuse("At least one capacity provider must have a weight greater than 0.");
    }
    let missing = providers.iter().find(|one| {
        !OWN.contains(&&*one.name) && account.capacity_providers.find(&one.name).is_none()
    });
    missing.map_or(Ok(()), |_| refuse("The specified capacity provider was not found."))
}

/// Which provider gets the next task: the one whose base is not filled, else the one that has, beyond its base, the fewest
/// tasks for its weight (the rounding is chosen: facts/ecs §6). `counts` are the tasks by provider.
pub(in crate::cloud::ecs) fn next(providers: &[Provider], counts: &[u32]) -> Option<usize> {
    if providers.is_empty() { None } else { Some(lightest(providers, counts)) }
}

#[inline(never)]
fn lightest(providers: &[Provider], counts: &[u32]) -> usize {
    let all = providers.iter().zip(counts).enumerate();
    if let Some((place, _)) = all.clone().find(|(_, (one, count))| **count < one.base) {
        return place;
    }
    // count / weight, compared without fractions.
    let able = all.filter(|(_, (one, _))| one.weight > 0);
    let first = able.min_by(|(_, (a, n)), (_, (b, m))| {
        let beyond = |count: u32, one: &Provider| u64::from(count.saturating_sub(one.base));
        let left = beyond(**n, a) * u64::from(b.weight);
        left.cmp(&(beyond(**m, b) * u64::from(a.weight)))
    });
    first.map_or(0, |(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of `tasks` each provider gets, given base and weight of each.
    fn split(parts: &[(u32, u32)], tasks: u32) -> Vec<u32> {
        let provider = |(base, weight): &(u32, u32)| Provider {
            name: Arc::from("p"),
            base: *base,
            weight: *weight,
        };
        let providers: Vec<Provider> = parts.iter().map(provider).collect();
        let mut counts = vec![0; parts.len()];
        for _ in 0..tasks {
            let place = next(&providers, &counts).unwrap();
            counts[place] += 1;
        }
        counts
    }

    #[test]
    fn the_base_is_filled_first_and_weights_share_the_rest() {
        // Source: API-ecs CapacityProviderStrategyItem: weights 1 and 4 give four tasks of the second for one of the
        // first; equal weights split evenly; weights count once the base is filled.
        assert_eq!(split(&[(0, 1), (0, 1)], 10), [5, 5]);
        assert_eq!(split(&[(0, 1), (0, 4)], 10), [2, 8]);
        assert_eq!(split(&[(2, 0), (0, 1)], 6), [2, 4]);
        assert_eq!(split(&[(1, 1), (0, 3)], 5), [2, 3]);
        assert_eq!(split(&[(0, 0)], 3), [3]);
    }
}
