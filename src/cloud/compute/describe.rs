//! `DescribeInstances`, `DescribeInstanceTypes`.

use serde_json::{Value, json};

use super::life;
use super::listing::{Listing, page, rows};
use super::types::{InstanceType, TYPES};
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::map::Map;
use crate::cloud::params::Params;

const INSTANCES: Listing = Listing {
    ids: "InstanceIds",
    rows: "Reservations",
    filters: &[
        ("architecture", "Architecture"),
        ("availability-zone", "Placement.AvailabilityZone"),
        ("dns-name", "PublicDnsName"),
        ("iam-instance-profile.arn", "IamInstanceProfile.Arn"),
        ("image-id", "ImageId"),
        ("instance-id", "InstanceId"),
        ("instance-lifecycle", "InstanceLifecycle"),
        ("instance-state-code", "State.Code"),
        ("instance-state-name", "State.Name"),
        ("instance-type", "InstanceType"),
        ("instance.group-id", "SecurityGroups.GroupId"),
        ("instance.group-name", "SecurityGroups.GroupName"),
        ("ip-address", "PublicIpAddress"),
        ("key-name", "KeyName"),
        ("private-dns-name", "PrivateDnsName"),
        ("private-ip-address", "PrivateIpAddress"),
        ("state-reason-code", "StateReason.Code"),
        ("subnet-id", "SubnetId"),
        ("vpc-id", "VpcId"),
    ],
    missing: life::not_found,
};

pub(super) fn instances(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let account = &*cx.account;
    let shown = rows(&INSTANCES, params, &account.instances, |row| row.describe(account))?;
    // Instances that were launched together stand in one reservation.
    let mut reservations: Vec<Value> = Vec::new();
    let mut places: Map<&str, usize> = Map::new();
    for instance in shown {
        let row = instance.get("InstanceId").and_then(Value::as_str);
        let Some(row) = row.and_then(|id| account.instances.find(id)) else { continue };
        let place = places.at(&row.reservation, || {
            reservations.push(json!({
                "ReservationId": row.reservation,
                "OwnerId": limits::ACCOUNT,
                "Groups": [],
                "Instances": [],
            }));
            reservations.len() - 1
        });
        let list = place
            .and_then(|place| reservations.get_mut(*place))
            .and_then(|r| r.get_mut("Instances"));
        if let Some(list) = list.and_then(Value::as_array_mut) {
            list.push(instance);
        }
    }
    page(INSTANCES.rows, params, reservations)
}

pub(super) fn types(_cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let mut asked: Vec<&str> = params.strings("InstanceTypes").collect();
    let unknown: Vec<&str> =
        asked.iter().copied().filter(|name| InstanceType::find(name).is_none()).collect();
    if !unknown.is_empty() {
        return Err(ApiError::new(
            "InvalidInstanceType",
            format!("The following supplied instance types do not exist: [{}]", unknown.join(", ")),
        ));
    }
    if asked.is_empty() {
        asked = TYPES.iter().map(|kind| kind.name).collect();
    }
    let kinds = asked.into_iter().filter_map(InstanceType::find);
    page("InstanceTypes", params, kinds.map(InstanceType::describe).collect())
}
