//! The files that `file://` and `cat` find: a few documents that commands need often.

/// A file by its name.
pub(super) fn read(path: &str) -> Option<&'static str> {
    let name = path.strip_prefix("./").unwrap_or(path);
    FILES.iter().find(|(file, _)| *file == name).map(|(_, text)| text())
}

/// The names of all files, in order.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// A function, because what needs one text should not refer to all of them.
type Text = fn() -> &'static str;

const FILES: &[(&str, Text)] = &[
    ("Dockerfile", || {
        r#"FROM nginx:1.27
COPY site /usr/share/nginx/html
ARG VERSION=v1
RUN echo "$VERSION" > /usr/share/nginx/html/version.txt
"#
    }),
    ("Dockerfile.old", || {
        r#"FROM nginx:1.25
COPY site /usr/share/nginx/html
ARG VERSION=v1
RUN echo "$VERSION" > /usr/share/nginx/html/version.txt
"#
    }),
    ("ec2-trust.json", || {
        r#"{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": { "Service": "ec2.amazonaws.com" },
            "Action": "sts:AssumeRole"
        }
    ]
}
"#
    }),
    ("ecs-tasks-trust.json", || {
        r#"{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": { "Service": "ecs-tasks.amazonaws.com" },
            "Action": "sts:AssumeRole"
        }
    ]
}
"#
    }),
    ("fargate-task.json", || {
        r#"{
    "family": "web",
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "256",
    "memory": "512",
    "containerDefinitions": [
        {
            "name": "web",
            "image": "nginx",
            "essential": true,
            "portMappings": [{ "containerPort": 80 }]
        }
    ]
}
"#
    }),
    ("task.json", || {
        r#"{
    "family": "web",
    "containerDefinitions": [
        {
            "name": "web",
            "image": "nginx",
            "cpu": 128,
            "memory": 256,
            "essential": true,
            "portMappings": [{ "containerPort": 80, "hostPort": 0 }]
        }
    ]
}
"#
    }),
    ("user-data.sh", || "#!/bin/bash\necho ECS_CLUSTER=default >> /etc/ecs/ecs.config\n"),
];
