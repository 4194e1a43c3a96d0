//! `curl`: a client's request from the terminal.

use drydock::cli::{complete, run};
use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use expect_test::{Expect, expect};

use crate::cli_support::screen;
use crate::played::play;

/// A load balancer without targets that anybody reaches.
fn balanced() -> Cloud {
    let mut cloud = Cloud::new(3, Start::DefaultVpc);
    let mut ask = |line: &str| play(&mut cloud, line).trim().to_owned();
    let public = "aws ec2 describe-subnets --filters Name=map-public-ip-on-launch,Values=true --output text --query";
    let subnets = ask(&format!("{public} 'Subnets[:2].SubnetId'"));
    let vpc = ask(&format!("{public} 'Subnets[0].VpcId'"));
    let create = format!(
        "aws elbv2 create-load-balancer --name web --subnets {subnets} --output text --query"
    );
    let balancer = ask(&format!("{create} 'LoadBalancers[0].LoadBalancerArn'"));
    let create = format!(
        "aws elbv2 create-target-group --name web --protocol HTTP --port 80 --target-type ip \
        --vpc-id {vpc} --output text --query"
    );
    let group = ask(&format!("{create} 'TargetGroups[0].TargetGroupArn'"));
    ask(&format!(
        "aws elbv2 create-listener --load-balancer-arn {balancer} --protocol HTTP --port 80 \
        --default-actions Type=forward,TargetGroupArn={group}"
    ));
    cloud
}

fn check(script: &str, expected: Expect) {
    let mut cloud = balanced();
    let name = run(
        &mut cloud,
        "aws elbv2 describe-load-balancers --query 'LoadBalancers[0].DNSName' --output text",
    );
    let name = name.stdout.trim();
    expected.assert_eq(&screen(&mut cloud, &script.replace("LB", name)).replace(name, "LB"));
}

const OPEN: &str = "aws ec2 authorize-security-group-ingress --group-name default --protocol tcp --port 80 \
    --cidr 0.0.0.0/0 --query Return";

#[test]
fn nobody_answers() {
    check(
        "curl LB",
        expect![[r#"
        $ curl LB
        curl: (28) Failed to connect to LB port 80: Connection timed out
        [28]
    "#]],
    );
    check(
        "curl -s LB",
        expect![[r#"
        $ curl -s LB
        [28]
    "#]],
    );
    check(
        &format!(
            "{OPEN}\ncurl http://LB/\ncurl -i LB/a/b\ncurl -s -o /dev/null -w '%{{http_code}}\\n' LB\ncurl -v LB"
        ),
        expect![[r#"
            $ aws ec2 authorize-security-group-ingress --group-name default --protocol tcp --port 80 --cidr 0.0.0.0/0 --query Return
            true
            $ curl http://LB/
            <html>
            <head><title>503 Service Temporarily Unavailable</title></head>
            <body>
            <center><h1>503 Service Temporarily Unavailable</h1></center>
            </body>
            </html>
            $ curl -i LB/a/b
            HTTP/1.1 503 Service Temporarily Unavailable
            Server: awselb/2.0

            <html>
            <head><title>503 Service Temporarily Unavailable</title></head>
            <body>
            <center><h1>503 Service Temporarily Unavailable</h1></center>
            </body>
            </html>
            $ curl -s -o /dev/null -w '%{http_code}\n' LB
            503
            $ curl -v LB
            * The client reaches web on port 80.
            * No rule speaks of it: the default action decides.
            * The target group has no target that could take the request.
            <html>
            <head><title>503 Service Temporarily Unavailable</title></head>
            <body>
            <center><h1>503 Service Temporarily Unavailable</h1></center>
            </body>
            </html>
        "#]],
    );
}

#[test]
fn what_curl_refuses() {
    check(
        "curl\ncurl http://elsewhere.example/\ncurl --what LB\ncurl https://LB/",
        expect![[r#"
        $ curl
        usage: curl http://<DNS name of a load balancer>/<path>
        [2]
        $ curl http://elsewhere.example/
        curl: (6) Could not resolve host: elsewhere.example
        [6]
        $ curl --what LB
        curl: option --what: is unknown
        [2]
        $ curl https://LB/
        Only http is simulated here, without encryption.
        [1]
    "#]],
    );
}

#[test]
fn addresses_complete() {
    let cloud = balanced();
    let found = complete(&cloud, "curl http");
    assert_eq!(found.len(), 1);
    assert!(found[0].text.starts_with("http://web-") && found[0].note == "web", "{found:?}");
}

// A listener answers on its own port; curl: -f, short flags in one word, exit status 22.
#[test]
fn each_port_has_its_listener() {
    let listener = "aws elbv2 create-listener --load-balancer-arn BALANCER --protocol HTTP --port 8080 \
        --query 'Listeners[0].Port' --default-actions \
        'Type=fixed-response,FixedResponseConfig={StatusCode=404,MessageBody=other,ContentType=text/plain}'";
    let mut cloud = balanced();
    let arn = "aws elbv2 describe-load-balancers --query 'LoadBalancers[0].LoadBalancerArn' --output text";
    let arn = run(&mut cloud, arn).stdout;
    let name = "aws elbv2 describe-load-balancers --query 'LoadBalancers[0].DNSName' --output text";
    let name = run(&mut cloud, name).stdout;
    screen(&mut cloud, &listener.replace("BALANCER", arn.trim()));
    screen(&mut cloud, &OPEN.replace("--port 80", "--port 0-65535"));
    let script = "curl -so /dev/null -w '%{http_code}' LB\ncurl -is LB:8080/x\ncurl -sf LB:8080\ncurl -f LB:8080\n\
        curl -XHEAD -m5 LB:9090\ncurl LB:port";
    let said = screen(&mut cloud, &script.replace("LB", name.trim())).replace(name.trim(), "LB");
    expect![[r#"
        $ curl -so /dev/null -w '%{http_code}' LB
        503$ curl -is LB:8080/x
        HTTP/1.1 404 Not Found
        Server: awselb/2.0
        Content-Type: text/plain; charset=utf-8

        other
        $ curl -sf LB:8080
        [22]
        $ curl -f LB:8080
        curl: (22) The requested URL returned error: 404
        [22]
        $ curl -XHEAD -m5 LB:9090
        curl: (7) Failed to connect to LB port 9090: Connection refused
        [7]
        $ curl LB:port
        curl: (3) URL using bad/illegal format or missing URL
        [3]
    "#]]
    .assert_eq(&said);
}
