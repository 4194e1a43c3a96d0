use super::*;
use crate::lesson::library;
use crate::session::Session;

fn begin(step: &str) -> Session {
    Session::step(&library::embedded("alb").unwrap(), step).unwrap()
}

fn send(session: &mut Session, choice: usize) -> Routes {
    let line = routes(session.cloud()).choices[choice].line();
    session.run(&line);
    routes(session.cloud())
}

fn results(routes: &Routes) -> Vec<(&str, &str)> {
    let stations = &routes.newest.as_ref().unwrap().stations;
    stations.iter().map(|station| (station.word, station.result)).collect()
}

fn says<'a>(routes: &'a Routes, word: &str) -> &'a str {
    let stations = &routes.newest.as_ref().unwrap().stations;
    &stations.iter().find(|station| station.word == word).unwrap().says
}

/// Source: facts/alb-and-network §1 and §2: dynamic ports from 32768 on lead to port 80 inside, targets take turns.
#[test]
fn one_request_is_followed_from_the_client_to_its_container() {
    let mut session = begin("two-requests");
    let first = send(&mut session, 0);
    let all = ["listener", "rule", "group", "target", "container", "answer"];
    assert_eq!(results(&first), all.map(|word| (word, "passed")));
    assert!(says(&first, "group").starts_with("Target group web (round_robin) chooses i-"));
    assert_eq!(says(&first, "container"), "Port 32768 leads to port 80 of container web.");
    assert!(
        says(&first, "target").contains("lets TCP 32768 in from"),
        "{}",
        says(&first, "target")
    );
    let second = send(&mut session, 0);
    let task = |routes: &Routes| routes.newest.as_ref().unwrap().task.clone();
    assert_ne!(task(&first), task(&second));
    assert_eq!(second.earlier.len(), 1);
    let ports: Vec<_> = second.hosts.iter().flat_map(|host| &host.ports).collect();
    assert_eq!(ports.len(), 2);
    assert!(ports.iter().all(|it| (it.host, it.container, it.health) == (32_768, 80, "healthy")));
    assert!(second.hosts.iter().all(|host| host.out.0), "{:?}", second.hosts);
}

/// Source: facts/alb-and-network §4: 504 where nothing comes back, 503 where nobody is registered, 502 where nobody listens.
#[test]
fn the_station_that_fails_is_named() {
    let mut session = begin("security-group");
    let closed = send(&mut session, 0);
    assert_eq!(closed.newest.as_ref().unwrap().status, 504);
    assert_eq!(
        results(&closed)[3..],
        [("target", "failed"), ("container", "missed"), ("answer", "missed")]
    );
    assert!(says(&closed, "target").contains("lets TCP 327"), "{}", says(&closed, "target"));

    let mut session = begin("register");
    let empty = send(&mut session, 1);
    assert_eq!(results(&empty)[1..3], [("rule", "passed"), ("group", "failed")]);
    assert_eq!(says(&empty, "rule"), "Rule 10 speaks of it: path-pattern /api*.");

    let mut session = begin("three-numbers");
    let wrong = send(&mut session, 1);
    assert_eq!(wrong.newest.as_ref().unwrap().status, 502);
    assert_eq!(results(&wrong)[4], ("container", "failed"));
    assert!(says(&wrong, "container").contains("leads to port 8080 of container api."));
}

/// Source: facts/alb-and-network §1 "Fixed host port", §2 "deregistration_delay".
#[test]
fn fixed_ports_and_draining_are_seen_beside_the_ports() {
    let mut session = begin("fixed-port");
    session.run("aws ecs update-service --cluster port --service old --desired-count 3");
    session.run("settle");
    let all = routes(session.cloud());
    let fixed: Vec<_> =
        all.hosts.iter().flat_map(|host| &host.ports).filter(|port| port.host == 8_080).collect();
    assert_eq!(fixed.len(), 2);
    assert_eq!((all.refused.len(), all.refused[0].name.as_str()), (1, "old"));
    let web = all.hosts[0].ports.iter().find(|port| port.health == "healthy").unwrap();
    session.run(&web.stop.line);
    session.run("wait 5s");
    let all = routes(session.cloud());
    let states: Vec<_> = all.hosts[0].ports.iter().map(|port| (port.health, port.status)).collect();
    assert!(states.contains(&("draining", "DEACTIVATING")), "{states:?}");
}

#[test]
fn what_is_asked_for_becomes_one_line() {
    let choice = Choice { address: "front.example".to_owned(), ..Choice::default() };
    assert_eq!(choice.line(), "curl http://front.example/");
    let named = Choice { host: "shop.example".to_owned(), path: "a b".to_owned(), ..choice };
    assert_eq!(named.line(), "curl -H 'Host: shop.example' 'http://front.example/a b'");
}
