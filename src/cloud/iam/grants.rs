//! What a role may do, all in all, with the data that the account holds: every question that code could put to S3, DynamoDB
//! and Secrets Manager, and which of them end in yes. A decision answers one question; least privilege is about all of them.

use crate::cloud::account::Account;
use crate::cloud::authorize;
use crate::cloud::time::SimTime;
use crate::cloud::wildcard;

/// Something that could be done: an IAM action with a resource. As a text, `s3:GetObject arn:aws:s3:::harbor-cargo/crane.txt`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// `s3:GetObject`.
    pub action: &'static str,
    /// An ARN, or `*` where AWS knows no resource for the action.
    pub resource: String,
}

// Service Authorization Reference: actions of Amazon S3, Amazon DynamoDB, AWS Secrets Manager, by the resource they are about.
const OF_NOTHING: &[&str] = &["s3:ListAllMyBuckets", "dynamodb:ListTables"];
const OF_BUCKETS: &[&str] = &["s3:ListBucket", "s3:PutBucketPolicy", "s3:DeleteBucket"];
const OF_OBJECTS: &[&str] = &["s3:GetObject", "s3:PutObject", "s3:DeleteObject"];
const OF_TABLES: &[&str] = &[
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:DeleteTable",
];
const OF_SECRETS: &[&str] = &["secretsmanager:GetSecretValue", "secretsmanager:DeleteSecret"];

impl Grant {
    /// Whether a text such as `s3:Get* arn:aws:s3:::harbor-cargo/*` means this one.
    pub fn is_meant(&self, pattern: &str) -> bool {
        let (action, resource) = pattern.split_once(' ').unwrap_or((pattern, "*"));
        wildcard::matches(action, self.action) && wildcard::matches(resource, &self.resource)
    }
}

/// Everything that could be done with what is there.
pub fn possible(account: &Account) -> Vec<Grant> {
    let mut all = Vec::new();
    let mut add = |actions: &[&'static str], resource: &str| {
        all.extend(actions.iter().map(|action| Grant { action, resource: resource.to_owned() }));
    };
    add(OF_NOTHING, "*");
    for bucket in account.buckets.values() {
        add(OF_BUCKETS, &bucket.arn());
        bucket.objects.keys().for_each(|key| add(OF_OBJECTS, &bucket.object_arn(key)));
    }
    account.data_tables.values().for_each(|table| add(OF_TABLES, &table.arn()));
    account.secrets.values().for_each(|secret| add(OF_SECRETS, &secret.arn()));
    all
}

/// What of it a role may do. `role` is a name or an ARN; a role that does not exist may do nothing.
pub fn of_role(account: &Account, now: SimTime, role: &str) -> Vec<Grant> {
    let mut all = possible(account);
    all.retain(|grant| {
        authorize::would(account, now, role, grant.action, &grant.resource).allowed()
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli;
    use crate::cli::played::play;
    use crate::cloud::Cloud;
    use crate::cloud::account::Start;

    const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

    fn may(policy: &str) -> Vec<String> {
        let mut cloud = Cloud::new(1, Start::DefaultVpc);
        let role =
            format!("aws iam create-role --role-name app --assume-role-policy-document '{TRUST}'");
        cli::run(&mut cloud, &role);
        let put = format!(
            "aws iam put-role-policy --role-name app --policy-name p --policy-document '{{\"Version\":\"2012-10-17\",\"Statement\":[{policy}]}}'"
        );
        play(&mut cloud, &put);
        let grants = of_role(cloud.account(), cloud.now(), "app");
        grants.iter().map(|grant| format!("{} {}", grant.action, grant.resource)).collect()
    }

    // facts: iam §4: bucket-level actions match the bucket's ARN, object-level ones the objects'.
    #[test]
    fn a_bucket_and_its_objects_are_different_resources() {
        let policy =
            r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::harbor-ledger"}"#;
        assert_eq!(
            may(policy),
            [
                "s3:ListBucket arn:aws:s3:::harbor-ledger",
                "s3:PutBucketPolicy arn:aws:s3:::harbor-ledger",
                "s3:DeleteBucket arn:aws:s3:::harbor-ledger",
            ]
        );
        let policy =
            r#"{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::harbor-ledger/*"}"#;
        assert_eq!(may(policy), ["s3:GetObject arn:aws:s3:::harbor-ledger/2025.csv"]);
    }

    // facts: iam §4: a deny is final.
    #[test]
    fn what_is_denied_is_not_granted() {
        let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
        let denied = r#"{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#;
        let both = may(&format!("{all},{denied}"));
        assert!(both.iter().all(|grant| !grant.starts_with("s3:")), "{both:?}");
        assert_eq!(may(all).len(), possible(Cloud::new(1, Start::DefaultVpc).account()).len());
    }

    #[test]
    fn a_pattern_means_actions_and_resources() {
        let grant = Grant { action: "s3:GetObject", resource: "arn:aws:s3:::b/k".to_owned() };
        assert!(grant.is_meant("s3:Get* arn:aws:s3:::b/*") && grant.is_meant("s3:*"));
        assert!(!grant.is_meant("s3:Get* arn:aws:s3:::b") && !grant.is_meant("dynamodb:*"));
    }
}
