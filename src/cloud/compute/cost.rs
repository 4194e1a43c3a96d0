//! What an instance costs: the machine while it runs, its disk for as long as it exists (EC2 guide, "Instance
//! lifecycle": neither `pending` nor `stopped` is paid for; volumes are).

use std::sync::Arc;

use super::instance::Instance;
use crate::cloud::action::Ctx;
use crate::cloud::bill::Cost;
use crate::cloud::prices;

/// It is made: its root volume exists.
pub(super) fn begins(cx: &mut Ctx<'_>, id: &str) {
    let Some(instance) = find(cx, id) else { return };
    let rate = prices::volume(instance.ami.root_gib());
    cx.account.bill.open(cx.now, &format!("volume/{id}"), Cost::Volumes, rate);
}

/// It runs.
pub(super) fn runs(cx: &mut Ctx<'_>, id: &str) {
    let Some(instance) = find(cx, id) else { return };
    let full = instance.kind.price_micros;
    let rate = if instance.spot { full * prices::SPOT_PERCENT / 100 } else { full };
    cx.account.bill.open(cx.now, &format!("instance/{id}"), Cost::Instances, rate);
}

/// It runs no more.
pub(super) fn rests(cx: &mut Ctx<'_>, id: &str) {
    cx.account.bill.close(cx.now, &format!("instance/{id}"));
}

/// It is terminated, and its volume is gone.
pub(super) fn ends(cx: &mut Ctx<'_>, id: &str) {
    cx.account.bill.close(cx.now, &format!("volume/{id}"));
}

fn find(cx: &Ctx<'_>, id: &str) -> Option<Arc<Instance>> {
    cx.account.instances.find(id).cloned()
}
