//! Who may use the registry: repository policies, other accounts, tokens; caches and replication.

use drydock::cloud::input::{Call, Input, Principal};
use drydock::cloud::rows::Kind;
use serde_json::{Value, json};

use crate::ecr_images::{put, with_repository};
use crate::ecs_fargate::{run_one, task};
use crate::ecs_start::REGISTRY;
use crate::lab::{Lab, text};

const OTHER: &str = "arn:aws:iam::444455556666:role/puller";

/// A call of somebody else: the answer, or the error's sentence.
fn by(lab: &mut Lab, who: &str, operation: &str) -> Result<Value, String> {
    let input = json!({ "repositoryName": "web", "imageIds": [{ "imageTag": "v1" }] });
    let call = Call::new("ecr", operation, input);
    let reply = lab.cloud.apply(&Input::Call { by: Principal(who.into()), call }).into_reply();
    reply.map(|value| (*value).clone()).map_err(|error| error.message)
}

/// facts/ecr §2, facts/iam §4: another account pulls where the repository's policy lets it.
#[test]
fn another_account_needs_the_repositorys_policy() {
    let mut lab = with_repository();
    put(&mut lab, "one", "v1");
    let none = lab.refused("ecr", "GetRepositoryPolicy", json!({ "repositoryName": "web" }));
    assert_eq!(none.0, "RepositoryPolicyNotFoundException");
    let denied = by(&mut lab, OTHER, "BatchGetImage").unwrap_err();
    let end = "because no resource-based policy allows the ecr:BatchGetImage action";
    assert!(denied.ends_with(end), "{denied}");
    let document = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "pull", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::444455556666:root" },
        "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    }] })
    .to_string();
    let input = json!({ "repositoryName": "web", "policyText": document });
    lab.ok("ecr", "SetRepositoryPolicy", input);
    let shown = lab.ok("ecr", "GetRepositoryPolicy", json!({ "repositoryName": "web" }));
    assert_eq!(text(&shown, "/policyText"), document);
    by(&mut lab, OTHER, "BatchGetImage").expect("allowed");
    assert!(by(&mut lab, OTHER, "BatchDeleteImage").is_err());
}

/// ECR guide, "Repository policies": a principal is needed, a resource is not named.
#[test]
fn a_policy_of_another_kind_is_refused() {
    let mut lab = with_repository();
    let statements = [
        json!({ "Effect": "Allow", "Action": "ecr:*" }),
        json!({ "Effect": "Allow", "Principal": "*", "Action": "ecr:*", "Resource": "*" }),
    ];
    for statement in statements {
        let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
        let input = json!({ "repositoryName": "web", "policyText": document.to_string() });
        let (code, said) = lab.refused("ecr", "SetRepositoryPolicy", input);
        assert_eq!(code, "InvalidParameterException");
        let sentence = "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid \
                        repository policy provided'";
        assert_eq!(said, sentence);
    }
}

/// facts/ecr §12: the first pull through a cache makes the repository.
#[test]
fn a_pull_through_cache_fills_a_repository() {
    let mut lab = Lab::new();
    let rule = json!({ "ecrRepositoryPrefix": "hub", "upstreamRegistryUrl": "public.ecr.aws" });
    lab.ok("ecr", "CreatePullThroughCacheRule", rule.clone());
    let again = lab.refused("ecr", "CreatePullThroughCacheRule", rule);
    assert_eq!(again.0, "PullThroughCacheRuleAlreadyExistsException");
    let unknown = json!({ "ecrRepositoryPrefix": "x1", "upstreamRegistryUrl": "example.com" });
    let refused = lab.refused("ecr", "CreatePullThroughCacheRule", unknown);
    assert_eq!(refused.0, "UnsupportedUpstreamRegistryException");
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    let image = format!("{REGISTRY}/hub/docker/library/nginx:1.27");
    let mut definition = crate::ecs_fargate::definition(&image, json!({}));
    let role = "arn:aws:iam::111122223333:role/ecsTaskExecutionRole";
    definition["executionRoleArn"] = json!(role);
    lab.ok("ecs", "RegisterTaskDefinition", definition);
    let arn = run_one(&mut lab);
    lab.settle();
    assert_eq!(task(&mut lab, &arn)["lastStatus"], "RUNNING");
    let row = &lab.all(Kind::Repository)[0];
    assert_eq!(row["repositoryName"], "hub/docker/library/nginx");
    let image = &lab.all(Kind::Image)[0];
    assert_eq!(image["imageTags"], json!(["1.27"]));
    assert_eq!(task(&mut lab, &arn)["containers"][0]["imageDigest"], image["imageDigest"]);
}

/// facts/ecr §12: other Regions; the registry itself is no destination.
#[test]
fn replication_is_kept() {
    let mut lab = Lab::new();
    let rules = |region: &str| {
        let to = json!([{ "region": region, "registryId": "111122223333" }]);
        json!({ "replicationConfiguration": { "rules": [{ "destinations": to }] } })
    };
    let kept = lab.ok("ecr", "PutReplicationConfiguration", rules("eu-west-1"));
    assert_eq!(kept, rules("eu-west-1"));
    let (code, _) = lab.refused("ecr", "PutReplicationConfiguration", rules("us-east-1"));
    assert_eq!(code, "InvalidParameterException");
}
