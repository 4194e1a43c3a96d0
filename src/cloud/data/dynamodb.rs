//! Amazon DynamoDB: tables of items, found by one key.
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::cloud::account::Account;
use crate::cloud::action::{Action, Ctx, read, write};
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::map;
use crate::cloud::params::Params;
use crate::cloud::sort;
use crate::cloud::story::Tone;
use crate::cloud::table::Row;

/// The actions of DynamoDB in this model.
pub const ACTIONS: &[Action] =
    &[read("ListTables", list_tables), read("GetItem", get_item), write("PutItem", put_item)];

/// A table with a partition key of type string.
#[derive(Clone, Debug)]
pub struct DataTable {
    /// Its name.
    pub name: Arc<str>,
    /// The attribute by which items are found.
    pub key_name: Arc<str>,
    /// Items by the value of that attribute.
    pub items: map::Map<Arc<str>, Arc<Value>>,
}

impl Row for DataTable {
    fn key(&self) -> &str {
        &self.name
    }
}

impl DataTable {
    /// An empty table.
    pub fn new(name: &str, key: &str) -> Self {
        Self { name: Arc::from(name), key_name: Arc::from(key), items: map::Map::new() }
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        let (region, account) = (limits::REGION, limits::ACCOUNT);
        format!("arn:aws:dynamodb:{region}:{account}:table/{}", self.name)
    }

    /// Writes an item.
    pub fn put(&mut self, key: &str, item: Value) -> Option<Arc<Value>> {
        self.items.insert(Arc::from(key), Arc::new(item))
    }

    /// The value of the key in an item: a string.
    fn key_of<'a>(&self, item: &'a Map<String, Value>) -> Option<&'a str> {
        item.get(&*self.key_name)?.get("S")?.as_str()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "actions share one form")]
fn list_tables(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let after = params.str("ExclusiveStartTableName").unwrap_or("");
    let limit = usize::try_from(params.int("Limit").unwrap_or(100)).unwrap_or(100);
    let tables = cx.account.data_tables.values();
    let mut names: Vec<Arc<str>> =
        tables.map(|table| Arc::clone(&table.name)).filter(|name| **name > *after).collect();
    sort::plain(&mut names);
    let more = names.len() > limit;
    names.truncate(limit);
    let mut reply = json!({ "TableNames": names });
    if let (Some(members), Some(last)) = (reply.as_object_mut().filter(|_| more), names.last()) {
        members.insert("LastEvaluatedTableName".into(), json!(last));
    }
    Ok(reply)
}

fn get_item(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    unsupported(params)?;
    let table = named(cx.account, params)?;
    let key = params.inner("Key").members().filter(|members| members.len() == 1);
    let Some(key) = key.and_then(|members| table.key_of(members)) else {
        let sentence = "The provided key element does not match the schema";
        return Err(ApiError::new("ValidationException", sentence));
    };
    Ok(table.items.get(key).map_or_else(|| json!({}), |item| json!({ "Item": item })))
}

fn put_item(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    unsupported(params)?;
    let table = named(cx.account, params)?;
    let item = params.inner("Item").members().cloned().unwrap_or_default();
    let Some(key) = table.key_of(&item).map(str::to_owned) else {
        return Err(ApiError::new(
            "ValidationException",
            format!(
                "One or more parameter values were invalid: Missing the key {} in the item",
                table.key_name
            ),
        ));
    };
    let full = table.items.len() >= limits::TABLE_ITEMS && !table.items.contains_key(&*key);
    if full || Value::Object(item.clone()).to_string().len() > limits::ITEM_BYTES {
        let sentence = "Item size has exceeded the maximum allowed size";
        return Err(ApiError::new("ValidationException", sentence));
    }
    let name = Arc::clone(&table.name);
    let row = cx.account.data_tables.id(&name);
    let table = row.and_then(|row| cx.account.data_tables.edit(row));
    let old = table.and_then(|table| table.put(&key, Value::Object(item)));
    cx.tell(Tone::Change, "table", &name, format!("item {key} written"));
    match old.filter(|_| params.str("ReturnValues") == Some("ALL_OLD")) {
        Some(old) => Ok(json!({ "Attributes": old })),
        None => Ok(json!({})),
    }
}

/// What would change the answer and is not modelled is refused, not ignored.
fn unsupported(params: Params<'_>) -> Result<(), ApiError> {
    let members = ["ConditionExpression", "ProjectionExpression", "Expected", "AttributesToGet"];
    match members.into_iter().find(|name| params.value(name).is_some()) {
        Some(name) => Err(ApiError::new(
            "NotInThisModel",
            format!("{name} is not part of this model of DynamoDB; leave it out."),
        )),
        None => Ok(()),
    }
}

fn named<'a>(account: &'a Account, params: Params<'_>) -> Result<&'a Arc<DataTable>, ApiError> {
    let name = params.required("TableName");
    let name = name.rsplit('/').next().unwrap_or(name);
    account
        .data_tables
        .find(name)
        .ok_or_else(|| ApiError::new("ResourceNotFoundException", "Requested resource not found"))
}
