//! `docker` in the terminal: building, logging in, pushing, pulling, as Docker prints it.

use drydock::cli;
use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use expect_test::expect;

use crate::cli_support::{check, screen};
use crate::ecs_start::REGISTRY;

const LOGIN: &str = "aws ecr get-login-password --region us-east-1 | docker login --username AWS \
    --password-stdin 111122223333.dkr.ecr.us-east-1.amazonaws.com";

fn quietly(cloud: &mut Cloud, lines: &[&str]) {
    for line in lines {
        let printed = cli::run(cloud, line);
        assert_eq!((printed.status, &*printed.stderr), (0, ""), "{line}");
    }
}

/// An account with the repository `web`, an image `web:v1` and a login.
fn ready() -> Cloud {
    let mut cloud = Cloud::new(1, Start::DefaultVpc);
    let tag = format!("docker tag web:v1 {REGISTRY}/web:v1");
    let create = "aws ecr create-repository --repository-name web";
    quietly(&mut cloud, &[create, "docker build -t web:v1 .", &tag, LOGIN]);
    cloud
}

#[test]
fn an_image_is_built_layer_by_layer() {
    check(
        "docker build -t web:v1 .\ndocker build -t web:v2 --build-arg VERSION=v2 .\ndocker images\n\
         docker history web:v2",
        expect![[r#""#]],
    );
}

/// facts/ecr §3, §4: layers first, the manifest last; what is there already is skipped.
#[test]
fn a_second_push_sends_only_what_is_new() {
    let mut cloud = ready();
    let script = format!(
        "docker push {REGISTRY}/web:v1\ndocker push {REGISTRY}/web:v1\n\
         docker build -t {REGISTRY}/web:v2 --build-arg VERSION=v2 .\ndocker push {REGISTRY}/web:v2"
    );
    expect![[r#""#]].assert_eq(&screen(&mut cloud, &script));
}

/// facts/ecr §7: what Docker says.
#[test]
fn refused_pushes_and_pulls_have_dockers_words() {
    let mut cloud = Cloud::new(1, Start::DefaultVpc);
    let script = format!(
        "docker pull nginx\ndocker pull nginx\ndocker pull nginx:none\ndocker pull my/app\n\
         docker tag nginx {REGISTRY}/web:v1\ndocker push {REGISTRY}/web:v1\n{LOGIN}\n\
         docker push {REGISTRY}/web:v1\ndocker push {REGISTRY}/other:v1\n\
         docker pull {REGISTRY}/web:v1\ndocker push nginx\n\
         aws ecr create-repository --repository-name web --image-tag-mutability IMMUTABLE --query \
         repository.repositoryUri\ndocker push {REGISTRY}/web:v1\n\
         docker build -t {REGISTRY}/web:v1 .\ndocker push {REGISTRY}/web:v1\n\
         docker pull {REGISTRY}/web:v9"
    );
    expect![[r#""#]].assert_eq(&screen(&mut cloud, &script));
}

/// facts/ecr §3: a token is good for twelve hours.
#[test]
fn a_login_expires_after_twelve_hours() {
    let mut cloud = ready();
    let script =
        format!("wait 11h\ndocker push {REGISTRY}/web:v1\nwait 1h\ndocker pull {REGISTRY}/web:v1");
    let shown = screen(&mut cloud, &script);
    let end = "Error response from daemon: denied: Your authorization token has expired. \
               Reauthenticate and try again.\n[1]\n";
    assert!(shown.ends_with(end), "{shown}");
}

#[test]
fn a_login_needs_the_right_password() {
    check(
        "docker login --username AWS --password wrong 111122223333.dkr.ecr.us-east-1.amazonaws.com\n\
         docker login --password-stdin\naws ecr describe-repositories | docker login\n\
         aws ecr list-images --repository-name x | grep y\ndocker compose up\ndocker swarm init\n\
         docker tag a b\ndocker build",
        expect![[r#""#]],
    );
}

/// facts/ecr §5: from one machine to another, by tag and by digest.
#[test]
fn a_pull_fetches_what_is_not_there() {
    let mut cloud = ready();
    quietly(&mut cloud, &[&format!("docker push {REGISTRY}/web:v1")]);
    let shown = screen(&mut cloud, &format!("docker pull {REGISTRY}/web:v1"));
    assert!(shown.contains("Status: Image is up to date for 111122223333.dkr"), "{shown}");
    let digest = shown.split("Digest: ").nth(1).and_then(|rest| rest.lines().next()).unwrap();
    let shown = screen(&mut cloud, &format!("docker pull {REGISTRY}/web@{digest}"));
    assert!(shown.contains(&format!("Digest: {digest}")), "{shown}");
    assert!(!shown.contains("Pull complete"), "{shown}");
}
