//! Policy documents: what IAM says to those that are not right, and how statements decide.

use std::sync::Arc;

use drydock::cloud::iam::check::Use;
use drydock::cloud::iam::context::Context;
use drydock::cloud::iam::decision::{Decision, Kind, Part, Reason};
use drydock::cloud::iam::evaluate::{Applied, Request, Subject, decide};
use drydock::cloud::iam::policy::Document;
use proptest::prelude::*;
use serde_json::{Value, json};

const SYNTAX: &str = "Syntax errors in policy.";
const LEGACY: &str = "The policy failed legacy parsing";
const VENDOR: &str = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";

fn said(document: &Value, used: Use) -> String {
    Document::parse(&document.to_string(), used).err().unwrap_or_default()
}

fn one(statement: Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statement })
}

/// One statement that is right except for what the test puts into it.
fn with(changes: &Value) -> Value {
    let mut statement = json!({
        "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::harbour",
    });
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => statement.as_object_mut().unwrap().remove(name),
            value => statement.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    one(statement)
}

/// The sentences were those of AWS for `CreatePolicy`; moto's tests keep a list of what was observed.
#[test]
fn the_grammar_of_a_policy_is_checked() {
    let cases = [
        (json!("text"), SYNTAX),
        (json!({ "Version": "2012-10-17" }), SYNTAX),
        (one(json!([])), SYNTAX),
        (one(json!(["x"])), SYNTAX),
        (json!({ "Version": "2013-10-17", "Statement": {} }), SYNTAX),
        (with(&json!({ "Berth": 1 })), SYNTAX),
        (with(&json!({ "Effect": null })), SYNTAX),
        (with(&json!({ "Effect": "maybe" })), SYNTAX),
        (with(&json!({ "Effect": "allow" })), LEGACY),
        (with(&json!({ "Sid": [] })), SYNTAX),
        (with(&json!({ "NotAction": "s3:*" })), SYNTAX),
        (with(&json!({ "NotResource": "*" })), SYNTAX),
        (with(&json!({ "Resource": { "a": "*" } })), SYNTAX),
        (with(&json!({ "Condition": [] })), SYNTAX),
        (with(&json!({ "Condition": { "Like": { "a": "1" } } })), SYNTAX),
        (with(&json!({ "Condition": { "DateLessThan": { "a": {} } } })), SYNTAX),
        (with(&json!({ "Condition": { "DateLessThan": { "a": "soon" } } })), LEGACY),
    ];
    for (document, sentence) in cases {
        assert_eq!(said(&document, Use::Managed), sentence, "{document}");
    }
}

#[test]
fn actions_and_resources_of_a_policy_are_named_in_full() {
    let cases = [
        (with(&json!({ "Action": null })), "Policy statement must contain actions."),
        (with(&json!({ "Action": [] })), "Policy statement must contain actions."),
        (with(&json!({ "Action": "list" })), VENDOR),
        (with(&json!({ "Action": "a a:List" })), "Vendor a a is not valid"),
        (with(&json!({ "Action": "s3:a:b" })), "Actions/Condition can contain only one colon."),
        (with(&json!({ "Resource": null })), "Policy statement must contain resources."),
        (with(&json!({ "Resource": [] })), "Policy statement must contain resources."),
        (with(&json!({ "Resource": "pier" })), "Resource pier must be in ARN format or \"*\"."),
        (
            with(&json!({ "Resource": "a:b:c:d:e:f:g:h" })),
            "Partition \"b\" is not valid for resource \"arn:b:c:d:e:f:g:h\".",
        ),
        (
            with(&json!({ "Resource": "a:pier" })),
            "Partition \"pier\" is not valid for resource \"arn:pier:*:*:*:*\".",
        ),
        (
            with(&json!({ "Resource": "aws:s3:::pier" })),
            "Partition \"s3\" is not valid for resource \"arn:s3:::pier:*\".",
        ),
        (
            with(&json!({ "Resource": "arn:aws" })),
            "Resource vendor must be fully qualified and cannot contain regexes.",
        ),
        (with(&json!({ "Resource": "arn:aws:s3::pier" })), LEGACY),
        (
            with(&json!({ "Resource": "arn:aws:s3:us-east-1::pier" })),
            "Resource arn:aws:s3:us-east-1::pier can not contain region information.",
        ),
        (
            with(&json!({ "Resource": "arn:aws:iam:us-east-1::role/x" })),
            "IAM resource arn:aws:iam:us-east-1::role/x cannot contain region information.",
        ),
        (
            with(&json!({ "Principal": { "AWS": "*" } })),
            "Policy document should not specify a principal.",
        ),
        (
            one(json!([
                { "Sid": "a", "Effect": "Allow", "Action": "s3:*", "Resource": "*" },
                { "Sid": "a", "Effect": "Allow" },
            ])),
            "Statement IDs (SID) in a single policy must be unique.",
        ),
        (
            json!({ "Version": "2008-10-17", "Statement": with(&json!({}))["Statement"] }),
            "Policy document must be version 2012-10-17 or greater.",
        ),
    ];
    for (document, sentence) in cases {
        assert_eq!(said(&document, Use::Managed), sentence, "{document}");
    }
    assert!(said(&with(&json!({ "Resource": "arn:aws:iam:::pier" })), Use::Managed).starts_with(
        "IAM resource path must either be \"*\" or start with user/, federated-user/"
    ));
}

#[test]
fn good_policies_are_taken() {
    let cases = [
        with(&json!({})),
        with(&json!({ "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::a/*", "*"] })),
        with(&json!({ "Action": "*" })),
        with(&json!({ "Resource": null, "NotResource": "arn:aws:iam::111122223333:role/x" })),
        with(&json!({ "Condition": { "Bool": { "aws:SecureTransport": true } } })),
        with(&json!({ "Condition": { "DateLessThan": { "aws:CurrentTime": "2026-01-05" } } })),
        with(&json!({ "Condition": {} })),
    ];
    for document in cases {
        assert_eq!(said(&document, Use::Managed), "", "{document}");
    }
    let old = json!({ "Statement": with(&json!({}))["Statement"] });
    assert_eq!(said(&old, Use::Inline), "");
}

/// Sentences: reports in public issue trackers (terraform-provider-aws, aws-samples).
#[test]
fn a_trust_policy_names_a_principal_and_no_resource() {
    let trust = |statement: Value| said(&one(statement), Use::Trust);
    let who = json!({ "Service": "ecs-tasks.amazonaws.com" });
    assert_eq!(
        trust(json!({ "Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole" })),
        ""
    );
    assert_eq!(
        trust(json!({
            "Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole", "Resource": "*",
        })),
        "Has prohibited field Resource"
    );
    assert_eq!(
        trust(json!({ "Effect": "Allow", "Action": "sts:AssumeRole" })),
        "Missing required field Principal"
    );
    assert_eq!(
        trust(json!({ "Effect": "Allow", "Principal": who, "Action": "s3:GetObject" })),
        "AssumeRole policy may only specify STS AssumeRole actions."
    );
    assert_eq!(
        Document::parse("file.json", Use::Trust).err().as_deref(),
        Some("This policy contains invalid Json")
    );
}

// How statements decide.

const TASK: &str = "arn:aws:sts::111122223333:assumed-role/app/1234";
const ROLE: &str = "arn:aws:iam::111122223333:role/app";
const OBJECT: &str = "arn:aws:s3:::harbour/crane.txt";

fn subject() -> Subject {
    Subject { arn: Arc::from(TASK), role: Some(Arc::from(ROLE)) }
}

fn policy(kind: Kind, statements: Value) -> Applied {
    let used = match kind {
        Kind::Trust => Use::Trust,
        Kind::Resource => Use::Resource,
        _ => Use::Inline,
    };
    let document = Document::parse(&one(statements).to_string(), used).unwrap();
    Applied { kind, name: Arc::from("it"), policy: document.policy }
}

fn ask(policies: &[Applied]) -> Decision {
    let (subject, context) = (subject(), Context::default());
    let request =
        Request { subject: &subject, action: "s3:GetObject", resource: OBJECT, context: &context };
    decide(&request, policies)
}

fn allow() -> Value {
    json!({ "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::harbour/*" })
}

/// facts: §4, IAM/reference_policies_evaluation-logic.
#[test]
fn nothing_is_allowed_until_a_statement_allows_it() {
    assert_eq!(ask(&[]).reason, Reason::ImplicitDeny(Kind::Identity));
    let yes = ask(&[policy(Kind::Identity, allow())]);
    assert_eq!(yes.reason, Reason::Allowed(0));
    assert_eq!(yes.because(), "");
    assert_eq!(
        yes.says(),
        "Statement 1 of identity-based policy it allows it, and nothing denies it."
    );
    assert_eq!(
        ask(&[]).says(),
        "No identity-based policy allows it. What is not allowed is denied."
    );
}

/// facts: §6.5.
#[test]
fn an_explicit_deny_beats_every_allow() {
    let deny = json!({ "Effect": "Deny", "Action": "s3:*", "Resource": "*" });
    let no = ask(&[policy(Kind::Identity, json!([allow(), deny]))]);
    assert_eq!(no.reason, Reason::ExplicitDeny(1));
    assert_eq!(
        no.sentence(),
        format!(
            "User: {TASK} is not authorized to perform: s3:GetObject on resource: {OBJECT} with an \
             explicit deny in an identity-based policy"
        )
    );
}

/// facts: §6.7. The steps say which part did not match, and why.
#[test]
fn the_bucket_is_not_its_objects() {
    let no = ask(&[policy(
        Kind::Identity,
        json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::harbour" }),
    )]);
    assert_eq!(no.reason, Reason::ImplicitDeny(Kind::Identity));
    assert!(
        no.sentence().ends_with("because no identity-based policy allows the s3:GetObject action")
    );
    let [action, resource] = no.steps[0].tests.as_slice() else { panic!("{no:?}") };
    assert_eq!((action.part, action.matched), (Part::Action, true));
    assert_eq!((resource.part, resource.matched), (Part::Resource, false));
    assert_eq!(resource.why, format!("{OBJECT} is not in Resource: arn:aws:s3:::harbour"));
}

#[test]
fn not_action_and_not_resource_are_everything_else() {
    let but = |name: &str| json!({ "Effect": "Allow", "NotAction": name, "NotResource": "arn:aws:s3:::vault/*" });
    assert!(ask(&[policy(Kind::Identity, but("iam:*"))]).allowed());
    assert!(!ask(&[policy(Kind::Identity, but("s3:get*"))]).allowed());
}

#[test]
fn every_condition_has_to_hold() {
    let (subject, mut context) = (subject(), Context::default());
    context.set("aws:RequestedRegion", "us-east-1");
    let statement = json!({
        "Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": {
            "StringEquals": { "aws:RequestedRegion": ["us-east-1", "eu-west-1"] },
            "Bool": { "aws:SecureTransport": "true" },
        },
    });
    let request =
        Request { subject: &subject, action: "s3:GetObject", resource: "*", context: &context };
    let no = decide(&request, &[policy(Kind::Identity, statement.clone())]);
    assert!(!no.allowed());
    let tests = &no.steps[0].tests;
    assert_eq!(
        tests.iter().map(|test| test.matched).collect::<Vec<_>>(),
        [true, true, true, false]
    );
    assert_eq!(
        tests[3].why,
        "Bool: aws:SecureTransport is not part of this request; asked for true"
    );
    context.set("aws:SecureTransport", "true");
    let request =
        Request { subject: &subject, action: "s3:GetObject", resource: "*", context: &context };
    assert!(decide(&request, &[policy(Kind::Identity, statement)]).allowed());
}

/// IAM guide, "Permissions boundaries".
#[test]
fn a_boundary_limits_and_never_grants() {
    let only_reads = json!({ "Effect": "Allow", "Action": "dynamodb:*", "Resource": "*" });
    let no = ask(&[policy(Kind::Identity, allow()), policy(Kind::Boundary, only_reads)]);
    assert_eq!(no.reason, Reason::ImplicitDeny(Kind::Boundary));
    assert!(
        no.sentence().ends_with("because no permissions boundary allows the s3:GetObject action")
    );
    let no = ask(&[policy(Kind::Boundary, allow())]);
    assert_eq!(no.reason, Reason::ImplicitDeny(Kind::Identity));
    assert!(ask(&[policy(Kind::Identity, allow()), policy(Kind::Boundary, allow())]).allowed());
}

/// IAM guide, "Policy evaluation for requests within a single account".
#[test]
fn a_resource_policy_allows_on_its_own_only_whom_it_names() {
    let names = |principal: &str| {
        let statement = json!({
            "Effect": "Allow", "Principal": { "AWS": principal }, "Action": "s3:*",
            "Resource": "*",
        });
        policy(Kind::Resource, statement)
    };
    assert!(ask(&[names(ROLE)]).allowed());
    assert!(ask(&[names(TASK)]).allowed());
    assert!(ask(&[names("*")]).allowed());
    assert!(!ask(&[names("arn:aws:iam::111122223333:role/other")]).allowed());
    let account = names("arn:aws:iam::111122223333:root");
    assert!(!ask(std::slice::from_ref(&account)).allowed());
    assert!(ask(&[account, policy(Kind::Identity, allow())]).allowed());
}

proptest! {
    /// Whatever is written, reading it ends with a document or a sentence.
    #[test]
    fn reading_never_panics(text in ".{0,200}", used in 0..4_usize) {
        let used = [Use::Managed, Use::Inline, Use::Trust, Use::Resource][used];
        let _ = Document::parse(&text, used);
        let statement = json!({
            "Effect": "Allow", "Action": text, "Resource": text, "Principal": text,
            "Condition": { "StringLike": { text.as_str(): text } },
        });
        let _ = Document::parse(&one(statement).to_string(), used);
    }

    /// Any request against any statement ends with a decision, and only an allow can allow.
    #[test]
    fn deciding_never_panics(
        pattern in "[a-z*?:${}, ]{0,30}", resource in "[a-z*?:/]{0,30}", deny in any::<bool>()
    ) {
        let effect = if deny { "Deny" } else { "Allow" };
        let text = one(json!({
            "Effect": effect, "Action": "*", "Resource": format!("arn:aws:{pattern}:::*"),
        }));
        if let Ok(document) = Document::parse(&text.to_string(), Use::Inline) {
            let (subject, context) = (subject(), Context::default());
            let request =
                Request { subject: &subject, action: "a:b", resource: &resource, context: &context };
            let applied =
                Applied { kind: Kind::Identity, name: Arc::from("p"), policy: document.policy };
            let decision = decide(&request, &[applied]);
            prop_assert!(!(deny && decision.allowed()));
        }
    }
}
