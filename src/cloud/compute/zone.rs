//! An outage of an Availability Zone, and its end.

use std::sync::Arc;

use super::{Ec2Job, agent};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::autoscaling;
use crate::cloud::ecs;
use crate::cloud::error::ApiError;
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::net::start::ZONES;
use crate::cloud::story::Tone;

/// Everything in the zone falls silent: its instances still say `running`, but nothing reaches them. Chosen: outages
/// differ, and this is what their users saw most often (docs/fidelity.md).
pub(super) fn lose(cx: &mut Ctx<'_>, zone: &str) -> Result<(), ApiError> {
    let zone = known(zone)?;
    if cx.account.lost_zones.insert(Arc::clone(&zone)) {
        cx.tell(Tone::Failure, "zone", &zone, "lost");
        for id in instances_in(cx.account, &zone) {
            impair(cx, &id, true);
            // An agent that was not there loses nothing.
            let _ = agent::connection(cx, &id, false);
            autoscaling::impaired(cx, &id);
        }
        ecs::zone_lost(cx, &zone);
    }
    Ok(())
}

/// The zone works again: what is still there can be reached, and agents connect again.
pub(super) fn restore(cx: &mut Ctx<'_>, zone: &str) -> Result<(), ApiError> {
    let zone = known(zone)?;
    if cx.account.lost_zones.remove(&zone) {
        cx.tell(Tone::Success, "zone", &zone, "restored");
        for id in instances_in(cx.account, &zone) {
            impair(cx, &id, false);
            let life = cx.account.instances.find(&id).map_or(0, |instance| instance.life);
            let job = Ec2Job::AgentStarts { instance: id, life };
            cx.after(limits::AGENT_RECONNECT_MS, Job::Ec2(job));
        }
        autoscaling::rebalance_all(cx);
    }
    Ok(())
}

fn known(zone: &str) -> Result<Arc<str>, ApiError> {
    let found = ZONES.into_iter().find(|known| *known == zone);
    found.map(Arc::from).ok_or_else(|| {
        let text = format!("'{zone}' is no Availability Zone here: {}.", ZONES.join(", "));
        ApiError::new("InvalidParameterValue", text)
    })
}

fn instances_in(account: &Account, zone: &str) -> Vec<Arc<str>> {
    let instances = account.instances.values();
    let here = instances.filter(|instance| &*instance.zone == zone && !instance.state.is_over());
    here.map(|instance| Arc::clone(&instance.id)).collect()
}

fn impair(cx: &mut Ctx<'_>, id: &str, impaired: bool) {
    let row = cx.account.instances.id(id);
    if let Some(instance) = row.and_then(|row| cx.account.instances.edit(row)) {
        instance.impaired = impaired;
    }
}
