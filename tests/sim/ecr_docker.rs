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
        expect![[r#"
            $ docker build -t web:v1 .
            [+] Building 5.3s (7/7) FINISHED
             => [internal] load build definition from Dockerfile                     0.0s
             => [internal] load metadata for docker.io/library/nginx:1.27            0.0s
             => [internal] load build context                                        0.0s
             => [1/3] FROM nginx:1.27                                                4.5s
             => [2/3] COPY site /usr/share/nginx/html                                0.4s
             => [3/3] RUN echo "v1" > /usr/share/nginx/html/version.txt              0.4s
             => exporting to image                                                   0.0s
             => => writing image sha256:a5a5a0ddd2097ff0b25300a9088fe2c78dc4f3ca3d   0.0s
             => => naming to docker.io/library/web:v1                                0.0s
            $ docker build -t web:v2 --build-arg VERSION=v2 .
            [+] Building 0.4s (7/7) FINISHED
             => [internal] load build definition from Dockerfile                     0.0s
             => [internal] load metadata for docker.io/library/nginx:1.27            0.0s
             => [internal] load build context                                        0.0s
             => CACHED [1/3] FROM nginx:1.27                                         0.0s
             => CACHED [2/3] COPY site /usr/share/nginx/html                         0.0s
             => [3/3] RUN echo "v2" > /usr/share/nginx/html/version.txt              0.4s
             => exporting to image                                                   0.0s
             => => writing image sha256:e47f9a07a1d75eb3372df7c2eda3497ff388462644   0.0s
             => => naming to docker.io/library/web:v2                                0.0s
            $ docker images
            REPOSITORY   TAG   IMAGE ID       CREATED                  SIZE
            web          v2    e47f9a07a1d7   Less than a second ago   207MB
            web          v1    a5a5a0ddd209   Less than a second ago   207MB
            $ docker history web:v2
            IMAGE          CREATED                  CREATED BY                                          SIZE
            e47f9a07a1d7   Less than a second ago   RUN echo "v2" > /usr/share/nginx/html/version.txt   176kB
            <missing>      Less than a second ago   COPY site /usr/share/nginx/html                     14.1MB
            <missing>      Less than a second ago   FROM docker.io/library/nginx:1.27                   116MB
            <missing>      Less than a second ago   FROM docker.io/library/nginx:1.27                   77.4MB
        "#]],
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
    expect![[r#"
        $ docker push 111122223333.dkr.ecr.us-east-1.amazonaws.com/web:v1
        The push refers to repository [111122223333.dkr.ecr.us-east-1.amazonaws.com/web]
        32fac7780281: Pushed
        c0d7fb96b73e: Pushed
        96109de3e26f: Pushed
        eb6d4eaccb35: Pushed
        v1: digest: sha256:49f9cd7e1d6ad8f24978a38eff5fdd170055ec398dadf524fee5154864ef7986 size: 1096
        $ docker push 111122223333.dkr.ecr.us-east-1.amazonaws.com/web:v1
        The push refers to repository [111122223333.dkr.ecr.us-east-1.amazonaws.com/web]
        32fac7780281: Layer already exists
        c0d7fb96b73e: Layer already exists
        96109de3e26f: Layer already exists
        eb6d4eaccb35: Layer already exists
        v1: digest: sha256:49f9cd7e1d6ad8f24978a38eff5fdd170055ec398dadf524fee5154864ef7986 size: 1096
        $ docker build -t 111122223333.dkr.ecr.us-east-1.amazonaws.com/web:v2 --build-arg VERSION=v2 .
        [+] Building 0.4s (7/7) FINISHED
         => [internal] load build definition from Dockerfile                     0.0s
         => [internal] load metadata for docker.io/library/nginx:1.27            0.0s
         => [internal] load build context                                        0.0s
         => CACHED [1/3] FROM nginx:1.27                                         0.0s
         => CACHED [2/3] COPY site /usr/share/nginx/html                         0.0s
         => [3/3] RUN echo "v2" > /usr/share/nginx/html/version.txt              0.4s
         => exporting to image                                                   0.0s
         => => writing image sha256:e47f9a07a1d75eb3372df7c2eda3497ff388462644   0.0s
         => => naming to 111122223333.dkr.ecr.us-east-1.amazonaws.com/web:v2     0.0s
        $ docker push 111122223333.dkr.ecr.us-east-1.amazonaws.com/web:v2
        The push refers to repository [111122223333.dkr.ecr.us-east-1.amazonaws.com/web]
        5c0856dbd298: Pushed
        c0d7fb96b73e: Layer already exists
        96109de3e26f: Layer already exists
        eb6d4eaccb35: Layer already exists
        v2: digest: sha256:73f700d3b63e3813affed13577b841e58ab604e511e5fdeaa5b2a1979701b577 size: 1096
    "#]].assert_eq(&screen(&mut cloud, &script));
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
    expect![[r#"
        $ docker pull nginx
        Using default tag: latest
        latest: Pulling from library/nginx
        eb6d4eaccb35: Pull complete
        bcaec9150c0c: Pull complete
        Digest: sha256:0f1828f6d24e4e558a27edd2b1c747041e5cc8608a201eced79cfc9197d7f9e1
        Status: Downloaded newer image for nginx:latest
        docker.io/library/nginx:latest
        $ docker pull nginx
        Using default tag: latest
        latest: Pulling from library/nginx
        Digest: sha256:0f1828f6d24e4e558a27edd2b1c747041e5cc8608a201eced79cfc9197d7f9e1
        Status: Image is up to date for nginx:latest
        docker.io/library/nginx:latest
        $ docker pull nginx:none
        Error response from daemon: manifest for nginx:none not found: manifest unknown: manifest unknown
        [1]
        $ docker pull my/app
        Using default tag: latest
        Error response from daemon: pull access denied for my/app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied
        [1]
        $ docker tag nginx 111122223333.dkr.ecr.us-east-1.amazonaws.com/web:v1
        $ docker push 111122223333.dkr.ecr.us-east-1.amazonaws.com/web:v1
        The push refers to repository [111122223333.dkr.ecr.us-east-1.amazonaws.com/web]
        no basic auth credentials
        [1]
        $ aws ecr get-login-password --region us-east-1 | docker login --username AWS --password-stdin 111122223333.dkr.ecr.us-east-1.amazonaws.com
        Login Succeeded
        $ docker push 111122223333.dkr.ecr.us-east-1.amazonaws.com/web:v1
        The push refers to repository [111122223333.dkr.ecr.us-east-1.amazonaws.com/web]
        name unknown: The repository with name 'web' does not exist in the registry with id '111122223333'
        [1]
        $ docker push 111122223333.dkr.ecr.us-east-1.amazonaws.com/other:v1
        The push refers to repository [111122223333.dkr.ecr.us-east-1.amazonaws.com/other]
        An image does not exist locally with the tag: 111122223333.dkr.ecr.us-east-1.amazonaws.com/other
        [1]
        $ docker pull 111122223333.dkr.ecr.us-east-1.amazonaws.com/web:v1
        Error response from daemon: name unknown: The repository with name 'web' does not exist in the registry with id '111122223333'
        [1]
        $ docker push nginx
        Using default tag: latest
        The push refers to repository [docker.io/library/nginx]
        denied: requested access to the resource is denied
        [1]
        $ aws ecr create-repository --repository-name web --image-tag-mutability IMMUTABLE --query repository.repositoryUri
        "111122223333.dkr.ecr.us-east-1.amazonaws.com/web"
        $ docker push 111122223333.dkr.ecr.us-east-1.amazonaws.com/web:v1
        The push refers to repository [111122223333.dkr.ecr.us-east-1.amazonaws.com/web]
        bcaec9150c0c: Pushed
        eb6d4eaccb35: Pushed
        v1: digest: sha256:5cf614f747511dee001b4526fcdb5a57a64cb40e39665e87332168c471b45c3c size: 702
        $ docker build -t 111122223333.dkr.ecr.us-east-1.amazonaws.com/web:v1 .
        [+] Building 5.3s (7/7) FINISHED
         => [internal] load build definition from Dockerfile                     0.0s
         => [internal] load metadata for docker.io/library/nginx:1.27            0.0s
         => [internal] load build context                                        0.0s
         => [1/3] FROM nginx:1.27                                                4.5s
         => [2/3] COPY site /usr/share/nginx/html                                0.4s
         => [3/3] RUN echo "v1" > /usr/share/nginx/html/version.txt              0.4s
         => exporting to image                                                   0.0s
         => => writing image sha256:a5a5a0ddd2097ff0b25300a9088fe2c78dc4f3ca3d   0.0s
         => => naming to 111122223333.dkr.ecr.us-east-1.amazonaws.com/web:v1     0.0s
        $ docker push 111122223333.dkr.ecr.us-east-1.amazonaws.com/web:v1
        The push refers to repository [111122223333.dkr.ecr.us-east-1.amazonaws.com/web]
        32fac7780281: Pushed
        c0d7fb96b73e: Pushed
        96109de3e26f: Pushed
        eb6d4eaccb35: Layer already exists
        tag invalid: The image tag 'v1' already exists in the 'web' repository and cannot be overwritten because the tag is immutable.
        [1]
        $ docker pull 111122223333.dkr.ecr.us-east-1.amazonaws.com/web:v9
        Error response from daemon: manifest for 111122223333.dkr.ecr.us-east-1.amazonaws.com/web:v9 not found: manifest unknown: Requested image not found
        [1]
    "#]].assert_eq(&screen(&mut cloud, &script));
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
        expect![[r#"
            $ docker login --username AWS --password wrong 111122223333.dkr.ecr.us-east-1.amazonaws.com
            Error response from daemon: login attempt to https://111122223333.dkr.ecr.us-east-1.amazonaws.com/v2/ failed with status: 400 Bad Request
            [1]
            $ docker login --password-stdin
            must provide --username with --password-stdin
            [1]
            $ aws ecr describe-repositories | docker login
            Error: Cannot perform an interactive login from a non TTY device
            [1]
            $ aws ecr list-images --repository-name x | grep y
            This terminal runs one command a line: pipes, `;`, `&` and redirections are not part of it. `--query` picks values out of an answer.
            [2]
            $ docker compose up
            Docker retired Compose for Amazon ECS in November 2023. The AWS CLI, the console, AWS CDK or ECS Express Mode take its place.
            [1]
            $ docker swarm init
            docker: 'swarm' is not a docker command of this terminal. `docker` alone lists them.
            [1]
            $ docker tag a b
            Error response from daemon: No such image: a:latest
            [1]
            $ docker build
            ERROR: docker: 'docker buildx build' requires 1 argument
            [1]
        "#]],
    );
}

#[test]
fn a_blocked_registry_is_blocked_for_everybody() {
    let mut cloud = ready();
    let script =
        format!("fault block-registry\ndocker push {REGISTRY}/web:v1\ndocker pull httpd:2.4");
    let shown = screen(&mut cloud, &script);
    let said = "https://registry-1.docker.io/v2/\": net/http: request canceled while waiting";
    assert!(shown.contains(said), "{shown}");
    assert_eq!(shown.matches("request canceled while waiting").count(), 2, "{shown}");
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
