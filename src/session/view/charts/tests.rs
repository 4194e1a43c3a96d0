use super::*;
use crate::cli::played::play;
use crate::cloud::account::Start;

fn service() -> Cloud {
    let mut cloud = Cloud::new(1, Start::DefaultVpc);
    let subnet = cloud.account().subnets.values().find(|one| one.map_public_ip).unwrap().id.clone();
    for line in [
        "aws ecs create-cluster --cluster-name dock",
        "aws ecs register-task-definition --family web --network-mode awsvpc --cpu 256 --memory 512 \
         --requires-compatibilities FARGATE --container-definitions name=web,image=nginx",
        &format!(
            "aws ecs create-service --cluster dock --service-name web --task-definition web --desired-count 2 \
         --launch-type FARGATE --network-configuration awsvpcConfiguration={{subnets=[{subnet}],assignPublicIp=ENABLED}}"
        ),
        "wait 3m",
        "fault load web 80 40 dock",
        "aws cloudwatch put-metric-alarm --alarm-name busy --namespace AWS/ECS --metric-name CPUUtilization \
         --dimensions Name=ClusterName,Value=dock Name=ServiceName,Value=web --statistic Average --period 60 \
         --evaluation-periods 2 --threshold 70 --comparison-operator GreaterThanThreshold",
        "wait 4m",
        "aws ecs update-service --cluster dock --service web --desired-count 3",
        "wait 2m",
    ] {
        play(&mut cloud, line);
    }
    cloud
}

#[test]
fn tasks_use_and_alarms_stand_on_one_axis() {
    let cloud = service();
    let charts = charts(&cloud, SimTime::START);
    assert_eq!((charts.from, charts.to), (SimTime::START, cloud.now()));
    let titles: Vec<_> = charts.all.iter().map(|chart| chart.title.as_str()).collect();
    assert_eq!(titles, ["web: tasks", "web"]);
    let tasks = &charts.all[0];
    assert_eq!(tasks.newest(&tasks.lines[0]), "3");
    assert_eq!(tasks.newest(&tasks.lines[1]), "3");
    let values: Vec<_> = tasks.lines[0].points.iter().map(|(_, value)| *value).collect();
    assert_eq!(values, [2_000, 3_000, 3_000]);
    let used = &charts.all[1];
    let labels: Vec<_> = used.lines.iter().map(|line| line.label.as_str()).collect();
    assert_eq!((labels, used.top), (vec!["CPU", "Memory"], 100_000));
    assert!(used.lines[0].points.iter().any(|(_, value)| *value == 80_000), "{used:?}");
    assert_eq!(used.alarms[0].threshold, 70_000);
    assert_eq!(used.down(70_000), 30);
    assert!(used.alarms[0].says.starts_with("busy: "), "{:?}", used.alarms);
    let table = charts.table(used);
    assert!(table.iter().any(|(_, cells)| cells[0] == "80%"), "{table:?}");
    assert!(charts.path(tasks, &tasks.lines[0]).starts_with('M'));
}

#[test]
fn the_top_of_a_chart_is_round() {
    let chart = |value| {
        let line =
            Line { label: String::new(), points: vec![(SimTime::START, value)], steps: false };
        top(&[line], &[], ONE)
    };
    assert_eq!(
        [500, 1_000, 1_500, 3_000, 7_000, 12_000, 130_000].map(chart),
        [1_000, 1_000, 2_000, 5_000, 10_000, 20_000, 200_000]
    );
}
