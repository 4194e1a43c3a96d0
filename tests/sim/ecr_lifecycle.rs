//! Lifecycle policies: which images expire, by which rule, and when.

use drydock::cloud::ecr::image::Image;
use drydock::cloud::ecr::lifecycle::Policy;
use drydock::cloud::time::{DAY, SimTime};
use serde_json::{Value, json};

use crate::ecr_images::{put, with_repository};
use crate::lab::{Lab, text};

/// An image with a name for its digest, pushed so many days ago.
fn image(name: &str, tags: &[&str], days: u64) -> Image {
    let text = |text: &str| std::sync::Arc::from(text);
    Image {
        digest: text(name),
        manifest: text("{}"),
        media: text(""),
        config: text(""),
        layers: Vec::new(),
        size: 1,
        pushed: SimTime(SimTime::START.0 - days * DAY),
        tags: tags.iter().map(|tag| text(tag)).collect(),
        scan: None,
        pulled: None,
    }
}

fn rule(number: u32, select: &Value) -> Value {
    json!({ "rulePriority": number, "selection": select, "action": { "type": "expire" } })
}

fn keep(status: &str, patterns: &[&str]) -> Value {
    let mut select =
        json!({ "tagStatus": status, "countType": "imageCountMoreThan", "countNumber": 1 });
    if !patterns.is_empty() {
        select["tagPatternList"] = json!(patterns);
    }
    select
}

/// The names of the images that expire, with their rules.
fn expiring(images: &[Image], rules: &[Value]) -> Vec<String> {
    let policy = Policy::parse(&json!({ "rules": rules }).to_string()).expect("a policy");
    let mut found: Vec<String> = policy
        .expiring(images, SimTime::START)
        .into_iter()
        .map(|(digest, rule)| format!("{digest}{rule}"))
        .collect();
    found.sort();
    found
}

/// facts/ecr §10, test vectors 1 and 2: what a rule is about, no later rule expires.
#[test]
fn the_rule_with_the_lowest_number_protects_what_it_is_about() {
    let images = [
        image("A", &["beta-1", "prod-1"], 10),
        image("B", &["beta-2", "prod-2"], 9),
        image("C", &["beta-3"], 8),
    ];
    let (prod, beta) = (keep("tagged", &["prod*"]), keep("tagged", &["beta*"]));
    assert_eq!(expiring(&images, &[rule(1, &prod), rule(2, &beta)]), ["A1"]);
    assert_eq!(expiring(&images, &[rule(1, &beta), rule(2, &prod)]), ["A1", "B1"]);
    // The order in the document does not count.
    assert_eq!(expiring(&images, &[rule(2, &beta), rule(1, &prod)]), ["A1"]);
}

/// facts/ecr §10, test vectors 3 and 4.
#[test]
fn any_comes_last_and_still_counts_what_is_gone() {
    let images = [
        image("A", &["v1"], 4),
        image("B", &["v2"], 3),
        image("C", &[], 2),
        image("D", &["v3"], 1),
    ];
    assert_eq!(expiring(&images, &[rule(1, &keep("any", &[]))]), ["A1", "B1", "C1"]);
    let images = [
        image("A", &["alpha-1", "beta-1"], 4),
        image("B", &[], 3),
        image("C", &["alpha-2"], 2),
        image("D", &["9f1c"], 1),
        image("E", &[], 1),
    ];
    let since = json!({
        "tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days",
        "countNumber": 1,
    });
    let rules =
        [rule(1, &keep("tagged", &["alpha*"])), rule(2, &since), rule(3, &keep("any", &[]))];
    assert_eq!(expiring(&images, &rules), ["A1", "B2", "D3"]);
}

/// facts/ecr §10, point 6: several patterns have to match all, each by any tag.
#[test]
fn several_patterns_have_to_match_together() {
    let images =
        [image("A", &["v1-eu", "prod"], 3), image("B", &["v2-eu"], 2), image("C", &["prod"], 1)];
    let both = keep("tagged", &["*-eu", "prod"]);
    let since = json!({
        "tagStatus": "tagged", "tagPrefixList": ["prod"], "countType": "sinceImagePushed",
        "countUnit": "days", "countNumber": 2,
    });
    assert!(expiring(&images, &[rule(1, &both)]).is_empty());
    assert_eq!(expiring(&images, &[rule(1, &since)]), ["A1"]);
}

/// Sentences: MOTO:moto/ecr/policy_validation.py.
#[test]
fn a_policy_that_makes_no_sense_is_refused() {
    let mut lab = with_repository();
    let pad = " ".repeat(120);
    let mut said = |policy: &str| {
        let text = format!("{policy}{pad}");
        let input = json!({ "repositoryName": "web", "lifecyclePolicyText": text });
        let (code, said) = lab.refused("ecr", "PutLifecyclePolicy", input);
        assert_eq!(code, "InvalidParameterException");
        let start = "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: \
                     'Lifecycle policy validation failure: ";
        said.strip_prefix(start).expect("the usual start").to_owned()
    };
    assert_eq!(said("{"), "Could not map policyString into LifecyclePolicy.'");
    assert_eq!(said("{}"), "object has missing required properties ([\"rules\"])'");
    let any = keep("any", &[]);
    let list = |rules: &[Value]| json!({ "rules": rules }).to_string();
    assert_eq!(said(&list(&[rule(1, &any), rule(1, &any)])), "Rule priorities must be unique'");
    let last = "The rule with tagStatus any must have the highest rulePriority'";
    assert_eq!(said(&list(&[rule(1, &any), rule(2, &keep("untagged", &[]))])), last);
    let mut wrong = any.clone();
    wrong["countNumber"] = json!(0);
    let least = "numeric instance is lower than the required minimum (minimum: 1, found: 0)'";
    assert_eq!(said(&list(&[rule(1, &wrong)])), least);
    wrong["countNumber"] = json!(1);
    wrong["colour"] = json!("red");
    let known =
        "object instance has properties which are not allowed by the schema: ([\"colour\"])'";
    assert_eq!(said(&list(&[rule(1, &wrong)])), known);
}

fn policy_text() -> String {
    json!({ "rules": [rule(1, &keep("any", &[]))] }).to_string() + &" ".repeat(40)
}

fn count(lab: &mut Lab) -> usize {
    let shown = lab.ok("ecr", "DescribeImages", json!({ "repositoryName": "web" }));
    shown["imageDetails"].as_array().unwrap().len()
}

/// facts/ecr §10: the preview says what would expire, and deletes nothing.
#[test]
fn a_preview_tells_and_deletes_nothing() {
    let mut lab = with_repository();
    put(&mut lab, "one", "v1");
    put(&mut lab, "two", "v2");
    let web = json!({ "repositoryName": "web" });
    let none = lab.refused("ecr", "GetLifecyclePolicyPreview", web.clone());
    assert_eq!(none.0, "LifecyclePolicyPreviewNotFoundException");
    let none = lab.refused("ecr", "StartLifecyclePolicyPreview", web.clone());
    assert_eq!(none.0, "LifecyclePolicyNotFoundException");
    let input = json!({ "repositoryName": "web", "lifecyclePolicyText": policy_text() });
    let started = lab.ok("ecr", "StartLifecyclePolicyPreview", input);
    assert_eq!(started["status"], "IN_PROGRESS");
    lab.wait(20);
    let shown = lab.ok("ecr", "GetLifecyclePolicyPreview", web);
    assert_eq!(shown["status"], "COMPLETE");
    assert_eq!(shown["summary"]["expiringImageTotalCount"], 1);
    assert_eq!(shown["previewResults"][0]["imageTags"], json!(["v1"]));
    assert_eq!(shown["previewResults"][0]["appliedRulePriority"], 1);
    assert_eq!(count(&mut lab), 2);
}

/// facts/ecr §10: the effect comes within 24 hours, not at once, and goes on.
#[test]
fn a_policy_works_within_a_day_and_goes_on() {
    let mut lab = with_repository();
    put(&mut lab, "one", "v1");
    put(&mut lab, "two", "v2");
    let input = json!({ "repositoryName": "web", "lifecyclePolicyText": policy_text() });
    lab.ok("ecr", "PutLifecyclePolicy", input);
    assert_eq!(count(&mut lab), 2);
    lab.wait(24 * 3_600);
    assert_eq!(count(&mut lab), 1);
    let shown = lab.ok("ecr", "GetLifecyclePolicy", json!({ "repositoryName": "web" }));
    assert!(shown["lastEvaluatedAt"].as_f64().is_some());
    assert_eq!(text(&shown, "/lifecyclePolicyText"), policy_text());
    put(&mut lab, "three", "v3");
    lab.wait(24 * 3_600);
    assert_eq!(count(&mut lab), 1);
}
