//! AWS Secrets Manager.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::cloud::account::Account;
use crate::cloud::action::{Action, Ctx, read};
use crate::cloud::error::ApiError;
use crate::cloud::iam::names::unique_id;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::table::Row;
use crate::cloud::time::SimTime;

/// The actions of Secrets Manager in this model.
pub const ACTIONS: &[Action] = &[read("GetSecretValue", get_value)];

/// A secret.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Its name; may have slashes.
    pub name: Arc<str>,
    /// What it hides.
    pub text: Arc<str>,
    /// When it was made.
    pub created: SimTime,
}

impl Row for Secret {
    fn key(&self) -> &str {
        &self.name
    }
}

impl Secret {
    /// Its ARN ends in six characters that AWS adds.
    pub fn arn(&self) -> String {
        let (region, account) = (limits::REGION, limits::ACCOUNT);
        let suffix = unique_id("", &self.name);
        let suffix = suffix.get(..6).unwrap_or_default();
        format!("arn:aws:secretsmanager:{region}:{account}:secret:{}-{suffix}", self.name)
    }
}

/// The secret that a name, an ARN, or an ARN without its last six characters means.
pub fn find<'a>(account: &'a Account, reference: &str) -> Option<&'a Arc<Secret>> {
    let name = reference.split_once(":secret:").map_or(reference, |(_, name)| name);
    account.secrets.find(name).or_else(|| {
        account.secrets.values().find(|secret| {
            let arn = secret.arn();
            arn == reference || arn.split_once(":secret:").is_some_and(|(_, own)| own == name)
        })
    })
}

fn get_value(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let secret = find(cx.account, params.required("SecretId")).ok_or_else(|| {
        let sentence = "Secrets Manager can't find the specified secret.";
        ApiError::new("ResourceNotFoundException", sentence)
    })?;
    let version = unique_id("", &format!("{} version", secret.name)).to_lowercase();
    let part = |from: usize, to: usize| version.get(from..to).unwrap_or_default().to_owned();
    Ok(json!({
        "ARN": secret.arn(),
        "Name": secret.name,
        "VersionId": format!(
            "{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(4, 8), part(2, 6), part(5, 17)
        ),
        "SecretString": secret.text,
        "VersionStages": ["AWSCURRENT"],
        "CreatedDate": secret.created.seconds(),
    }))
}
