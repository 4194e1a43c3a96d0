//! The services that applications call: S3, DynamoDB, Secrets Manager.

use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use drydock::cloud::data::{BUCKET, OTHER_BUCKET, SECRET, TABLE};
use drydock::cloud::iam::names::unique_id;
use expect_test::expect;
use serde_json::{Value, json};

use crate::cli_support::screen;
use crate::iam_access::{APP, SESSION, call, with_role};
use crate::iam_roles::policy;
use crate::lab::{Lab, text};

fn keys(reply: &Value) -> Vec<String> {
    let objects = reply["Contents"].as_array().cloned().unwrap_or_default();
    objects.iter().map(|object| text(object, "/Key")).collect()
}

/// API-s3: `ListObjectsV2`.
#[test]
fn objects_are_listed_by_prefix_folder_and_page() {
    let mut lab = Lab::new();
    let buckets = lab.ok("s3", "ListBuckets", json!({}));
    assert_eq!(text(&buckets, "/Buckets/0/Name"), BUCKET);
    let all = lab.ok("s3", "ListObjectsV2", json!({ "Bucket": BUCKET }));
    assert_eq!(keys(&all).len(), 3);
    let top = lab.ok("s3", "ListObjectsV2", json!({ "Bucket": BUCKET, "Delimiter": "/" }));
    assert_eq!(keys(&top), ["crane.txt"]);
    assert_eq!(top["CommonPrefixes"], json!([{ "Prefix": "manifests/" }]));
    assert_eq!(top["KeyCount"], 2);
    let one = lab.ok("s3", "ListObjectsV2", json!({ "Bucket": BUCKET, "MaxKeys": 1 }));
    assert_eq!((keys(&one), &one["IsTruncated"]), (vec!["crane.txt".to_owned()], &json!(true)));
    let rest = json!({ "Bucket": BUCKET, "ContinuationToken": one["NextContinuationToken"] });
    assert_eq!(keys(&lab.ok("s3", "ListObjectsV2", rest)).len(), 2);
    let some = json!({ "Bucket": BUCKET, "Prefix": "manifests/2026-01-05" });
    assert_eq!(keys(&lab.ok("s3", "ListObjectsV2", some)), ["manifests/2026-01-05.csv"]);
}

/// API-s3: `ListBuckets`.
#[test]
fn buckets_are_listed_in_pages() {
    let mut lab = Lab::new();
    let one = lab.ok("s3", "ListBuckets", json!({ "MaxBuckets": 1 }));
    assert_eq!(one["Buckets"].as_array().map(Vec::len), Some(1));
    let next = json!({ "MaxBuckets": 1, "ContinuationToken": one["ContinuationToken"] });
    let two = lab.ok("s3", "ListBuckets", next);
    assert_eq!(text(&two, "/Buckets/0/Name"), OTHER_BUCKET);
    assert_eq!(two.get("ContinuationToken"), None);
    let far = lab.ok("s3", "ListBuckets", json!({ "BucketRegion": "eu-west-1" }));
    assert_eq!(far["Buckets"], json!([]));
    for wrong in [json!({ "MaxBuckets": 10_001 }), json!({ "ContinuationToken": "?" })] {
        assert_eq!(lab.refused("s3", "ListBuckets", wrong).0, "InvalidArgument");
    }
}

/// AWS CLI, customizations/s3: sizes for people, sums, buckets by page and prefix.
#[test]
fn sizes_are_readable_and_summed_up() {
    let mut lab = Lab::new();
    let big = json!({ "Bucket": "harbor-cargo", "Key": "big", "Body": "x".repeat(1_590) });
    lab.ok("s3", "PutObject", big);
    let shown = screen(
        &mut lab.cloud,
        "aws s3 ls harbor-cargo --human-readable --summarize\n\
         aws s3 ls harbor-cargo --recursive --summarize --page-size 1\n\
         aws s3 ls --bucket-name-prefix harbor-l --summarize --human-readable\n\
         aws s3api list-buckets --max-buckets 1 --query 'Buckets[].Name' --output text\n\
         aws s3api list-buckets --page-size 1 --query 'Buckets[].Name' --output text",
    );
    expect![[r#"
        $ aws s3 ls harbor-cargo --human-readable --summarize
                                   PRE manifests/
        2026-01-05 09:00:00    1.6 KiB big
        2026-01-05 09:00:00   18 Bytes crane.txt

        Total Objects: 2
           Total Size: 1.6 KiB
        $ aws s3 ls harbor-cargo --recursive --summarize --page-size 1
        2026-01-05 09:00:00       1590 big
        2026-01-05 09:00:00         18 crane.txt
        2026-01-05 09:00:00         29 manifests/2026-01-04.csv
        2026-01-05 09:00:00         29 manifests/2026-01-05.csv

        Total Objects: 4
           Total Size: 1666
        $ aws s3 ls --bucket-name-prefix harbor-l --summarize --human-readable
        2026-01-05 09:00:00 harbor-ledger

        Total Objects: 0
           Total Size: 0 Bytes
        $ aws s3api list-buckets --max-buckets 1 --query 'Buckets[].Name' --output text
        harbor-cargo
        $ aws s3api list-buckets --page-size 1 --query 'Buckets[].Name' --output text
        harbor-cargo
        harbor-ledger
    "#]]
    .assert_eq(&shown);
}

/// API-s3: `GetObject`, `PutObject` and their errors.
#[test]
fn an_object_is_written_and_read() {
    let mut lab = Lab::new();
    let at = json!({ "Bucket": BUCKET, "Key": "new.txt" });
    let (code, sentence) = lab.refused("s3", "GetObject", at.clone());
    assert_eq!((&*code, &*sentence), ("NoSuchKey", "The specified key does not exist."));
    lab.ok("s3", "PutObject", json!({ "Bucket": BUCKET, "Key": "new.txt", "Body": "ahoy" }));
    let got = lab.ok("s3", "GetObject", at);
    assert_eq!((text(&got, "/Body"), &got["ContentLength"]), ("ahoy".to_owned(), &json!(4)));
    let (code, sentence) = lab.refused("s3", "ListObjectsV2", json!({ "Bucket": "nowhere" }));
    assert_eq!((&*code, &*sentence), ("NoSuchBucket", "The specified bucket does not exist"));
    let big = json!({ "Bucket": BUCKET, "Key": "big", "Body": "x".repeat(100_000) });
    assert_eq!(lab.refused("s3", "PutObject", big).0, "EntityTooLarge");
}

/// facts: §5; sentence with the quoted ARN: a report in terraform-aws-mcaf-securityhub-findings-manager #64.
#[test]
fn s3_quotes_the_resource_and_hides_missing_keys() {
    let read = policy("Allow", "s3:GetObject", &format!("arn:aws:s3:::{BUCKET}/*"));
    let mut lab = with_role(&[read]);
    call(&mut lab, APP, "s3", "GetObject", json!({ "Bucket": BUCKET, "Key": "crane.txt" }))
        .unwrap();
    let other = json!({ "Bucket": OTHER_BUCKET, "Key": "2025.csv" });
    let (code, sentence) = call(&mut lab, APP, "s3", "GetObject", other).unwrap_err();
    assert_eq!(code, "AccessDenied");
    assert_eq!(
        sentence,
        format!(
            "User: {SESSION} is not authorized to perform: s3:GetObject on resource: \
             \"arn:aws:s3:::{OTHER_BUCKET}/2025.csv\" because no identity-based policy allows the \
             s3:GetObject action"
        )
    );
    let missing = json!({ "Bucket": BUCKET, "Key": "nothing" });
    let (code, sentence) = call(&mut lab, APP, "s3", "GetObject", missing).unwrap_err();
    assert_eq!(code, "AccessDenied");
    assert!(sentence.contains(&format!("s3:ListBucket on resource: \"arn:aws:s3:::{BUCKET}\"")));
    let (_, sentence) = call(&mut lab, APP, "s3", "ListBuckets", json!({})).unwrap_err();
    assert!(sentence.contains("perform: s3:ListAllMyBuckets because"));
}

/// API-dynamodb.
#[test]
fn items_are_found_by_their_key() {
    let mut lab = Lab::new();
    let tables = lab.ok("dynamodb", "ListTables", json!({}));
    assert_eq!(tables["TableNames"], json!([TABLE]));
    let key = |id: &str| json!({ "TableName": TABLE, "Key": { "id": { "S": id } } });
    let got = lab.ok("dynamodb", "GetItem", key("1001"));
    assert_eq!(text(&got, "/Item/status/S"), "shipped");
    assert_eq!(lab.ok("dynamodb", "GetItem", key("9")), json!({}));
    let item = json!({ "id": { "S": "1001" }, "status": { "S": "back" } });
    let put = json!({ "TableName": TABLE, "Item": item, "ReturnValues": "ALL_OLD" });
    let old = lab.ok("dynamodb", "PutItem", put);
    assert_eq!(text(&old, "/Attributes/status/S"), "shipped");
    let bad = json!({ "TableName": TABLE, "Key": { "name": { "S": "x" } } });
    let (code, sentence) = lab.refused("dynamodb", "GetItem", bad);
    assert_eq!(code, "ValidationException");
    assert_eq!(sentence, "The provided key element does not match the schema");
    let (code, sentence) = lab.refused(
        "dynamodb",
        "GetItem",
        json!({ "TableName": "no-such", "Key": { "id": { "S": "x" } } }),
    );
    assert_eq!((&*code, &*sentence), ("ResourceNotFoundException", "Requested resource not found"));
    let conditional = json!({
        "TableName": TABLE, "Item": { "id": { "S": "1" } }, "ConditionExpression": "x",
    });
    assert_eq!(lab.refused("dynamodb", "PutItem", conditional).0, "NotInThisModel");
}

/// API-secretsmanager; a policy may name the secret with `-??????` (Secrets Manager guide).
#[test]
fn a_secret_is_named_by_name_or_arn() {
    let pattern = format!("arn:aws:secretsmanager:us-east-1:111122223333:secret:{SECRET}-??????");
    let mut lab = with_role(&[policy("Allow", "secretsmanager:GetSecretValue", &pattern)]);
    let got = lab.ok("secretsmanager", "GetSecretValue", json!({ "SecretId": SECRET }));
    let arn = text(&got, "/ARN");
    for name in [SECRET, &arn, &arn[..arn.len() - 7]] {
        let input = json!({ "SecretId": name });
        let got = call(&mut lab, APP, "secretsmanager", "GetSecretValue", input).unwrap();
        assert_eq!(text(&got, "/Name"), SECRET);
    }
    let missing = json!({ "SecretId": "none" });
    let (code, sentence) = lab.refused("secretsmanager", "GetSecretValue", missing.clone());
    assert_eq!(code, "ResourceNotFoundException");
    assert_eq!(sentence, "Secrets Manager can't find the specified secret.");
    let (code, _) = call(&mut lab, APP, "secretsmanager", "GetSecretValue", missing).unwrap_err();
    assert_eq!(code, "AccessDeniedException");
}

#[test]
fn an_empty_account_has_no_data_and_ids_are_stable() {
    let empty = Cloud::new(1, Start::Empty);
    let account = empty.account();
    assert!(account.buckets.is_empty() && account.data_tables.is_empty());
    assert!(account.secrets.is_empty());
    assert_eq!(unique_id("AROA", "x"), unique_id("AROA", "x"));
    assert_eq!(unique_id("AROA", "x").len(), 21);
}
