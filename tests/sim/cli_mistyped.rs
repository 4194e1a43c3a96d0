//! Words that were mistyped, and what is offered instead.

use expect_test::expect;

use crate::cli_support::check;

#[test]
fn mistyped() {
    check(
        "aws ecss list-clusters",
        expect![[r#"
            $ aws ecss list-clusters

            <usage>

            aws: error: argument command: Invalid choice, valid choices are:

            application-autoscaling                  | apprunner                               
            autoscaling                              | cloudtrail                              
            cloudwatch                               | dynamodb                                
            ec2                                      | ecr                                     
            ecs                                      | eks                                     
            elbv2                                    | iam                                     
            logs                                     | s3api                                   
            secretsmanager                           | sts                                     
            s3                                       | help                                    


            Invalid choice: 'ecss', maybe you meant:

              * ecs

            Of all that AWS has, this terminal knows what stands in the list above.
            [252]
        "#]],
    );
    check(
        "aws lambda list-functions",
        expect![[r#"
            $ aws lambda list-functions

            <usage>

            aws: error: argument command: Invalid choice, valid choices are:

            application-autoscaling                  | apprunner                               
            autoscaling                              | cloudtrail                              
            cloudwatch                               | dynamodb                                
            ec2                                      | ecr                                     
            ecs                                      | eks                                     
            elbv2                                    | iam                                     
            logs                                     | s3api                                   
            secretsmanager                           | sts                                     
            s3                                       | help                                    

            Of all that AWS has, this terminal knows what stands in the list above.
            [252]
        "#]],
    );
    check(
        "aws sts get-caller-identty",
        expect![[r#"
        $ aws sts get-caller-identty

        <usage>

        aws: error: argument operation: Invalid choice, valid choices are:

        assume-role                              | get-caller-identity                     
        help                                    


        Invalid choice: 'get-caller-identty', maybe you meant:

          * get-caller-identity

        Of all that AWS has, this terminal knows what stands in the list above.
        [252]
    "#]],
    );
    check(
        "aws sts get-session-token",
        expect![[r#"
        $ aws sts get-session-token

        <usage>

        aws: error: argument operation: Invalid choice, valid choices are:

        assume-role                              | get-caller-identity                     
        help                                    

        Of all that AWS has, this terminal knows what stands in the list above.
        [252]
    "#]],
    );
    check(
        "aws ecs run-task --task-definitio-n web",
        expect![[r#"
        $ aws ecs run-task --task-definitio-n web

        <usage>

        aws: error: the following arguments are required: --task-definition

        [252]
    "#]],
    );
    check(
        "aws ecs describe-tasks --tasks a --cluter quay",
        expect![[r#"
        $ aws ecs describe-tasks --tasks a --cluter quay

        <usage>

        Unknown options: --cluter, quay

        Maybe you meant: --cluster
        [252]
    "#]],
    );
}
