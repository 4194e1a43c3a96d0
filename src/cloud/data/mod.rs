//! The services that applications in tasks call: Amazon S3, DynamoDB and Secrets Manager, each with
//! a little in it.

pub mod dynamodb;
pub mod parameters;
pub mod s3;
pub mod secrets;

use std::sync::Arc;

use serde_json::json;

use super::account::Account;
use super::time::SimTime;

/// A bucket with a few objects.
pub const BUCKET: &str = "harbor-cargo";
/// A second bucket, with one object, for policies that must not reach it.
pub const OTHER_BUCKET: &str = "harbor-ledger";
/// A DynamoDB table with the key `id`.
pub const TABLE: &str = "orders";
/// A secret: a password in plain text.
pub const SECRET: &str = "harbor/db-password";

/// What the start `default-vpc` has.
pub fn prepared(account: &mut Account) {
    let mut cargo = s3::Bucket::new(BUCKET, SimTime::START);
    for (key, body) in [
        ("crane.txt", "Crane 4 is ready.\n"),
        ("manifests/2026-01-04.csv", "container,weight\nMSKU7,21400\n"),
        ("manifests/2026-01-05.csv", "container,weight\nTGHU2,18300\n"),
    ] {
        cargo.put(key, body, SimTime::START);
    }
    account.buckets.insert(cargo);
    let mut ledger = s3::Bucket::new(OTHER_BUCKET, SimTime::START);
    ledger.put("2025.csv", "month,total\n12,48210\n", SimTime::START);
    account.buckets.insert(ledger);
    let mut orders = dynamodb::DataTable::new(TABLE, "id");
    for (id, status) in [("1001", "shipped"), ("1002", "packed")] {
        orders.put(id, json!({ "id": { "S": id }, "status": { "S": status } }));
    }
    account.data_tables.insert(orders);
    account.secrets.insert(secrets::Secret {
        name: Arc::from(SECRET),
        text: Arc::from("correct-horse-battery-staple"),
        created: SimTime::START,
    });
}
