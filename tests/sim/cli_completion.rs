//! Completion of words and of live names.

use drydock::cli::complete;
use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use expect_test::{Expect, expect};

use crate::played::play;

fn completions(setup: &str, text: &str, expected: Expect) {
    let mut cloud = Cloud::new(1, Start::DefaultVpc);
    for line in setup.lines() {
        play(&mut cloud, line);
    }
    let lines: Vec<String> = complete(&cloud, text)
        .iter()
        .take(12)
        .map(|found| format!("{}{} | {}\n", &text[..found.replace_from], found.text, found.note))
        .collect();
    expected.assert_eq(&lines.concat());
}

#[test]
fn completion_of_words() {
    completions(
        "",
        "",
        expect![[r#"
            aws | Calls AWS, as AWS CLI v2 does. `aws help` lists the services.
            wait | Lets virtual time pass: `wait 90s`.
            settle | Lets time pass until nothing is going on any more, 10 minutes at most: `settle 30m`.
            fault | Breaks or mends something. `fault` alone lists what.
            traffic | Sends requests to a load balancer: `traffic web 50` is 50 a second.
            curl | Sends one request: `curl http://<DNS name of a load balancer>/`.
            inside | Runs `aws` in a container: `inside web aws s3api list-buckets`.
            docker | Builds, pushes and pulls images. `docker` alone lists what it can.
            bill | Shows what the account costs an hour, and has cost so far.
            ls | Lists the files that `file://` finds.
            cat | Shows a file: `cat task.json`.
            help | Lists these words.
        "#]],
    );
    completions(
        "",
        "a",
        expect![[r#"
        aws | Calls AWS, as AWS CLI v2 does. `aws help` lists the services.
    "#]],
    );
    completions(
        "",
        "aws e",
        expect![[r#"
        aws ec2 | Virtual machines, and the networks they are in.
        aws ecr | Keeps container images.
        aws ecs | Runs containers: as single tasks, and as services that keep them running.
        aws eks | Runs Kubernetes.
        aws elbv2 | Load balancers: they pass requests on to targets.
    "#]],
    );
    completions(
        "",
        "aws ecs run",
        expect![[r#"
        aws ecs run-task | Starts tasks that belong to no service, where ECS finds a place for them.
    "#]],
    );
    completions(
        "",
        "aws ecs run-task ",
        expect![[r#"
        aws ecs run-task --task-definition | needed
        aws ecs run-task help | 
    "#]],
    );
    completions(
        "",
        "aws ecs run-task --cl",
        expect![[r#"
        aws ecs run-task --cluster | 
        aws ecs run-task --client-token | 
        aws ecs run-task --cli-input-json | 
        aws ecs run-task --cli-read-timeout | Accepted without effect.
        aws ecs run-task --cli-connect-timeout | Accepted without effect.
        aws ecs run-task --cli-binary-format | How bytes are given: base64 or raw-in-base64-out.
        aws ecs run-task --cli-auto-prompt | Accepted without effect.
    "#]],
    );
    completions(
        "",
        "aws ecs run-task --task-definition web --launch-type ",
        expect![[r#"
        aws ecs run-task --task-definition web --launch-type EC2 | 
        aws ecs run-task --task-definition web --launch-type FARGATE | 
        aws ecs run-task --task-definition web --launch-type EXTERNAL | 
        aws ecs run-task --task-definition web --launch-type MANAGED_INSTANCES | 
    "#]],
    );
    completions(
        "",
        "aws --output ",
        expect![[r#"
        aws --output json | 
        aws --output text | 
        aws --output table | 
        aws --output yaml | 
        aws --output yaml-stream | 
    "#]],
    );
    completions(
        "",
        "aws ecs list-clusters --output t",
        expect![[r#"
        aws ecs list-clusters --output text | 
        aws ecs list-clusters --output table | 
    "#]],
    );
    completions(
        "",
        "aws ecs wait ",
        expect![[r#"
        aws ecs wait services-inactive | 
        aws ecs wait services-stable | 
        aws ecs wait tasks-running | 
        aws ecs wait tasks-stopped | 
    "#]],
    );
    completions(
        "",
        "aws ecs wait tasks-running --",
        expect![[r#"
        aws ecs wait tasks-running --tasks | needed
        aws ecs wait tasks-running --cluster | 
        aws ecs wait tasks-running --include | 
        aws ecs wait tasks-running --cli-input-json | 
        aws ecs wait tasks-running --generate-cli-skeleton | 
        aws ecs wait tasks-running --debug | Accepted; there is nothing to debug here.
        aws ecs wait tasks-running --endpoint-url | Refused: the simulated account has no other address.
        aws ecs wait tasks-running --no-verify-ssl | Accepted without effect.
        aws ecs wait tasks-running --no-paginate | Asks for one page only.
        aws ecs wait tasks-running --output | How to print: json, text, table, yaml or yaml-stream.
        aws ecs wait tasks-running --query | A JMESPath expression that picks out of the answer.
        aws ecs wait tasks-running --profile | Only `default` exists.
    "#]],
    );
    completions(
        "",
        "fault ",
        expect![[r#"
            fault stop-instance | An EC2 instance stops, as if its hardware had failed.
            fault lose-zone | An Availability Zone fails.
            fault restore-zone | A failed Availability Zone works again.
            fault disconnect-agent | The ECS agent of an instance loses its connection.
            fault connect-agent | The ECS agent of an instance is connected again.
            fault block-registry | No image can be pulled.
            fault unblock-registry | Images can be pulled again.
            fault app | A task's application does one of: crash, exit, slow, leak, unhealthy, recover.
            fault load | What the tasks of a service use now, in percent.
            fault traffic | Clients send requests to a load balancer; 0 a second ends it.
            fault interrupt-spot | Spot capacity is taken back: a task has two minutes left.
        "#]],
    );
    completions(
        "",
        "fault app x ",
        expect![[r#"
        fault app x crash | 
        fault app x exit | 
        fault app x slow | 
        fault app x leak | 
        fault app x unhealthy | 
        fault app x recover | 
    "#]],
    );
    completions(
        "",
        "fault lose-zone us",
        expect![[r#"
        fault lose-zone us-east-1a | 
        fault lose-zone us-east-1b | 
        fault lose-zone us-east-1c | 
    "#]],
    );
    completions(
        "",
        "cat u",
        expect![[r#"
        cat user-data.sh | 
    "#]],
    );
    completions(
        "",
        "aws iam create-role --assume-role-policy-document f",
        expect![[r#"
            aws iam create-role --assume-role-policy-document file://Dockerfile | 
            aws iam create-role --assume-role-policy-document file://Dockerfile.old | 
            aws iam create-role --assume-role-policy-document file://ec2-trust.json | 
            aws iam create-role --assume-role-policy-document file://ecs-tasks-trust.json | 
            aws iam create-role --assume-role-policy-document file://fargate-task.json | 
            aws iam create-role --assume-role-policy-document file://task.json | 
            aws iam create-role --assume-role-policy-document file://user-data.sh | 
        "#]],
    );
    completions("", "aws ecs 'open", expect![""]);
    completions("", "nothing ", expect![""]);
}

#[test]
fn completion_of_names() {
    let quay =
        "aws ecs create-cluster --cluster-name quay\naws ecs create-cluster --cluster-name dock";
    completions(
        quay,
        "aws ecs list-tasks --cluster ",
        expect![[r#"
        aws ecs list-tasks --cluster quay | ACTIVE
        aws ecs list-tasks --cluster dock | ACTIVE
    "#]],
    );
    completions(
        quay,
        "aws ecs list-tasks --cluster q",
        expect![[r#"
        aws ecs list-tasks --cluster quay | ACTIVE
    "#]],
    );
    completions(
        quay,
        "aws ecs describe-clusters --clusters dock ",
        expect![[r#"
            aws ecs describe-clusters --clusters dock quay | ACTIVE
        "#]],
    );
    let web = "aws ecs register-task-definition --family web --container-definitions name=web,image=nginx,memory=64";
    completions(
        web,
        "aws ecs run-task --task-definition ",
        expect![[r#"
        aws ecs run-task --task-definition web:1 | ACTIVE
    "#]],
    );
    completions(
        "",
        "aws ec2 describe-subnets --subnet-ids ",
        expect![[r#"
        aws ec2 describe-subnets --subnet-ids subnet-0a1a1a1a1a1a1a1a1 | available
        aws ec2 describe-subnets --subnet-ids subnet-0a2a2a2a2a2a2a2a2 | available
        aws ec2 describe-subnets --subnet-ids subnet-0b1b1b1b1b1b1b1b1 | available
        aws ec2 describe-subnets --subnet-ids subnet-0b2b2b2b2b2b2b2b2 | available
        aws ec2 describe-subnets --subnet-ids subnet-0c1c1c1c1c1c1c1c1 | available
        aws ec2 describe-subnets --subnet-ids subnet-0c2c2c2c2c2c2c2c2 | available
    "#]],
    );
    completions(
        "",
        "aws ecs run-task --network-configuration ",
        expect![[r#"
        aws ecs run-task --network-configuration awsvpcConfiguration= | 
    "#]],
    );
    completions(
        "",
        "aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[",
        expect![[r#"
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-0a1a1a1a1a1a1a1a1 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-0a2a2a2a2a2a2a2a2 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-0b1b1b1b1b1b1b1b1 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-0b2b2b2b2b2b2b2b2 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-0c1c1c1c1c1c1c1c1 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-0c2c2c2c2c2c2c2c2 | available
    "#]],
    );
    completions(
        "",
        "aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-1,",
        expect![[r#"
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-1,subnet-0a1a1a1a1a1a1a1a1 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-1,subnet-0a2a2a2a2a2a2a2a2 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-1,subnet-0b1b1b1b1b1b1b1b1 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-1,subnet-0b2b2b2b2b2b2b2b2 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-1,subnet-0c1c1c1c1c1c1c1c1 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-1,subnet-0c2c2c2c2c2c2c2c2 | available
    "#]],
    );
    completions(
        "",
        "aws ecs register-task-definition --execution-role-arn ",
        expect![[r#"
        aws ecs register-task-definition --execution-role-arn arn:aws:iam::111122223333:role/ecsTaskExecutionRole | 
        aws ecs register-task-definition --execution-role-arn arn:aws:iam::111122223333:role/ecsInstanceRole | 
        aws ecs register-task-definition --execution-role-arn arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS | 
        aws ecs register-task-definition --execution-role-arn arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling | 
        aws ecs register-task-definition --execution-role-arn arn:aws:iam::111122223333:role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing | 
    "#]],
    );
    completions(
        "",
        "aws iam get-role --role-name ecs",
        expect![[r#"
        aws iam get-role --role-name ecsTaskExecutionRole | 
        aws iam get-role --role-name ecsInstanceRole | 
    "#]],
    );
}
